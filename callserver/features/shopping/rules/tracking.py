"""
Where orders are, and how they go on.

    placed ──> paid ──> packed ──> shipped ──> delivered
       │         │                    │            │
       └────┬────┘                    └─────┬──────┘
        cancelled                        returned

A step may be left out on the way to shipped; none is taken back. `cancel` is in `stock`: it brings pieces back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from peewee import fn

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules.accounts import earn_points, lose_points, move_balance
from callserver.features.shopping.rules.customers import known_as
from callserver.features.shopping.rules.goods import Line, Name
from callserver.features.shopping.rules.locks import lock
from callserver.features.shopping.rules.orders import step
from callserver.features.shopping.rules.refusals import UnknownCarrier, UnknownOrder, WrongStep
from callserver.features.shopping.tables import (
    Carrier,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    Payment,
    Product,
    Source,
)
from callserver.store.prepared import Prepared
from callserver.store.tables import EventRow, from_ms
from callserver.wire.records import Value
from callserver.wire.typed import typed_text

NEWEST = 2**62  # behind all steps
BEFORE_PACKED = (OrderState.PLACED, OrderState.PAID)
NEXT = {
    OrderState.PLACED: (OrderState.PAID, OrderState.PACKED, OrderState.SHIPPED),
    OrderState.PAID: (OrderState.PACKED, OrderState.SHIPPED),
    OrderState.PACKED: (OrderState.SHIPPED,),
    OrderState.SHIPPED: (OrderState.DELIVERED, OrderState.RETURNED),
    OrderState.DELIVERED: (OrderState.RETURNED,),
}


class _OrderRow(NamedTuple):
    """Columns of an order, in the order in which they are selected."""

    number: str
    total_fen: int
    carrier: str | None
    tracking: str | None
    call_id: str | None
    payment: str
    source: str
    external_id: str | None
    customer: str | None
    caller_number: str | None
    address: str | None


def _orders(which: Any) -> Any:
    return Order.select(*[getattr(Order, name) for name in _OrderRow._fields]).where(which)


def _newest(which: Any) -> Any:
    return _orders(which).join(OrderStep).group_by(Order.number).order_by(fn.MIN(OrderStep.id).desc())


_STEPS = Prepared(
    lambda *numbers: (
        OrderStep.select(OrderStep.order, OrderStep.state, OrderStep.at_ms)
        .where(OrderStep.order.in_(numbers))
        .order_by(OrderStep.id)
    )
)
_LINES = Prepared(
    lambda *numbers: (
        OrderLine.select(
            OrderLine.order,
            OrderLine.product,
            OrderLine.quantity,
            Product.name_zh,
            Product.name_en,
            OrderLine.price_fen,
        )
        .join(Product)
        .where(OrderLine.order.in_(numbers))
        .order_by(OrderLine.id)
    )
)
_CARRIERS = Prepared(
    lambda *codes: Carrier.select(Carrier.code, Carrier.name_zh, Carrier.name_en).where(Carrier.code.in_(codes))
)
_ORDER = Prepared(lambda number: _orders(Order.number == number))
_EXTERNAL = Prepared(lambda source, external_id: _orders((Order.source == source) & (Order.external_id == external_id)))
_OF_CALLER = Prepared(lambda number, limit: _newest(Order.caller_number == number).limit(limit))
_OF_CUSTOMER = Prepared(
    lambda number, member, limit: _newest((Order.caller_number == number) | (Order.customer == member)).limit(limit)
)
_OF_MEMBER = Prepared(lambda member, limit: _newest(Order.customer == member).limit(limit))
_PLACED = Prepared(
    lambda member, before, limit: (
        OrderStep.select(OrderStep.order, fn.MIN(OrderStep.id))
        .join(Order)
        .where(Order.customer == member)
        .group_by(OrderStep.order)
        .having(fn.MIN(OrderStep.id) < before)
        .order_by(fn.MIN(OrderStep.id).desc())
        .limit(limit)
    )
)
_NAMED = Prepared(lambda *numbers: _orders(Order.number.in_(numbers)))
_OF_CALL = Prepared(lambda call_id: _newest(Order.call_id == call_id))


@dataclass(frozen=True)
class Reached:
    """A state that an order has come to, and when."""

    state: OrderState
    at: datetime


@dataclass(frozen=True)
class OrderStatus:
    """Where an order is, since when, and how it came there."""

    number: str
    state: OrderState
    since: datetime
    placed_at: datetime
    total_fen: int
    lines: tuple[Line, ...]
    carrier: Name | None = None
    tracking: str | None = None
    call_id: str | None = None  # of the call in which it was bought
    steps: tuple[Reached, ...] = ()
    payment: Payment = Payment.ON_DELIVERY
    source: Source = Source.CALL
    external_id: str | None = None
    member_number: str | None = None
    caller_number: str | None = None
    address: str | None = None
    carrier_code: str | None = None

    @property
    def may_be_cancelled(self) -> bool:
        """It is not packed yet."""
        return self.state in BEFORE_PACKED


def advance(
    number: str, state: OrderState, at: datetime, carrier: str | None = None, tracking: str | None = None
) -> None:
    """
    An order has come to a state; a shipped one has a carrier (its code) and a tracking number. Told again, it is once.

    What the customer's balance has paid comes back to it when the order is returned; the pieces come back by
    `move_stock`, if they can be sold again.

    :raises UnknownOrder, UnknownCarrier: the shop has it not
    :raises WrongStep: it cannot come there from where it is
    """
    order, now_at = lock_order(number)
    if state is not now_at:
        if state not in NEXT.get(now_at, ()):
            raise WrongStep(number, now_at, state)
        _account(order, state, at)
        step(order, state, at)
    if carrier is not None:
        _hand_over(number, carrier, tracking)


def lock_order(number: str) -> tuple[Order, OrderState]:
    """
    An order and its state, which nobody else changes until this transaction ends.

    :raises UnknownOrder: the shop has it not
    """
    lock_orders([number])
    order = Order.get_or_none(Order.number == number)
    if order is None:
        raise UnknownOrder(number)
    newest = OrderStep.select().where(OrderStep.order == number).order_by(OrderStep.id.desc()).first()
    return order, OrderState(newest.state)


def lock_orders(numbers: Iterable[str]) -> None:
    """Nobody else changes the state of these until this transaction ends."""
    lock(Order.select(Order.number).where(Order.number.in_(list(numbers))).order_by(Order.number))


def give_back(order: Order, reason: str, at: datetime) -> None:
    """What the customer's balance had paid comes back to it."""
    if order.payment == Payment.BALANCE and order.customer_id is not None:
        move_balance(order.customer_id, order.total_fen, reason, at, order.number)


