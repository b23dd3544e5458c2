"""What an agent may see of the shop's goods and orders, and that an order can be cancelled while it is not packed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from twisted.internet.defer import Deferred

from callserver.acd.organisation.noted import Noted
from callserver.acd.seats.acts import Act
from callserver.acd.seats.looks import Looks, talk_id
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit
from callserver.calls.event_log import EventLog
from callserver.features.shopping import answers, arguments, rules
from callserver.features.shopping.answers import Row
from callserver.features.shopping.books import searching
from callserver.features.shopping.books.refusals import in_words
from callserver.features.shopping.books.searching import PAGE
from callserver.store.database import Store
from callserver.wire.refusals import Refusal, Refused

BEFORE = re.compile(r"0-([0-9]{1,12})")


@dataclass(frozen=True)
class OrderDesk:
    """
    :param choice: draws the numbers of orders that reservations become when pieces come back
    """

    store: Store
    events: EventLog
    looks: Looks
    choice: rules.RandomChoice

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "find_items": Act(self.find_items, (arguments.search_words, arguments.place)),
            "list_orders": Act(self.list_orders, (arguments.member, arguments.place)),
            "show_order": Act(self.show_order, (arguments.order,)),
            "cancel_order": Act(self.cancel_order, (arguments.order,)),
        }

    def find_items(self, seat: Seat, words: str, place: str) -> Deferred[Row]:
        """
        Goods by number or part of a name in either language, as they are sold to the caller at this moment.

        :return: {"found": at most 50, the best first, {"item", "name_zh", "name_en", "price_fen" (None: none yet),
            "stock", "available": what this caller can have, "limit": of one order, "on_sale"}, "next": what asks for
            those behind them, "" if there are none}
        """

        async def story() -> Row:
            find = partial(searching.find_items, words, place, self.events.now(), talk_id(seat))
            page = await self.store.read(find)
            return {"found": [answers.good_row(one) for one in page.found], "next": page.next}

        return Deferred.fromCoroutine(story())

    def list_orders(self, seat: Seat, member: str, place: str) -> Deferred[Row]:
        """
        A customer's orders, the newest first.

        :return: {"found": at most 50, {"order", "state", "placed", "since", "pieces", "total_fen", "payment",
            "carrier_zh", "carrier_en", "parcel", "may_be_cancelled"}, "next": what asks for those before them, "" if
            there are none}
        :raises Refused: BAD_ARGUMENT: the place is of no such list
        """

        async def story() -> Row:
            after = BEFORE.fullmatch(place)
            if place and after is None:
                raise Refused(Refusal.BAD_ARGUMENT, arguments.place.__name__)
            before = int(after[1]) if after is not None else None
            found, more = await self.store.read(rules.order_page, member, before, PAGE)
            self.looks.note(seat, "list_orders", [member] if found else [])
            return {"found": [answers.order_row(one) for one in found], "next": "" if more is None else f"0-{more}"}

        return Deferred.fromCoroutine(story())

    def show_order(self, seat: Seat, number: str) -> Deferred[Row]:
        """
        An order with its items, where it goes, how it is paid, and how its parcel has come on.

        :return: as `list_orders`, with "lines": a list of {"item", "name_zh", "name_en", "pieces", "price_fen",
            "total_fen"}, "address", "member", "telephone", "source", "call", "steps": a list of {"state", "at"}
        :raises Refused: NOT_SAVED: there is no such order
        """

        async def story() -> Row:
            found = await self.store.read(rules.find_order, number)
            if found is None:
                raise Refused.not_saved(in_words(rules.UnknownOrder(number)))
            self.looks.note(seat, "show_order", [found.member_number or f"of order {number}"])
            return answers.whole_order(found)

        return Deferred.fromCoroutine(story())

    def cancel_order(self, seat: Seat, number: str) -> Deferred[Row]:
        """
        Not wanted any more: its pieces and what the balance has paid come back. Asked twice it is once.

        :return: as `show_order`
        :raises Refused: NOT_SAVED: there is no such order, or it is packed already
        """

        async def story() -> Row:
            cancel = partial(rules.cancel, number, self.events.now(), self.choice)
            target = f"order {number}"
            try:
                await Noted(self.store, self.events).write("cancel_order", target, seat.number, cancel)
            except rules.OrderRefused as problem:
                refused = Refused.not_saved(in_words(problem))
                audit(self.events, seat.number, "cancel_order", target, result=str(refused))
                raise refused from problem
            found = await self.store.read(rules.find_order, number)
            assert found is not None
            return answers.whole_order(found)

        return Deferred.fromCoroutine(story())
