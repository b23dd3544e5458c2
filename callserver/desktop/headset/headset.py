"""A talk's sound: the microphone to the server, the server's sound to the ear."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.formats import SILENCE
from callserver.desktop.headset.level import Level, LevelTracker
from callserver.desktop.headset.playout import Playout
from callserver.desktop.headset.plug import Plug
from callserver.desktop.headset.sound_system import Loudspeaker, Sound, Stream
from callserver.wire.messages import AUDIO_BLOCK_BYTES, Phrase

LevelShown = Callable[[Use, Level], None]


def nobody_looks(use: Use, level: Level) -> None:
    """No meters."""


class Headset:
    """
    Open in talks only: outside it holds no device and costs nothing. Nothing here raises: what does not work is said.

    :param send: takes each block of 20 ms that the agent says, as `AgentClient.send_audio`
    :param told: hears a sentence, once a talk, when there is no microphone or no headset
    :param levels: hears ten times a second how loud microphone and headset are, while it is open
    """

    def __init__(
        self,
        clock: IReactorTime,
        sound: Sound,
        devices: Devices,
        send: Callable[[bytes], None],
        told: Callable[[Phrase], None],
        levels: LevelShown = nobody_looks,
    ) -> None:
        self._sound, self._devices, self._send, self._levels = sound, devices, send, levels
        self.is_muted = False
        self._microphone: Plug[Stream] = Plug(clock, devices, Use.MICROPHONE, self._listen, told)
        self._ear: Plug[Loudspeaker] = Plug(clock, devices, Use.HEADSET, self._speak, told)
        self.playout = Playout()
        self._trackers = {Use.MICROPHONE: LevelTracker(), Use.HEADSET: LevelTracker()}

    @property
    def is_open(self) -> bool:
        """In a talk, whether there are devices or not."""
        return self._ear.is_in

    def open(self) -> None:
        """A talk begins, or the far end rings; not muted."""
        if not self.is_open:
            self.is_muted = False
            self._ear.put_in()
            self._microphone.put_in()

    def close(self) -> None:
        """The talk is over."""
        if self.is_open:
            self._microphone.take_out()
            self._ear.take_out()
            for use in self._trackers:
                self._levels(use, Level())

    def speaker(self) -> Loudspeaker | None:
        """To hear something else on, such as a recording; None: there is nothing. Who asks for it stops it."""
        device = self._devices.device(Use.HEADSET)
        return self._sound.speak(device.id) if device is not None else None

    def mute(self, on: bool) -> None:
        """The caller hears silence from now on; the microphone's level is still shown."""
        self.is_muted = on

    def play(self, block: bytes) -> None:
        """20 ms to hear, as `AgentListener.audio` brings them; dropped while there is nothing to hear them on."""
        ear = self._ear.stream
        if ear is None or len(block) != AUDIO_BLOCK_BYTES:
            return
        ear.write(self.playout.block(block, ear.queued_s()))
        self._measure(Use.HEADSET, block)

    def _listen(self, device_id: str) -> Stream | None:
        return self._sound.listen(device_id, self._heard)

    def _speak(self, device_id: str) -> Loudspeaker | None:
        self.playout = Playout()
        return self._sound.speak(device_id)

    def _heard(self, block: bytes) -> None:
        self._send(SILENCE if self.is_muted else block)
        self._measure(Use.MICROPHONE, block)

    def _measure(self, use: Use, block: bytes) -> None:
        level = self._trackers[use].add(block)
        if level is not None:
            self._levels(use, level)
