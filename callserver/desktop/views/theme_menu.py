"""The part of the menu in which one chooses between light and dark."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_, known

THEMES = {"": N_("As the system"), "light": N_("Light"), "dark": N_("Dark")}


class ThemeMenu(QMenu):
    """Remembered at this computer; the program, which watches what is remembered, puts it on at once."""

    def __init__(self, work: Workplace, parent: QWidget) -> None:
        super().__init__(work.words("Theme"), parent)
        self._settings = work.settings
        self._group = QActionGroup(self)
        for theme, word in THEMES.items():
            action = self.addAction(known(work.language, word))
            action.setCheckable(True)
            action.setChecked(theme == self._settings.now.theme)
            action.setData(theme)
            self._group.addAction(action)
        self._group.triggered.connect(self._chosen)

    def _chosen(self, action: QAction) -> None:
        self._settings.remember(theme=action.data())
