"""Tabs that show more of the customer whose record is open."""

from __future__ import annotations

from abc import abstractmethod

from callserver.desktop.presenters.presenter import Data, Presenter


class RecordTab(Presenter[Data]):
    """It asks only while it is seen, and again whenever another customer is shown."""

    _is_open = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.record.watch(self._another))

    def see(self) -> None:
        """The tab is seen: from now on it is kept up to date."""
        self._is_open = True
        self._another()

    def look_away(self) -> None:
        """Another tab is seen."""
        self._is_open = False

    @abstractmethod
    def _another(self) -> None:
        """Another customer is shown, or more is known of the same."""
