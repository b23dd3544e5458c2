"""What an agent sees of a caller; run in `store.read`."""

from datetime import datetime
from typing import Any

from callserver.features.shopping.rules import Line, OrderStatus, basket, find_buyer, kept_basket, orders_of


def customer_card(caller_number: str | None, call_id: str, now: datetime, language: str = "zh") -> dict[str, Any]:
    """
    The caller's part of a `callserver.wire.messages.Card`: customer, basket and orders, as plain values.

    The customer is who the number claims to be (`proved` is False); his basket is what this call has chosen, else what
    was kept from his last one.
    """
    buyer = find_buyer(caller_number)
    chosen = basket(call_id) or kept_basket(caller_number, now)
    return {
        "customer": buyer
        and {"number": buyer.member_number, "name": buyer.name, "address": buyer.address, "proved": False},
        "basket": [_basket_line(line, language) for line in chosen],
        "orders": [_past_order(order) for order in orders_of(caller_number)],
    }


def _basket_line(line: Line, language: str) -> dict[str, Any]:
    name = line.name.text(language)
    return {"item": line.item, "name": name, "quantity": line.quantity, "price_fen": line.price_fen}


def _past_order(order: OrderStatus) -> dict[str, Any]:
    placed = order.placed_at.date().isoformat()
    return {"number": order.number, "placed": placed, "state": order.state.value, "total_fen": order.total_fen}
