"""All sound of one agent's program, from what this computer has: one object for whoever puts the window together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from twisted.internet.interfaces import IReactorTime

from callserver.desktop.headset.devices import Devices
from callserver.desktop.headset.headset import Headset, LevelShown, nobody_looks
from callserver.desktop.headset.qt_sound import QtSound
from callserver.desktop.headset.ring import Ring
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.devices import DevicesData, DevicesPanel, chosen_devices
from callserver.desktop.presenters.talk_sound import TalkSound
from callserver.desktop.views.devices import DevicesView
from callserver.wire.messages import Phrase


class DeskSound:
    """
    Made after the application, kept as long as that runs.

    :param told: hears a sentence when a device in use has gone, is back, or does not open
    """

    def __init__(self, clock: IReactorTime, settings: OwnSettings, told: Callable[[Phrase], None]) -> None:
        self._clock, self._settings, self._told = clock, settings, told
        self._sound = QtSound()
        self.devices = Devices(self._sound, told, chosen_devices(settings))

    def panel(self, language: str) -> QWidget:
        """Where devices are chosen and tried; as `ProgramWindow` asks for it."""

        def make(show: Callable[[DevicesData], None], levels: LevelShown) -> DevicesPanel:
            return DevicesPanel(self._clock, self._sound, self.devices, self._settings, language, show, levels)

        return DevicesView(make)

    def talk(
        self, send: Callable[[bytes], None], by_telephone: bool = False, levels: LevelShown = nobody_looks
    ) -> TalkSound:
        """Of one log-in: let it watch the model, and `stop` it afterwards. `send` is `AgentClient.send_audio`."""
        headset = Headset(self._clock, self._sound, self.devices, send, self._told, levels)
        return TalkSound(headset, Ring(self._clock, self._sound, self.devices, self._told), by_telephone)
