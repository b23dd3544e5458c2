"""Goods as the shop writes them down: categories, items, prices from a moment on, what is sold no more."""

from datetime import datetime

from callserver.features.shopping.rules.goods import Name, lock_items, price_at
from callserver.features.shopping.rules.refusals import UnknownItem
from callserver.features.shopping.tables import Category, Price, Product
from callserver.store.tables import to_ms


def save_category(number: str, name: Name, *, is_sample: bool = False) -> None:
    """A new category, or another name for an old one."""
    known = {"name_zh": name.zh, "name_en": name.en}
    if not Category.update(known).where(Category.number == number).execute():
        Category.create(number=number, is_sample=is_sample, **known)


def save_item(
    number: str,
    name: Name,
    limit: int,
    now: datetime,
    *,
    price_fen: int | None = None,
    category: str | None = None,
    is_sample: bool = False,
) -> None:
    """
    A new item, with nothing in stock, or what an old one is like from now on; it is on sale.

    :param limit: pieces in one order
    :param price_fen: from now on; None: as it was
    :raises ValueError: for a price below nothing, or a limit that sells none
    """
    if limit < 1:
        raise ValueError(f"at most {limit} pieces")
    known = {"name_zh": name.zh, "name_en": name.en, "order_limit": limit, "category": category, "withdrawn_ms": None}
    if not Product.update(known).where(Product.number == number).execute():
        Product.create(number=number, stock=0, is_sample=is_sample, **known)
    if price_fen is not None and price_fen != price_at(number, now):
        set_price(number, price_fen, now)


def set_price(item: str, price_fen: int, since: datetime) -> None:
    """
    What one piece costs from then on, until a later price begins; replaces what began at the same moment.

    :raises UnknownItem: the shop has no such item
    :raises ValueError: for a price below nothing
    """
    if price_fen < 0:
        raise ValueError(f"{price_fen} fen")
    lock_items([item])
    if Product.get_or_none(Product.number == item) is None:
        raise UnknownItem(item)
    Price.delete().where(Price.product == item, Price.from_ms == to_ms(since)).execute()
    Price.create(product=item, from_ms=to_ms(since), price_fen=price_fen)


def withdraw(item: str, since: datetime) -> None:
    """
    Not sold from then on; orders keep it. `save_item` puts it on sale again.

    :raises UnknownItem: the shop has no such item
    """
    if not Product.update(withdrawn_ms=to_ms(since)).where(Product.number == item).execute():
        raise UnknownItem(item)
