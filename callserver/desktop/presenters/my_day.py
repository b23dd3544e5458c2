"""The line at the bottom of the window: what one has done today, and whether one is connected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.form import Row
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Hello

EVERY_S = 60.0
AFTER_CALL_S = 2.0  # then it is in the log that the figures are counted from


@dataclass(frozen=True)
class MyDayData:
    """`day` is empty until the server has told."""

    day: str
    connection: str
    is_connected: bool


class MyDay(Presenter[MyDayData]):
    """Asked each minute, and when a call is over. Figures that do not come leave those that are there."""

    def __init__(self, work: Workplace, show: Callable[[MyDayData], None]) -> None:
        super().__init__(work, show)
        self._told: Row = {}
        self._due_s = work.clock.seconds()

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.seconds.watch(self._second))
        self._ask()

    def data(self) -> MyDayData:
        here = self.model.connection is Connection.HERE
        words = self.work.words
        return MyDayData(self._day(), self._connected() if here else words("Not connected"), here)

    def ended(self, cause: str) -> None:
        self._due_s = min(self._due_s, self.work.clock.seconds() + AFTER_CALL_S)

    def offer_gone(self, cause: str) -> None:
        self.ended(cause)

    def logged_in(self, hello: Hello) -> None:
        self._ask()
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()

    def round_trip(self, ms: int) -> None:
        self.refresh()

    def _connected(self) -> str:
        ms, words = self.model.round_trip_ms, self.work.words
        return words("Connected") if ms is None else words("Connected · {n} ms", n=ms)

    def _day(self) -> str:
        told = self._told
        if not told:
            return ""
        talk = "–" if told["talk_s"] is None else stopwatch(told["talk_s"])
        return self.work.words(
            "Today {answered} answered · {missed} missed · average {talk}",
            answered=told["answered"],
            missed=told["missed"],
            talk=talk,
        )

    def _second(self) -> None:
        if self.work.clock.seconds() >= self._due_s:
            self._ask()

    def _ask(self) -> None:
        self._due_s = self.work.clock.seconds() + EVERY_S
        if self.model.connection is Connection.HERE:
            self.do(self.client.ask("my_day"), self._came)

    def _came(self, told: Row) -> None:
        self._told = told
