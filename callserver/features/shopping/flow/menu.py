"""What callers of the shop hear: the greeting, the main menu, and the way to each task."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from zope.interface import implementer

from callserver.calls.event_log import EventLog
from callserver.features.shopping import rules
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.flow.account import tell_account
from callserver.features.shopping.flow.counter import Counter, Premises
from callserver.features.shopping.flow.deliveries import tell_orders
from callserver.features.shopping.flow.item import find_item, is_wanted
from callserver.features.shopping.flow.news import tell_news
from callserver.features.shopping.flow.order import Ordering
from callserver.features.shopping.flow.reserve import Reserving
from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.flow.visitors import Visitors
from callserver.ivr.dialogue import WantsPerson, choose, rounds
from callserver.ivr.interfaces import ICall, IMenu, Prompt, Spoken
from callserver.wire.causes import Reason
from callserver.wire.messages import Identity

log = Logger()

LANGUAGES = {"1": "zh", "2": "en"}
GREETING = ("zh/welcome", "zh/choose-language", "en/choose-language")
ORDER, RESERVE, ACCOUNT, ORDERS, FAX, FAULT = WISHES = "123456"
FAULT_NOTE = "fault"
NAME_S = 0.3  # a name that is not ready is left out of the greeting: it will be the next time


@implementer(IMenu)
class ShopMenu:
    """
    The shop's own menu, "shop" in config.ini.

    :param may_call: whether the shop calls this number when reserved goods come
    `bookings`: the orders that callers have confirmed; a service.
    `visitors`: who its callers are.
    """

    name = "shop"

    def __init__(
        self,
        premises: Premises,
        events: EventLog,
        bookings: Bookings,
        *,
        announce_recording: bool,
        choice: rules.RandomChoice = secrets.choice,
        may_call: Callable[[str], bool] = lambda number: False,
    ) -> None:
        self._premises, self._events, self._choice = premises, events, choice
        self._announce_recording, self._may_call = announce_recording, may_call
        self._served: set[str] = set()  # calls that are not over
        self.visitors = Visitors(premises.now)
        self.bookings = bookings

    def identity(self, call_id: str) -> Identity | None:
        """Who the caller of this call has shown to be; also asked in the database's thread."""
        return self.visitors.identity(call_id)

    async def run(self, call: ICall) -> None:
        visitor = self._visitor(call)
        await call.answer()
        await _choose_language(call)
        if self._announce_recording:
            await call.play("recorded-notice")
        counter = Counter(call, self._premises)
        greeting = await _greet(counter, visitor)
        stamp = partial(self._events.stamp, call_id=call.id)
        reserving = Reserving(counter, visitor, stamp, self._may_call, self._choice)
        ordering = Ordering(counter, visitor, self.bookings, reserving)
        for _ in rounds():
            wish = await choose(call, *greeting, "main-menu", keys=WISHES)
            greeting = []
            if wish == FAULT:
                await call.transfer_to_office(visitor.proved_address, FAULT_NOTE)
                return  # nobody there: he leaves word
            await self._serve(wish, counter, visitor, ordering, reserving)

    def _visitor(self, call: ICall) -> Visitor:
        """Who calls; the same when a menu or an agent sends him here once more."""
        if call.id not in self._served:
            self._served.add(call.id)
            call.when_ended().addCallback(self._over, call)
        return self.visitors.of(call)

    async def _serve(
        self, wish: str, counter: Counter, visitor: Visitor, ordering: Ordering, reserving: Reserving
    ) -> None:
        if wish == ORDER:
            await ordering.order()
        elif wish == RESERVE:
            await _reserve(counter, ordering, reserving)
        elif wish == ACCOUNT:
            await tell_account(counter, visitor)
        elif wish == ORDERS:
            await tell_orders(counter, visitor)
        else:
            await counter.call.fax_document()

    def _over(self, _: Reason, call: ICall) -> None:
        """He has hung up: what he had chosen is free for others, and remembered for his number."""
        self._served.discard(call.id)
        has_bought = self.bookings.is_pending(call_id=call.id)
        self.bookings.forget(call.id)
        if has_bought:
            return
        kept: Deferred[None] = self._premises.store.write(
            rules.keep_basket, call.id, call.caller.known_by, self._premises.now()
        )
        kept.addErrback(lambda failure: log.failure("basket of call {call} not kept", failure, call=call.id))


async def _choose_language(call: ICall) -> None:
    """The greeting, then the language; silence is Mandarin."""
    for _ in range(3):
        key = await call.collect(*GREETING)
        if key == "0":
            raise WantsPerson("key 0")
        if not key or key in LANGUAGES:
            call.language = LANGUAGES.get(key, "zh")
            return
        call.forget_keys()


async def _greet(counter: Counter, visitor: Visitor) -> list[Prompt]:
    """A known number is greeted by name, unless he types ahead; and hears what has become of its reservations."""
    number = counter.call.caller.known_by
    known = await counter.glance(_known, number, counter.premises.country)
    if known is None:
        return []
    buyer, news = known
    if not visitor.proved and not visitor.named:
        visitor.buyer = buyer
    await tell_news(counter, news)
    return ["welcome-back", Spoken(visitor.buyer.name, patience_s=NAME_S)] if visitor.buyer is not None else []


def _known(number: str | None, country: str) -> tuple[rules.Buyer | None, list[rules.News]]:
    """Run in `store.read`."""
    return rules.find_buyer(number, country), rules.news_for([number] if number else [])


async def _reserve(counter: Counter, ordering: Ordering, reserving: Reserving) -> None:
    """An item that is sold out; one that is not can be ordered instead."""
    item = await find_item(counter)
    if not item.available:
        await reserving.reserve(item)
        return
    await counter.call.play("item-here-now")
    if await is_wanted(counter, item):
        await ordering.order(item)
