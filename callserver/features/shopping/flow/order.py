"""An order by telephone: items, pieces, where it goes and how it is paid, the total, and only then the caller's yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from twisted.internet.defer import Deferred, TimeoutError

from callserver.features.shopping import rules
from callserver.features.shopping.booking import Booked, Bookings
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.flow.contact import by_caller_number, find_contact
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.identify import is_member, prove
from callserver.features.shopping.flow.item import ask_quantity, find_item, is_wanted, refuse_quantity
from callserver.features.shopping.flow.reserve import Reserving
from callserver.features.shopping.flow.sentences import listed
from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.proofs import CONFIRMED, READ_BACK
from callserver.features.shopping.tables import Payment
from callserver.ivr import spoken
from callserver.ivr.dialogue import TRIES, WantsPerson, choose, rounds
from callserver.ivr.interfaces import Prompt, Spoken

BOOKED_S = 12.0  # so long a caller waits for his order's number; then it is noted
YES, CHANGE, CANCEL, REPEAT = "1", "2", "3", "*"
MORE = "1"
ON_DELIVERY, FROM_BALANCE, ELSEWHERE = "1", "2", "3"


@dataclass(frozen=True)
class Terms:
    """Where an order goes, as far as the shop knows, and how it is paid."""

    contact: Contact
    payment: Payment = Payment.ON_DELIVERY


class Ordering:
    """One caller's orders, one after the other; each is one order, however often its yes is told."""

    def __init__(self, counter: Counter, visitor: Visitor, bookings: Bookings, reserving: Reserving) -> None:
        self._counter, self._visitor, self._bookings, self._reserving = counter, visitor, bookings, reserving
        self._call = counter.call
        self._asked: Contact | None = None  # whether he means it

    async def order(self, first: rules.Item | None = None) -> None:
        """
        Items into the basket until the caller is done, terms, read-back, confirmation, order number.

        :param first: that he has chosen already
        """
        own = by_caller_number(self._counter)
        if own is not None and not await self._means_it(own):
            return
        for _ in rounds():
            lines, first = await self._fill_basket(first), None
            if not lines:
                return  # he has reserved instead
            terms = await self._agree(lines)
            if not await self._means_it(terms.contact):
                return
            answer = await self._read_back(lines, terms)
            if answer == YES:
                if await self._buy(lines, terms):
                    return
                continue
            await self._counter.write(rules.release, self._call.id)
            if answer == CANCEL:
                await self._call.play("nothing-ordered")
                return

    async def _means_it(self, contact: Contact) -> bool:
        """Who has bought a moment ago, and may not know it, is told so before he buys again; once."""
        if self._bookings.is_pending(call_id=self._call.id, number=contact.number):
            await self._call.play("being-booked")
            return False
        if self._asked == contact:
            return True
        self._asked = contact
        last = await self._counter.read(rules.orders_of, contact.number, 1, self._counter.premises.country)
        if not last or not self._bookings.untold(last[0]):
            return True
        if not contact.claimed:  # whoever types a number is told nothing of its orders
            language, order = self._call.language, last[0]
            number, total = spoken.digits(language, order.number), spoken.money(language, order.total_fen)
            if await self._call.play("already-ordered", *number, "total-is", *total):
                self._bookings.tell(order.number)
        return await choose(self._call, "order-again-or-back", keys="12") == YES

    # The basket

    async def _fill_basket(self, first: rules.Item | None) -> Sequence[rules.Line]:
        """What he wants; nothing if he has only reserved."""
        call, counter = self._call, self._counter
        lines = await counter.write(rules.resume_basket, call.id, call.caller.known_by, counter.now())
        if lines:
            await call.play("you-order", *listed(call.language, lines))
        asked = bool(lines)
        while True:
            if first is not None:
                await self._put_in(first)
                first = None
            elif not asked or await choose(call, "more-or-done", keys="12") == MORE:
                await self._choose_item()
            else:
                return lines
            lines, asked = await counter.read(rules.basket, call.id), True

    async def _choose_item(self) -> None:
        """Until one is in the basket, or reserved because it is sold out."""
        call, counter, failures = self._call, self._counter, 0
        for _ in rounds():
            item = await find_item(counter)
            if not item.available:
                failures += 1
                await counter.sorry(Spoken(item.name.text(call.language)), "item-sold-out")
                if await choose(call, "reserve-or-other", keys="12") == YES:
                    await self._reserving.reserve(item)
                    return
                if failures == TRIES:
                    raise WantsPerson("no item found")
            elif await is_wanted(counter, item) and await self._put_in(item):
                return

    async def _put_in(self, item: rules.Item) -> bool:
        """So many pieces; they are held for this call from now on. False: none can be had any more."""
        call, counter = self._call, self._counter
        hold = partial(rules.hold, caller_number=call.caller.known_by, told_fen=item.price_fen)
        for _ in range(TRIES):
            quantity = await ask_quantity(counter, "enter-quantity")
            try:
                await counter.write(hold, call.id, item.number, quantity, counter.now())
                return True
            except (rules.SoldOut, rules.UnknownItem):
                await counter.sorry("last-piece-gone")
                return False
            except (rules.OrderRefused, ValueError) as refused:
                await refuse_quantity(counter, refused)
        raise WantsPerson("no quantity")

    # Where it goes, how it is paid

    async def _agree(self, lines: Sequence[rules.Line]) -> Terms:
        """Who is unknown pays on delivery, and is asked his address by a person; a customer chooses."""
        visitor, counter = self._visitor, self._counter
        if visitor.buyer is None and await is_member(counter, visitor):
            await prove(counter, visitor)
        contact = await find_contact(counter, visitor)
        if visitor.buyer is None or contact.claimed:
            return Terms(contact)
        for _ in rounds():
            if visitor.proved:
                await self._call.play_secret("registered-address-is", Spoken(visitor.buyer.address))
            key = await choose(self._call, "how-to-pay", keys=ON_DELIVERY + FROM_BALANCE + ELSEWHERE)
            if key == ELSEWHERE:
                raise WantsPerson("another address")
            if key == ON_DELIVERY:
                return Terms(contact)
            if await self._balance_reaches(_total(lines)):
                return Terms(await find_contact(counter, visitor), Payment.BALANCE)
        raise AssertionError  # rounds() never ends

    async def _balance_reaches(self, total_fen: int) -> bool:
        """Whether it does; he proves who he is, and hears what he has if it does not."""
        buyer = await prove(self._counter, self._visitor)
        balance = await self._counter.read(rules.balance, buyer.member_number)
        if balance < total_fen:
            self._call.forget_keys()
            await self._call.play_secret("balance-too-low", "balance-is", *spoken.money(self._call.language, balance))
        return balance >= total_fen

    # The yes

    async def _read_back(self, lines: Sequence[rules.Line], terms: Terms) -> str:
        """What he orders and what it costs; he says yes only to a total that he has heard to its end."""
        call = self._call
        total = spoken.money(call.language, _total(lines))
        paid = ["pay-from-balance"] if terms.payment is Payment.BALANCE else []
        for _ in rounds():
            call.forget_keys()
            call.mark(READ_BACK.format(n=self._bookings.nth(call.id)))
            await call.play("you-order", *listed(call.language, lines), *paid)
            call.forget_keys()
            heard = await call.play("total-is", *total)
            if heard:
                key = await choose(call, "confirm-change-cancel", keys=YES + CHANGE + CANCEL + REPEAT)
            elif (key := await call.collect()) == "0":
                raise WantsPerson("key 0")
            if key in (CHANGE, CANCEL) or (key == YES and heard):
                return key
        raise AssertionError  # rounds() never ends

    async def _buy(self, lines: Sequence[rules.Line], terms: Terms) -> bool:
        """Buy; what is said of it is said after it is on disk. False: not so, and he has been told why."""
        call = self._call
        call.mark(CONFIRMED.format(n=self._bookings.nth(call.id)))
        try:
            booked = await call.wait_for(self._book(lines, terms), BOOKED_S)
        except TimeoutError:
            self._asked = None  # he does not know its number yet
            await self._counter.sorry("order-noted")
            return True
        except rules.BalanceTooLow:
            await self._counter.sorry("balance-too-low")
            return False
        except rules.UnknownMember:
            raise WantsPerson("the number is another customer's now") from None
        except rules.OrderRefused:
            await self._counter.sorry("last-piece-gone")
            return False
        call.forget_keys()
        await self._tell_number(booked.taken.order_number)
        await call.play(_where_it_goes(terms, booked.buyer))
        return True

    def _book(self, lines: Sequence[rules.Line], terms: Terms) -> Deferred[Booked]:
        buyer = self._visitor.buyer
        member = buyer.member_number if buyer is not None and not terms.contact.claimed else None
        return self._bookings.book(self._call.id, terms.contact, lines, terms.payment, member=member)

    async def _tell_number(self, order_number: str) -> None:
        number = spoken.digits(self._call.language, order_number)
        heard = await self._call.play("order-taken", *number)
        if await self._call.play("order-number-again", *number) or heard:
            self._bookings.tell(order_number)


def _where_it_goes(terms: Terms, buyer: rules.Buyer | None) -> Prompt:
    if buyer is None:
        return "agent-will-ask-address"
    return "paid-to-your-address" if terms.payment is Payment.BALANCE else "pay-on-delivery-to-your-address"


def _total(lines: Sequence[rules.Line]) -> int:
    return sum(line.quantity * line.price_fen for line in lines)
