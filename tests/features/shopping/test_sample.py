"""The demo shop is marked as such, and goes by one command without taking anything real along."""

from callserver.features.shopping import rules, sample
from callserver.features.shopping.rules import Name, SampleInUse
from callserver.features.shopping.tables import Carrier, Category, Change, Customer, Order, OrderState, Product
from tests.features.shopping.demo_books import NOW, POT, TEA, BooksCase, everything, later

KEPT = {"LastChange", "EventRow", "CallRow"}


class SampleTests(BooksCase):
    def shop_rows(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in everything().items() if rows and name not in KEPT}

    def test_every_row_is_marked(self) -> None:
        """Goods, customers, carriers, categories, orders."""
        for table in (Product, Customer, Carrier, Category, Order):
            self.assertEqual([row for row in table.select() if not row.is_sample], [], table)

    def test_removed(self) -> None:
        """Nothing of it is left, as if it had never been; killed on the way, all of it is there."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        self.do(rules.begin_pin_try, "600001", None, NOW)
        rows = self.shop_rows()
        self.assertEqual(self.killed_anywhere(rules.remove_sample), 8)
        left = self.shop_rows()
        self.assertEqual({name: n for name, n in left.items() if name in rows}, left)
        self.assertLessEqual(set(left), {"PinTries", "SchemaMigration", "Organisation"})
        self.assertTrue(self.do(sample.bare))
        self.do(sample.load, NOW)
        self.assertEqual(Product.select().count(), 8)

    def test_real_orders(self) -> None:
        """While real orders and reservations stand on it nothing is removed, and they are named."""
        order = self.buy("one", (POT, 1)).order_number
        kept = self.reserve("two", POT, 1)
        refused = self.refusal(SampleInUse, rules.remove_sample)
        self.assertEqual((refused.orders, refused.reservations), ([order], [kept.number]))

    def test_tried_out(self) -> None:
        """Who has tried his shop on the sample cancels what he ordered there; then it goes."""
        kept = self.reserve("two", TEA, 1)
        waits = self.reserve("three", POT, 2)
        self.do(rules.cancel_reservation, waits.number, later(1))
        self.do(rules.cancel, kept.order, later(1))
        self.do(rules.cancel, self.buy("one", (TEA, 1)).order_number, later(1))
        self.do(rules.remove_sample)
        self.assertFalse(Order.select().exists())
        self.assertFalse(Change.select().exists())

    def test_what_is_real_stays(self) -> None:
        """Own goods in a sample category, own customers, own orders sent by a sample carrier."""
        self.do(rules.save_item, "7", Name("自", "own"), 3, NOW, price_fen=100, category="1")
        self.do(rules.move_stock, "7", 3, "delivery", NOW)
        self.do(rules.save_customer, "700001", "Zhao", "Chengdu", ["02887654321"])
        number = self.buy("one", ("7", 1), number="02887654321").order_number
        self.do(rules.advance, number, OrderState.SHIPPED, later(1), "sf", "SF1")
        self.do(rules.remove_sample)
        self.assertEqual([row.number for row in Product.select()], ["7"])
        self.assertEqual([row.member_number for row in Customer.select()], ["700001"])
        self.assertEqual([(row.number, row.is_sample) for row in Category.select()], [("1", False)])
        self.assertEqual([(row.code, row.is_sample) for row in Carrier.select()], [("sf", False)])
        self.assertEqual(self.do(rules.find_order, number).state, OrderState.SHIPPED)
        self.assertEqual(self.stock("7"), 2)
