"""Orders, their deliveries, and carriers: what programs can ask for of them."""

from __future__ import annotations

from typing import Any

from callserver.features.shopping.rules.customers import Buyer, find_member
from callserver.features.shopping.rules.goods import Name, price_at
from callserver.features.shopping.rules.orders import confirm
from callserver.features.shopping.rules.stock import cancel
from callserver.features.shopping.rules.tracking import advance, find_external, find_order, save_carrier
from callserver.features.shopping.tables import OrderState, Payment, Source
from callserver.features.shopping.web.fields import Choice, Fields, Maybe, Record, Rows, Text
from callserver.features.shopping.web.once import EXTERNAL_ID, once
from callserver.features.shopping.web.operations import Asked, Json, Operation, conflict, not_found
from callserver.features.shopping.web.refused import by_the_rules
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.views import (
    ANY_TEXT,
    CARRIER,
    FEN,
    MEMBER,
    NAME_EN,
    NAME_ZH,
    NUMBER,
    ORDER,
    ORDER_NUMBER,
    PIECES,
    TELEPHONE,
    order_json,
)
from callserver.wire.catalogue import Complaint

REACHED = tuple(state for state in OrderState if state not in (OrderState.PLACED, OrderState.CANCELLED))
LINES = 50


def place(asked: Asked) -> Json:
    """By the same rules as a caller's; at today's prices."""
    taken = once("order", asked, lambda: _place(asked))
    return shown(taken["number"])


def get_order(asked: Asked) -> Json:
    return shown(asked.path["number"])


def get_external(asked: Asked) -> Json:
    external_id = asked.path["external_id"]
    found = find_external(Source.WEB, external_id)
    if found is None:
        raise not_found("external_id", Complaint("there is no order {id}", id=external_id))
    return order_json(found)


def put_state(asked: Asked) -> Json:
    """What is told twice is done once."""
    number, body = asked.path["number"], asked.body
    state = OrderState(body["state"])
    if body["tracking"] is not None and body["carrier"] is None:
        raise conflict("no_carrier", Complaint("a tracking number needs its carrier"), "carrier")
    with by_the_rules():
        advance(number, state, asked.now, body["carrier"], body["tracking"])
    return shown(number)


def cancel_order(asked: Asked) -> Json:
    with by_the_rules():
        cancel(asked.path["number"], asked.now)
    return shown(asked.path["number"])


def put_carrier(asked: Asked) -> Json:
    save_carrier(asked.path["carrier"], Name(asked.body["name_zh"], asked.body["name_en"]))
    return {"carrier": asked.path["carrier"], **asked.body}


def shown(number: str) -> Json:
    """
    :raises Problem: there is none
    """
    found = find_order(number)
    if found is None:
        raise not_found("number", Complaint("there is no order {number}", number=number))
    return order_json(found)


def buyer(member_number: str | None) -> Buyer | None:
    """
    :raises Problem: there is none of this number
    """
    if member_number is None:
        return None
    found = find_member(member_number)
    if found is None:
        complaint = Complaint("there is no customer {member}", member=member_number)
        raise conflict("unknown_customer", complaint, "member_number")
    return found


def _place(asked: Asked) -> Json:
    body = asked.body
    customer = buyer(body["member_number"])
    if customer is None and body["address"] is None:
        raise conflict("no_address", Complaint("without a customer it needs an address"), "address")
    for n, line in enumerate(body["lines"]):
        _check_price(line, f"lines[{n}].price_fen", asked)
    with by_the_rules("lines"):
        taken = confirm(
            None,
            customer,
            [(line["product"], line["quantity"]) for line in body["lines"]],
            asked.stamp,
            body["telephone"],
            payment=Payment(body["payment"]),
            source=Source.WEB,
            external_id=body["external_id"],
            address=body["address"],
        )
    asked.shown += [taken.event] if taken.event is not None else []
    return {"number": taken.order_number}


def _check_price(line: dict[str, Any], field: str, asked: Asked) -> None:
    """A customer pays what he was shown, or is asked again."""
    costs = price_at(line["product"], asked.now)
    if line["price_fen"] is not None and costs is not None and costs != line["price_fen"]:
        complaint = Complaint("{item} costs ¥{now_fen} now", item=line["product"], now_fen=costs)
        raise conflict("price_changed", complaint, field)


ORDER_LINE = Record(
    "pieces of one item",
    {"product": NUMBER, "quantity": PIECES, "price_fen": Maybe(FEN)},
    frozenset({"price_fen"}),
)
WANTED = Record(
    "what somebody buys; `price_fen` is what he was shown of one piece",
    {
        "external_id": EXTERNAL_ID,
        "member_number": Maybe(MEMBER),
        "telephone": Maybe(TELEPHONE),
        "address": Maybe(Text("where it goes; null: to the customer's", 300)),
        "payment": Choice("how it is paid", tuple(Payment)),
        "lines": Rows("what is bought", ORDER_LINE, LINES),
    },
    frozenset({"member_number", "telephone", "address"}),
)
STATE = Record(
    "how far it has come",
    {
        "state": Choice("a state that may follow on the one it has", REACHED),
        "carrier": Maybe(CARRIER),
        "tracking": Maybe(Text("the carrier's number of the parcel", 40)),
    },
    frozenset({"carrier", "tracking"}),
)
PATH: Fields = {"number": ORDER_NUMBER}
NAMES: Fields = {"name_zh": NAME_ZH, "name_en": NAME_EN}
OPERATIONS = (
    Operation(
        "placeOrder",
        "POST",
        "/v1/orders",
        Scope.WRITE_ORDERS,
        "buy, once",
        place,
        ORDER,
        body=WANTED,
        refusals=(409,),
        then=("getOrder", "putOrderState", "cancelOrder"),
    ),
    Operation(
        "getOrder",
        "GET",
        "/v1/orders/<number>",
        Scope.READ_ORDERS,
        "one order",
        get_order,
        ORDER,
        PATH,
        refusals=(404,),
    ),
    Operation(
        "findOrder",
        "GET",
        "/v1/orders/by-external-id/<external_id>",
        Scope.READ_ORDERS,
        "the order that a program has named so",
        get_external,
        ORDER,
        {"external_id": EXTERNAL_ID},
        refusals=(404,),
    ),
    Operation(
        "putOrderState",
        "PUT",
        "/v1/orders/<number>/state",
        Scope.WRITE_DELIVERIES,
        "how far an order has come, with carrier and number",
        put_state,
        ORDER,
        PATH,
        body=STATE,
        refusals=(404, 409),
    ),
    Operation(
        "cancelOrder",
        "DELETE",
        "/v1/orders/<number>",
        Scope.WRITE_ORDERS,
        "it is not wanted any more; only before it is packed",
        cancel_order,
        ORDER,
        PATH,
        refusals=(404, 409),
    ),
    Operation(
        "putCarrier",
        "PUT",
        "/v1/carriers/<carrier>",
        Scope.WRITE_DELIVERIES,
        "add or change who brings parcels",
        put_carrier,
        Record("a carrier", {"carrier": ANY_TEXT, "name_zh": ANY_TEXT, "name_en": ANY_TEXT}),
        {"carrier": CARRIER},
        body=Record("its names", NAMES),
    ),
)
