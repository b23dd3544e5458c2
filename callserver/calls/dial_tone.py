"""Whether dial tone means that the caller is gone: in a talk it alone says little."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.media.leg import Leg

UNBROKEN_S = 10.0  # after it was named; no note is held and nobody whistles so long, and exchanges go on for longer


class DialToneWatch:
    """
    Hears a line's dial tone out while people talk: a hum, a whistle, a note of music may pass for it at first.

    The caller is gone when it has sounded unbroken all the time, and so evenly that nobody can be speaking. Whoever
    speaks, hums or plays breaks it, and then the next time counts from its own beginning. The tones that follow dial
    tone when nobody dials, busy or the howler, say it sooner and need no watch.

    :param on_gone: told when it is certain
    """

    def __init__(self, clock: IReactorTime, on_gone: Callable[[], None]) -> None:
        self._clock, self._on_gone = clock, on_gone
        self._waiting: IDelayedCall | None = None

    def heard(self, leg: Leg) -> None:
        """Dial tone has just been named on this leg."""
        self.stop()
        self._waiting = self._clock.callLater(UNBROKEN_S, self._judge, leg)

    def stop(self) -> None:
        """The leg closes, or another tone has been heard; harmless when nothing is watched."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _judge(self, leg: Leg) -> None:
        self._waiting = None
        if leg.is_open and leg.tone == "dial" and not leg.speaks:
            self._on_gone()
