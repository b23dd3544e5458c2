"""Whether event log, index and files are what they were: the first break, named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.features.recordings import chain
from callserver.features.recordings.archive import Archive, digest_of
from callserver.features.recordings.index import ENDS, began_at
from callserver.features.recordings.search import Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.store.tables import CallRow, EventRow, event_record, to_ms
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase
from callserver.wire.records import EventRecord

SOME = 200  # rows at a time
NOTED = {"note": "note", "class": "class_", "protected": "protected"}


@dataclass(frozen=True)
class Verified:
    """How far it is, and the first break."""

    found: Phrase | None
    head: chain.Head
    n_events: int = 0
    n_recordings: int = 0
    n_files: int = 0


def verify(archive: Archive, noted: str = "") -> Iterator[Verified]:
    """
    In another process, beside the server or without it: event log, then the index, then each file.

    :param noted: a digest that was the chain's head once
    """
    last = Verified(None, chain.head())
    for checked in chain.check(noted):
        last = Verified(checked.found, checked.head, checked.n_events)
        yield last
        if checked.found is not None:
            return
    yield from _recordings(archive, last)


def _recordings(archive: Archive, so_far: Verified) -> Iterator[Verified]:
    n_recordings = n_files = 0
    for rows in _rows(so_far.head.seq):
        for row, found in _index_breaks(rows, so_far.head.seq):
            n_recordings += 1
            if found is None and row.digest is not None and row.deleted_ms is None:
                found = _file_break(archive, row.number)
                n_files += 1
            yield Verified(found, so_far.head, so_far.n_events, n_recordings, n_files)
            if found is not None:
                return
    missing = _missing(so_far.head.seq)
    yield Verified(missing, so_far.head, so_far.n_events, n_recordings, n_files)


def _rows(up_to: int) -> Iterator[list[RecordingRow]]:
    behind = 0
    while rows := list(
        RecordingRow.select().where(RecordingRow.number > behind).order_by(RecordingRow.number).limit(SOME)
    ):
        yield rows
        behind = rows[-1].number


def _index_breaks(rows: Sequence[RecordingRow], up_to: int) -> Iterator[tuple[RecordingRow, Phrase | None]]:
    """Each row, and how it differs from what the log says of it; what is not sealed yet is left out."""
    calls = {row.call_id for row in rows}
    told: dict[str, dict[str, Any]] = {}
    events = EventRow.select().where(EventRow.call_id.in_(calls), EventRow.kind.startswith("recording"))
    fresh = set()
    for each in events.order_by(EventRow.seq):
        event = event_record(each)
        file = str(event.data.get("file", ""))
        if each.seq > up_to:
            fresh.add(file)
            continue
        _tell(told, file, event)
    known = {row.id for row in CallRow.select(CallRow.id).where(CallRow.id.in_(calls))}
    for row in rows:
        yield row, None if row.file in fresh else _differs(row, told.get(row.file), row.call_id in known)


def _tell(told: dict[str, dict[str, Any]], file: str, event: EventRecord) -> None:
    kind, data = event.kind, event.data
    if kind == Kind.RECORDING.value and not data.get("message"):
        began = {"call_id": event.call_id, "line": event.channel or "", "by": event.person or "", "kept_as": file}
        nothing = {"digest": None, "deleted": False, "length_ms": None, "note": "", "class_": "", "protected": False}
        told.setdefault(file, began | {"started_ms": to_ms(began_at(event))} | nothing)
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
    wrong = ", ".join(sorted(name.rstrip("_") for name in told if told[name] != found[name]))
    return Phrase(N_("recording {number} was changed in the index: {what}"), about | {"what": wrong}) if wrong else None


def _file_break(archive: Archive, number: int) -> Phrase | None:
    """Read again where it differs: the server may have put another form in its place meanwhile."""
    for _ in range(2):
        one = find(str(number))
        found = _look(archive, one)
        if found is None:
            return None
    return found


def _look(archive: Archive, one: Recorded) -> Phrase | None:
    about: dict[str, str | int] = {"number": one.number, "file": one.kept_as}
    if one.deleted is not None:
        return None
    try:
        digest, octets = digest_of(archive.path(one.kept_as))
    except OSError:
        return Phrase(N_("the file of recording {number} is gone: {file}"), about)
    if (digest, octets) != (one.digest, one.octets):
        return Phrase(N_("the file of recording {number} was changed, or is another: {file}"), about)
    return None


def _missing(up_to: int) -> Phrase | None:
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
