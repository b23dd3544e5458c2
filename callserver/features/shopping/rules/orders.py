"""Orders: one transaction to buy, and where they are afterwards."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from peewee import fn

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules.baskets import release
from callserver.features.shopping.rules.customers import Buyer, known_number, plain
from callserver.features.shopping.rules.goods import Line, Name, item_to_sell, line_of, move_stock, total_fen
from callserver.features.shopping.tables import (
    BasketLine,
    Carrier,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    Product,
)
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, EventRow, from_ms, to_ms
from callserver.wire.records import EventRecord, Value
from callserver.wire.typed import typed_text

ORDER_NUMBERS = range(10_000_000, 100_000_000)
RandomChoice = Callable[[Sequence[int]], int]
"""Draws one of them."""


@dataclass(frozen=True)
class OrderTaken:
    """An order that is on disk; `already`: this call had bought before. `event` is for those who watch."""

    order_number: str
    total_fen: int
    already: bool
    event: EventRecord | None = None


@dataclass(frozen=True)
class OrderStatus:
    """Where an order is, and since when."""

    number: str
    state: OrderState
    since: datetime
    placed_at: datetime
    total_fen: int
    lines: tuple[Line, ...]
    carrier: Name | None = None
    tracking: str | None = None
    call_id: str | None = None  # of the call in which it was bought


def confirm(
    call_id: str,
    customer: Buyer | None,
    lines: Iterable[tuple[str, int]],
    stamp: EventRecord,
    caller_number: str | None = None,
    choice: RandomChoice = secrets.choice,
    told_fen: Mapping[str, int] = MappingProxyType({}),
) -> OrderTaken:
    """
    Buy: order, lines, stock and event, all or nothing, and once a call.

    :param lines: item number and quantity; at the price the caller was told, else that of the basket, else today's
    :param told_fen: what he was told that one piece of an item costs
    :param choice: draws the order's number
    :param stamp: the event of this moment; it is stored with the order's data
    :raises OrderRefused: as `hold`
    :raises ValueError: for an empty order or less than one piece
    """
    before = Order.get_or_none(Order.call_id == call_id)
    if before is not None:
        return OrderTaken(before.number, before.total_fen, already=True)
    priced = [_priced(call_id, item, quantity, stamp.at, told_fen) for item, quantity in _merged(lines).items()]
    if not priced:
        raise ValueError("an order without items")
    number = place_order(_new_order_number(choice), priced, stamp.at, customer, plain(caller_number), call_id)
    release(call_id)
    CallRow.update(order_number=number).where(CallRow.id == call_id).execute()
    event = replace(stamp, data=_story(number, priced))
    append_event(event)
    return OrderTaken(number, total_fen(priced), already=False, event=event)


def place_order(
    number: str,
    lines: Sequence[Line],
    at: datetime,
    customer: Buyer | None = None,
    caller_number: str | None = None,
    call_id: str | None = None,
) -> str:
    """The order itself, with its stock movements; part of a transaction."""
    Order.create(
        number=number,
        call_id=call_id,
        customer=customer and customer.member_number,
        caller_number=caller_number,
        address=customer and customer.address,
        total_fen=total_fen(lines),
    )
    OrderStep.create(order=number, state=OrderState.PLACED, at_ms=to_ms(at))
    for line in lines:
        OrderLine.create(order=number, product=line.item, quantity=line.quantity, price_fen=line.price_fen)
        move_stock(line.item, -line.quantity, "order", at, number)
    return number


def advance(
    number: str, state: OrderState, at: datetime, carrier: str | None = None, tracking: str | None = None
) -> None:
    """
    An order has come to a state; a shipped one has a carrier (its code) and a tracking number.

    :raises LookupError: for an order the shop has not
    """
    if find_order(number) is None:
        raise LookupError(f"no order {number}")
    OrderStep.create(order=number, state=state, at_ms=to_ms(at))
    if carrier is not None:
        Order.update(carrier=carrier, tracking=tracking and typed_text(tracking)).where(
            Order.number == number
        ).execute()


def find_order(number: str) -> OrderStatus | None:
    """Where an order is; None if the shop has not got it."""
    row = Order.get_or_none(Order.number == number)
    return None if row is None else _status(row)


def orders_of(caller_number: str | None, limit: int = 5, country: str = "cn") -> list[OrderStatus]:
    """The last orders of whoever calls from this number, the newest first."""
    number = plain(caller_number)
    if number is None:
        return []
    known = known_number(caller_number, country)
    his = Order.caller_number == number
    if known is not None:
        his |= Order.customer == known.customer
    newest = Order.select().join(OrderStep).where(his).group_by(Order.number).order_by(fn.MIN(OrderStep.id).desc())
    return [_status(row) for row in newest.limit(limit)]


def unbooked(since_ms: int) -> list[tuple[str, dict[str, Value]]]:
    """What callers have confirmed since then that is neither an order nor refused: call id and data of the event."""
    events = EventRow.select().where(EventRow.at_ms >= since_ms)
    wanted = {str(row.call_id): json.loads(row.data) for row in events.where(EventRow.kind == Kind.ORDER_WANTED.value)}
    refused = {row.call_id for row in events.where(EventRow.kind == Kind.ORDER_REFUSED.value)}
    bought = {row.call_id for row in Order.select().where(Order.call_id.in_(list(wanted)))}
    return [(call_id, data) for call_id, data in wanted.items() if call_id not in refused | bought]


def _merged(lines: Iterable[tuple[str, int]]) -> Counter[str]:
    merged: Counter[str] = Counter()
    for item, quantity in lines:
        if quantity < 1:
            raise ValueError(f"{quantity} pieces")
        merged[item] += quantity
    return merged


def _priced(call_id: str, item: str, quantity: int, now: datetime, told_fen: Mapping[str, int]) -> Line:
    found = item_to_sell(item, quantity, now, call_id)
    kept = BasketLine.get_or_none(BasketLine.call_id == call_id, BasketLine.product == item)
    return Line(item, quantity, found.name, told_fen.get(item, kept.price_fen if kept else found.price_fen))


def _new_order_number(choice: RandomChoice) -> str:
    """Eight digits that do not tell how many orders there are, nor the next one's."""
    while True:
        number = str(choice(ORDER_NUMBERS))
        if Order.get_or_none(Order.number == number) is None:
            return number


def _story(number: str, lines: Sequence[Line]) -> dict[str, Value]:
    items: list[Value] = [{"item": o.item, "quantity": o.quantity, "price_fen": o.price_fen} for o in lines]
    stock: dict[str, Value] = {line.item: Product.get_by_id(line.item).stock for line in lines}
    return {"order": number, "items": items, "total_fen": total_fen(lines), "stock": stock}


def _status(order: Order) -> OrderStatus:
    steps = list(OrderStep.select().where(OrderStep.order == order).order_by(OrderStep.id))
    lines = OrderLine.select().where(OrderLine.order == order).order_by(OrderLine.id)
    carrier: Carrier | None = order.carrier
    return OrderStatus(
        order.number,
        OrderState(steps[-1].state),
        since=from_ms(steps[-1].at_ms),
        placed_at=from_ms(steps[0].at_ms),
        total_fen=order.total_fen,
        lines=tuple(line_of(row) for row in lines),
        carrier=None if carrier is None else Name(carrier.name_zh, carrier.name_en),
        tracking=order.tracking,
        call_id=order.call_id,
    )
