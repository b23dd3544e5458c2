"""What recordings are looked for, as a person chooses it and as the server takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from callserver.desktop.presenters.dial import pasted_number
from callserver.wire.catalogue import N_

TODAY, YESTERDAY, WEEK, MONTH, ANY_DAY, DAYS = "today", "yesterday", "week", "month", "", "days"
PERIODS = {
    TODAY: N_("Today"),
    YESTERDAY: N_("Yesterday"),
    WEEK: N_("Last 7 days"),
    MONTH: N_("Last 30 days"),
    ANY_DAY: N_("Any day"),
    DAYS: N_("From … to …"),
}
SPANS = {TODAY: (0, 1), YESTERDAY: (-1, 0), WEEK: (-6, 1), MONTH: (-29, 1)}  # whole days, from today's beginning
LENGTHS: dict[str, tuple[str, dict[str, int]]] = {
    "": (N_("Any length"), {}),
    "0-30": (N_("Under 30 s"), {"longest_s": 30}),
    "30-180": (N_("30 s to 3 min"), {"shortest_s": 30, "longest_s": 180}),
    "180-600": (N_("3 to 10 min"), {"shortest_s": 180, "longest_s": 600}),
    "600-": (N_("Over 10 min"), {"shortest_s": 600}),
}
OUTCOMES = {  # of calls in and out, those that one looks for
    "": N_("Any outcome"),
    "answered": N_("answered"),
    "abandoned": N_("abandoned"),
    "timed_out": N_("waited too long"),
    "callback": N_("wants to be called back"),
    "self_service": N_("self-service"),
    "busy": N_("busy"),
    "no_answer": N_("no answer"),
}


@dataclass(frozen=True)
class RecordingFilter:
    """
    All of it may be empty.

    :param since: the first day, of `DAYS` only; so is `until`, the last
    """

    period: str = ANY_DAY
    since: date | None = None
    until: date | None = None
    number: str = ""  # with * and ?
    seat: str = ""
    queue: str = ""
    length: str = ""  # of `LENGTHS`
    outcome: str = ""
    order: str = ""
    note: str = ""

    def asked(self, now: datetime) -> dict[str, Any]:
        """As `list_recordings` takes it; `now` has an offset."""
        texts = {
            "number": pasted_number(self.number),
            "agent": self.seat.split()[0] if self.seat.strip() else "",
            "queue": self.queue.strip(),
            "outcome": self.outcome,
            "order": self.order.strip(),
            "note": self.note.strip(),
        }
        return {name: value for name, value in texts.items() if value} | LENGTHS[self.length][1] | self._days(now)

    def _days(self, now: datetime) -> dict[str, str]:
        if self.period in SPANS:
            first, behind = (now.date() + timedelta(days=days) for days in SPANS[self.period])
        elif self.period == DAYS and self.since is not None and self.until is not None:
            first, behind = sorted((self.since, self.until))
            behind += timedelta(days=1)
        else:
            return {}
        return {"since": _begin(first), "until": _begin(behind)}


def _begin(day: date) -> str:
    """Midnight as this computer has it, on that very day: where clocks are changed in between, too."""
    return datetime.combine(day, time()).astimezone().isoformat()
