"""What a menu holds in its hand: a call with a voice and ears."""

from __future__ import annotations

from typing import Protocol

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.dsp.tones import beep
from callserver.ivr.interfaces import Prompt
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.media.recorder import Recorder
from callserver.media.recording import Recording, RecordingInfo
from callserver.wire.causes import Cause, Reason

log = Logger()

LISTEN_S = 0.1
DISK_PATIENCE_S = 5.0
KEY_HELD_S = 0.5  # a key is known some 60 ms after it began, and is heard until it is let go
MASKED = "****"  # as long for every secret: its length is part of it


class People(Protocol):
    """Where callers wait for a person."""

    async def enter(self, queue: str, call: Call) -> str:
        """
        The outcome, when the caller could not be served.

        :raises LookupError: there is no such queue
        """


class MenuCall:
    """ICall on a real call: prompts by name, keys from whoever hears them."""

    def __init__(
        self, call: Call, voice: Voice, people: People, clock: IReactorTime, recorder: Recorder | None = None
    ) -> None:
        self.call = call
        self._voice, self._people, self._clock, self._recorder = voice, people, clock, recorder

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
        self.call.speak(language)

    def when_ended(self) -> Deferred[Reason]:
        return self.call.when_ended()

    async def answer(self) -> None:
        if self.call.leg is None:
            await self.call.answer()

    async def play(self, *prompts: Prompt) -> None:
        await self._voice.say(self.call, prompts)

    async def collect(
        self,
        *prompts: Prompt,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
    ) -> str:
        digits = await self._collect(prompts, max_digits, end_key, first_timeout_s, between_timeout_s)
        self._note(prompts, digits)
        return digits

    async def collect_secret(
        self,
        *prompts: Prompt,
        max_digits: int,
        end_key: str | None = "#",
        first_timeout_s: float = 8.0,
        between_timeout_s: float = 5.0,
    ) -> str:
        with self.call.secret():
            digits = await self._collect(prompts, max_digits, end_key, first_timeout_s, between_timeout_s, secret=True)
            if len(digits) == max_digits:  # no end key came after the last one, which may be held still
                await deferLater(self._clock, KEY_HELD_S)
        self._note(prompts, MASKED if digits else "")
        return digits

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0) -> str:
        leg = self.call.leg
        if leg is None or self._recorder is None:
            return ""
        await leg.play([beep()])
        recording = self._recorder.start(self.call.id, leg, with_near=False)
        if recording is None:
            return ""
        self.call.log(Kind.RECORDING, file=recording.file_name)
        try:
            await self._until_done(leg, max_s, silence_s)
        finally:
            recording.stop().addCallbacks(self._recorded, self._not_recorded)
        return recording.file_name if await self._on_disk(recording) else ""

    async def transfer_to_queue(self, queue: str) -> None:
        await self.answer()
        await self._people.enter(queue, self.call)

    async def hang_up(self) -> None:
        self.call.end("menu", Reason(Cause.MENU_OVER))

    async def _until_done(self, leg: Leg, max_s: float, silence_s: float) -> None:
        """Until a key, so much silence, or the end of the time."""
        now = self._clock.seconds()
        ends_s, silent_since_s = now + max_s, now
        while now < ends_s and now - silent_since_s < silence_s and not self.call.keys:
            await self._key_within(LISTEN_S)
            now = self._clock.seconds()
            if leg.speaks:
                silent_since_s = now
        self.call.keys.drop()

    def _on_disk(self, recording: Recording) -> Deferred[bool]:
        """Whether all of it is on disk, in time; who is thanked for a message may count on it (G4)."""
        known = recording.stop().addCallbacks(lambda _: recording.failed is None, lambda _: False)
        return known.addTimeout(DISK_PATIENCE_S, self._clock)

    def _recorded(self, info: RecordingInfo) -> None:
        self.call.log(Kind.RECORDING_END, file=info.path.name, length_s=round(info.length_s, 3))

    def _not_recorded(self, failure: Failure) -> None:
        log.failure("a message in call {call} broke", failure, call=self.call.id)

    def _note(self, prompts: tuple[Prompt, ...], digits: str) -> None:
        self.call.log(Kind.INPUT, digits=digits, prompts=[str(prompt) for prompt in prompts])
        self.call.path.append(f"{prompts[-1] if prompts else ''}: {digits or '-'}")

    async def _collect(
        self,
        prompts: tuple[Prompt, ...],
        max_digits: int,
        end_key: str | None,
        first_timeout_s: float,
        between_timeout_s: float,
        *,
        secret: bool = False,
    ) -> str:
        if prompts and not self.call.keys:
            await self._ask(prompts)
        digits, timeout_s = "", first_timeout_s
        while len(digits) < max_digits and await self._key_within(timeout_s):
            key = self.call.keys.take(secret=secret)
            if key == end_key:
                break
            digits, timeout_s = digits + key, between_timeout_s
        return digits

    async def _ask(self, prompts: tuple[Prompt, ...]) -> None:
        """Say the question until a key silences it."""
        pressed = self.call.keys.when_pressed()
        pressed.addCallbacks(lambda _: self._be_silent(), lambda _: None)  # cancelled: it was heard to its end
        try:
            await self._voice.say(self.call, prompts, unless=lambda: bool(self.call.keys))
        finally:
            pressed.cancel()

    def _be_silent(self) -> None:
        if self.call.leg is not None:
            self.call.leg.stop()

    async def _key_within(self, timeout_s: float) -> bool:
        try:
            await self.call.keys.when_pressed().addTimeout(timeout_s, self._clock)
        except TimeoutError:
            return False
        return True
