"""What agents' acts on recordings take; each function's words are told to who writes a program for the channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callserver.features.recordings.archive import FORMS
from callserver.features.recordings.records import CLASS_MAX, NOTE_MAX
from callserver.features.recordings.search import CURSOR

TEXTS = ("number", "agent", "queue", "line", "direction", "outcome", "note", "class", "order", "call")
TIMES, LENGTHS = ("since", "until"), ("shortest_s", "longest_s")
TEXT_MAX = 100


def recording(value: Any) -> bool:
    """The number of a recording, as lists show it."""
    return type(value) is int and 0 < value < 2**31


def filters(value: Any) -> bool:
    """
    A dict, empty for all: texts "number" (with * and ?), "agent", "queue", "line", "direction", "outcome", "note",
    "class", "order", "call"; "since" and "until" (ISO 8601, with offset); "shortest_s" and "longest_s" (whole
    seconds); "protected" (true or false).
    """
    if not isinstance(value, dict):
        return False
    return all(_fits(name, one) for name, one in value.items())


def place(value: Any) -> bool:
    """Where a list goes on: "" at its beginning, else the "next" of the answer before."""
    return isinstance(value, str) and (not value or CURSOR.fullmatch(value) is not None)


def sample(value: Any) -> bool:
    """From which sample on, 8000 a second, from 0."""
    return type(value) is int and 0 <= value < 2**31


def octet(value: Any) -> bool:
    """Where in a file, in octets, from 0."""
    return type(value) is int and 0 <= value < 2**33


def form(value: Any) -> bool:
    """ "mixed": both sides on one track; "two-sided": the caller left, what he heard right."""
    return value in FORMS


def note(value: Any) -> bool:
    """A text of at most 500 characters; "" takes the note away."""
    return isinstance(value, str) and len(value) <= NOTE_MAX and value.isprintable()


def class_(value: Any) -> bool:
    """A word of the shop's own, at most 32 characters; "complaint" protects the recording, too."""
    return isinstance(value, str) and len(value) <= CLASS_MAX and value.isprintable()


def yes_or_no(value: Any) -> bool:
    """True or false."""
    return type(value) is bool


def _fits(name: Any, value: Any) -> bool:
    if name in TEXTS:
        return isinstance(value, str) and len(value) <= TEXT_MAX
    if name in LENGTHS:
        return type(value) is int and 0 <= value < 2**31
    if name in TIMES:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    return name == "protected" and type(value) is bool
