"""Who is parked, at which place, since when and by whom; anybody at a seat may fetch him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from callserver.desktop.asking import by_the_way
from callserver.desktop.foreign import beside
from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.rows import SEAT, Row
from callserver.desktop.presenters.seen_presenter import SeenPresenter
from callserver.desktop.presenters.workplace import Workplace


@dataclass(frozen=True)
class ParkedData:
    """
    :param nobody: instead of the rows, if there are none
    :param is_old: nobody is connected: all this was so
    """

    rows: tuple[Row, ...]
    nobody: str
    problem: str
    is_old: bool


class ParkedCall(NamedTuple):
    """As the server tells it."""

    place: str
    caller: str
    since_s: float
    by: str


class Parked(SeenPresenter[ParkedData]):
    """
    How long they wait is counted on.

    :param done: called when one of them is fetched
    """

    every_s = 2.0  # who parks somebody says to a colleague at once where he is

    def __init__(self, work: Workplace, show: Callable[[ParkedData], None], done: Callable[[], None]) -> None:
        super().__init__(work, show)
        self._done = done
        self._told: list[ParkedCall] = []

    def data(self) -> ParkedData:
        nobody = "" if self._told else self.work.words("Who is parked stands here")
        is_old = self.model.connection is not Connection.HERE
        return ParkedData(tuple(map(self._row, self._told)), nobody, self.problem, is_old)

    def fetch(self, place: str) -> None:
        """Talk with who is parked there."""
        self.do_once("fetch", lambda: self.client.fetch(place), self._fetched)

    def _fetched(self, _: object) -> None:
        if self._is_seen:  # else something else lies there by now
            self._done()
        self._ask()

    def _row(self, one: ParkedCall) -> Row:
        words, seat = self.work.words, self.model.rows.get(SEAT + one.by)
        by = f"{one.by} {beside((seat.name if seat is not None else None) or '')}".rstrip()
        time = stopwatch(one.since_s + self.model.told_age_s(self._told_s))
        detail = words("{time} · parked by {name}", time=time, name=by)
        return Row(one.place, one.caller or words("number withheld"), detail, mark=one.place)

    def _look_up(self) -> None:
        """Why something was not done before stays to be read."""
        by_the_way(self.client.ask("list_parked").addBoth(self._answered), self._came)

    def _came(self, told: list[dict[str, Any]]) -> None:
        self._told = [
            ParkedCall(str(one["place"]), str(one["caller"] or ""), float(one["since_s"]), str(one["by"]))
            for one in told
        ]
        self._told_s = self.work.clock.seconds()
        self.refresh()
