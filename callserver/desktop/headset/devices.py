"""Which microphone, which headset, and on what it rings: as chosen, and what to do while that is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from callserver.desktop.headset.sound_system import Device, Sound
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase


class Use(Enum):
    """What a device is for; the value is its word in sentences."""

    MICROPHONE = N_("Microphone")
    HEADSET = N_("Headset")
    RING = N_("Ringing loudspeaker")


REPLACED = N_("{use_word} {lost} is gone; {name} is used instead")
TAKEN = N_("{use_word} {name} is used now")
BACK = N_("{use_word} {name} is back")
NONE_LEFT = {
    Use.MICROPHONE: N_("No microphone: plug one in, or log in by telephone"),
    Use.HEADSET: N_("No headset: plug one in, or log in by telephone"),
    Use.RING: N_("No loudspeaker to ring on: calls only show"),
}


class Devices:
    """
    The devices in use; choices are ids, "" for whatever the system prefers.

    One that vanishes is said, the next is taken, and it is taken again when it returns.

    :param told: hears a sentence when a device in use has gone, or is back
    """

    def __init__(self, sound: Sound, told: Callable[[Phrase], None], chosen: Mapping[Use, str] | None = None) -> None:
        self._sound, self._told = sound, told
        self._chosen = dict.fromkeys(Use, "") | dict(chosen or {})
        self._lost: dict[Use, Device] = {}
        self._watchers: list[Callable[[Use], None]] = []
        self._list_watchers: list[Callable[[], None]] = []
        self._now = {use: self._pick(use) for use in Use}
        sound.watch(self._look)

    def known(self, use: Use) -> tuple[Device, ...]:
        """All that could be used for it."""
        return self._sound.microphones() if use is Use.MICROPHONE else self._sound.loudspeakers()

    def device(self, use: Use) -> Device | None:
        """What is used for it now; None: there is nothing."""
        return self._now[use]

    def chosen(self, use: Use) -> str:
        """The id that was chosen, whether it is there or not."""
        return self._chosen[use]

    def choose(self, use: Use, device_id: str) -> None:
        """From now on, also in a talk."""
        self._chosen[use] = device_id
        self._lost.pop(use, None)
        self._set(use, self._pick(use))

    def watch(self, watcher: Callable[[Use], None]) -> Callable[[], None]:
        """Call it when another device is used for something; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def watch_lists(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it when there are other devices, or another one is used; returns what ends it."""
        self._list_watchers.append(watcher)
        return lambda: self._list_watchers.remove(watcher)

    def _pick(self, use: Use) -> Device | None:
        known = self.known(use)
        lost = self._lost.get(use)
        wanted = [self._chosen[use], lost.id if lost else ""]
        best = [device for device_id in wanted for device in known if device.id == device_id]
        return next(iter([*best, *(device for device in known if device.is_default), *known]), None)

    def _look(self) -> None:
        for use in Use:
            before = self._now[use]
            if before is not None and before.id not in [device.id for device in self.known(use)]:
                self._lost.setdefault(use, before)
                self._change(use, before)
            else:
                self._change(use, None)
        for watcher in tuple(self._list_watchers):
            watcher()

    def _change(self, use: Use, gone: Device | None) -> None:
        before, now, lost = self._now[use], self._pick(use), self._lost.get(use)
        if _id(before) == _id(now):
            return
        if use is not Use.RING or self._chosen[use]:  # else it follows the headset, of which it is said
            self._told(_sentence(use, now, gone, is_back=_id(lost) == _id(now)))
        if lost is not None and _id(lost) == _id(now):
            del self._lost[use]
        self._set(use, now)

    def _set(self, use: Use, now: Device | None) -> None:
        changed, self._now[use] = _id(self._now[use]) != _id(now), now
        if changed:
            for watcher in tuple(self._watchers):
                watcher(use)


def _sentence(use: Use, now: Device | None, gone: Device | None, is_back: bool) -> Phrase:
    if now is None:
        return Phrase(NONE_LEFT[use])
    if gone is not None:
        return Phrase(REPLACED, {"use_word": use.value, "lost": gone.name, "name": now.name})
    return Phrase(BACK if is_back else TAKEN, {"use_word": use.value, "name": now.name})


def _id(device: Device | None) -> str | None:
    return device.id if device else None
