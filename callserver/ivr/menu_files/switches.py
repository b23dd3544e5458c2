"""
What somebody has said beside the files: hours switched open or closed by hand, and notices before a menu.

Each ends by itself: a switch when its hours come to the same by themselves at the latest, so nobody forgets one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from callserver.ivr.menu_files.hours import OpeningHours, State


@dataclass(frozen=True)
class Switch:
    """Hours that are open, or closed, whatever they say; aware moments."""

    hours: str
    is_open: bool
    since: datetime
    until: datetime

    @property
    def state(self) -> State:
        return State.OPEN if self.is_open else State.CLOSED


@dataclass(frozen=True)
class Notice:
    """A sentence before a menu's first step."""

    menu: str
    text: str
    since: datetime
    until: datetime

    @property
    def language(self) -> str:
        """In which it is read out, by its signs."""
        return "zh" if any(unicodedata.name(sign, "").startswith("CJK") for sign in self.text) else "en"


@dataclass
class Switches:
    """Those there are; looked into at each call, by the hours' and the menus' names."""

    hours: Mapping[str, Switch] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)

    def become(self, other: Switches) -> None:
        """From now on."""
        self.hours, self.notices = other.hours, other.notices

    def switch(self, name: str, now: datetime) -> Switch | None:
        """That of some hours, while it counts."""
        found = self.hours.get(name)
        return found if found is not None and found.since <= now < found.until else None

    def notice(self, menu: str, now: datetime) -> Notice | None:
        """Likewise."""
        found = self.notices.get(menu)
        return found if found is not None and found.since <= now < found.until else None

    def state(self, hours: OpeningHours, now: datetime) -> State:
        """What callers find at a moment; by the shop's clock, aware."""
        switch = self.switch(hours.name, now)
        return switch.state if switch is not None else hours.state(now.replace(tzinfo=None))

    def opens_next(self, hours: OpeningHours, now: datetime) -> datetime | None:
        """When callers find them open next, on the wall; None: not within a year."""
        switch = self.switch(hours.name, now)
        if switch is not None and not switch.is_open:
            until = switch.until.astimezone(now.tzinfo).replace(tzinfo=None)
            if hours.state(until) is State.OPEN:
                return until
            return hours.opens_next(until)
        return hours.opens_next(now.replace(tzinfo=None))


def ends_by_itself(hours: OpeningHours, is_open: bool, wall: datetime) -> datetime | None:
    """When hours come to a state by themselves after a moment of the wall's clock; None: not within a year."""
    return next((at for at, opens in hours.changes(wall) if opens is is_open), None)
