"""How long a seat rings, how often it has missed, how long it rests."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Ringing:
    """
    The clocks of what rings at one seat, and its row of missed calls.

    :param on_missed: nobody has answered in time
    :param on_rested: it may ring again
    `since_s`: when what rings, or rang last, began to, on the monotonic clock.
    """

    def __init__(self, clock: IReactorTime, on_missed: Callable[[], None], on_rested: Callable[[], None]) -> None:
        self._clock, self._on_missed, self._on_rested = clock, on_missed, on_rested
        self.since_s = 0.0
        self._misses = 0
        self._ring_timer: IDelayedCall | None = None
        self._rest_timer: IDelayedCall | None = None

    @property
    def rests(self) -> bool:
        """It has just missed a call, and is not asked for a while."""
        return self._rest_timer is not None and self._rest_timer.active()

    @property
    def left_s(self) -> float:
        """So long it still rings; 0: nothing rings."""
        timer = self._ring_timer
        return timer.getTime() - self._clock.seconds() if timer is not None and timer.active() else 0.0

    def start(self, ring_s: float) -> None:
        """It rings, so long at most."""
        self.since_s = self._clock.seconds()
        self._ring_timer = self._clock.callLater(ring_s, self._on_missed)

    def stop(self) -> None:
        """It rings no more."""
        _cancel(self._ring_timer)

    def count_miss(self, most: int) -> bool:
        """One more in a row; whether that makes as many as are too many. 0: not counted."""
        self._misses += 1 if most else 0
        return 0 < most <= self._misses

    def end_row(self) -> None:
        """The agent has shown that he is there: the next miss is the first."""
        self._misses = 0

    def rest(self, seconds: float) -> None:
        """Do not ring for so long; a rest that runs is made no longer."""
        if not self.rests:
            self._rest_timer = self._clock.callLater(seconds, self._on_rested)

    def reset(self) -> None:
        """The agent has gone: nothing runs on, and the next one begins afresh."""
        self.end_row()
        _cancel(self._rest_timer)


def _cancel(timer: IDelayedCall | None) -> None:
    if timer is not None and timer.active():
        timer.cancel()
