"""Lists of goods and customers in the database: the same as one item after the other, and all of it or nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules
from callserver.features.shopping.books.customers import all_members
from callserver.features.shopping.books.goods import Goods, all_goods
from callserver.features.shopping.rules.goods import Name
from callserver.features.shopping.rules.restating import Restated, restate_goods, stage_goods
from callserver.features.shopping.rules.restating_customers import RestatedCustomer, restate_customers, stage_customers
from callserver.features.shopping.tables import Price, StockMovement
from tests.features.shopping.demo_books import LI_MING, LI_MINGS_NUMBER, POT, TEA, BooksCase, later, stamp
from tests.features.shopping.rolled_back import RolledBack
from tests.store import postgres
from tests.store.inline import InlineStore

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

NUMBERS = st.sampled_from(["1", "2", "3"])
STATED = st.builds(
    Restated,
    NUMBERS,
    st.sampled_from(["茶", "壶"]),
    st.sampled_from(["tea", "pot"]),
    st.sampled_from([None, "7"]),
    st.integers(1, 3),
    st.sampled_from([None, True, False]),
    st.none() | st.integers(0, 500),
    st.none() | st.integers(0, 5),
)
LISTS = st.lists(STATED, max_size=3, unique_by=lambda one: one.number)


PHONES = {"1": ("13900000001", "+86 139 0000 0002"), "2": ("13900000003",), "3": ()}
CUSTOMERS = st.lists(
    st.builds(
        lambda number, name, said, paid: RestatedCustomer(number, name, "Beijing", "zh", PHONES[number][:said], paid),
        NUMBERS,
        st.sampled_from(["Li", "Wu"]),
        st.integers(0, 2),
        st.sampled_from([0, 500]),
    ),
    max_size=3,
    unique_by=lambda one: one.number,
)


def save_each(stated: list[RestatedCustomer]) -> None:
    for one in stated:
        rules.save_customer(one.number, one.name, one.address, one.telephones or (), language=one.language)
        if one.opening_fen:
            rules.pay_in(one.number, one.opening_fen, NOW)


def one_by_one(stated: list[Restated], now: datetime) -> None:
    """What a list means, by the rules for one item."""
    for one in stated:
        before = all_goods(now).get(one.number)
        name = Name(one.name_zh, one.name_en)
        rules.save_item(one.number, name, one.limit, now, price_fen=one.price_fen, category=one.category)
        on_sale = (before is None or before.on_sale) if one.on_sale is None else one.on_sale
        if not on_sale:
            rules.withdraw(one.number, now)
        had = before.stock if before else 0
        if one.stock is not None and one.stock != had:
            rules.move_stock(one.number, one.stock - had, "count", now)


def found(now: datetime) -> tuple[dict[str, Goods], list[tuple[object, ...]], list[tuple[object, ...]]]:
    prices = Price.select(Price.product, Price.from_ms, Price.price_fen).order_by(Price.product, Price.from_ms)
    moved = StockMovement.select(StockMovement.product, StockMovement.quantity, StockMovement.at_ms)
    return all_goods(now), list(prices.tuples()), sorted(moved.tuples())


class RestatingTests(SynchronousTestCase):
    @given(LISTS, LISTS)
    @settings(deadline=None, max_examples=25)
    def test_as_one_after_the_other(self, first: list[Restated], second: list[Restated]) -> None:
        """Two lists, the second an hour later, leave what the rules for one item leave."""
        ends = []
        for is_list in (True, False):
            store = InlineStore()
            ends.append(self.end(store, first, second, is_list=is_list))
            store.database.close()
        self.assertEqual(ends[0], ends[1])

    def end(self, store: Any, first: list[Restated], second: list[Restated], *, is_list: bool) -> Any:
        store.run(rules.save_category, "7", Name("茶", "tea"))
        for stated, now in ((first, NOW), (second, LATER)):
            if is_list:
                store.run(stage_goods, stated[:1])
                store.run(stage_goods, stated[1:])
                store.run(restate_goods, now, "count")
            else:
                store.run(one_by_one, stated, now)
        return store.run(found, LATER)


class CustomersTests(SynchronousTestCase):
    @given(CUSTOMERS, CUSTOMERS)
    @settings(deadline=None, max_examples=20)
    def test_as_one_after_the_other(self, first: list[RestatedCustomer], second: list[RestatedCustomer]) -> None:
        """Two lists leave what the rules for one customer leave; what is paid in is there once."""
        ends = []
        for is_list in (True, False):
            store = InlineStore()
            for stated in (first, second):
                if is_list:
                    store.run(stage_customers, stated, "cn")
                    store.run(restate_customers, NOW)
                else:
                    store.run(save_each, stated)
            ends.append(store.run(all_members))
            store.database.close()
        self.assertEqual(ends[0], ends[1])


class PostgresTests(RestatingTests):
    if reason := postgres.missing():
        skip = reason

    @given(LISTS, LISTS)
    @settings(deadline=None, max_examples=10)
    def test_as_one_after_the_other(self, first: list[Restated], second: list[Restated]) -> None:
        """The same there."""
        ends = []
        for is_list in (True, False):
            store = RolledBack()
            try:
                ends.append(self.end(store, first, second, is_list=is_list))
            finally:
                store.close()
        self.assertEqual(ends[0], ends[1])

    def test_customers(self) -> None:
        """A new customer with his money, and one that there was."""
        store = RolledBack()
        try:
            stated = [
                RestatedCustomer("1", "Li", "Beijing", "zh", ("13900000001",), 500),
                RestatedCustomer("2", "Wu", "", "", (), 0),
            ]
            store.run(stage_customers, stated, "cn")
            store.run(restate_customers, NOW)
            store.run(stage_customers, [RestatedCustomer("1", "Li Mei", "Tianjin", "en")], "cn")
            store.run(restate_customers, LATER)
            said = [(one.name, one.telephones, one.balance) for one in store.run(all_members)]
        finally:
            store.close()
        self.assertEqual(said, [("Li Mei", ("13900000001",), 500), ("Wu", (), 0)])


class KilledTests(BooksCase):
    def test_goods(self) -> None:
        """A list of goods that is killed at any of its statements leaves nothing; who waited is served by it once."""
        self.buy("before", (POT, 1))
        kept = self.do(rules.reserve, "one", None, POT, 2, stamp("one"), LI_MINGS_NUMBER)
        stated = [Restated(POT, "壶", "pot", "2", 5, stock=2), Restated("1099", "杯", "cup", None, 5, True, 500, 7)]

        def import_() -> list[str]:
            stage_goods(stated)
            return restate_goods(later(60), "import")

        (order,) = self.killed_anywhere(import_)
        self.assertEqual(self.do(rules.find_reservation, kept.number).order, order)
        self.assertEqual((self.stock(POT), self.stock("1099"), self.stock(TEA)), (0, 7, 50))

    def test_customers(self) -> None:
        """A list of customers likewise; what a new one has paid in elsewhere is there once."""
        stated = [
            RestatedCustomer(LI_MING, "李明", "上海", "zh", ("13900000009",)),
            RestatedCustomer("700001", "王芳", "北京", "", (), 500),
        ]

        def import_() -> None:
            stage_customers(stated, "cn")
            restate_customers(later(60))

        self.killed_anywhere(import_)
        self.assertEqual(
            (self.do(rules.balance, "700001"), self.do(rules.telephones_of, LI_MING)), (500, ["13900000009"])
        )
