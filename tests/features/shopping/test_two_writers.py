"""Two who write at once into a shop in PostgreSQL, the second at every moment of the first: as if one had waited."""

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules, sample
from callserver.features.shopping.books.goods import move_pieces
from callserver.features.shopping.books.order_list import Move, move_orders
from callserver.features.shopping.books.orders import Wanted, list_orders
from callserver.features.shopping.rules import (
    AboveStock,
    BalanceTooLow,
    Name,
    OrderRefused,
    OrderTaken,
    ReservationClosed,
    SoldOut,
    WrongStep,
)
from callserver.features.shopping.tables import OrderState, Payment, PinTries, Product, ReservationState, Source
from callserver.features.shopping.web.customers import put_customers
from callserver.features.shopping.web.operations import Asked
from callserver.wire.catalogue import Complaint
from tests.features.shopping.agreement import check_books
from tests.features.shopping.demo_books import NOW, later, stamp
from tests.store import postgres

Act = Callable[[], Any]
PRICE = 1000


class TwoWritersTests(SynchronousTestCase):
    if reason := postgres.missing():
        skip = reason

    def setUp(self) -> None:
        from tests.features.shopping.two_writers import Office

        self.office = Office()
        self.addCleanup(self.office.close)
        self.office.run(lambda: sample.load(NOW))

    def meet(self, acts: Callable[[int], tuple[Act, Act]]) -> list[tuple[int, Any, Any]]:
        """All that came of it; the books agree in the end."""
        met = list(self.office.meet(acts))
        self.assertGreater(len(met), 4)
        check_books(later(50))
        return met

    # What there is to begin with

    def item(self, n: int, stock: int = 1, which: str = "1") -> str:
        number = f"7{n:03}{which}"
        self.office.run(lambda: rules.save_item(number, Name("物", "thing"), 9, NOW, price_fen=PRICE))
        if stock:
            self.office.run(lambda: rules.move_stock(number, stock, "delivery", NOW))
        return number

    def member(self, n: int, fen: int) -> str:
        number = f"8{n:05}"
        self.office.run(lambda: rules.save_customer(number, "Qian", "Wuhan", []))
        self.office.run(lambda: rules.pay_in(number, fen, NOW))
        return number

    def reservation(self, n: int, item: str, which: int = 1, **how: Any) -> str:
        call = f"waits {n} {which}"
        kept = self.office.run(lambda: rules.reserve(call, None, item, 1, stamp(call), "02012345678", **how))
        return str(kept.number)

    def order(self, call: str, *items: str, **how: Any) -> str:
        return str(self.office.run(self.buying(call, *items, **how)).order_number)

    def buying(self, call: str | None, *items: str, member: str | None = None, **how: Any) -> Act:
        lines = [(item, 1) for item in items]

        def buy() -> OrderTaken:
            customer = rules.find_member(member) if member else None
            return rules.confirm(call, customer, lines, stamp(call or ""), **how)

        return buy

    def stock(self, item: str) -> int:
        return int(Product.get_by_id(item).stock)

    def one_of_them(self, got: tuple[Any, Any], *refused: type[OrderRefused]) -> None:
        """Exactly one was served, the other was told why not."""
        self.assertEqual(sum(isinstance(one, refused) for one in got), 1, got)

    # The last piece

    def test_last_piece(self) -> None:
        """Exactly one gets it."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n)
            return self.buying(f"a{n}", item), self.buying(f"b{n}", item)

        for n, *got in self.meet(acts):
            self.one_of_them((got[0], got[1]), SoldOut)
            self.assertEqual(self.stock(f"7{n:03}1"), 0)

    def test_last_piece_held(self) -> None:
        """Of two who choose it one holds it; the other hears it then, before he pays."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n)
            return lambda: rules.hold(f"a{n}", item, 1, NOW), lambda: rules.hold(f"b{n}", item, 1, NOW)

        for _, *got in self.meet(acts):
            self.one_of_them((got[0], got[1]), SoldOut)

    def test_held_or_bought(self) -> None:
        """One holds two of the last three while another buys two."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 3)
            buy = lambda: rules.confirm(f"b{n}", None, [(item, 2)], stamp(f"b{n}"))  # noqa: E731
            return lambda: rules.hold(f"a{n}", item, 2, NOW), buy

        for _, *got in self.meet(acts):
            self.one_of_them((got[0], got[1]), AboveStock)

    def test_crossed(self) -> None:
        """Two orders of the same two items in other order do not wait for each other for ever."""

        def acts(n: int) -> tuple[Act, Act]:
            item, other = self.item(n, 2), self.item(n, 2, "2")
            return self.buying(f"a{n}", item, other), self.buying(f"b{n}", other, item)

        for _, *got in self.meet(acts):
            self.assertTrue(all(isinstance(one, OrderTaken) for one in got))

    # The same order twice

    def test_the_same_order(self) -> None:
        """Key and agent, or a key and its repetition: one order."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 1)
            return self.buying(f"a{n}", item), self.buying(f"a{n}", item, source=Source.AGENT)

        for _, one, other in self.meet(acts):
            self.assertEqual(one.order_number, other.order_number)
            self.assertNotEqual(one.already, other.already)

    def test_the_same_order_of_other_goods(self) -> None:
        """Also when the agent had changed it meanwhile: what is first is the order, and only its goods are taken."""

        def acts(n: int) -> tuple[Act, Act]:
            item, other = self.item(n), self.item(n, which="2")
            return self.buying(f"a{n}", item), self.buying(f"a{n}", other)

        for n, one, other in self.meet(acts):
            self.assertEqual(one.order_number, other.order_number)
            self.assertEqual(self.stock(f"7{n:03}1") + self.stock(f"7{n:03}2"), 1)

    def test_the_same_web_order(self) -> None:
        """A web shop that asks again before it was answered has one order."""

        def acts(n: int) -> tuple[Act, Act]:
            item, named = self.item(n, 2), {"source": Source.WEB, "external_id": f"W{n}"}
            return self.buying(None, item, **named), self.buying(None, item, **named)

        for n, one, other in self.meet(acts):
            self.assertEqual(one.order_number, other.order_number)
            self.assertEqual(self.stock(f"7{n:03}1"), 1)

    # Money

    def test_money_for_one(self) -> None:
        """Two orders of one customer, whose balance reaches for one."""

        def acts(n: int) -> tuple[Act, Act]:
            item, other, member = self.item(n), self.item(n, which="2"), self.member(n, PRICE)
            how: dict[str, Any] = {"member": member, "payment": Payment.BALANCE}
            return self.buying(f"a{n}", item, **how), self.buying(f"b{n}", other, **how)

        for n, *got in self.meet(acts):
            self.one_of_them((got[0], got[1]), BalanceTooLow)
            self.assertEqual(rules.balance(f"8{n:05}"), 0)

    def test_paid_in_twice(self) -> None:
        """One payment, told by the bank twice at once."""

        def acts(n: int) -> tuple[Act, Act]:
            member = self.member(n, 1)
            pay = lambda: rules.pay_in(member, 500, NOW, f"bank {n}")  # noqa: E731
            return pay, pay

        for n, *got in self.meet(acts):
            self.assertEqual((got, rules.balance(f"8{n:05}")), ([501, 501], 501))

    def test_money_and_points(self) -> None:
        """A payment comes while an order is delivered: both are in the account."""

        def acts(n: int) -> tuple[Act, Act]:
            member = self.member(n, 1)
            number = self.order(f"a{n}", self.item(n), member=member)
            self.office.run(lambda: rules.advance(number, OrderState.SHIPPED, NOW))
            deliver = lambda: rules.advance(number, OrderState.DELIVERED, NOW)  # noqa: E731
            return deliver, lambda: rules.pay_in(member, 500, NOW)

        for n, *_ in self.meet(acts):
            member = f"8{n:05}"
            self.assertEqual((rules.balance(member), rules.points(member)), (501, PRICE // 100))

    def test_paid_while_delivered(self) -> None:
        """A customer pays an order by balance while another is delivered: neither waits for the other for ever."""

        def acts(n: int) -> tuple[Act, Act]:
            item, member = self.item(n, 2), self.member(n, PRICE)
            number = self.order(f"a{n}", item, member=member)
            self.office.run(lambda: rules.advance(number, OrderState.SHIPPED, NOW))
            buy = self.buying(f"b{n}", item, member=member, payment=Payment.BALANCE)
            return buy, lambda: rules.advance(number, OrderState.DELIVERED, NOW)

        for n, *_ in self.meet(acts):
            member = f"8{n:05}"
            self.assertEqual((rules.balance(member), rules.points(member)), (0, PRICE // 100))

    # Cancelled

    def test_cancelled_twice(self) -> None:
        """Its pieces and its money come back once."""

        def acts(n: int) -> tuple[Act, Act]:
            items, member = (self.item(n), self.item(n, which="2")), self.member(n, 2 * PRICE)
            number = self.order(f"a{n}", *items, member=member, payment=Payment.BALANCE)
            cancel = lambda: rules.cancel(number, later(1))  # noqa: E731
            return cancel, cancel

        for n, *_ in self.meet(acts):
            self.assertEqual((self.stock(f"7{n:03}1"), rules.balance(f"8{n:05}")), (1, 2 * PRICE))

    def test_cancelled_or_packed(self) -> None:
        """Not both: the caller hears that it is packed, or nobody packs it."""

        def acts(n: int) -> tuple[Act, Act]:
            number = self.order(f"a{n}", self.item(n))
            pack = lambda: rules.advance(number, OrderState.PACKED, later(1))  # noqa: E731
            return lambda: rules.cancel(number, later(1)), pack

        for n, *got in self.meet(acts):
            self.one_of_them((got[0], got[1]), WrongStep)
            self.assertEqual(self.stock(f"7{n:03}1"), 0 if isinstance(got[0], WrongStep) else 1)

    def test_cancelled_and_bought(self) -> None:
        """What comes back is bought at once, or the buyer was a moment too early."""

        def acts(n: int) -> tuple[Act, Act]:
            item, other = self.item(n), self.item(n, which="2")
            number = self.order(f"a{n}", item, other)
            return lambda: rules.cancel(number, later(1)), self.buying(f"b{n}", other, item)

        for n, _, bought in self.meet(acts):
            self.assertEqual(self.stock(f"7{n:03}1"), 0 if isinstance(bought, OrderTaken) else 1)

    # The shop's own lists

    def test_list_of_orders(self) -> None:
        """A list cancels one order and packs the other while callers cancel both: nobody waits for ever."""

        def acts(n: int) -> tuple[Act, Act]:
            member, item, other = self.member(n, 9 * PRICE), self.item(n, 3), self.item(n, 3, "2")
            bought = [
                self.order(f"{call}{n}", *items, member=member, payment=Payment.BALANCE, choice=lambda _, at=at: at)
                for at, (call, items) in enumerate((("a", (other, item)), ("b", (item, other))), 20_000_000 + 2 * n)
            ]
            there = {one.number: one for one in list_orders(Wanted(), None)}
            states = dict(zip(bought, (OrderState.CANCELLED, OrderState.PACKED), strict=True))
            moves = [Move(there[number], state, None, None) for number, state in states.items()]
            cancel = lambda: [rules.cancel(number, later(1)) for number in bought[1:]]  # noqa: E731
            return lambda: moved(moves), cancel

        def moved(moves: list[Move]) -> object:
            try:
                return move_orders(moves, later(1))
            except Complaint as refused:  # the caller was first
                raise (refused.__cause__ or refused) from None

        for n, by_list, by_caller in self.meet(acts):
            self.assertEqual(isinstance(by_list, WrongStep), not isinstance(by_caller, WrongStep))
            self.assertEqual(self.stock(f"7{n:03}1"), 2)

    def test_counted(self) -> None:
        """Two write down what they have counted: the stock is what one of them has, and no mixture."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 5)
            count = lambda pieces: lambda: move_pieces(item, "=", pieces, "count", later(1))  # noqa: E731
            return count(7), count(3)

        for n, *_ in self.meet(acts):
            self.assertIn(self.stock(f"7{n:03}1"), (3, 7))

    def test_lists_of_customers(self) -> None:
        """Two programs write down the same two customers, in other order."""

        def acts(n: int) -> tuple[Act, Act]:
            both = [self.member(2 * n + which, PRICE) for which in (0, 1)]
            about = {"name": "Qian", "address": "Wuhan", "language": None, "telephones": []}
            rows = [{"member_number": number, **about} for number in both]
            put = [Asked("web", {}, {}, {"customers": some}, later(1), stamp(""), "cn") for some in (rows, rows[::-1])]
            return lambda: put_customers(put[0]), lambda: put_customers(put[1])

        for _, *got in self.meet(acts):
            self.assertEqual(got, [{"saved": 2}] * 2)

    def test_telephones_swapped(self) -> None:
        """Two lists, of which each gives the other's customer's telephone to its own: neither waits for ever."""

        def acts(n: int) -> tuple[Act, Act]:
            both = [self.member(2 * n + which, PRICE) for which in (0, 1)]
            called = [f"1391{n:04}{which:03}" for which in (0, 1)]
            for member, number in zip(both, called, strict=True):
                self.office.run(lambda: rules.save_customer(member, "Qian", "Wuhan", [number]))  # noqa: B023
            gives = [self.telephones(*one) for one in zip(both, called[::-1], strict=True)]
            return lambda: put_customers(gives[0]), lambda: put_customers(gives[1])

        for n, *got in self.meet(acts):
            self.assertEqual(got, [{"saved": 1}] * 2)
            numbers = [rules.telephones_of(f"8{2 * n + which:05}") for which in (0, 1)]
            self.assertEqual(numbers, [[f"1391{n:04}001"], [f"1391{n:04}000"]])

    def telephones(self, member: str, number: str) -> Asked:
        """What a program says of a customer."""
        row = {"member_number": member, "name": "Qian", "address": "Wuhan", "language": None, "telephones": [number]}
        return Asked("web", {}, {}, {"customers": [row]}, later(1), stamp(""), "cn")

    # Reservations

    def test_two_deliveries(self) -> None:
        """Two wait, two deliveries of one piece come at once: each has his order."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 0)
            self.reservation(n, item)
            self.reservation(n, item, 2)
            come = lambda: rules.move_stock(item, 1, "delivery", later(1))  # noqa: E731
            return come, come

        for n, one, other in self.meet(acts):
            self.assertEqual(len({*one, *other}), 2)
            self.assertEqual(self.stock(f"7{n:03}1"), 0)

    def test_reserved_while_it_comes(self) -> None:
        """Nobody waits for a piece that is there: it was ordered for him, whichever was first."""

        def acts(n: int) -> tuple[Act, Act]:
            item, call = self.item(n, 0), f"a{n}"
            wait = lambda: rules.reserve(call, None, item, 1, stamp(call), "02012345678").number  # noqa: E731
            return wait, lambda: rules.move_stock(item, 1, "delivery", later(1))

        for _, number, _ in self.meet(acts):
            self.assertIs(self.state(number), ReservationState.ORDERED)

    def test_cancelled_while_it_comes(self) -> None:
        """He does not want it any more, or it is ordered: one of both."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 0)
            number = self.reservation(n, item)
            drop = lambda: rules.cancel_reservation(number, later(1))  # noqa: E731
            return drop, lambda: rules.move_stock(item, 1, "delivery", later(1))

        for n, dropped, orders in self.meet(acts):
            self.assertEqual(isinstance(dropped, ReservationClosed), len(orders) == 1)
            self.assertEqual(self.stock(f"7{n:03}1"), 1 - len(orders))

    def test_expired_while_it_comes(self) -> None:
        """It comes in the last moment, or too late: one of both."""

        def acts(n: int) -> tuple[Act, Act]:
            item = self.item(n, 0)
            self.reservation(n, item, wait_s=10.0)
            return lambda: rules.expire_reservations(later(10)), lambda: rules.move_stock(
                item, 1, "delivery", later(9.999)
            )

        for _, expired, orders in self.meet(acts):
            self.assertEqual(len(expired) + len(orders), 1)

    def test_the_same_reservation(self) -> None:
        """The same wish for other goods at the same moment is one reservation."""

        def acts(n: int) -> tuple[Act, Act]:
            item, other, call = self.item(n, 0), self.item(n, 0, "2"), f"a{n}"
            first, second = (lambda it=it: rules.reserve(call, None, it, 1, stamp(call)) for it in (item, other))  # type: ignore[misc]
            return first, second

        for _, one, other in self.meet(acts):
            self.assertEqual(one, other)

    def state(self, reservation: str) -> ReservationState:
        found = rules.find_reservation(reservation)
        assert found is not None
        return found.state

    # PINs

    def test_pins(self) -> None:
        """Two tries at once are two."""

        def acts(n: int) -> tuple[Act, Act]:
            member = self.member(n, 1)
            try_it = lambda: rules.begin_pin_try(member, f"0201234{n:04}", NOW)  # noqa: E731
            return try_it, try_it

        for n, *_ in self.meet(acts):
            self.assertEqual(PinTries.get_by_id(f"member 8{n:05}").in_row, 2)
