"""Finding recordings: every filter alone or with others, the newest first, page by page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from callserver.features.recordings.tables import AGENT, CALLER, ORDER, QUEUE, RecordingRow, TagRow
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import N_, Complaint

PAGE = 50
PAGE_MAX = 500
NUMBER = re.compile(r"[0-9*?+]{1,32}")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # stands in no text of a database
CURSOR = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
LONGEST_MS = 2**31 - 1


class NoSuchRecording(Complaint):
    """None has this number, id or file; or it is not his to know of."""


@dataclass(frozen=True)
class Wanted:
    """
    What is looked for; what is left out makes no difference.

    :param number: digits, with * for any and ? for one
    :param outcome: as `facts_of` tells it
    :param note: stands in the note, capital letters make no difference
    :param heard_by: talked by this staff number: the bound of who may not see others' recordings
    """

    since: datetime | None = None
    until: datetime | None = None  # and not at it
    number: str = ""
    agent: str = ""
    queue: str = ""
    line: str = ""  # "3", "line 3", "seat 801"
    direction: str = ""
    shortest_s: float | None = None
    longest_s: float | None = None
    outcome: str = ""
    note: str = ""
    class_: str = ""
    order: str = ""
    protected: bool | None = None
    call_id: str = ""
    heard_by: str = ""


@dataclass(frozen=True)
class Recorded:
    """One recording as it is found."""

    number: int
    file: str
    kept_as: str
    call_id: str
    started: datetime
    length_s: float | None
    caller: str | None
    caller_name: str | None
    line: str
    direction: str
    outcome: str
    by: str
    class_: str
    note: str
    protected: bool
    octets: int | None
    digest: str | None
    deleted: datetime | None
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some of what was found; `next` asks for those behind it, "" if there are none."""

    found: list[Recorded]
    next: str


def search(wanted: Wanted, after: str = "", limit: int = PAGE) -> Page:
    """
    In `store.read`. The newest first; whatever is added meanwhile, no page repeats or leaves out what was there.

    :param after: the `next` of the page before
    :raises Complaint: a filter that nothing could fit, or that is no filter
    """
    wanted = Wanted(**{name: _storable(value) for name, value in vars(wanted).items()})
    filters = [RecordingRow.deleted_ms.is_null(), *_filters(wanted), *_behind(after)]
    tags = _tags(wanted)
    started, number = RecordingRow.started_ms, RecordingRow.number
    if tags:
        found = RecordingRow.select(started, number).join(TagRow, on=TagRow.number == number)
        filters += [TagRow.kind == tags[0][0], TagRow.value == tags[0][1]]
        filters += [fn.EXISTS(_tagged(*tag)) for tag in tags[1:]]
        filters += _behind(after, TagRow.started_ms, TagRow.number)
        order = TagRow.started_ms.desc(), TagRow.number.desc()
    else:
        found, order = RecordingRow.select(started, number), (started.desc(), number.desc())
    numbers = [row.number for row in found.where(reduce(and_, filters)).order_by(*order).limit(limit + 1)]
    shown = _recorded(numbers[:limit])
    is_more = len(numbers) > limit
    return Page(shown, f"{to_ms(shown[-1].started)}-{shown[-1].number}" if is_more else "")


def find(which: str) -> Recorded:
    """
    In `store.read`: one by its number, or by the first characters of its file's name; deleted ones, too.

    :raises NoSuchRecording: none, or several
    """
    rows: list[RecordingRow] = []
    if re.fullmatch("[0-9]{1,15}", which):
        rows = list(RecordingRow.select().where(RecordingRow.number == int(which)))
    elif re.fullmatch("[0-9a-zA-Z.-]{4,64}", which):
        rows = list(RecordingRow.select().where(RecordingRow.file.startswith(which)).limit(2))
    if len(rows) != 1:
        raise NoSuchRecording(N_("there is no recording {which}"), which=which[:64])
    return _recorded([rows[0].number])[0]


def kept_as(file: str | None) -> str:
    """In `store.read`: the file that holds a recording now, which the recorder has named so; "": none any more."""
    row = RecordingRow.get_or_none(RecordingRow.file == file) if file else None
    if row is None:
        return file or ""
    return row.kept_as if row.deleted_ms is None else ""


def of_call(call_id: str) -> list[Recorded]:
    """In `store.read`: of a call, the first one first; deleted ones, too."""
    rows = RecordingRow.select(RecordingRow.number).where(RecordingRow.call_id == call_id)
    return _recorded([row.number for row in rows.order_by(RecordingRow.started_ms, RecordingRow.number)])


