"""Screens of what the server tells only when it is asked: it is asked while somebody sees them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from callserver.desktop.model import Connection
from callserver.desktop.presenters.presenter import Data, Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Hello


class SeenPresenter(Presenter[Data]):
    """Asks every few seconds, one question at a time; what has a clock in it is counted on from second to second."""

    every_s: float

    def __init__(self, work: Workplace, show: Callable[[Data], None]) -> None:
        super().__init__(work, show)
        self._told_s = self._asked_s = work.clock.seconds()
        self._is_seen = self._is_asking = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.seconds.watch(self._second))

    def see(self) -> None:
        """It is on the screen now."""
        self._is_seen = True
        self._ask()

    def look_away(self) -> None:
        """It is not any more."""
        self._is_seen = False

    def logged_in(self, hello: Hello) -> None:
        if self._is_seen:
            self._ask()
        self.refresh()

    def lost(self, why: object) -> None:
        self._is_asking = False
        self.refresh()

    @abstractmethod
    def _look_up(self) -> None:
        """Ask the server; the answer goes through `_answered` first, and `_told_s` is when it came."""

    def _second(self) -> None:
        if not self._is_seen:
            return
        if not self._is_asking and self.work.clock.seconds() - self._asked_s >= self.every_s:
            self._ask()
        self.refresh()

    def _ask(self) -> None:
        if self.model.connection is not Connection.HERE:
            self.refresh()
            return
        self._is_asking, self._asked_s = True, self.work.clock.seconds()
        self._look_up()

    def _answered(self, answer: Any) -> Any:
        self._is_asking = False
        return answer
