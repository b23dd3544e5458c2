"""The wallboard and one's own day, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from callserver.desktop.keys import KEYS, Act
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.views.theme import sized
from callserver.desktop.views.wall_tiles import LABEL_SHARE, NUMBER_SHARE
from callserver.desktop.views.wallboard import WallboardView, WallboardWindow
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.whole.window_case import WindowCase


class WallboardTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.at = self.window("801")
        self.at.open(Act.WALLBOARD)
        self.pass_s(1)
        panel = self.at.panel
        assert isinstance(panel, WallboardView)
        self.wall = panel

    def seen(self, place: int) -> str:
        return self.wall.board.tiles[place].accessibleName()

    def test_a_caller_waits(self) -> None:
        """He is on the wall within seconds, and gone from it when he is answered; then in one's own day."""
        self.do(self.at.work.client.pause("lunch"))
        self.pass_s(6)
        self.assertEqual(self.seen(0), "Callers waiting 0")
        self.assertEqual(self.seen(4), "Idle · talking · paused 0·0·1")
        self.call(seconds=40)
        self.pass_s(6)
        self.assertEqual(self.seen(0), "Callers waiting 1")
        self.assertRegex(self.seen(1), r"Longest wait 0:[0-9]{2}")
        self.press(self.at, Act.READY)
        self.pass_s(1)
        self.press(self.at, Act.ANSWER)
        self.pass_s(6)
        self.assertEqual(self.seen(0), "Callers waiting 0")
        self.pass_s(60)
        self.assertIn("Today 1 answered · 0 missed", self.at.day.day.text())

    def wall_window(self) -> WallboardWindow:
        """Opened by its key, or closed."""
        self.at.activateWindow()
        qt.key(self.at, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
        assert self.at.wall is not None
        self.pass_s(1)
        return self.at.wall

    def test_own_window(self) -> None:
        """Ctrl+F11 on any page opens a window of its own; the agent goes on working, and answers by keys in either."""
        self.do(self.at.work.client.pause("lunch"))
        self.at.close_panel()
        wall = self.wall_window()
        self.assertTrue(wall.isWindow() and wall.isVisible())
        self.assertEqual(wall.board.tiles[0].accessibleName(), "Callers waiting 0")
        self.press(self.at, Act.BOARD)
        self.call(seconds=60)
        self.pass_s(6)
        self.assertEqual(wall.board.tiles[0].accessibleName(), "Callers waiting 1")
        QTest.keySequence(wall, KEYS[Act.READY])
        self.pass_s(1)
        QTest.keySequence(wall, KEYS[Act.ANSWER])
        self.pass_s(6)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual(wall.board.tiles[0].accessibleName(), "Callers waiting 0")
        self.assertTrue(wall.isVisible())

    def test_closed(self) -> None:
        """By Esc there, which closes nothing here; by its key once more; and with the work."""
        wall = self.wall_window()
        qt.key(wall, Qt.Key.Key_Escape)
        self.assertFalse(wall.isVisible())
        self.assertIs(self.at.panel, self.wall)
        qt.click(self.wall.apart)
        self.assertTrue(wall.isVisible())
        self.wall_window()
        self.assertFalse(wall.isVisible())
        self.wall_window()
        self.assertTrue(wall.isVisible())
        self.at.leave()
        self.assertFalse(wall.isVisible())

    def test_whole_screen(self) -> None:
        """By a double click, and back by another."""
        wall = self.wall_window()
        for expected in (True, False):
            QTest.mouseDClick(wall, Qt.MouseButton.LeftButton)
            qt.flush()
            self.assertIs(wall.isFullScreen(), expected)

    def test_read_from_five_metres(self) -> None:
        """Labels have 6 % of the screen's height at least, numbers 18 %, and both have room, with a note as well."""
        wall = self.wall_window()
        wall.resize(1280, 720)
        for note in ("", "Not connected since 14:05"):
            wall.note.show_words(note)
            qt.flush()
            self.assertGreaterEqual(LABEL_SHARE, 0.06)
            self.assertGreaterEqual(NUMBER_SHARE, 0.18)
            metrics = QFontMetrics(sized(round(NUMBER_SHARE * wall.height()), bold=True))
            _label, number, _target = wall.board.tiles[0]._parts(wall.height())
            self.assertLessEqual(metrics.horizontalAdvance("100 %"), number.width())
            self.assertLessEqual(metrics.tightBoundingRect("100 %").height(), number.height())

    def test_lost(self) -> None:
        """The connection is lost: the numbers stay, in grey, and since when is said; then they are those of now."""
        wall = self.wall_window()
        before = [tile.accessibleName() for tile in wall.board.tiles]
        picture = wall.board.grab().toImage()
        self.at.work.model.lost(NotConnected("gone"))
        self.pass_s(1)
        self.assertRegex(wall.note.accessibleName(), "^Not connected since [0-9]{2}:[0-9]{2}$")
        self.assertTrue(wall.note.isVisible())
        self.assertEqual([tile.accessibleName() for tile in wall.board.tiles], before)
        self.assertNotEqual(wall.board.grab().toImage(), picture)
        assert self.at.work.model.hello is not None
        self.at.work.model.logged_in(self.at.work.model.hello)
        self.pass_s(1)
        self.assertFalse(wall.note.isVisible())
