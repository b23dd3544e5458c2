"""
When a queue or an office is open: hours of the week, days that are otherwise, and a switch by hand.

All times are those of a clock on the shop's wall. Hours belong to the day on which they begin: `fri 22:00-02:00` lasts
into Saturday, also if Saturday is a holiday; and on a holiday that is a Friday nothing begins. In the night in which
clocks go forward, what would begin at an hour that there is not begins with the next; where they go back, an hour that
comes twice is open both times. An instant at which something opens is open, one at which it closes is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum

from callserver.config import Hours

DAY = timedelta(days=1)


class Night(Enum):
    """The night switch."""

    AUTOMATIC = "automatic"  # hours and days say it
    ON = "on"  # night: closed, whatever they say
    OFF = "off"  # day: open


@dataclass(frozen=True)
class Span:
    """From one time of day to another; one that is not later is that of the next day."""

    opens: time
    closes: time  # time(0): the end of the day

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Beginning and end on the wall's clock."""
        begins, ends = datetime.combine(day, self.opens), datetime.combine(day, self.closes)
        return begins, ends if ends > begins else ends + DAY

    def __str__(self) -> str:
        closes = f"{self.closes:%H:%M}" if self.closes != time(0) else "24:00"
        return f"{self.opens:%H:%M}-{closes}"


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not like others of its weekday: a holiday, or one with hours of its own."""

    spans: tuple[Span, ...] = ()  # none: closed
    label: str = ""  # for people: National Day


@dataclass(frozen=True)
class Calendar:
    """One of the shop's."""

    name: str
    hours: tuple[Hours, ...] = ()
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    night: Night = Night.AUTOMATIC

    def is_open(self, now: datetime, zone: tzinfo) -> bool:
        """
        Whether it is at a moment.

        :param now: aware
        :param zone: the shop's
        """
        if self.night is not Night.AUTOMATIC:
            return self.night is Night.OFF
        wall = now.astimezone(zone).replace(tzinfo=None, fold=0)
        today = wall.date()
        return any(
            begins <= wall < ends
            for day in (today - DAY, today)
            for begins, ends in (span.on(day) for span in self.spans(day))
        )

    def spans(self, day: date) -> Iterator[Span]:
        """What begins on a day."""
        if day in self.days:
            yield from self.days[day].spans
            return
        for one in self.hours:
            if _is_among(day.isoweekday(), one.first_day, one.last_day):
                yield Span(one.opens, one.closes)


def days_between(first: date, last: date) -> Iterable[date]:
    """Both included."""
    return (first + n * DAY for n in range((last - first).days + 1))


def _is_among(day: int, first: int, last: int) -> bool:
    """Days of a week; sat-mon goes over its end."""
    return first <= day <= last if first <= last else day >= first or day <= last
