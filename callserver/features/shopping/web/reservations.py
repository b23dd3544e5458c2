"""Reservations: what programs can ask for of them."""

from __future__ import annotations

from dataclasses import replace

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules.reservations import cancel_reservation, find_reservation, reserve
from callserver.features.shopping.tables import Source
from callserver.features.shopping.web.fields import Fields, Maybe, Record
from callserver.features.shopping.web.once import EXTERNAL_ID, once
from callserver.features.shopping.web.operations import Asked, Json, Operation, not_found
from callserver.features.shopping.web.orders import buyer
from callserver.features.shopping.web.refused import by_the_rules
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.views import (
    MEMBER,
    NUMBER,
    ORDER_NUMBER,
    PIECES,
    RESERVATION,
    TELEPHONE,
    reservation_json,
)
from callserver.wire.catalogue import Complaint


def place(asked: Asked) -> Json:
    """It becomes an order when the pieces come: at once, if they are there."""
    return shown(once("reservation", asked, lambda: _place(asked))["number"])


def get_reservation(asked: Asked) -> Json:
    return shown(asked.path["number"])


def cancel(asked: Asked) -> Json:
    with by_the_rules():
        cancel_reservation(asked.path["number"], asked.now)
    return shown(asked.path["number"])


def shown(number: str) -> Json:
    """
    :raises Problem: there is none
    """
    found = find_reservation(number)
    if found is None:
        raise not_found("number", Complaint("there is no reservation {number}", number=number))
    return reservation_json(found)


def _place(asked: Asked) -> Json:
    body = asked.body
    with by_the_rules("product"):
        found = reserve(
            None,
            buyer(body["member_number"]),
            body["product"],
            body["quantity"],
            replace(asked.stamp, kind=Kind.RESERVATION.value),
            body["telephone"],
            source=Source.WEB,
            external_id=body["external_id"],
        )
    return {"number": found.number}


WANTED = Record(
    "what somebody waits for, at today's price",
    {
        "external_id": EXTERNAL_ID,
        "member_number": MEMBER,
        "telephone": Maybe(TELEPHONE),
        "product": NUMBER,
        "quantity": PIECES,
    },
    frozenset({"telephone"}),
)
PATH: Fields = {"number": ORDER_NUMBER}
OPERATIONS = (
    Operation(
        "reserve",
        "POST",
        "/v1/reservations",
        Scope.WRITE_ORDERS,
        "wait for pieces that are not there",
        place,
        RESERVATION,
        body=WANTED,
        refusals=(409,),
        then=("getReservation", "cancelReservation"),
    ),
    Operation(
        "getReservation",
        "GET",
        "/v1/reservations/<number>",
        Scope.READ_ORDERS,
        "one reservation",
        get_reservation,
        RESERVATION,
        PATH,
        refusals=(404,),
    ),
    Operation(
        "cancelReservation",
        "DELETE",
        "/v1/reservations/<number>",
        Scope.WRITE_ORDERS,
        "it is not wanted any more",
        cancel,
        RESERVATION,
        PATH,
        refusals=(404, 409),
    ),
)
