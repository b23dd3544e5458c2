"""All that can be done in the shop, in any order, killed at any statement, in SQLite and in PostgreSQL."""

from collections.abc import Callable, Container
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from peewee import fn
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules, sample
from callserver.features.shopping.rules import OrderRefused, OrderTaken, Reserved
from callserver.features.shopping.rules.tracking import BEFORE_PACKED, NEXT
from callserver.features.shopping.tables import Order, OrderState, OrderStep, Payment, Reservation, Source
from tests.features.shopping.agreement import check_books
from tests.features.shopping.demo_books import LI_MING, NOW, POT, TEA, Crash, crash_at_statement, everything, stamp
from tests.features.shopping.rolled_back import RolledBack
from tests.store import postgres
from tests.store.inline import InlineStore

CALLS = st.sampled_from([f"call {n}" for n in range(3)])
NTHS = st.integers(1, 3)
ITEMS = st.sampled_from([TEA, POT])
PIECES = st.integers(1, 3)
LINES = st.lists(st.tuples(ITEMS, st.integers(1, 2)), min_size=1, max_size=2)
MEMBERS = st.sampled_from([LI_MING, LI_MING, "600002", None])
WAITS = st.sampled_from((30, 9999))  # seconds
PAYMENTS = st.sampled_from(list(Payment))
WHICH = st.integers(0, 30)  # of those that there are
NEWEST = st.sampled_from((0, 0, 0, 1, 2, 5))  # of the orders, the newest first: what was just bought has a story still
LEGAL = st.sampled_from((True, True, True, False))
CRASH = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 60))  # at this statement


def telephone(call_id: str) -> str:
    return f"1390000000{call_id[-1]}"


def state_of(order: Order) -> OrderState:
    """Where it is."""
    newest = OrderStep.select().where(OrderStep.order == order).order_by(OrderStep.id.desc()).first()
    return OrderState(newest.state)


