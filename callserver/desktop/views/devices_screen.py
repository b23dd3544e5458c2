"""The panel for headset and microphone in the main window, where calls come."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from callserver.desktop.headset.devices import Use
from callserver.desktop.headset.headset import LevelShown
from callserver.desktop.presenters.call_there import CallThere
from callserver.desktop.presenters.devices import DevicesPanel, ShowDevices
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.devices import DevicesView
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import LARGE_PX, sized


class DevicesScreen(Screen):
    """As at the log-in; another device is used at once, in a talk too, but then nothing is tried."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        heading = QLabel(work.words("Headset and microphone"))
        heading.setFont(sized(LARGE_PX, bold=True))

        def make(show: ShowDevices, levels: LevelShown) -> DevicesPanel:
            return work.voice.desk.devices_panel(work.language, show, levels)

        self.devices = DevicesView(make)
        lines = column(self)
        lines.addWidget(heading)
        lines.addWidget(self.devices)
        lines.addStretch(1)
        self.presenter: CallThere = CallThere(work, self.show_data)

    def show_data(self, call_there: bool) -> None:
        """A call goes before a test."""
        self.devices.panel.call(call_there)

    def take_focus(self) -> None:
        """To the first list."""
        self.devices.lists[Use.HEADSET].setFocus()
