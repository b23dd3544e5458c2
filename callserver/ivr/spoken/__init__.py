"""
Numbers, money, dates, times and strings of digits as names of recorded pieces, for either language.

Each function takes the language first and returns the names in the order in which they are played; nothing here knows
of sound. What has no words, because it is too large or of no sense, is a ValueError: a mistake of the menu.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Protocol

from callserver.ivr.spoken import english, mandarin
from callserver.ivr.spoken.digits import digits, telephone

__all__ = [
    "LIMIT",
    "count",
    "date",
    "digits",
    "duration",
    "minutes",
    "moment",
    "money",
    "number",
    "ordinal",
    "place",
    "telephone",
    "time_of_day",
    "weekday",
]

LIMIT = 1_000_000_000_000  # beyond, nobody listens
LONGEST_S = 100 * 86_400


class Words(Protocol):
    """One language; it is asked only for what has words."""

    def number(self, n: int) -> list[str]:
        """0 and more."""

    def ordinal(self, n: int) -> list[str]:
        """1 and more."""

    def count(self, n: int) -> list[str]:
        """So many pieces of goods."""

    def minutes(self, n: int) -> list[str]:
        """So many minutes."""

    def duration(self, parts: list[tuple[int, str]]) -> list[str]:
        """So many of a unit and, perhaps, so many of the next smaller one."""

    def money(self, yuan: int, rest: int) -> list[str]:
        """:param rest: in fen, below 100"""

    def date(self, day: datetime.date, today: datetime.date) -> list[str]:
        """A day as seen from another."""

    def time_of_day(self, time: datetime.time) -> list[str]:
        """To the minute."""


LANGUAGES: Mapping[str, Words] = {"zh": mandarin, "en": english}
SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def number(language: str, n: int) -> list[str]:
    """
    A whole number, the way one counts.

    :raises ValueError: more than a million millions, or as far below 0
    """
    if abs(n) > LIMIT:
        raise ValueError(f"no words for {n}: whole numbers from {-LIMIT} to {LIMIT}")
    said = LANGUAGES[language].number(abs(n))
    return ["minus", *said] if n < 0 else said


def ordinal(language: str, n: int) -> list[str]:
    """
    A place in a row: 第二, second; 第一百零三, one hundred and third.

    :raises ValueError: less than 1, or more than a million millions
    """
    if not 0 < n <= LIMIT:
        raise ValueError(f"no words for place {n}: 1 to {LIMIT}")
    return LANGUAGES[language].ordinal(n)


def place(language: str, n: int) -> list[str]:
    """
    A place in a queue, after "your place is" or "your place in line is number": 第三, three.

    In Mandarin one syllable at the end of a sentence is hardly understood; with 第 before it twice as often.
    """
    return ordinal(language, n) if language == "zh" else number(language, n)


def count(language: str, n: int) -> list[str]:
    """A number of pieces: 两件, one piece, two pieces."""
    return LANGUAGES[language].count(n)


def minutes(language: str, n: int) -> list[str]:
    """How long somebody will wait: 两分钟, one minute, two minutes."""
    return LANGUAGES[language].minutes(n)


def duration(language: str, seconds: float) -> list[str]:
    """
    How long something takes or lasts, in its two largest units: 两小时零五分钟, two hours and five minutes.

    What is smaller is not said: 119 seconds are one minute and fifty-nine seconds, two hours and nine seconds are two
    hours.

    :raises ValueError: below 0, or 100 days and more
    """
    if not 0 <= seconds < LONGEST_S:
        raise ValueError(f"no words for {seconds} s: from 0 to less than {LONGEST_S}")
    return LANGUAGES[language].duration(_parts(int(seconds)))


def money(language: str, fen: int) -> list[str]:
    """
    An amount in fen, as a cashier says it: 十二元五角; twelve yuan fifty; twelve yuan and five fen; 负五分.

    :raises ValueError: more than a million millions of yuan, or as far below 0
    """
    yuan, rest = divmod(abs(fen), 100)
    if yuan > LIMIT:
        raise ValueError(f"no words for {fen} fen: up to {LIMIT} yuan")
    said = LANGUAGES[language].money(yuan, rest)
    return ["minus", *said] if fen < 0 else said


def date(language: str, day: datetime.date, today: datetime.date) -> list[str]:
    """A day as seen from today: the neighbouring days by name, another year with its number."""
    return LANGUAGES[language].date(day, today)


def weekday(day: datetime.date) -> list[str]:
    """Monday is weekday-1, in both languages."""
    return [f"weekday-{day.isoweekday()}"]


def time_of_day(language: str, time: datetime.time) -> list[str]:
    """Hours and minutes on a clock of twelve hours: 下午两点零五分, two oh five p.m."""
    return LANGUAGES[language].time_of_day(time)


def moment(language: str, when: datetime.datetime, now: datetime.datetime) -> list[str]:
    """
    A day and a time of day as seen from now: 明天上午九点, tomorrow at nine a.m.

    :param when: by the same clock on the wall as `now`
    """
    at = ["at"] if language == "en" else []
    return [*date(language, when.date(), now.date()), *at, *time_of_day(language, when.time())]


def _parts(seconds: int) -> list[tuple[int, str]]:
    """The largest unit there is of it and, if there is any of it, the next smaller one."""
    units = list(SECONDS)
    first = next((n for n, unit in enumerate(units) if seconds >= SECONDS[unit]), len(units) - 1)
    parts: list[tuple[int, str]] = []
    for unit in units[first : first + 2]:
        n, seconds = divmod(seconds, SECONDS[unit])
        if n or not parts:
            parts.append((n, unit))
    return parts
