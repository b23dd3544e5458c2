"""What the server tells of orders, for tests of screens."""

from __future__ import annotations

from typing import Any

LI = {
    "number": "600001",
    "name": "李明",
    "telephones": ["13800138000"],
    "address": "深圳市南山区",
    "language": "zh",
    "balance_fen": 32000,
    "points": 0,
    "pin": "set",
    "orders": 2,
    "last_order": None,
    "reservations": [],
}
TEA = {
    "item": "1001",
    "name_zh": "龙井绿茶",
    "name_en": "Longjing green tea",
    "pieces": 2,
    "price_fen": 6800,
    "total_fen": 13600,
}


def order(number: str, state: str = "shipped", **more: Any) -> dict[str, Any]:
    """A row of `list_orders`."""
    row = {
        "order": number,
        "state": state,
        "placed": "2026-11-20T02:02:00+00:00",
        "since": "2026-11-21T02:02:00+00:00",
        "pieces": 2,
        "total_fen": 13600,
        "payment": "on delivery",
        "carrier_zh": "顺丰速运",
        "carrier_en": "SF Express",
        "parcel": f"SF{number}",
        "may_be_cancelled": state in ("placed", "paid"),
    }
    return row | more


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """What `show_order` tells of it."""
    steps = [{"state": "placed", "at": row["placed"]}, {"state": row["state"], "at": row["since"]}]
    more = {"member": "600001", "telephone": "13800138000", "source": "agent", "call": "", "address": "深圳市南山区"}
    return row | more | {"lines": [TEA], "steps": steps}
