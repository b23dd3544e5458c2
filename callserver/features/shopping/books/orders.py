"""Orders as the shop's people see them: which there are, each with its proof, and the list of them as a sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ
from callserver.features.shopping import rules
from callserver.features.shopping.books import fields
from callserver.features.shopping.books.table import Column
from callserver.features.shopping.proofs import CONFIRMED, READ_BACK
from callserver.features.shopping.rules import OrderStatus, Reserved
from callserver.features.shopping.rules.reservations import reserved
from callserver.features.shopping.tables import (
    Carrier,
    Customer,
    CustomerNumber,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    Payment,
    Reservation,
    ReservationState,
)
from callserver.features.shopping.words import ORDER_STATES
from callserver.store.sheets.sheet import Written
from callserver.store.tables import CallRow, EventRow, from_ms, to_ms
from callserver.wire.catalogue import LANGUAGES, N_, known, text

TRACKING_MAX = 40
PAYMENTS = {Payment.ON_DELIVERY: N_("on delivery"), Payment.BALANCE: N_("from the balance")}
HEARD = {READ_BACK: N_("read back"), CONFIRMED: N_("confirmed")}
NO_CARRIER = N_("there is no carrier yet: make it with `orders carriers set`")


@dataclass(frozen=True)
class OrderRow:
    """One line of the list of orders."""

    number: str
    state: OrderState
    since: datetime
    placed_at: datetime
    member_number: str | None
    name: str
    telephone: str | None
    address: str | None
    items: tuple[tuple[str, int], ...]
    total_fen: int
    payment: Payment
    carrier: str | None
    tracking: str | None
    is_sample: bool


@dataclass(frozen=True)
class Wanted:
    """Which orders; what is None makes no difference."""

    state: OrderState | None = None
    member: str | None = None
    item: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Proof:
    """Where the order can be heard."""

    call_id: str
    recording: str | None
    marks: tuple[tuple[str, float], ...]  # what is heard of it there, and after how many seconds
    cut: str  # the file in the folder of proofs, if it has been cut out


def list_orders(wanted: Wanted, limit: int | None) -> list[OrderRow]:
    """The newest first; run in `store.read`."""
    ends = OrderStep.select(OrderStep.order, fn.MIN(OrderStep.id).alias("first"), fn.MAX(OrderStep.id).alias("last"))
    ends = ends.group_by(OrderStep.order).alias("ends")
    first, last = OrderStep.alias(), OrderStep.alias()
    columns = (Order, last.state.alias("now_state"), last.at_ms.alias("since_ms"), first.at_ms.alias("placed_ms"))
    rows: Any = Order.select(*columns).join(ends, on=(ends.c.order_id == Order.number))
    rows = rows.switch(Order).join(first, on=(first.id == ends.c.first)).switch(Order)
    rows = rows.join(last, on=(last.id == ends.c.last)).order_by(first.id.desc())
    filters = list(_filters(wanted, first, last))
    found = list((rows.where(reduce(and_, filters)) if filters else rows).limit(limit).dicts())
    return list(_order_rows(found))


def proof_of(number: str) -> Proof | None:
    """None for one that was not made by telephone; run in `store.read`."""
    order = Order.get_or_none(Order.number == number)
    if order is None or order.call_id is None:
        return None
    call = CallRow.get_or_none(CallRow.id == order.call_id)
    events = EventRow.select().where(EventRow.call_id == order.call_id, EventRow.kind == Kind.RECORDING_MARK.value)
    nth = str(order.order_key).rpartition("/")[2]
    words = {mark.format(n=nth): said for mark, said in HEARD.items()}
    marks = [json.loads(row.data) for row in events.order_by(EventRow.seq)]
    heard = tuple((words[mark["text"]], mark["sample"] / RATE_HZ) for mark in marks if mark.get("text") in words)
    return Proof(order.call_id, None if call is None else call.recording, heard, _cut(order))


def with_proofs() -> dict[str, tuple[str, datetime]]:
    """Orders made by telephone and when, by the file that proves one if it was cut out; run in `store.read`."""
    placed: Any = OrderStep.select(OrderStep.order, fn.MIN(OrderStep.at_ms)).group_by(OrderStep.order).tuples()
    moments = {number: from_ms(placed_ms) for number, placed_ms in placed}
    rows = Order.select().where(Order.call_id.is_null(False))
    return {_cut(row): (row.number, moments[row.number]) for row in rows}


def _cut(order: Order) -> str:
    return f"{order.call_id}-{str(order.order_key).rpartition('/')[2]}.wav"


def carriers() -> dict[str, tuple[str, ...]]:
    """Names of carriers by their codes; run in `store.read`."""
    return {row.code: (row.name_zh, row.name_en) for row in Carrier.select().order_by(Carrier.code)}


def list_reservations(state: ReservationState | None, limit: int) -> list[Reserved]:
    """The newest first; run in `store.read`."""
    rows = Reservation.select().order_by(Reservation.made_ms.desc()).limit(limit)
    return [reserved(row) for row in (rows.where(Reservation.state == state) if state is not None else rows)]


def order_columns(there: dict[str, tuple[str, ...]]) -> Sequence[Column]:
    """Of the list as people keep it: what may be changed by it is how far an order is, and who brings it."""
    states = {state.value: tuple(known(one, words) for one in LANGUAGES) for state, words in ORDER_STATES.items()}
    return (
        Column("number", N_("order"), fields.words("", 8)),
        Column("state", N_("state"), fields.one_of(states, "", "")),
        Column("carrier", N_("carrier"), fields.one_of(there, "", NO_CARRIER)),
        Column("tracking", N_("tracking number"), fields.words("", TRACKING_MAX)),
        Column("placed", N_("placed at")),
        Column("customer", N_("customer")),
        Column("name", N_("name")),
        Column("telephone", N_("telephone")),
        Column("address", N_("address")),
        Column("items", N_("items")),
        Column("total", N_("total in yuan")),
        Column("payment", N_("payment")),
    )


def order_rows(found: Iterable[OrderRow], language: str, zone: Any) -> Iterator[Sequence[Written]]:
    """As `order_columns` has them."""
    for one in found:
        yield (
            one.number,
            text(language, ORDER_STATES[one.state]),
            one.carrier,
            one.tracking,
            f"{one.placed_at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.member_number,
            one.name,
            one.telephone,
            one.address,
            items_text(one.items),
            Decimal(one.total_fen).scaleb(-2),
            text(language, PAYMENTS[one.payment]),
        )


def items_text(items: Iterable[tuple[str, int]]) -> str:
    """Each with its pieces."""
    return ", ".join(f"{item}×{n}" for item, n in items)


def advance(number: str, state: OrderState, now: datetime, carrier: str | None, tracking: str | None) -> OrderStatus:
    """
    As the rules do it, a cancellation too; run in `store.write`.

    :raises OrderRefused: as the rules do
    """
    if state is OrderState.CANCELLED:
        rules.cancel(number, now)
    else:
        rules.advance(number, state, now, carrier, tracking)
    found = rules.find_order(number)
    assert found is not None
    return found


def _filters(wanted: Wanted, first: Any, last: Any) -> Iterator[Any]:
    if wanted.state is not None:
        yield last.state == wanted.state
    if wanted.member is not None:
        yield Order.customer == wanted.member
    if wanted.item is not None:
        yield Order.number.in_(OrderLine.select(OrderLine.order).where(OrderLine.product == wanted.item))
    if wanted.since is not None:
        yield first.at_ms >= to_ms(wanted.since)
    if wanted.until is not None:
        yield first.at_ms < to_ms(wanted.until)


def _telephones() -> dict[str, str]:
    """
    One for each customer, a mobile before others (0...): of an order that was not made by telephone, what the parcel
    service calls.
    """
    called = CustomerNumber.select().order_by(CustomerNumber.number)
    return {row.customer_id: row.number for row in called}


def _order_rows(found: Sequence[Any]) -> Iterator[OrderRow]:
    names = {row.member_number: row.name for row in Customer.select(Customer.member_number, Customer.name)}
    telephones = _telephones()
    lines: dict[str, list[tuple[str, int]]] = {}
    for line in OrderLine.select().order_by(OrderLine.id):
        lines.setdefault(line.order_id, []).append((line.product_id, line.quantity))
    for row in found:
        yield OrderRow(
            row["number"],
            OrderState(row["now_state"]),
            from_ms(row["since_ms"]),
            from_ms(row["placed_ms"]),
            row["customer"],
            names.get(row["customer"], ""),
            row["caller_number"] or telephones.get(row["customer"]),
            row["address"],
            tuple(lines.get(row["number"], ())),
            row["total_fen"],
            Payment(row["payment"]),
            row["carrier"],
            row["tracking"],
            row["is_sample"],
        )