class Shop(RuleBasedStateMachine):
    """Callers, agents, a web shop, the stock-room, the bank and the clock."""

    make_store: Callable[[], Any] = InlineStore

    def __init__(self) -> None:
        super().__init__()
        self.store = self.make_store()
        self.now = NOW
        self.store.run(sample.load, NOW)
        self.do(rules.move_stock, TEA, -40, "correction", NOW)  # ten are left; of the pot there is one
        self.orders: dict[str, OrderTaken] = {}
        self.reservations: dict[str, str] = {}
        self.paid_in: dict[str, tuple[str, int]] = {}
        drawn = count(10_000_001)
        self.choice = lambda numbers: next(drawn)

    def teardown(self) -> None:
        self.store.database.close() if isinstance(self.store, InlineStore) else self.store.close()

    def do(self, f: Any, *args: Any, crash: int | None = None, **named: Any) -> Any:
        """What is refused or killed has changed nothing; None if it was."""
        before = everything()
        try:
            if crash is None:
                return self.store.run(lambda: f(*args, **named))
            with crash_at_statement(self.store.database, crash):
                return self.store.run(lambda: f(*args, **named))
        except (OrderRefused, Crash):
            assert everything() == before
            return None

    @initialize(waiting=st.lists(st.tuples(ITEMS, PIECES, WAITS), min_size=2, max_size=4))
    def some_wait_already(self, waiting: list[tuple[str, int, int]]) -> None:
        for nth in (1, 2):  # of what the balance has paid, each example has a story
            self.pay_from_balance("before", nth, 1, None)
        for n, (item, quantity, wait_s) in enumerate(waiting):
            self.reserve(f"before {n}", 1, item, quantity, None, wait_s, None)

    # Callers

    @rule(call_id=CALLS, item=ITEMS, quantity=PIECES, crash=CRASH)
    def hold(self, call_id: str, item: str, quantity: int, crash: int | None) -> None:
        found = rules.find_item(item, self.now, call_id)
        held = self.do(rules.hold, call_id, item, quantity, self.now, 60.0, telephone(call_id), crash=crash)
        if crash is None:
            assert (held is not None) is (found is not None and quantity <= min(found.available, found.limit))

    @rule(call_id=CALLS, nth=NTHS, lines=LINES, member=MEMBERS, payment=PAYMENTS, crash=CRASH)
    def confirm(
        self,
        call_id: str,
        nth: int,
        lines: list[tuple[str, int]],
        member: str | None,
        payment: Payment,
        crash: int | None,
    ) -> None:
        self.buy(f"{call_id}/{nth}", call_id, member, lines, nth=nth, payment=payment, crash=crash)

    @rule(call_id=CALLS, nth=NTHS, quantity=PIECES, crash=CRASH)
    def pay_from_balance(self, call_id: str, nth: int, quantity: int, crash: int | None) -> None:
        lines = [(TEA, quantity)]
        self.buy(f"{call_id}/{nth}", call_id, LI_MING, lines, nth=nth, payment=Payment.BALANCE, crash=crash)

    @rule(external=st.sampled_from(["W1", "W2"]), lines=LINES, crash=CRASH)
    def web_order(self, external: str, lines: list[tuple[str, int]], crash: int | None) -> None:
        self.buy(f"web:{external}", None, None, lines, source=Source.WEB, external_id=external, crash=crash)

    @rule(call_id=CALLS, nth=NTHS)
    def buy_the_basket(self, call_id: str, nth: int) -> None:
        """Whoever holds pieces by a running lease can buy them, whoever has reserved since."""
        lines = [(line.item, line.quantity) for line in rules.basket(call_id)]
        items = [rules.find_item(item, self.now, call_id) for item, _ in lines]
        is_there = all(item and item.available >= n for item, (_, n) in zip(items, lines, strict=True))
        if lines and is_there:
            assert self.buy(f"{call_id}/{nth}", call_id, None, lines, nth=nth) is not None

    def buy(self, key: str, call_id: str | None, member: str | None, lines: Any, **how: Any) -> OrderTaken | None:
        customer = rules.find_member(member) if member else None
        told = stamp(call_id or "", self.now)
        taken: OrderTaken | None = self.do(rules.confirm, call_id, customer, lines, told, None, self.choice, **how)
        if taken is not None:
            first = self.orders.setdefault(key, taken)
            assert (taken.order_number, taken.already) == (first.order_number, taken is not first)
        return taken

    @rule(
        call_id=CALLS,
        nth=NTHS,
        item=ITEMS,
        quantity=PIECES,
        member=MEMBERS,
        wait_s=WAITS,
        crash=CRASH,
    )
    def reserve(
        self, call_id: str, nth: int, item: str, quantity: int, member: str | None, wait_s: int, crash: int | None
    ) -> None:
        customer = rules.find_member(member) if member else None
        told, number = stamp(call_id, self.now), telephone(call_id)
        how = {"nth": nth, "wait_s": wait_s, "crash": crash}
        kept = self.do(rules.reserve, call_id, customer, item, quantity, told, number, self.choice, **how)
        if isinstance(kept, Reserved):
            assert self.reservations.setdefault(f"{call_id}/{nth}", kept.number) == kept.number

    @rule(call_id=CALLS)
    def want_nothing(self, call_id: str) -> None:
        self.do(rules.release, call_id)

    @rule(call_id=CALLS)
    def hang_up(self, call_id: str) -> None:
        self.do(rules.keep_basket, call_id, telephone(call_id), self.now)

    @rule(call_id=CALLS, crash=CRASH)
    def call_again(self, call_id: str, crash: int | None) -> None:
        self.do(rules.resume_basket, call_id, telephone(call_id), self.now, crash=crash)

    @rule(which=NEWEST, legal=LEGAL, crash=CRASH)
    def cancel_order(self, which: int, legal: bool, crash: int | None) -> None:
        number = self.order(which, BEFORE_PACKED if legal else OrderState)
        self.do(rules.cancel, number, self.now, self.choice, crash=crash)

    @rule(which=WHICH, crash=CRASH)
    def cancel_reservation(self, which: int, crash: int | None) -> None:
        rows = list(Reservation.select().order_by(Reservation.id))
        if rows:
            number = rows[which % len(rows)].number
            self.do(rules.cancel_reservation, number, self.now, self.choice, crash=crash)

    # The shop

    def order(self, which: int, states: Container[OrderState]) -> str:
        """
        One of those that are in such a state, or of all.

        What was bought here goes before the sample, what the balance has paid before the rest, the newest first.
        """
        newest = Order.select().join(OrderStep).group_by(Order.number).order_by(fn.MAX(OrderStep.id).desc())
        rows = sorted(newest, key=lambda row: (row.is_sample, row.payment != Payment.BALANCE))
        wanted = [row for row in rows if state_of(row) in states] or rows
        return str(wanted[which % len(wanted)].number)

    @rule(which=NEWEST, ways=st.lists(WHICH, min_size=1, max_size=4), crash=CRASH)
    def advance(self, which: int, ways: list[int], crash: int | None) -> None:
        """Some steps along the way that orders go."""
        number = self.order(which, NEXT)
        for way in ways:
            if legal := NEXT.get(state_of(Order.get_by_id(number))):
                self.do(rules.advance, number, legal[way % len(legal)], self.now, crash=crash)

    @rule(which=NEWEST, state=st.sampled_from(OrderState), crash=CRASH)
    def advance_anywhere(self, which: int, state: OrderState, crash: int | None) -> None:
        self.do(rules.advance, self.order(which, OrderState), state, self.now, crash=crash)

    @rule(item=ITEMS, quantity=st.integers(-3, 6), crash=CRASH)
    def goods_come_or_go(self, item: str, quantity: int, crash: int | None) -> None:
        self.do(rules.move_stock, item, quantity, "delivery", self.now, None, self.choice, crash=crash)

    @rule(seconds=st.sampled_from((1, 30, 61, 2000)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(crash=CRASH)
    def tend(self, crash: int | None) -> None:
        """After it nobody waits whose pieces are there, nor longer than he said."""
        if self.do(rules.tend_reservations, self.now, self.choice, crash=crash) is not None:
            assert self.do(rules.tend_reservations, self.now, self.choice) == []
            assert self.do(rules.expire_reservations, self.now) == []

    @rule(item=ITEMS, price_fen=st.integers(0, 9999))
    def price(self, item: str, price_fen: int) -> None:
        self.do(rules.set_price, item, price_fen, self.now)

    @rule(
        member=st.sampled_from([LI_MING, "600002"]),
        fen=st.sampled_from([500, 30000]),
        payment=st.sampled_from("AB"),
        crash=CRASH,
    )
    def pay_in(self, member: str, fen: int, payment: str, crash: int | None) -> None:
        """The bank tells each payment as often as it likes; another one under its name is refused."""
        before, other = rules.balance(member), self.paid_in.get(payment, (member, fen)) != (member, fen)
        left = self.do(rules.pay_in, member, fen, self.now, payment, crash=crash)
        assert left is None if other else crash is not None or left is not None
        if left is not None:
            assert left == before + (0 if payment in self.paid_in else fen)
            self.paid_in.setdefault(payment, (member, fen))

    @invariant()
    def books_agree(self) -> None:
        check_books(self.now)
        made = {row.order_key: row.number for row in Order.select() if row.source in (Source.CALL, Source.WEB)}
        assert made == {key: taken.order_number for key, taken in self.orders.items()}
        kept = {row.order_key: row.number for row in Reservation.select()}
        assert kept == self.reservations


class ShopInPostgres(Shop):
    """The same there."""

    make_store = RolledBack


def run(machine: type[Shop], n_examples: int, n_steps: int) -> None:
    case = machine.TestCase
    case.settings = settings(
        max_examples=n_examples,
        stateful_step_count=n_steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    case("runTest").debug()


def tell_story(machine: type[Shop]) -> None:
    """What the balance has paid is cancelled, and another is returned; the books agree after each step."""
    shop = machine()
    try:
        for nth in (1, 2):
            shop.pay_from_balance("call 0", nth, nth, None)
        first, second = (shop.orders[f"call 0/{nth}"].order_number for nth in (1, 2))
        shop.do(rules.cancel, first, shop.now, shop.choice)
        shop.books_agree()
        for state in (OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED):
            shop.do(rules.advance, second, state, shop.now)
            shop.books_agree()
        assert state_of(Order.get_by_id(first)) is OrderState.CANCELLED
        assert state_of(Order.get_by_id(second)) is OrderState.RETURNED
    finally:
        shop.teardown()


class AnyOrderTests(SynchronousTestCase):
    def test_story(self) -> None:
        """The shortest story of what the machine below finds in any order."""
        tell_story(Shop)

    def test_sqlite(self) -> None:
        """Stock, money and points are never below nothing and are their movements; nothing is doubled or by halves."""
        run(Shop, 25, 30)


class PostgresTests(SynchronousTestCase):
    if reason := postgres.missing():
        skip = reason

    def test_story(self) -> None:
        """The shortest story there."""
        tell_story(ShopInPostgres)

    def test_postgres(self) -> None:
        """The same in PostgreSQL."""
        run(ShopInPostgres, 8, 30)
