"""How often a line's sound came too late, either way: a figure of the call, summed up once a minute."""

from collections import Counter
from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

SUMMARY_S = 60.0


class SoundTrouble:
    """
    Counts what a line tells of one call's sound.

    :param write: told underruns and overruns of a minute in which there were any
    """

    def __init__(self, clock: IReactorTime, write: Callable[[int, int], None]) -> None:
        self._clock, self._write = clock, write
        self._counts: Counter[str] = Counter()
        self._timer: IDelayedCall | None = None

    def count(self, kind: str) -> None:
        """One more: "underrun" or "overrun"."""
        self._counts[kind] += 1
        if self._timer is None:
            self._timer = self._clock.callLater(SUMMARY_S, self.sum_up)

    def sum_up(self) -> None:
        """The minute, or the call, is over."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        counts, self._counts = self._counts, Counter()
        if counts:
            self._write(counts["underrun"], counts["overrun"])
