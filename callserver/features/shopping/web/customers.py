"""Customers: what programs can ask for of them. PINs are not theirs to see or to set."""

from __future__ import annotations

from typing import Any

from callserver.features.shopping.rules.customers import lock_customers, save_customer
from callserver.features.shopping.rules.locks import lock_telephones
from callserver.features.shopping.tables import Customer
from callserver.features.shopping.web.fields import Choice, Fields, Record, Rows, Text
from callserver.features.shopping.web.goods import PAGE, PAGING, ROWS, SAVED, paged
from callserver.features.shopping.web.operations import Asked, Json, Operation, not_found, page
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.views import CUSTOMER, MEMBER, TELEPHONE, customer_json
from callserver.wire.catalogue import Complaint

ABOUT: Fields = {
    "name": Text("his name", 80),
    "address": Text("where parcels go", 300),
    "language": Choice("spoken to him; '' is not known", ("", "zh", "en")),
    "telephones": Rows("from which he calls; those of another customer become his", TELEPHONE, 10, least=0),
}
FREE = frozenset({"language"})


def put_customer(asked: Asked) -> Json:
    _save(asked, asked.path["member_number"], asked.body)
    return {"saved": 1}


def put_customers(asked: Asked) -> Json:
    lock_telephones()
    lock_customers(row["member_number"] for row in asked.body["customers"])
    for row in asked.body["customers"]:
        _save(asked, row["member_number"], row)
    return {"saved": len(asked.body["customers"])}


def get_customer(asked: Asked) -> Json:
    number = asked.path["member_number"]
    row = Customer.get_or_none(Customer.member_number == number)
    if row is None:
        raise not_found("member_number", Complaint("there is no customer {member}", member=number))
    return customer_json(row)


def get_customers(asked: Asked) -> Json:
    behind = Customer.member_number > asked.query.get("after", "")
    rows = Customer.select().where(behind).order_by(Customer.member_number)
    return paged(rows, asked, "member_number", customer_json)


def _save(asked: Asked, member: str, row: dict[str, Any]) -> None:
    save_customer(
        member,
        row["name"],
        row["address"],
        row["telephones"],
        language=row["language"] or "",
        country=asked.country,
    )


PATH: Fields = {"member_number": MEMBER}
CUSTOMERS = Rows("customers", Record("one of them", {"member_number": MEMBER, **ABOUT}, FREE), ROWS)
OPERATIONS = (
    Operation(
        "getCustomers",
        "GET",
        "/v1/customers",
        Scope.READ_CUSTOMERS,
        "all customers",
        get_customers,
        page("customers", CUSTOMER, PAGE),
        query=PAGING,
    ),
    Operation(
        "putCustomers",
        "POST",
        "/v1/customers",
        Scope.WRITE_CUSTOMERS,
        "add or change several customers: all of them or none",
        put_customers,
        SAVED,
        body=Record("customers", {"customers": CUSTOMERS}),
    ),
    Operation(
        "getCustomer",
        "GET",
        "/v1/customers/<member_number>",
        Scope.READ_CUSTOMERS,
        "one customer",
        get_customer,
        CUSTOMER,
        PATH,
        refusals=(404,),
    ),
    Operation(
        "putCustomer",
        "PUT",
        "/v1/customers/<member_number>",
        Scope.WRITE_CUSTOMERS,
        "add or change a customer",
        put_customer,
        SAVED,
        PATH,
        body=Record("the customer", ABOUT, FREE),
    ),
)
