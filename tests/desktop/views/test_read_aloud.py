"""What somebody hears who does not see the window, and whether all that is painted can be read by who does."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListWidget, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS, TABS
from callserver.desktop.views.board import BoardView
from callserver.desktop.views.row_list import ROW_PX
from callserver.desktop.views.screen import column
from callserver.desktop.views.theme import GRID, Chosen, Theme
from callserver.desktop.views.tile_list import LINE_PX, TEXT_X
from callserver.desktop.views.transfer import TransferView
from callserver.desktop.window import MainWindow
from callserver.wire.states import SeatState
from tests.desktop import judge, qt
from tests.desktop.board_shop import LINES, QUEUES, SEATS
from tests.desktop.presenters import recording_rows
from tests.desktop.presenters.work_case import WorkCase
from tests.desktop.views.test_every_key import OUTCOMES
from tests.desktop.views.test_every_screen import LI

CHOSEN: tuple[Chosen, ...] = ("dark", "light")
GLYPH_MIN = 3.0  # WCAG's for what is no text


class ReadAloudCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.log_in(LINES + SEATS, QUEUES)
        self.seat(SeatState.TALKING, LI)
        self.window = MainWindow(self.work)
        qt.shown(self, self.window)
        self.addCleanup(self.window.leave)
        for act in PANELS:
            self.window.open(act)
        self.answer("list_outcomes", OUTCOMES)
        self.answer("list_recordings", recording_rows.page(recording_rows.row(1)))
        qt.flush()

    def answer(self, act: str, answer: object) -> None:
        for place, asked in enumerate(self.client.asked):
            if asked[0] == act and not self.client.waiting[place].called:
                self.client.waiting[place].callback(answer)

    def heard(self, view: QAbstractItemView) -> list[str]:
        """Each item with its role."""
        read = QAccessible.queryAccessibleInterface(view)
        items = [read.child(place) for place in range(read.childCount())]
        kinds = (QAccessible.Role.ListItem, QAccessible.Role.Cell)
        return [f"{one.role().name}: {one.text(QAccessible.Text.Name)}" for one in items if one.role() in kinds]

    def opened(self, act: Act) -> object:
        self.window.open(act)
        qt.flush()
        return self.window.panel


class ReadAloudTests(ReadAloudCase):
    def test_everything(self) -> None:
        """Each item of each list, each row and each head of each table is read aloud, in boxes to choose from, too."""
        self.assertEqual(judge.unread(self.window), [])

    def test_board(self) -> None:
        """A line is its number, state, time, caller and with whom; a seat its number and name likewise."""
        board = self.opened(Act.BOARD)
        assert isinstance(board, BoardView)
        heard = self.heard(board.tiles)
        self.assertIn("ListItem: Line 3, talking, 2:14, 13800138000, with 802 \u2068刘洋\u2069", heard)
        self.assertIn("ListItem: 803 \u2068陈静\u2069, paused, 4:10, break", heard)
        waiting = self.heard(board.waiting)
        self.assertEqual(waiting[:5], ["Cell: 1", "Cell: 075588889999", "Cell: 1:20", "Cell: order", "Cell: 0"])
        self.assertEqual(waiting[7], "Cell: number withheld")

    def test_column(self) -> None:
        """A colleague is number, name, state and time; who waits is place, number, queue and time."""
        self.assertEqual(
            self.heard(self.window.side.colleagues)[:2],
            ["ListItem: 802 刘洋, Talking 2:14, another call held", "ListItem: 803 陈静, Break 4:10"],
        )
        self.assertEqual(self.heard(self.window.side.waiting)[0], "ListItem: 1, 075588889999, Queue order 1:20")

    def test_transfer(self) -> None:
        """A row is its digit, who it is, what he does, whether he is a favourite, and why he cannot be chosen."""
        self.work.settings.remember(favourites=("seat 802",))
        panel = self.opened(Act.TRANSFER)
        assert isinstance(panel, TransferView)
        heard = self.heard(panel.list)
        favourite = "1, ★ 802 刘洋, Talking 2:14, another call held, favourite, Takes no call now"
        self.assertEqual(heard[0], f"ListItem: {favourite}")
        self.assertEqual(heard[-1], "ListItem: 5, service, Queue · Nobody waits")


class ChineseReadAloudTests(ReadAloudCase):
    language = "zh"

    def test_everything(self) -> None:
        """Likewise in Chinese."""
        self.assertEqual(judge.unread(self.window), [])


class ReadTests(ReadAloudCase):
    def in_both_themes(self) -> Iterator[str]:
        theme = qt.application().findChild(Theme)
        assert isinstance(theme, Theme)
        self.addCleanup(theme.choose, "light")
        for chosen in CHOSEN:
            theme.choose(chosen)
            qt.flush()
            yield chosen

    def test_words(self) -> None:
        """Words of every label and button can be read as they are painted, light and dark, disabled too."""
        for theme in self.in_both_themes():
            for act in (*TABS, *PANELS):
                self.window.act(Act.CLOSE)
                self.window.act(act) if act in TABS else self.window.open(act)
                qt.flush()
                judged = self.window if act is Act.TAB_1 else self.window.stack.currentWidget()
                self.assertEqual(judge.faint(judged), [], (theme, act))

    def test_judge(self) -> None:
        """The judge sees what is faint, and what has no name."""
        label = QLabel("grey on white")
        label.setStyleSheet("color: #9a9a9a; background: #ffffff")
        nameless = QListWidget()
        nameless.addItem("")
        for widget, judge_of in ((label, judge.faint), (nameless, judge.unread)):
            around = QWidget()
            column(around).addWidget(widget)
            qt.shown(self, around, 300, 100)
            self.assertEqual(len(judge_of(around)), 1)

    def test_rows(self) -> None:
        """Both lines of a row can be read, also where it cannot be chosen, and where it is chosen; so can a badge."""
        panel = self.opened(Act.TRANSFER)
        assert isinstance(panel, TransferView)
        rows = panel.list
        for theme in self.in_both_themes():
            for chosen in ("seat 802", "seat 803"):
                panel.presenter.choose(chosen)
                qt.flush()
                picture = rows.viewport().grab().toImage()
                for row in range(3):
                    place = rows.visualRect(rows.model().index(row, 0))
                    words = QRect(place.left() + 8 * GRID, place.top(), 20 * GRID, ROW_PX // 2)
                    for half in (words, words.translated(0, ROW_PX // 2 - 2)):
                        got = judge.painted_contrast(picture, half.adjusted(0, 2, 0, -2))
                        self.assertGreaterEqual(got, judge.WORDS_MIN, (theme, chosen, row))
                    badge = QRect(place.left() + 3 * GRID, place.top() + GRID, 3 * GRID, 3 * GRID)
                    self.assertGreaterEqual(judge.painted_contrast(picture, badge), GLYPH_MIN, (theme, chosen, row))

    def test_tiles(self) -> None:
        """Each line of a tile, its badge and the frame of the chosen one can be seen in every state and depth."""
        board = self.opened(Act.BOARD)
        assert isinstance(board, BoardView)
        tiles = board.tiles
        for theme in self.in_both_themes():
            picture = tiles.viewport().grab().toImage()
            for row, tile in enumerate(tiles.tiles.tiles):
                place = tiles.visualRect(tiles.tiles.index(row))
                if tile.title and picture.rect().contains(place):
                    self._tile(picture, place, (theme, tile.channel))

    def _tile(self, picture: QImage, place: QRect, told: object) -> None:
        title = QRect(place.left() + TEXT_X + 4, place.top() + GRID, 10 * GRID, LINE_PX)
        for line in (title, title.translated(0, LINE_PX)):
            self.assertGreaterEqual(judge.painted_contrast(picture, line), judge.WORDS_MIN, told)
        badge = QRect(place.left() + GRID + 4, place.top() + GRID + 6, 28, 28)
        self.assertGreaterEqual(judge.painted_contrast(picture, badge), GLYPH_MIN, told)
