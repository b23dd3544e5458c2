"""What is kept up to date only while somebody sees it."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QHideEvent, QShowEvent

from callserver.desktop.presenters.record_tab import RecordTab
from callserver.desktop.presenters.seen_presenter import SeenPresenter
from callserver.desktop.views.screen import Screen


class SeenScreen(Screen):
    """Its presenter asks while it is on the screen."""

    presenter: RecordTab[Any] | SeenPresenter[Any]

    def showEvent(self, event: QShowEvent) -> None:
        """Up to date, from now on."""
        super().showEvent(event)
        self.presenter.see()

    def hideEvent(self, event: QHideEvent) -> None:
        """Something else lies there now."""
        super().hideEvent(event)
        self.presenter.look_away()
