"""
Reservations: pieces that somebody waits for; they become an order when the goods come, first come, first served.

                         ┌──> ordered    the pieces came: `fill_reservations`
    (reserve) ──> open ──┼──> expired    they did not come in time: `expire_reservations`
                         └──> cancelled  he does not want them any more: `cancel_reservation`

An open reservation goes one of these ways, once: each is gone under the lock of its item, and the state is looked at
under it. Who waits for five pieces is not overtaken by who waits for one: what has come for him is set aside, for
others there is nothing of it (`goods`). Goods come free not only by a delivery: a lease that ends, a basket given back,
a correction; so `tend_reservations` looks at all that is open, now and then.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from callserver.features.shopping.rules.customers import Buyer, find_member, known_as, plain
from callserver.features.shopping.rules.feed import RESERVATION, append_change
from callserver.features.shopping.rules.goods import Line, Name, item_within_limit, lock_items, unleased
from callserver.features.shopping.rules.orders import RandomChoice, Wish, new_number, place_order, wish_key
from callserver.features.shopping.rules.refusals import ReservationClosed, UnknownOrder
from callserver.features.shopping.rules.tellings import add_news
from callserver.features.shopping.tables import Reservation, ReservationState, Source
from callserver.store.journal import append_event
from callserver.store.tables import from_ms, to_ms
from callserver.wire.records import EventRecord, Value

WAIT_S = 14 * 86400.0  # so long a reservation waits for its pieces


@dataclass(frozen=True)
class Reserved:
    """A reservation, and what has become of it."""

    number: str
    state: ReservationState
    item: str
    name: Name
    quantity: int
    price_fen: int  # of one piece
    made_at: datetime
    until: datetime
    order: str | None = None  # that it has become
    external_id: str | None = None
    member_number: str | None = None
    caller_number: str | None = None


def reserve(
    call_id: str | None,
    customer: Buyer | None,
    item: str,
    quantity: int,
    stamp: EventRecord,
    caller_number: str | None = None,
    choice: RandomChoice = secrets.choice,
    *,
    nth: int = 1,
    wait_s: float = WAIT_S,
    source: Source = Source.CALL,
    external_id: str | None = None,
    told_fen: int | None = None,
) -> Reserved:
    """
    Wait for pieces of an item; once for each wish. If they are there, it is an order at once.

    :param stamp: the event of this moment; it is stored with the reservation's data
    :param nth: of the call's reservations, from 1
    :param told_fen: what the caller was told that one costs; None: today's price
    :raises OrderRefused: UnknownItem or AboveLimit
    :raises ValueError: for less than one piece
    """
    lock_items([item])
    key = wish_key(call_id, nth, source, external_id)
    if Reservation.get_or_none(Reservation.order_key == key) is None:
        today_fen = item_within_limit(item, quantity, stamp.at).price_fen
        price_fen = today_fen if told_fen is None else told_fen
        number = new_number(choice)
        inserted = Reservation.insert(
            number=number,
            order_key=key,
            call_id=call_id,
            source=source,
            external_id=external_id,
            customer=customer and customer.member_number,
            caller_number=plain(caller_number),
            product=item,
            quantity=quantity,
            price_fen=price_fen,
            made_ms=to_ms(stamp.at),
            until_ms=to_ms(stamp.at + timedelta(seconds=wait_s)),
        )
        inserted.on_conflict_ignore().execute()  # waits for a writer who inserts the same wish
        if Reservation.get_or_none(Reservation.number == number) is not None:
            data: dict[str, Value] = {"reservation": number, "item": item, "quantity": quantity, "price_fen": price_fen}
            append_event(replace(stamp, data=data))
            append_change(RESERVATION, number, ReservationState.OPEN, stamp.at)
            fill_reservations(item, stamp.at, choice)
    return reserved(Reservation.get(Reservation.order_key == key))


def fill_reservations(item: str, now: datetime, choice: RandomChoice = secrets.choice) -> list[str]:
    """Make orders of what can be had now of this item, first come, first served; the numbers of the orders."""
    lock_items([item])
    orders = []
    for row in _open(item).where(Reservation.until_ms > to_ms(now)):
        if row.quantity > unleased(item, now):
            break  # who came later does not overtake
        orders.append(_order(row, now, choice))
    return orders


def expire_reservations(now: datetime) -> list[str]:
    """Who has waited in vain waits no more; the numbers of the reservations."""
    late = Reservation.until_ms <= to_ms(now)
    lock_items(row.product_id for row in _open().where(late))
    rows = list(_open().where(late))
    for row in rows:
        _close(row, ReservationState.EXPIRED, now)
        add_news(row, now, call_back=False)
    return [row.number for row in rows]


def tend_reservations(now: datetime, choice: RandomChoice = secrets.choice) -> list[str]:
    """Now and then: who has waited in vain, and what came free without a delivery; the numbers of new orders."""
    items = sorted({row.product_id for row in _open()})
    lock_items(items)
    expire_reservations(now)
    return [order for item in items for order in fill_reservations(item, now, choice)]


def cancel_reservation(number: str, now: datetime, choice: RandomChoice = secrets.choice) -> None:
    """
    He does not want it any more; said again, it is once.

    :raises UnknownOrder: the shop has no such reservation
    :raises ReservationClosed: it has become an order, or has expired
    """
    item = _row(number).product_id
    lock_items([item])
    row = _row(number)
    if row.state == ReservationState.CANCELLED:
        return
    if row.state != ReservationState.OPEN:
        raise ReservationClosed(number, row.state)
    _close(row, ReservationState.CANCELLED, now)
    fill_reservations(item, now, choice)


def find_reservation(number: str) -> Reserved | None:
    """What has become of a reservation; None if the shop has not got it."""
    row = Reservation.get_or_none(Reservation.number == number)
    return None if row is None else reserved(row)


def reservations_of(caller_number: str | None, limit: int = 5, country: str = "cn") -> list[Reserved]:
    """The open reservations of whoever calls from this number, the newest first."""
    caller = known_as(caller_number, country)
    if caller is None:
        return []
    number, member = caller
    his = Reservation.caller_number == number
    if member is not None:
        his |= Reservation.customer == member
    is_open = Reservation.state == ReservationState.OPEN
    return [reserved(row) for row in Reservation.select().where(his, is_open).order_by(-Reservation.id).limit(limit)]


def reservations_of_member(member_number: str, limit: int = 50) -> list[Reserved]:
    """The open reservations of a customer, the newest first."""
    his = (Reservation.customer == member_number) & (Reservation.state == ReservationState.OPEN)
    return [reserved(row) for row in Reservation.select().where(his).order_by(-Reservation.id).limit(limit)]


def reserved_in_call(call_id: str, item: str) -> Reserved | None:
    """The open reservation of this item that was made in a call."""
    its = (Reservation.call_id == call_id) & (Reservation.product == item)
    row = Reservation.get_or_none(its, Reservation.state == ReservationState.OPEN)
    return None if row is None else reserved(row)


def reserved(row: Reservation) -> Reserved:
    """What a row says."""
    return Reserved(
        row.number,
        ReservationState(row.state),
        row.product_id,
        Name(row.product.name_zh, row.product.name_en),
        row.quantity,
        row.price_fen,
        from_ms(row.made_ms),
        from_ms(row.until_ms),
        row.order_id,
        row.external_id,
        row.customer_id,
        row.caller_number,
    )


def _order(row: Reservation, now: datetime, choice: RandomChoice) -> str:
    customer = find_member(row.customer_id) if row.customer_id else None
    wish = Wish(f"reservation/{row.number}", row.call_id, customer, row.caller_number, Source.RESERVATION)
    line = Line(row.product_id, row.quantity, Name(row.product.name_zh, row.product.name_en), row.price_fen)
    order = place_order(new_number(choice), [line], now, wish)
    Reservation.update(order=order.number).where(Reservation.id == row.id).execute()
    _close(row, ReservationState.ORDERED, now)
    add_news(row, now, call_back=True)
    return str(order.number)


def _close(row: Reservation, state: ReservationState, now: datetime) -> None:
    Reservation.update(state=state).where(Reservation.id == row.id).execute()
    append_change(RESERVATION, row.number, state, now)


def _open(item: str | None = None) -> Any:
    rows = Reservation.select().where(Reservation.state == ReservationState.OPEN).order_by(Reservation.id)
    return rows if item is None else rows.where(Reservation.product == item)


def _row(number: str) -> Reservation:
    row: Reservation | None = Reservation.get_or_none(Reservation.number == number)
    if row is None:
        raise UnknownOrder(number)
    return row
