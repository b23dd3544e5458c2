"""The shop's shelves and prices, and the feed of what was sold."""

from callserver.features.shopping import rules
from callserver.features.shopping.rules import Name, UnknownCarrier, UnknownItem, UnknownOrder, WrongStep
from callserver.features.shopping.tables import OrderState, Source
from tests.features.shopping.demo_books import LI_MING, LI_MINGS_NUMBER, NOW, POT, TEA, BooksCase, later, stamp

OOLONG = Name("乌龙茶", "oolong tea")


class ShelfTests(BooksCase):
    def test_categories(self) -> None:
        """What a caller hears listed: the categories, and what is on sale of each."""
        shelves = self.do(rules.categories, NOW)
        self.assertEqual(
            [(one.number, one.name.en) for one in shelves], [("1", "tea"), ("2", "teaware"), ("3", "food")]
        )
        self.assertEqual([item.number for item in self.do(rules.items_of, "2", NOW)], [POT, "1005"])
        self.assertEqual(self.do(rules.items_of, None, NOW), [])
        self.do(rules.save_category, "0", Name("新品", "novelties"))
        for item in (POT, "1005"):
            self.do(rules.withdraw, item, NOW)
        self.assertEqual([one.number for one in self.do(rules.categories, NOW)], ["1", "3"])  # empty ones take no key

    def test_new_item(self) -> None:
        """It is there for callers when its pieces come, and is told by both names."""
        self.do(rules.save_item, "1009", OOLONG, 10, NOW, price_fen=5200, category="1")
        item = self.do(rules.find_item, "1009", NOW)
        self.assertEqual((item.name, item.price_fen, item.available, item.limit), (OOLONG, 5200, 0, 10))
        self.do(rules.move_stock, "1009", 3, "delivery", NOW)
        self.assertEqual(self.buy("one", ("1009", 2)).total_fen, 10400)

    def test_changed_item(self) -> None:
        """Name and limit are others; stock and price stay as they were."""
        self.do(rules.save_item, TEA, OOLONG, 2, NOW, category="3")
        item = self.do(rules.find_item, TEA, NOW)
        self.assertEqual((item.name, item.price_fen, item.available, item.category), (OOLONG, 6800, 50, "3"))
        self.do(rules.save_category, "3", Name("食物", "groceries"))
        self.assertEqual(self.do(rules.categories, NOW)[2].name.en, "groceries")

    def test_withdrawn(self) -> None:
        """From then on callers do not find it; orders keep it, and it can come back."""
        number = self.buy("one", (TEA, 1)).order_number
        self.do(rules.withdraw, TEA, later(60))
        self.assertIsNotNone(self.do(rules.find_item, TEA, later(59)))
        self.assertIsNone(self.do(rules.find_item, TEA, later(60)))
        left = [item.number for item in self.do(rules.items_of, "1", later(60))]
        self.assertEqual(left, ["1002", "1003"], "all others of its shelf are sold on")
        self.refusal(UnknownItem, rules.hold, "two", TEA, 1, later(60))
        self.assertEqual(self.do(rules.find_order, number).lines[0].item, TEA)
        self.do(rules.save_item, TEA, OOLONG, 2, later(70))
        self.assertIsNotNone(self.do(rules.find_item, TEA, later(70)))

    def test_mistakes(self) -> None:
        """A negative price, a limit of nothing, an item that is not there."""
        self.assertRaises(ValueError, self.do, rules.set_price, TEA, -1, NOW)
        self.assertRaises(ValueError, self.do, rules.save_item, TEA, OOLONG, 0, NOW)
        self.refusal(UnknownItem, rules.set_price, "9999", 1, NOW)
        self.refusal(UnknownItem, rules.withdraw, "9999", NOW)
        self.refusal(UnknownItem, rules.move_stock, "9999", 1, "delivery", NOW)

    def test_no_price_yet(self) -> None:
        """What has no price is not sold, and not for nothing."""
        self.do(rules.save_item, "1009", OOLONG, 10, NOW)
        self.do(rules.move_stock, "1009", 3, "delivery", NOW)
        self.assertIsNone(self.do(rules.find_item, "1009", NOW))
        self.refusal(UnknownItem, rules.confirm, "one", None, [("1009", 1)], stamp("one"))


