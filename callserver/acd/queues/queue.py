"""One queue: its settings, who serves it, who waits in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callserver.acd.queues.entry import Entry
from callserver.acd.routing.candidates import Candidate, Member, QueueView, is_staffed, places, serves
from callserver.acd.routing.order import key
from callserver.acd.routing.settings import QueueSettings


class Queue:
    """
    Those who wait, and what the shop has set for them.

    :param members: of its group at this moment; None: everybody with right 3
    """

    def __init__(self, settings: QueueSettings, members: Callable[[str], Sequence[Member] | None]) -> None:
        self.settings = settings
        self.waiting: list[Entry] = []
        self.last_offered = ""
        self._members = members

    @property
    def name(self) -> str:
        return self.settings.name

    def view(self) -> QueueView:
        """As routing sees it now."""
        return QueueView(self.settings, self._members(self.settings.group), self.last_offered)

    def in_order(self) -> list[Entry]:
        """Who comes first is in front."""
        return sorted(self.waiting, key=lambda entry: key(entry.as_waiting(), self.settings))

    def place(self, entry: Entry) -> int:
        """1 is next; of one who does not wait here: the place he would have."""
        own = key(entry.as_waiting(), self.settings)
        return 1 + sum(key(other.as_waiting(), self.settings) < own for other in self.waiting if other is not entry)

    def is_staffed(self, seats: Sequence[Candidate]) -> bool:
        """Whether somebody is there whom a caller may wait for."""
        return is_staffed(self.view(), seats)

    def n_at_work(self, seats: Sequence[Candidate]) -> int:
        """Agents who are logged in for it and do not pause."""
        group = places(self.view(), seats)
        return sum(serves(seat, group.get(seat.number)) and not seat.pauses for seat in seats)

    def n_levels(self) -> int:
        """Of its group."""
        return len({member.level for member in self._members(self.settings.group) or ()})
