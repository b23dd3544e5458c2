"""
What an agent may do in the shop for the caller he talks with: fill his basket, finish his order, reserve for him.

It is the order that the caller had begun: the same basket, the same rules, and one order for one yes, though the caller
has pressed it before he asked for a person. A balance pays only for who has proved himself in this call.

What was said is often put down when the caller has hung up. So it all is done for his last callers, too (`callers`);
then a call in which something was ordered has had its order, and another one is a call's of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.looks import Looks
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audited, in_words
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import answers, arguments, callers, rules
from callserver.features.shopping.answers import Row
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.flow.visitors import Visitors
from callserver.features.shopping.tables import Payment, Source
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refused

OF_CALL = (arguments.of_call,)
INTERNAL = "internal"  # a colleague has a number by which the shop's customers are not known


class NotSold(Complaint):
    """Why the shop does not sell it so."""


@dataclass(frozen=True)
class Selling:
    """
    :param visitors: who the callers of calls have shown to be
    """

    store: Store
    events: EventLog
    bookings: Bookings
    visitors: Visitors
    looks: Looks
    choice: rules.RandomChoice
    country: str = "cn"

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "show_basket": Act(self.show_basket, may_take=OF_CALL),
            "show_order_form": Act(self.show_order_form, may_take=OF_CALL),
            "put_in_basket": Act(self.put_in_basket, (arguments.item, arguments.pieces), may_take=OF_CALL),
            "take_from_basket": Act(self.take_from_basket, (arguments.item,), may_take=OF_CALL),
            "empty_basket": Act(self.empty_basket, may_take=OF_CALL),
            "finish_order": Act(self.finish_order, (arguments.payment, arguments.address), may_take=OF_CALL),
            "reserve_item": Act(self.reserve_item, (arguments.item, arguments.pieces), may_take=OF_CALL),
        }

    def show_basket(self, seat: Seat, call_id: str = "") -> Deferred[list[Row]]:
        """
        What the caller has chosen.

        :return: a list of {"item", "name_zh", "name_en", "pieces", "price_fen", "total_fen", "available": what he can
            have in all, "limit": of one order}
        :raises Refused: NOT_NOW: he talks with nobody, and has not lately; NO_CALL: it is none of his
        """
        return self.store.read(_rows, callers.talk(seat, call_id).id, self.events.now())

    def show_order_form(self, seat: Seat, call_id: str = "") -> Deferred[Row]:
        """
        All that an order form shows before it is filled in.

        :return: {"call", "lines": as `show_basket`, "total_fen", "member" ("": nobody known), "proved": whether his
            balance may pay, "balance_fen" (None: there is none), "address": his own, "ordered": numbers of the orders
            of this call, "pending": one is being booked}
        :raises Refused: NOT_NOW, NO_CALL
        """
        call = callers.talk(seat, call_id)
        shown, now = self.visitors.identity(call.id), self.events.now()
        is_pending = self.bookings.is_pending(call_id=call.id)

        def form() -> Row:
            buyer = rules.find_member(shown.number) if shown else rules.find_buyer(call.caller.known_by, self.country)
            lines = _rows(call.id, now)
            return {
                "call": call.id,
                "lines": lines,
                "total_fen": sum(line["total_fen"] for line in lines),
                "member": buyer.member_number if buyer is not None else "",
                "proved": shown is not None and shown.proved,
                "balance_fen": rules.balance(buyer.member_number) if buyer is not None else None,
                "address": buyer.address if buyer is not None else "",
                "ordered": [order.number for order in rules.orders_of_call(call.id)],
                "pending": is_pending,
            }

        return self.store.read(form).addCallback(partial(self._noted, seat))

    def put_in_basket(self, seat: Seat, number: str, n: int, call_id: str = "") -> Deferred[list[Row]]:
        """
        So many pieces of an item for the caller, held for this call; in place of what he had of it.

        :return: as `show_basket`
        :raises Refused: NOT_NOW; NO_CALL; NOT_SAVED, with why
        """

        async def story() -> list[Row]:
            call = callers.talk(seat, call_id)
            hold = partial(rules.hold, call.id, number, n, caller_number=call.caller.known_by)
            return await self._changed(call, hold)

        return self._judged(seat, "put_in_basket", f"{n} × {number}", story, call_id)

    def take_from_basket(self, seat: Seat, number: str, call_id: str = "") -> Deferred[list[Row]]:
        """
        The caller does not want this item.

        :return: as `show_basket`
        :raises Refused: NOT_NOW; NO_CALL
        """

        async def story() -> list[Row]:
            call = callers.talk(seat, call_id)
            return await self._changed(call, lambda now: rules.release(call.id, number))

        return self._judged(seat, "take_from_basket", number, story, call_id)

    def empty_basket(self, seat: Seat, call_id: str = "") -> Deferred[None]:
        """
        The caller wants nothing of it any more.

        :raises Refused: NOT_NOW; NO_CALL
        """

        async def story() -> None:
            await self.store.write(rules.release, callers.talk(seat, call_id).id)

        return self._judged(seat, "empty_basket", "", story, call_id)

    def finish_order(self, seat: Seat, how: str, where: str, call_id: str = "") -> Deferred[Row]:
        """
        Make an order of the caller's basket.

        :param how: "on delivery", "balance"
        :param where: the address, "" for the customer's own
        :return: {"order", "total_fen"}
        :raises Refused: NOT_NOW; NO_CALL; NOT_SAVED, with why
        """

        async def story() -> Row:
            call = callers.talk(seat, call_id)
            shown = self.visitors.identity(call.id)
            if how == Payment.BALANCE and not (shown is not None and shown.proved):
                raise NotSold(N_("the caller has not proved who he is: the balance pays nothing"))
            contact = await self._contact(call)
            member = shown.number if shown is not None else None
            lines = await self._lines(call)
            if not where and not self.bookings.is_pending(call_id=call.id):
                await self._require_address(contact, member)
            try:
                book = partial(self.bookings.book, source=Source.AGENT, address=where or None, member=member)
                booked = await book(call.id, contact, lines, Payment(how))
            finally:
                if call.ended is not None:
                    self.bookings.forget(call.id)
            return {"order": booked.taken.order_number, "total_fen": booked.taken.total_fen}

        return self._judged(seat, "finish_order", how, story, call_id)

    def reserve_item(self, seat: Seat, number: str, n: int, call_id: str = "") -> Deferred[Row]:
        """
        Pieces that are not there, for the caller: they become an order when they come, who waits first is served first.

        :return: {"reservation", "state", "item", "name_zh", "name_en", "pieces", "price_fen", "made", "until", "order":
            what it has become, if the pieces came in this moment}
        :raises Refused: NOT_NOW; NO_CALL; NOT_SAVED: so many are there, or it is reserved in this call already, or why
        """

        async def story() -> Row:
            call = callers.talk(seat, call_id)
            contact, visitor = await self._contact(call), self.visitors.of(call)
            visitor.reservations += 1  # also of those that the caller makes in the menu
            stamp = self.events.stamp(Kind.RESERVATION, call_id=call.id)
            member = visitor.buyer.member_number if visitor.buyer is not None else None
            wait = partial(self._reserve, call.id, number, n, stamp, contact, member, visitor.reservations)
            return answers.reservation_row(await self.store.write(wait))

        return self._judged(seat, "reserve_item", f"{n} × {number}", story, call_id)

    def _noted(self, seat: Seat, form: Row) -> Row:
        """A form with an address has been shown."""
        self.looks.note(seat, "show_order_form", [form["member"]] if form["member"] else [])
        return form

    async def _changed(self, call: Call, change: Callable[..., object]) -> list[Row]:
        """The basket then."""

        def job() -> list[Row]:
            change(now=now)
            return _rows(call.id, now)

        now = self.events.now()
        return await self.store.write(job)

    async def _lines(self, call: Call) -> list[rules.Line]:
        """
        What is to be ordered.

        :raises NotSold: nothing; or the call is over, and has had its order
        """
        lines = await self.store.read(rules.basket, call.id)
        if self.bookings.is_pending(call_id=call.id):
            return lines
        before = await self.store.read(rules.orders_of_call, call.id)
        if before and (call.ended is not None or not lines):
            raise NotSold(N_("order {order} was made in this call already"), order=before[-1].number)
        if not lines:
            raise NotSold(N_("the basket is empty"))
        return lines

    async def _require_address(self, contact: Contact, member: str | None) -> None:
        """
        Nobody asks for it any more when the agent has done with the caller.

        :raises NotSold: the shop knows none of whom this order will be
        """
        found = await self.store.read(rules.find_buyer, contact.number, self.country)
        if found is None or not found.address or (member is not None and found.member_number != member):
            raise NotSold(N_("no address of the caller is known: write where it goes"))

    def _reserve(
        self, call_id: str, number: str, n: int, stamp: EventRecord, contact: Contact, member: str | None, nth: int
    ) -> rules.Reserved:
        """Run in `store.write`."""
        item = rules.find_item(number, stamp.at, call_id)
        if item is not None and item.available >= n:
            raise NotSold(N_("item {item}: {n} are there, put them into the basket"), item=number, n=item.available)
        if (open_one := rules.reserved_in_call(call_id, number)) is not None:
            raise NotSold(N_("item {item} is reserved in this call already: {n}"), item=number, n=open_one.quantity)
        buyer = rules.find_member(member) if member is not None else rules.find_buyer(contact.number, self.country)
        how = {"nth": nth, "source": Source.AGENT, "choice": self.choice}
        return rules.reserve(call_id, buyer, number, n, stamp, contact.number, **how)  # type: ignore[arg-type]

    async def _contact(self, call: Call) -> Contact:
        """As a menu finds it; nobody types a number here."""
        number, visitor = call.caller.known_by, self.visitors.find(call.id)
        if visitor is not None and visitor.buyer is not None and (visitor.proved or visitor.named):
            his = await self.store.read(rules.telephones_of, visitor.buyer.member_number)
            if not his:  # by the number he calls from he would be somebody else
                raise NotSold(N_("the customer has no telephone in the shop's books: it has to be added first"))
            if rules.plain(number, self.country) not in his:
                return Contact(his[0])
        if not number or call.direction == INTERNAL:
            raise NotSold(N_("the caller shows no number by which he could be reached"))
        return Contact(number)

    def _judged(
        self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, Any]], call_id: str
    ) -> Deferred[Any]:
        """Do it, and write down that he has, or what he was refused."""

        async def judged() -> Any:
            with audited(self.events, seat.number, act, target, call_id=_id_of(seat, call_id)), in_words():
                try:
                    return await story()
                except rules.OrderRefused as problem:
                    raise _words(problem) from None

        return Deferred.fromCoroutine(judged())


def _id_of(seat: Seat, call_id: str) -> str | None:
    """Of the call that is meant; None: of none."""
    try:
        return callers.talk(seat, call_id).id
    except Refused:
        return None


def _rows(call_id: str, now: Any) -> list[Row]:
    """Run in `store.read`."""
    lines = rules.basket(call_id)
    items = [rules.find_item(line.item, now, call_id) for line in lines]
    return [
        row | {"available": item.available if item is not None else 0, "limit": item.limit if item is not None else 0}
        for row, item in zip(answers.line_rows(lines), items, strict=True)
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
