"""An agent looks at goods and orders, and cancels what is not packed yet."""

from datetime import datetime, timedelta

from callserver.features.shopping import rules
from callserver.features.shopping.tables import Order, OrderState, OrderStep, Product
from callserver.store.tables import to_ms
from callserver.wire.refusals import Refusal
from tests.features.shopping.desk_case import DeskCase


class OrderTests(DeskCase):
    def orders(self, n: int) -> None:
        """A customer has so many old ones."""
        now = to_ms(self.shop.events.now())
        for number in range(n):
            order = Order.create(number=str(30_000_000 + number), customer="600004", total_fen=number)
            OrderStep.create(order=order, state=OrderState.PLACED, at_ms=now + number)

    def test_pages(self) -> None:
        """The newest first, 50 at a time, each once."""
        Order.update(customer=None).where(Order.customer == "600004").execute()
        self.orders(120)
        place, numbers = "", []
        for expected in (50, 50, 20):
            page = self.ask("list_orders", "600004", place)
            self.assertEqual(len(page["found"]), expected)
            numbers += [row["order"] for row in page["found"]]
            place = page["next"]
        self.assertEqual(numbers, [str(30_000_119 - n) for n in range(120)])
        self.assertEqual(place, "")
        self.assertEqual(self.audits(), [("list_orders", "customer 600004")])

    def test_none(self) -> None:
        """A customer without orders, and one the shop has not got, have an empty list."""
        self.assertEqual(self.ask("list_orders", "999999", ""), {"found": [], "next": ""})
        self.assertIs(self.refused("list_orders", "600001", "2-5").code, Refusal.BAD_ARGUMENT)

    def test_order(self) -> None:
        """Where it is, who brings it, and what it was."""
        order = self.shipped()
        seen = self.ask("show_order", order)
        self.assertEqual((seen["state"], seen["parcel"]), ("shipped", "SF123"))
        self.assertTrue(seen["carrier_zh"] and seen["carrier_en"])
        self.assertEqual([step["state"] for step in seen["steps"]], ["placed", "shipped"])
        shipped = datetime.fromisoformat(seen["steps"][-1]["at"])
        self.assertLess(self.shop.events.now() - shipped, timedelta(seconds=2))
        self.assertEqual(sum(line["total_fen"] for line in seen["lines"]), seen["total_fen"])
        self.assertFalse(seen["may_be_cancelled"])
        self.assertIn("no order", self.refused("show_order", "1").text("en"))

    def bought(self) -> str:  # type: ignore[override]
        """He has ordered two pieces in a talk."""
        self.talk(keys=("1", "1", "1001#", "1", "2#"))
        return str(self.ask("finish_order", "on delivery", "")["order"])

    def shipped(self) -> str:
        order = self.bought()
        rules.advance(order, OrderState.SHIPPED, self.shop.events.now(), "sf", "SF123")
        return order

    def test_cancel(self) -> None:
        """Not packed yet, it is cancelled, once; the pieces are back, and who did it is in the log."""
        there = Product.get_by_id("1001").stock
        order = self.bought()
        self.assertTrue(self.ask("show_order", order)["may_be_cancelled"])
        self.assertEqual(self.ask("cancel_order", order)["state"], "cancelled")
        self.assertEqual(self.ask("cancel_order", order)["state"], "cancelled")
        self.assertEqual(Product.get_by_id("1001").stock, there)
        self.assertIn(("cancel_order", f"order {order}"), self.audits())

    def test_not_cancelled(self) -> None:
        """What is on its way is not cancelled, nor what there is not: in words."""
        order = self.shipped()
        self.assertIn("cannot become", self.refused("cancel_order", order).text("en"))
        self.assertIn("no order", self.refused("cancel_order", "1").text("en"))
        tried = [data for _, data in self.shop.happened("audit") if data["act"] == "cancel_order"]
        self.assertEqual([data["target"] for data in tried], [f"order {order}", "order 1"])
        self.assertTrue(all(str(data["result"]).startswith("not-saved") for data in tried), "who has tried is written")


class ItemTests(DeskCase):
    def test_found(self) -> None:
        """By number first, by a part of the name in either language; what is not sold says so."""
        name = Product.get_by_id("1001")
        for words in ("1001", name.name_zh, name.name_en[:4].upper()):
            self.assertEqual(self.ask("find_items", words, "")["found"][0]["item"], "1001", words)
        rules.withdraw("1001", self.shop.events.now())
        (seen,) = self.ask("find_items", "1001", "")["found"]
        self.assertEqual((seen["on_sale"], seen["available"]), (False, 0))
        self.assertGreater(seen["price_fen"], 0)

    def test_for_this_caller(self) -> None:
        """What a caller holds is there for him, and for nobody else."""
        self.talk(keys=("1", "1", "1001#", "1", "2#"))
        (seen,) = self.ask("find_items", "1001", "")["found"]
        self.assertEqual((seen["available"], seen["stock"]), (50, 50))
        self.seat.hang_up()
        self.assertEqual(self.ask("find_items", "", "")["next"], "")
