"""The main screen without a server: what it says, and that nothing on it looks as if it still went on."""

from __future__ import annotations

from PySide6.QtGui import QImage

from callserver.desktop.not_connected import REFUSED, NotConnected
from callserver.desktop.views.icons import badge
from callserver.desktop.views.state_bar import BADGE_PX, StateBarView
from callserver.desktop.views.theme import colours
from callserver.desktop.window import MainWindow
from callserver.wire.messages import WRAP_UP
from callserver.wire.states import LineState, SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase

NOTHING_ANSWERS = NotConnected(REFUSED, host="localhost", port=8787)


class LostCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.window = MainWindow(self.work)
        qt.shown(self, self.window)
        self.addCleanup(self.window.leave)

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
