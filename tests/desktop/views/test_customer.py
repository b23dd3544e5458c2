"""The customer's tab: where the cursor is when what was typed is given up."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from callserver.desktop.views.customer import CustomerView
from callserver.desktop.views.widgets import show_text
from callserver.desktop.window import MainWindow
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.work_case import WorkCase


class CustomerViewTests(WorkCase):
    def test_discarded(self) -> None:
        """After Discard the cursor stands in the name, not in the note on the call."""
        qt.application()
        window = MainWindow(self.work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        self.seat(SeatState.TALKING, Card("call-1", "13800138000"))
        self.client.answers({"found": []}, "caller_customers")
        qt.flush()
        view = window.findChild(CustomerView)
        assert isinstance(view, CustomerView)
        view.fields["name"].setFocus()
        QTest.keyClicks(view.fields["name"], "Zhao")
        view.discard.setFocus()
        qt.click(view.discard)
        self.assertEqual(view.fields["name"].text(), "")
        self.assertTrue(view.fields["name"].hasFocus())

    def test_long_text(self) -> None:
        """A text that is longer than its field is shown from its beginning, and typed on at its end."""
        qt.application()
        field = QLineEdit()
        qt.shown(self, field, 80, 32).clearFocus()
        show_text(field, "Alexander " * 20)
        self.assertEqual(field.cursorPosition(), 0)
        field.setFocus()
        field.end(False)
        show_text(field, "Alexander")
        self.assertEqual(field.cursorPosition(), len("Alexander"))
