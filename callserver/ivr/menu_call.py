"""What a menu holds in its hand: a call with a voice and ears."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.config import system_zone
from callserver.dsp.tones import beep
from callserver.ivr.acting import OVER, Acting, act
from callserver.ivr.interfaces import Prompt
from callserver.ivr.running import CallOver, GoesRound
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.media.recorder import Recorder
from callserver.media.recording import Recording, RecordingInfo
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.causes import Cause, Reason
from callserver.wire.records import Value
from callserver.wire.targets import Target

log = Logger()

LISTEN_S = 0.1
DISK_PATIENCE_S = 5.0
KEY_HELD_S = 0.5  # a key is known some 60 ms after it began, and is heard until it is let go: it may be a secret's last
SECRET_MAX = 32  # what is keyed in beyond a secret's length is as secret, and makes it a wrong one
FULL_S = 1.0  # after a full answer: is it longer than it may be?
LATE_END_S = 8.0  # an end key so long after an input that did not need it belongs to that input
LATE_END_OF_ONE_S = 3.0  # after a single key it is a habit, and comes at once
ROUNDS = 10  # the same question so often one after the other, then a person
WORDS_S = (3.0, 13.0, 23.0)  # who waits for an answer that does not come is told so
# Of a queue's outcomes
NOT_SERVED = ("closed", "no_agent", "full", "diverted", "left_empty", "timed_out", "key_exit")
NOT_REACHED = "not_reached"
AREA_CODE_S, BETWEEN_S, AREA_CODE_MAX = 8.0, 4.0, 5
MASKED = "****"  # as long for every secret: its length is part of it

T = TypeVar("T")


class People(Protocol):
    """Where callers wait for a person."""

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        """
        The outcome, when the caller could not be served.

        :param priority: that his menu gives him; None: the queue's
        :raises LookupError: there is no such queue
        """

    async def to_office(self, call: Call, address: str, ask_area_code: Callable[[], Deferred[str]], note: str) -> str:
        """
        The outcome, when no office has served the caller; "answered" when one has, and the call is over.

        :param address: of the customer who has proved who he is, "" if nobody has
        :param ask_area_code: asks the caller, if nothing else tells where he lives
        """

    async def send(self, call: Call, target: Target) -> None:
        """To an office or a number outside; returns when the caller could not be served there."""


class Faxes(Protocol):
    """Faxes within a caller's call."""

    async def give_document(self, call: MenuCall, number: str) -> str:
        """As `ICall.fax_document`."""

    async def receive(self, call: MenuCall) -> str:
        """As `ICall.receive_fax`."""


class Mailboxes(Protocol):
    """Messages within a caller's call."""

    @property
    def general(self) -> str:
        """The number of the box for whom nobody has served; "": there is none."""

    @property
    def numbers(self) -> Collection[str]:
        """Of all boxes."""

    def has_box(self, number: str) -> bool:
        """Whether there is one of this number, at this moment."""

    async def leave_message(self, call: MenuCall, box: str, *, busy: bool = False) -> str:
        """
        As `ICall.leave_message`.

        :param busy: he was sent here because nobody took his call
        """

    async def open_mailbox(self, call: MenuCall, box: str = "") -> str:
        """As `ICall.open_mailbox`."""


@dataclass(frozen=True)
class _Keyed:
    """What was keyed at a question, so long after it began; `in_prompt`: before it was said to its end."""

    digits: str
    took_s: float
    in_prompt: bool


