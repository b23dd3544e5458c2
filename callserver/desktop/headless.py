"""An agent without a window: answers, speaks a file, stores what he hears. For trials, the demo and tests."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.sound import SILENCE, HearingFile, read_blocks, speak
from callserver.desktop.words import card_lines, phrase
from callserver.wire.catalogue import Detail, told
from callserver.wire.messages import AlarmNotice, Card, Hello, MailMark, Phrase, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState

log = Logger()


@dataclass(frozen=True)
class AgentPlan:
    """What a headless agent does with each call; seconds count from his answer."""

    speak: Path | None = None  # WAV, 8 kHz, 16 bits, one channel
    hear: Path | None = None
    answer_after_s: float = 1.0
    hold_after_s: float | None = None
    hold_for_s: float = 3.0
    talk_s: float | None = None  # then he hangs up; None: the caller does
    calls: int | None = None  # then he logs out; None: never
    reject: int = 0  # so many calls at first
    language: str = "en"


async def headless_agent(
    reactor: IReactorTime,
    endpoint: IStreamClientEndpoint,
    number: str,
    password: str,
    plan: AgentPlan,
    say: Callable[[str], object] = print,
    new_password: str | None = None,
    *,
    take_over: bool = False,
) -> int:
    """
    Log in, serve the calls of the plan, log out; cancelling it closes the connection.

    :param endpoint: `pinned_endpoint(...)`
    :param new_password: the password is changed to this one first
    :param take_over: also when he is logged in elsewhere
    :return: calls served
    :raises Refused: if the server will not have him
    :raises SoundUnusable: before anything is connected
    """
    blocks = read_blocks(plan.speak) if plan.speak else []
    with ExitStack() as files:
        hearing = files.enter_context(HearingFile(plan.hear)) if plan.hear else None
        agent = HeadlessAgent(reactor, plan, blocks, hearing, say)
        client = agent.client = AgentClient(
            reactor, endpoint, number, password, agent, new_password=new_password, take_over=take_over
        )
        client.start()
        try:
            return await agent.until_done()
        finally:
            await client.stop()


class HeadlessAgent(AgentListener):
    """The plan, carried out as calls come."""

    client: AgentClient

    def __init__(
        self,
        reactor: IReactorTime,
        plan: AgentPlan,
        blocks: list[bytes],
        hearing: HearingFile | None,
        say: Callable[[str], object],
    ) -> None:
        self._reactor, self._plan, self._blocks, self._hearing = reactor, plan, blocks, hearing
        self._print = say
        self._served = self._rejected = 0
        self._done: Deferred[int] = Deferred()
        self._acts: list[Deferred[None]] = []

    def until_done(self) -> Deferred[int]:
        """Fires with the number of calls served when he has logged out."""
        return self._done

    # What happens

    def logged_in(self, hello: Hello) -> None:
        self._say("logged in", name=hello.name, number=hello.number)
        if hello.demo:
            self._say("demo")

    def status(self, status: SeatStatus) -> None:
        resting = status.state not in (*IN_CALL, SeatState.RINGING, SeatState.OFF)
        if resting and self._plan.calls is not None and self._served >= self._plan.calls:
            self._do(self._try(self.client.log_out))
        elif status.state is SeatState.PAUSED and not status.wrap_up:
            self._do(self._try(self.client.ready))

    def notice(self, notice: Phrase) -> None:
        self._print(told(notice, self._plan.language))

    def mail(self, mark: MailMark) -> None:
        self._say("mail", box=mark.box, new=str(mark.new), urgent=str(mark.urgent))

    def alarm(self, alarm: AlarmNotice) -> None:
        self._say("alarm over" if alarm.over else "alarm", text=told(alarm.phrase, self._plan.language))

    def offered(self, card: Card) -> None:
        self._say("rings")
        self.record_came(card)
        self._do(self._answer())

    def record_came(self, card: Card) -> None:
        for line in card_lines(card, self._plan.language):
            self._print(f"    {line}")

    def offer_gone(self, cause: str) -> None:
        self._stop()
        self._say("offer gone", cause=cause)

    def talking(self, card: Card) -> None:
        self._say("talking")
        self._do(self._talk())
        self._do(speak(chain(self._blocks, repeat(SILENCE)), self.client.send_audio, self._reactor))

    def ended(self, cause: str) -> None:
        self._stop()
        self._served += 1
        self._say("ended", cause=cause)

    def audio(self, block: bytes) -> None:
        if self._hearing is not None:
            self._hearing.write(block)

    def lost(self, why: NotConnected | Refused) -> None:
        self._lost(why)

    def refused(self, why: Refused) -> None:
        self._stop()
        self._done.errback(why)

    def logged_out(self, cause: str) -> None:
        self._stop()
        self._say("logged out", cause=cause)
        self._done.callback(self._served)

    # What he does

    async def _answer(self) -> None:
        await deferLater(self._reactor, self._plan.answer_after_s)
        if self._rejected < self._plan.reject:
            self._rejected += 1
            await self._try(self.client.reject, "reject")
        else:
            await self._try(self.client.answer)

    async def _talk(self) -> None:
        plan = self._plan
        talked_s = 0.0
        if plan.hold_after_s is not None:
            await deferLater(self._reactor, plan.hold_after_s)
            await self._try(self.client.hold, "hold")
            await deferLater(self._reactor, plan.hold_for_s)
            await self._try(self.client.retrieve, "retrieve")
            talked_s = plan.hold_after_s + plan.hold_for_s
        if plan.talk_s is not None:
            await deferLater(self._reactor, max(0.0, plan.talk_s - talked_s))
            await self._try(self.client.hang_up, "hang up")

    async def _try(self, act: Callable[[], Deferred[None]], announced: str = "") -> None:
        if announced:
            self._say(announced)
        try:
            await act()
        except Refused as refused:
            self._print(refused.in_full(self._plan.language))
        except NotConnected as why:
            self._lost(why)

    def _do(self, story: Coroutine[Deferred[Any], Any, None]) -> None:
        act = Deferred.fromCoroutine(story)
        self._acts.append(act)
        act.addErrback(broke)

    def _stop(self) -> None:
        acts, self._acts = self._acts, []
        for act in acts:
            act.cancel()

    def _lost(self, why: NotConnected | Refused) -> None:
        self._say("lost", why=why.text(self._plan.language))

    def _say(self, what: str, cause: str = "", **details: Detail) -> None:
        self._print(phrase(what, self._plan.language, cause, **details))


def broke(failure: Failure) -> None:
    """What he does ends by being cancelled when the call is over; anything else is an error here."""
    if not isinstance(failure.value, CancelledError):
        log.failure("the headless agent failed", failure)
