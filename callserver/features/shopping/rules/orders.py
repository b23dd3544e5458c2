"""Orders: one transaction to buy."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from callserver.features.shopping.rules.accounts import move_balance
from callserver.features.shopping.rules.baskets import release
from callserver.features.shopping.rules.customers import Buyer, plain
from callserver.features.shopping.rules.feed import ORDER, append_change
from callserver.features.shopping.rules.goods import Line, item_to_sell, lock_items, shift_stock, total_fen
from callserver.features.shopping.rules.refusals import UnknownMember
from callserver.features.shopping.tables import (
    BasketLine,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    Payment,
    Product,
    Reservation,
    Source,
)
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, to_ms
from callserver.wire.records import EventRecord, Value

ORDER_NUMBERS = range(10_000_000, 100_000_000)
RandomChoice = Callable[[Sequence[int]], int]
"""Draws one of them."""


@dataclass(frozen=True)
class OrderTaken:
    """An order that is on disk; `already`: it was before. `event` is for those who watch."""

    order_number: str
    total_fen: int
    already: bool
    event: EventRecord | None = None


@dataclass(frozen=True)
class Wish:
    """
    Who wants something, and where it was said.

    :param key: names the wish: the same one told again is the same order, or the same reservation
    """

    key: str | None
    call_id: str | None = None
    customer: Buyer | None = None
    caller_number: str | None = None
    source: Source = Source.CALL
    external_id: str | None = None
    payment: Payment = Payment.ON_DELIVERY
    address: str | None = None


def wish_key(call_id: str | None, nth: int, source: Source, external_id: str | None) -> str:
    """
    The nth order of a call, whoever finishes it; or what a web shop names so.

    :raises ValueError: for neither
    """
    if external_id is not None:
        return f"{source}:{external_id}"
    if call_id is None:
        raise ValueError("neither a call nor an external id")
    return f"{call_id}/{nth}"


def confirm(
    call_id: str | None,
    customer: Buyer | None,
    lines: Iterable[tuple[str, int]],
    stamp: EventRecord,
    caller_number: str | None = None,
    choice: RandomChoice = secrets.choice,
    told_fen: Mapping[str, int] = MappingProxyType({}),
    *,
    nth: int = 1,
    payment: Payment = Payment.ON_DELIVERY,
    source: Source = Source.CALL,
    external_id: str | None = None,
    address: str | None = None,
) -> OrderTaken:
    """
    Buy: order, lines, stock, balance and event, all or nothing, and once for each wish.

    :param lines: item number and quantity; at the price the caller was told, else that of the basket, else today's
    :param told_fen: what he was told that one piece of an item costs
    :param choice: draws the order's number
    :param stamp: the event of this moment; it is stored with the order's data
    :param nth: of the call's orders, from 1
    :param external_id: of a web shop's order; then `call_id` and `nth` do not name it
    :param address: where it goes; None: to the customer's
    :raises OrderRefused: as `hold`; BalanceTooLow, UnknownMember where the balance is to pay
    :raises ValueError: for an empty order or less than one piece
    """
    wanted = _merged(lines)
    if not wanted:
        raise ValueError("an order without items")
    key = wish_key(call_id, nth, source, external_id)
    wish = Wish(key, call_id, customer, plain(caller_number), source, external_id, payment, address)
    lock_items(wanted)
    before = Order.get_or_none(Order.order_key == key)
    if before is not None:
        return OrderTaken(before.number, before.total_fen, already=True)
    priced = [_priced(call_id or "", *line, stamp.at, told_fen) for line in wanted.items()]
    number = new_number(choice)
    taken = place_order(number, priced, stamp.at, wish)
    if taken.number != number:
        return OrderTaken(taken.number, taken.total_fen, already=True)
    if call_id is not None:
        release(call_id)
        CallRow.update(order_number=taken.number).where(CallRow.id == call_id).execute()
    event = replace(stamp, data=_story(taken, priced))
    append_event(event)
    return OrderTaken(taken.number, taken.total_fen, already=False, event=event)


def place_order(number: str, lines: Sequence[Line], at: datetime, wish: Wish, *, is_sample: bool = False) -> Order:
    """
    The order itself, with its stock movements and its payment; part of a transaction that has locked its items.

    :return: another one, and nothing was done, if the wish has become an order in this moment
    :raises OrderRefused: SoldOut, BalanceTooLow, UnknownMember
    """
    inserted = Order.insert(
        number=number,
        order_key=wish.key,
        call_id=wish.call_id,
        source=wish.source,
        external_id=wish.external_id,
        customer=wish.customer and wish.customer.member_number,
        caller_number=wish.caller_number,
        address=wish.address or (wish.customer and wish.customer.address),
        payment=wish.payment,
        total_fen=total_fen(lines),
        is_sample=is_sample,
    )
    inserted.on_conflict_ignore().execute()  # waits for a writer who inserts the same wish
    order: Order = Order.get(Order.order_key == wish.key if wish.key else Order.number == number)
    if order.number != number:
        return order
    for line in lines:
        OrderLine.create(order=number, product=line.item, quantity=line.quantity, price_fen=line.price_fen)
        shift_stock(line.item, -line.quantity, "order", at, number)
    is_paid = wish.payment is Payment.BALANCE
    if is_paid:
        _pay(order, at)
    for state in [OrderState.PLACED, OrderState.PAID] if is_paid else [OrderState.PLACED]:
        step(order, state, at)
    return order


def step(order: Order, state: OrderState, at: datetime) -> None:
    """The order has come to this state; part of a transaction."""
    OrderStep.create(order=order, state=state, at_ms=to_ms(at))
    append_change(ORDER, order.number, state, at)


def new_number(choice: RandomChoice) -> str:
    """Eight digits that do not tell how many orders and reservations there are, nor the next one's."""
    while True:
        number = str(choice(ORDER_NUMBERS))
        if not Order.get_or_none(Order.number == number) and not Reservation.get_or_none(Reservation.number == number):
            return number


def _pay(order: Order, at: datetime) -> None:
    if order.customer_id is None:
        raise UnknownMember(None)
    move_balance(order.customer_id, -order.total_fen, "order", at, order.number)


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


def _story(order: Order, lines: Sequence[Line]) -> dict[str, Value]:
    items: list[Value] = [{"item": o.item, "quantity": o.quantity, "price_fen": o.price_fen} for o in lines]
    stock: dict[str, Value] = {line.item: Product.get_by_id(line.item).stock for line in lines}
    payment = str(order.payment)
    return {"order": order.number, "items": items, "total_fen": order.total_fen, "payment": payment, "stock": stock}
