"""`[hours NAME]`: days of the week, dates, ranges, days of every year, each closed, all day, or from when to when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise

from callserver.config import nearest
from callserver.config.hours import DAYS
from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.holidays import CALENDARS, Holidays
from callserver.ivr.menu_files.hours import OpeningHours, Span
from callserver.ivr.menu_files.ini import Entry, Section, shown
from callserver.ivr.menu_files.values import plain
from callserver.wire.catalogue import N_

SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
DATE = r"(\d{4})-(\d{1,2})-(\d{1,2})"
ONE_DATE, TWO_DATES = re.compile(DATE), re.compile(rf"{DATE}\s*\.\.+\s*{DATE}")
YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")
WEEKDAYS = re.compile(r"([a-z]+)(?:\s*-\s*([a-z]+))?")
LEAP_YEAR = 2028
ALL_DAY = (Span(time(0), time(0)),)
DAY_MIN = 24 * 60


@dataclass
class _Hours:
    """What has been read so far."""

    dates: dict[date, tuple[Span, ...]] = field(default_factory=dict)
    ranges: list[tuple[date, date, tuple[Span, ...]]] = field(default_factory=list)
    yearly: dict[tuple[int, int], tuple[Span, ...]] = field(default_factory=dict)
    weekdays: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    holidays: Holidays | None = None
    workday: str = ""


def read_hours(section: Section, faults: list[Fault]) -> OpeningHours:
    """What can be read of it; the rest is told."""
    found = _Hours()
    for entry in section.entries.values():
        try:
            _read(entry, found)
        except Fault as fault:
            faults.append(fault)
    workday = found.weekdays.get(DAYS.index(found.workday) + 1, ()) if found.workday else None
    return OpeningHours(
        section.name,
        section.line,
        found.dates,
        tuple(found.ranges),
        found.yearly,
        found.weekdays,
        found.holidays,
        workday,
    )


def _read(entry: Entry, found: _Hours) -> None:
    key = entry.key
    if key == "holidays":
        found.holidays = Holidays(_one_of(entry, CALENDARS))
    elif key == "workday":
        found.workday = _one_of(entry, DAYS)
    elif one := ONE_DATE.fullmatch(key):
        found.dates[_date(entry, *one.groups())] = _spans(entry)
    elif two := TWO_DATES.fullmatch(key):
        found.ranges.append((*_range(entry, two.groups()), _spans(entry)))
    elif day := YEARLY.fullmatch(key):
        yearly = _date(entry, str(LEAP_YEAR), *day.groups())
        found.yearly[yearly.month, yearly.day] = _spans(entry)
    else:
        _add_weekdays(entry, found.weekdays)


def _add_weekdays(entry: Entry, weekdays: dict[int, tuple[Span, ...]]) -> None:
    spans = _spans(entry)
    for number in _weekdays(entry):
        if number in weekdays:
            raise Fault("{day} has hours already, on a line above; remove one", entry.line, day=DAYS[number - 1])
        weekdays[number] = spans


def _weekdays(entry: Entry) -> Iterator[int]:
    for part in entry.key.split(","):
        days = WEEKDAYS.fullmatch(part.strip())
        if days is None:
            wrong = N_("{key}: no day; write mon-fri, sat,sun, 2027-02-06, 2027-02-06..2027-02-12 or 12-31")
            raise Fault(wrong, entry.line, key=shown(entry.key))
        first, last = (_weekday(entry, day) for day in (days[1], days[2] or days[1]))
        yield from ((first - 1 + n) % 7 + 1 for n in range((last - first) % 7 + 1))


def _weekday(entry: Entry, day: str) -> int:
    if day[:3] in DAYS and (len(day) == 3 or day.endswith("day")):
        return DAYS.index(day[:3]) + 1
    raise Fault("{name}: no such day; {hint}", entry.line, name=shown(day), hint=nearest(day, DAYS))


def _range(entry: Entry, groups: tuple[str, ...]) -> tuple[date, date]:
    first, last = _date(entry, *groups[:3]), _date(entry, *groups[3:])
    if last < first:
        raise Fault("{key}: ends before it begins", entry.line, key=shown(entry.key))
    return first, last


def _date(entry: Entry, year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Fault("{key}: no such day", entry.line, key=shown(entry.key)) from None


def _one_of(entry: Entry, known: tuple[str, ...]) -> str:
    if plain(entry) not in known:
        wrong = N_("{key} = {value}: {hint}")
        raise Fault(wrong, entry.line, key=entry.key, value=shown(entry.value), hint=nearest(plain(entry), known))
    return plain(entry)


def _spans(entry: Entry) -> tuple[Span, ...]:
    said = plain(entry)
    if said in ("closed", "all day"):
        return () if said == "closed" else ALL_DAY
    spans = [_span(entry, part.strip()) for part in said.split(",")]
    taken: Mapping[Span, tuple[int, int]] = {span: _minutes(span) for span in spans}
    in_order = sorted(taken.values())
    if len(taken) < len(spans) or any(later[0] < sooner[1] for sooner, later in pairwise(in_order)):
        raise Fault("{value}: two of its spans overlap; write 09:00-12:00, 13:00-18:00", entry.line, value=shown(said))
    return tuple(spans)


def _span(entry: Entry, text: str) -> Span:
    found = SPAN.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        opens, closes = (_clock(int(hour), int(minute)) for hour, minute in (found.groups()[:2], found.groups()[2:]))
    except ValueError:
        wrong = N_("{value} is no time span; write 09:00-12:00, closed or all day")
        raise Fault(wrong, entry.line, value=shown(text)) from None
    return Span(opens, closes)


def _clock(hour: int, minute: int) -> time:
    """24:00 is the end of a day."""
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


def _minutes(span: Span) -> tuple[int, int]:
    begins, ends = (clock.hour * 60 + clock.minute for clock in (span.opens, span.closes))
    return begins, ends if ends > begins else ends + DAY_MIN
