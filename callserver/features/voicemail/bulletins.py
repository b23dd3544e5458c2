"""A bulletin box: callers hear what is in it, the newest first, and leave nothing."""

from __future__ import annotations

from dataclasses import dataclass

from twisted.logger import Logger

from callserver.dsp.sound.files import SoundFileError
from callserver.features.voicemail import rules
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.keypad import UP, ask
from callserver.features.voicemail.rules import Box, Message
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.winding import wind_sound
from callserver.store.database import Store

log = Logger()

HEARD, NOTHING = "heard", "nothing"
REPEAT, PREVIOUS, NEXT = "5", "4", "6"
KEYS_MAX = 500
ASKED_S = 5.0  # so long the database may take


@dataclass(frozen=True)
class Bulletins:
    """For guests."""

    store: Store
    intake: Intake

    async def tell(self, call: MenuCall, box: Box) -> str:
        """HEARD, or NOTHING: he has been told that there is none."""
        found = sorted(await self._found(call, box), key=lambda one: one.came, reverse=True)
        at = 0
        for _ in range(KEYS_MAX):
            if not found:
                await call.play("mail-no-bulletins")
                return NOTHING
            last = at + 1 == len(found)
            key = await self._one(call, found[at], asks=last)
            if key in (UP, ""):
                if last or key == UP:
                    return HEARD
                key = NEXT
            step = {PREVIOUS: -1, NEXT: 1}.get(key, 0)
            at = min(max(at + step, 0), len(found) - 1)
        return HEARD

    async def _found(self, call: MenuCall, box: Box) -> list[Message]:
        try:
            return await call.wait_for(self.store.read(rules.messages, box.number), ASKED_S)
        except Exception as problem:
            log.warn("the bulletins of mailbox {box} cannot be asked for: {problem}", box=box.number, problem=problem)
            return []

    async def _one(self, call: MenuCall, message: Message, *, asks: bool) -> str:
        """The key that he has pressed; "" where the next one follows, or nothing."""
        try:
            key = await wind_sound(call, await call.wait_for(self.intake.read(message.sounds)))
        except SoundFileError as problem:
            log.warn("bulletin {message} cannot be heard: {problem}", message=message.id, problem=problem)
            await call.play("system-trouble")
            return ""
        if key or not asks:
            return key
        return await ask(call, "mail-bulletin-keys", keys=REPEAT + PREVIOUS + NEXT + UP)
