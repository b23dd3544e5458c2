"""What a waiting caller is told, and when: pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from callserver.acd.routing.settings import QueueSettings

GAP_S = 15.0  # no two announcements begin closer to each other


class Word(Enum):
    """One announcement."""

    PLACE = "place"  # and, where it can be told, the estimate
    COMFORT = "comfort"


@dataclass
class Told:
    """What one caller has heard in this wait; moments on the monotonic clock."""

    began_s: float  # of the last announcement, whichever it was
    comfort_s: float  # of the last comfort, or of the wait
    place_s: float | None = None  # of the last place; None: not told yet
    place: int = 0
    minutes: int | None = None

    def say_place(self, now_s: float, place: int, minutes: int | None) -> None:
        """He is told his place now, and perhaps an estimate."""
        self.began_s = self.place_s = now_s
        self.place = place
        self.minutes = self.minutes if minutes is None else minutes

    def say_comfort(self, now_s: float) -> None:
        """He is comforted now."""
        self.began_s = self.comfort_s = now_s


def due(told: Told, settings: QueueSettings, place: int, now_s: float) -> tuple[Word | None, float]:
    """
    What to say now, else after how many seconds to look again.

    The place goes before the comfort: when it has not been told, has become better, or was told long ago.
    """
    gap_s = told.began_s + GAP_S - now_s
    place_s = _place_due_s(told, settings, place, now_s)
    comfort_s = told.comfort_s + settings.comfort_s - now_s
    soonest_s = min(place_s, comfort_s)
    if max(gap_s, soonest_s) > 0:
        return None, max(gap_s, soonest_s)
    return (Word.PLACE if place_s <= 0 else Word.COMFORT), 0.0


def _place_due_s(told: Told, settings: QueueSettings, place: int, now_s: float) -> float:
    if not settings.place_s:
        return float("inf")
    if told.place_s is None or place < told.place:
        return 0.0
    return told.place_s + settings.place_s - now_s