class MenuCall(Acting):
    """
    ICall on a real call: prompts by name, keys from whoever hears them.

    `over`: the menu is over, what is left of it has no caller.
    `began_s`: when it came to this menu, on the monotonic clock.
    `served_s`: when somebody else last served the caller, or he spoke, on the monotonic clock.
    `recorded`: the file of the last message.
    `keeps_keys`: all keys mean something here, * and # one after the other too: nobody of the staff logs in by them.
    `mailboxes`: None: there are none.
    `not_served`: why nobody in the queue served the caller, until something else is said to him.
    """

    def __init__(
        self,
        call: Call,
        voice: Voice,
        people: People,
        clock: IReactorTime,
        recorder: Recorder | None = None,
        faxes: Faxes | None = None,
        mailboxes: Mailboxes | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(system_zone()),
    ) -> None:
        super().__init__(clock)
        self.call = call
        self.began_s = self.served_s = clock.seconds()
        self.over, self.recorded, self.not_served = False, "", ""
        self.keeps_keys = False
        self._voice, self._people, self._recorder, self._faxes = voice, people, recorder, faxes
        self._now, self.mailboxes = now, mailboxes
        self._said_s = float("-inf")  # when the last words began
        self._asked: tuple[Prompt, ...] = ()
        self._rounds = 0

    @property
    def id(self) -> str:
        return self.call.id

    @property
    def caller(self) -> Caller:
        return self.call.caller

    @property
    def language(self) -> str:
        return self.call.language

    @language.setter
    def language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"call.language = {language!r}: there are {', '.join(map(repr, LANGUAGES))}")
        if self.is_over:
            raise CallOver(OVER)
        self.call.speak(language)

    @property
    def language_chosen(self) -> bool:
        return self.call.language_chosen

    @property
    def is_over(self) -> bool:
        return self.over or self.call.ended is not None

    def when_ended(self) -> Deferred[Reason]:
        return self.call.when_ended()

    def forget_keys(self) -> None:
        self.call.keys.drop()

    def now(self) -> datetime:
        return self._now()

    def save(self, name: str, value: str) -> None:
        self.call.log(Kind.SAVED, name=name, value=value)
        self.call.path.append(f"{name} = {value}")

    def note(self, kind: Kind, **data: str | int) -> None:
        values: dict[str, Any] = dict(data)
        self.call.log(kind, **values)

    def mark(self, text: str) -> None:
        self.call.recording.mark(text)

    @act
    async def answer(self) -> None:
        await self._answer()

    @act
    async def play(self, *prompts: Prompt) -> bool:
        await self._answer()
        return await self.say(prompts)

    @act
    async def play_secret(self, *prompts: Prompt) -> bool:
        await self._answer()
        with self.call.secret():
            return await self.say(prompts, secret=True)

    @act
    async def collect(
        self,
        *prompts: Prompt,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
        full_digits: int | None = None,
    ) -> str:
        timeouts_s = (first_timeout_s, between_timeout_s)
        keyed = await self._collect(prompts, max_digits, end_key, timeouts_s, full_digits)
        self._note(prompts, keyed, keyed.digits)
        return keyed.digits

    @act
    async def collect_secret(
        self,
        *prompts: Prompt,
        max_digits: int,
        end_key: str | None = "#",
        first_timeout_s: float = 8.0,
        between_timeout_s: float = 5.0,
    ) -> str:
        with self.call.secret():
            timeouts_s = (first_timeout_s, between_timeout_s)
            keyed = await self._collect(prompts, SECRET_MAX, end_key, timeouts_s, max_digits, secret=True)
        self._note(prompts, keyed, MASKED if keyed.digits else "")
        return keyed.digits

    @act
    async def record(
        self, max_s: float = 180.0, silence_s: float = 10.0, on_begun: Callable[[Recording], None] = lambda one: None
    ) -> str:
        """:param on_begun: told the recording before anything is said; its `stop` tells when all of it is on disk"""
        await self._answer()
        leg = self.call.leg
        if leg is None or self._recorder is None:
            return ""
        self.call.keys.drop()
        await leg.play([beep()])
        recording = self._recorder.start(self.call.id, leg, with_near=False)
        if recording is None:
            return ""
        self.recorded = recording.file_name
        self.call.log(Kind.RECORDING, file=recording.file_name, message=True)
        try:
            on_begun(recording)
            await self._until_done(leg, max_s, silence_s)
        finally:
            recording.stop().addCallbacks(self._recorded, self._not_recorded)
        return recording.file_name if await self._on_disk(recording) else ""

    @act
    async def transfer_to_queue(self, queue: str, priority: int | None = None, *, comes_back: bool = False) -> str:
        await self._answer()
        waiting = Deferred.fromCoroutine(self._people.enter(queue, self.call, priority))
        outcome = await (self._until_left(waiting) if comes_back else waiting)
        self.not_served = outcome if outcome in NOT_SERVED else ""
        return outcome

    @act
    async def transfer_to_office(self, address: str = "", note: str = "", queue: str = "") -> str:
        await self._answer()
        note = note or (self.call.path[-1] if self.call.path else "")
        served = await self._people.to_office(self.call, address, self._ask_area_code, note)
        if served == "answered":
            return ""
        await self.say(("office-not-reached",))
        outcome = await self._people.enter(queue, self.call)
        self.not_served = outcome if outcome in NOT_SERVED else ""
        return outcome

    @act
    async def send_to(self, target: str) -> str:
        await self._answer()
        await self._people.send(self.call, Target.parse(target))
        return NOT_REACHED

    @act
    async def fax_document(self, number: str = "") -> str:
        await self._answer()
        if self._faxes is None:
            await self.say(("fax-not-now",))
            return "not_now"
        return await self._faxes.give_document(self, number)

    @act
    async def receive_fax(self) -> str:
        await self._answer()
        return await self._faxes.receive(self) if self._faxes is not None else "not_now"

    @act
    async def leave_message(self, box: str) -> str:
        await self._answer()
        if self.mailboxes is None:
            return "no_box"
        return await self.mailboxes.leave_message(self, box, busy=bool(self.not_served))

    @act
    async def open_mailbox(self, box: str = "") -> str:
        await self._answer()
        return await self.mailboxes.open_mailbox(self, box) if self.mailboxes is not None else "no_box"

    @act
    async def wait_for(self, answer: Deferred[T], limit_s: float = 30.0) -> T:
        self._has_waited = not answer.called
        words = [self.clock.callLater(at_s, self._ask_for_patience) for at_s in WORDS_S]
        try:
            return await answer.addTimeout(limit_s, self.clock)
        finally:
            for word in words:
                if word.active():
                    word.cancel()

    @act
    async def hang_up(self) -> None:
        self.call.end("menu", Reason(Cause.MENU_OVER))

    # What an act needs

    def _until_left(self, waiting: Deferred[str]) -> Deferred[str]:
        """What came of a wait for people; "answered" when who talked with the caller has left him on the line."""
        left = self.call.when_left()

        def come_back(_: None) -> None:
            waiting.cancel()

        def over(result: T) -> T | str:
            if left.called:
                return "answered"
            left.cancel()
            return result

        left.addCallbacks(come_back, lambda _: None)  # cancelled: he was not served
        return cast(Deferred[str], waiting.addBoth(over))

    async def say(self, prompts: Sequence[Prompt], *, secret: bool = False) -> bool:
        """Say it until a key silences it; whether all of it was said. What answers a key begins at once."""
        self.not_served = ""
        answers, self._said_s = self.call.keys.last_at_s >= self._said_s, self.clock.seconds()
        pressed = self.call.keys.when_pressed(anew=True)
        pressed.addCallbacks(lambda _: self._be_silent(), lambda _: None)  # cancelled: it was heard to its end
        try:
            return await self._voice.say(
                self.call, prompts, unless=lambda: bool(pressed.called), secret=secret, at_once=answers
            )
        finally:
            pressed.cancel()

    def _ask_for_patience(self) -> None:
        Deferred.fromCoroutine(self._voice.say(self.call, ("one-moment",))).addErrback(_unsaid)

    def _ask_area_code(self) -> Deferred[str]:
        timeouts_s = (AREA_CODE_S, BETWEEN_S)
        asked = Deferred.fromCoroutine(self._collect(("enter-area-code",), AREA_CODE_MAX, "#", timeouts_s))
        return asked.addCallback(lambda keyed: keyed.digits)

    async def _answer(self) -> None:
        if self.call.leg is None:
            await self.call.answer()

    async def _until_done(self, leg: Leg, max_s: float, silence_s: float) -> None:
        """Until a key, so much silence, or the end of the time."""
        now = self.clock.seconds()
        ends_s, silent_since_s = now + max_s, now
        while now < ends_s and now - silent_since_s < silence_s and not self.call.keys:
            await self._key_within(LISTEN_S)
            now = self.clock.seconds()
            if leg.speaks:
                silent_since_s = self.served_s = now
        self.call.keys.drop()

    def _on_disk(self, recording: Recording) -> Deferred[bool]:
        """Whether all of it is on disk, in time; who is thanked for a message may count on it (G4)."""
        known = recording.stop().addCallbacks(lambda _: recording.failed is None, lambda _: False)
        return known.addTimeout(DISK_PATIENCE_S, self.clock)

    def _recorded(self, info: RecordingInfo) -> None:
        self.call.log(Kind.RECORDING_END, file=info.path.name, length_s=round(info.length_s, 3))

    def _not_recorded(self, failure: Failure) -> None:
        log.failure("a message in call {call} broke", failure, call=self.call.id)

    def _note(self, prompts: tuple[Prompt, ...], keyed: _Keyed, digits: str) -> None:
        said: list[Value] = [str(prompt) for prompt in prompts]
        self.call.log(Kind.INPUT, digits=digits, prompts=said, took_s=keyed.took_s, in_prompt=keyed.in_prompt)
        self.call.path.append(f"{prompts[-1] if prompts else ''}: {digits or '-'}")

    async def _collect(
        self,
        prompts: tuple[Prompt, ...],
        max_digits: int,
        end_key: str | None,
        timeouts_s: tuple[float, float],
        full_digits: int | None = None,
        *,
        secret: bool = False,
    ) -> _Keyed:
        if max_digits < 1:
            raise ValueError(f"max_digits = {max_digits}: needs one at least")
        self._count_round(prompts)
        await self._answer()
        began_s, heard_out = self.clock.seconds(), not prompts
        if prompts and not self.call.keys:
            heard_out = await self.say(prompts)
        digits = await self._take(max_digits, end_key, timeouts_s, full_digits, secret=secret)
        took_s = round(self.clock.seconds() - began_s, 3)
        return _Keyed(digits, took_s, in_prompt=bool(digits) and not heard_out)

    async def _take(
        self, max_digits: int, end_key: str | None, timeouts_s: tuple[float, float], full_digits: int | None, *,
        secret: bool,
    ) -> str:  # fmt: skip
        digits, (timeout_s, between_s) = "", timeouts_s
        full_s = KEY_HELD_S if secret else FULL_S
        while len(digits) < max_digits and await self._key_within(timeout_s):
            key = self.call.keys.take(secret=secret)
            if key == end_key:
                self.call.keys.end_key_taken(key, self.clock.seconds())
                return digits
            digits += key
            timeout_s = full_s if len(digits) == full_digits else between_s
        if digits and end_key is not None:
            late_s = LATE_END_S if max_digits > 1 else LATE_END_OF_ONE_S
            self.call.keys.end_key_due(end_key, self.clock.seconds() + late_s)
        return digits

    def _count_round(self, question: tuple[Prompt, ...]) -> None:
        self._rounds = self._rounds + 1 if question and question == self._asked else 1
        self._asked = question
        if self._rounds > ROUNDS:
            raise GoesRound(f"the same question {ROUNDS} times")

    def _be_silent(self) -> None:
        if self.call.leg is not None:
            self.call.leg.stop()

    async def _key_within(self, timeout_s: float) -> bool:
        try:
            await self.call.keys.when_pressed().addTimeout(timeout_s, self.clock)
        except TimeoutError:
            return False
        return True


def _unsaid(failure: Failure) -> None:
    if not isinstance(failure.value, CancelledError):
        log.failure("a word was not said", failure)
