"""What the order form shows."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.presenters.question import Question


@dataclass(frozen=True)
class OrderFormData:
    """
    :param drafts: call and caller of each order that is not finished
    :param about_item: what the typed item is, and whether it is there
    :param hits: items that match, to choose from; there are none else
    :param lines: item, name, price, stock, pieces, sum
    :param stored: the customer's own address; "" if there is none
    :param problem_at: the place that the problem is about; "": the order
    :param may_add: while it only rings there is nobody yet who orders
    :param place: where the cursor belongs
    :param turn: grows whenever the cursor has to go there
    """

    heading: str
    saved: str
    drafts: tuple[tuple[str, str], ...]
    call_id: str
    item: str
    pieces: str
    about_item: str
    hits: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[str, ...], ...]
    stored: str
    is_elsewhere: bool
    address: str
    payment: str
    balance: str
    may_use_balance: bool
    total: str
    hint: str
    told: str
    problem: str
    problem_at: str
    place: str
    turn: int
    may_add: bool
    may_confirm: bool
    may_discard: bool
    question: Question | None
