"""
What an agent may do in the shop for the caller he talks with: fill his basket, and finish his order.

It is the order that the caller had begun: the same basket, the same rules, and one order for one yes, though the caller
has pressed it before he asked for a person. A balance pays only for who has proved himself in this call.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.features.shopping import rules
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.tables import Payment, Source
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Identity
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

PIECES_MAX, ADDRESS_MAX, DIGITS_MAX = 999, 200, 20
Row = dict[str, Any]


class NotSold(Complaint):
    """Why the shop does not sell it so."""


def item(value: Any) -> bool:
    """An item's number."""
    return isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= DIGITS_MAX


def pieces(value: Any) -> bool:
    """How many, 1 to 999."""
    return type(value) is int and 1 <= value <= PIECES_MAX


def payment(value: Any) -> bool:
    """How it is paid: "on delivery" or "balance"."""
    return isinstance(value, str) and value in set(Payment)


def address(value: Any) -> bool:
    """Where it goes; "": to the customer's own address."""
    return isinstance(value, str) and len(value) <= ADDRESS_MAX and value.isprintable()


@dataclass(frozen=True)
class Selling:
    """
    :param shown: who the caller of a call has shown to be
    """

    store: Store
    events: EventLog
    bookings: Bookings
    shown: Callable[[str], Identity | None]

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "show_basket": Act(self.show_basket),
            "put_in_basket": Act(self.put_in_basket, (item, pieces)),
            "empty_basket": Act(self.empty_basket),
            "finish_order": Act(self.finish_order, (payment, address)),
        }

    def show_basket(self, seat: Seat) -> Deferred[list[Row]]:
        """
        What the caller has chosen.

        :return: a list of {"item", "name_zh", "name_en", "pieces", "price_fen"}
        :raises Refused: NOT_NOW: he talks with nobody
        """
        return self.store.read(rules.basket, _talk(seat).id).addCallback(_rows)

    def put_in_basket(self, seat: Seat, number: str, n: int) -> Deferred[list[Row]]:
        """
        So many pieces of an item for the caller, held for this call; in place of what he had of it.

        :return: as `show_basket`
        :raises Refused: NOT_NOW; NOT_SAVED, with why
        """

        async def story() -> list[Row]:
            call = _talk(seat)
            change = partial(_put, call.id, number, n, call.caller.known_by)
            return _rows(await self.store.write(change, self.events.now()))

        return self._judged(seat, "put_in_basket", f"{n} × {number}", story)

    def empty_basket(self, seat: Seat) -> Deferred[None]:
        """
        The caller wants nothing of it any more.

        :raises Refused: NOT_NOW
        """

        async def story() -> None:
            await self.store.write(rules.release, _talk(seat).id)

        return self._judged(seat, "empty_basket", "", story)

    def finish_order(self, seat: Seat, how: str, where: str) -> Deferred[Row]:
        """
        Make an order of the caller's basket.

        :param how: "on delivery", "balance"
        :param where: the address, "" for the customer's own
        :return: {"order", "total_fen"}
        :raises Refused: NOT_NOW; NOT_SAVED, with why
        """

        async def story() -> Row:
            call, by_balance = _talk(seat), how == Payment.BALANCE
            shown = self.shown(call.id)
            if by_balance and not (shown is not None and shown.proved):
                raise NotSold(N_("the caller has not proved who he is: the balance pays nothing"))
            contact = await self._contact(call, shown)
            lines = await self.store.read(rules.basket, call.id)
            if not lines and not self.bookings.is_pending(call_id=call.id):
                raise NotSold(N_("the basket is empty"))
            paid, member = Payment(how), shown.number if shown is not None else None
            booked = await self.bookings.book(call.id, contact, lines, paid, Source.AGENT, where or None, member)
            return {"order": booked.taken.order_number, "total_fen": booked.taken.total_fen}

        return self._judged(seat, "finish_order", how, story)

    async def _contact(self, call: Call, shown: Identity | None) -> Contact:
        """As a menu finds it; nobody types a number here."""
        number = call.caller.known_by
        if shown is not None and shown.proved:
            his = await self.store.read(rules.telephones_of, shown.number)
            if not his:  # by the number he calls from he would be somebody else
                raise NotSold(N_("the customer has no telephone in the shop's books: it has to be added first"))
            if rules.plain(number) not in his:
                return Contact(his[0])
        if not number:
            raise NotSold(N_("the caller shows no number by which he could be reached"))
        return Contact(number)

    def _judged(
        self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, Any]]
    ) -> Deferred[Any]:
        """Do it, and write down that he has, or what he was refused."""

        async def judged() -> Any:
            call_id = seat.in_hand.call.id if seat.status.state is SeatState.TALKING else None
            with audited(self.events, seat.number, act, target, call_id=call_id), in_words():
                try:
                    return await story()
                except rules.OrderRefused as problem:
                    raise _words(problem) from None

        return Deferred.fromCoroutine(judged())


def _talk(seat: Seat) -> Call:
    if seat.status.state is not SeatState.TALKING:
        raise Refused(Refusal.NOT_NOW, seat.status.state.value)
    return seat.in_hand.call


def _put(call_id: str, number: str, n: int, caller_number: str | None, now: Any) -> list[rules.Line]:
    """Run in `store.write`."""
    rules.hold(call_id, number, n, now, caller_number=caller_number)
    return rules.basket(call_id)


def _rows(lines: Sequence[rules.Line]) -> list[Row]:
    return [
        {
            "item": line.item,
            "name_zh": line.name.zh,
            "name_en": line.name.en,
            "pieces": line.quantity,
            "price_fen": line.price_fen,
        }
        for line in lines
    ]


def _words(problem: Exception) -> NotSold:
    if isinstance(problem, rules.AboveStock):
        return NotSold(N_("item {item}: {n} are there"), item=problem.item, n=problem.available)
    if isinstance(problem, rules.AboveLimit):
        return NotSold(N_("item {item}: {n} at most in one order"), item=problem.item, n=problem.limit)
    if isinstance(problem, rules.SoldOut):
        return NotSold(N_("item {item} is sold out"), item=problem.item)
    if isinstance(problem, rules.UnknownItem):
        return NotSold(N_("there is no item {item}"), item=problem.item)
    if isinstance(problem, rules.BalanceTooLow):
        return NotSold(N_("the balance is too low"))
    if isinstance(problem, rules.UnknownMember):
        return NotSold(N_("the number is another customer's in the shop's books now: his balance pays nothing"))
    return NotSold(N_("not possible: {problem}"), problem=str(problem))
