"""The demo shop is marked as such, and goes by one command without taking anything real along."""

from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules, sample
from callserver.features.shopping.rules import Name, SampleInUse
from callserver.features.shopping.tables import Carrier, Category, Change, Customer, Order, OrderState, Product
from callserver.store import tables
from callserver.store.opening import MIGRATIONS
from tests.features.shopping.demo_books import NOW, POT, TEA, BooksCase, everything, later, stamp

KEPT = {"LastChange", "EventRow", "CallRow"}


class SampleTests(BooksCase):
    def shop_rows(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in everything().items() if rows and name not in KEPT}

    def test_every_row_is_marked(self) -> None:
        """Goods, customers, carriers, categories, orders."""
        for table in (Product, Customer, Carrier, Category, Order):
            self.assertEqual([row for row in table.select() if not row.is_sample], [], table)

    def test_paid_in_lately(self) -> None:
        """What customers have paid in is some weeks old, and older than every order."""
        placed = [rules.find_order(row.number).placed_at for row in Order.select()]  # type: ignore[union-attr]
        for customer in Customer.select():
            (paid,) = self.do(rules.movements, customer.member_number, 5)
            self.assertTrue(later(-50 * 86400) < paid.at < min(placed), paid)

    def test_removed(self) -> None:
        """Nothing of it is left, as if it had never been; killed on the way, all of it is there."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        self.do(rules.begin_pin_try, "600001", None, NOW)
        rows = self.shop_rows()
        self.assertEqual(self.killed_anywhere(rules.remove_sample), 8)
        left = self.shop_rows()
        self.assertEqual({name: n for name, n in left.items() if name in rows}, left)
        self.assertLessEqual(set(left), {"PinTries", "OrganisationRow"})
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


class OlderShopTests(SynchronousTestCase):
    """A shop of the last version, in which callers have bought and the owner has added goods of his own."""

    def setUp(self) -> None:
        self.database = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
        tables.database.initialize(self.database)
        self.database.connect()
        self.addCleanup(self.database.close)

    def upgrade(self, *, demo: bool) -> None:
        Runner(self.database, str(MIGRATIONS)).up("0009_faxes")
        for sql in (
            f"INSERT INTO shop VALUES ('shop', 1, {demo})",
            "INSERT INTO products VALUES ('1001', '茶', 'tea', 6800, 0, 20), ('7', '自', 'own', 100, 3, 5)",
            "INSERT INTO customers VALUES ('600001', 'Li Ming', 'Beijing')",
            "INSERT INTO customer_numbers VALUES ('13912345678', '600001')",
            "INSERT INTO orders (number, call_id, customer_id, total_fen) VALUES ('12345678', 'a call', '600001', 100)",
            "INSERT INTO order_steps (order_id, state, at_ms) VALUES ('12345678', 'placed', 1)",
            "INSERT INTO order_lines (order_id, product_id, quantity, price_fen) VALUES ('12345678', '7', 1, 100)",
        ):
            self.database.execute_sql(sql)
        Runner(self.database, str(MIGRATIONS)).up()

    def test_everything_is_there(self) -> None:
        """Prices, customers with their numbers, orders, which are still bought once."""
        self.upgrade(demo=False)
        item = rules.find_item("7", NOW)
        self.assertEqual((item and item.price_fen, item and item.available), (100, 3))
        buyer = rules.find_buyer("13912345678")
        self.assertEqual(rules.balance("600001"), 0)
        again = rules.confirm("a call", buyer, [("7", 1)], stamp("a call"))
        self.assertEqual((again.order_number, again.already), ("12345678", True))
        self.assertEqual([row.number for row in Product.select().where(Product.is_sample)], [])

    def test_demo_shop(self) -> None:
        """What the first start had put there is marked; the owner's goods and his callers' orders are not."""
        self.upgrade(demo=True)
        self.assertEqual([row.number for row in Product.select().where(Product.is_sample)], ["1001"])
        self.assertEqual([row.number for row in Order.select().where(Order.is_sample)], [])
        self.assertEqual(self.assertRaises(SampleInUse, rules.remove_sample).orders, ["12345678"])