class PriceTests(BooksCase):
    def test_from_a_date_on(self) -> None:
        """A price that is written down for tomorrow is told from tomorrow on."""
        self.do(rules.set_price, TEA, 7000, later(86400))
        self.assertEqual([self.do(rules.price_at, TEA, later(s)) for s in (0, 86399, 86400)], [6800, 6800, 7000])
        self.assertIsNone(self.do(rules.price_at, TEA, later(-20 * 365 * 86400)))

    def test_written_again(self) -> None:
        """A price for the same moment replaces the one that was written first."""
        for price in (7000, 7100):
            self.do(rules.set_price, TEA, price, later(60))
        self.assertEqual(self.do(rules.price_at, TEA, later(60)), 7100)

    def test_while_he_speaks(self) -> None:
        """Who was told a price pays that price, though it changes before he confirms."""
        self.do(rules.hold, "one", TEA, 1, NOW)
        self.do(rules.set_price, TEA, 7000, later(30))
        taken = self.do(rules.confirm, "one", None, [(TEA, 1)], stamp("one", later(60)))
        self.assertEqual(taken.total_fen, 6800)


class CustomerTests(BooksCase):
    def test_saved(self) -> None:
        """A customer has the numbers that were written down last; a number is one customer's."""
        self.do(rules.save_customer, "600009", "Sun", "Xi'an", ["+86 139 1234 5678", "029 8765 4321"], language="en")
        found = self.do(rules.find_buyer, LI_MINGS_NUMBER)
        self.assertEqual((found.member_number, found.language, found.has_pin), ("600009", "en", False))
        self.assertEqual(self.do(rules.telephones_of, LI_MING), ["01062345678"])
        self.do(rules.save_customer, "600009", "Sun", "Lanzhou", [])
        self.assertIsNone(self.do(rules.find_buyer, LI_MINGS_NUMBER))
        self.assertEqual(self.do(rules.find_member, "600009").address, "Lanzhou")
        self.assertRaises(ValueError, self.do, rules.save_customer, "600009", "Sun", "", [], language="fr")

    def test_keeps_what_is_his(self) -> None:
        """Writing him down again changes neither his balance nor his PIN."""
        self.do(rules.save_customer, LI_MING, "Li Ming", "Tianjin", [LI_MINGS_NUMBER])
        self.assertEqual(self.do(rules.balance, LI_MING), 50000)
        self.assertTrue(self.do(rules.find_member, LI_MING).has_pin)

    def test_language(self) -> None:
        """The language he was last served in is known when he calls next."""
        self.do(rules.set_language, LI_MING, "en")
        self.assertEqual(self.do(rules.find_buyer, LI_MINGS_NUMBER).language, "en")


class StepTests(BooksCase):
    def test_legal_steps_only(self) -> None:
        """An order goes forward; told again it is once; no step is taken back."""
        number = self.buy("one", (TEA, 1)).order_number
        for state in (OrderState.PAID, OrderState.PACKED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED):
            self.do(rules.advance, number, state, later(1))
        steps = [step.state for step in self.do(rules.find_order, number).steps]
        self.assertEqual(steps, ["placed", "paid", "packed", "shipped", "delivered"])
        for state in (OrderState.PLACED, OrderState.SHIPPED, OrderState.CANCELLED):
            self.refusal(WrongStep, rules.advance, number, state, later(2))
        self.refusal(UnknownOrder, rules.advance, "00000000", OrderState.PAID, later(2))

    def test_not_cancelled_by_a_step(self) -> None:
        """To cancel is a rule of its own: pieces and money come back by it."""
        number = self.buy("one", (TEA, 1)).order_number
        self.refusal(WrongStep, rules.advance, number, OrderState.CANCELLED, later(2))
        self.refusal(WrongStep, rules.advance, number, OrderState.DELIVERED, later(2))

    def test_carrier(self) -> None:
        """Who brings it can be told later and corrected; it must be one that the shop has."""
        number = self.buy("one", (TEA, 1)).order_number
        self.refusal(UnknownCarrier, rules.advance, number, OrderState.SHIPPED, later(1), "yto", "Y1")
        self.do(rules.save_carrier, "yto", Name("圆通", "YTO"))
        self.do(rules.advance, number, OrderState.SHIPPED, later(1), "yto", "Y1")
        self.do(rules.advance, number, OrderState.SHIPPED, later(2), "yto", "Y2")
        order = self.do(rules.find_order, number)
        self.assertEqual((order.carrier_code, order.tracking, order.since), ("yto", "Y2", later(1)))


