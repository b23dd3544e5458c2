"""Where callers can be sent, for whoever chooses: queues, offices, groups, menus; colleagues are on the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.wire.targets import NAME, Target, TargetKind

Row = dict[str, Any]


@dataclass(frozen=True)
class TargetList:
    """
    :param menus: all there are, by name; one whose `for_callers` is False is for the staff, or for calls of its own
    """

    book: OrganisationBook
    menus: Callable[[], Mapping[str, object]]
    now: Callable[[], datetime]

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {"list_targets": Act(self.list_targets)}

    def list_targets(self, seat: Seat) -> dict[str, list[Row]]:
        """
        Where `transfer` and `consult` can lead beside colleagues and numbers; "open": by its hours at this moment.

        :return: {"queues": [{"target", "name", "number", "open"}], "offices": [{"target", "name", "number", "regions",
            "open"}], "groups": [{"target" ("": it has no number), "name", "number", "members"}],
            "menus": [{"target", "name"}]}
        """
        return {"queues": self._queues(), "offices": self._offices(), "groups": self._groups(), "menus": self._menus()}

    def _queues(self) -> list[Row]:
        return [
            {
                "target": str(Target(TargetKind.QUEUE, one.name)),
                "name": one.name,
                "number": one.number,
                "open": self.book.is_open(one.calendar, self.now()),
            }
            for one in self.book.now.queues.values()
        ]

    def _offices(self) -> list[Row]:
        regions = self.book.now.regions.values()
        return [
            {
                "target": str(Target(TargetKind.OFFICE, one.number)),
                "name": one.name,
                "number": one.number,
                "regions": [region.name for region in regions if one.number in region.offices],
                "open": self.book.is_open(one.calendar, self.now()),
            }
            for one in self.book.now.offices.values()
        ]

    def _groups(self) -> list[Row]:
        return [
            {
                "target": str(Target(TargetKind.SEAT, one.number)) if one.number else "",
                "name": one.name,
                "number": one.number,
                "members": [member.number for member in one.members],
            }
            for one in self.book.now.groups.values()
        ]

    def _menus(self) -> list[Row]:
        offered = (name for name, menu in self.menus().items() if getattr(menu, "for_callers", True))
        names = sorted(name for name in offered if NAME.fullmatch(name))
        return [{"target": str(Target(TargetKind.MENU, name)), "name": name} for name in names]
