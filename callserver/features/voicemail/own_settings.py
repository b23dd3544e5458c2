"""An owner's greetings and his PIN, by telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.staff.passwords import PIN_MAX
from callserver.dsp.sound.files import SoundFileError
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.keypad import UP, ask
from callserver.features.voicemail.rules import Box, WeakPin
from callserver.features.voicemail.studio import Studio
from callserver.features.voicemail.tables import BoxKind, GreetingKind
from callserver.ivr.dialogue import TRIES, rounds
from callserver.ivr.interfaces import Sound
from callserver.ivr.menu_call import MenuCall
from callserver.store.database import Store

GREETINGS = {
    "1": GreetingKind.STANDARD,
    "2": GreetingKind.NAME,
    "3": GreetingKind.ABSENCE,
    "4": GreetingKind.BUSY,
}
PIN, HEAR, RECORD, REMOVE, SWITCH = "5", "1", "2", "3", "4"
GREETING_S, NAME_S = 60.0, 10.0


@dataclass(frozen=True)
class OwnSettings:
    """Key 0 of an owner."""

    house: House
    store: Store
    directory: Directory
    intake: Intake
    studio: Studio
    delete_sounds: Callable[[list[str]], Deferred[Any]]

    async def change(self, call: MenuCall, box: Box) -> None:
        """Until he goes up."""
        for _ in rounds():
            key = await ask(call, "mail-settings-keys", keys="".join(GREETINGS) + PIN + UP)
            if key == UP:
                return
            if key == PIN:
                await self.change_pin(call, box)
            else:
                await self._greeting(call, box, GREETINGS[key])

    async def change_pin(self, call: MenuCall, box: Box) -> bool:
        """Whether it is another now."""
        if box.kind is BoxKind.GROUP:
            await call.play("seat-not-allowed")
            return False
        for _ in range(TRIES):
            pin = await call.collect_secret("mail-choose-pin", max_digits=PIN_MAX)
            try:
                rules.check_new_pin(pin, box.number, box.owner)
            except WeakPin:
                await call.play("pin-too-easy")
                continue
            if await call.collect_secret("pin-once-more", max_digits=PIN_MAX) != pin:
                await call.play("pins-differ")
                continue
            stored = await call.wait_for(self.house.in_thread(rules.pin_stored, pin))
            await call.wait_for(self.store.write(rules.set_pin, box.number, stored))
            await self.directory.follow()
            await call.play("pin-changed")
            return True
        return False

    async def _greeting(self, call: MenuCall, box: Box, kind: GreetingKind) -> None:
        is_absence = kind is GreetingKind.ABSENCE
        for _ in rounds():
            now = self.directory.box(box.number) or box
            switch = [f"mail-away-{'on' if now.away else 'off'}"] if is_absence else []
            keys = HEAR + RECORD + REMOVE + UP + (SWITCH if is_absence else "")
            key = await ask(call, "mail-greeting-keys", *switch, keys=keys)
            if key == UP:
                return
            if key == HEAR:
                await self._hear(call, box, kind)
            elif key == RECORD:
                await self._record(call, box, kind)
            elif key == REMOVE:
                await self._set(call, box, kind, None)
                await call.play("mail-greeting-removed")
            else:
                await call.wait_for(self.store.write(rules.set_box, box.number, {"away": not now.away}))
                await self.directory.follow()

    async def _hear(self, call: MenuCall, box: Box, kind: GreetingKind) -> None:
        kept = self.directory.now.greetings.get(box.number, {}).get(kind)
        if kept is None:
            await call.play("mail-no-greeting")
            return
        try:
            await call.play(Sound(await call.wait_for(self.intake.read([kept.id]))))
        except SoundFileError:  # callers hear the server's own meanwhile
            await call.play("mail-sound-gone")

    async def _record(self, call: MenuCall, box: Box, kind: GreetingKind) -> None:
        sound = await self.studio.record(call, NAME_S if kind is GreetingKind.NAME else GREETING_S)
        if sound is None:
            return
        await self._set(call, box, kind, sound)
        if kind is GreetingKind.ABSENCE:  # who records it is going away
            await call.wait_for(self.store.write(rules.set_box, box.number, {"away": True}))
            await self.directory.follow()
        await call.play("prompts-kept")

    async def _set(self, call: MenuCall, box: Box, kind: GreetingKind, sound: rules.Sounding | None) -> None:
        gone = await call.wait_for(self.store.write(partial(rules.set_greeting, box.number, kind, sound)))
        self.delete_sounds(gone)
        await self.directory.follow()
