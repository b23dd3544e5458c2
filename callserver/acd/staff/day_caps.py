"""How much a person may dial in a day, by class of number: `local 120min 40calls, international 0calls`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from callserver.acd.organisation.fields import items
from callserver.calls.dial_guard import DialClass
from callserver.config import Unfit, nearest

CAPPED = (DialClass.LOCAL, DialClass.NATIONAL, DialClass.INTERNATIONAL)
NAMES = {kind.name.lower(): kind for kind in CAPPED}
AMOUNT = re.compile(r"(\d{1,5})\s*(min|calls?)")


@dataclass(frozen=True)
class DayCap:
    """Of one class; None: no limit."""

    minutes: int | None = None
    calls: int | None = None


DayCaps = Mapping[DialClass, DayCap]


def read_caps(text: str) -> dict[DialClass, DayCap]:
    """
    :raises Unfit: with what is no limit
    """
    found: dict[DialClass, DayCap] = {}
    for item in items(text):
        name, _, amounts = item.lower().partition(" ")
        if name not in NAMES:
            raise Unfit("{hint}", hint=nearest(name, NAMES))
        if NAMES[name] in found:
            raise Unfit("{item} is in the list twice: write it once", item=name)
        found[NAMES[name]] = _cap(item, amounts)
    return found


def _cap(item: str, amounts: str) -> DayCap:
    given = dict[str, int]()
    rest = amounts
    while match := AMOUNT.match(rest):
        given["minutes" if match[2] == "min" else "calls"] = int(match[1])
        rest = rest[match.end() :].lstrip()
    if rest or not given:
        raise Unfit(
            "{item} is no limit; write local 120min 40calls, national 0calls, international 10min", item=repr(item[:40])
        )
    return DayCap(**given)


def show_caps(caps: DayCaps) -> str:
    """As `read_caps` takes it."""
    return ", ".join(f"{kind.name.lower()} {_show(cap)}" for kind, cap in sorted(caps.items()))


def _show(cap: DayCap) -> str:
    minutes = [] if cap.minutes is None else [f"{cap.minutes}min"]
    return " ".join(minutes + ([] if cap.calls is None else [f"{cap.calls}calls"]))
