"""What caller ID may contain: a claim from outside, checked before anybody sees it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = re.compile(r"[0-9*#]{1,24}")
MAX_NAME = 32
PUNCTUATION = str.maketrans("", "", " -.()")
UNKNOWN = re.compile(r"[A-Za-z][A-Za-z _/-]*")  # P, O, PRIVATE, OUT OF AREA ...: unknown words count as withheld


@dataclass(frozen=True)
class CallingParty:
    """Who calls, as far as the exchange says and as far as it can be shown."""

    number: str | None = None  # [0-9*#]{1,24}
    name: str | None = None  # at most 32 characters, none of them a control or formatting character
    withheld: bool = False


def calling_party(fields: Mapping[str, bytes]) -> CallingParty:
    """
    The fields of one call.

    :param fields: values by tag, NMBR and NAME; others (date, time: the exchange's own clock) are not used
    """
    number_text = fields.get("NMBR", b"").decode("ascii", "replace").strip()
    digits = number_text.translate(PUNCTUATION)
    number = digits if NUMBER.fullmatch(digits) else None
    withheld = number is None and UNKNOWN.fullmatch(number_text) is not None
    return CallingParty(number, _name(fields.get("NAME", b"")), withheld)


def _name(raw: bytes) -> str | None:
    """GB 18030, which holds ASCII; what it cannot read is replaced."""
    text = raw.decode("gb18030", "replace")
    shown = "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()[:MAX_NAME].strip()
    return None if shown in ("", "P", "O") else shown
