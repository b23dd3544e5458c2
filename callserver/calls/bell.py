"""A line's bell: what rings becomes a call, unless it rings for nobody."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from callserver.calls.call import Call
from callserver.calls.incoming import CallerHint, IncomingCall
from callserver.lines.interfaces import Caller


class Bell:
    """
    Rings and callers' numbers of one line.

    :param ring_stop_s: no further ring for so long: the caller has given up
    :param on_call: whoever serves callers, with each new call once
    """

    def __init__(self, clock: IReactorTime, ring_stop_s: float, on_call: Callable[[Call], None]) -> None:
        self._clock, self._ring_stop_s, self._on_call = clock, ring_stop_s, on_call
        self._hint = CallerHint(clock, ring_stop_s)
        self._incoming: IncomingCall | None = None
        self._rests_until_s, self._rang_s = 0.0, float("-inf")

    @property
    def is_about_to_ring(self) -> bool:
        """Somebody has rung, or been announced, so lately that he may be there: who seizes the line now meets him."""
        return self._hint.is_fresh or self._clock.seconds() - self._rang_s < self._ring_stop_s

    def rest(self, seconds: float) -> None:
        """It rings for nobody for so long."""
        self._rests_until_s = self._clock.seconds() + seconds

    def rings_for_nobody(self) -> bool:
        """One ring has come; whether the line rests."""
        self._rang_s = self._clock.seconds()
        return self._rang_s < self._rests_until_s

    def announced(self) -> Caller | None:
        """Who was announced before the ring that comes now, if anybody was."""
        return self._hint.take()

    def begin(self, call: Call) -> None:
        """The first ring of a call; `ring` counts it."""
        self._incoming = IncomingCall(call, self._clock, self._on_call)

    def ring(self) -> None:
        """One ring of the call that has begun."""
        if self._incoming is not None:
            self._incoming.ring()

    def caller_id(self, caller: Caller) -> None:
        """Who it is that rings, or is about to."""
        if self._incoming is not None:
            self._incoming.identify(caller)
        else:
            self._hint.keep(caller)

    def stop(self) -> None:
        """The call rings no more: it is answered or over."""
        if self._incoming is not None:
            self._incoming.cancel()
            self._incoming = None

    def forget(self) -> None:
        """The line was out of service: whoever was announced does not ring any more."""
        self._hint.forget()
