"""Goods as the shop's people see them: one item with all that is set of it, and the list of them as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from peewee import fn

from callserver.acd.organisation import fields as plain
from callserver.acd.organisation.forms import Form
from callserver.features.shopping import rules
from callserver.features.shopping.books import fields
from callserver.features.shopping.books.table import Column
from callserver.features.shopping.rules import Name
from callserver.features.shopping.tables import Category, Price, Product, StockMovement
from callserver.store.sheets.sheet import Written
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_, Complaint, known

LIMIT, LIMIT_MAX, STOCK_MAX = 20, 1_000_000, 1_000_000_000
NO_CATEGORY = N_("there is no category yet: make it with `goods categories set`")
Shelves = Mapping[str, tuple[str, ...]]
"""Names of categories by their numbers."""


@dataclass(frozen=True)
class Goods:
    """One item; `price` is that of today, in fen."""

    number: str
    name_zh: str = ""
    name_en: str = ""
    category: str = ""
    price: int | None = None
    stock: int = 0
    limit: int = LIMIT
    on_sale: bool = True
    is_sample: bool = False  # of the first start's, and nobody has changed it

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


def goods_form(shelves: Shelves) -> Form:
    """What can be set of an item; its stock is moved, not set."""
    return Form(
        "item",
        {
            "name_zh": fields.words(N_("as callers hear it in Mandarin")),
            "name_en": fields.words(N_("as callers hear it in English")),
            "category": fields.one_of(shelves, N_("number or name; empty: none"), NO_CATEGORY),
            "price": fields.money(N_("of one piece from now on, in yuan")),
            "limit": plain.amount(int, 1, LIMIT_MAX, N_("pieces in one order")),
            "on_sale": fields.yes_no(N_("yes, or no: callers are not offered it")),
        },
        Goods,
        fields.read_keyed_number,
        key="number",
    )


def goods_columns(shelves: Shelves) -> Sequence[Column]:
    """Of the list as people keep it."""
    settings = goods_form(shelves).settings
    return (
        Column("number", N_("item"), fields.keyed_number("")),
        Column("category", N_("category"), settings["category"]),
        Column("name_zh", N_("name in Chinese"), settings["name_zh"]),
        Column("name_en", N_("name in English"), settings["name_en"]),
        Column("price", N_("price in yuan"), settings["price"]),
        Column("stock", N_("in stock"), plain.amount(int, 0, STOCK_MAX, "")),
        Column("limit", N_("pieces in one order"), settings["limit"]),
        Column("on_sale", N_("on sale"), settings["on_sale"]),
        Column("prices_to_come", N_("prices to come")),
    )


def shelves() -> Shelves:
    """The shop's categories; run in `store.read`."""
    return {row.number: (row.name_zh, row.name_en) for row in Category.select().order_by(Category.number)}


def all_goods(now: datetime) -> dict[str, Goods]:
    """Every item by its number, also those that are not on sale; run in `store.read`."""
    rows = Product.select().order_by(Product.number)
    return {found.number: found for found in _with_prices(rows, now)}


def one_goods(number: str, now: datetime) -> Goods | None:
    """One of them; run in `store.read`."""
    return next(iter(_with_prices(Product.select().where(Product.number == number), now)), None)


