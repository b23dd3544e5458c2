"""What others ask of the shop's organisation, each at the moment of the act: answers change while calls go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from callserver.acd.organisation.parts import CallerClass, Group, Office
from callserver.acd.queue_settings import QueueSettings
from callserver.acd.routing.candidates import Member
from callserver.config import Hours


class QueueBook(Protocol):
    """The queues there are."""

    @property
    def settings(self) -> Mapping[str, QueueSettings]:
        """By name, in the order they were made."""


class GroupBook(Protocol):
    """Who belongs together."""

    def members(self, group: str) -> Sequence[Member]:
        """In order of level, position, number; none of a group that is not there."""

    def group_of(self, number: str) -> Group | None:
        """The one with this internal number."""


class Calendars(Protocol):
    """When what is open."""

    def is_open(self, name: str, now: datetime) -> bool:
        """At an aware moment; "" and what is not there are always open."""

    def hours(self, name: str) -> Sequence[Hours]:
        """Of the week, to be told to callers."""


class Offices(Protocol):
    """Who is told of a fault."""

    def region_names(self) -> Collection[str]:
        """All there are."""

    def region_of(self, number: str) -> str:
        """The region with the longest code that a telephone number begins with; "": none."""

    def offices_of(self, region: str) -> Sequence[Office]:
        """The nearest first; a region without any has those of its parent."""


class CallerBook(Protocol):
    """Callers whom the shop knows by their number."""

    def class_of(self, *spellings: str) -> CallerClass | None:
        """Of a number, in all the ways in which the shop may have written it (`callserver.wire.numbers.spellings`)."""
