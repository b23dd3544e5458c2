"""The headset at the bottom of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from callserver.desktop.headset.devices import Use
from callserver.desktop.headset.level import Level
from callserver.desktop.presenters.headset_line import HeadsetLine, HeadsetLineData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.level_meter import LevelMeter
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.theme import GRID, SMALL_PX, sized
from callserver.desktop.views.widgets import ElidedLabel, name

METER_PX = 10 * GRID


class HeadsetLineView(Screen):
    """The names of microphone and headset, and a meter for each; it fits into a line with something else."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self._work = work
        self.devices = name(ElidedLabel(foreign=True), work.words("Headset and microphone"))
        self.devices.setFont(sized(SMALL_PX))
        self.meters = {
            Use.MICROPHONE: LevelMeter(work.words("Level of the microphone")),
            Use.HEADSET: LevelMeter(work.words("Level of the headset")),
        }
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(self.devices)
        for meter in self.meters.values():
            meter.setFixedWidth(METER_PX)
            line.addWidget(meter)
        self._unwatch_levels = work.voice.watch_levels(self.show_level)
        self.presenter: HeadsetLine = HeadsetLine(work, self.show_data)

    def show_data(self, data: HeadsetLineData) -> None:
        """Paint it."""
        self.devices.setText(data.devices)
        for meter in self.meters.values():
            meter.setVisible(data.has_meters)

    def show_level(self, use: Use, level: Level) -> None:
        """Ten times a second in a call."""
        self.meters[use].show_level(level)

    def leave(self) -> None:
        """No levels any more, too."""
        self._unwatch_levels()
        super().leave()
