"""What callers of the shop hear: order, ask after an order, ask for a person."""

import secrets
from collections.abc import Sequence
from functools import partial

from twisted.logger import Logger
from zope.interface import implementer

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.tables import OrderState
from callserver.ivr import spoken
from callserver.ivr.dialogue import TRIES, WantsPerson, ask_number, choose
from callserver.ivr.interfaces import ICall, IMenu, Prompt, Spoken
from callserver.store.database import Store
from callserver.wire.causes import Reason

log = Logger()

LANGUAGES = {"1": "zh", "2": "en"}
ITEM_DIGITS, QUANTITY_DIGITS, ORDER_DIGITS = 6, 3, 8


@implementer(IMenu)
class ShopMenu:
    """The shop's own menu, "shop" in config.ini."""

    name = "shop"

    def __init__(
        self,
        store: Store,
        events: EventLog,
        *,
        announce_recording: bool,
        country: str = "cn",
        choice: rules.RandomChoice = secrets.choice,
    ) -> None:
        self._store, self._events, self._announce_recording, self._choice = store, events, announce_recording, choice
        self._country = country

    async def run(self, call: ICall) -> None:
        call.when_ended().addCallback(self._keep_basket, call)
        await call.answer()
        await _choose_language(call)
        if self._announce_recording:
            await call.play("recorded-notice")
        await call.play("welcome")
        await self._serve(call)

    def _keep_basket(self, _: Reason, call: ICall) -> None:
        """He has hung up: what he had chosen is free for others, and remembered for his number."""
        kept = self._store.write(rules.keep_basket, call.id, call.caller.known_by, self._events.now())
        kept.addErrback(lambda failure: log.failure("basket of call {call} not kept", failure, call=call.id))

    async def _serve(self, call: ICall) -> None:
        bought = False
        while True:
            if await choose(call, "main-menu", keys="14") == "4":
                await self._track(call)
            elif bought:
                raise WantsPerson("second order")  # a call buys once, so that no key pressed twice buys double
            else:
                bought = await self._order(call)

    # Order

    async def _order(self, call: ICall) -> bool:
        """Items into the basket, until the caller is done; then read-back and confirmation. Whether he has bought."""
        number = call.caller.known_by
        lines = await self._store.write(rules.resume_basket, call.id, number, self._events.now())
        if lines:
            await call.play("you-order", *_lines(call.language, lines))
        while not lines or await choose(call, "more-or-done", keys="12") == "1":
            await self._choose_item(call)
            lines = await self._store.read(rules.basket, call.id)
        return await self._read_back(call, lines)

    async def _choose_item(self, call: ICall) -> None:
        """One item and its quantity; comes back when it is in the basket."""
        failures = 0
        while failures < TRIES:
            number = await ask_number(call, "enter-item-number", max_digits=ITEM_DIGITS)
            item = await self._store.read(rules.find_item, number, self._events.now(), call.id)
            if item is not None and item.available:
                if await _wanted(call, item) and await self._choose_quantity(call, item):
                    return
            else:
                failures += 1
                sold_out = [Spoken(item.name.text(call.language)), "item-sold-out"] if item else ["item-unknown"]
                await call.play(*sold_out)
        raise WantsPerson("no item found")

    async def _choose_quantity(self, call: ICall, item: rules.Item) -> bool:
        """How many pieces; they are held for this call from now on. False: none can be had any more."""
        for _ in range(TRIES):
            quantity = int(await ask_number(call, "enter-quantity", max_digits=QUANTITY_DIGITS))
            try:
                hold = partial(rules.hold, caller_number=call.caller.known_by)
                await self._store.write(hold, call.id, item.number, quantity, self._events.now())
                return True
            except ValueError:
                await call.play("quantity-zero")
            except rules.AboveStock as refused:
                available = spoken.count(call.language, refused.available)
                await call.play("quantity-above-stock", "item-in-stock", *available)
            except rules.AboveLimit as refused:
                await call.play("quantity-above-limit", *spoken.count(call.language, refused.limit))
            except rules.SoldOut:
                await call.play("last-piece-gone")
                return False
        raise WantsPerson("no quantity")

    async def _read_back(self, call: ICall, lines: Sequence[rules.Line]) -> bool:
        total_fen = sum(line.quantity * line.price_fen for line in lines)
        total = spoken.money(call.language, total_fen)
        what = _lines(call.language, lines)
        key = await choose(call, "you-order", *what, "total-is", *total, "confirm-change-cancel", keys="123")
        if key == "1":
            return await self._confirm(call, lines)
        await self._store.write(rules.release, call.id)
        if key == "2":
            return await self._order(call)
        await call.play("order-cancelled")
        return False

    async def _confirm(self, call: ICall, lines: Sequence[rules.Line]) -> bool:
        """Buy; what is said of it is said after it is on disk."""
        buyer = await self._store.read(rules.find_buyer, call.caller.known_by, self._country)
        stamp = self._events.stamp(Kind.ORDER, call_id=call.id)
        wanted = [(line.item, line.quantity) for line in lines]
        confirm = partial(rules.confirm, caller_number=call.caller.known_by, choice=self._choice)
        try:
            taken = await self._store.write(confirm, call.id, buyer, wanted, stamp)
        except rules.OrderRefused:
            await call.play("last-piece-gone")
            return False
        if taken.event is not None:
            self._events.show(taken.event)
        number = spoken.digits(call.language, taken.order_number)
        await call.play("order-taken", *number, "order-number-again", *number)
        await call.play("pay-on-delivery-to-your-address" if buyer else "agent-will-ask-address")
        return True

    # Track

    async def _track(self, call: ICall) -> None:
        """The caller's last order, then any other by its number."""
        last = await self._store.read(rules.orders_of, call.caller.known_by, 1, self._country)
        if last:
            number = spoken.digits(call.language, last[0].number)
            await call.play("your-last-order-is", *number, *self._status(call.language, last[0]))
        while wanted := await call.collect("enter-order-number", max_digits=ORDER_DIGITS, first_timeout_s=8.0):
            if wanted == "0":
                raise WantsPerson("key 0")
            order = await self._store.read(rules.find_order, wanted)
            await call.play(*(self._status(call.language, order) if order else ["order-unknown"]))

    def _status(self, language: str, order: rules.OrderStatus) -> list[Prompt]:
        """Where an order is and since when, in words."""
        today = self._events.now().astimezone().date()
        day = spoken.date(language, order.since.astimezone().date(), today)
        said: list[Prompt] = [f"order-{order.state.value}", "on-date", *day]
        if order.state is OrderState.SHIPPED and order.carrier is not None:
            said += ["carrier-is", Spoken(order.carrier.text(language))]
            said += ["tracking-number-is", *spoken.digits(language, order.tracking or "")]
        return said


async def _choose_language(call: ICall) -> None:
    """Silence and any other key: Mandarin."""
    key = await call.collect("zh/choose-language", "en/choose-language", end_key=None)
    if key == "0":
        raise WantsPerson("key 0")
    call.language = LANGUAGES.get(key, "zh")


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
