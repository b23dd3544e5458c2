"""The wallboard and one's own day, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from callserver.desktop.keys import Act
from callserver.desktop.views.theme import sized
from callserver.desktop.views.wallboard import LABEL_SHARE, NUMBER_SHARE, WallboardView
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
        return self.wall.tiles[place].accessibleName()

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

    def test_full_screen(self) -> None:
        """Ctrl+F11: nothing else is to be seen, until a call comes; Esc, and all is as it was."""
        qt.key(self.at, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
        self.assertTrue(self.at.isFullScreen())
        self.assertFalse(self.at.bar.isVisibleTo(self.at))
        self.assertFalse(self.at.controls.isVisibleTo(self.at))
        self.call(seconds=20)
        self.pass_s(1)
        self.assertTrue(self.at.card.isVisibleTo(self.at))
        self.assertTrue(self.at.controls.isVisibleTo(self.at))
        qt.key(self.at, Qt.Key.Key_Escape)
        self.assertFalse(self.at.isFullScreen())
        self.assertIsNone(self.at.panel)
        self.assertTrue(self.at.bar.isVisibleTo(self.at))

    def test_read_from_five_metres(self) -> None:
        """Labels have 6 % of the screen's height at least, numbers 18 %, and both have room."""
        qt.key(self.at, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
        self.at.resize(1280, 720)
        qt.flush()
        screen, board = self.at.height(), self.wall.board.height()
        self.assertGreaterEqual(LABEL_SHARE * board, 0.06 * screen)
        self.assertGreaterEqual(NUMBER_SHARE * board, 0.18 * screen)
        wide = QFontMetrics(sized(round(NUMBER_SHARE * board), bold=True)).horizontalAdvance("100 %")
        self.assertLessEqual(wide, self.wall.tiles[0].width())
