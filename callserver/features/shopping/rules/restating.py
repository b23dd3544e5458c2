"""
Many items said anew at once, as lists of thousands are taken over: the same as `save_item`, `set_price` and
`move_stock` of each, in a few statements of the database.

First they are staged, in as many turns as one likes, in a table that only this connection sees: nobody waits for that.
Then `restate_goods` does all of it in one transaction.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from peewee import EXCLUDED, BigIntegerField, BooleanField, Case, IntegerField, TextField, Value, chunked

from callserver.features.shopping.rules.locks import lock
from callserver.features.shopping.rules.reservations import fill_reservations
from callserver.features.shopping.tables import (
    Price,
    Product,
    Reservation,
    ReservationState,
    StockMovement,
)
from callserver.store.tables import TemporaryTable, to_ms

ROWS = 500  # of one INSERT


@dataclass(frozen=True)
class Restated:
    """
    An item as it is to be.

    :param on_sale: None: as it was; a new one is on sale
    :param price_fen: from then on; None: as it was
    :param stock: counted, or delivered with a new item; None: as it was
    """

    number: str
    name_zh: str
    name_en: str
    category: str | None
    limit: int
    on_sale: bool | None = None
    price_fen: int | None = None
    stock: int | None = None


class StagedGoods(TemporaryTable):
    """What is to be taken over; a table of one connection."""

    number = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()
    category = TextField(null=True)
    order_limit = IntegerField()
    on_sale = BooleanField(null=True)
    price_fen = BigIntegerField(null=True)
    stock = IntegerField(null=True)

    class Meta:
        table_name = "staged_goods"


def stage_goods(wanted: Iterable[Restated]) -> None:
    """Run in `store.read`, as often as it takes: no table of the shop is touched."""
    StagedGoods.create_table()
    for some in chunked(wanted, ROWS):
        StagedGoods.insert_many([astuple(one) for one in some], fields=StagedGoods._meta.sorted_fields).execute()


def restate_at_once(wanted: Iterable[Restated], now: datetime, reason: str) -> None:
    """A few items, staged and taken over in one transaction; of an item that is named twice the last counts."""
    stage_goods({one.number: one for one in wanted}.values())
    restate_goods(now, reason)


def restate_goods(now: datetime, reason: str) -> list[str]:
    """
    Take over what is staged; the numbers of orders that reservations have become.

    :param reason: of the stock movements
    """
    staged = StagedGoods.select(StagedGoods.number)
    lock(Product.select(Product.number).where(Product.number.in_(staged)).order_by(Product.number))
    _save_items(now)
    _set_prices(now)
    more = _count(now, reason)
    StagedGoods.drop_table()
    return [order for item in more for order in fill_reservations(item, now)]


def _save_items(now: datetime) -> None:
    into: list[Any] = [
        Product.number,
        Product.name_zh,
        Product.name_en,
        Product.category,
        Product.order_limit,
        Product.withdrawn_ms,
        Product.stock,
        Product.is_sample,
    ]
    staged = (
        StagedGoods.number,
        StagedGoods.name_zh,
        StagedGoods.name_en,
        StagedGoods.category,
        StagedGoods.order_limit,
        Case(None, [(~StagedGoods.on_sale, to_ms(now))], None),
        literal(0),
        literal(False),
    )
    update: dict[Any, Any] = {one: getattr(EXCLUDED, one.column_name) for one in into[1:5]}
    update[Product.is_sample] = False  # whoever says it anew has made it his own
    # SQLite wants a WHERE before ON CONFLICT
    new = StagedGoods.select(*staged).where(StagedGoods.number != "").order_by(StagedGoods.number)
    Product.insert_from(new, into).on_conflict(conflict_target=[Product.number], update=update).execute()
    for on_sale, since_ms in ((True, None), (False, to_ms(now))):
        turned = StagedGoods.select(StagedGoods.number).where(StagedGoods.on_sale == on_sale)
        Product.update(withdrawn_ms=since_ms).where(Product.number.in_(turned)).execute()


def _set_prices(now: datetime) -> None:
    """A price that is what it was begins nothing."""
    begun = Price.select(Price.price_fen).where(Price.product == StagedGoods.number, Price.from_ms <= to_ms(now))
    now_fen = begun.order_by(Price.from_ms.desc()).limit(1)
    StagedGoods.update(price_fen=None).where(StagedGoods.price_fen == now_fen).execute()
    priced = StagedGoods.select(StagedGoods.number).where(StagedGoods.price_fen.is_null(False))
    Price.delete().where(Price.from_ms == to_ms(now), Price.product.in_(priced)).execute()
    rows = StagedGoods.select(StagedGoods.number, literal(to_ms(now)), StagedGoods.price_fen)
    into = [Price.product, Price.from_ms, Price.price_fen]
    Price.insert_from(rows.where(StagedGoods.price_fen.is_null(False)), into).execute()


def _count(now: datetime, reason: str) -> list[str]:
    """Stocks become what is staged; the items that have more than before and are waited for."""
    change = StagedGoods.stock - Product.stock
    counted = StagedGoods.select().join(Product, on=(Product.number == StagedGoods.number)).where(change != 0)
    is_open = Reservation.state == ReservationState.OPEN
    waited_for = Reservation.select(Reservation.product).where(is_open)
    more = counted.select(StagedGoods.number).where(change > 0, StagedGoods.number.in_(waited_for))
    found = sorted(row.number for row in more)
    rows = counted.select(StagedGoods.number, change, literal(reason), literal(to_ms(now)))
    into = [StockMovement.product, StockMovement.quantity, StockMovement.reason, StockMovement.at_ms]
    StockMovement.insert_from(rows, into).execute()
    stock = StagedGoods.select(StagedGoods.stock).where(StagedGoods.number == Product.number)
    known = StagedGoods.select(StagedGoods.number).where(StagedGoods.stock.is_null(False))
    Product.update(stock=stock).where(Product.number.in_(known)).execute()
    return found


def literal(value: Any) -> Any:
    """As it is; of a column it would be converted as that column's values are."""
    return Value(value, converter=False)
