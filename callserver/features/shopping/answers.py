"""The shop's books as agents' programs are told of them: plain values, money in fen, times with their offset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from callserver.features.shopping import rules
from callserver.features.shopping.books.searching import Good, Known

Row = dict[str, Any]


def moment(at: datetime) -> str:
    """ISO 8601, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def known_row(one: Known) -> Row:
    """A customer in a list."""
    return {
        "number": one.number,
        "name": one.name,
        "telephones": list(one.telephones),
        "address": one.address,
        "has_pin": one.has_pin,
    }


def good_row(one: Good) -> Row:
    """An item in a list; `available` counts neither what is held for others nor what is waited for."""
    item = one.item
    return {
        "item": one.number,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "price_fen": one.price_fen,
        "stock": one.stock,
        "available": 0 if item is None else item.available,
        "limit": 0 if item is None else item.limit,
        "on_sale": item is not None,
    }


def order_row(one: rules.OrderStatus) -> Row:
    """An order in a list."""
    return {
        "order": one.number,
        "state": one.state.value,
        "placed": moment(one.placed_at),
        "since": moment(one.since),
        "pieces": sum(line.quantity for line in one.lines),
        "total_fen": one.total_fen,
        "payment": one.payment.value,
        "carrier_zh": one.carrier.zh if one.carrier is not None else "",
        "carrier_en": one.carrier.en if one.carrier is not None else "",
        "parcel": one.tracking or "",
        "may_be_cancelled": one.may_be_cancelled,
    }


def whole_order(one: rules.OrderStatus) -> Row:
    """An order with all that is known of it."""
    return order_row(one) | {
        "lines": line_rows(one.lines),
        "address": one.address or "",
        "member": one.member_number or "",
        "telephone": one.caller_number or "",
        "source": one.source.value,
        "call": one.call_id or "",
        "steps": [{"state": step.state.value, "at": moment(step.at)} for step in one.steps],
    }


def line_rows(lines: Sequence[rules.Line]) -> list[Row]:
    """Of an order or a basket."""
    return [
        {
            "item": line.item,
            "name_zh": line.name.zh,
            "name_en": line.name.en,
            "pieces": line.quantity,
            "price_fen": line.price_fen,
            "total_fen": line.quantity * line.price_fen,
        }
        for line in lines
    ]


def reservation_row(one: rules.Reserved) -> Row:
    """Pieces that somebody waits for."""
    return {
        "reservation": one.number,
        "state": one.state.value,
        "item": one.item,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "pieces": one.quantity,
        "price_fen": one.price_fen,
        "made": moment(one.made_at),
        "until": moment(one.until),
        "order": one.order or "",
    }
