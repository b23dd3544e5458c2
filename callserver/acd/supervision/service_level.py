"""How many callers were answered in time: the metric `short` (call-centre.md section 9), over the last half hour."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

WINDOW_S = 1800.0
ANSWERED = ("answered", "grabbed")
ABANDONED = "abandoned"


@dataclass(frozen=True)
class Wait:
    """One that is over; `entered_s` on the monotonic clock: it belongs to the interval in which the caller came."""

    entered_s: float
    waited_s: float
    outcome: str


def short(waits: Iterable[Wait], within_s: float, short_s: float) -> float | None:
    """
    Answered within the time, of all who were answered or gave up later than at once.

    A_T / (A + B - B_S) in percent; both limits count as within. None for an empty denominator.
    """
    in_time = answered = gave_up = 0
    for wait in waits:
        if wait.outcome in ANSWERED:
            answered += 1
            in_time += wait.waited_s <= within_s
        elif wait.outcome == ABANDONED:
            gave_up += wait.waited_s > short_s
    return 100 * in_time / (answered + gave_up) if answered + gave_up else None


class RecentWaits:
    """Those of one queue whose callers have come in the last half hour."""

    def __init__(self) -> None:
        self._waits: deque[Wait] = deque()

    def add(self, wait: Wait) -> None:
        """One is over."""
        self._waits.append(wait)

    def since(self, start_s: float) -> list[Wait]:
        """Of callers who came then or later; what is older is forgotten."""
        while self._waits and self._waits[0].entered_s + self._waits[0].waited_s < start_s:
            self._waits.popleft()
        return [wait for wait in self._waits if wait.entered_s >= start_s]
