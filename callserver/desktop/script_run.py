"""
Carries out an agent's script at his program.

What a wait waits for is a state, not a moment: a `wait ring` when it rings already is over at once. Two are moments and
count from the beginning of the step before: `event`, because the server may tell it before it answers the act that
brought it about, and `sound`. A wait ends at its time, or when the server will not have the agent any more; while the
connection is lost it goes on, and an act fails.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TimedOut
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.task import deferLater

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.script import FOREVER, Step, all_steps, in_file, read_file
from callserver.desktop.script_acts import LastAnswer, WaitingCall
from callserver.desktop.sound import HearingFile, read_blocks, speak
from callserver.wire.catalogue import Complaint, Sentence
from callserver.wire.messages import Access, ChannelRow, Hello, QueueRow, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.script_words import ScriptError
from callserver.wire.states import SeatState
from callserver.wire.words import SEAT_WORDS

UNDER_WAY_S = 0.1  # so long the last word takes to its listener
LOUD = 300  # of 32768: a louder sample is no hum
MakeClient = Callable[[AgentListener], AgentClient]


class AgentScriptRun(AgentListener):
    """
    One agent and his script.

    :param make_client: a program of his, not yet started; one is used from a log-in to its end
    :param folder: where the WAV files of `say` are
    :param on_step: told each step when it begins
    :param on_audio: gets what he hears
    :raises SoundUnusable: one of them cannot be used
    `client`: the program he has now.
    """

    def __init__(
        self,
        clock: IReactorTime,
        make_client: MakeClient,
        steps: Sequence[Step],
        folder: Path,
        on_step: Callable[[Step], object],
        on_audio: Callable[[bytes], object] = lambda block: None,
    ) -> None:
        self._clock, self._make_client, self._steps = clock, make_client, steps
        self._on_step, self._on_audio = on_step, on_audio
        self._sounds = {
            step: read_blocks(folder / step.arguments[0]) for step in all_steps(steps) if step.word == "say"
        }
        self._do: dict[str, Callable[[Step], Any]] = {
            "log in": self._log_in,
            "log out": self._log_out,
            "close": self._close,
            "act": self._act,
            "hold": self._hold,
            "say": self._say,
            "wait": self._wait,
            "expect": self._expect,
            "repeat": self._repeat,
        }
        self.client = make_client(self)
        self.is_here = False  # logged in and not out again, connected or not
        self._gone: Refused | None = None  # why the server will not have him
        self._board: dict[str, ChannelRow] = {}
        self._queues: dict[str, QueueRow] = {}
        self._events: list[str] = []  # causes since the step before began
        self._events_before: list[str] = []
        self._began_s = self._before_began_s = self._sounded_s = clock.seconds()
        self._answer: Any = None
        self._changed: list[Deferred[None]] = []

    async def run(self) -> None:
        """
        The whole script, to its last line.

        :raises ScriptError: a step came to nothing; naming its line, what was to happen and what is
        """
        await self._all(self._steps)

    def close(self) -> Deferred[None]:
        """His program ends, without a log-out; fires when its connection is closed."""
        closed = self.client.stop()
        self._leave()
        return closed

    # What he is told

    def logged_in(self, hello: Hello) -> None:
        self.is_here = True
        self._queues = {row.queue: row for row in hello.queues}

    def logged_out(self, cause: str) -> None:
        self._leave()
        self._tell()

    def refused(self, why: Refused) -> None:
        self._leave()
        self._gone = why
        self._tell()

    def access(self, access: Access) -> None:
        self._board = {row.channel: row for row in access.board}
        self._queues = {row.queue: row for row in access.queues}
        self._tell()

    def row(self, row: ChannelRow) -> None:
        self._board[row.channel] = row
        self._tell()

    def queue(self, row: QueueRow) -> None:
        self._queues[row.queue] = row
        self._tell()

    def status(self, status: SeatStatus) -> None:
        self._events.append(status.cause.partition(": ")[0])
        self._tell()

    def audio(self, block: bytes) -> None:
        self._on_audio(block)
        samples = array("h", block)
        if max(map(abs, samples)) > LOUD:
            self._sounded_s = self._clock.seconds()
            self._tell()

    # The steps

    async def _all(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._events_before, self._events = self._events, []
            self._before_began_s, self._began_s = self._began_s, self._clock.seconds()
            self._on_step(step)
            await self._do[step.word](step)

    async def _log_in(self, step: Step) -> None:
        if self.is_here:
            raise ScriptError(step.line, Complaint("he is logged in already"))
        self._gone = None
        self.client.start()
        reached = await self._until(lambda: self.is_here or self._gone is not None, step.within_s)
        if not reached:
            self.close()
            raise ScriptError(step.line, Complaint("not logged in within {seconds} s", seconds=f"{step.within_s:g}"))
        self._judge(step, self._gone)

    async def _log_out(self, step: Step) -> None:
        await self._asked(step, "log_out")
        if not step.refused:
            await self._until(lambda: not self.is_here, step.within_s)

    async def _close(self, step: Step) -> None:
        await self.close()

    async def _act(self, step: Step) -> None:
        act, *arguments = step.arguments
        await self._asked(step, act, *[self._filled(step, argument) for argument in arguments])

    async def _hold(self, step: Step) -> None:
        await self._asked(step, "hold")
        if not step.refused:
            await deferLater(self._clock, step.arguments[0])
            await self._asked(step, "retrieve")

    async def _say(self, step: Step) -> None:
        if self.client.seat.state not in IN_CALL:
            raise ScriptError(step.line, Complaint("nobody is there to hear it; {state}", state=self._state()))
        await speak(self._sounds[step], lambda block: self.client.send_audio(block), self._clock)
        await deferLater(self._clock, UNDER_WAY_S)

    async def _repeat(self, step: Step) -> None:
        (times,) = step.arguments
        for _ in count() if times == FOREVER else range(times):
            await self._all(step.steps)

    async def _wait(self, step: Step) -> None:
        what, *details = step.arguments
        if what == "seconds":
            await deferLater(self._clock, details[0])
            return
        reached = self._condition(what, details)
        if not await self._until(lambda: reached() or not self.is_here, step.within_s):
            waited = {"seconds": f"{step.within_s:g}", "what": _waited_for(step)}
            raise ScriptError(
                step.line, Complaint("waited {seconds} s for {what}; {state}", **waited, state=self._state())
            )
        if not reached():
            said = Complaint("no {what} will come: {state}", what=_waited_for(step), state=self._state())
            raise ScriptError(step.line, said)

    async def _expect(self, step: Step) -> None:
        what, *details = step.arguments
        if what == "answer":
            if _as_text(self._answer) != details[0]:
                said = Complaint(
                    "the answer is {answer}, not {wanted}", answer=_as_text(self._answer), wanted=details[0]
                )
                raise ScriptError(step.line, said)
        elif not self._condition(what, details)():
            expected = Complaint("expected {what}; {state}", what=_waited_for(step), state=self._state())
            raise ScriptError(step.line, expected)

    # What they stand on

    async def _asked(self, step: Step, act: str, *arguments: object) -> None:
        refused: Refused | None = None
        try:
            self._answer = await self.client.ask(act, *arguments)
        except Refused as why:
            refused = why
        except NotConnected as why:
            raise ScriptError(step.line, Complaint("{text}: {problem}", text=step.text, problem=why)) from why
        self._judge(step, refused)

    def _judge(self, step: Step, refused: Refused | None) -> None:
        """Whether what came of it is what the script says."""
        text, wanted = repr(step.text), step.refused
        if refused is None and wanted:
            said = Complaint("{text} should have been refused [{wanted}], and was done", text=text, wanted=wanted)
            raise ScriptError(step.line, said)
        if refused is None or wanted in (str(refused), refused.code.value):
            return
        why = {"why": refused, "code": str(refused) if ": " in wanted else refused.code.value}
        if wanted:
            said = Complaint(
                "{text} was refused: {why} [{code}]; expected was [{wanted}]", text=text, wanted=wanted, **why
            )
        else:
            said = Complaint("{text} was refused: {why} [{code}]", text=text, **why)
        raise ScriptError(step.line, said)

    def _filled(self, step: Step, argument: object) -> object:
        """What an argument stands for at this moment."""
        if isinstance(argument, LastAnswer):
            return self._answer
        if not isinstance(argument, WaitingCall):
            return argument
        for row in self._queues.values():
            for waiter in row.waiters:
                if argument.caller in ("", waiter.caller):
                    return waiter.call_id
        if not argument.caller:
            raise ScriptError(step.line, Complaint("nobody waits in a queue"))
        return argument.caller  # no number of theirs: then it is the call's own name

    def _condition(self, what: str, details: Sequence[Any]) -> Callable[[], bool]:
        """Whether what is waited for is so."""
        since_s = self._before_began_s
        rests = (*IN_CALL, SeatState.RINGING)
        conditions: dict[str, Callable[[], bool]] = {
            "ring": lambda: self.client.seat.state is SeatState.RINGING,
            "talk": lambda: self.client.seat.state is SeatState.TALKING,
            "end": lambda: self.client.seat.state not in rests,
            "state": lambda: _looks(self.client.seat, *details),
            "event": lambda: details[0] in (*self._events_before, *self._events),
            "caller": lambda: self.client.seat.call is not None and self.client.seat.call.caller_number == details[0],
            "seat": lambda: self._shows(*details),
            "line": lambda: self._shows(*details),
            "queue": lambda: self._waiting(*details),
            "sound": lambda: self._sounded_s > since_s,
            "silence": lambda: self._clock.seconds() - max(self._sounded_s, self._began_s) >= details[0] - 0.001,
        }
        return conditions[what]

    def _shows(self, channel: str, states: tuple[str, ...]) -> bool:
        return channel in self._board and self._board[channel].state in states

    def _waiting(self, queue: str, n: int) -> bool:
        length = self._queues[queue].length if queue in self._queues else 0
        return length >= n if n else not length

    async def _until(self, reached: Callable[[], bool], within_s: float) -> bool:
        """Whether it came to that in time."""
        deadline_s = self._clock.seconds() + within_s
        while not reached():
            left_s = deadline_s - self._clock.seconds()
            if left_s <= 0:
                return False
            changed: Deferred[None] = Deferred()
            self._changed.append(changed)
            try:
                await changed.addTimeout(min(left_s, 0.1), self._clock)  # silence comes without being told
            except TimedOut:
                if changed in self._changed:
                    self._changed.remove(changed)
        return True

    def _leave(self) -> None:
        """His program is not used any more; another one is there for the next log-in."""
        self.is_here, self.client = False, self._make_client(self)

    def _tell(self) -> None:
        """Whoever waits looks again, when the program has done with what it was told: a step may end the program."""
        changed, self._changed = self._changed, []
        for one in changed:
            self._clock.callLater(0, _fire, one)

    def _state(self) -> Sentence:
        if self._gone is not None:
            return self._gone
        if not self.is_here:
            return Complaint("he is not logged in")
        return Complaint("the seat is {state_word}", state_word=SEAT_WORDS[self.client.seat.state])


async def scripted_agent(
    clock: IReactorTime,
    endpoint: IStreamClientEndpoint,
    number: str,
    password: str,
    script: Path,
    say: Callable[[str], object] = print,
    *,
    hear: Path | None = None,
    new_password: str | None = None,
    take_over: bool = False,
) -> None:
    """
    Do what a file says, from its first line to its last; then, or when it is cancelled, the program ends.

    :param endpoint: `pinned_endpoint(...)`
    :param say: told each line when its turn comes
    :param hear: WAV to write what he hears into
    :param new_password: the password is changed to this one at the first log-in
    :param take_over: also when he is logged in elsewhere
    :raises AgentScriptError: the file cannot be read, or a step came to nothing
    :raises SoundUnusable: a WAV file cannot be used
    """
    steps = read_file(script)
    new_passwords = [new_password]

    def make_client(listener: AgentListener) -> AgentClient:
        new, new_passwords[0] = new_passwords[0], None
        return AgentClient(
            clock,
            endpoint,
            number,
            password if new else new_password or password,
            listener,
            new_password=new,
            take_over=take_over,
        )

    with ExitStack() as files:
        hearing = files.enter_context(HearingFile(hear)) if hear else None
        run = AgentScriptRun(
            clock,
            make_client,
            steps,
            script.parent,
            on_step=lambda step: say(f"{step.line:4} {step.text}"),
            on_audio=hearing.write if hearing else lambda block: None,
        )
        try:
            await run.run()
        except ScriptError as problem:
            raise in_file(script, problem) from problem
        finally:
            await run.close()


def _fire(waiting: Deferred[None]) -> None:
    if not waiting.called:
        waiting.callback(None)


def _looks(seat: SeatStatus, states: tuple[str, ...], reason: str) -> bool:
    return seat.state.name in states and reason in ("", seat.reason)


def _waited_for(step: Step) -> str:
    """As the script says it."""
    return step.text.partition(" ")[2].partition(" within ")[0]


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