class ManyOrdersTests(BooksCase):
    def test_two_in_a_call(self) -> None:
        """Each of a call's orders is bought once."""
        first, second = self.buy("one", (TEA, 1)), self.buy("one", (TEA, 1), nth=2)
        self.assertNotEqual(first.order_number, second.order_number)
        self.assertTrue(self.buy("one", (TEA, 1), nth=2).already)
        self.assertEqual([one.number for one in self.do(rules.orders_of_call, "one")],
                         [first.order_number, second.order_number])  # fmt: skip

    def test_an_agent_finishes_it(self) -> None:
        """The caller's key and the agent's button are one order, whoever is first."""
        by_key = self.buy("one", (TEA, 1))
        by_agent = self.buy("one", (TEA, 1), source=Source.AGENT)
        self.assertEqual((by_agent.order_number, by_agent.already), (by_key.order_number, True))

    def test_web_shop(self) -> None:
        """A web shop's order is found and bought once by the name that the shop has given it."""
        buyer = rules.find_member(LI_MING)
        named = {"source": Source.WEB, "external_id": "W-1", "address": "Suzhou"}
        taken = self.do(rules.confirm, None, buyer, [(TEA, 1)], stamp(""), **named)
        self.assertTrue(self.do(rules.confirm, None, buyer, [(TEA, 1)], stamp(""), **named).already)
        order = self.do(rules.find_external, Source.WEB, "W-1")
        self.assertEqual((order.number, order.address), (taken.order_number, "Suzhou"))
        self.assertEqual([one.number for one in self.do(rules.orders_of_member, LI_MING, 1)], [taken.order_number])
        self.assertRaises(ValueError, self.do, rules.confirm, None, buyer, [(TEA, 1)], stamp(""))


class FeedTests(BooksCase):
    def test_every_change(self) -> None:
        """Each state of an order is told once, in its turn; who asks again from where he was misses nothing."""
        before = self.do(rules.last_sequence)
        number = self.buy("one", (TEA, 1)).order_number
        self.do(rules.advance, number, OrderState.PACKED, later(60))
        self.buy("one", (TEA, 1))
        first, second = self.do(rules.changes_since, before)
        self.assertEqual([(one.kind, one.number, one.state) for one in (first, second)],
                         [("order", number, "placed"), ("order", number, "packed")])  # fmt: skip
        self.assertEqual((first.sequence, second.sequence, second.at), (before + 1, before + 2, later(60)))
        self.assertEqual(self.do(rules.changes_since, before, 1), [first])
        self.assertEqual(self.do(rules.changes_since, second.sequence), [])

    def test_reservations(self) -> None:
        """So are reservations, with the order that one became."""
        self.buy("before", (POT, 1))
        before = self.do(rules.last_sequence)
        self.reserve("one", POT, 1)
        self.do(rules.move_stock, POT, 1, "delivery", later(60))
        told = [(one.kind, one.state) for one in self.do(rules.changes_since, before)]
        self.assertEqual(told, [("reservation", "open"), ("order", "placed"), ("reservation", "ordered")])
