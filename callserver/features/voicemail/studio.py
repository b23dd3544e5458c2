"""What owners record by telephone: greetings, messages, words before what they send on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.logger import Logger

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import SoundFileError
from callserver.features import House
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.rules import Sounding
from callserver.ivr.dialogue import rounds
from callserver.ivr.interfaces import Sound
from callserver.ivr.menu_call import MenuCall
from callserver.media.recording import Recording
from callserver.media.sealing_key import BadKey
from callserver.wire.catalogue import N_

log = Logger()

THINKING_S = 5.0  # so long an owner may be silent
SHORTEST_S = 0.4
HEAR, ANEW, KEEP, LEAVE = "1", "2", "#", "*"


@dataclass(frozen=True)
class Studio:
    """:param new_id: for sounds"""

    house: House
    intake: Intake
    sounds: Sounds
    new_id: Callable[[], str]

    async def record(self, call: MenuCall, max_s: float) -> Sounding | None:
        """One that he has kept, on disk; None: he has not, or it could not be, and he was told."""
        for _ in rounds():
            sound = await self._take(call, max_s)
            if sound is None:
                return None
            key = await self._judged(call, sound)
            if key == KEEP:
                return await self._keep(call, sound)
            if key == LEAVE:
                return None
        raise AssertionError  # rounds() never ends

    async def _take(self, call: MenuCall, max_s: float) -> FloatArray | None:
        recordings: list[Recording] = []
        await call.play("prompts-record")
        sound: FloatArray | None = None
        try:
            if file := await call.record(max_s, THINKING_S, recordings.append):
                sound = await call.wait_for(self.intake.spoken(file))
        except SoundFileError:
            pass  # he is told
        finally:
            for one in recordings:
                one.stop().addBoth(self._forget, one.file_name)
        if sound is None:
            await call.play("prompts-not-kept")
        elif sound.size < SHORTEST_S * RATE_HZ:
            await call.play("prompts-nothing-heard")
        else:
            return sound
        return None

    def _forget(self, _: object, file: str) -> None:
        """When the recorder is through with it, which would miss it else; what is kept of it lies elsewhere."""
        gone = self.house.in_thread(self.sounds.forget_raw, file)
        gone.addErrback(lambda failure: log.failure("{file} is not deleted", failure, file=file))

    async def _judged(self, call: MenuCall, sound: FloatArray) -> str:
        """KEEP, ANEW or LEAVE."""
        for _ in rounds():
            key = await call.collect("prompts-keep-or-again", max_digits=1, end_key=None, first_timeout_s=8.0)
            if key in (KEEP, ANEW, LEAVE):
                return key
            if key == HEAR:
                await call.play(Sound(sound))
            else:
                await call.play("not-understood" if key else "no-input")
        raise AssertionError  # rounds() never ends

    async def _keep(self, call: MenuCall, sound: FloatArray) -> Sounding | None:
        id_ = self.new_id()
        try:
            return Sounding(id_, await call.wait_for(self.house.in_thread(self.sounds.keep, id_, sound)))
        except (OSError, BadKey) as problem:
            why = problem.strerror or problem if isinstance(problem, OSError) else problem
            self.house.alarm(N_("a sound for a mailbox is not kept: {problem}"), problem=why)
            await call.play("prompts-not-kept")
            return None
