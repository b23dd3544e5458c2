"""Pieces that come to the shop, or come back, go first to who waits for them."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from callserver.features.shopping.rules.customers import lock_customers
from callserver.features.shopping.rules.goods import lock_items, shift_stock
from callserver.features.shopping.rules.orders import RandomChoice, step
from callserver.features.shopping.rules.refusals import WrongStep
from callserver.features.shopping.rules.reservations import fill_reservations
from callserver.features.shopping.rules.tracking import BEFORE_PACKED, give_back, lock_order, lock_orders
from callserver.features.shopping.tables import Order, OrderLine, OrderState


def move_stock(
    item: str,
    quantity: int,
    reason: str,
    at: datetime,
    order: str | None = None,
    choice: RandomChoice = secrets.choice,
) -> list[str]:
    """
    Pieces come or go; reservations that can be filled then become orders, whose numbers are returned.

    :param reason: "delivery", "return", "correction"
    :param order: that it belongs to
    :raises OrderRefused: SoldOut, rather than let the stock fall below nothing; UnknownItem
    """
    shift_stock(item, quantity, reason, at, order)
    return fill_reservations(item, at, choice) if quantity > 0 else []


def lock_for_steps(steps: Mapping[str, OrderState]) -> None:
    """
    Before several orders go on in one transaction: all that their steps lock, in the order of locks.

    Each for itself, the second order would be locked after the first one's change was appended (`rules.locks`).
    """
    lock_orders(steps)
    cancelled = [number for number, state in steps.items() if state is OrderState.CANCELLED]
    lock_items(row.product_id for row in OrderLine.select().where(OrderLine.order.in_(cancelled)))
    orders = Order.select(Order.customer).where(Order.number.in_(list(steps)))
    lock_customers({row.customer_id for row in orders if row.customer_id is not None})


def cancel(number: str, now: datetime, choice: RandomChoice = secrets.choice) -> None:
    """
    An order is not wanted any more: pieces and balance come back. Said again, it is once.

    :raises UnknownOrder: the shop has it not
    :raises WrongStep: it is packed already, or further
    """
    order, state = lock_order(number)
    if state is OrderState.CANCELLED:
        return
    if state not in BEFORE_PACKED:
        raise WrongStep(number, state, OrderState.CANCELLED)
    lines = list(OrderLine.select().where(OrderLine.order == number).order_by(OrderLine.product))
    lock_items(line.product_id for line in lines)
    for line in lines:
        shift_stock(line.product_id, line.quantity, "cancelled order", now, number)
    give_back(order, "cancelled order", now)
    step(order, OrderState.CANCELLED, now)
    for line in lines:
        fill_reservations(line.product_id, now, choice)
