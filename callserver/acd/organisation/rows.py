"""An organisation as the database has it, read and written; runs in its thread, inside a transaction of `rules`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from peewee import Model, fn
from twisted.logger import Logger

from callserver.acd.organisation import tables as t
from callserver.acd.organisation.calendars import Calendar, Night, SpecialDay
from callserver.acd.organisation.forms import FORMS
from callserver.acd.organisation.hours_fields import read_spans, read_weekly, spans_text
from callserver.acd.organisation.parts import CallerClass, Group, Office, Organisation, Part, Region, in_order
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Unfit

log = Logger()


def revision() -> int:
    """Which state of it this is."""
    return int(t.OrganisationRow.get_by_id(1).revision)


def load() -> Organisation:
    """All of it."""
    return Organisation(
        revision(),
        {one.name: one for one in _groups()},
        {row.name: _queue(row) for row in t.QueueRow.select().order_by(t.QueueRow.position, t.QueueRow.name)},
        {one.name: one for one in _calendars()},
        {row.number: _office(row) for row in t.OfficeRow.select().order_by(t.OfficeRow.number)},
        {one.name: one for one in _regions()},
        {one.name: one for one in _callers()},
    )


def write(part: Part, one: Any) -> None:
    """New, or in place of the one of its name."""
    WRITERS[part](one)


def remove(part: Part, name: str) -> None:
    """And what is only its own."""
    for child, column in CHILDREN.get(part, ()):
        child.delete().where(getattr(child, column) == name).execute()
    row, column = ROWS[part]
    row.delete().where(getattr(row, column) == name).execute()


def _put(part: Part, key: str, **columns: Any) -> None:
    """Its own row; what is only its own goes, to be written anew."""
    for child, column in CHILDREN.get(part, ()):
        child.delete().where(getattr(child, column) == key).execute()
    row, column = ROWS[part]
    if not row.update(columns).where(getattr(row, column) == key).execute():
        row.insert({column: key, **columns}).execute()


def _by(rows: Iterable[Any], owner: str) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, owner)].append(row)
    return found


# Groups


def _groups() -> Iterable[Group]:
    members = _by(t.MemberRow.select(), "group_name_id")
    for row in t.GroupRow.select().order_by(t.GroupRow.name):
        of_it = in_order(Member(one.person, one.level, one.position) for one in members[row.name])
        yield Group(row.name, row.number or "", of_it)


def _write_group(one: Group) -> None:
    _put(Part.GROUP, one.name, number=one.number or None)
    for member in one.members:
        t.MemberRow.create(group_name=one.name, person=member.number, level=member.level, position=member.position)


# Queues


def _queue(row: t.QueueRow) -> QueueSettings:
    """What this version does not understand, a later one's, is as it is by itself: callers wait in it all the same."""
    form = FORMS[Part.QUEUE]
    found: QueueSettings = form.new(row.name)
    for key, text in json.loads(row.settings).items():
        try:
            values = {key: form.settings[key].read(text)}
        except (KeyError, Unfit):
            log.warn("queue {queue}: {key} in the database is not understood", queue=row.name, key=key)
            continue
        found = replace(found, **values)
    return found


def _write_queue(one: QueueSettings) -> None:
    settings = json.dumps(FORMS[Part.QUEUE].different(one), ensure_ascii=False)
    if not t.QueueRow.update(settings=settings).where(t.QueueRow.name == one.name).execute():
        last = t.QueueRow.select(fn.MAX(t.QueueRow.position)).scalar() or 0
        t.QueueRow.create(name=one.name, position=last + 1, settings=settings)


# Calendars


def _calendars() -> Iterable[Calendar]:
    days = _by(t.CalendarDayRow.select().order_by(t.CalendarDayRow.day), "calendar_id")
    for row in t.CalendarRow.select().order_by(t.CalendarRow.name):
        special = {date.fromisoformat(one.day): SpecialDay(read_spans(one.hours), one.label) for one in days[row.name]}
        yield Calendar(row.name, read_weekly(row.hours), special, Night(row.night))


def _write_calendar(one: Calendar) -> None:
    _put(Part.CALENDAR, one.name, hours=", ".join(map(str, one.hours)), night=one.night.value)
    for day, special in one.days.items():
        t.CalendarDayRow.create(
            calendar=one.name, day=day.isoformat(), hours=spans_text(special.spans), label=special.label
        )


# Offices and regions


def _office(row: t.OfficeRow) -> Office:
    return Office(row.number, row.name, row.phone, row.calendar or "")


def _write_office(one: Office) -> None:
    _put(Part.OFFICE, one.number, name=one.name, phone=one.phone, calendar=one.calendar or None)


def _regions() -> Iterable[Region]:
    codes = _by(t.RegionCodeRow.select().order_by(t.RegionCodeRow.position), "region_id")
    offices = _by(t.RegionOfficeRow.select().order_by(t.RegionOfficeRow.position), "region_id")
    for row in t.RegionRow.select().order_by(t.RegionRow.name):
        yield Region(
            row.name,
            row.parent or "",
            tuple(one.code for one in codes[row.name]),
            tuple(one.office for one in offices[row.name]),
        )


def _write_region(one: Region) -> None:
    _put(Part.REGION, one.name, parent=one.parent or None)
    for position, code in enumerate(one.codes, 1):
        t.RegionCodeRow.insert(code=code, region=one.name, position=position).execute()
    for position, office in enumerate(one.offices, 1):
        t.RegionOfficeRow.create(region=one.name, office=office, position=position)


# Classes of callers


def _callers() -> Iterable[CallerClass]:
    numbers = _by(t.CallerNumberRow.select().order_by(t.CallerNumberRow.position), "class_name_id")
    for row in t.CallerClassRow.select().order_by(t.CallerClassRow.name):
        yield CallerClass(row.name, row.priority, row.queue or "", tuple(one.number for one in numbers[row.name]))


def _write_callers(one: CallerClass) -> None:
    _put(Part.CALLERS, one.name, priority=one.priority, queue=one.queue or None)
    for position, number in enumerate(one.numbers, 1):
        t.CallerNumberRow.insert(number=number, class_name=one.name, position=position).execute()


ROWS: Mapping[Part, tuple[type[Model], str]] = {
    Part.GROUP: (t.GroupRow, "name"),
    Part.QUEUE: (t.QueueRow, "name"),
    Part.CALENDAR: (t.CalendarRow, "name"),
    Part.OFFICE: (t.OfficeRow, "number"),
    Part.REGION: (t.RegionRow, "name"),
    Part.CALLERS: (t.CallerClassRow, "name"),
}
CHILDREN: Mapping[Part, tuple[tuple[type[Model], str], ...]] = {
    Part.GROUP: ((t.MemberRow, "group_name"),),
    Part.CALENDAR: ((t.CalendarDayRow, "calendar"),),
    Part.REGION: ((t.RegionCodeRow, "region"), (t.RegionOfficeRow, "region")),
    Part.CALLERS: ((t.CallerNumberRow, "class_name"),),
}
WRITERS: Mapping[Part, Callable[[Any], None]] = {
    Part.GROUP: _write_group,
    Part.QUEUE: _write_queue,
    Part.CALENDAR: _write_calendar,
    Part.OFFICE: _write_office,
    Part.REGION: _write_region,
    Part.CALLERS: _write_callers,
}
