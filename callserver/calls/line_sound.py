"""A line's place in the patch bay while it is off hook, and what is written down of how it sounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import isfinite

from twisted.internet.interfaces import IReactorTime

from callserver.calls.call import Call
from callserver.calls.live_calls import LiveCalls
from callserver.calls.sound_trouble import SoundTrouble
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import ILine
from callserver.media.leg import Leg, LegListener


class LineSound:
    """
    Opens and closes one line's leg.

    :param call_id: of the call that the line's sound belongs to
    `leg`: None while on hook.
    """

    def __init__(self, line: ILine, calls: LiveCalls, clock: IReactorTime, call_id: Callable[[], str | None]) -> None:
        self.leg: Leg | None = None
        self._line, self._calls, self._call_id = line, calls, call_id
        self._trouble = SoundTrouble(clock, self._sum_up)

    def open(self, call: Call, listener: LegListener) -> Leg:
        """Off hook in this call."""
        line = self._line
        self.leg = self._calls.bay.open_leg(line.name, line.codec, send=line.send, flush=line.flush, listener=listener)
        self.leg.serve(call.id)
        return self.leg

    def receive(self, data: bytes) -> None:
        """What the far end says; lost while no call wants it."""
        if self.leg is not None:
            self.leg.receive(data)

    def trouble(self, kind: str) -> None:
        """An "underrun" or an "overrun" of the call's sound."""
        self._trouble.count(kind)

    def close(self, call: Call) -> None:
        """Its part in this call is over."""
        self._trouble.sum_up()
        leg, self.leg = self.leg, None
        if leg is not None:
            figures = {name: value for name, value in asdict(leg.figures).items() if isfinite(value)}
            call.log(Kind.LINE_FIGURES, **figures, underruns=leg.underruns, overruns=leg.overruns)
            leg.close()

    def _sum_up(self, underruns: int, overruns: int) -> None:
        self._calls.events.write(
            Kind.SOUND_TROUBLE,
            call_id=self._call_id(),
            channel=self._line.name,
            underruns=underruns,
            overruns=overruns,
        )
