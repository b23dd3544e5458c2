"""What holds in the shop's books at every moment, whatever has been done in whatever order."""

from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import Any

from peewee import fn

from callserver.features.shopping import rules
from callserver.features.shopping.rules.accounts import FEN_A_POINT
from callserver.features.shopping.rules.tracking import BEFORE_PACKED, NEXT
from callserver.features.shopping.tables import (
    BalanceMovement,
    Change,
    Customer,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    Payment,
    PointsMovement,
    Product,
    Reservation,
    ReservationState,
    StockMovement,
)
from callserver.store.tables import to_ms

ENDS = {ReservationState.ORDERED, ReservationState.EXPIRED, ReservationState.CANCELLED}


def check_books(now: datetime) -> None:
    """All of it."""
    _sums()
    for item in Product.select():
        found = rules.find_item(item.number, now)
        assert found is None or 0 <= found.available <= item.stock
    for order in Order.select():
        _order(order)
    _reservations(now)
    _feed()


def _sums() -> None:
    """Stock, balances and points are the sums of their movements, and never below nothing."""
    for row in Product.select():
        assert row.stock == _sum(StockMovement.quantity, StockMovement.product == row) >= 0
    for row in Customer.select():
        assert row.balance_fen == _sum(BalanceMovement.amount_fen, BalanceMovement.customer == row) >= 0
        assert row.points == _sum(PointsMovement.points, PointsMovement.customer == row) >= 0


def _order(order: Order) -> None:
    """It is whole: its lines, its sum, its pieces, its money, its points, its steps."""
    states = [
        OrderState(row.state) for row in OrderStep.select().where(OrderStep.order == order).order_by(OrderStep.id)
    ]
    lines = list(OrderLine.select().where(OrderLine.order == order))
    assert lines
    assert order.total_fen == sum(line.quantity * line.price_fen for line in lines)
    is_cancelled = states[-1] is OrderState.CANCELLED
    for line in lines:
        here = (StockMovement.order == order, StockMovement.product == line.product)
        assert _sum(StockMovement.quantity, *here) == (0 if is_cancelled else -line.quantity)
    is_paid = order.payment == Payment.BALANCE and states[-1] not in (OrderState.CANCELLED, OrderState.RETURNED)
    assert _sum(BalanceMovement.amount_fen, BalanceMovement.order == order) == (-order.total_fen if is_paid else 0)
    earns = order.customer_id is not None and states[-1] is OrderState.DELIVERED
    assert _sum(PointsMovement.points, PointsMovement.order == order) == earns * (order.total_fen // FEN_A_POINT)
    assert states[0] is OrderState.PLACED
    for before, after in pairwise(states):
        assert after in NEXT[before] or (after is OrderState.CANCELLED and before in BEFORE_PACKED)


def _reservations(now: datetime) -> None:
    """Each is open or has ended once; an order if it became one; and nobody was overtaken."""
    for row in Reservation.select():
        told = [change.state for change in Change.select().where(Change.number == row.number).order_by(Change.sequence)]
        assert told[0] == ReservationState.OPEN
        assert told[1:] == ([] if row.state == ReservationState.OPEN else [row.state])
        assert set(told[1:]) <= ENDS
        assert (row.order is not None) is (row.state == ReservationState.ORDERED)
        of_it = list(Order.select().where(Order.order_key == f"reservation/{row.number}"))
        assert [order.number for order in of_it] == ([row.order_id] if row.order_id else [])
        for order in of_it:
            assert order.total_fen == row.quantity * row.price_fen
        assert row.telling_set.count() == (row.state in (ReservationState.ORDERED, ReservationState.EXPIRED))
    waiting = Reservation.select().where(Reservation.state == ReservationState.OPEN, Reservation.until_ms > to_ms(now))
    for row in waiting:
        later = (Reservation.product == row.product, Reservation.id > row.id)
        assert not Reservation.select().where(*later, Reservation.state == ReservationState.ORDERED).exists()


def _feed() -> None:
    """Numbers without a gap; each step of each order is told once."""
    changes = list(Change.select().order_by(Change.sequence))
    assert [change.sequence for change in changes] == list(range(1, len(changes) + 1))
    assert rules.last_sequence() == len(changes)
    told = Counter((change.number, change.state) for change in changes if change.kind == "order")
    assert told == Counter((row.order_id, row.state) for row in OrderStep.select())


def _sum(column: Any, *where: Any) -> int:
    return int(column.model.select(fn.COALESCE(fn.SUM(column), 0)).where(*where).scalar())
