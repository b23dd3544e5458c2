"""Ringing current to one subscriber, in the country's cadence, with the caller's number in the first long silence."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.emulator.loop import CallerId, Terminal

SPILL_DONE_S = 1.1  # 0.5 s after the burst the exchange begins to send, and takes about 0.6 s


class RingingCurrent:
    """Flows from `start` until `stop`."""

    def __init__(
        self, terminal: Terminal, time: IReactorTime, ring_s: Sequence[float], caller: Callable[[], CallerId]
    ) -> None:
        self._terminal, self._time, self._caller = terminal, time, caller
        self._spans_s: Iterator[tuple[bool, float]] = cycle(
            [(index % 2 == 0, span_s) for index, span_s in enumerate(ring_s)]
        )
        self._long_pause_s = max(ring_s[1::2])
        self._told = False
        self._timers: list[IDelayedCall] = []

    def start(self) -> None:
        """The first burst begins; whoever is told may stop it at once."""
        self._next()

    def stop(self) -> None:
        """No more at once; a number that is not yet sent is not sent."""
        for timer in self._timers:
            if timer.active():
                timer.cancel()
        self._terminal.ringing(False)

    def _next(self) -> None:
        on, span_s = next(self._spans_s)
        self._timers = [timer for timer in self._timers if timer.active()]
        self._timers.append(self._time.callLater(span_s, self._next))
        if not on and span_s == self._long_pause_s and not self._told:
            self._told = True
            self._timers.append(self._time.callLater(SPILL_DONE_S, self._tell))
        self._terminal.ringing(on)

    def _tell(self) -> None:
        self._terminal.caller_id(self._caller())
