"""The panel with the list of keys."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QListWidget

from callserver.desktop.presenters.key_list import KeyList, KeyListData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import LARGE_PX, sized


class KeyListView(Screen):
    """One line a key."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        heading = QLabel(work.words("Key list"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.list = QListWidget()
        self.list.setAccessibleName(work.words("Key list"))
        lines = column(self)
        lines.addWidget(heading)
        lines.addWidget(self.list, 1)
        self.presenter: KeyList = KeyList(work, self.show_data)

    def show_data(self, data: KeyListData) -> None:
        """Paint it."""
        self.list.clear()
        self.list.addItems([f"{key}\t{word}" for key, word in data.rows])

    def take_focus(self) -> None:
        self.list.setFocus()
