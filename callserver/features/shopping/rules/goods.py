"""Goods: what there is, for whom, and how it comes and goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from callserver.features.shopping.tables import BasketLine, OrderLine, Product, StockMovement
from callserver.store.tables import to_ms


class OrderRefused(Exception):
    """The item cannot be had so; nothing was changed."""

    def __init__(self, item: str) -> None:
        super().__init__(f"item {item}")
        self.item = item


class UnknownItem(OrderRefused):
    """The shop has no such item."""


class SoldOut(OrderRefused):
    """Nothing is left of it, or all of it is held for other callers."""


class AboveStock(OrderRefused):
    """So many pieces are not there for this caller; `available` are."""

    def __init__(self, item: str, available: int) -> None:
        super().__init__(item)
        self.available = available


class AboveLimit(OrderRefused):
    """The shop sells at most `limit` pieces of it in one order."""

    def __init__(self, item: str, limit: int) -> None:
        super().__init__(item)
        self.limit = limit


@dataclass(frozen=True)
class Name:
    """One name in both languages; the recorded prompts are found by it."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Item:
    """What a caller hears of an item."""

    number: str
    name: Name
    price_fen: int
    available: int  # for this call
    limit: int


@dataclass(frozen=True)
class Line:
    """Pieces of one item, in a basket or an order."""

    item: str
    quantity: int
    name: Name
    price_fen: int  # of one piece


def find_item(number: str, now: datetime, call_id: str = "") -> Item | None:
    """An item by its number, with what is there for this call."""
    row = Product.get_or_none(Product.number == number)
    if row is None:
        return None
    return Item(
        row.number, Name(row.name_zh, row.name_en), row.price_fen, _available(row, call_id, now), row.order_limit
    )


def move_stock(item: str, quantity: int, reason: str, at: datetime, order: str | None = None) -> None:
    """
    Pieces come or go; part of a transaction.

    :raises SoldOut: rather than let the stock fall below nothing
    """
    enough = Product.update(stock=Product.stock + quantity).where(Product.number == item, Product.stock + quantity >= 0)
    if enough.execute() != 1:
        raise SoldOut(item)
    StockMovement.create(product=item, quantity=quantity, reason=reason, order=order, at_ms=to_ms(at))


def _available(product: Product, call_id: str, now: datetime) -> int:
    held = BasketLine.select(fn.COALESCE(fn.SUM(BasketLine.quantity), 0)).where(
        BasketLine.product == product, BasketLine.call_id != call_id, BasketLine.held_until_ms > to_ms(now)
    )
    return max(0, int(product.stock) - int(held.scalar()))


def item_to_sell(item: str, quantity: int, now: datetime, call_id: str) -> Item:
    """
    The item, if this call may have so many pieces of it.

    :raises OrderRefused: UnknownItem, SoldOut, AboveStock or AboveLimit
    :raises ValueError: for less than one piece
    """
    found = find_item(item, now, call_id)
    if found is None:
        raise UnknownItem(item)
    if quantity < 1:
        raise ValueError(f"{quantity} pieces")
    if quantity > found.limit:
        raise AboveLimit(item, found.limit)
    if not found.available:
        raise SoldOut(item)
    if quantity > found.available:
        raise AboveStock(item, found.available)
    return found


def total_fen(lines: Iterable[Line]) -> int:
    return sum(line.quantity * line.price_fen for line in lines)


def line_of(row: BasketLine | OrderLine) -> Line:
    return Line(row.product.number, row.quantity, Name(row.product.name_zh, row.product.name_en), row.price_fen)
