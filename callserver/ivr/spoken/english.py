"""English: one thousand two hundred and three, in groups of three figures."""

from __future__ import annotations

import datetime

NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
GROUPS: tuple[tuple[int, list[str]], ...] = (
    (12, ["trillion"]),
    (9, ["billion"]),
    (6, ["million"]),
    (3, ["thousand"]),
    (0, []),
)
UNITS = {
    "days": ("day", "days"),
    "hours": ("hour", "hours"),
    "minutes": ("waiting-minute", "waiting-minutes"),
    "seconds": ("second", "seconds"),
}


def number(n: int) -> list[str]:
    """0 and more."""
    if n < 100:
        return [f"number-{n}"]
    said: list[str] = []
    for power, unit in GROUPS:
        hundreds, tens = divmod(n // 10**power % 1000, 100)
        said += [f"number-{hundreds}", "hundred"] if hundreds else []
        said += ["and"] * bool(tens and (hundreds or (said and not unit)))
        said += [f"number-{tens}"] if tens else []
        said += unit if hundreds or tens else []
    return said


def ordinal(n: int) -> list[str]:
    """1 and more: second, one hundred and third, one thousandth."""
    *said, last = number(n)
    return [*said, _as_ordinal(last)]


def _as_ordinal(last: str) -> str:
    """A number's last piece: the days of a month are ordinals already."""
    figure = last.removeprefix("number-")
    return f"day-{figure}" if figure.isdecimal() and int(figure) <= 31 else f"ordinal-{figure}"


def count(n: int) -> list[str]:
    """One piece, two pieces."""
    return [*number(n), "piece" if n == 1 else "pieces"]


def money(yuan: int, rest: int) -> list[str]:
    """Twelve yuan fifty; twelve yuan and five fen; fifty fen."""
    if rest and not yuan:
        return [*number(rest), "fen"]
    said = [*number(yuan), "yuan"]
    if 0 < rest < 10:
        return [*said, "and", *number(rest), "fen"]
    return said + number(rest) * bool(rest)


def minutes(n: int) -> list[str]:
    """One minute, two minutes."""
    return units(n, "minutes")


def units(n: int, unit: str) -> list[str]:
    """So many days, hours, minutes or seconds."""
    return [*number(n), UNITS[unit][n != 1]]


def duration(parts: list[tuple[int, str]]) -> list[str]:
    """Two hours and five minutes."""
    said: list[str] = []
    for n, unit in parts:
        said += ["and"] * bool(said) + units(n, unit)
    return said


def date(day: datetime.date, today: datetime.date) -> list[str]:
    """Tomorrow; March fifth twenty twenty seven."""
    near = NEAR_DAYS.get((day - today).days)
    if near:
        return [near]
    return [f"month-{day.month}", f"day-{day.day}", *(_year(day.year) if day.year != today.year else [])]


def time_of_day(time: datetime.time) -> list[str]:
    """Two oh five PM; twelve noon, twelve midnight."""
    if time.minute == 0 and time.hour % 12 == 0:
        return ["number-12", "noon" if time.hour else "midnight"]
    minute = ["oh"] * (0 < time.minute < 10) + number(time.minute) if time.minute else []
    return [*number(time.hour % 12 or 12), *minute, "am" if time.hour < 12 else "pm"]


def _year(year: int) -> list[str]:
    century, rest = divmod(year, 100)
    return number(year) if rest < 10 else [*number(century), *number(rest)]
