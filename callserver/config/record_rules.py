"""Which calls are recorded: rules as a shop writes them, `queue sales: 100%, line 3-5 in: 20%, seat 805: none`."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHARES = {"all": 1.0, "none": 0.0, "voice": 1.0}
CONDITION = re.compile(
    r"(?:line (?P<first>\d{1,3})(?:-(?P<last>\d{1,3}))?|seat (?P<seat>\d{1,8})|queue (?P<queue>\S+)"
    r"|(?P<way>in|out|internal))(?: |$)"
)
PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?%")


@dataclass(frozen=True)
class RecordRule:
    """
    What all holds of a call for this rule to count; what is not named does not matter.

    :param share: of the calls, 0 to 1
    :param by_voice: only while somebody speaks, each time a recording of its own
    """

    share: float
    by_voice: bool = False
    lines: range = range(0)
    seat: str = ""
    queue: str = ""
    direction: str = ""


def read_record_rules(text: str) -> tuple[RecordRule, ...]:
    """
    In the order in which they count: of each call the first that fits.

    :raises ValueError: with the part that is no rule
    """
    return tuple(_rule(part.strip()) for part in text.split(",") if part.strip())


def _rule(text: str) -> RecordRule:
    conditions, colon, share = text.rpartition(":")
    percent = PERCENT.fullmatch(share.strip())
    value = float(percent[1]) / 100 if percent else SHARES.get(share.strip(), -1.0)
    if not colon or not 0 <= value <= 1:
        raise ValueError(text)
    named: dict[str, str | range] = {}
    rest = " ".join(conditions.split())
    while rest:
        found = CONDITION.match(rest)
        if found is None:
            raise ValueError(text)
        name, one = _condition(found, text)
        if name in named:
            raise ValueError(text)
        named[name], rest = one, rest[found.end() :]
    return RecordRule(value, share.strip() == "voice", **named)  # type: ignore[arg-type]


def _condition(found: re.Match[str], text: str) -> tuple[str, str | range]:
    if found["first"]:
        first, last = int(found["first"]), int(found["last"] or found["first"])
        if not 1 <= first <= last:
            raise ValueError(text)
        return "lines", range(first, last + 1)
    if found["seat"]:
        return "seat", found["seat"]
    return ("queue", found["queue"]) if found["queue"] else ("direction", found["way"])
