"""Calls that the server makes by itself, round after round: what came for a caller, what lies in a mailbox."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult

log = Logger()


class CallingRounds(Service, ABC):
    """
    One round at the start, and the next so long after the end of each.

    A round may last as long as a talk, so the next waits for its end; a stop cancels the round under way, and with it
    the call. One that fails, as where the database does not answer, is not the last.
    """

    def __init__(self, clock: IReactorTime, rest_s: float) -> None:
        self._clock, self._rest_s = clock, rest_s
        self._timer: IDelayedCall | None = None
        self._round: Deferred[None] | None = None

    @abstractmethod
    async def call_round(self) -> None:
        """Call whom it is time to call, to the end of the calls."""

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._begin()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._round is not None:
            self._round.cancel()

    def _begin(self) -> None:
        self._round = Deferred.fromCoroutine(self._whole_round())
        self._round.addCallback(self._rest)

    async def _whole_round(self) -> None:
        try:
            await self.call_round()
        except CancelledError:
            pass
        except Exception:
            log.failure("a round of {who} failed", who=type(self).__name__)

    def _rest(self, _: None) -> None:
        self._round = None
        if self.running:
            self._timer = self._clock.callLater(self._rest_s, self._begin)


class Reached:
    """A DialListener whose result is waited for, and who lifts is served."""

    def __init__(self) -> None:
        self.result: Deferred[DialResult] = Deferred()

    def rings_there(self) -> None:
        pass

    def answered_there(self) -> None:
        self.result.callback(DialResult.ANSWERED)

    def not_reached(self, result: DialResult) -> None:
        if not self.result.called:
            self.result.callback(result)

    async def serve(self, call: Call, serve: Callable[[Call], None]) -> None:
        """
        To the end of a call that was dialled with this listener, whatever ends it.

        :param serve: lets a menu serve it
        """
        try:
            if await self.result is DialResult.ANSWERED:
                call.enter(Stage.MENU)
                serve(call)
                await call.when_ended()
        finally:
            call.end("server", Reason(Cause.GAVE_UP))
