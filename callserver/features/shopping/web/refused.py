"""The shop's rules say no: what a program is told then, and about which field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from callserver.features.shopping.rules.refusals import (
    AboveLimit,
    AboveStock,
    BalanceTooLow,
    ItemRefused,
    OrderRefused,
    ReservationClosed,
    UnknownCarrier,
    UnknownItem,
    UnknownMember,
    UnknownOrder,
    WrongStep,
)
from callserver.features.shopping.web.operations import conflict, not_found
from callserver.features.shopping.web.problems import Problem
from callserver.wire.catalogue import Complaint


@contextmanager
def by_the_rules(field: str = "") -> Iterator[None]:
    """
    What is refused in this block is told as a Problem.

    :param field: what was sent that the block is about
    :raises Problem: with the code of the refusal
    """
    try:
        yield
    except OrderRefused as refused:
        raise _problem(refused, field) from refused


def _problem(refused: OrderRefused, field: str) -> Problem:
    match refused:
        case UnknownOrder(number=number):
            return not_found("number", Complaint("there is no {number}", number=number))
        case ItemRefused():
            return _of_an_item(refused, field)
        case UnknownMember(member_number=member):
            complaint = Complaint("there is no customer {member}", member=member)
            return conflict("unknown_customer", complaint, "member_number")
        case BalanceTooLow(balance_fen=balance, needed_fen=needed):
            complaint = Complaint("the balance is ¥{has_fen}, it takes ¥{needs_fen}", has_fen=balance, needs_fen=needed)
            return conflict("balance_too_low", complaint, "payment")
        case UnknownCarrier(code=code):
            return conflict("unknown_carrier", Complaint("there is no carrier {code}", code=repr(code)), "carrier")
        case WrongStep(number=number, state=state, wanted=wanted):
            details = {"number": number, "state": state, "wanted": wanted}
            return conflict(
                "wrong_step", Complaint("order {number} is {state}: it cannot be {wanted}", **details), "state"
            )
        case ReservationClosed(number=number, state=state):
            return conflict("closed", Complaint("reservation {number} is {state}", number=number, state=state))
    raise refused


def _of_an_item(refused: ItemRefused, field: str) -> Problem:
    match refused:
        case UnknownItem(item=item):
            return conflict("unknown_product", Complaint("there is no product {item} on sale", item=item), field)
        case AboveLimit(item=item, limit=limit):
            complaint = Complaint("of {item}, one order has {limit} pieces at most", item=item, limit=limit)
            return conflict("above_limit", complaint, field)
        case AboveStock(item=item, available=available):
            complaint = Complaint("of {item}, {n} pieces are available", item=item, n=available)
            return conflict("above_stock", complaint, field)
    return conflict("sold_out", Complaint("so many pieces of {item} are not there", item=refused.item), field)
