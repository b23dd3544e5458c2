"""
What an agent may see and change of the shop's customers.

No right of the eighteen is about the shop: whoever is logged in serves its customers, and so sees its records, here and
in `order_desk` and `selling`. Instead each look and each change is in the event log with who it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.noted import Noted
from callserver.acd.seats.acts import Act
from callserver.acd.seats.looks import Looks
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit, audited, in_words
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.features import Asked
from callserver.features.shopping import answers, arguments, callers, rules
from callserver.features.shopping.answers import Row
from callserver.features.shopping.books import customers as book
from callserver.features.shopping.books import searching
from callserver.features.shopping.books.customers import Member, member_form
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow.visitors import Visitors
from callserver.store.database import Store
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import CardPart, Identity
from callserver.wire.refusals import Refused

T = TypeVar("T")

NAME, TELEPHONES = "name", "telephones"
FIELD = N_("{field_word}: {problem}")
NO_SUCH = N_("there is no customer {number}")


@dataclass(frozen=True)
class CustomerDesk:
    """
    :param choice: draws a new customer's number
    :param zone: whose days a card tells
    """

    store: Store
    events: EventLog
    visitors: Visitors
    looks: Looks
    choice: rules.RandomChoice
    country: str = "cn"
    zone: tzinfo = UTC

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "find_customers": Act(self.find_customers, (arguments.search_words, arguments.place)),
            "caller_customers": Act(self.caller_customers, may_take=(arguments.of_call,)),
            "show_customer": Act(self.show_customer, (arguments.member,)),
            "identify_caller": Act(self.identify_caller, (arguments.member,), may_take=(arguments.of_call,)),
            "save_customer": Act(self.save_customer, (arguments.member_or_new, arguments.customer_settings)),
        }

    def find_customers(self, seat: Seat, words: str, place: str) -> Deferred[Row]:
        """
        Customers by telephone number, however it is written, member number, part of a name or of an address.

        :return: {"found": at most 50, the best first, {"number", "name", "telephones", "address", "has_pin"}, "next":
            what asks for those behind them, "" if there are none}
        """

        async def story() -> Row:
            page = await self.store.read(searching.find_customers, words, place, self.country)
            self.looks.note(seat, "find_customers", [one.number for one in page.found])
            return {"found": [answers.known_row(one) for one in page.found], "next": page.next}

        return Deferred.fromCoroutine(story())

    def caller_customers(self, seat: Seat, call_id: str = "") -> Deferred[Row]:
        """
        Who the caller may be of the call that rings, is in hand, or was the last one: by what is known of him.

        :return: {"call", "telephone", "found": as `find_customers`, each with "known_by": "pin", "agent" or "number"},
            a proved one first
        :raises Refused: NOT_NOW: he has no call, and had none lately; NO_CALL: it is none of his
        """

        async def story() -> Row:
            shown, number = callers.seen(seat, call_id)
            found = await self.store.read(self._of_caller, shown, number)
            self.looks.note(seat, "caller_customers", [row["number"] for row in found])
            return {"call": shown, "telephone": number or "", "found": found}

        return Deferred.fromCoroutine(story())

    def show_customer(self, seat: Seat, number: str) -> Deferred[Row]:
        """
        All that the shop knows of a customer; his PIN is told to nobody.

        :return: {"number", "name", "telephones", "address", "language", "balance_fen", "points", "pin": "none", "set",
            "first" (to be changed at its first use) or "locked", "orders": how many, "last_order": as `list_orders`, or
            None, "reservations": a list of {"reservation", "state", "item", "name_zh", "name_en", "pieces",
            "price_fen", "made", "until", "order"}}
        :raises Refused: NOT_SAVED: there is no such customer
        """

        async def story() -> Row:
            found: Row = await self._asked(self.store.read(_whole, number, self.events.now()))
            self.looks.note(seat, "show_customer", [number])
            return found

        return Deferred.fromCoroutine(story())

    def identify_caller(self, seat: Seat, number: str, call_id: str = "") -> Deferred[Row]:
        """
        Say that the caller who rings, is talked with, or was last talked with, is this customer.

        Every card of the call shows it at once, as claimed; orders of this call are his. Who has proved by his PIN who
        he is stays so.

        :return: {"call", "number", "name", "proved"}
        :raises Refused: NOT_NOW, NO_CALL; NOT_SAVED: there is no such customer, or the caller has proved to be another
        """

        async def story() -> Row:
            call = callers.caller_of(seat, call_id)
            with (
                audited(self.events, seat.number, "identify_caller", f"customer {number}", call_id=call.id),
                in_words(),
            ):
                buyer = await self.store.read(rules.find_member, number)
                if buyer is None:
                    raise Complaint(NO_SUCH, number=number)
                identity = self._name(call, buyer)
                told = Asked(call.id, call.caller.known_by, self.events.now())
                _, part = await self.store.read(self._card, told, identity)
                call.caller_is(identity, part)
            return {"call": call.id, "number": identity.number, "name": identity.name, "proved": identity.proved}

        return Deferred.fromCoroutine(story())

    def save_customer(self, seat: Seat, number: str, settings: Mapping[str, str]) -> Deferred[Row]:
        """
        Change what is named of a customer, or take a new one into the books; what is not named stays.

        A new one of whom no telephone is said has that of the caller, unless it is somebody else's.

        :return: as `show_customer`
        :raises Refused: NOT_SAVED, with why, and in its data "field_word": which setting it is about, if it is one
        """

        async def story() -> Row:
            call = _caller_or_none(seat) if not number else None
            telephone = call.caller.known_by if call is not None else None
            save = partial(self._save, number, dict(settings), telephone)
            target = f"customer {number or 'new'}: {', '.join(sorted(settings))}"
            try:
                saved: str = await Noted(self.store, self.events).write("save_customer", target, seat.number, save)
            except Complaint as problem:
                refused = Refused.not_saved(problem)
                audit(self.events, seat.number, "save_customer", target, result=str(refused))
                raise refused from problem
            self.looks.note(seat, "show_customer", [saved])
            return await self.store.read(_whole, saved, self.events.now())

        return Deferred.fromCoroutine(story())

    def _name(self, call: Call, buyer: rules.Buyer) -> Identity:
        visitor = self.visitors.name(call, buyer)
        identity = visitor.identity
        assert identity is not None
        if identity.number != buyer.member_number:
            raise Complaint(N_("the caller has proved to be customer {number}"), number=identity.number)
        return identity

    def _card(self, asked: Asked, shown: Identity) -> tuple[Identity | None, CardPart]:
        """Run in `store.read`."""
        number, now = asked.caller_number, asked.now
        return customer_card(number, asked.call_id, now, self.country, self.zone, shown, is_named=True)

    async def _asked(self, answer: Deferred[T]) -> T:
        try:
            return await answer
        except Complaint as problem:
            raise Refused.not_saved(problem) from problem

    def _of_caller(self, call_id: str, telephone: str | None) -> list[Row]:
        """Run in `store.read`."""
        visitor = self.visitors.find(call_id)
        buyers = rules.find_buyers(telephone, self.country)
        known_by = dict.fromkeys([one.member_number for one in buyers], "number")
        if visitor is not None and visitor.buyer is not None:
            his = visitor.buyer.member_number
            sure = "pin" if visitor.proved else "agent" if visitor.named else "number"
            known_by = {his: sure} | {one: by for one, by in known_by.items() if one != his}
        there = [one for one in map(book.member, known_by) if one is not None]
        return [_listed(one) | {"known_by": known_by[one.number]} for one in there]

    def _save(self, number: str, settings: Mapping[str, str], telephone: str | None) -> str:
        """Run in `store.write`; the member number."""
        form, new = member_form(self.country), not number
        before = Member(rules.new_member_number(self.choice)) if new else _member(number)
        try:
            one: Member = form.filled(before, settings)
        except OrganisationError as problem:
            raise _of_field(str(problem.details["key"]), problem.details["problem"]) from problem
        if not one.name:
            raise _of_field(NAME, Complaint(N_("a customer needs one")))
        if new and TELEPHONES not in settings and telephone and rules.find_buyer(telephone, self.country) is None:
            one = replace(one, telephones=(telephone,))
        try:
            book.save_member(one, self.country, new=new)
        except Complaint as problem:  # of all that may be in the way, only telephones are left
            raise _of_field(TELEPHONES, problem) from problem
        return one.number


def _of_field(key: str, why: object) -> Complaint:
    """Why a setting cannot be so; its key is also the word for it."""
    return Complaint(FIELD, field_word=key, problem=why)


def _member(number: str) -> Member:
    found = book.member(number)
    if found is None:
        raise Complaint(NO_SUCH, number=number)
    return found


def _listed(one: Member) -> Row:
    row: Row = {"number": one.number, "name": one.name, "telephones": list(one.telephones), "address": one.address}
    return row | {"has_pin": one.has_pin}


def _whole(number: str, now: Any) -> Row:
    """Run in `store.read`."""
    one = _member(number)
    buyer = rules.find_member(number)
    last = rules.orders_of_member(number, 1)
    return {
        "number": one.number,
        "name": one.name,
        "telephones": list(one.telephones),
        "address": one.address,
        "language": one.language,
        "balance_fen": one.balance,
        "points": one.points,
        "pin": _pin(one, is_first=buyer is not None and buyer.must_change_pin, is_locked=rules.pin_locked(number, now)),
        "orders": rules.number_of_orders(number),
        "last_order": answers.order_row(last[0]) if last else None,
        "reservations": [answers.reservation_row(one) for one in rules.reservations_of_member(number)],
    }


def _pin(one: Member, *, is_first: bool, is_locked: bool) -> str:
    if not one.has_pin:
        return "none"
    if is_locked:
        return "locked"
    return "first" if is_first else "set"


def _caller_or_none(seat: Seat) -> Call | None:
    try:
        return callers.caller_of(seat)
    except Refused:
        return None
