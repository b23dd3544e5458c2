"""Fills a new shop with the demo goods of sample.toml, where they were asked for, and takes them away again."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from callserver.features.shopping import rules
from callserver.features.shopping.rules import Line, Name
from callserver.features.shopping.rules.orders import Wish, place_order
from callserver.features.shopping.tables import OrderState, Product, Source

PAID_DAYS_AGO = 40  # into the balances: before the oldest order
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
    first = now - timedelta(days=3650)
    for category in shop["categories"]:
        rules.save_category(category["number"], Name(category["zh"], category["en"]), is_sample=True)
    for item in shop["goods"]:
        _load_item(item, shop["orders"], first)
    for customer in shop["customers"]:
        _load_customer(customer, now)
    for carrier in shop["carriers"]:
        rules.save_carrier(carrier["code"], Name(carrier["zh"], carrier["en"]), is_sample=True)
    for order in sorted(shop["orders"], key=lambda order: -int(order["days_ago"]["placed"])):
        _load_order(order, now)


def _load_item(item: dict[str, Any], orders: list[dict[str, Any]], first: datetime) -> None:
    """What the orders take has been in stock too."""
    name, price, category = Name(item["zh"], item["en"]), item["price"], item["category"]
    rules.save_item(item["number"], name, item["limit"], first, price_fen=price, category=category, is_sample=True)
    sold = sum(order["goods"].get(item["number"], 0) for order in orders)
    rules.move_stock(item["number"], item["stock"] + sold, "delivery", first)


def _load_customer(customer: dict[str, Any], now: datetime) -> None:
    number = customer["number"]
    language, telephones = customer["language"], customer["telephones"]
    rules.save_customer(number, customer["name"], customer["address"], telephones, language=language, is_sample=True)
    rules.pay_in(number, customer["paid_in"], now - timedelta(days=PAID_DAYS_AGO))
    rules.set_pin(number, customer["pin"])


def _load_order(order: dict[str, Any], now: datetime) -> None:
    placed_at, *_ = (now - timedelta(days=days) for days in order["days_ago"].values())
    lines = [_line(item, quantity, placed_at) for item, quantity in order["goods"].items()]
    buyer = rules.find_buyer(order["telephone"])
    wish = Wish(None, None, buyer, order["telephone"], Source.SAMPLE)
    place_order(order["number"], lines, placed_at, wish, is_sample=True)
    for state, days in list(order["days_ago"].items())[1:]:
        parcel = (order["carrier"], order["tracking"]) if state == OrderState.SHIPPED else (None, None)
        rules.advance(order["number"], OrderState(state), now - timedelta(days=days), *parcel)


def _line(item: str, quantity: int, at: datetime) -> Line:
    found = rules.find_item(item, at)
    assert found is not None
    return Line(item, quantity, found.name, found.price_fen)
