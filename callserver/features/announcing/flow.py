"""The menu "prompts": an announcer hears what callers hear and records it anew, by telephone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from peewee import PeeweeException
from twisted.internet.defer import Deferred, TimeoutError
from zope.interface import implementer

from callserver.acd.seats.parts import Person
from callserver.calls.audit import audit, audited
from callserver.calls.event_log import EventLog
from callserver.dsp.sound.files import SoundFileError
from callserver.features.announcing.studio import Studio
from callserver.ivr.dialogue import WantsPerson, ask_number, choose, rounds
from callserver.ivr.interfaces import ICall, IMenu, Sound, Spoken
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompt_list import Listed
from callserver.media.announcement import LONGEST_S, SILENT, Announcement, RecordingRefused
from callserver.store.opening import StoreError
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

RIGHT = Right.SUPERVISOR  # of the 18 the nearest: what all callers hear is a supervisor's to decide
ACT, BACK_ACT = "record_prompt", "revert_prompt"  # in the event log
NUMBER_DIGITS = 5
THINKING_S = 5.0  # so long an announcer may be silent before the recording ends by itself
LANGUAGES = {"1": "zh", "2": "en"}
HEAR, RECORD, ANOTHER, BRING_BACK, KEEP, LEAVE = "1", "2", "3", "4", "#", "*"
LIST_S = 20.0


@implementer(IMenu)
class PromptsMenu:
    """
    Whose PIN is right and who holds right 1 records any prompt of the list, and brings back what was before.

    Number and PIN are asked for as at a seat's telephone: wrong ones count to the same lock, and the PIN is secret
    from its first key on. The right is asked when he comes in, and again when a recording is kept.

    :param log_in: asks who it is; None: nobody
    :param rights: of a person of the staff, at this moment
    """

    name = "prompts"
    for_callers = False

    def __init__(
        self,
        studio: Studio,
        events: EventLog,
        log_in: Callable[[ICall], Coroutine[Any, Any, Person | None]],
        rights: Callable[[str], frozenset[Right]],
    ) -> None:
        self._studio, self._events, self._log_in, self._rights = studio, events, log_in, rights

    async def run(self, call: ICall) -> None:
        await call.answer()
        person = await self._log_in(call)
        if person is None:
            return
        try:
            self._require_right(person)
        except Refused as refused:
            audit(self._events, person.number, ACT, call_id=call.id, result=str(refused))
            await call.play("seat-not-allowed", "goodbye")
            return
        language = LANGUAGES[await choose(call, "zh/choose-language", "en/choose-language", keys="12")]
        call.language = language
        for _ in rounds():
            number = await ask_number(call, "prompts-enter-number", max_digits=NUMBER_DIGITS)
            one = next((one for one in await self._find(call, number) if one.language == language), None)
            if one is None:
                await call.play("prompts-unknown")
            else:
                await self._one(call, person, one)

    async def _find(self, call: ICall, number: str) -> list[Listed]:
        """
        What has this number on the list.

        :raises WantsPerson: the database does not answer, and he has been told
        """
        try:
            return await call.wait_for(Deferred.fromCoroutine(self._studio.find(number)), LIST_S)
        except (TimeoutError, PeeweeException, StoreError) as problem:
            await call.play("system-trouble")
            raise WantsPerson("database does not answer") from problem

    async def _one(self, call: ICall, person: Person, one: Listed) -> None:
        """Until he wants another."""
        for _ in rounds():
            key = await choose(call, "prompts-hear-record-other", keys=HEAR + RECORD + ANOTHER + BRING_BACK)
            if key == ANOTHER:
                return
            if key == HEAR:
                await call.play(Spoken(one.text, one.language) if one.is_known_text else f"{one.language}/{one.name}")
            elif key == BRING_BACK:
                await self._bring_back(call, person, one)
            else:
                await self._record(call, person, one)

    async def _record(self, call: ICall, person: Person, one: Listed) -> None:
        for _ in rounds():
            made = await self._take(call)
            if made is None:
                return
            key = await self._judged(call, made)
            if key == KEEP:
                await self._keep(call, person, one, made)
            if key != RECORD:
                return

    async def _take(self, call: ICall) -> Announcement | None:
        """One recording, as callers would hear it; None, and he is told why, if it is not good for that."""
        await call.play("prompts-record")
        file = await call.record(max_s=LONGEST_S, silence_s=THINKING_S)
        try:
            return await call.wait_for(Deferred.fromCoroutine(self._studio.made(file)))
        except RecordingRefused as refused:
            await call.play("prompts-nothing-heard" if refused.msgid == SILENT else "prompts-tone-heard")
            return None
        except SoundFileError:
            await call.play("prompts-not-kept")
            return None

    async def _judged(self, call: ICall, made: Announcement) -> str:
        """He hears it as often as he likes; KEEP, RECORD or LEAVE."""
        for _ in rounds():
            key = await call.collect("prompts-keep-or-again", end_key=None)
            if key in (KEEP, RECORD, LEAVE):
                return key
            if key == HEAR:
                await call.play(Sound(made.sound))
            else:
                await call.play("not-understood" if key else "no-input")
        raise AssertionError  # rounds() never ends

    async def _keep(self, call: ICall, person: Person, one: Listed, made: Announcement) -> None:
        try:
            with audited(self._events, person.number, ACT, f"{one.language}/{one.name}", call_id=call.id):
                self._require_right(person)
                await call.wait_for(Deferred.fromCoroutine(self._studio.keep(one, made.sound)))
        except Refused:
            await call.play("seat-not-allowed")
        except (Complaint, OSError):
            await call.play("prompts-not-kept")
        else:
            await call.play("prompts-kept")

    async def _bring_back(self, call: ICall, person: Person, one: Listed) -> None:
        """What callers heard before, as `callserver prompts revert` does it; what is replaced is kept too."""
        try:
            with audited(self._events, person.number, BACK_ACT, f"{one.language}/{one.name}", call_id=call.id):
                self._require_right(person)
                await call.wait_for(Deferred.fromCoroutine(self._studio.bring_back(one)))
        except Refused:
            await call.play("seat-not-allowed")
        except PromptError:
            await call.play("prompts-none-before")
        except OSError:
            await call.play("prompts-not-kept")
        else:
            await call.play("prompts-brought-back")

    def _require_right(self, person: Person) -> None:
        if RIGHT not in self._rights(person.number):
            raise Refused(Refusal.NO_RIGHT, str(RIGHT.value))
