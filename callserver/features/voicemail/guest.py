"""
A guest at a box: he hears its greeting, leaves his message, and says what becomes of it.

    after the message: # keep, 1 hear, 2 record anew, 3 private, 4 urgent, * discard, 0 person
    in the greeting: # record at once, 0 person, * open the box by its PIN, 1-9 a box below this one

What he hangs up on is kept if it is long enough; what nobody decides about is kept too.
留言后：# 保存，1 试听，2 重录，3 保密，4 加急，* 放弃，0 人工。挂机即保存（不短于三秒）。
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import TimeoutError

from callserver.calls.event_log import EventLog
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import SoundFileError
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.drafts import Draft
from callserver.features.voicemail.files import Envelope
from callserver.features.voicemail.greeting import greeting
from callserver.features.voicemail.intake import SHORTEST_S, Intake
from callserver.features.voicemail.rules import Box
from callserver.features.voicemail.tables import BoxKind
from callserver.ivr.dialogue import TRIES, WantsPerson, rounds
from callserver.ivr.interfaces import Sound, Spoken
from callserver.ivr.menu_call import MenuCall
from callserver.media.recording import Recording

LEFT, FULL, SUSPENDED, NO_BOX, NOT_KEPT = "left", "full", "suspended", "no_box", "not_kept"
DISCARDED, OPENED = "discarded", "opened"
SILENCE_S = 10.0
KEY_S = 6.0  # after that silence is an answer: keep it
SILENT_MAX = 2
ON_DISK_S = 5.0
PERSON, KEEP, HEAR, ANEW, DISCARD, OWNER = "0", "#", "1", "2", "*", "*"
MARKS = {"3": "private", "4": "urgent"}


class NotKept(Exception):
    """What he said could not be kept."""


@dataclass(frozen=True)
class GuestTalk:
    """
    :param new_id: for messages
    :param bulletins: lets a guest hear those of a box
    :param open_mailbox: lets its owner in
    """

    directory: Directory
    intake: Intake
    events: EventLog
    new_id: Callable[[], str]
    bulletins: Callable[[MenuCall, Box], Coroutine[Any, Any, str]]
    open_mailbox: Callable[[MenuCall, str], Coroutine[Any, Any, str]]

    async def leave(self, call: MenuCall, number: str, *, busy: bool = False) -> str:
        """As `ICall.leave_message`; raises WantsPerson."""
        box = self.directory.box(number)
        if box is None:
            await call.play("mail-no-box")
            return NO_BOX
        if box.kind is BoxKind.BULLETIN:
            return await self.bulletins(call, box)
        if (obstacle := self._obstacle(box)) is not None:
            return await self._not_taken(call, *obstacle)
        with self.directory.place_in(box):
            key = await self._greet(call, box, busy=busy)
            below = next((one for one in self.directory.below(number) if key and one.key == key), None)
            if key not in (PERSON, OWNER) and below is None:
                return await self._take(call, box)
        if key == PERSON:
            raise WantsPerson("key 0")
        if below is not None:
            return await self.leave(call, below.number, busy=busy)
        await self.open_mailbox(call, number)
        return OPENED

    def _obstacle(self, box: Box) -> tuple[str, str] | None:
        """The prompt and the outcome."""
        if box.suspended:
            return "mail-box-suspended", SUSPENDED
        return ("mail-box-full", FULL) if self.directory.is_full(box) else None

    async def _not_taken(self, call: MenuCall, prompt: str, outcome: str) -> str:
        if await call.collect(prompt, "mail-for-person", max_digits=1, first_timeout_s=4.0) == PERSON:
            raise WantsPerson("key 0")
        return outcome

    async def _greet(self, call: MenuCall, box: Box, *, busy: bool) -> str:
        """The key that he has pressed in it, if any."""
        said = await greeting(call, self.intake, box, self.directory.now.greetings.get(box.number, {}), busy=busy)
        below = self.directory.below(box.number)
        for one in below:
            said += ["mail-for-box", Spoken(one.name), "press-key", f"number-{one.key}", "pause"]
        said.append("beep-record")
        return await call.collect(*said, max_digits=1, end_key=None, first_timeout_s=3.0 if below else 0.4)

    async def _take(self, call: MenuCall, box: Box) -> str:
        """Until he is through with it; three that are too short, one after the other, are none."""
        n_short = 0
        try:
            for nth in rounds():
                if nth:
                    await call.play("beep-record")
                made = await self._record(call, box)
                n_short = n_short + 1 if made is None else 0
                if made is None:
                    await call.play("mail-too-short")
                elif (outcome := await self._decided(call, *made)) != ANEW:
                    return outcome
                if n_short == TRIES:
                    return DISCARDED
        except NotKept:
            await call.play("message-not-kept")
            return NOT_KEPT
        raise AssertionError  # rounds() never ends

    # One recording

    async def _record(self, call: MenuCall, box: Box) -> tuple[Draft, FloatArray] | None:
        """None: too short. Who goes meanwhile has left what he said."""
        drafts: list[Draft] = []
        began_s = call.clock.seconds()
        try:
            file = await call.record(
                box.message_s, SILENCE_S, lambda recording: drafts.append(self._draft(call, box, recording))
            )
            if not file or not drafts:
                raise NotKept
            drafts[0].time_over = call.clock.seconds() - began_s >= box.message_s
            sound = await self._spoken(call, file)
        except BaseException:
            for draft in drafts:
                draft.let_go()
            raise
        if sound.size >= SHORTEST_S * RATE_HZ:
            return drafts[0], sound
        await drafts[0].discard()
        return None

    def _draft(self, call: MenuCall, box: Box, recording: Recording) -> Draft:
        caller, came, file = call.caller, self.events.now().isoformat(), recording.file_name
        name = caller.name or ""
        envelope = Envelope(self.new_id(), box.number, file, came, call.id, caller.known_by, name)
        return Draft(self.intake, envelope, recording)

    async def _spoken(self, call: MenuCall, file: str) -> FloatArray:
        try:
            return await call.wait_for(self.intake.spoken(file))
        except (SoundFileError, TimeoutError) as problem:
            raise NotKept from problem

    # What becomes of it

    async def _decided(self, call: MenuCall, draft: Draft, sound: FloatArray) -> str:
        """LEFT, DISCARDED or ANEW."""
        try:
            key = await self._ask(call, draft, sound)
        except BaseException:  # he has gone, or wants a person
            draft.let_go()
            raise
        if key == KEEP:
            await self._keep(call, draft)
            return LEFT
        await draft.discard()
        if key == ANEW:
            return ANEW
        await call.play("mail-discarded")
        return DISCARDED

    async def _ask(self, call: MenuCall, draft: Draft, sound: FloatArray) -> str:
        """KEEP, ANEW or DISCARD; silence twice is KEEP."""
        n_silent, said = 0, ["mail-time-over"] if draft.time_over else []
        for _ in rounds():
            key = await call.collect(*said, "mail-guest-keys", max_digits=1, end_key=None, first_timeout_s=KEY_S)
            said = []
            n_silent = 0 if key else n_silent + 1
            if key in (KEEP, ANEW, DISCARD):
                return key
            if n_silent == SILENT_MAX:
                return KEEP
            if key == PERSON:
                raise WantsPerson("key 0")
            if key == HEAR:
                await call.play(Sound(sound))
            elif key in MARKS:
                await self._mark(call, draft, MARKS[key])
            elif key:
                await call.play("not-understood")
        raise AssertionError  # rounds() never ends

    async def _mark(self, call: MenuCall, draft: Draft, name: str) -> None:
        on = not getattr(draft.envelope, name)
        draft.change(**{name: on})
        await call.play(f"mail-{'now' if on else 'not'}-{name}")

    async def _keep(self, call: MenuCall, draft: Draft) -> None:
        """He is told so when it is on disk, and not before (G4)."""
        draft.change(kept=True)
        safe = draft.when_safe()
        draft.let_go()
        try:
            if not await call.wait_for(safe, ON_DISK_S):
                raise NotKept
        except TimeoutError:
            raise NotKept from None
        await call.play("message-kept")
