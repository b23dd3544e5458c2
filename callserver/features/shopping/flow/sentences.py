"""What is said of goods, orders and days, in the order of words of either language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.tables import OrderState
from callserver.ivr import spoken
from callserver.ivr.interfaces import Prompt, Spoken


def priced(language: str, item: rules.Item) -> list[Prompt]:
    """每件六十八元; the price of one is sixty-eight yuan."""
    return ["item-price-is", *spoken.money(language, item.price_fen)]


def offered(language: str, item: rules.Item) -> list[Prompt]:
    """Name, price and stock of an item."""
    stock = spoken.count(language, item.available)
    return [Spoken(item.name.text(language)), *priced(language, item), "item-in-stock", *stock]


def listed(language: str, lines: Sequence[rules.Line]) -> list[Prompt]:
    """Each item of a basket with its number of pieces."""
    said: list[Prompt] = []
    for line in lines:
        said += [Spoken(line.name.text(language)), *spoken.count(language, line.quantity)]
    return said


def day(counter: Counter, at: datetime) -> list[str]:
    """The day of a moment, as seen from today."""
    return spoken.date(counter.call.language, counter.here(at).date(), counter.here(counter.now()).date())


def order_status(counter: Counter, order: rules.OrderStatus) -> list[Prompt]:
    """Where an order is and since when, as one sentence of either language; its carrier and number."""
    language = counter.call.language
    said = _state_on(counter, order.state, order.since)
    if order.state is OrderState.SHIPPED and order.carrier is not None:
        said += ["carrier-is", Spoken(order.carrier.text(language))]
        said += ["tracking-number-is", *spoken.digits(language, order.tracking or "")]
    return said


def _state_on(counter: Counter, state: OrderState, since: datetime) -> list[Prompt]:
    """昨天商品已经发货; the order was shipped yesterday, the order was shipped on May third."""
    days = abs((counter.here(counter.now()).date() - counter.here(since).date()).days)
    reached = f"order-{state.value}" if days <= 1 else f"order-{state.value}-on"
    said = day(counter, since)
    return [*said, reached] if counter.call.language == "zh" else [reached, *said]
