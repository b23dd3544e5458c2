"""A stop that cuts nobody off: no new calls, those that are talked in go on, up to a limit; who looks on is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.calls.board import Board
from callserver.calls.line import LineInService
from callserver.calls.live_calls import LiveCalls
from callserver.calls.stages import Stage
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState

LOOK_S = 0.5
MINUTE_S = 60.0  # the time that is left is told as often

ONE_GOES_ON = N_("The server stops after the last call: {n} call goes on, for {s} s at most.")
SOME_GO_ON = N_("The server stops after the last call: {n} calls go on, for {s} s at most.")
NOBODY = N_("The server stops.")
TIME_IS_UP = N_("The server stops; calls that are cut off: {n}.")


class Drain:
    """
    Begins with its making.

    :param limit_s: calls go on for so long at most
    :param tell: told how it goes on, when that changes
    """

    def __init__(
        self,
        clock: IReactorTime,
        lines: Iterable[LineInService],
        calls: LiveCalls,
        board: Board,
        limit_s: float,
        tell: Callable[[Phrase], None],
    ) -> None:
        self._clock, self._calls, self._tell = clock, calls, tell
        self._until_s = clock.seconds() + limit_s
        self._told: tuple[int, int] | None = None
        self._dry: Deferred[None] = Deferred()
        self._looking: IDelayedCall | None = None
        for line in lines:
            line.disable()
        for call in calls:
            status = board.statuses.get(call.first.name)
            if status is not None and status.state is LineState.RINGING_IN:  # nobody has answered it
                call.end("server", Reason(Cause.SERVER_STOPPED))
        self._look()

    def when_dry(self) -> Deferred[None]:
        """Fires when nobody talks any more, or the time is up. To be asked once."""
        return self._dry

    def cut(self) -> None:
        """Whoever waits for the end waits no longer."""
        if self._looking is not None and self._looking.active():
            self._looking.cancel()
        if not self._dry.called:
            self._dry.callback(None)

    def _n_talks(self) -> int:
        """The calls that go on; a line that is only kept up as an agent's telephone is none."""
        return sum(call.stage is not Stage.SEAT for call in self._calls)

    def _look(self) -> None:
        left_s, n = max(0.0, self._until_s - self._clock.seconds()), self._n_talks()
        if not n or not left_s:
            self._tell(Phrase(TIME_IS_UP, {"n": n}) if n else Phrase(NOBODY))
            self.cut()
            return
        if self._told != (n, ceil(left_s / MINUTE_S)):
            self._told = n, ceil(left_s / MINUTE_S)
            self._tell(Phrase(ONE_GOES_ON if n == 1 else SOME_GO_ON, {"n": n, "s": round(left_s)}))
        self._looking = self._clock.callLater(LOOK_S, self._look)
