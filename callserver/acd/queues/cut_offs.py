"""Who was cut off, or hung up while he waited, and calls again soon, has his old place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LostPlace:
    """One of before a start."""

    queue: str
    number: str  # of the caller
    entered_at: datetime
    lost_at: datetime


@dataclass(frozen=True)
class _Lost:
    entered_s: float
    until_s: float  # it counts, that moment included


class CutOffs:
    """
    The places of callers who have gone, by queue and number; moments on the monotonic clock.

    Goes through queue, number, when he came the first time, and until when that counts.
    """

    def __init__(self) -> None:
        self._lost: dict[tuple[str, str], _Lost] = {}

    def __iter__(self) -> Iterator[tuple[str, str, float, float]]:
        return iter([(*key, one.entered_s, one.until_s) for key, one in self._lost.items()])

    def lost(self, queue: str, number: str, entered_s: float, now_s: float, within_s: float) -> None:
        """He is gone; of two places that still count the older stays. A withheld number has none."""
        self._lost = {key: one for key, one in self._lost.items() if one.until_s >= now_s}
        if number and within_s:
            before = self._lost.get((queue, number))
            entered_s = min(entered_s, before.entered_s) if before else entered_s
            self._lost[queue, number] = _Lost(entered_s, now_s + within_s)

    def take(self, queue: str, number: str, now_s: float) -> float | None:
        """When he came the first time, if that still counts; it is his only once."""
        lost = self._lost.pop((queue, number), None)
        return lost.entered_s if lost is not None and now_s <= lost.until_s else None
