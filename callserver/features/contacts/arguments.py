"""What agents' acts on contacts take; each function's words are told to who writes a program for the channel."""

from __future__ import annotations

import re
from typing import Any

from callserver.wire.targets import NAME

TEXT_MAX = 500
WHOM_MAX = 50
CONTACT = re.compile(r"[0-9]{3,24}|member [0-9]{1,12}")
STAFF_NUMBER = re.compile(r"[0-9]{1,24}")
PAGE_PLACE = re.compile(r"[0-9]{1,16}(:[\w-]{1,64})?")
RESULTS = ("reached", "not reached", "not wanted")
EVERYBODY, GROUP = "everybody", "group "


def contact(value: Any) -> bool:
    """A telephone number, 3 to 24 digits, or "member NUMBER" of the shop's books."""
    return isinstance(value, str) and value.isascii() and CONTACT.fullmatch(value) is not None


def missed_telephone(value: Any) -> bool:
    """A telephone number of the list of missed calls, 3 to 24 digits."""
    return contact(value) and not value.startswith("member")


def missed_result(value: Any) -> bool:
    """ "reached", "not reached" (others may call him), "not wanted" (he need not be called)."""
    return value in RESULTS


def contact_text(value: Any) -> bool:
    """A text of 1 to 500 characters."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= TEXT_MAX and value.isprintable()


def outcome_note(value: Any) -> bool:
    """A text of at most 500 characters, or ""."""
    return isinstance(value, str) and len(value) <= TEXT_MAX and value.isprintable()


def outcome_code(value: Any) -> bool:
    """A whole number, 1 to 9: as `list_outcomes` gives it."""
    return type(value) is int and 1 <= value <= 9


def whom(value: Any) -> bool:
    """A list of at most 50: staff numbers, "group NAME", "everybody"."""
    return isinstance(value, list | tuple) and 1 <= len(value) <= WHOM_MAX and all(map(_is_one, value))


def colleague(value: Any) -> bool:
    """A staff number, or "" for everybody."""
    return isinstance(value, str) and (not value or STAFF_NUMBER.fullmatch(value) is not None)


def page_place(value: Any) -> bool:
    """Where a list goes on: "" at its beginning, else the "next" of the answer before."""
    return isinstance(value, str) and (not value or PAGE_PLACE.fullmatch(value) is not None)


def _is_one(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if value.startswith(GROUP):
        return NAME.fullmatch(value.removeprefix(GROUP)) is not None
    return value == EVERYBODY or STAFF_NUMBER.fullmatch(value) is not None
