"""What agents' acts in the shop take; each function's words are told to who writes a program for the channel."""

from __future__ import annotations

from typing import Any

from callserver.acd.seats.acts import CALL_ID_MAX
from callserver.features.shopping.books.fields import ADDRESS_MAX
from callserver.features.shopping.books.searching import PLACE
from callserver.features.shopping.tables import MEMBER_DIGITS, Payment

PIECES_MAX, DIGITS_MAX, WORDS_LONGEST = 999, 20, 300
SETTINGS_MAX, SETTING_LONGEST = 12, 1000


def item(value: Any) -> bool:
    """An item's number."""
    return _digits(value, DIGITS_MAX)


def pieces(value: Any) -> bool:
    """How many, 1 to 999."""
    return type(value) is int and 1 <= value <= PIECES_MAX


def payment(value: Any) -> bool:
    """How it is paid: "on delivery" or "balance"."""
    return isinstance(value, str) and value in set(Payment)


def address(value: Any) -> bool:
    """Where it goes; "": to the customer's own address."""
    return isinstance(value, str) and len(value) <= ADDRESS_MAX and value.isprintable()


def of_call(value: Any) -> bool:
    """Which call is meant, by its id; "" or nothing: the one in hand, else his last for 15 minutes after its end."""
    return isinstance(value, str) and len(value) <= CALL_ID_MAX


def search_words(value: Any) -> bool:
    """What is looked for, at most 300 characters: words that all have to fit, or a telephone number; "" is all."""
    return isinstance(value, str) and len(value) <= WORDS_LONGEST


def place(value: Any) -> bool:
    """Where a list goes on: "" at its beginning, else the "next" of the answer before."""
    return isinstance(value, str) and (not value or PLACE.fullmatch(value) is not None)


def member(value: Any) -> bool:
    """A customer's member number."""
    return _digits(value, MEMBER_DIGITS)


def member_or_new(value: Any) -> bool:
    """A customer's member number; "": a new customer, who is given one."""
    return value == "" or member(value)


def order(value: Any) -> bool:
    """An order's number, eight digits."""
    return _digits(value, DIGITS_MAX)


def customer_settings(value: Any) -> bool:
    """A dict of texts, as `callserver customers set` takes them: "name", "telephones", "address", "language"."""
    return (
        isinstance(value, dict)
        and len(value) <= SETTINGS_MAX
        and all(isinstance(one, str) and len(one) <= SETTING_LONGEST for pair in value.items() for one in pair)
    )


def _digits(value: Any, most: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= most and value.isascii() and value.isdecimal()
