"""The line at the bottom of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel

from callserver.desktop.presenters.my_day import MyDay, MyDayData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.theme import SMALL_PX, colours, sized
from callserver.desktop.views.widgets import ElidedLabel


class DayLineView(Screen):
    """Nothing to press: only to look at."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.day, self.connection = ElidedLabel(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.day, 1)
        row.addWidget(self.connection)
        for label in (self.day, self.connection):
            label.setFont(sized(SMALL_PX))
        self.presenter: MyDay = MyDay(work, self.show_data)

    def show_data(self, data: MyDayData) -> None:
        """Paint it."""
        worn = colours(self.palette())
        self.day.setText(data.day)
        self.connection.setText(f"{'●' if data.is_connected else '○'} {data.connection}")
        self.connection.setStyleSheet(f"color: {worn.good if data.is_connected else worn.problem}")
