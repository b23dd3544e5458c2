"""No key does anything in the window that does not stand in the one table, and so in the list of F1."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest

from callserver.desktop.keys import KEYS, WITHIN, Act, pressed_for
from callserver.desktop.panels import PANELS
from callserver.desktop.views.key_list import KeyListView
from callserver.desktop.views.transfer import TransferView
from callserver.desktop.window import SMALLEST, MainWindow
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase
from tests.desktop.views.test_every_screen import LI

OUTCOMES = [{"code": code, "zh": str(code), "en": str(code), "note": "optional", "by": ()} for code in range(1, 6)]


class EveryKeyCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.made(MainWindow(self.work))

    def made(self, window: MainWindow) -> None:
        self.window = window
        qt.shown(self, window)
        self.addCleanup(window.leave)
        qt.flush()

    def keys_of_list(self) -> dict[str, str]:
        """What F1 shows: what a line says aloud, by its key."""
        self.window.act(Act.KEYS)
        qt.flush()
        panel = self.window.panel
        assert isinstance(panel, KeyListView)
        return {line.partition(" ")[0]: line for line in (panel.list.item(n).text() for n in range(panel.list.count()))}


class EveryKeyTests(EveryKeyCase):
    def test_in_the_table(self) -> None:
        """Each key of an action or a shortcut, in every screen, is the table's."""
        for act in PANELS:
            self.window.open(act)
        for place, asked in enumerate(self.client.asked):
            if asked == ("list_outcomes",):
                self.client.waiting[place].callback(OUTCOMES)
        qt.flush()
        table = {QKeySequence(key).toString() for act in KEYS for key in pressed_for(act, KEYS[act])}
        table.add(QKeySequence("Ctrl+Enter").toString())  # the other Enter of the keyboard
        found = [one for action in self.window.findChildren(QAction) for one in action.shortcuts()]
        found += [one.key() for one in self.window.findChildren(QShortcut)]
        self.assertIn("Alt+3", [one.toString() for one in found])
        self.assertEqual([one.toString() for one in found if one.toString() not in table], [])

    def test_in_the_list(self) -> None:
        """F1 tells every key of the table, those of single screens, too."""
        told = self.keys_of_list()
        self.assertEqual(len(told), len(KEYS))
        self.assertEqual(told["Ctrl+D"], "Ctrl+D Favourite on/off")
        self.assertEqual(told["Alt+1…9"], "Alt+1…9 Call's outcome")
        self.assertIn("Space", told)
        self.assertIn("Ctrl+F11", told)

    def test_seen_at_once(self) -> None:
        """All keys stand beside each other: nothing has to be scrolled, at the usual size and at the smallest."""
        for size in ((1280, 720), SMALLEST):
            self.window.resize(*size)
            self.keys_of_list()
            panel = self.window.panel
            assert isinstance(panel, KeyListView)
            bars = panel.list.horizontalScrollBar(), panel.list.verticalScrollBar()
            self.assertEqual([bar.maximum() for bar in bars], [0, 0], size)

    def test_within(self) -> None:
        """A key of one screen is none of the window's: Space and arrows type and move elsewhere."""
        self.assertEqual([act for act in WITHIN if self.window.actions_[act].shortcuts()], [])

    def test_favourite(self) -> None:
        """Ctrl+D in the panel of transfers makes the chosen one a favourite, whose row and button say so in words."""
        self.log_in(queues=())
        self.seat(SeatState.TALKING, LI)
        self.window.open(Act.TRANSFER)
        panel = self.window.panel
        assert isinstance(panel, TransferView)
        QTest.keyClicks(panel.field, "075588889999")
        qt.flush()
        self.assertEqual(panel.star.text(), "★ Favourite")
        QTest.keyClick(panel.field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        qt.flush()
        self.assertEqual(self.work.settings.now.favourites, ("number 075588889999",))
        self.assertEqual(panel.star.text(), "☆ No favourite")
        self.assertIn("favourite", panel.list.texts[0])


class OwnKeyTests(EveryKeyCase):
    def test_exchanged(self) -> None:
        """Who has exchanged hold and mute finds it so on the keys, on the buttons and in the list of F1."""
        self.window.leave()
        self.work.settings.remember(keys={"HOLD": "F7", "MUTE": "F6"})
        self.made(MainWindow(self.work))
        self.assertEqual(self.window.actions_[Act.HOLD].shortcut().toString(), "F7")
        self.assertEqual(self.window.controls.buttons[Act.HOLD].key, "F7")
        told = self.keys_of_list()
        self.assertEqual((told["F6"], told["F7"]), ("F6 Mute", "F7 Hold"))
