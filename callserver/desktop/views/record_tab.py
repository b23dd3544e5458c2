"""What the tabs of a customer's record have in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QHideEvent, QShowEvent

from callserver.desktop.presenters.record_tab import RecordTab
from callserver.desktop.views.screen import Screen


class RecordTabView(Screen):
    """Its presenter asks while it is seen."""

    presenter: RecordTab[Any]

    def showEvent(self, event: QShowEvent) -> None:
        """Up to date, from now on."""
        super().showEvent(event)
        self.presenter.open()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another tab is seen."""
        super().hideEvent(event)
        self.presenter.close()
