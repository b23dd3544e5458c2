"""
Goods: what there is, for whom, at what price.

Who may have a piece: first who holds it by a lease that runs, then who has reserved before, then who comes. So of an
item a call may have its own lease, and of what nobody has leased what no open reservation waits for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from callserver.features.shopping.rules.locks import lock
from callserver.features.shopping.rules.refusals import AboveLimit, AboveStock, SoldOut, UnknownItem
from callserver.features.shopping.tables import (
    BasketLine,
    Category,
    OrderLine,
    Price,
    Product,
    Reservation,
    ReservationState,
    StockMovement,
)
from callserver.store.tables import to_ms


@dataclass(frozen=True)
class Name:
    """One name in both languages; the recorded prompts are found by it."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Shelf:
    """A category that has goods."""

    number: str
    name: Name


@dataclass(frozen=True)
class Item:
    """What a caller hears of an item."""

    number: str
    name: Name
    price_fen: int
    available: int  # for this call
    limit: int
    category: str | None = None


@dataclass(frozen=True)
class Line:
    """Pieces of one item, in a basket or an order."""

    item: str
    quantity: int
    name: Name
    price_fen: int  # of one piece


def find_item(number: str, now: datetime, call_id: str = "") -> Item | None:
    """An item on sale by its number, with what is there for this call."""
    row = Product.get_or_none(Product.number == number)
    if row is None or not _on_sale(row, now):
        return None
    price = price_at(number, now)
    return None if price is None else _item(row, price, _available(row, call_id, now))


def categories(now: datetime) -> list[Shelf]:
    """The categories of which something is on sale, in order of their numbers: no key is spent on an empty one."""
    filled = Product.select(Product.category).where(_is_on_sale(now), Product.category.is_null(False))
    in_turn = (fn.LENGTH(Category.number), Category.number)  # 2 before 10
    rows = Category.select().where(Category.number.in_(filled)).order_by(*in_turn)
    return [Shelf(row.number, Name(row.name_zh, row.name_en)) for row in rows]


def has_uncategorised(now: datetime) -> bool:
    """Whether something is on sale that is in no category."""
    return bool(Product.select().where(_is_on_sale(now), Product.category.is_null()).exists())


def items_of(category: str | None, now: datetime, call_id: str = "") -> list[Item]:
    """What is on sale of a category, in order of its numbers; None: what is in none."""
    mine = Product.category.is_null() if category is None else Product.category == category
    found = (find_item(row.number, now, call_id) for row in Product.select().where(mine).order_by(Product.number))
    return [item for item in found if item is not None]


def price_at(item: str, at: datetime) -> int | None:
    """What one piece costs then, in fen; None before its first price."""
    begun = Price.select().where(Price.product == item, Price.from_ms <= to_ms(at))
    newest: Price | None = begun.order_by(Price.from_ms.desc()).first()
    return None if newest is None else newest.price_fen


def lock_items(items: Iterable[str]) -> None:
    """Nobody else changes the stock, leases or reservations of these until this transaction ends."""
    lock(Product.select(Product.number).where(Product.number.in_(list(items))).order_by(Product.number))


def shift_stock(item: str, quantity: int, reason: str, at: datetime, order: str | None = None) -> None:
    """
    Pieces come or go; nobody who waits for them is served: that is `move_stock`.

    :raises SoldOut: rather than let the stock fall below nothing
    """
    enough = Product.update(stock=Product.stock + quantity).where(Product.number == item, Product.stock + quantity >= 0)
    if enough.execute() != 1:
        raise SoldOut(item) if Product.get_or_none(Product.number == item) else UnknownItem(item)
    StockMovement.create(product=item, quantity=quantity, reason=reason, order=order, at_ms=to_ms(at))


def item_to_sell(item: str, quantity: int, now: datetime, call_id: str) -> Item:
    """
    The item, if this call may have so many pieces of it.

    :raises OrderRefused: UnknownItem, SoldOut, AboveStock or AboveLimit
    :raises ValueError: for less than one piece
    """
    found = item_within_limit(item, quantity, now, call_id)
    if not found.available:
        raise SoldOut(item)
    if quantity > found.available:
        raise AboveStock(item, found.available)
    return found


def item_within_limit(item: str, quantity: int, now: datetime, call_id: str = "") -> Item:
    """
    The item, if the shop sells so many pieces of it at once, whether they are there or not.

    :raises OrderRefused: UnknownItem or AboveLimit
    :raises ValueError: for less than one piece
    """
    found = find_item(item, now, call_id)
    if found is None:
        raise UnknownItem(item)
    if quantity < 1:
        raise ValueError(f"{quantity} pieces")
    if quantity > found.limit:
        raise AboveLimit(item, found.limit)
    return found


def unleased(item: str, now: datetime) -> int:
    """Pieces that are there and that no call holds."""
    return int(Product.get_by_id(item).stock) - _leased(item, now)


def total_fen(lines: Iterable[Line]) -> int:
    return sum(line.quantity * line.price_fen for line in lines)


def line_of(row: BasketLine | OrderLine) -> Line:
    return Line(row.product.number, row.quantity, Name(row.product.name_zh, row.product.name_en), row.price_fen)


def _item(row: Product, price_fen: int, available: int) -> Item:
    name = Name(row.name_zh, row.name_en)
    return Item(row.number, name, price_fen, available, row.order_limit, row.category_id)


def _on_sale(row: Product, now: datetime) -> bool:
    return row.withdrawn_ms is None or row.withdrawn_ms > to_ms(now)


def _is_on_sale(now: datetime) -> Any:
    """As a condition of a query."""
    return Product.withdrawn_ms.is_null() | (Product.withdrawn_ms > to_ms(now))


def _available(product: Product, call_id: str, now: datetime) -> int:
    own = _leased(product.number, now, BasketLine.call_id == call_id)
    unheld = int(product.stock) - _leased(product.number, now, BasketLine.call_id != call_id)
    return max(0, min(unheld, own + max(0, unheld - own - _reserved(product.number, now))))


def _leased(item: str, now: datetime, *whose: object) -> int:
    running = (BasketLine.product == item, BasketLine.held_until_ms > to_ms(now), *whose)
    return int(BasketLine.select(fn.COALESCE(fn.SUM(BasketLine.quantity), 0)).where(*running).scalar())


def _reserved(item: str, now: datetime) -> int:
    is_open = Reservation.state == ReservationState.OPEN
    waiting = (Reservation.product == item, is_open, Reservation.until_ms > to_ms(now))
    return int(Reservation.select(fn.COALESCE(fn.SUM(Reservation.quantity), 0)).where(*waiting).scalar())
