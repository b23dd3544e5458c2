"""The panel where headset, microphone and ringing loudspeaker are chosen and tried."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from callserver.desktop.headset.devices import Use
from callserver.desktop.headset.headset import LevelShown
from callserver.desktop.headset.level import Level
from callserver.desktop.presenters.devices import NAMES, VOLUME, DeviceList, DevicesData, DevicesPanel
from callserver.desktop.views.level_meter import LevelMeter
from callserver.desktop.views.theme import GRID, LABELS_PX
from callserver.desktop.views.widgets import ComboBox, Slider, enable, name

Make = Callable[[Callable[[DevicesData], None], LevelShown], DevicesPanel]


class DevicesView(QWidget):
    """
    Three lists, the microphone's meter and a button for the test call; what that says stands below.

    :param make: the presenter, given how it is shown; it runs while the panel is seen
    """

    def __init__(self, make: Make) -> None:
        super().__init__()
        self.panel = make(self.show_data, self.show_level)
        words = self.panel.words
        self.lists = {use: name(ComboBox(), words(word)) for use, word in NAMES.items()}
        self.meter = LevelMeter(words("Level of the microphone"))
        self.test, self.said = QPushButton(words("Test call")), name(QLabel(), words("Test call"))
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.volume, self.volume_said = name(Slider(), words(VOLUME)), QLabel()
        self._lay_out()
        headset, microphone, ring = self.lists.values()
        for before, after in pairwise((headset, self.test, microphone, ring, self.volume)):  # as one reads
            self.setTabOrder(before, after)
        self.volume.valueChanged.connect(self.panel.ring_so_loud)
        self.test.clicked.connect(self.panel.test)
        for box in self.lists.values():
            box.activated.connect(self._chosen)

    def show_data(self, data: DevicesData) -> None:
        """Paint it."""
        for box, one in zip(self.lists.values(), data.lists, strict=True):
            _fill(box, one)
        self.volume.setValue(data.ring_percent)
        self.volume_said.setText(data.ring_said)
        self.test.setText(data.test)
        enable(self.test, data.may_test)
        self.said.setText("\n".join(data.lines))

    def show_level(self, use: Use, level: Level) -> None:
        """While a test call runs."""
        self.meter.show_level(level)

    def showEvent(self, event: QShowEvent) -> None:
        """Seen: from now on it is kept right."""
        self.panel.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Left: a test call ends."""
        self.panel.stop()
        super().hideEvent(event)

    def _chosen(self) -> None:
        for use, box in self.lists.items():
            if box is self.sender():
                self.panel.choose(use, box.currentData())

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, LABELS_PX)
        for row, (use, word) in enumerate(NAMES.items()):
            label = QLabel(self.panel.words(word))
            label.setBuddy(self.lists[use])
            self.lists[use].setMinimumContentsLength(12)
            self.lists[use].setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            grid.addWidget(label, row, 0)
            grid.addWidget(self.lists[use], row, 1)
        grid.addWidget(self.test, 0, 2)
        grid.addWidget(self.meter, 1, 2)
        loud = QHBoxLayout()
        loud.setSpacing(GRID)
        loud.addWidget(self.volume)
        loud.addWidget(self.volume_said)
        grid.addLayout(loud, len(NAMES) - 1, 2)
        grid.addWidget(self.said, len(NAMES), 0, 1, 3)


def _fill(box: ComboBox, data: DeviceList) -> None:
    shown = [(box.itemData(at), box.itemText(at)) for at in range(box.count())]
    wanted = list(zip(data.ids, data.lines, strict=True))
    if shown != wanted:
        box.clear()
        for device_id, line in wanted:
            box.addItem(line, device_id)
    box.setCurrentIndex(data.chosen)