def _filters(wanted: Wanted) -> Iterable[Any]:
    row = RecordingRow
    if wanted.since is not None:
        yield row.started_ms >= to_ms(wanted.since)
    if wanted.until is not None:
        yield row.started_ms < to_ms(wanted.until)
    if wanted.line:
        yield row.line == (f"line {wanted.line}" if wanted.line.isdecimal() else wanted.line)
    if wanted.shortest_s is not None:
        yield row.length_ms >= _ms(wanted.shortest_s)
    if wanted.longest_s is not None:
        yield row.length_ms <= _ms(wanted.longest_s)
    equal = {row.direction: wanted.direction, row.outcome: wanted.outcome, row.class_: wanted.class_}
    yield from (column == value for column, value in equal.items() if value)
    if wanted.protected is not None:
        yield row.protected == wanted.protected
    if wanted.call_id:
        yield row.call_id == wanted.call_id
    if _has_wildcard(_checked(wanted.number)):
        yield row.caller ** _pattern(wanted.number)
    if wanted.note.strip():
        yield row.note.contains(wanted.note.strip())


def _tags(wanted: Wanted) -> list[tuple[str, str]]:
    """The rarest first: what is walked is that alone."""
    number = "" if _has_wildcard(wanted.number) else wanted.number
    tags = [(ORDER, wanted.order), (CALLER, number), (AGENT, wanted.agent), (AGENT, wanted.heard_by)]
    return list(dict.fromkeys((kind, value) for kind, value in [*tags, (QUEUE, wanted.queue)] if value))


def _tagged(kind: str, value: str) -> Any:
    other = TagRow.alias()
    here = (other.kind == kind) & (other.value == value) & (other.started_ms == RecordingRow.started_ms)
    return other.select(other.number).where(here & (other.number == RecordingRow.number))


def _behind(after: str, started: Any = RecordingRow.started_ms, number: Any = RecordingRow.number) -> list[Any]:
    if not after:
        return []
    cursor = CURSOR.fullmatch(after)
    if cursor is None:
        raise Complaint(N_("{next} is no place where a list goes on"), next=repr(after[:40]))
    at_ms, last = int(cursor[1]), int(cursor[2])
    return [(started <= at_ms) & ((started < at_ms) | (number < last))]


def _checked(number: str) -> str:
    if number and NUMBER.fullmatch(number) is None:
        told = N_("{number} is no number to look for; write digits, * for any and ? for one")
        raise Complaint(told, number=repr(number[:40]))
    if number and not any(one.isdecimal() for one in number):
        raise Complaint(N_("a number to look for has a digit at least"))
    return number


def _has_wildcard(number: str) -> bool:
    return "*" in number or "?" in number


def _pattern(number: str) -> str:
    return re.sub(r"%+", "%", number.replace("*", "%").replace("?", "_"))


def _ms(seconds: float) -> int:
    if math.isnan(seconds):
        raise Complaint(N_("{seconds} is no length: write seconds"), seconds=seconds)
    return round(min(max(1000 * seconds, 0), LONGEST_MS))


def _storable(value: Any) -> Any:
    """A text that no database can ask for is one that nothing fits: bytes of another alphabet's terminal."""
    return UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _recorded(numbers: Sequence[int]) -> list[Recorded]:
    rows = {row.number: row for row in RecordingRow.select().where(RecordingRow.number.in_(numbers))}
    tags: dict[tuple[int, str], list[str]] = {}
    for tag in TagRow.select().where(TagRow.number.in_(numbers)).order_by(TagRow.value):
        tags.setdefault((tag.number, tag.kind), []).append(tag.value)
    return [
        _one(
            rows[number],
            agents=tuple(tags.get((number, AGENT), ())),
            queues=tuple(tags.get((number, QUEUE), ())),
            orders=tuple(tags.get((number, ORDER), ())),
        )
        for number in numbers
    ]


SAME = (
    *("number", "file", "kept_as", "call_id", "caller", "caller_name", "line", "direction", "outcome", "by"),
    *("class_", "note", "protected", "octets", "digest"),
)


def _one(row: RecordingRow, **tags: Any) -> Recorded:
    values: dict[str, Any] = {name: getattr(row, name) for name in SAME}
    return Recorded(
        started=from_ms(row.started_ms),
        length_s=None if row.length_ms is None else row.length_ms / 1000,
        deleted=None if row.deleted_ms is None else from_ms(row.deleted_ms),
        **values,
        **tags,
    )
