"""Why the rules refuse something, in words for the shop's people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callserver.features.shopping import rules
from callserver.features.shopping.tables import ReservationState
from callserver.features.shopping.words import ORDER_STATES, RESERVATION_STATES
from callserver.wire.catalogue import Complaint

LISTED = 10  # numbers named in one sentence


def in_words(refused: rules.OrderRefused) -> Complaint:
    """What cannot be done, and why."""
    words = next((words for kind, words in WORDS.items() if isinstance(refused, kind)), None)
    return words(refused) if words is not None else Complaint("the shop's rules refuse it: {problem}", problem=refused)


def _unknown_member(refused: Any) -> Complaint:
    if refused.member_number is None:
        return Complaint("the balance of nobody cannot pay: name a customer")
    return Complaint("there is no customer {number}", number=refused.member_number)


def _wrong_step(refused: Any) -> Complaint:
    return Complaint(
        "order {number} is {state_word}: it cannot become {wanted_word}",
        number=refused.number,
        state_word=ORDER_STATES[refused.state],
        wanted_word=ORDER_STATES[refused.wanted],
    )


def _sample_in_use(refused: Any) -> Complaint:
    numbers = [*refused.orders, *refused.reservations]
    return Complaint(
        "orders or reservations of your own stand on the sample: {numbers}; cancel them, or make what stands in them "
        "your own (`goods set`, `customers set`), then try again",
        numbers=", ".join(numbers[:LISTED]) + (" …" if len(numbers) > LISTED else ""),
    )


WORDS: dict[type, Callable[[Any], Complaint]] = {
    rules.UnknownItem: lambda it: Complaint("there is no item {number}, or it is not on sale", number=it.item),
    rules.SoldOut: lambda it: Complaint("there are not so many pieces of item {number}", number=it.item),
    rules.AboveStock: lambda it: Complaint("of item {number} there are {n} pieces", number=it.item, n=it.available),
    rules.AboveLimit: lambda it: Complaint("of item {number} an order may have {n} pieces", number=it.item, n=it.limit),
    rules.UnknownMember: _unknown_member,
    rules.BalanceTooLow: lambda it: Complaint("the balance is {balance_fen} yuan: too low", balance_fen=it.balance_fen),
    rules.OtherPayment: lambda it: Complaint(
        "{reference} was paid in before, another sum or to another customer: give this payment another reference",
        reference=it.external_id,
    ),
    rules.UnknownOrder: lambda it: Complaint("there is no order or reservation {number}", number=it.number),
    rules.UnknownCarrier: lambda it: Complaint("there is no carrier {code}; see `orders carriers`", code=it.code),
    rules.WrongStep: _wrong_step,
    rules.ReservationClosed: lambda it: Complaint(
        "reservation {number} is open no more: {state_word}",
        number=it.number,
        state_word=RESERVATION_STATES[ReservationState(it.state)],
    ),
    rules.WeakPin: lambda it: Complaint(
        "this PIN is too easy: 4 to 6 digits, none that others try first, as 1234, a year, or the end of a number"
    ),
    rules.SampleInUse: _sample_in_use,
}
