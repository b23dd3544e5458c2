"""What talks can come to, as a shop writes it: `1 成交/Sold, 2 咨询/Enquiry, 3! 投诉/Complaint, 4 其他/Other`."""

from __future__ import annotations

import re
from dataclasses import dataclass

OUTCOME = re.compile(r"(?P<code>[1-9])(?P<protects>!?) (?P<zh>[^/]{1,16})/(?P<en>[^/]{1,24})")


@dataclass(frozen=True)
class TalkOutcome:
    """
    One of them.

    :param code: the key that sets it, 1 to 9
    :param protects: the recordings of such a talk are kept, whatever deletes others: a complaint
    """

    code: int
    zh: str
    en: str
    protects: bool = False

    def __str__(self) -> str:
        """As the shop writes it."""
        return f"{self.code}{'!' if self.protects else ''} {self.zh}/{self.en}"


def read_outcomes(text: str) -> tuple[TalkOutcome, ...]:
    """
    In the order of their codes; none from nothing.

    :raises ValueError: with the part that is none, or whose code another has
    """
    found: dict[int, TalkOutcome] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        fits = OUTCOME.fullmatch(part)
        if fits is None or int(fits["code"]) in found or not (fits["zh"].strip() and fits["en"].strip()):
            raise ValueError(part)
        code = int(fits["code"])
        found[code] = TalkOutcome(code, fits["zh"].strip(), fits["en"].strip(), bool(fits["protects"]))
    return tuple(found[code] for code in sorted(found))
