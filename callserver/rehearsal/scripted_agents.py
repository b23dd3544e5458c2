"""An agent of a rehearsal whose script says what he does, instead of chance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.script import FOREVER, Step, all_steps
from callserver.desktop.script_run import AgentScriptRun
from callserver.desktop.sound import HearingFile
from callserver.rehearsal.agents import GRACE_S, LANGUAGE
from callserver.rehearsal.network import Way
from callserver.rehearsal.script import Agent
from callserver.wire.messages import Hello, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.script_words import ScriptError
from callserver.wire.states import SeatState
from callserver.wire.words import reason_text

log = Logger()

Failed = Callable[[str, float], object]
"""Called with what a script came to, and when the step that came to nothing began."""


class ScriptedAgent(AgentScriptRun):
    """
    Does his script to its end, also when the callers have gone; then he goes home. Implements Rehearsed.

    Where he repeats something for ever, the script is over with the callers.
    """

    def __init__(
        self,
        clock: IReactorTime,
        way: Way,
        agent: Agent,
        password: str,
        say: Callable[[str], object],
        failed: Failed,
        hear: Path | None = None,
    ) -> None:
        self.agent, self.way, self.is_connected = agent, way, False
        self._way_in, self._password, self._print, self._failed = way, password, say, failed
        self._hearing = HearingFile(hear) if hear else None
        self._story: Deferred[None] = succeed(None)
        self._leaving = False
        self._step_began_s = 0.0
        self._time = clock
        super().__init__(clock, self._new_client, agent.steps, agent.folder, self._begins, self._hear)

    def start(self) -> None:
        """He begins."""
        self._story = Deferred.fromCoroutine(self.run())
        self._story.addErrback(self._came_to_nothing).addErrback(_broke)
        self._story.addCallback(lambda _: self._rest())

    def kill(self) -> None:
        """His program dies."""
        self.is_connected = False
        if self.way.wire is not None:
            self.way.wire.kill()
        self.client.stop()

    def restart(self) -> None:
        """He starts it again."""
        self.client = self._new_client(self)
        self.client.start()

    def leave(self) -> None:
        """He logs out when his script is over and he has no call."""
        self._leaving = True
        if any(step.word == "repeat" and step.arguments == (FOREVER,) for step in all_steps(self.agent.steps)):
            self._story.cancel()
        self._rest()

    def stop(self) -> None:
        """His program ends, whatever he does."""
        self._story.cancel()
        self.close()
        if self._hearing is not None:
            self._hearing.close()
            self._hearing = None

    # What he is told

    def logged_in(self, hello: Hello) -> None:
        self.is_connected = True
        self._print("logged in")
        super().logged_in(hello)

    def logged_out(self, cause: str) -> None:
        self._print(f"logged out: {reason_text(cause, LANGUAGE)}")
        super().logged_out(cause)

    def refused(self, why: Refused) -> None:
        self._print(f"refused: {why.in_full(LANGUAGE)}")
        super().refused(why)

    def lost(self, why: NotConnected | Refused) -> None:
        self.is_connected = False
        self._print(f"connection lost: {why.text(LANGUAGE)}")

    def status(self, status: SeatStatus) -> None:
        super().status(status)
        self._rest()

    # What he does

    def _leave(self) -> None:
        self.is_connected = False
        super()._leave()

    def _begins(self, step: Step) -> None:
        self._step_began_s = self._time.seconds()
        self._print(f"line {step.line}: {step.text}")

    def _came_to_nothing(self, failure: Failure) -> None:
        problem = failure.value
        if not isinstance(problem, ScriptError):
            failure.raiseException()
        self._failed(f"{self.agent.script}, {problem}", self._step_began_s)

    def _rest(self) -> None:
        """Home, once nothing is left to do."""
        resting = self.client.seat.state not in (*IN_CALL, SeatState.RINGING, SeatState.OFF)
        if self._leaving and self._story.called and self.is_here and resting:
            self._time.callLater(GRACE_S, self._go)

    def _go(self) -> None:
        if self.is_connected:
            self.client.log_out().addErrback(_not_now)

    def _hear(self, block: bytes) -> None:
        if self._hearing is not None:
            self._hearing.write(block)

    def _new_client(self, listener: AgentListener) -> AgentClient:
        way, number = self._way_in, self.agent.number
        return AgentClient(
            self._time,
            way,
            number,
            self._password,
            listener,
            delay_s=lambda tries: min(1.0 + tries, 10.0),
            take_over=True,  # killed and begun anew, before the server knows
        )


def _not_now(failure: Failure) -> None:
    """A call has come in between, or the connection is lost: he goes when his seat rests again."""
    failure.trap(Refused, NotConnected)  # type: ignore[no-untyped-call]


def _broke(failure: Failure) -> None:
    """A script ends by being cancelled; anything else is an error here."""
    if not isinstance(failure.value, CancelledError):
        log.failure("an agent of the rehearsal failed", failure)
