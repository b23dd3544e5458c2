"""
Customers' accounts: balance in fen and points, each the sum of its movements and never below nothing.

A customer earns a point for each whole yuan of an order that is delivered, and loses them when he returns it.
"""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from callserver.features.shopping.rules.customers import lock_customers
from callserver.features.shopping.rules.refusals import BalanceTooLow, OtherPayment, UnknownMember
from callserver.features.shopping.tables import BalanceMovement, Customer, Order, PointsMovement
from callserver.store.tables import from_ms, to_ms

FEN_A_POINT = 100


@dataclass(frozen=True)
class Movement:
    """Money that came to a balance (positive) or went."""

    at: datetime
    amount_fen: int
    reason: str  # "pay-in", "order", "cancelled order", "returned order", "correction"
    order: str | None = None


def balance(member_number: str) -> int:
    """What a customer has with the shop, in fen; UnknownMember if he is none."""
    return int(_customer(member_number).balance_fen)


def points(member_number: str) -> int:
    """A customer's points; UnknownMember if he is none."""
    return int(_customer(member_number).points)


def movements(member_number: str, n: int = 5) -> list[Movement]:
    """The last movements of a customer's balance, the newest first."""
    his = BalanceMovement.select().where(BalanceMovement.customer == member_number)
    newest = his.order_by(BalanceMovement.id.desc()).limit(n)
    return [Movement(from_ms(row.at_ms), row.amount_fen, row.reason, row.order_id) for row in newest]


def pay_in(member_number: str, amount_fen: int, at: datetime, external_id: str | None = None) -> int:
    """
    Money comes to a customer's balance, which is returned; one payment (`external_id`) comes once.

    :raises ValueError: for nothing, or less
    :raises OtherPayment: this one was another customer's, or another sum
    :raises UnknownMember: the shop has no such customer
    """
    if amount_fen < 1:
        raise ValueError(f"{amount_fen} fen")
    return move_balance(member_number, amount_fen, "pay-in", at, external_id=external_id)


def payment(external_id: str) -> tuple[str, int] | None:
    """Whose balance was moved under this name, and by how many fen; None: nobody's yet."""
    row: BalanceMovement | None = BalanceMovement.get_or_none(BalanceMovement.external_id == external_id)
    return None if row is None else (row.customer_id, row.amount_fen)


def move_balance(
    member_number: str,
    amount_fen: int,
    reason: str,
    at: datetime,
    order: str | None = None,
    external_id: str | None = None,
) -> int:
    """
    Money comes or goes; the balance then.

    :raises BalanceTooLow: rather than let it fall below nothing
    :raises OtherPayment: of this `external_id` another customer or another sum was told before
    :raises UnknownMember: the shop has no such customer
    """
    lock_customers([member_number])
    if external_id is not None and (moved := payment(external_id)) is not None:
        if moved != (member_number, amount_fen):
            raise OtherPayment(external_id)
        return balance(member_number)
    left = balance(member_number) + amount_fen
    if left < 0:
        raise BalanceTooLow(left - amount_fen, -amount_fen)
    Customer.update(balance_fen=left).where(Customer.member_number == member_number).execute()
    BalanceMovement.create(
        customer=member_number,
        amount_fen=amount_fen,
        reason=reason,
        order=order,
        external_id=external_id,
        at_ms=to_ms(at),
    )
    return left


def give_points(member_number: str, n: int, at: datetime) -> int:
    """
    The shop gives a customer points, or takes some (n below nothing); his points then, never below nothing.

    :raises UnknownMember: the shop has no such customer
    """
    _customer(member_number)
    _move_points(member_number, n, "correction", at, None)
    return points(member_number)


def earn_points(order: Order, at: datetime) -> None:
    """The order of a customer was delivered."""
    if order.customer_id is not None:
        _move_points(order.customer_id, order.total_fen // FEN_A_POINT, "delivered order", at, order.number)


def lose_points(order: Order, at: datetime) -> None:
    """The order was returned: what it had brought goes, as far as it is there."""
    earned = PointsMovement.select(fn.COALESCE(fn.SUM(PointsMovement.points), 0)).where(PointsMovement.order == order)
    if order.customer_id is not None:
        _move_points(order.customer_id, -int(earned.scalar()), "returned order", at, order.number)


def _move_points(member_number: str, n: int, reason: str, at: datetime, order: str | None) -> None:
    lock_customers([member_number])
    had = points(member_number)
    left = max(0, had + n)
    if left != had:
        Customer.update(points=left).where(Customer.member_number == member_number).execute()
        PointsMovement.create(customer=member_number, points=left - had, reason=reason, order=order, at_ms=to_ms(at))


def _customer(member_number: str) -> Customer:
    row: Customer | None = Customer.get_or_none(Customer.member_number == member_number)
    if row is None:
        raise UnknownMember(member_number)
    return row
