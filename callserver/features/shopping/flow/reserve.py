"""A reservation by telephone: an item that is sold out, pieces, where the caller can be reached, and his yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.flow.contact import find_contact
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.item import ask_quantity, refuse_quantity
from callserver.features.shopping.flow.sentences import day, listed
from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.rules.reservations import WAIT_S
from callserver.features.shopping.tables import ReservationState
from callserver.ivr import spoken
from callserver.ivr.dialogue import TRIES, WantsPerson, choose
from callserver.wire.records import EventRecord

YES = "1"


class Reserving:
    """
    One caller's reservations, one after the other.

    :param stamp: an event of this moment, of this call
    :param may_call: whether the shop calls this number when the goods come
    """

    def __init__(
        self,
        counter: Counter,
        visitor: Visitor,
        stamp: Callable[[Kind], EventRecord],
        may_call: Callable[[str], bool],
        choice: rules.RandomChoice,
    ) -> None:
        self._counter, self._visitor = counter, visitor
        self._stamp, self._may_call, self._choice = stamp, may_call, choice
        self._call = counter.call

    async def reserve(self, item: rules.Item) -> None:
        """Pieces of an item that is sold out; what is said of them is said after it is on disk."""
        call, counter = self._call, self._counter
        contact = await find_contact(counter, self._visitor)
        line = await self._quantity_of(item)
        until = counter.now() + timedelta(seconds=WAIT_S)
        said = [*listed(call.language, [line]), "item-price-is", *spoken.money(call.language, item.price_fen)]
        kept = ["reserve-kept-until", *day(counter, until)]
        if await choose(call, "you-reserve", *said, *kept, "confirm-reserve", keys="12") != YES:
            await call.play("nothing-reserved")
            return
        reserved = await self._settle(line, contact)
        call.forget_keys()
        if reserved.state is ReservationState.ORDERED and reserved.order is not None:  # it has come meanwhile
            await call.play("reservation-came", *spoken.digits(call.language, reserved.order))
        elif self._may_call(contact.number):
            await call.play("reserved", "will-tell-by-call", *spoken.digits(call.language, contact.number))
        else:
            await call.play("reserved", "will-tell-later")

    async def _quantity_of(self, item: rules.Item) -> rules.Line:
        for _ in range(TRIES):
            quantity = await ask_quantity(self._counter, "enter-reserve-quantity")
            if 1 <= quantity <= item.limit:
                return rules.Line(item.number, quantity, item.name, item.price_fen)
            above = rules.AboveLimit(item.number, item.limit)
            await refuse_quantity(self._counter, above if quantity else ValueError())
        raise WantsPerson("no quantity")

    async def _settle(self, line: rules.Line, contact: Contact) -> rules.Reserved:
        visitor = self._visitor
        visitor.reservations += 1  # told again because the books were slow, it is the same one; the next one is another
        reserve = partial(rules.reserve, nth=visitor.reservations, choice=self._choice, told_fen=line.price_fen)
        buyer = None if contact.claimed else visitor.buyer
        stamp = self._stamp(Kind.RESERVATION)
        return await self._counter.settle(
            reserve, self._call.id, buyer, line.item, line.quantity, stamp, contact.number
        )
