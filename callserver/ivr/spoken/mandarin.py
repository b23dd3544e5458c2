"""
Mandarin: 一千二百零三, in groups of four figures.

One syllable by itself is hardly understood on a telephone: what follows a number (元, 件, 点) or precedes it (第) is
recorded in one breath with the piece beside it, `number-25-yuan`, `ordinal-hundred-1`.
"""

from __future__ import annotations

import datetime

DAY_PERIODS = (  # from which hour on; as the Unicode CLDR has them for zh
    (19, "evening"),
    (13, "afternoon"),
    (12, "noon"),
    (8, "morning"),
    (5, "early-morning"),
    (0, "before-dawn"),
)
NEAR_DAYS = {-2: "day-before-yesterday", -1: "yesterday", 0: "today", 1: "tomorrow", 2: "day-after-tomorrow"}
JOINED_BELOW = 60  # so many minutes or seconds; more of them are two pieces
UNITS = {"days": "days", "hours": "hours", "minutes": "waiting-minutes", "seconds": "seconds"}


def number(n: int) -> list[str]:
    """0 and more."""
    if n < 100:
        return [f"number-{n}"]
    hundred_millions, rest = divmod(n, 100_000_000)
    ten_thousands, rest = divmod(rest, 10_000)
    said = [*quantity(hundred_millions), "hundred-million"] if hundred_millions else []
    if ten_thousands == 2 and not said:
        said += ["liang", "ten-thousand"]
    elif ten_thousands:
        said += [*_group(ten_thousands, bool(said), skipped=False), "ten-thousand"]
    return said + _group(rest, bool(said), skipped=not ten_thousands)


def quantity(n: int) -> list[str]:
    """A number before what is counted: two is 两."""
    return ["liang"] if n == 2 else number(n)


def joined(said: list[str], unit: str) -> list[str]:
    """The last piece of a number in one breath with its unit."""
    return [*said[:-1], f"{said[-1]}-{unit}"]


def ordinal(n: int) -> list[str]:
    """1 and more: 第二, 第一百零三."""
    first, *rest = number(n)
    return [f"ordinal-{first.removeprefix('number-')}", *rest]


def count(n: int) -> list[str]:
    """两件."""
    return joined(quantity(n), "pieces")


def money(yuan: int, rest: int) -> list[str]:
    """十二元零五分; 0 is 零元."""
    jiao, fen = divmod(rest, 10)
    said = joined(quantity(yuan), "yuan") if yuan or not rest else []
    said += [f"jiao-{jiao}"] if jiao else ["number-0"] * bool(yuan and fen)
    return [*said, f"fen-{fen}"] if fen else said


def minutes(n: int) -> list[str]:
    """两分钟."""
    return units(n, "minutes")


def units(n: int, unit: str, *, after_higher: bool = False) -> list[str]:
    """
    So many days, hours, minutes or seconds.

    :param after_higher: 两小时零五分钟
    """
    if after_higher and n < 10 and unit in ("minutes", "seconds"):
        return [f"after-{n}-{UNITS[unit]}"]
    said = quantity(n)
    return joined(said, UNITS[unit]) if n < JOINED_BELOW else [*said, UNITS[unit]]


def duration(parts: list[tuple[int, str]]) -> list[str]:
    """一天两小时, 两小时零五分钟."""
    said: list[str] = []
    for n, unit in parts:
        said += units(n, unit, after_higher=bool(said))
    return said


def date(day: datetime.date, today: datetime.date) -> list[str]:
    """后天; 二零二七年三月五号."""
    near = NEAR_DAYS.get((day - today).days)
    if near:
        return [near]
    year = joined([f"number-{figure}" for figure in str(day.year)], "year") if day.year != today.year else []
    return [*year, f"date-{day.month}-{day.day}"]


def time_of_day(time: datetime.time) -> list[str]:
    """下午两点零五分, 凌晨零点, 中午十二点."""
    hour = time.hour - 12 if time.hour > 12 else time.hour
    period = next(name for begins, name in DAY_PERIODS if time.hour >= begins)
    said = [period, *joined(quantity(hour), "oclock")]
    if time.minute:
        said.append(f"{'after' if time.minute < 10 else 'number'}-{time.minute}-minutes")
    return said


def _group(n: int, follows: bool, skipped: bool) -> list[str]:
    """
    0 to 9999: 一十二 after something higher, else 十二; a zero for whatever is missing between two figures.

    :param follows: a higher group was said before
    :param skipped: but the next higher one was not: 一亿零五千
    """
    hundreds, tens = divmod(n, 100)
    thousands, hundreds = divmod(hundreds, 10)
    above = follows or n >= 100
    said: list[str] = []
    if thousands:
        said += ["number-0"] * (follows and skipped) + [f"thousand-{thousands}"]
    if hundreds:
        said += ["number-0"] * (follows and not thousands) + [f"hundred-{hundreds}"]
    if tens >= 10 and above and not hundreds:
        said.append("number-0")
    if tens:
        said.append(f"after-{tens}" if above and tens < 20 else f"number-{tens}")  # after-5 is 零五
    return said
