"""How orders, their sums and their goods read on every screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_, yuan

STATE_WORDS = {
    "placed": N_("placed"),
    "paid": N_("paid"),
    "packed": N_("packed"),
    "shipped": N_("shipped"),
    "delivered": N_("delivered"),
    "returned": N_("returned"),
    "cancelled": N_("cancelled"),
}
ON_DELIVERY, BALANCE = "on delivery", "balance"
PAYMENT_WORDS = {ON_DELIVERY: N_("Cash on delivery"), BALANCE: N_("From the balance")}
UNDER_WAY = ("placed", "paid", "packed", "shipped")  # a parcel that somebody still waits for
OrderRow = Mapping[str, Any]


def state_word(work: Workplace, state: str) -> str:
    """How far an order has come; the word of a newer server is shown as it is."""
    return work.words(STATE_WORDS.get(state, state))


def payment_word(work: Workplace, payment: str) -> str:
    """How it is paid."""
    return work.words(PAYMENT_WORDS.get(payment, payment))


def money(fen: int | None) -> str:
    """As people write it; "" for a price that there is not."""
    return "" if fen is None else f"¥{yuan(fen)}"


def parcel(work: Workplace, order: OrderRow) -> str:
    """Who brings it, and the number it has there."""
    return f"{order[f'carrier_{work.language}']} {order['parcel']}".strip()


def goods_line(work: Workplace, line: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Item, name, price, pieces, sum."""
    name, price, total = line[f"name_{work.language}"], money(line["price_fen"]), money(line["total_fen"])
    return str(line["item"]), str(name), price, str(line["pieces"]), total


def day(iso: str) -> str:
    """The day alone, where a list has no room for more."""
    return moment(iso)[:10]
