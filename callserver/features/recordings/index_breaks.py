"""Whether the index of recordings is what the event log makes of it; what is not sealed yet is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.features.recordings.facts import facts_of
from callserver.features.recordings.index import ENDS, LOOKED_AT, began_at, kept_for, tags_of
from callserver.features.recordings.tables import CALLER, RecordingRow, TagRow
from callserver.store.reading import in_order
from callserver.store.tables import CallRow, EventRow, call_record, event_record, to_ms
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase
from callserver.wire.records import CallRecord, EventRecord

SOME = 200  # rows at a time
NOTED = {"note": "note", "class": "class_", "protected": "protected"}


def index_breaks(rows: Sequence[RecordingRow], up_to: int) -> Iterator[tuple[RecordingRow, Phrase | None]]:
    """Each row, and how it differs from what the log says of it; what is not sealed yet is left out."""
    calls = {row.call_id for row in rows}
    told: dict[str, dict[str, Any]] = {}
    events: dict[str, list[EventRow]] = {}
    fresh = set()
    for each in EventRow.select().where(EventRow.call_id.in_(calls)).order_by(EventRow.seq):
        events.setdefault(str(each.call_id), []).append(each)
        if not each.kind.startswith("recording"):
            continue
        event = event_record(each)
        file = str(event.data.get("file", ""))
        if each.seq > up_to:
            fresh.add(file)
            continue
        _tell(told, file, event)
    known = {row.id: call_record(row) for row in CallRow.select().where(CallRow.id.in_(calls))}
    tags = _tags([row.number for row in rows])
    for row in rows:
        found = None if row.file in fresh else _differs(row, told.get(row.file), row.call_id in known)
        if found is None and row.call_id in known and _is_over(events[row.call_id], up_to):
            found = _call_differs(row, tags[row.number], known[row.call_id], events[row.call_id])
        yield row, found


def _tags(numbers: Sequence[int]) -> Mapping[int, set[tuple[str, str]]]:
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for tag in TagRow.select().where(TagRow.number.in_(numbers)):
        found[tag.number].add((tag.kind, tag.value))
    return found


def _is_over(events: Sequence[EventRow], up_to: int) -> bool:
    """All that is told of a call is sealed, and so in the index, which is never behind what is sealed."""
    return any(one.kind == Kind.END.value for one in events) and events[-1].seq <= up_to


def _call_differs(
    row: RecordingRow, found: set[tuple[str, str]], call: CallRecord, events: Sequence[EventRow]
) -> Phrase | None:
    """
    What a recording has from its call.

    The index looks whenever something happens that matters (`index.LOOKED_AT`): so it has what was told until the last
    of these, and perhaps what came behind.
    """
    last = max(one.seq for one in events if one.kind in LOOKED_AT)
    told = (in_order([one for one in events if one.seq <= seq]) for seq in (last, events[-1].seq))
    least, most = (facts_of(call, some) for some in told)
    caller = {(CALLER, call.caller_number)} if call.caller_number else set()
    wrong = {kind for kind, _ in (set(tags_of(least)) | caller) - found}
    wrong |= {kind for kind, _ in found - set(tags_of(most)) - caller}
    wrong |= {"outcome"} if row.outcome not in (least.outcome, most.outcome) else set()
    same = {"direction": call.direction, "caller": call.caller_number, "caller_name": call.caller_name}
    wrong |= {name for name, value in same.items() if getattr(row, name) != value}
    return _changed(row, wrong)


def _tell(told: dict[str, dict[str, Any]], file: str, event: EventRecord) -> None:
    kind, data = event.kind, event.data
    if kind == Kind.RECORDING.value and not data.get("message"):
        began = {"call_id": event.call_id, "line": event.channel or "", "by": event.person or "", "kept_as": file}
        nothing = {"digest": None, "deleted": False, "length_ms": None, "note": ""}
        told.setdefault(file, began | {"started_ms": to_ms(began_at(event))} | nothing | kept_for(event))
    elif file not in told:
        return
    elif kind in ENDS:
        told[file]["length_ms"] = round(1000 * float(str(data["length_s"])))
    elif kind == Kind.RECORDING_KEPT.value:
        told[file] |= {"kept_as": data["kept_as"], "digest": data["digest"]}
    elif kind == Kind.RECORDING_NOTED.value:
        told[file] |= {NOTED[key]: value for key, value in data.items() if key in NOTED}
    elif kind == Kind.RECORDING_DELETED.value:
        told[file]["deleted"] = True


def _differs(row: RecordingRow, told: dict[str, Any] | None, has_call: bool) -> Phrase | None:
    about: dict[str, str | int] = {"number": row.number}
    if told is None:
        return Phrase(N_("recording {number} was put into the index: no event tells of it"), about)
    if not has_call:
        return Phrase(N_("the call of recording {number} is missing"), about)
    found = {"deleted": row.deleted_ms is not None} | {name: getattr(row, name) for name in told if name != "deleted"}
    return _changed(row, {name.rstrip("_") for name in told if told[name] != found[name]})


def _changed(row: RecordingRow, what: set[str]) -> Phrase | None:
    about: dict[str, str | int] = {"number": row.number, "what": ", ".join(sorted(what))}
    return Phrase(N_("recording {number} was changed in the index: {what}"), about) if what else None


def missing(up_to: int) -> Phrase | None:
    """An event tells of a recording that the index has not."""
    behind = 0
    while True:
        told = EventRow.select().where(
            EventRow.kind == Kind.RECORDING.value, EventRow.seq > behind, EventRow.seq <= up_to
        )
        rows = list(told.order_by(EventRow.seq).limit(SOME))
        if not rows:
            return None
        files = [str(event.data.get("file")) for event in map(event_record, rows) if not event.data.get("message")]
        there = {row.file for row in RecordingRow.select(RecordingRow.file).where(RecordingRow.file.in_(files))}
        for file in files:
            if file not in there:
                return Phrase(N_("recording {file} is missing in the index"), {"file": file})
        behind = rows[-1].seq
