"""Names in the order in which people count: line 3 before line 12."""

from __future__ import annotations

import re

DIGITS = re.compile(r"(\d+)")


def natural(name: str) -> list[tuple[int, str]]:
    """A key to sort by."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(name)]


def by_name(item: tuple[str, object]) -> list[tuple[int, str]]:
    """The same for the items of a dict."""
    return natural(item[0])
