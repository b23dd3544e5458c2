"""Hours of the week and special days as text: mon-fri 09:00-18:00; 2026-10-01..2026-10-07 closed National Day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time

from callserver.acd.organisation.calendars import Span, SpecialDay, days_between
from callserver.acd.organisation.fields import Field, items, read_words
from callserver.config import Hours, Unfit, read_hours

DAYS_MAX = 400  # in one row
SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
CLOSED, UNTIL = "closed", ".."


def hours(help: str) -> Field:
    """Spans of the week; a day may have several, so each is known by all of it."""
    return Field(
        read_weekly, lambda value: ", ".join(map(str, value)), help, is_list=True, keys=lambda item: [item.lower()]
    )


def days(help: str) -> Field:
    """Holidays and days with hours of their own."""
    return Field(_read_days, _show_days, help, is_list=True, spread=_each_day, keys=_dates)


def read_weekly(text: str) -> tuple[Hours, ...]:
    """
    :raises Unfit: with the span that is none
    """
    try:
        return read_hours(",".join(items(text)))
    except ValueError as problem:
        raise Unfit(
            "{hours} is no time span; write mon-fri 09:00-18:00, sat 10:00-16:00", hours=repr(str(problem)[:60])
        ) from None


def _each_day(value: Mapping[date, SpecialDay]) -> list[str]:
    return [_show_days({day: special}) for day, special in value.items()]


def _dates(item: str) -> list[str]:
    """2026-10-01..2026-10-03 closed: three days, each a key."""
    first, until, last = item.partition(" ")[0].partition(UNTIL)
    begins, ends = _date(item, first), _date(item, last if until else first)
    return [day.isoformat() for day in _days(item, begins, ends)]


def _days(item: str, first: date, last: date) -> Iterable[date]:
    if not first <= last or (last - first).days > DAYS_MAX:
        raise _no_day(item)
    return days_between(first, last)


def _read_days(text: str) -> dict[date, SpecialDay]:
    found: dict[date, SpecialDay] = {}
    for item in items(text):
        special = _special_day(item, item.partition(" ")[2])
        for day in map(date.fromisoformat, _dates(item)):
            if day in found:
                raise Unfit("{item} is in the list twice: write it once", item=day.isoformat())
            found[day] = special
    return dict(sorted(found.items()))


def _special_day(item: str, rest: str) -> SpecialDay:
    first, _, label = rest.partition(" ")
    if first.lower() == CLOSED:
        return SpecialDay((), read_words(label))
    written = rest.split()
    n_spans = next((n for n, one in enumerate(written) if not SPAN.fullmatch(one)), len(written))
    if not n_spans:
        raise _no_day(item)
    return SpecialDay(read_spans(" ".join(written[:n_spans])), read_words(" ".join(written[n_spans:])))


def _span(item: str, written: str) -> Span:
    found = SPAN.fullmatch(written)
    try:
        opens, closes = (time(int(hour), int(minute)) for hour, minute in _clocks(found))
    except ValueError:
        raise _no_day(item) from None
    return Span(opens, closes)


def _clocks(found: re.Match[str] | None) -> list[tuple[str, str]]:
    first, second, third, fourth = found.groups() if found else ("", "", "", "")
    return [(first, second), ("0", "00") if (third, fourth) == ("24", "00") else (third, fourth)]


def _date(item: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise _no_day(item) from None


def _no_day(item: str) -> Unfit:
    return Unfit(
        "{day} is no day; write 2026-10-01..2026-10-07 closed National Day, 2026-12-24 09:00-13:00", day=repr(item[:60])
    )


def read_spans(text: str) -> tuple[Span, ...]:
    """
    09:00-12:00 13:00-17:00; nothing is closed.

    :raises Unfit: with what is no span
    """
    return tuple(_span(text, one) for one in text.split())


def spans_text(spans: Iterable[Span]) -> str:
    """As a day's hours are written and stored; "": closed."""
    return " ".join(map(str, spans))


def _show_days(value: Mapping[date, SpecialDay]) -> str:
    """Days that follow one another and are alike stand together."""
    rows: list[tuple[date, date, SpecialDay]] = []
    for day, special in sorted(value.items()):
        if rows and rows[-1][2] == special and (day - rows[-1][1]).days == 1:
            rows[-1] = (rows[-1][0], day, special)
        else:
            rows.append((day, day, special))
    return ", ".join(
        " ".join(filter(None, (_show_dates(first, last), spans_text(special.spans) or CLOSED, special.label)))
        for first, last, special in rows
    )


def _show_dates(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first}{UNTIL}{last}"
