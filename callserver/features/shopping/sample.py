"""Fills a new shop with the demo goods of sample.toml, where they were asked for."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from callserver.features.shopping.rules import Line, Name, advance, find_buyer, move_stock, place_order
from callserver.features.shopping.tables import Carrier, Customer, CustomerNumber, OrderState, Product

FILE = Path(__file__).with_name("sample.toml")


def content() -> dict[str, Any]:
    """What the file holds: goods, customers, carriers, orders."""
    return tomllib.loads(FILE.read_text("utf-8"))


def bare() -> bool:
    """Whether there are no goods at all."""
    return not Product.select().exists()


def load(now: datetime) -> None:
    """Run in `store.write`, in a shop's first life."""
    shop = content()
    for item in shop["goods"]:
        _load_item(item, shop["orders"], first=now - timedelta(days=60))
    for customer in shop["customers"]:
        Customer.create(member_number=customer["number"], name=customer["name"], address=customer["address"])
        for telephone in customer["telephones"]:
            CustomerNumber.create(number=telephone, customer=customer["number"])
    for carrier in shop["carriers"]:
        Carrier.create(code=carrier["code"], name_zh=carrier["zh"], name_en=carrier["en"])
    for order in sorted(shop["orders"], key=lambda order: -int(order["days_ago"]["placed"])):
        _load_order(order, now)


def _load_item(item: dict[str, Any], orders: list[dict[str, Any]], first: datetime) -> None:
    """What the orders take has been in stock too."""
    Product.create(
        number=item["number"],
        name_zh=item["zh"],
        name_en=item["en"],
        price_fen=item["price"],
        stock=0,
        order_limit=item["limit"],
    )
    sold = sum(order["goods"].get(item["number"], 0) for order in orders)
    move_stock(item["number"], item["stock"] + sold, "delivery", first)


def _load_order(order: dict[str, Any], now: datetime) -> None:
    products = [Product.get_by_id(number) for number in order["goods"]]
    lines = [Line(p.number, order["goods"][p.number], Name(p.name_zh, p.name_en), p.price_fen) for p in products]
    reached = {OrderState(state): now - timedelta(days=days) for state, days in order["days_ago"].items()}
    placed_at = reached.pop(OrderState.PLACED)
    place_order(order["number"], lines, placed_at, find_buyer(order["telephone"]), order["telephone"])
    for state, at in reached.items():
        parcel = (order["carrier"], order["tracking"]) if state is OrderState.SHIPPED else (None, None)
        advance(order["number"], state, at, *parcel)