def coming_prices(now: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """Of all items by number, the first first; run in `store.read`."""
    found: dict[str, list[tuple[datetime, int]]] = {}
    for row in Price.select().where(Price.from_ms > to_ms(now)).order_by(Price.from_ms):
        found.setdefault(row.product_id, []).append((from_ms(row.from_ms), row.price_fen))
    return found


def goods_rows(
    found: Iterable[Goods], names: Shelves, language: str, coming: Mapping[str, str]
) -> Iterable[Sequence[Written]]:
    """
    As `goods_columns` has them.

    :param coming: prices to come, in words, by item
    """
    for one in found:
        zh, en = names.get(one.category, ("", ""))
        yield (
            one.number,
            zh if language == "zh" else en,
            one.name_zh,
            one.name_en,
            None if one.price is None else Decimal(one.price).scaleb(-2),
            one.stock,
            one.limit,
            known(language, fields.YES_NO[one.on_sale]),
            coming.get(one.number),
        )


@dataclass(frozen=True)
class Moved:
    """Pieces that came (positive) or went."""

    at: datetime
    quantity: int
    reason: str
    order: str | None


def movements(number: str, n: int) -> list[Moved]:
    """The last of an item, the newest first; run in `store.read`."""
    rows = StockMovement.select().where(StockMovement.product == number).order_by(StockMovement.id.desc()).limit(n)
    return [Moved(from_ms(row.at_ms), row.quantity, row.reason, row.order_id) for row in rows]


def prices_of(number: str) -> list[tuple[datetime, int]]:
    """All prices of an item with the moments they begin at, the first first; run in `store.read`."""
    rows = Price.select().where(Price.product == number).order_by(Price.from_ms)
    return [(from_ms(row.from_ms), row.price_fen) for row in rows]


def prices_after(number: str, now: datetime) -> list[tuple[datetime, int]]:
    """Those that are to come; run in `store.read`."""
    return [(at, fen) for at, fen in prices_of(number) if at > now]


def cancel_prices(number: str, now: datetime, begins: datetime | None) -> int:
    """
    Prices that are to come do not; how many. Run in `store.write`.

    :param begins: only the one that begins then; None: all
    :raises Complaint: there is none
    """
    coming = (Price.product == number) & (Price.from_ms > to_ms(now))
    gone = Price.delete().where(coming & (Price.from_ms == to_ms(begins)) if begins is not None else coming).execute()
    if not gone:
        raise Complaint("item {number}: no such price is to come", number=number)
    return int(gone)


def refuse_free(price: int | None, before: int | None) -> None:
    """
    A price of nothing is a slip more often than a gift.

    :raises Complaint: it costs nothing, and did not before
    """
    if price == 0 and before != 0:
        raise Complaint("price 0.00: add --free if it is given away")


def refuse_nameless(given: Mapping[str, str]) -> None:
    """
    Who takes a name away would have the other language's name read in its place.

    :raises Complaint: one of the names is to be nothing
    """
    for key in ("name_zh", "name_en"):
        if not given.get(key, key).strip():
            raise Complaint("{key}= is empty: write how callers hear it in that language", key=key)


def named(one: Goods) -> Goods:
    """
    An item with a name in both languages: where it has one only, callers in the other language hear that.

    :raises Complaint: it has none
    """
    if not (one.name_zh or one.name_en):
        raise Complaint("item {number} needs a name, in Chinese, in English or both", number=one.number)
    return replace(one, name_zh=one.name_zh or one.name_en, name_en=one.name_en or one.name_zh)


def save_goods(after: Goods, before: Goods | None, now: datetime, stock: int = 0) -> None:
    """
    A new item (`before` is None), or what has been changed of one; it is the shop's own then. Run in `store.write`.

    :param stock: first delivery of a new one
    :raises OrderRefused: as the rules do
    :raises Complaint: it has no name
    """
    after = named(after)
    price = after.price if before is None or after.price != before.price else None
    name = Name(after.name_zh, after.name_en)
    Product.update(is_sample=False).where(Product.number == after.number).execute()
    rules.save_item(after.number, name, after.limit, now, price_fen=price, category=after.category or None)
    if not after.on_sale:
        rules.withdraw(after.number, now)
    if stock:
        rules.move_stock(after.number, stock, "delivery", now)


def move_pieces(number: str, sign: str, pieces: int, reason: str, now: datetime) -> list[str]:
    """
    Pieces come (+), go (-), or have been counted (=): the stock is what it is then; run in `store.write`.

    :return: numbers of orders that reservations have become
    :raises Complaint: more go than are there
    """
    rules.lock_items([number])
    had = int(Product.get_by_id(number).stock)
    if sign == "-" and pieces > had:
        raise Complaint("of item {number} there are {n} pieces", number=number, n=had)
    more = {"+": pieces, "-": -pieces, "=": pieces - had}[sign]
    return rules.move_stock(number, more, reason, now) if more else []


def remove_category(number: str) -> None:
    """
    Run in `store.write`.

    :raises Complaint: it is not there, or has goods
    """
    there = [row.number for row in Product.select().where(Product.category == number).order_by(Product.number).limit(5)]
    if there:
        raise Complaint("category {number} has goods: {goods}; move them first", number=number, goods=", ".join(there))
    if not Category.delete().where(Category.number == number).execute():
        raise Complaint("there is no category {number}", number=number)


def _with_prices(rows: Iterable[Product], now: datetime) -> Iterable[Goods]:
    begun = Price.select(Price.product, fn.MAX(Price.from_ms).alias("newest")).where(Price.from_ms <= to_ms(now))
    newest = begun.group_by(Price.product).alias("begun")
    same = (Price.product == newest.c.product_id) & (Price.from_ms == newest.c.newest)
    rows_of_prices: Any = Price.select(Price.product, Price.price_fen).join(newest, on=same).tuples()
    prices: dict[str, int] = dict(rows_of_prices)
    for row in rows:
        is_on_sale = row.withdrawn_ms is None or row.withdrawn_ms > to_ms(now)
        yield Goods(
            row.number,
            row.name_zh,
            row.name_en,
            row.category_id or "",
            prices.get(row.number),
            row.stock,
            row.order_limit,
            is_on_sale,
            row.is_sample,
        )
