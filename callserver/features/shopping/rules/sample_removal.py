"""
The sample goes: every row that the first start has made, and what hangs on it.

Real orders and open reservations may stand on sample goods or sample customers; then nothing is removed, and they are
named. A cancelled order stands on nothing and goes too, so who has tried his new shop cancels what he had ordered
there. Categories and carriers that real goods and orders use stay, and are the shop's own from then on.
"""

from typing import Any

from callserver.features.shopping.rules.customers import lock_customers
from callserver.features.shopping.rules.goods import lock_items
from callserver.features.shopping.rules.locks import lock_telephones
from callserver.features.shopping.rules.refusals import SampleInUse
from callserver.features.shopping.rules.tracking import lock_orders
from callserver.features.shopping.tables import (
    BalanceMovement,
    BasketLine,
    Carrier,
    Category,
    Change,
    Customer,
    CustomerNumber,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    PinTries,
    PointsMovement,
    Price,
    Product,
    Reservation,
    ReservationState,
    StockMovement,
    Telling,
)

OF_ORDERS: tuple[Any, ...] = (StockMovement, BalanceMovement, PointsMovement, OrderLine, OrderStep)
OF_PRODUCTS: tuple[Any, ...] = (BasketLine, StockMovement, Price)
OF_CUSTOMERS: tuple[Any, ...] = (BalanceMovement, PointsMovement, CustomerNumber)


def remove_sample() -> int:
    """
    Take all of the sample away; how many goods it were. Run in `store.write`.

    :raises SampleInUse: with the orders and reservations that stand on it
    """
    lock_telephones()
    goods = [row.number for row in Product.select().where(Product.is_sample)]
    people = [row.member_number for row in Customer.select().where(Customer.is_sample)]
    lock_orders(row.number for row in _orders(goods, people))
    lock_items(goods)
    lock_customers(people)
    orders = _orders(goods, people)
    reservations = list(Reservation.select().where(_about(Reservation, goods, people)))
    _check(orders, reservations)
    _remove_reservations(reservations)
    _remove_orders([row.number for row in orders])
    for of_product in OF_PRODUCTS:
        of_product.delete().where(of_product.product.in_(goods)).execute()
    for of_customer in OF_CUSTOMERS:
        of_customer.delete().where(of_customer.customer.in_(people)).execute()
    PinTries.delete().where(PinTries.subject.in_([f"member {number}" for number in people])).execute()
    Product.delete().where(Product.is_sample).execute()
    Customer.delete().where(Customer.is_sample).execute()
    _leave(Category, Product.select(Product.category))
    _leave(Carrier, Order.select(Order.carrier))
    return len(goods)


def _orders(goods: list[str], people: list[str]) -> list[Order]:
    """Those of the sample, and all others on its goods or for its customers."""
    with_goods = OrderLine.select(OrderLine.order).where(OrderLine.product.in_(goods))
    concerned = Order.is_sample | Order.customer.in_(people) | Order.number.in_(with_goods)
    return list(Order.select().where(concerned).order_by(Order.number))


def _about(table: Any, goods: list[str], people: list[str]) -> Any:
    return table.product.in_(goods) | table.customer.in_(people)


def _check(orders: list[Order], reservations: list[Reservation]) -> None:
    gone = OrderStep.select(OrderStep.order).where(OrderStep.state == OrderState.CANCELLED)
    cancelled = {row.order_id for row in gone}
    real = [row.number for row in orders if not row.is_sample and row.number not in cancelled]
    waiting = [row.number for row in reservations if row.state == ReservationState.OPEN]
    if real or waiting:
        raise SampleInUse(real, waiting)


def _remove_reservations(rows: list[Reservation]) -> None:
    ids = [row.id for row in rows]
    Change.delete().where(Change.number.in_([row.number for row in rows])).execute()
    Telling.delete().where(Telling.reservation.in_(ids)).execute()
    Reservation.delete().where(Reservation.id.in_(ids)).execute()


def _remove_orders(numbers: list[str]) -> None:
    for table in OF_ORDERS:
        table.delete().where(table.order.in_(numbers)).execute()
    Change.delete().where(Change.number.in_(numbers)).execute()
    Order.delete().where(Order.number.in_(numbers)).execute()


def _leave(table: Any, used: Any) -> None:
    """What is in use belongs to the shop; the rest of the sample goes."""
    key = table._meta.primary_key
    in_use = [value for (value,) in used.tuples() if value is not None]
    table.update(is_sample=False).where(table.is_sample, key.in_(in_use)).execute()
    table.delete().where(table.is_sample).execute()
