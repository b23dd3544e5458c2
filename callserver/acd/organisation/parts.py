"""The parts of a shop's organisation, each a frozen dataclass, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from callserver.acd.organisation.calendars import Calendar
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings
from callserver.wire.catalogue import N_


class Part(Enum):
    """The kinds of things there are; the values are what a sentence says before a name."""

    GROUP = "group"
    QUEUE = "queue"
    CALENDAR = "calendar"
    OFFICE = "office"
    REGION = "region"
    CALLERS = "class of callers"


CALLED = {  # on the command line, and in the names of acts: save_queues
    Part.GROUP: "groups",
    Part.QUEUE: "queues",
    Part.CALENDAR: "hours",
    Part.OFFICE: "offices",
    Part.REGION: "regions",
    Part.CALLERS: "callers",
}
PART_WORDS = (
    N_("group"),
    N_("queue"),
    N_("calendar"),
    N_("office"),
    N_("region"),
    N_("class of callers"),
    N_("person"),
)


@dataclass(frozen=True)
class Group:
    """People who serve a queue, and who pick up each other's calls."""

    name: str
    number: str = ""  # internal number; "": none
    members: tuple[Member, ...] = ()  # in order of level, position, number


@dataclass(frozen=True)
class Office:
    """A place outside that is told of faults in its regions."""

    number: str
    name: str = ""
    phone: str = ""  # as one dials it from the shop
    calendar: str = ""  # "": always open


@dataclass(frozen=True)
class Region:
    """Where callers live; one without offices has those of its parent."""

    name: str
    parent: str = ""
    codes: tuple[str, ...] = ()  # beginnings of telephone numbers: 010, 1390100
    offices: tuple[str, ...] = ()  # their numbers; the nearest first


@dataclass(frozen=True)
class CallerClass:
    """Callers who are served before others, or by others."""

    name: str
    priority: int = 0  # 0: the queue's
    queue: str = ""  # in place of the one a menu names; "": that one
    numbers: tuple[str, ...] = ()  # telephone numbers, as the shop writes them


@dataclass(frozen=True)
class Organisation:
    """All of it at one moment; each part by name, queues in the order they were made."""

    revision: int = field(default=0, compare=False)
    groups: Mapping[str, Group] = field(default_factory=dict)
    queues: Mapping[str, QueueSettings] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    callers: Mapping[str, CallerClass] = field(default_factory=dict)

    def of(self, part: Part) -> Mapping[str, Any]:
        """Those of one kind, by name; offices by number."""
        found: Mapping[str, Any] = getattr(self, FIELDS[part])
        return found

    def with_one(self, part: Part, one: Any) -> Organisation:
        """The same with this one, new or in place of the one of its name."""
        return self._with(part, {**self.of(part), key_of(part, one): one})

    def without(self, part: Part, name: str) -> Organisation:
        """The same without that one."""
        return self._with(part, {key: one for key, one in self.of(part).items() if key != name})

    def _with(self, part: Part, them: Mapping[str, Any]) -> Organisation:
        changed: dict[str, Any] = {FIELDS[part]: them}
        return replace(self, **changed)


FIELDS = {
    Part.GROUP: "groups",
    Part.QUEUE: "queues",
    Part.CALENDAR: "calendars",
    Part.OFFICE: "offices",
    Part.REGION: "regions",
    Part.CALLERS: "callers",
}


def key_of(part: Part, one: Any) -> str:
    """What it is known by."""
    return str(one.number if part is Part.OFFICE else one.name)


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """As seats are asked (call-centre.md section 14, reading 4)."""
    return tuple(sorted(members, key=lambda one: (one.level, one.position, one.number)))
