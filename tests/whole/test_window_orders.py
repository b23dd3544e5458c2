"""Orders at the window, by keys, in the whole server."""

from __future__ import annotations

from typing import Any

from peewee import chunked
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from twisted.internet.defer import CancelledError

from callserver.desktop.keys import Act
from callserver.desktop.views.deliveries import DeliveriesView
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.views.orders import OrdersView
from callserver.desktop.window import MainWindow
from callserver.emulator.script_run import run_script
from callserver.features.shopping import rules
from callserver.features.shopping.tables.orders import Order, OrderLine, OrderState, OrderStep
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.whole.window_case import WindowCase

LI, WANG = "13912345678", "13823456789"
MANY = 10_000
QUESTION = "wait silence 1.3 within 120\n"  # each is heard to its end


def form_of(window: MainWindow) -> OrderFormView:
    panel = window.panel
    assert isinstance(panel, OrderFormView)
    return panel


def told(form: OrderFormView) -> str:
    """What stands beside the button that confirms."""
    return form.notice.label.text()


def at_work(window: MainWindow) -> None:
    """Its agent presses the next keys: here one person sits at both."""
    window.activateWindow()
    qt.flush()


class OrderFormTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.at = self.window("801")

    def talk(self, number: str = LI, seconds: int = 60) -> None:
        """He is answered by F2."""
        self.call(number, seconds)
        self.press(self.at, Act.ANSWER)

    def hangs_up(self) -> None:
        """The caller does, who has been there for a while."""
        for _ in range(60):
            self.pass_s(0.5)
            if self.state("801") is not SeatState.TALKING:
                break

    def read(self, question: Any, *args: Any) -> Any:
        return self.do(self.shop.server.store.read(question, *args))

    def put(self, item: str, pieces: str) -> None:
        """Item, Enter, quantity, Enter."""
        self.type(self.at, item)
        self.type(self.at, pieces)

    def test_four_keys(self) -> None:
        """Ctrl+N, item Enter, quantity Enter, Ctrl+Enter: one known item to the stored address."""
        self.talk()
        self.press(self.at, Act.NEW_ORDER)
        self.put("1001", "2")
        form = form_of(self.at)
        self.assertEqual(form.total.text(), "Total ¥136.00")
        self.assertEqual(told(form), "Read the order back; confirm after consent")
        self.press(self.at, Act.CARRY_OUT)
        self.assertIn("placed · ¥136.00", told(form))
        newest, *_ = self.read(rules.orders_of_member, "600001", 1)
        self.assertEqual([(line.item, line.quantity) for line in newest.lines], [("1001", 2)])
        self.assertIn(newest.number, told(form))
        self.press(self.at, Act.TAB_2)
        orders = self.at.tabs.currentWidget()
        assert isinstance(orders, OrdersView)
        self.assertIn(newest.number, orders.facts.text())

    def test_begun_in_the_menu(self) -> None:
        """Li chooses two and asks for a person: they are in the form. Not proved, he cannot pay from his balance."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        pressed = ("1", "1", "1001#", "1", "2#", "0")
        steps = "".join(f"{QUESTION}press {key}\nwait 1\n" for key in pressed)
        number = self.shop.server.config.exchange.number
        script = f"caller {LI}\ndial {number}\nwait answer\n{steps}wait 60\nhang up\n"
        calling = run_script(exchange, script).addErrback(lambda failure: failure.trap(CancelledError))
        self.addCleanup(calling.cancel)
        for _ in range(200):
            self.pass_s(1)
            if self.state("801") is SeatState.RINGING:
                break
        self.press(self.at, Act.ANSWER)
        self.press(self.at, Act.NEW_ORDER)
        form = form_of(self.at)
        self.assertEqual((form.total.text(), form.balance.text()), ("Total ¥136.00", "Balance ¥500.00"))
        self.assertFalse(form.balance.isEnabled())
        self.put("1006", "1")
        self.press(self.at, Act.CARRY_OUT)
        self.assertIn("placed · ¥195.80", told(form))
        newest, *_ = self.read(rules.orders_of_member, "600001", 1)
        self.assertEqual((len(newest.lines), newest.source), (2, "agent"))

    def test_without_waiting(self) -> None:
        """All four at once, faster than the server answers: the order has its line."""
        self.talk()
        self.press(self.at, Act.NEW_ORDER)
        form = form_of(self.at)
        QTest.keyClicks(form.item, "1001")
        QTest.keyClick(form.item, Qt.Key.Key_Return)
        QTest.keyClicks(form.pieces, "3")
        QTest.keyClick(form.pieces, Qt.Key.Key_Return)
        QTest.keySequence(self.at, "Ctrl+Return")
        qt.flush()
        self.pass_s(2)
        self.assertIn("placed · ¥204.00", told(form))

    def test_refusals(self) -> None:
        """Too many, and an item that there is not: it is said beneath the fields, and what was typed stays."""
        self.talk()
        self.press(self.at, Act.NEW_ORDER)
        form = form_of(self.at)
        self.put("1004", "2")
        self.assertIn("item 1004: 1 are there", form.about_item.label.text())
        self.assertEqual((form.item.text(), form.pieces.text()), ("1004", "2"))
        self.assertTrue(form.pieces.hasFocus())
        form.item.setFocus()
        form.item.selectAll()
        self.type(self.at, "4711")
        self.assertEqual(form.about_item.label.text(), "No item matches “4711”")
        self.assertTrue(form.item.hasFocus())

    def test_wrap_up(self) -> None:
        """What was said is put down when the caller has hung up, while the form is open; Wang has her address."""
        self.talk(WANG, seconds=25)
        self.press(self.at, Act.NEW_ORDER)
        self.put("1005", "1")
        self.hangs_up()
        self.assertIs(self.state("801"), SeatState.PAUSED)
        form = form_of(self.at)
        self.assertEqual(form.lines.rows.rowCount(), 1)
        self.put("1006", "1")
        self.press(self.at, Act.CARRY_OUT)
        self.assertIn("placed · ¥94.80", told(form))
        newest, *_ = self.read(rules.orders_of_member, "600002", 1)
        self.assertEqual(newest.address, "上海市静安区南京西路 1266 号")

    def test_next_call(self) -> None:
        """A draft waits with its caller while the next one is served, and is his when it is confirmed."""
        self.talk(LI, seconds=25)
        self.press(self.at, Act.NEW_ORDER)
        self.put("1001", "1")
        self.hangs_up()
        self.press(self.at, Act.READY)
        self.talk(WANG)
        form = form_of(self.at)
        self.assertEqual(form.heading.text(), "New order · 王芳 Wang Fang · Member 600002")
        self.assertEqual(form.lines.rows.rowCount(), 0)
        self.assertTrue(form.drafts.isVisible())
        form.drafts.setFocus()
        QTest.keyClick(form.drafts, Qt.Key.Key_Up)
        self.pass_s(0.5)
        self.assertIn("李明", form.heading.text())
        self.press(self.at, Act.CARRY_OUT)
        self.assertIn("placed · ¥68.00", told(form))
        newest, *_ = self.read(rules.orders_of_member, "600001", 1)
        self.assertEqual([line.item for line in newest.lines], ["1001"])

    def test_last_piece(self) -> None:
        """Of two agents who sell the last piece one has it; the other is told, and reserves."""
        self.allow("802")
        self.talk(seconds=200)
        other = self.window("802")
        self.call(WANG, seconds=200)
        self.press(other, Act.ANSWER)
        self.press(other, Act.NEW_ORDER)
        theirs = form_of(other)
        at_work(self.at)
        self.press(self.at, Act.NEW_ORDER)
        self.put("1004", "1")
        at_work(other)
        self.type(other, "1004")
        self.type(other, "1")
        self.assertIn("1004", theirs.about_item.label.text())
        self.assertEqual(theirs.lines.rows.rowCount(), 0)
        at_work(self.at)
        self.press(self.at, Act.CARRY_OUT)
        self.assertIn("placed · ¥268.00", told(form_of(self.at)))
        qt.click(theirs.reserve)
        self.pass_s(0.5)
        self.assertTrue(told(theirs).startswith("Reserved: 1 × clay teapot"), told(theirs))

    def test_discard(self) -> None:
        """It is asked; Escape keeps the order, the button's verb empties it and closes the form."""
        self.talk()
        self.press(self.at, Act.NEW_ORDER)
        self.put("1001", "1")
        form = form_of(self.at)
        qt.click(form.discard)
        self.assertTrue(form.question.isVisible())
        QTest.keyClick(form.question.cancel, Qt.Key.Key_Escape)
        self.pass_s(0.5)
        self.assertEqual((form.question.isVisible(), form.lines.rows.rowCount()), (False, 1))
        qt.click(form.discard)
        qt.click(form.question.do)
        self.pass_s(0.5)
        self.assertIsNone(self.at.panel)
        self.press(self.at, Act.NEW_ORDER)
        self.assertEqual(form_of(self.at).lines.rows.rowCount(), 0)


class OrdersTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.at = self.window("801")

    def orders(self) -> OrdersView:
        self.press(self.at, Act.TAB_2)
        orders = self.at.tabs.currentWidget()
        assert isinstance(orders, OrdersView)
        return orders

    def test_where_is_my_parcel(self) -> None:
        """One key: what is under way, who brings it, its number, and its steps."""
        self.call(LI)
        self.press(self.at, Act.TAB_3)
        tab = self.at.tabs.currentWidget()
        assert isinstance(tab, DeliveriesView)
        self.assertIn("SF Express SF1340275816093", tab.heading.text())
        self.assertEqual(tab.steps.rows.rowCount(), 4)

    def test_cancel(self) -> None:
        """An order that is not packed is ended by the verb of the question; one that is shipped cannot be."""
        self.call(WANG)
        orders = self.orders()
        self.assertTrue(orders.cancel.isEnabled())
        qt.click(orders.cancel)
        self.assertEqual(orders.question.words.text(), "Cancel order 36915840 of ¥210.00?")
        qt.click(orders.question.do)
        self.pass_s(1)
        self.assertEqual(orders.notice.label.text(), "Order 36915840 is cancelled")
        found = self.do(self.shop.server.store.read(rules.find_order, "36915840"))
        self.assertEqual(found.state, OrderState.CANCELLED)
        self.assertFalse(orders.cancel.isEnabled())

    def test_ten_thousand(self) -> None:
        """A customer with 10,000 orders: fifty come at once, fifty more at the end of the list, and each is quick."""
        self.do(self.shop.server.store.write(_many))
        self.call(LI)
        orders = self.orders()
        rows = orders.table.rows
        self.assertEqual(rows.rowCount(), 50)
        for n in (100, 150):
            QTest.keyClick(orders.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
            self.pass_s(0.5)
            self.assertEqual(rows.rowCount(), n)
        self.pass_s(1)
        chosen = rows.data(orders.table.currentIndex().siblingAtColumn(0))
        self.assertIn(chosen.strip("\u2068\u2069"), orders.facts.text())


def _many() -> None:
    """Run in `store.write`: as many orders of Li's as nobody has."""
    numbers = [f"{10_000_000 + n}" for n in range(MANY)]
    for rows in chunked(numbers, 1000):
        Order.insert_many(
            [{"number": one, "customer": "600001", "caller_number": LI, "total_fen": 6800} for one in rows]
        ).execute()
        OrderLine.insert_many(
            [{"order": one, "product": "1001", "quantity": 1, "price_fen": 6800} for one in rows]
        ).execute()
        OrderStep.insert_many(
            [{"order": one, "state": "delivered", "at_ms": 1_600_000_000_000 + int(one)} for one in rows]
        ).execute()
