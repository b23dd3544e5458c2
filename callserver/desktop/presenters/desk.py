"""All sound of the computer that an agent sits at, whoever is logged in."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import Headset, LevelShown, nobody_looks
from callserver.desktop.headset.ring import Ring
from callserver.desktop.headset.sound_system import Loudspeaker, Sound
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.devices import DevicesData, DevicesPanel, chosen_devices, ring_percent
from callserver.desktop.presenters.talk_sound import TalkSound
from callserver.wire.messages import Phrase


def nobody_hears(phrase: Phrase) -> None:
    """Nobody to tell it to."""


class Desk:
    """
    One for the whole program: what is chosen here holds for everybody who logs in.

    :param told: hears a sentence when a device in use has gone, is back, or does not open
    """

    def __init__(
        self, clock: IReactorTime, settings: OwnSettings, sound: Sound, told: Callable[[Phrase], None] = nobody_hears
    ) -> None:
        self._clock, self._settings, self._sound, self._told = clock, settings, sound, told
        self.devices = Devices(sound, told, chosen_devices(settings))

    def devices_panel(
        self, language: str, show: Callable[[DevicesData], None], levels: LevelShown = nobody_looks
    ) -> DevicesPanel:
        """Where devices are chosen and tried."""
        return DevicesPanel(self._clock, self._sound, self.devices, self._settings, language, show, levels)

    def talk(
        self, send: Callable[[bytes], None], by_telephone: bool = False, levels: LevelShown = nobody_looks
    ) -> TalkSound:
        """Of one log-in: let it watch the model, and `stop` it afterwards. `send` is `AgentClient.send_audio`."""
        headset = Headset(self._clock, self._sound, self.devices, send, self._told, levels)
        ring = Ring(self._clock, self._sound, self.devices, self._told, lambda: ring_percent(self._settings) / 100)
        return TalkSound(headset, ring, by_telephone)

    def speaker(self) -> Loudspeaker | None:
        """To hear something else on, such as a recording; None: there is nothing. Who asks for it stops it."""
        device = self.devices.device(Use.HEADSET)
        return self._sound.speak(device.id) if device is not None else None
