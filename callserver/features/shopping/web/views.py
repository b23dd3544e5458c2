"""How goods, customers, orders and reservations are told to programs; read from the shop's books."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from callserver.features.shopping.rules.customers import telephones_of
from callserver.features.shopping.rules.goods import Line, find_item, price_at
from callserver.features.shopping.rules.reservations import Reserved
from callserver.features.shopping.rules.tracking import OrderStatus
from callserver.features.shopping.tables import (
    ITEM_DIGITS,
    MEMBER_DIGITS,
    Customer,
    OrderState,
    Payment,
    Product,
    ReservationState,
    Source,
)
from callserver.features.shopping.web.fields import Choice, Maybe, Moment, Record, Rows, Text, Whole, YesNo
from callserver.store.tables import to_ms

NUMBER = Text("as callers key it: 1 to 8 digits", ITEM_DIGITS, form="[0-9]+", example="1001")
MEMBER = Text("the customer's member number: 1 to 12 digits", MEMBER_DIGITS, form="[0-9]+", example="600001")
ORDER_NUMBER = Text("eight digits, as callers are told it", 8, least=8, form="[0-9]+", example="58204713")
CARRIER = Text("a short word for who brings parcels", 16, form="[a-z0-9-]+", example="sf")
TELEPHONE = Text(
    "as it is dialled, or with + and the country", 24, least=3, form=r"\+?[0-9]{3,20}", example="13800138000"
)
NAME_ZH = Text("Chinese name; a recorded prompt is found by it", 80)
NAME_EN = Text("English name", 80)
FEN_MAX = 100_000_000
FEN = Whole("whole fen", high=FEN_MAX)
PIECES = Whole("pieces", low=1, high=1_000_000)
ANY_TEXT = Text("as it is in the shop's books", 1000, least=0, form=r"[^\x00]*")
ANY_WHOLE = Whole("whole number")

PRODUCT = Record(
    "an item of the shop",
    {
        "product": NUMBER,
        "name_zh": ANY_TEXT,
        "name_en": ANY_TEXT,
        "price_fen": Maybe(Whole("of one piece now; null: it has none yet")),
        "order_limit": Whole("pieces in one order"),
        "category": Maybe(ANY_TEXT),
        "on_sale": YesNo("it can be ordered, if it is there"),
        "stock": Whole("pieces in the shop"),
        "available": Whole("of these, what a new customer can have: neither held in a call nor waited for"),
    },
)
CUSTOMER = Record(
    "a person the shop delivers to",
    {
        "member_number": ANY_TEXT,
        "name": ANY_TEXT,
        "address": ANY_TEXT,
        "language": Choice("spoken to him; '' is not known", ("", "zh", "en")),
        "telephones": Rows("from which he calls", ANY_TEXT, 1000, least=0),
        "balance_fen": ANY_WHOLE,
        "points": ANY_WHOLE,
    },
)
ORDER_LINE = Record(
    "pieces of one item",
    {"product": ANY_TEXT, "name_zh": ANY_TEXT, "name_en": ANY_TEXT, "quantity": ANY_WHOLE, "price_fen": ANY_WHOLE},
)
ORDER = Record(
    "what was bought, and where it is",
    {
        "number": ANY_TEXT,
        "external_id": Maybe(ANY_TEXT),
        "source": Choice("where it was made", tuple(Source)),
        "state": Choice("how far it has come", tuple(OrderState)),
        "since": Moment("of this state"),
        "placed_at": Moment("when it was made"),
        "payment": Choice("how it is paid", tuple(Payment)),
        "total_fen": ANY_WHOLE,
        "member_number": Maybe(ANY_TEXT),
        "telephone": Maybe(ANY_TEXT),
        "address": Maybe(ANY_TEXT),
        "carrier": Maybe(ANY_TEXT),
        "tracking": Maybe(ANY_TEXT),
        "lines": Rows("what was bought", ORDER_LINE, 1000, least=0),
        "steps": Rows(
            "states it has come to",
            Record("one of them", {"state": Choice("the state", tuple(OrderState)), "at": Moment("when")}),
            100,
        ),
    },
)
RESERVATION = Record(
    "pieces that somebody waits for",
    {
        "number": ANY_TEXT,
        "external_id": Maybe(ANY_TEXT),
        "state": Choice("open, and then one of the others for ever", tuple(ReservationState)),
        "product": ANY_TEXT,
        "quantity": ANY_WHOLE,
        "price_fen": ANY_WHOLE,
        "made_at": Moment("when it was made"),
        "until": Moment("so long it waits"),
        "order": Maybe(ANY_TEXT),
        "member_number": Maybe(ANY_TEXT),
        "telephone": Maybe(ANY_TEXT),
    },
)


def product_json(row: Product, now: datetime) -> dict[str, Any]:
    """As PRODUCT says."""
    item = find_item(row.number, now)
    return {
        "product": row.number,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "price_fen": price_at(row.number, now),
        "order_limit": row.order_limit,
        "category": row.category_id,
        "on_sale": row.withdrawn_ms is None or row.withdrawn_ms > to_ms(now),
        "stock": row.stock,
        "available": 0 if item is None else item.available,
    }


def customer_json(row: Customer) -> dict[str, Any]:
    """As CUSTOMER says; never a PIN."""
    return {
        "member_number": row.member_number,
        "name": row.name,
        "address": row.address,
        "language": row.language,
        "telephones": telephones_of(row.member_number),
        "balance_fen": row.balance_fen,
        "points": row.points,
    }


def order_json(order: OrderStatus) -> dict[str, Any]:
    """As ORDER says."""
    return {
        "number": order.number,
        "external_id": order.external_id,
        "source": order.source,
        "state": order.state,
        "since": moment(order.since),
        "placed_at": moment(order.placed_at),
        "payment": order.payment,
        "total_fen": order.total_fen,
        "member_number": order.member_number,
        "telephone": order.caller_number,
        "address": order.address,
        "carrier": order.carrier_code,
        "tracking": order.tracking,
        "lines": [_line_json(line) for line in order.lines],
        "steps": [{"state": one.state, "at": moment(one.at)} for one in order.steps],
    }


def reservation_json(found: Reserved) -> dict[str, Any]:
    """As RESERVATION says."""
    return {
        "number": found.number,
        "external_id": found.external_id,
        "state": found.state,
        "product": found.item,
        "quantity": found.quantity,
        "price_fen": found.price_fen,
        "made_at": moment(found.made_at),
        "until": moment(found.until),
        "order": found.order,
        "member_number": found.member_number,
        "telephone": found.caller_number,
    }


def moment(at: datetime) -> str:
    """In UTC, with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "product": line.item,
        "name_zh": line.name.zh,
        "name_en": line.name.en,
        "quantity": line.quantity,
        "price_fen": line.price_fen,
    }
