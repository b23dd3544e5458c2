"""Who is parked, at which place, since when and by whom; anybody at a seat may fetch him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from callserver.desktop.asking import by_the_way
from callserver.desktop.foreign import beside
from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.rows import SEAT, Row
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Hello

EVERY_S = 2.0  # who parks somebody says to a colleague at once where he is


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


class Parked(Presenter[ParkedData]):
    """
    Asked only while somebody sees it; how long they wait is counted on from second to second.

    :param done: called when one of them is fetched
    """

    def __init__(self, work: Workplace, show: Callable[[ParkedData], None], done: Callable[[], None]) -> None:
        super().__init__(work, show)
        self._done = done
        self._told: list[ParkedCall] = []
        self._told_s = self._asked_s = work.clock.seconds()
        self._is_seen = self._is_asking = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.seconds.watch(self._second))

    def data(self) -> ParkedData:
        nobody = "" if self._told else self.work.words("Who is parked stands here")
        is_old = self.model.connection is not Connection.HERE
        return ParkedData(tuple(map(self._row, self._told)), nobody, self.problem, is_old)

    def see(self) -> None:
        """It is on the screen now."""
        self._is_seen = True
        self._ask()

    def look_away(self) -> None:
        """It is not any more."""
        self._is_seen = False

    def fetch(self, place: str) -> None:
        """Talk with who is parked there."""
        self.do_once("fetch", lambda: self.client.fetch(place), self._fetched)

    def _fetched(self, _: object) -> None:
        if self._is_seen:  # else something else lies there by now
            self._done()
        self._ask()

    def logged_in(self, hello: Hello) -> None:
        if self._is_seen:
            self._ask()
        self.refresh()

    def lost(self, why: object) -> None:
        self._is_asking = False
        self.refresh()

    def _row(self, one: ParkedCall) -> Row:
        words, seat = self.work.words, self.model.rows.get(SEAT + one.by)
        by = f"{one.by} {beside((seat.name if seat is not None else None) or '')}".rstrip()
        time = stopwatch(one.since_s + self.model.told_age_s(self._told_s))
        detail = words("{time} · parked by {name}", time=time, name=by)
        return Row(one.place, one.caller or words("number withheld"), detail, mark=one.place)

    def _second(self) -> None:
        if not self._is_seen:
            return
        if not self._is_asking and self.work.clock.seconds() - self._asked_s >= EVERY_S:
            self._ask()
        self.refresh()

    def _ask(self) -> None:
        """Why something was not done before stays to be read."""
        if self.model.connection is not Connection.HERE:
            return
        self._is_asking, self._asked_s = True, self.work.clock.seconds()
        by_the_way(self.client.ask("list_parked").addBoth(self._answered), self._came)

    def _answered(self, answer: Any) -> Any:
        self._is_asking = False
        return answer

    def _came(self, told: list[dict[str, Any]]) -> None:
        self._told = [
            ParkedCall(str(one["place"]), str(one["caller"] or ""), float(one["since_s"]), str(one["by"]))
            for one in told
        ]
        self._told_s = self.work.clock.seconds()
        self.refresh()