def save_carrier(code: str, name: Name, *, is_sample: bool = False) -> None:
    """A new carrier, or another name for an old one."""
    known = {"name_zh": name.zh, "name_en": name.en}
    if not Carrier.update(known).where(Carrier.code == code).execute():
        Carrier.create(code=code, is_sample=is_sample, **known)


def find_order(number: str) -> OrderStatus | None:
    """Where an order is; None if the shop has not got it."""
    return next(iter(_statuses(_ORDER.rows(number))), None)


def find_external(source: Source, external_id: str) -> OrderStatus | None:
    """The order that a web shop names so."""
    return next(iter(_statuses(_EXTERNAL.rows(source.value, external_id))), None)


def orders_of(caller_number: str | None, limit: int = 5, country: str = "cn") -> list[OrderStatus]:
    """The last orders of whoever calls from this number, the newest first."""
    caller = known_as(caller_number, country)
    if caller is None:
        return []
    number, member = caller
    return _statuses(_OF_CALLER.rows(number, limit) if member is None else _OF_CUSTOMER.rows(number, member, limit))


def orders_of_member(member_number: str, limit: int = 5) -> list[OrderStatus]:
    """The last orders of a customer, the newest first."""
    return _statuses(_OF_MEMBER.rows(member_number, limit))


def order_page(member_number: str, before: int | None, limit: int) -> tuple[list[OrderStatus], int | None]:
    """
    Some of a customer's orders, the newest first, and what asks for those before them; None: there are none.

    :param before: which asks for them; None: from the newest on
    """
    found = _PLACED.rows(member_number, NEWEST if before is None else before, limit + 1)
    numbers = [number for number, _ in found[:limit]]
    by_number = {order.number: order for order in _statuses(_NAMED.rows(*numbers))} if numbers else {}
    return [by_number[number] for number in numbers], found[limit - 1][1] if len(found) > limit else None


