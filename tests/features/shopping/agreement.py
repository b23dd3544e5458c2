"""What holds in the shop's books at every moment, whatever has been done in whatever order."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

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
    Telling,
)
from callserver.store.tables import to_ms

ENDS = {ReservationState.ORDERED, ReservationState.EXPIRED, ReservationState.CANCELLED}


Groups = Mapping[Any, Sequence[Any]]


def check_books(now: datetime) -> None:
    """All of it. Each table is read once: some thousand times in a row, the questions would take most of the time."""
    orders, reservations, changes = _rows(Order), _rows(Reservation), _rows(Change)
    pieces, money, points = _rows(StockMovement), _rows(BalanceMovement), _rows(PointsMovement)
    steps = _rows(OrderStep)
    _sums(pieces, money, points)
    for item in _rows(Product):
        found = rules.find_item(item.number, now)
        assert found is None or 0 <= found.available <= item.stock
    lines, of_steps = _by("order", _rows(OrderLine)), _by("order", steps)
    moved = [_by("order", rows) for rows in (pieces, money, points)]
    for order in orders:
        _order(order, lines[order.number], of_steps[order.number], *(rows[order.number] for rows in moved))
    _reservations(now, reservations, orders, changes)
    _feed(changes, steps)


def _rows(table: Any) -> list[Any]:
    """All of a table in order; what refers to another row has its key."""
    return list(table.select().order_by(table._meta.primary_key).namedtuples())


def _by(name: str, rows: Sequence[Any]) -> Groups:
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _sums(pieces: Sequence[Any], money: Sequence[Any], points: Sequence[Any]) -> None:
    """Stock, balances and points are the sums of their movements, and never below nothing."""
    of_item, of_customer = _by("product", pieces), (_by("customer", money), _by("customer", points))
    for row in _rows(Product):
        assert row.stock == sum(move.quantity for move in of_item[row.number]) >= 0
    for row in _rows(Customer):
        paid, earned = (moves[row.member_number] for moves in of_customer)
        assert row.balance_fen == sum(move.amount_fen for move in paid) >= 0
        assert row.points == sum(move.points for move in earned) >= 0


def _order(order: Any, lines: Any, steps: Any, pieces: Any, money: Any, points: Any) -> None:
    """It is whole: its lines, its sum, its pieces, its money, its points, its steps."""
    states = [OrderState(row.state) for row in steps]
    assert lines
    assert order.total_fen == sum(line.quantity * line.price_fen for line in lines)
    is_cancelled = states[-1] is OrderState.CANCELLED
    of_item = _by("product", pieces)
    for line in lines:
        assert sum(move.quantity for move in of_item[line.product]) == (0 if is_cancelled else -line.quantity)
    is_paid = order.payment == Payment.BALANCE and states[-1] not in (OrderState.CANCELLED, OrderState.RETURNED)
    assert sum(move.amount_fen for move in money) == (-order.total_fen if is_paid else 0)
    earns = order.customer is not None and states[-1] is OrderState.DELIVERED
    assert sum(move.points for move in points) == earns * (order.total_fen // FEN_A_POINT)
    assert states[0] is OrderState.PLACED
    for before, after in pairwise(states):
        assert after in NEXT[before] or (after is OrderState.CANCELLED and before in BEFORE_PACKED)


def _reservations(now: datetime, rows: Sequence[Any], orders: Sequence[Any], changes: Sequence[Any]) -> None:
    """Each is open or has ended once; an order if it became one; and nobody was overtaken."""
    of_number, of_key = _by("number", changes), _by("order_key", orders)
    tellings = _by("reservation", _rows(Telling))
    for row in rows:
        told = [change.state for change in of_number[row.number]]
        assert told[0] == ReservationState.OPEN
        assert told[1:] == ([] if row.state == ReservationState.OPEN else [row.state])
        assert set(told[1:]) <= ENDS
        assert (row.order is not None) is (row.state == ReservationState.ORDERED)
        of_it = of_key[f"reservation/{row.number}"]
        assert [order.number for order in of_it] == ([row.order] if row.order else [])
        for order in of_it:
            assert order.total_fen == row.quantity * row.price_fen
        is_told = row.state in (ReservationState.ORDERED, ReservationState.EXPIRED)
        assert len(tellings[row.id]) == is_told
    ordered = [row for row in rows if row.state == ReservationState.ORDERED]
    for row in rows:
        if row.state == ReservationState.OPEN and row.until_ms > to_ms(now):
            assert not any(other.product == row.product and other.id > row.id for other in ordered)


def _feed(changes: Sequence[Any], steps: Sequence[Any]) -> None:
    """Numbers without a gap; each step of each order is told once."""
    assert [change.sequence for change in changes] == list(range(1, len(changes) + 1))
    assert rules.last_sequence() == len(changes)
    told = Counter((change.number, change.state) for change in changes if change.kind == "order")
    assert told == Counter((row.order, row.state) for row in steps)
