"""Places lost before this start: they stand in the event log, also those that a kill has cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from callserver.acd.queues.cut_offs import LostPlace
from callserver.acd.queues.door import Outcome
from callserver.calls.vocabulary import Kind
from callserver.store.tables import CallRow, EventRow, event_record, from_ms, to_ms
from callserver.wire.numbers import normal
from callserver.wire.records import EventRecord

LONGEST_CALL = timedelta(hours=3)  # before a wait of two ends
KINDS = (Kind.ENTRY.value, Kind.LEAVE.value)
GONE = (Outcome.ABANDONED.value, Outcome.CUT_OFF.value)


def lost_places(since: datetime, began: datetime, country: str) -> list[LostPlace]:
    """
    In `store.read`: of callers who have gone while they waited, or waited when the server was killed.

    In the order in which they were lost. A kill is told by nobody: it was when the last event was written.

    :param since: those lost before that count no more
    :param began: this run
    :param country: whose way of writing numbers callers are known by
    """
    recent = (CallRow.started_ms >= to_ms(since - LONGEST_CALL)) & CallRow.caller_number.is_null(False)
    callers = {row.id: str(row.caller_number) for row in CallRow.select().where(recent)}
    ids = CallRow.select(CallRow.id).where(recent)
    told = EventRow.select().where(EventRow.call_id.in_(ids), EventRow.kind.in_(KINDS))
    first: dict[str, EventRecord] = {}
    last: dict[str, EventRecord] = {}
    for event in map(event_record, told.where(EventRow.at_ms < to_ms(began)).order_by(EventRow.seq)):
        assert event.call_id is not None
        first.setdefault(event.call_id, event)
        last[event.call_id] = event
    killed_at = _last_event(began)
    found: list[LostPlace] = []
    for call, event in last.items():
        waited = event.kind == Kind.ENTRY.value
        lost_at = killed_at if waited else event.at
        if lost_at >= since and (waited or event.data["outcome"] in GONE):
            number = normal(callers[call], country) or callers[call]
            found.append(LostPlace(str(event.data["queue"]), number, first[call].at, lost_at))
    return sorted(found, key=lambda one: one.lost_at)


def _last_event(began: datetime) -> datetime:
    row = EventRow.select().where(EventRow.at_ms < to_ms(began)).order_by(EventRow.seq.desc()).first()
    return from_ms(row.at_ms) if row is not None else began
