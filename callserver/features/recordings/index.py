"""
The index of recordings: a fold of the event log, which can be thrown away and made again.

录音索引由事件日志折叠而成，可随时删除重建。

What holds, each in the database's thread and in one transaction:

1. *The log is the truth.* Nothing is written into the index but what an event says; a note, a class, a protection, a
   deletion is an event first. So `rebuild` gives the same rows again, with the same numbers: one after the other, in
   the order in which recordings stand in the log. They are ours, for PostgreSQL's own would go on behind the old ones.
2. *Each event once, in order.* How far the log is read is kept in the same transaction as what was read of it: a kill
   between the two is not possible. To read an event twice would do no harm either.
3. *Of a call, all or nothing.* Agents, queues, orders, outcome are not added up event by event: whenever something
   has happened in a call that has a recording, its row is made anew from all its events.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from callserver.calls.vocabulary import Kind
from callserver.features.recordings.facts import Facts, facts_of
from callserver.features.recordings.tables import AGENT, CALLER, COMPLAINT, ORDER, QUEUE, ReadRow, RecordingRow, TagRow
from callserver.store.reading import timeline
from callserver.store.tables import CallRow, EventRow, call_record, event_record, to_ms
from callserver.wire.records import EventRecord

READER = "recordings"
BATCH = 200  # events at a time: others want the database's thread, too
ENDS = (Kind.RECORDING_END.value, Kind.RECORDING_REPAIRED.value)
OF_A_CALL = (Kind.END.value, Kind.ORDER.value, Kind.CALLER_ID.value)
LOOKED_AT = (*OF_A_CALL, Kind.RECORDING.value, *ENDS)  # then what a recording has from its call is made anew
KINDS = (
    Kind.RECORDING.value,
    *ENDS,
    Kind.RECORDING_KEPT.value,
    Kind.RECORDING_NOTED.value,
    Kind.RECORDING_DELETED.value,
    *OF_A_CALL,
)


def is_behind() -> bool:
    """In `store.read`: the log has events that were not read."""
    return read_so_far(READER) < _newest()


def catch_up() -> bool:
    """In `store.write`: read some more of the log; whether there is more."""
    so_far, newest = read_so_far(READER), _newest()
    new = EventRow.select().where(EventRow.seq > so_far, EventRow.seq <= newest, EventRow.kind.in_(KINDS))
    rows = list(new.order_by(EventRow.seq).limit(BATCH))
    is_more = len(rows) == BATCH
    for event in map(event_record, rows):
        _apply(event)
    for call_id in dict.fromkeys(row.call_id for row in rows if row.kind in LOOKED_AT):
        _make_anew(call_id)
    read_to(READER, rows[-1].seq if is_more else newest)
    return is_more


def catch_up_all() -> None:
    """In `store.write`: for who can wait, and wants to see what has just been written."""
    while catch_up():
        pass


def rebuild() -> None:
    """In `store.write`: forget the index; the next look at the log makes it again."""
    for table in (TagRow, RecordingRow):
        table.delete().execute()
    ReadRow.delete().where(ReadRow.reader == READER).execute()


def read_so_far(reader: str) -> int:
    """How far somebody has read the log; 0: nothing of it."""
    row = ReadRow.get_or_none(ReadRow.reader == reader)
    return row.seq if row is not None else 0


def read_to(reader: str, seq: int) -> None:
    """In `store.write`: he has read so far."""
    told = ReadRow.insert(reader=reader, seq=seq)
    told.on_conflict(conflict_target=[ReadRow.reader], update={ReadRow.seq: seq}).execute()


def _newest() -> int:
    return EventRow.select(fn.MAX(EventRow.seq)).scalar() or 0


def _apply(event: EventRecord) -> None:
    """What an event says of one recording."""
    file = str(event.data.get("file", ""))
    if event.kind == Kind.RECORDING.value:
        _begin(event, file)
    elif event.kind in ENDS:
        _set(file, length_ms=round(1000 * _number(event, "length_s")))
    elif event.kind == Kind.RECORDING_KEPT.value:
        kept = str(event.data["kept_as"]), int(_number(event, "octets")), str(event.data["digest"])
        _set(file, **dict(zip(("kept_as", "octets", "digest"), kept, strict=True)))
    elif event.kind == Kind.RECORDING_NOTED.value:
        names = {"note": "note", "class": "class_", "protected": "protected"}
        _set(file, **{names[key]: value for key, value in event.data.items() if key in names})
    elif event.kind == Kind.RECORDING_DELETED.value:
        _set(file, deleted_ms=to_ms(event.at))


def began_at(event: EventRecord) -> datetime:
    """Of a recording whose beginning is told: it may begin with what was said before."""
    return event.at - timedelta(seconds=_number(event, "before_s"))


def kept_for(event: EventRecord) -> dict[str, Any]:
    """Of a recording that begins: the columns which keep it, if an agent has called its call a complaint before."""
    told = EventRow.select().where(
        EventRow.call_id == event.call_id, EventRow.kind == Kind.OUTCOME.value, EventRow.at_ms <= to_ms(event.at)
    )
    is_complaint = any(event_record(row).data.get("protects") for row in told)
    return {"class_": COMPLAINT if is_complaint else "", "protected": is_complaint}


def _begin(event: EventRecord, file: str) -> None:
    """Messages are no recordings of a call: they belong to whoever they were left for."""
    if event.data.get("message") or event.call_id is None:
        return
    last = RecordingRow.select(fn.MAX(RecordingRow.number)).scalar() or 0
    RecordingRow.insert(
        number=last + 1,
        file=file,
        kept_as=file,
        call_id=event.call_id,
        started_ms=to_ms(began_at(event)),
        line=event.channel or "",
        direction="",
        by=event.person or "",
        **kept_for(event),
    ).on_conflict("nothing").execute()


def _set(file: str, **columns: object) -> None:
    if columns:
        RecordingRow.update(columns).where(RecordingRow.file == file).execute()


def _make_anew(call_id: str | None) -> None:
    """What the recordings of a call have from it."""
    rows = list(RecordingRow.select().where(RecordingRow.call_id == call_id))
    call = CallRow.get_or_none(CallRow.id == call_id) if rows else None
    if call is None:
        return
    record = call_record(call)
    facts = facts_of(record, timeline(record.id))
    tags = tags_of(facts)
    if record.caller_number:
        tags.append((CALLER, record.caller_number))
    for row in rows:
        _set(
            row.file,
            direction=record.direction,
            outcome=facts.outcome,
            caller=record.caller_number,
            caller_name=record.caller_name,
        )
        _tag(row, tags)


def tags_of(facts: Facts) -> list[tuple[str, str]]:
    """Who has talked, where it waited, what was ordered."""
    tags = {AGENT: facts.agents, QUEUE: facts.queues, ORDER: facts.orders}
    return [(kind, value) for kind, values in tags.items() for value in values]


def _tag(row: RecordingRow, tags: Iterable[tuple[str, str]]) -> None:
    TagRow.delete().where(TagRow.number == row.number).execute()
    for kind, value in tags:
        TagRow.insert(kind=kind, value=value, started_ms=row.started_ms, number=row.number).execute()


def _number(event: EventRecord, key: str) -> float:
    value = event.data.get(key)
    return value if isinstance(value, int | float) else 0.0
