"""What agents' acts on faxes take; each function's words are told to who writes a program for the channel."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

ID = re.compile(r"[0-9a-zA-Z-]{1,64}")
PART_OCTETS = 65536  # of a file, in one answer
UPLOAD_MAX = 20_000_000
YEAR_END = 9999  # in the last year there is, not every moment has a name in every zone
ADDRESS = re.compile(r"[!-~]{1,64}@[A-Za-z0-9.-]{1,250}")


def fax_id(value: Any) -> bool:
    """Of a fax, or of one that waits to be sent, as lists show it."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def form(value: Any) -> bool:
    """ "pdf" for all of it, or the number of a page, from 1, as text: a PNG picture."""
    return value == "pdf" or (isinstance(value, str) and value.isdecimal() and 1 <= int(value) <= 100)


def offset(value: Any) -> bool:
    """Where in a file, in octets, from 0."""
    return type(value) is int and 0 <= value <= 100_000_000


def octets(value: Any) -> bool:
    """A part of a file: at most 65536 octets."""
    return isinstance(value, bytes) and len(value) <= PART_OCTETS


def file_name(value: Any) -> bool:
    """As the file was called, with its ending: "price list.pdf"."""
    return isinstance(value, str) and 1 <= len(value) <= 120 and value.isprintable()


def telephone(value: Any) -> bool:
    """A number to be dialled: 3 to 24 digits."""
    return isinstance(value, str) and re.fullmatch("[0-9]{3,24}", value) is not None


def posting(value: Any) -> bool:
    """A dict of texts: "at" (ISO 8601, with offset), "report_to" (a mail address), "cover" (a text on a first page)."""
    if not isinstance(value, dict) or not value.keys() <= {"at", "report_to", "cover"}:
        return False
    if not all(isinstance(one, str) and len(one) <= 2000 for one in value.values()):
        return False
    if value.get("report_to") and not ADDRESS.fullmatch(value["report_to"]):
        return False
    if not value.get("at"):
        return True
    at = datetime.fromisoformat(value["at"])
    return at.tzinfo is not None and at.year < YEAR_END


def telephone_or_address(value: Any) -> bool:
    """A number to be dialled, or a mail address."""
    return telephone(value) or (isinstance(value, str) and ADDRESS.fullmatch(value) is not None)
