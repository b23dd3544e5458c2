"""Where a caller can be sent: to a seat, a group, a queue, a menu, a mailbox, or a number outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from callserver.wire.catalogue import N_

NAME = re.compile(r"[\w-]{1,32}")
DIGITS = re.compile(r"[0-9]{1,24}")


class TargetKind(Enum):
    """The values are what is written before the name: "seat 802", "queue service", "number 01062345678"."""

    SEAT = "seat"  # staff number, or that of a group
    QUEUE = "queue"
    MENU = "menu"
    NUMBER = "number"  # outside, as one dials it
    BOX = "box"
    OFFICE = "office"  # of this region, or of this number; none named: of the caller's region
    HANG_UP = "hang up"  # the end, after a word


WORDS = {
    TargetKind.SEAT: N_("seat {name}"),
    TargetKind.QUEUE: N_("queue {name}"),
    TargetKind.MENU: N_("menu {name}"),
    TargetKind.NUMBER: N_("number {name}"),
    TargetKind.OFFICE: N_("office {name}"),
    TargetKind.BOX: N_("mailbox {name}"),
    TargetKind.HANG_UP: N_("hang up"),
}
UNNAMED = {TargetKind.OFFICE: N_("the nearest office"), TargetKind.HANG_UP: WORDS[TargetKind.HANG_UP]}


@dataclass(frozen=True)
class Target:
    """One place; `str` is what is typed, stored and sent."""

    kind: TargetKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name}".rstrip()

    @classmethod
    def parse(cls, text: str) -> Target:
        """
        What `str` gives.

        :raises ValueError: it is none
        """
        if text == TargetKind.HANG_UP.value:
            return cls(TargetKind.HANG_UP)
        if text == TargetKind.OFFICE.value:
            return cls(TargetKind.OFFICE)
        word, _, name = text.partition(" ")
        kind = TargetKind(word)
        wanted = NAME if kind in (TargetKind.QUEUE, TargetKind.MENU, TargetKind.OFFICE) else DIGITS
        if not wanted.fullmatch(name):
            raise ValueError(text)
        return cls(kind, name)
