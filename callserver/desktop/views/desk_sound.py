"""All sound of one agent's program, from what this computer has: one object for whoever puts the window together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from twisted.internet.interfaces import IReactorTime

from callserver.desktop.headset.headset import LevelShown
from callserver.desktop.headset.qt_sound import QtSound
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.devices import DevicesData, DevicesPanel
from callserver.desktop.views.devices import DevicesView
from callserver.wire.messages import Phrase


class DeskSound(Desk):
    """
    Made after the application, kept as long as that runs.

    :param told: hears a sentence when a device in use has gone, is back, or does not open
    """

    def __init__(self, clock: IReactorTime, settings: OwnSettings, told: Callable[[Phrase], None]) -> None:
        super().__init__(clock, settings, QtSound(), told)

    def panel(self, language: str) -> QWidget:
        """Where devices are chosen and tried; as `ProgramWindow` asks for it."""

        def make(show: Callable[[DevicesData], None], levels: LevelShown) -> DevicesPanel:
            return self.devices_panel(language, show, levels)

        return DevicesView(make)
