"""Six numbers that a whole room reads, each beside its target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.form import Row
from callserver.desktop.presenters.lost import lost_word
from callserver.desktop.presenters.seen_presenter import SeenPresenter
from callserver.desktop.presenters.workplace import Workplace

NEAR = 0.7  # of a limit
ALL = 1000  # thousandths


class Level(Enum):
    """How a number stands to its target."""

    NONE = auto()  # there is none
    WITHIN = auto()
    NEAR = auto()
    BEYOND = auto()


@dataclass(frozen=True)
class WallNumber:
    """
    :param value: the number, as "1:20", "82 %"; "–" while there is none
    :param target: as "≤ 2:00"; "" if none is set
    """

    label: str
    value: str
    target: str
    level: Level


@dataclass(frozen=True)
class WallboardData:
    """
    In reading order, three a row.

    :param note: what to say while they are not those of now
    :param is_old: nobody is connected: all this was so
    """

    numbers: tuple[WallNumber, ...]
    note: str
    is_old: bool


class Wallboard(SeenPresenter[WallboardData]):
    """How long the first caller waits is counted on."""

    every_s = 5.0  # so old are the server's counts anyway

    def __init__(self, work: Workplace, show: Callable[[WallboardData], None]) -> None:
        super().__init__(work, show)
        self._told: Row = {}
        self._lost_since_s, self._lost_at = -1.0, ""  # by the model's clock, and by that on the wall

    def data(self) -> WallboardData:
        told = self._told
        is_old = self.model.connection is not Connection.HERE
        note = self._lost() if is_old else self.problem
        return WallboardData(self._numbers(told) if told else (), note, is_old)

    def _lost(self) -> str:
        if self.model.certificate_changed:
            return lost_word(self.work)
        if self._lost_since_s != self.model.lost_since_s:
            self._lost_since_s = self.model.lost_since_s
            lost = datetime.now().astimezone() - timedelta(seconds=self.model.age_s(self._lost_since_s))
            self._lost_at = lost.strftime("%H:%M")
        return self.work.words("Not connected since {time}", time=self._lost_at)

    # The six

    def _numbers(self, told: Row) -> tuple[WallNumber, ...]:
        words = self.work.words
        agents = "·".join(str(told[state]) for state in ("idle", "talking", "paused"))
        dead = told["lines_dead"]
        return (
            self._waiting(told),
            self._longest(told),
            self._service_level(told),
            WallNumber(words("Abandoned"), _percent(told["abandoned"]), "", Level.NONE),
            WallNumber(words("Idle · talking · paused"), agents, "", Level.NONE),
            WallNumber(words("Lines dead"), str(dead), "≤ 0", Level.BEYOND if dead else Level.WITHIN),
        )

    def _waiting(self, told: Row) -> WallNumber:
        n, limit = told["waiting"], told["waiting_limit"]
        target = f"≤ {limit}" if limit is not None else ""
        return WallNumber(self.work.words("Callers waiting"), str(n), target, _level(n, limit))

    def _longest(self, told: Row) -> WallNumber:
        limit = told["longest_limit_s"]
        passed_s = self.model.told_age_s(self._told_s) if told["waiting"] else 0.0
        longest_s = told["longest_s"] + passed_s
        target = f"≤ {stopwatch(limit)}" if limit is not None else ""
        return WallNumber(self.work.words("Longest wait"), stopwatch(longest_s), target, _level(longest_s, limit))

    def _service_level(self, told: Row) -> WallNumber:
        """What may fail is the limit: of a target of 80 %, one in five."""
        level, target, within_s = told["service_level"], told["service_level_target"], told["within_s"]
        words = self.work.words
        label = words("Service level") if within_s is None else words("Service level {n} s", n=f"{within_s:g}")
        missed = None if level is None or target is None else _level(ALL - level, ALL - target)
        shown = f"≥ {_percent(target)}" if target is not None else ""
        return WallNumber(label, _percent(level), shown, missed or Level.NONE)

    def _look_up(self) -> None:
        self.do(self.client.ask("wallboard").addBoth(self._answered), self._came)

    def _came(self, told: Row) -> None:
        self._told, self._told_s = told, self.work.clock.seconds()


def _level(number: float, limit: float | None) -> Level:
    if limit is None:
        return Level.NONE
    if number > limit:
        return Level.BEYOND
    return Level.NEAR if number and number >= NEAR * limit else Level.WITHIN


def _percent(thousandths: int | None) -> str:
    return "–" if thousandths is None else f"{round(thousandths / 10)} %"
