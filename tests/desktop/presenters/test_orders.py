"""A customer's orders and deliveries at the window: paged, looked at, ended."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.deliveries import Deliveries, DeliveriesData
from callserver.desktop.presenters.orders import Orders, OrdersData
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refused
from tests.desktop.presenters.order_rows import LI, order, whole
from tests.desktop.presenters.work_case import WorkCase


class OrdersCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[Any] = []

    def opened(self, screen: Any, *found: Any, more: str = "") -> None:
        """Li's record is in the tabs, and this tab is seen."""
        self.screen = screen
        screen.start()
        self.addCleanup(screen.stop)
        screen.see()
        self.work.record.show(LI)
        self.client.answers({"found": list(found), "next": more})

    def acts(self) -> list[Any]:
        """What was asked, and is forgotten."""
        acts, self.client.asked = self.client.asked, []
        return acts


class OrdersTests(OrdersCase):
    @property
    def now(self) -> OrdersData:
        data = self.shown[-1]
        assert isinstance(data, OrdersData)
        return data

    def open(self, *found: Any, more: str = "") -> None:
        self.orders = Orders(self.work, self.shown.append)
        self.opened(self.orders, *found, more=more)

    def test_only_while_seen(self) -> None:
        """Who looks at another tab asks for no orders."""
        orders = Orders(self.work, self.shown.append)
        orders.start()
        self.addCleanup(orders.stop)
        self.work.record.show(LI)
        self.assertEqual(self.client.asked, [])

    def test_first_is_looked_at(self) -> None:
        """Number, day, state, sum and parcel of each; of the newest what is in it and where it goes."""
        row = order("20260017")
        self.open(row)
        self.assertEqual(self.acts(), [("list_orders", "600001", ""), ("show_order", "20260017")])
        self.assertEqual(self.now.orders, (("20260017", "2026-11-20", "shipped", "¥136.00", "SF Express SF20260017"),))
        self.client.answers(whole(row))
        self.assertEqual(self.now.lines, (("1001", "Longjing green tea", "¥68.00", "2", "¥136.00"),))
        self.assertIn("Total ¥136.00 · Cash on delivery", self.now.facts)
        self.assertEqual((self.now.address, self.now.may_cancel), ("深圳市南山区", False))

    def test_pages(self) -> None:
        """No page is asked for twice, and none before its place is seen."""
        self.open(order("3"), more="0-3")
        self.client.answers(whole(order("3")))
        self.acts()
        self.orders.more()
        self.orders.more()
        self.assertEqual(self.acts(), [("list_orders", "600001", "0-3")])
        self.client.answers({"found": [order("2"), order("1")], "next": ""})
        self.orders.more()
        self.assertEqual(self.acts(), [])
        self.assertEqual([row[0] for row in self.now.orders], ["3", "2", "1"])

    def test_passing_by(self) -> None:
        """Who moves through the list asks for the order on which he rests."""
        self.open(order("3"), order("2"), order("1"))
        self.client.answers(whole(order("3")))
        self.acts()
        self.orders.choose(1)
        self.clock.advance(0.05)
        self.orders.choose(2)
        self.clock.advance(1)
        self.assertEqual(self.acts(), [("show_order", "1")])

    def test_new_one(self) -> None:
        """A new order stands first; what was scrolled to stays, and so does what is looked at."""
        self.open(order("2"), more="0-2")
        self.client.answers(whole(order("2")))
        self.orders.more()
        self.client.answers({"found": [order("1")], "next": "0-1"})
        self.work.record.show(LI)
        self.client.answers({"found": [order("3"), order("2")], "next": "0-2"})
        self.assertEqual([row[0] for row in self.now.orders], ["3", "2", "1"])
        self.assertEqual(self.now.row, 1)
        self.acts()
        self.orders.more()
        self.assertEqual(self.acts(), [("list_orders", "600001", "0-1")])

    def test_cancel(self) -> None:
        """It is asked first, with number and sum; then the order is cancelled."""
        self.open(order("2", "placed"))
        self.client.answers(whole(order("2", "placed")))
        self.acts()
        self.orders.ask_to_cancel()
        assert self.now.question is not None
        self.assertEqual(self.now.question.words, "Cancel order 2 of ¥136.00?")
        self.assertEqual(self.acts(), [])
        self.orders.answer(True)
        self.assertEqual(self.acts(), [("cancel_order", "2")])
        self.client.answers(whole(order("2", "cancelled")))
        self.assertEqual((self.now.told, self.now.may_cancel), ("Order 2 is cancelled", False))

    def test_kept_after_all(self) -> None:
        """Nothing is cancelled by a no, nor by another order's being chosen."""
        self.open(order("2", "placed"), order("1"))
        self.client.answers(whole(order("2", "placed")))
        self.acts()
        self.orders.ask_to_cancel()
        self.orders.answer(False)
        self.orders.ask_to_cancel()
        self.orders.choose(1)
        self.orders.answer(True)
        self.assertEqual((self.acts(), self.now.question), ([], None))

    def test_packed_by_now(self) -> None:
        """The server's word is the last."""
        self.open(order("2", "placed"))
        self.client.answers(whole(order("2", "placed")))
        self.orders.ask_to_cancel()
        self.orders.answer(True)
        self.refuses(Refused.not_saved(Complaint("it is packed already")))
        self.assertIn("it is packed already", self.now.problem)

    def test_another_customer(self) -> None:
        """What comes late for one is never shown as the next one's."""
        self.open(order("2"))
        self.client.answers(whole(order("2")))
        self.work.record.show(LI)
        self.work.record.show(LI | {"number": "600002"})
        self.client.answers({"found": [order("9")], "next": ""})
        self.assertEqual(self.now.orders, ())


class DeliveriesTests(OrdersCase):
    @property
    def now(self) -> DeliveriesData:
        data = self.shown[-1]
        assert isinstance(data, DeliveriesData)
        return data

    def test_where_is_my_parcel(self) -> None:
        """What is under way stands first, however old: carrier, number, and its steps with their times."""
        sent = order("1", "shipped")
        self.opened(Deliveries(self.work, self.shown.append), order("2", "delivered"), sent)
        self.assertEqual([row[0] for row in self.now.orders], ["1", "2"])
        self.client.answers(whole(sent))
        self.assertIn("SF Express SF1", self.now.heading)
        self.assertTrue(self.now.heading.startswith("shipped 2026-11-21"))
        self.assertEqual([step[1] for step in self.now.steps], ["shipped", "placed"])

    def test_none(self) -> None:
        """Who has ordered nothing waits for no parcel."""
        self.opened(Deliveries(self.work, self.shown.append))
        self.assertEqual((self.now.heading, self.now.note), ("", "No orders yet"))

    def test_nobody(self) -> None:
        """Without a customer it says so."""
        deliveries = Deliveries(self.work, self.shown.append)
        deliveries.start()
        self.addCleanup(deliveries.stop)
        deliveries.see()
        self.assertEqual(self.now.note, "No customer is shown")
