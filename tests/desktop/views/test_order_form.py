"""The order form's widgets: keys, long names, and the cursor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.window import SMALLEST
from callserver.wire.messages import Card, Identity
from callserver.wire.states import SeatState
from tests.desktop import judge, qt
from tests.desktop.presenters.test_order_form import FORM, GOOD, LINE
from tests.desktop.views.main_window_case import MainWindowCase

LONG = Card("call-1", "13800138000", identity=Identity("600001", "李" * 300))
NEXT = Card("call-2", "13700001111", identity=Identity("600002", "\u202eמשה \U0001f600"))


class OrderFormViewTests(MainWindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.form = self.opened(LONG)

    def opened(self, call: Card, **form: object) -> OrderFormView:
        """In this call Ctrl+N is pressed."""
        self.seat(SeatState.TALKING, call)
        self.client.waiting.clear()
        self.client.asked.clear()
        self.window.act(Act.NEW_ORDER)
        panel = self.window.panel
        assert isinstance(panel, OrderFormView)
        self.answers("show_order_form", FORM | form)
        return panel

    def answers(self, act: str, answer: object) -> None:
        """To the last such act that was asked."""
        place = max(n for n, asked in enumerate(self.client.asked) if asked[0] == act)
        waiting = self.client.waiting[place - len(self.client.asked)]
        self.client.waiting.remove(waiting)
        self.client.asked.pop(place)
        waiting.callback(answer)
        qt.flush()

    def test_cursor(self) -> None:
        """It is in the item when the form opens, in the quantity after Enter, which is selected to be typed over."""
        self.assertTrue(self.form.item.hasFocus())
        QTest.keyClicks(self.form.item, "1001")
        qt.key(self.window, Qt.Key.Key_Return)
        self.assertTrue(self.form.pieces.hasFocus())
        self.assertEqual(self.form.pieces.selectedText(), "1")

    def test_address(self) -> None:
        """Typing another address chooses it on the screen too; when it is emptied the stored one is chosen again."""
        QTest.keyClicks(self.form.address, "Nanshan 7")
        self.assertTrue(self.form.elsewhere.isChecked())
        self.form.address.selectAll()
        QTest.keyClick(self.form.address, Qt.Key.Key_Delete)
        self.assertTrue(self.form.stored.isChecked())

    def test_only_rings(self) -> None:
        """While a call only rings there is nobody yet who orders: nothing is added or reserved for him."""
        self.assertTrue(self.form.add.isEnabled() and self.form.reserve.isEnabled())
        self.seat(SeatState.RINGING, LONG)
        self.assertFalse(self.form.add.isEnabled() or self.form.reserve.isEnabled())

    def test_hits(self) -> None:
        """Of several items that match one is chosen by arrow and Enter."""
        QTest.keyClicks(self.form.item, "tea")
        qt.key(self.window, Qt.Key.Key_Return)
        self.answers("find_items", {"found": [GOOD, GOOD | {"item": "1002"}], "next": ""})
        self.assertTrue(self.form.hits.hasFocus())
        qt.key(self.window, Qt.Key.Key_Down)
        qt.key(self.window, Qt.Key.Key_Return)
        self.assertEqual(self.form.item.text(), "1002")
        self.assertTrue(self.form.pieces.hasFocus())

    def test_remove(self) -> None:
        """A line goes by the Delete key in the list."""
        self.window.act(Act.CLOSE)
        form = self.opened(LONG, lines=[LINE], total_fen=13600)
        form.lines.setFocus()
        qt.key(self.window, Qt.Key.Key_Delete)
        self.assertIn(("take_from_basket", "1001", "call-1"), self.client.asked)

    def test_focus_elsewhere(self) -> None:
        """An answer that comes late takes no keys from who types somewhere else by now."""
        QTest.keyClicks(self.form.item, "xyz")
        qt.key(self.window, Qt.Key.Key_Return)
        self.window.bar.setFocus()
        other = self.window.controls.buttons[Act.HANG_UP]
        other.setFocus()
        self.answers("find_items", {"found": [], "next": ""})
        self.assertIn("xyz", self.form.about_item.label.text())
        self.assertTrue(other.hasFocus())

    def test_long_names(self) -> None:
        """Two drafts, of 300 characters and from right to left, leave the window as small as it may be."""
        QTest.keyClicks(self.form.item, "1001")
        self.opened(NEXT)
        self.window.resize(*SMALLEST)
        qt.flush()
        self.assertTrue(self.form.drafts.isVisible())
        self.assertEqual((self.window.width(), self.window.height()), SMALLEST)
        self.assertEqual(judge.cut(self.window), [])
