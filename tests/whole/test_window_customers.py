"""The customer's record at the window, in the whole server."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from callserver.desktop.keys import Act
from callserver.desktop.views.customer import CustomerView
from callserver.desktop.views.find_customer import FindCustomerView
from callserver.desktop.window import MainWindow
from tests.desktop import qt
from tests.whole.window_case import WindowCase


class CustomerTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.at = self.window("801")
        self.tab = self.customer_tab(self.at)

    def customer_tab(self, window: MainWindow) -> CustomerView:
        tab = window.tabs.widget(0)
        assert isinstance(tab, CustomerView)
        return tab

    def test_record_of_the_caller(self) -> None:
        """It is there when the call rings, without a key pressed."""
        self.call("13912345678")
        self.pass_s(1)
        self.assertEqual(self.tab.heading.text(), "李明 Li Ming · Member 600001")
        self.assertIn("Orders 2", self.tab.facts.text())

    def test_change(self) -> None:
        """What is typed goes into the books with Ctrl+S; a wrong number is said beside its field, and stays there."""
        self.call("13912345678")
        self.press(self.at, Act.ANSWER)
        name = self.tab.fields["name"]
        name.selectAll()
        QTest.keyClicks(name, "Li Ming")
        self.press(self.at, Act.SAVE)
        self.assertEqual(self.tab.heading.text(), "Li Ming · Member 600001")
        telephones = self.tab.fields["telephones"]
        telephones.selectAll()
        QTest.keyClicks(telephones, "twelve")
        self.press(self.at, Act.SAVE)
        self.assertIn("twelve is no telephone number", self.tab.notice.label.text())
        self.assertEqual(telephones.text(), "twelve")

    def test_new_customer(self) -> None:
        """Who is unknown is written down in the call, with the number that he calls from."""
        self.call("13700001111")
        self.press(self.at, Act.ANSWER)
        self.assertEqual(
            (self.tab.heading.text(), self.tab.fields["telephones"].text()), ("New customer", "13700001111")
        )
        QTest.keyClicks(self.tab.fields["name"], "Zhang San")
        self.press(self.at, Act.SAVE)
        self.assertTrue(self.tab.heading.text().startswith("Zhang San · Member"))

    def test_find(self) -> None:
        """F5, what several have in common, Enter, one of them, Enter: his record is in the tabs."""
        self.press(self.at, Act.FIND)
        self.type(self.at, "6000")
        panel = self.at.panel
        assert isinstance(panel, FindCustomerView)
        self.assertGreater(panel.table.rows.rowCount(), 1)
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        qt.flush()
        self.pass_s(0.5)
        self.assertIsNone(self.at.panel)
        self.assertEqual(self.tab.heading.text(), "李明 Li Ming · Member 600001")

    def test_find_again(self) -> None:
        """Who looks for the same words a second time gets to the list with Enter as well."""
        for _ in range(2):
            self.press(self.at, Act.FIND)
            self.type(self.at, "6000")
            panel = self.at.panel
            assert isinstance(panel, FindCustomerView)
            self.assertTrue(panel.table.hasFocus())
            QTest.keyClick(panel.table, Qt.Key.Key_Return)
            self.assertIsNone(self.at.panel)
