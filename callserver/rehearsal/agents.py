"""An agent of a rehearsal: the real client of the desktop program, in the hands of somebody who is drawn."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.sound import HearingFile, read_blocks, speak
from callserver.rehearsal.network import Way
from callserver.rehearsal.script import Agent
from callserver.wire.messages import Card, Hello, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from callserver.wire.words import reason_text

log = Logger()

LANGUAGE = "en"  # of a rehearsal's timeline
GRACE_S = 0.5  # he sees that nobody rings, then pauses or leaves


class Rehearsed(Protocol):
    """
    One of the staff in a rehearsal.

    `is_here`: he has logged in and not left; `is_connected`: and his program reaches the server, as far as it knows
    """

    agent: Agent
    way: Way
    client: AgentClient
    is_here: bool
    is_connected: bool

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def restart(self) -> None: ...
    def leave(self) -> None: ...
    def stop(self) -> None: ...


class RehearsedAgent(AgentListener):
    """
    Logs in, answers, talks, holds, pauses, as drawn; comes back by himself when his connection was lost.

    Implements Rehearsed.

    :param random: his alone
    :param say: told what he does
    :param hear: file for all that he hears
    """

    def __init__(
        self,
        clock: IReactorTime,
        way: Way,
        agent: Agent,
        password: str,
        random: Random,
        say: Callable[[str], object],
        folder: Path,
        hear: Path | None = None,
    ) -> None:
        self.agent, self.way = agent, way
        self.is_here = self.is_connected = False
        self.served = 0
        self._clock, self._password, self._random, self._say = clock, password, random, say
        self._blocks = read_blocks(folder / agent.voice) if agent.voice else []
        self._hearing = HearingFile(hear) if hear else None
        self._acts: list[Deferred[None]] = []
        self._wants_pause = self._leaving = False
        self.client = self._new_client()

    def start(self) -> None:
        """His program is started."""
        self.client.start()

    def kill(self) -> None:
        """His program dies."""
        self._stop()
        self.is_connected = False
        if self.way.wire is not None:
            self.way.wire.kill()
        self.client.stop()

    def restart(self) -> None:
        """He starts it again."""
        self.client = self._new_client()
        self.client.start()

    def leave(self) -> None:
        """He logs out as soon as he has no call."""
        self._leaving = True
        self._rest()

    def stop(self) -> None:
        """His program ends, whatever he does."""
        self._stop()
        self.client.stop()
        if self._hearing is not None:
            self._hearing.close()
            self._hearing = None

    # What he is told

    def logged_in(self, hello: Hello) -> None:
        self.is_here = self.is_connected = True
        self._say("logged in")

    def logged_out(self, cause: str) -> None:
        self.is_here = self.is_connected = False
        self._stop()
        self._say(f"logged out: {reason_text(cause, LANGUAGE)}")

    def refused(self, why: Refused) -> None:
        self.is_here = self.is_connected = False
        self._stop()
        self._say(f"refused: {why.in_full(LANGUAGE)}")

    def lost(self, why: NotConnected | Refused) -> None:
        self.is_connected = False
        self._say(f"connection lost: {why.text(LANGUAGE)}")

    def status(self, status: SeatStatus) -> None:
        if status.state not in (*IN_CALL, SeatState.RINGING, SeatState.OFF):
            self._rest()

    def offered(self, card: Card) -> None:
        self._stop()
        self._say("rings")
        if self._random.random() >= self.agent.misses:
            self._do(self._answer())

    def offer_gone(self, cause: str) -> None:
        self._stop()

    def talking(self, card: Card) -> None:
        self._stop()
        self._say("talks")
        self._do(self._talk())
        if self._blocks:
            self._do(speak(self._blocks, lambda block: self.client.send_audio(block), self._clock))

    def ended(self, cause: str) -> None:
        self._stop()
        self.served += 1
        self._say(f"call ended: {reason_text(cause, LANGUAGE)}")
        self._wants_pause = self._random.random() < self.agent.pauses
        self._leaving = self._leaving or self.served == self.agent.calls

    def audio(self, block: bytes) -> None:
        if self._hearing is not None:
            self._hearing.write(block)

    # What he does

    async def _answer(self) -> None:
        await deferLater(self._clock, self.agent.answers_s.draw(self._random))
        await self._try(self.client.answer)

    async def _talk(self) -> None:
        talks_s = self.agent.talks_s.draw(self._random)
        if self._random.random() < self.agent.holds:
            await deferLater(self._clock, talks_s / 2)
            await self._try(self.client.hold)
            await deferLater(self._clock, self.agent.holds_s.draw(self._random))
            await self._try(self.client.retrieve)
            talks_s /= 2
        await deferLater(self._clock, talks_s)
        await self._try(self.client.hang_up)

    def _rest(self) -> None:
        """No call in hand: a pause, the end of one, or home."""
        if self.client.seat.state in (*IN_CALL, SeatState.RINGING, SeatState.OFF) or self._acts:
            return
        if self._leaving:
            self._do(self._after(GRACE_S, self.client.log_out))
        elif self._wants_pause:
            self._wants_pause = False
            self._do(self._pause())
        elif self.client.seat.state is SeatState.PAUSED and not self.client.seat.wrap_up:
            self._do(self._after(self.agent.pauses_s.draw(self._random), self.client.ready))

    async def _pause(self) -> None:
        await self._after(GRACE_S, lambda: self.client.pause("tea"))
        await self._after(self.agent.pauses_s.draw(self._random), self.client.ready)

    async def _after(self, delay_s: float, act: Callable[[], Deferred[None]]) -> None:
        await deferLater(self._clock, delay_s)
        await self._try(act)

    async def _try(self, act: Callable[[], Deferred[None]]) -> None:
        try:
            await act()
        except (Refused, NotConnected) as why:
            self._say(f"could not: {why}")

    def _new_client(self) -> AgentClient:
        number = self.agent.number
        return AgentClient(
            self._clock,
            self.way,
            number,
            self._password,
            self,
            delay_s=lambda tries: min(1.0 + tries, 10.0),
            take_over=True,  # killed and begun anew, before the server knows
        )

    def _do(self, story: Coroutine[Deferred[Any], Any, None]) -> None:
        act = Deferred.fromCoroutine(story)
        if not act.called:
            self._acts.append(act)
        act.addErrback(_broke).addCallback(lambda _: self._done(act))

    def _done(self, act: Deferred[None]) -> None:
        if act in self._acts:
            self._acts.remove(act)
            self._rest()

    def _stop(self) -> None:
        acts, self._acts = self._acts, []
        for act in acts:
            act.cancel()


def _broke(failure: Failure) -> None:
    """What he does ends by being cancelled when the call is over; anything else is an error here."""
    if not isinstance(failure.value, CancelledError):
        log.failure("an agent of the rehearsal failed", failure)
