"""
When something is open, as `[hours NAME]` of a menu file says it; all times are those of a clock on the shop's wall.

Of several lines that speak of a day the nearest counts: its date, a range of dates, a day of every year, the holidays'
calendar, its weekday. An instant at which it opens is open, one at which it closes is not. Hours that go over midnight
belong to the day on which they begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from callserver.ivr.menu_files.holidays import Holidays

DAY = timedelta(days=1)
LOOK_AHEAD_DAYS = 400  # who is closed longer has no next opening


class State(Enum):
    """At a moment."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"  # closed, on a day that is not like its weekday


@dataclass(frozen=True)
class Span:
    """From one time of day to another, which is the next day's if it is not later; time(0): the end of the day."""

    opens: time
    closes: time

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Beginning and end on the wall's clock."""
        begins, ends = datetime.combine(day, self.opens), datetime.combine(day, self.closes)
        return begins, ends if ends > begins else ends + DAY


@dataclass(frozen=True)
class Rule:
    """What counts on a day: its spans, and why it is none like others ("" if it is one)."""

    spans: tuple[Span, ...]
    special: str = ""


@dataclass(frozen=True)
class OpeningHours:
    """
    One `[hours NAME]`.

    :param ranges: first and last day with the hours between them
    :param yearly: by month and day
    :param weekdays: ISO, Monday is 1; one that is not there is closed
    :param workday: hours of a weekend day that is worked for a holiday 调休
    """

    name: str
    line: int = 0
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    ranges: tuple[tuple[date, date, tuple[Span, ...]], ...] = ()
    yearly: Mapping[tuple[int, int], tuple[Span, ...]] = field(default_factory=dict)
    weekdays: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    holidays: Holidays | None = None
    workday: tuple[Span, ...] | None = None

    def state(self, wall: datetime) -> State:
        """
        At a moment.

        :param wall: the shop's wall clock, naive
        """
        if any(begins <= wall < ends for day in (wall.date() - DAY, wall.date()) for begins, ends in self._on(day)):
            return State.OPEN
        today = self.rule(wall.date())
        return State.HOLIDAY if today.special and not today.spans else State.CLOSED

    def opens_next(self, wall: datetime) -> datetime | None:
        """The next beginning after a moment; None: not within a year."""
        for n in range(LOOK_AHEAD_DAYS):
            later = [begins for begins, _ in self._on(wall.date() + n * DAY) if begins > wall]
            if later:
                return min(later)
        return None

    def changes(self, wall: datetime) -> Iterator[tuple[datetime, bool]]:
        """Each moment after one at which it opens (True) or closes, in order, for a year."""
        was_open = self.state(wall) is State.OPEN
        seen = wall
        for n in range(-1, LOOK_AHEAD_DAYS):
            day = wall.date() + n * DAY
            for at in sorted({moment for span in (*self._on(day), *self._on(day + DAY)) for moment in span}):
                is_open = self.state(at) is State.OPEN
                if at > seen and is_open is not was_open:
                    seen, was_open = at, is_open
                    yield at, is_open

    def rule(self, day: date) -> Rule:
        """What counts on a day."""
        if day in self.dates:
            return Rule(self.dates[day], day.isoformat())
        for first, last, spans in self.ranges:
            if first <= day <= last:
                return Rule(spans, f"{first}..{last}")
        if (day.month, day.day) in self.yearly:
            return Rule(self.yearly[day.month, day.day], f"{day.month:02}-{day.day:02}")
        if self.holidays is not None:
            if holiday := self.holidays.holiday(day):
                return Rule((), holiday)
            if self.holidays.is_made_up(day):
                return Rule(self.workday if self.workday is not None else self.weekdays.get(1, ()))
        return Rule(self.weekdays.get(day.isoweekday(), ()))

    def moments(self, wall: datetime) -> Iterator[tuple[State, datetime]]:
        """One moment of each state there is in the next year, the nearest."""
        seen: set[State] = set()
        for n in range(LOOK_AHEAD_DAYS * 24):
            at = wall + timedelta(hours=n)
            state = self.state(at)
            if state not in seen:
                seen.add(state)
                yield state, at
            if len(seen) == len(State):
                return

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        return (span.on(day) for span in self.rule(day).spans)
