"""
Where orders are, and how they go on.

    placed ──> paid ──> packed ──> shipped ──> delivered
       │         │                    │            │
       └────┬────┘                    └─────┬──────┘
        cancelled                        returned

A step may be left out on the way to shipped; none is taken back. `cancel` is in `stock`: it brings pieces back.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules.accounts import earn_points, lose_points, move_balance
from callserver.features.shopping.rules.customers import known_number, plain
from callserver.features.shopping.rules.goods import Line, Name, line_of
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
    Source,
)
from callserver.store.tables import EventRow, from_ms
from callserver.wire.records import Value
from callserver.wire.typed import typed_text

BEFORE_PACKED = (OrderState.PLACED, OrderState.PAID)
NEXT = {
    OrderState.PLACED: (OrderState.PAID, OrderState.PACKED, OrderState.SHIPPED),
    OrderState.PAID: (OrderState.PACKED, OrderState.SHIPPED),
    OrderState.PACKED: (OrderState.SHIPPED,),
    OrderState.SHIPPED: (OrderState.DELIVERED, OrderState.RETURNED),
    OrderState.DELIVERED: (OrderState.RETURNED,),
}


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
    lock(Order.select(Order.number).where(Order.number == number))
    order = Order.get_or_none(Order.number == number)
    if order is None:
        raise UnknownOrder(number)
    newest = OrderStep.select().where(OrderStep.order == number).order_by(OrderStep.id.desc()).first()
    return order, OrderState(newest.state)


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
    row = Order.get_or_none(Order.number == number)
    return None if row is None else _status(row)


def find_external(source: Source, external_id: str) -> OrderStatus | None:
    """The order that a web shop names so."""
    row = Order.get_or_none(Order.source == source, Order.external_id == external_id)
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
    return _newest(his, limit)


def orders_of_member(member_number: str, limit: int = 5) -> list[OrderStatus]:
    """The last orders of a customer, the newest first."""
    return _newest(Order.customer == member_number, limit)


def orders_of_call(call_id: str) -> list[OrderStatus]:
    """What was bought in a call, the first first."""
    return _newest(Order.call_id == call_id, None)[::-1]


def unbooked(since_ms: int) -> list[tuple[str, dict[str, Value]]]:
    """
    What callers have confirmed since then that is neither an order nor refused: call id and data of the event.

    `nth` in the data is which of the call's orders it is; without it, the first.
    """
    events = EventRow.select().where(EventRow.at_ms >= since_ms).order_by(EventRow.seq)
    wanted = {_key(row): row for row in events.where(EventRow.kind == Kind.ORDER_WANTED.value)}
    refused = {_key(row) for row in events.where(EventRow.kind == Kind.ORDER_REFUSED.value)}
    bought = {row.order_key for row in Order.select().where(Order.order_key.in_(list(wanted)))}
    left = wanted.keys() - refused - bought
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


def _newest(which: object, limit: int | None) -> list[OrderStatus]:
    newest = Order.select().join(OrderStep).where(which).group_by(Order.number).order_by(fn.MIN(OrderStep.id).desc())
    return [_status(row) for row in newest.limit(limit)]


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
        steps=tuple(Reached(OrderState(row.state), from_ms(row.at_ms)) for row in steps),
        payment=Payment(order.payment),
        source=Source(order.source),
        external_id=order.external_id,
        member_number=order.customer_id,
        caller_number=order.caller_number,
        address=order.address,
        carrier_code=order.carrier_id,
    )
