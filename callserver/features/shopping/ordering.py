"""An order by telephone: items, pieces, where the caller can be reached, the total, and only then his yes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from twisted.internet.defer import TimeoutError

from callserver.features.shopping import rules
from callserver.features.shopping.booking import Bookings, Contact
from callserver.features.shopping.counter import Counter
from callserver.ivr import spoken
from callserver.ivr.dialogue import TRIES, WantsPerson, ask_number, ask_telephone, choose, rounds
from callserver.ivr.interfaces import ICall, Prompt, Spoken

ITEM_DIGITS, QUANTITY_DIGITS = 6, 3
BOOKED_S = 12.0  # so long a caller waits for his order's number; then it is noted
YES, CHANGE, CANCEL, REPEAT = "1", "2", "3", "*"


class Ordering:
    """One caller's orders: he buys once in a call, so that no key pressed twice buys double."""

    def __init__(self, counter: Counter, bookings: Bookings, country: str) -> None:
        self._counter, self._bookings, self._country = counter, bookings, country
        self._call = counter.call
        self._bought = False
        self._contact: Contact | None = None
        if self._call.caller.known_by:
            self._contact = Contact(self._call.caller.known_by)

    async def order(self) -> None:
        """Items into the basket until the caller is done, read-back, confirmation, order number."""
        if self._bought:
            raise WantsPerson("second order")
        if self._contact is not None and not await self._wants_to_order(self._contact):
            return
        for _ in rounds():
            lines = await self._fill_basket()
            contact = self._contact or await self._ask_contact()
            if contact is not self._contact:  # withheld, and asked for: nobody could be told when the goods come
                self._contact = contact
                if not await self._wants_to_order(contact):
                    return
            answer = await self._read_back(lines)
            if answer == YES:
                self._bought = await self._buy(lines, contact)
                return
            await self._counter.write(rules.release, self._call.id)
            if answer == CANCEL:
                await self._call.play("order-cancelled")
                return

    async def _wants_to_order(self, contact: Contact) -> bool:
        """Who has bought a moment ago, and may not know it, is told so before he buys again."""
        if self._bookings.is_pending(number=contact.number):
            await self._call.play("being-booked")
            return False
        last = await self._counter.read(rules.orders_of, contact.number, 1, self._country)
        if not last or not self._bookings.untold(last[0]):
            return True
        if not contact.claimed:  # whoever types a number is told nothing of its orders
            language, order = self._call.language, last[0]
            number, total = spoken.digits(language, order.number), spoken.money(language, order.total_fen)
            if await self._call.play("already-ordered", *number, "total-is", *total):
                self._bookings.tell(order.call_id or "")
        return await choose(self._call, "order-again-or-back", keys="12") == "1"

    # The basket

    async def _fill_basket(self) -> Sequence[rules.Line]:
        call, counter = self._call, self._counter
        lines = await counter.write(rules.resume_basket, call.id, call.caller.known_by, counter.now())
        if lines:
            await call.play("you-order", *_lines(call.language, lines))
        while not lines or await choose(call, "more-or-done", keys="12") == "1":
            await self._choose_item()
            lines = await counter.read(rules.basket, call.id)
        return lines

    async def _choose_item(self) -> None:
        """One item and its quantity; comes back when it is in the basket."""
        call, counter, failures = self._call, self._counter, 0
        for _ in rounds():
            number = await ask_number(call, "enter-item-number", max_digits=ITEM_DIGITS)
            item = await counter.read(rules.find_item, number, counter.now(), call.id)
            if item is not None and item.available:
                if await _wanted(call, item) and await self._choose_quantity(item):
                    return
                continue
            failures += 1
            await counter.sorry(
                *([Spoken(item.name.text(call.language)), "item-sold-out"] if item else ["item-unknown"])
            )
            if failures == TRIES:
                raise WantsPerson("no item found")

    async def _choose_quantity(self, item: rules.Item) -> bool:
        """How many pieces; they are held for this call from now on. False: none can be had any more."""
        call, counter = self._call, self._counter
        for _ in range(TRIES):
            quantity = int(await ask_number(call, "enter-quantity", max_digits=QUANTITY_DIGITS))
            try:
                hold = partial(rules.hold, caller_number=call.caller.known_by)
                await counter.write(hold, call.id, item.number, quantity, counter.now())
                return True
            except ValueError:
                await counter.sorry("quantity-zero")
            except rules.AboveStock as refused:
                await counter.sorry("quantity-above-stock", *spoken.count(call.language, refused.available))
            except rules.AboveLimit as refused:
                await counter.sorry("quantity-above-limit", *spoken.count(call.language, refused.limit))
            except rules.SoldOut:
                await counter.sorry("last-piece-gone")
                return False
        raise WantsPerson("no quantity")

    # The yes

    async def _ask_contact(self) -> Contact:
        typed = await ask_telephone(self._call)
        return Contact(rules.plain(typed, self._country) or typed, claimed=True)

    async def _read_back(self, lines: Sequence[rules.Line]) -> str:
        """What he orders and what it costs; he says yes only to a total that he has heard to its end."""
        call = self._call
        total = spoken.money(call.language, sum(line.quantity * line.price_fen for line in lines))
        for _ in rounds():
            call.forget_keys()
            await call.play("you-order", *_lines(call.language, lines))
            call.forget_keys()
            heard = await call.play("total-is", *total)
            if heard:
                key = await choose(call, "confirm-change-cancel", keys=YES + CHANGE + CANCEL + REPEAT)
            elif (key := await call.collect()) == "0":
                raise WantsPerson("key 0")
            if key in (CHANGE, CANCEL) or (key == YES and heard):
                return key
        raise AssertionError  # rounds() never ends

    async def _buy(self, lines: Sequence[rules.Line], contact: Contact) -> bool:
        """Buy; what is said of it is said after it is on disk."""
        call = self._call
        try:
            booked = await call.wait_for(self._bookings.book(call.id, contact, lines), BOOKED_S)
        except TimeoutError:
            await self._counter.sorry("order-noted")
            return True
        except rules.OrderRefused:
            await self._counter.sorry("last-piece-gone")
            return False
        call.forget_keys()
        number = spoken.digits(call.language, booked.taken.order_number)
        heard = await call.play("order-taken", *number)
        if await call.play("order-number-again", *number) or heard:
            self._bookings.tell(call.id)
        await call.play("pay-on-delivery-to-your-address" if booked.buyer else "agent-will-ask-address")
        return True


async def _wanted(call: ICall, item: rules.Item) -> bool:
    """Name, price and stock of an item; whether the caller wants it."""
    price = spoken.money(call.language, item.price_fen)
    stock = spoken.count(call.language, item.available)
    name = Spoken(item.name.text(call.language))
    asked: list[Prompt] = [name, "item-price-is", *price, "item-in-stock", *stock, "item-right-or-other"]
    return await choose(call, *asked, keys="12") == "1"


def _lines(language: str, lines: Sequence[rules.Line]) -> list[Prompt]:
    """Each item of a basket with its number of pieces."""
    said: list[Prompt] = []
    for line in lines:
        said += [Spoken(line.name.text(language)), *spoken.count(language, line.quantity)]
    return said
