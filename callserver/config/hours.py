"""When people answer: `mon-fri 09:00-18:00, sat 10:00-16:00`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import combinations

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN, WEEK_MIN = 24 * 60, 7 * 24 * 60
SPAN = re.compile(r"([a-z]+)(?:\s*-\s*([a-z]+))?\s+(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


@dataclass(frozen=True)
class Hours:
    """The same hours on days that follow one another; days are ISO: Monday is 1."""

    first_day: int
    last_day: int
    opens: time
    closes: time

    def __str__(self) -> str:
        """As it is written in config.ini."""
        first, last = DAYS[self.first_day - 1], DAYS[self.last_day - 1]
        days = first if first == last else f"{first}-{last}"
        closes = f"{self.closes:%H:%M}" if self.closes != time(0) else "24:00"
        return f"{days} {self.opens:%H:%M}-{closes}"


def within(hours: Sequence[Hours], local: datetime) -> bool:
    """Whether a moment on the shop's wall lies in any of these hours; always, if there are none."""
    return not hours or any(_covers(one, local) for one in hours)


def next_time(now: datetime, at: str, zone: tzinfo) -> datetime:
    """
    When the shop's clock shows HH:MM next, aware; where a change of clocks leaves it out, as soon as it is past.

    :param now: aware; when it shows just that, it is tomorrow
    """
    today = now.astimezone(zone).date()
    for days in (0, 1, 2):
        then = datetime.combine(today + timedelta(days=days), time.fromisoformat(at), tzinfo=zone)
        if then.timestamp() > now.timestamp():
            return then
    raise AssertionError("a day has no such time thrice")


def _covers(one: Hours, local: datetime) -> bool:
    """Hours that end at or before their beginning go on into the next day."""
    n_days = (one.last_day - one.first_day) % 7
    overnight = one.closes <= one.opens
    days_in = (local.isoweekday() - one.first_day) % 7
    if days_in <= n_days and one.opens <= local.time() and (overnight or local.time() < one.closes):
        return True
    return overnight and (days_in - 1) % 7 <= n_days and local.time() < one.closes


def read_hours(text: str) -> tuple[Hours, ...]:
    """
    Spans of days and hours, with commas between.

    :raises ValueError: for the span that is none
    """
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    return tuple(_span(part.strip()) for part in plain.split(",")) if plain else ()


def overlap(hours: Sequence[Hours]) -> list[tuple[Hours, Hours]]:
    """Pairs of spans that hold the same hour of a week, also one that goes on after midnight into the next day."""
    taken = [(one, _minutes(one)) for one in hours]
    return [
        (first, second)
        for (first, one), (second, other) in combinations(taken, 2)
        if any(begins < ended and began < ends for began, ended in one for begins, ends in other)
    ]


def whole_or_nothing(one: Hours) -> bool:
    """Whether it ends at the time it begins: is that a whole day, or nothing? 00:00-24:00 is clear."""
    return one.opens == one.closes != time(0)


def _minutes(one: Hours) -> list[tuple[int, int]]:
    """Of the week, from Monday 00:00; what goes beyond Sunday's end is Monday's."""
    begins, ends = (clock.hour * 60 + clock.minute for clock in (one.opens, one.closes))
    length = (ends - begins) % DAY_MIN or DAY_MIN
    starts = [(one.first_day - 1 + n) % 7 * DAY_MIN + begins for n in range((one.last_day - one.first_day) % 7 + 1)]
    spans = [(start, start + length) for start in starts]
    return spans + [(0, end - WEEK_MIN) for _, end in spans if end > WEEK_MIN]


def _span(text: str) -> Hours:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, last, *clock = found.groups()
    try:
        opens, closes = (_clock(int(hour), int(minute)) for hour, minute in (clock[:2], clock[2:]))
    except ValueError:
        raise ValueError(text) from None  # not Python's words for 08:60
    return Hours(_day(first), _day(last or first), opens, closes)


def _day(text: str) -> int:
    if text[:3] not in DAYS or not (len(text) == 3 or text.endswith("day")):
        raise ValueError(text)
    return DAYS.index(text[:3]) + 1


def _clock(hour: int, minute: int) -> time:
    """24:00 is the end of a day."""
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)
