"""Baskets: what a call has chosen is held for it alone, and remembered for its number when it ends too early."""

from datetime import datetime, timedelta
from typing import Any

from callserver.features.shopping.rules.customers import plain
from callserver.features.shopping.rules.goods import Item, Line, Name, find_item, item_to_sell, line_of, lock_items
from callserver.features.shopping.tables import BasketLine, Product
from callserver.store.prepared import Prepared
from callserver.store.tables import to_ms

LEASE_S = 900.0  # a call holds its pieces so long after it chose them
KEPT_S = 1800.0  # a basket is remembered so long after its caller hung up

_BASKET = Prepared(
    lambda call_id: (
        BasketLine.select(
            BasketLine.product,
            BasketLine.quantity,
            Product.name_zh,
            Product.name_en,
            BasketLine.price_fen,
        )
        .join(Product)
        .where(BasketLine.call_id == call_id)
        .order_by(BasketLine.id)
    )
)


def hold(
    call_id: str,
    item: str,
    quantity: int,
    now: datetime,
    lease_s: float = LEASE_S,
    caller_number: str | None = None,
    told_fen: int | None = None,
) -> Item:
    """
    Put `quantity` pieces of an item in the call's basket and keep them from all others; replaces what it held of it.

    :param told_fen: what the caller was told that one costs; None: today's price
    :raises OrderRefused: UnknownItem, SoldOut, AboveStock or AboveLimit; then the basket is as before
    :raises ValueError: for less than one piece
    """
    lock_items([item])
    found = item_to_sell(item, quantity, now, call_id)
    until = to_ms(now + timedelta(seconds=lease_s))
    BasketLine.delete().where(BasketLine.call_id == call_id, BasketLine.product == item).execute()
    BasketLine.create(
        call_id=call_id,
        product=item,
        quantity=quantity,
        price_fen=found.price_fen if told_fen is None else told_fen,
        held_until_ms=until,
        caller_number=plain(caller_number),
        kept_until_ms=to_ms(now + timedelta(seconds=lease_s + KEPT_S)),
    )
    return found


def basket(call_id: str) -> list[Line]:
    """What a call has chosen so far."""
    return [Line(item, n, Name(zh, en), price_fen) for item, n, zh, en, price_fen in _BASKET.rows(call_id)]


def release(call_id: str, item: str | None = None) -> None:
    """The call wants nothing of its basket any more, or nothing of this item."""
    its = BasketLine.call_id == call_id
    BasketLine.delete().where(its if item is None else its & (BasketLine.product == item)).execute()


def keep_basket(call_id: str, caller_number: str | None, now: datetime, keep_s: float = KEPT_S) -> None:
    """The caller hung up: what he had chosen is free for others, and remembered for his number for a while."""
    number = plain(caller_number)
    BasketLine.delete().where(BasketLine.kept_until_ms < to_ms(now)).execute()
    if number is None:
        release(call_id)
    elif basket(call_id):
        _forget(number, call_id, now)
        until = to_ms(now + timedelta(seconds=keep_s))
        changes = {"held_until_ms": 0, "kept_until_ms": until, "caller_number": number}
        BasketLine.update(changes).where(BasketLine.call_id == call_id).execute()


def kept_basket(caller_number: str | None, now: datetime) -> list[Line]:
    """What this number had chosen in a call that ended before it bought."""
    number = plain(caller_number)
    if number is None:
        return []
    his = (BasketLine.caller_number == number) & (BasketLine.kept_until_ms > to_ms(now)) & _unheld(now)
    return [line_of(row) for row in BasketLine.select().where(his).order_by(BasketLine.id)]


def resume_basket(call_id: str, caller_number: str | None, now: datetime) -> list[Line]:
    """Give a call the basket that was kept for its number, as far as the stock allows; the basket then."""
    kept = kept_basket(caller_number, now)
    lock_items(line.item for line in kept)
    for line in kept:
        found = find_item(line.item, now, call_id)
        quantity = min(line.quantity, found.available, found.limit) if found else 0
        if quantity:
            hold(call_id, line.item, quantity, now, caller_number=caller_number)
    number = plain(caller_number)
    if number is not None:
        _forget(number, call_id, now)
    return basket(call_id)


def _forget(number: str, except_call: str, now: datetime) -> None:
    his = (BasketLine.caller_number == number) & (BasketLine.call_id != except_call) & _unheld(now)
    BasketLine.delete().where(his).execute()


def _unheld(now: datetime) -> Any:
    return BasketLine.held_until_ms <= to_ms(now)