def number_of_orders(member_number: str) -> int:
    """How many a customer has."""
    return int(Order.select().where(Order.customer == member_number).count())


def orders_of_call(call_id: str) -> list[OrderStatus]:
    """What was bought in a call, the first first."""
    return _statuses(_OF_CALL.rows(call_id))[::-1]


def unbooked(since_ms: int) -> list[tuple[str, dict[str, Value]]]:
    """
    What callers have confirmed since then that is neither an order nor refused: call id and data of the event.

    `nth` in the data is which of the call's orders it is; without it, the first.
    """
    events = EventRow.select().where(EventRow.at_ms >= since_ms).order_by(EventRow.seq)
    wanted = {_key(row): row for row in events.where(EventRow.kind == Kind.ORDER_WANTED.value)}
    refused = {_key(row): row.seq for row in events.where(EventRow.kind == Kind.ORDER_REFUSED.value)}
    bought = {row.order_key for row in Order.select().where(Order.order_key.in_(list(wanted)))}
    left = {key for key, row in wanted.items() if refused.get(key, -1) < row.seq} - bought  # wanted again is wanted
    return [(str(row.call_id), json.loads(row.data)) for key, row in wanted.items() if key in left]


def _key(row: EventRow) -> str:
    return f"{row.call_id}/{json.loads(row.data).get('nth', 1)}"


def _account(order: Order, state: OrderState, at: datetime) -> None:
    if state is OrderState.DELIVERED:
        earn_points(order, at)
    elif state is OrderState.RETURNED:
        lose_points(order, at)
        give_back(order, "returned order", at)


def _hand_over(number: str, carrier: str, tracking: str | None) -> None:
    if Carrier.get_or_none(Carrier.code == carrier) is None:
        raise UnknownCarrier(carrier)
    given = {"carrier": carrier, "tracking": tracking and typed_text(tracking)}
    Order.update(given).where(Order.number == number).execute()


def _statuses(found: Sequence[tuple[Any, ...]]) -> list[OrderStatus]:
    """Of rows of ORDER; as many statements for a hundred orders as for one."""
    orders = [_OrderRow(*row) for row in found]
    numbers = [order.number for order in orders]
    steps, lines = defaultdict[str, list[Reached]](list), defaultdict[str, list[Line]](list)
    for number, state, at_ms in _STEPS.rows(*numbers):
        steps[number].append(Reached(OrderState(state), from_ms(at_ms)))
    for number, item, quantity, name_zh, name_en, price_fen in _LINES.rows(*numbers):
        lines[number].append(Line(item, quantity, Name(name_zh, name_en), price_fen))
    codes = {order.carrier for order in orders if order.carrier is not None}
    carriers = {code: Name(zh, en) for code, zh, en in _CARRIERS.rows(*codes)} if codes else {}
    return [_status(order, steps[order.number], lines[order.number], carriers) for order in orders]


def _status(
    order: _OrderRow, steps: Sequence[Reached], lines: Sequence[Line], carriers: Mapping[str, Name]
) -> OrderStatus:
    return OrderStatus(
        order.number,
        steps[-1].state,
        since=steps[-1].at,
        placed_at=steps[0].at,
        total_fen=order.total_fen,
        lines=tuple(lines),
        carrier=carriers[order.carrier] if order.carrier is not None else None,
        tracking=order.tracking,
        call_id=order.call_id,
        steps=tuple(steps),
        payment=Payment(order.payment),
        source=Source(order.source),
        external_id=order.external_id,
        member_number=order.customer,
        caller_number=order.caller_number,
        address=order.address,
        carrier_code=order.carrier,
    )
