"""What callers of the shop hear: order, ask after an order, ask for a person."""

from __future__ import annotations

import secrets
from datetime import datetime, tzinfo

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from zope.interface import implementer

from callserver.calls.event_log import EventLog
from callserver.config import system_zone
from callserver.features.shopping import rules
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.counter import Counter
from callserver.features.shopping.ordering import Ordering
from callserver.features.shopping.tables import OrderState
from callserver.ivr import spoken
from callserver.ivr.dialogue import WantsPerson, ask_number, choose, rounds
from callserver.ivr.interfaces import ICall, IMenu, Prompt, Spoken
from callserver.store.database import Store
from callserver.wire.causes import Reason

log = Logger()

LANGUAGES = {"1": "zh", "2": "en"}
GREETING = ("zh/welcome", "zh/choose-language", "en/choose-language")
ORDER, TRACK, FAX = "1", "2", "5"
TRACK_BEFORE = "4"  # who has learned it is still understood
ORDER_DIGITS = 8


@implementer(IMenu)
class ShopMenu:
    """
    The shop's own menu, "shop" in config.ini.

    :param country: whose numbers callers have
    :param zone: whose days are told
    `bookings`: the orders that callers have confirmed; a service.
    """

    name = "shop"

    def __init__(
        self,
        store: Store,
        events: EventLog,
        *,
        announce_recording: bool,
        country: str = "cn",
        choice: rules.RandomChoice = secrets.choice,
        zone: tzinfo | None = None,
    ) -> None:
        self._store, self._events, self._announce_recording = store, events, announce_recording
        self._zone = zone or system_zone()
        self._country = country
        self.bookings = Bookings(store, events, choice, country)

    async def run(self, call: ICall) -> None:
        call.when_ended().addCallback(self._keep_basket, call)
        await call.answer()
        await _choose_language(call)
        if self._announce_recording:
            await call.play("recorded-notice")
        counter = Counter(call, self._store, self._events.now)
        ordering = Ordering(counter, self.bookings, self._country)
        for _ in rounds():
            wish = await choose(call, "main-menu", keys=ORDER + TRACK + TRACK_BEFORE + FAX)
            if wish == ORDER:
                await ordering.order()
            elif wish == FAX:
                await call.fax_document()
            else:
                await self._track(counter)

    def _keep_basket(self, _: Reason, call: ICall) -> None:
        """He has hung up: what he had chosen is free for others, and remembered for his number."""
        if self.bookings.is_pending(call_id=call.id):
            return  # it is what he has bought
        kept: Deferred[None] = self._store.write(rules.keep_basket, call.id, call.caller.known_by, self._events.now())
        kept.addErrback(lambda failure: log.failure("basket of call {call} not kept", failure, call=call.id))

    # Track

    async def _track(self, counter: Counter) -> None:
        """The caller's last order, then any other by its number."""
        call = counter.call
        last = await counter.read(rules.orders_of, call.caller.known_by, 1, self._country)
        if last:
            number = spoken.digits(call.language, last[0].number)
            await call.play("your-last-order-is", *number, *self._status(call.language, last[0]))
        for _ in rounds():
            wanted = await ask_number(call, "enter-order-number", max_digits=ORDER_DIGITS, optional=True)
            if not wanted:
                return
            order = await counter.read(rules.find_order, wanted)
            if order is None:
                await counter.sorry("order-unknown")
            else:
                await call.play(*self._status(call.language, order))

    def _status(self, language: str, order: rules.OrderStatus) -> list[Prompt]:
        """Where an order is and since when, as one sentence of either language."""
        since, now = order.since.astimezone(self._zone), self._events.now().astimezone(self._zone)
        said = _state_on(language, order.state, since, now)
        if order.state is OrderState.SHIPPED and order.carrier is not None:
            said += ["carrier-is", Spoken(order.carrier.text(language))]
            said += ["tracking-number-is", *spoken.digits(language, order.tracking or "")]
        return said


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


def _state_on(language: str, state: OrderState, since: datetime, now: datetime) -> list[Prompt]:
    """昨天商品已经发货; the order was shipped yesterday, the order was shipped on May third."""
    day = spoken.date(language, since.date(), now.date())
    is_near = abs((now.date() - since.date()).days) <= 1
    shipped = f"order-{state.value}" if is_near else f"order-{state.value}-on"
    return [*day, shipped] if language == "zh" else [shipped, *day]
