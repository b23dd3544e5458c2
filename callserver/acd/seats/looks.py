"""Who has looked at which customers: a line in the event log for each customer and talk, however often he looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from callserver.acd.seats.seat import Seat
from callserver.calls.audit import audit
from callserver.calls.event_log import EventLog

REMEMBERED = 10_000  # customers of one talk; who has seen more is noted again


@dataclass
class Looks:
    """
    What each agent has been shown since his last call began.

    To read all customers one by one, or page by page, leaves all of them in the log.
    """

    events: EventLog
    _seen: dict[str, tuple[str, set[str]]] = field(default_factory=dict)  # talk and customers, by staff number

    def note(self, seat: Seat, act: str, members: Iterable[str]) -> None:
        """He is shown these; those that are new to this talk are written down, in one line."""
        talk = talk_id(seat)
        known_talk, seen = self._seen.get(seat.number, ("", set()))
        if known_talk != talk or len(seen) > REMEMBERED:
            seen = set()
        self._seen[seat.number] = talk, seen
        new = [member for member in members if member not in seen]
        seen.update(new)
        if new:
            audit(self.events, seat.number, act, f"customer {', '.join(new)}", call_id=talk or None)


def talk_id(seat: Seat) -> str:
    """Of the call he is at, or has last been at; "" for none."""
    there = [*seat.shown_calls, *seat.recent]
    return there[0].id if there else ""
