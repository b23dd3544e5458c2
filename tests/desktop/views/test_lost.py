"""The main screen without a server: what it says, and that nothing on it looks as if it still went on."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage

from callserver.desktop.connection import NOT_PINNED
from callserver.desktop.keys import Act
from callserver.desktop.not_connected import REFUSED, NotConnected, NotPinned
from callserver.desktop.views.board import BoardView
from callserver.desktop.views.icons import badge
from callserver.desktop.views.state_bar import BADGE_PX, StateBarView
from callserver.desktop.views.theme import colours
from callserver.desktop.views.transfer import TransferView
from callserver.wire.messages import WRAP_UP
from callserver.wire.states import LineState, SeatState
from tests.desktop import qt
from tests.desktop.board_shop import LINES, QUEUES, SEATS
from tests.desktop.views.main_window_case import MainWindowCase

GREY = 24  # so much the parts of a grey that is a little blue differ
NOTHING_ANSWERS = NotConnected(REFUSED, host="localhost", port=8787)


class LostCase(MainWindowCase):
    @property
    def bar(self) -> StateBarView:
        return self.window.bar

    def lose(self, why: NotConnected = NOTHING_ANSWERS) -> None:
        """Nobody is connected any more."""
        self.model.lost(why)
        qt.flush()


class WrapUpTests(LostCase):
    def test_no_more_time(self) -> None:
        """The button and the emptying bar go, and the icon is that of a dead line."""
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30, wrap_up_left_s=30.0)
        qt.flush()
        self.assertTrue(self.bar.more_time.isVisible() and self.bar.wrap_up.isVisible())
        self.lose()
        self.assertFalse(self.bar.more_time.isVisible() or self.bar.wrap_up.isVisible())
        dead = badge(LineState.DISCONNECTED, colours(self.bar.palette())).pixmap(BADGE_PX).toImage()
        self.assertEqual(
            self.bar.icon.pixmap().toImage(), dead.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        )


class CertificateTests(LostCase):
    def test_whole_in_the_tooltip(self) -> None:
        """In the smallest window, too, one reads what has happened and what to do."""
        for width, height in ((1280, 720), (960, 540)):
            self.window.resize(width, height)
            self.lose(NotPinned(NOT_PINNED))
            for label in (self.bar.state, self.bar.notice.label):
                room = label.fontMetrics().horizontalAdvance(label.text()) <= label.contentsRect().width()
                self.assertTrue(room or escape(label.text()) in label.toolTip())
            self.assertTrue(room or width < 1280, "in a window of the usual size it is whole as it stands")
        self.assertIn("Log out", self.bar.notice.label.text())


class OldTests(LostCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(LINES + SEATS, QUEUES)

    def test_column(self) -> None:
        """Colleagues and who waits are grey, and as before when the server is back."""
        side = self.window.side
        qt.flush()
        lists = (side.colleagues, side.waiting)
        before = [one.viewport().grab().toImage() for one in lists]
        self.assertTrue(coloured(before[0]))
        self.lose()
        for one, coloured_before in zip(lists, before, strict=True):
            self.assertFalse(coloured(one.viewport().grab().toImage()))
            self.assertNotEqual(one.viewport().grab().toImage(), coloured_before)
        self.log_in(LINES + SEATS, QUEUES)
        qt.flush()
        self.assertEqual([one.viewport().grab().toImage() for one in lists], before)

    def test_transfer(self) -> None:
        """So is the list of whom a call could be sent to."""
        self.window.open(Act.TRANSFER)
        assert isinstance(self.window.panel, TransferView)
        self.assertFalse(self.window.panel.list.is_old)
        self.lose()
        self.assertTrue(self.window.panel.list.is_old)

    def test_board(self) -> None:
        """So are tiles, queues and alarms; nothing blinks, and one can still look from tile to tile."""
        self.window.open(Act.BOARD)
        qt.flush()
        board = self.window.panel
        assert isinstance(board, BoardView)
        clocks = [tile.clock for tile in board.tiles.tiles.rows]
        self.lose()
        self.clock.pump([1.0] * 60)
        self.assertEqual([tile.clock for tile in board.tiles.tiles.rows], clocks)
        board.tiles.setCurrentIndex(QModelIndex())
        picture = board.tiles.viewport().grab().toImage()
        self.assertFalse(coloured(picture))
        self.assertFalse(board.tiles._blinking.isActive())
        self.assertFalse(board.waiting.isEnabled() or board.alarms.isEnabled())
        board.tiles.setFocus()
        qt.key(board.tiles, Qt.Key.Key_Down)
        self.assertTrue(board.detail.text())
        self.log_in(LINES + SEATS, QUEUES)
        self.assertTrue(board.waiting.isEnabled() and board.tiles._blinking.isActive())


def coloured(picture: QImage) -> bool:
    """Whether something in it is more than a shade of grey."""
    spots = (picture.pixelColor(x, y) for y in range(0, picture.height(), 3) for x in range(0, picture.width(), 2))
    return any(max(spot.getRgb()[:3]) - min(spot.getRgb()[:3]) > GREY for spot in spots)
