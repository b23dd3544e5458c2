"""
Faxes within an agent's talk: he sends to, or receives from, the machine of the party he talks with (rights 15 and 13).

He is answered at once; that it begins, and what has come of it, his seat shows. While an engine is waited for they talk
on; while it lasts they hear nothing, and talk on afterwards. An agent who hangs up meanwhile ends the call, and with it
the fax.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.logger import Logger

from callserver.acd.seats.acts import Act, on_screen
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.line import LineInService
from callserver.calls.roles import Role
from callserver.features.faxing.engines import Engine, Engines, NoEngine
from callserver.features.faxing.judge import Judge
from callserver.features.faxing.sessions import Came, Sessions
from callserver.features.faxing.sources import source
from callserver.wire.causes import Cause, Reason
from callserver.wire.fax_results import FaxResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import FaxPhase, LineState, SeatState

log = Logger()


@dataclass
class FaxInTalk:
    """
    :param wait_s: so long one waits for an engine
    """

    judge: Judge
    engines: Engines
    sessions: Sessions
    wait_s: float
    _waiting: dict[str, Deferred[Engine]] = field(default_factory=dict)  # by call
    _begun: dict[Call, tuple[str, Right]] = field(default_factory=dict)  # who by which right

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "send_fax": Act(self.send_fax, (source,), of_call=on_screen),
            "receive_fax": Act(self.receive_fax, of_call=on_screen),
            "stop_fax": Act(self.stop_fax, of_call=on_screen),
        }

    def send_fax(self, seat: Seat, what: str) -> Deferred[int]:
        """
        Send something to the machine of the party he talks with, within the talk, which comes back. Right 15.

        The other presses Start when he is asked to. The seat shows that it begins (`fax_begins`) and what has come of
        it (`fax_over`); the board shows the line's phase.

        :return: how many wait for an engine before it; the talk goes on until it begins
        :raises Refused: NO_RIGHT; NOT_NOW, NOBODY_HEARS: he talks with nobody on a line, or a fax is under way;
            NOT_SAVED, with why
        """

        async def story() -> int:
            call = self._talk(seat)
            letter = await self.judge.letter(seat, what, call.language)
            return self._begin(seat, call, Right.SEND_FAX, lambda engine: self.sessions.send(call, engine, letter))

        return self.judge.judged(seat, "send_fax", what, story, Right.SEND_FAX)

    def receive_fax(self, seat: Seat) -> Deferred[int]:
        """
        Receive from the machine of the party he talks with, within the talk, which comes back. Right 13.

        :return: as `send_fax`
        :raises Refused: NO_RIGHT; NOT_NOW, NOBODY_HEARS: he talks with nobody on a line, or a fax is under way
        """

        async def story() -> int:
            call = self._talk(seat)
            return self._begin(
                seat,
                call,
                Right.RECEIVE_FAX,
                lambda engine: self.sessions.receive(call, engine, person=seat.number),
            )

        return self.judge.judged(seat, "receive_fax", "", story, Right.RECEIVE_FAX)

    def stop_fax(self, seat: Seat) -> None:
        """
        Break off the fax of his talk, or wait for an engine no more.

        :raises Refused: NO_CALL: he has none in hand
        """
        self._stop(seat.in_hand.call)

    def rights_changed(self, number: str, before: frozenset[Right], after: frozenset[Right]) -> None:
        """Who may not fax any more: what he has begun ends."""
        for call, (who, right) in tuple(self._begun.items()):
            if who == number and right in before - after:
                self._stop(call)

    def _stop(self, call: Call) -> None:
        waiting = self._waiting.get(call.id)
        if waiting is not None:
            waiting.cancel()
        self.sessions.break_off(call)

    def _talk(self, seat: Seat) -> Call:
        """
        A call whose first party is on a line and talks with him.

        :raises Refused: NOT_NOW
        """
        if seat.status.state is not SeatState.TALKING:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        call = seat.in_hand.call
        if self.sessions.is_under_way(call):
            raise Refused(Refusal.NOT_NOW, LineState.FAXING)
        part = call.parts.get(call.first)
        if not isinstance(call.first, LineInService) or part is None or part.role is not Role.TALKS or call.in_secret:
            raise Refused(Refusal.NOBODY_HEARS)
        return call

    def _begin(self, seat: Seat, call: Call, right: Right, fax: Callable[[Engine], Coroutine[Any, Any, Came]]) -> int:
        """
        As soon as an engine is free; how many are served before.

        :raises Refused: NOT_NOW: one is under way, or no engine will be
        """
        if call.id in self._waiting or self.sessions.is_under_way(call):
            raise Refused(Refusal.NOT_NOW, LineState.FAXING)
        try:
            request = self._waiting[call.id] = self.engines.request()
        except NoEngine:
            raise Refused(Refusal.NOT_NOW, FaxPhase.WAIT.value) from None
        place = self.engines.place(request)
        self._begun[call] = seat.number, right
        faxing = Deferred.fromCoroutine(self._fax(seat, call, request, fax))
        faxing.addBoth(self._over, call)
        faxing.addErrback(
            lambda failure: log.failure("a fax in the talk of seat {seat} broke", failure, seat=seat.number)
        )
        return place

    def _over(self, result: Any, call: Call) -> Any:
        del self._begun[call]
        return result

    async def _fax(
        self,
        seat: Seat,
        call: Call,
        request: Deferred[Engine],
        fax: Callable[[Engine], Coroutine[Any, Any, Came]],
    ) -> None:
        engine = await self._engine(seat, call, request)
        if engine is None:
            self._show(seat, call, Reason(Cause.FAX_OVER, FaxResult.CANCELLED.value))
            return
        self._show(seat, call, Reason(Cause.FAX_BEGINS))
        came = await fax(engine)
        self._show(seat, call, Reason(Cause.FAX_OVER, came.result))

    async def _engine(self, seat: Seat, call: Call, request: Deferred[Engine]) -> Engine | None:
        """The talk goes on while it is waited for; None: none in time, or they talk no more."""
        if not request.called:
            call.tell_doing(FaxPhase.WAIT.value)
        ended = call.when_ended().addCallbacks(lambda _: request.cancel(), lambda cancelled: None)
        try:
            engine = await request.addTimeout(self.wait_s, self.judge.house.clock)
        except (TimeoutError, CancelledError):
            return None
        finally:
            ended.cancel()
            del self._waiting[call.id]
            call.tell_doing("")
        try:
            if self._talk(seat) is call:
                return engine
        except Refused:
            pass
        engine.release()
        return None

    def _show(self, seat: Seat, call: Call, reason: Reason) -> None:
        """At his seat, while he is in that call."""
        if seat.status.state is SeatState.TALKING and seat.in_hand.call is call:
            seat.card_changed(reason)
