"""What came of talks, notes, and who was in touch with a number before; all of it runs in the database's thread."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.calls.vocabulary import Kind
from callserver.config.outcomes import TalkOutcome
from callserver.features.contacts.tables import ContactNoteRow, OutcomeRow
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, EventRow, from_ms, to_ms
from callserver.wire.records import EventRecord

PAGE = 50  # calls in one answer
NOTES_MAX = 50  # in one answer
COMPLAINT = "complaint"  # the class of recordings that keeps them
SERVED = (Kind.CONNECT.value, Kind.DIALLED.value)  # who an event of these names has served the call
Row = dict[str, Any]


def was_in(call_id: str, person: str, since: datetime) -> bool:
    """Whether a person has talked in a call that is not over, or was not before `since`."""
    call = CallRow.get_or_none(CallRow.id == call_id)
    if call is None or (call.ended_ms is not None and call.ended_ms < to_ms(since)):
        return False
    served = (EventRow.call_id == call_id) & (EventRow.person == person) & EventRow.kind.in_(SERVED)
    return call.agent == person or EventRow.select().where(served).exists()


def set_outcome(event: EventRecord, outcome: TalkOutcome, note: str) -> None:
    """With its event; the newest of a person for a call counts."""
    assert event.person is not None
    told = {"code": outcome.code, "zh": outcome.zh, "en": outcome.en, "note": note, "at_ms": to_ms(event.at)}
    OutcomeRow.insert(call_id=event.call_id, person=event.person, **told).on_conflict(
        conflict_target=[OutcomeRow.call_id, OutcomeRow.person], update=told
    ).execute()
    append_event(event)


def recordings_of(call_id: str) -> list[tuple[str, str | None]]:
    """File and channel of what was recorded of a call; messages are none of it."""
    told = EventRow.select().where(EventRow.call_id == call_id, EventRow.kind == Kind.RECORDING.value)
    found = [(json.loads(row.data), row.channel) for row in told.order_by(EventRow.seq)]
    return [(str(data.get("file", "")), channel) for data, channel in found if not data.get("message")]


def protect(events: Iterable[EventRecord]) -> None:
    """Recordings are of complaints: the index of recordings reads it in the event log."""
    for event in events:
        append_event(event)


def add_note(contact: str, text: str, person: str, at: datetime) -> None:
    """Notes are added, and never changed."""
    ContactNoteRow.create(contact=contact, text=text, person=person, at_ms=to_ms(at))


def notes(contacts: Collection[str]) -> list[Row]:
    """The newest first."""
    rows = ContactNoteRow.select().where(ContactNoteRow.contact.in_(contacts))
    found = list(rows.order_by(ContactNoteRow.id.desc()).limit(NOTES_MAX))
    names = staff_names({row.person for row in found})
    return [
        {
            "contact": row.contact,
            "text": row.text,
            "by": row.person,
            "name": names.get(row.person, ""),
            "at": from_ms(row.at_ms).isoformat(),
        }
        for row in found
    ]


def calls_of(numbers: Collection[str], after: str) -> tuple[list[Row], str]:
    """
    A page of the calls of these numbers, the newest first, and where the next one begins.

    :param after: what stands at the end of the page before; "": the beginning
    """
    found = [row for number in numbers for row in _newest(number, after)]
    found.sort(key=lambda row: (row.started_ms, row.id), reverse=True)
    is_more, rows = len(found) > PAGE, found[:PAGE]
    return _told(rows), f"{rows[-1].started_ms}:{rows[-1].id}" if is_more else ""


def staff_names(numbers: Collection[str]) -> dict[str, str]:
    """By staff number; of who works here no more there is none."""
    found = StaffRow.select(StaffRow.number, StaffRow.name).where(StaffRow.number.in_(list(numbers)))
    return {row.number: row.name for row in found}


def _newest(number: str, after: str) -> list[CallRow]:
    """A page of one number's calls, by an index that has them in this order: of several at once it would sort all."""
    rows = CallRow.select().where(CallRow.caller_number == number)
    if after:
        ms, _, call_id = after.partition(":")
        same = (CallRow.started_ms == int(ms)) & (CallRow.id < call_id)
        rows = rows.where(CallRow.started_ms <= int(ms), (CallRow.started_ms < int(ms)) | same)
    return list(rows.order_by(CallRow.started_ms.desc(), CallRow.id.desc()).limit(PAGE + 1))


def _told(rows: Sequence[CallRow]) -> list[Row]:
    ids = [row.id for row in rows]
    people: dict[str, dict[str, None]] = {id_: {} for id_ in ids}
    queues: dict[str, dict[str, None]] = {id_: {} for id_ in ids}
    kinds = (*SERVED, Kind.ENTRY.value)
    for event in EventRow.select().where(EventRow.call_id.in_(ids), EventRow.kind.in_(kinds)).order_by(EventRow.seq):
        if event.kind == Kind.ENTRY.value:
            queues[str(event.call_id)][str(json.loads(event.data).get("queue", ""))] = None
        elif event.person:
            people[str(event.call_id)][event.person] = None
    outcomes = _outcomes(ids)
    served = {row.id: [*people[row.id]] or ([row.agent] if row.agent else []) for row in rows}
    names = staff_names({one for agents in served.values() for one in agents})
    for row in rows:
        for outcome in outcomes[row.id]:
            outcome["name"] = names.get(outcome["by"], "")
    return [
        {
            "call": row.id,
            "began": from_ms(row.started_ms).isoformat(),
            "direction": row.direction,
            "number": row.caller_number,
            "length_s": _length_s(row),
            "agents": [{"number": one, "name": names.get(one, "")} for one in served[row.id]],
            "queues": [*queues[row.id]],
            "end": row.end_reason or "",
            "order": row.order_number or "",
            "outcomes": outcomes[row.id],
        }
        for row in rows
    ]


def _outcomes(ids: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {id_: [] for id_ in ids}
    for row in OutcomeRow.select().where(OutcomeRow.call_id.in_(ids)).order_by(OutcomeRow.at_ms):
        same = {name: getattr(row, name) for name in ("code", "zh", "en", "note")}
        found[row.call_id].append({**same, "by": row.person, "at": from_ms(row.at_ms).isoformat()})
    return found


def _length_s(row: CallRow) -> int | None:
    """Of the talk; None while it runs, 0 if there was none."""
    if row.ended_ms is None:
        return None
    return 0 if row.answered_ms is None else round((row.ended_ms - row.answered_ms) / 1000)
