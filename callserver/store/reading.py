"""What is asked of calls and events; each runs in `store.read`, or inside `read_only` in another process."""

from datetime import datetime

from peewee import fn

from callserver.store.tables import Call, Event, call_record, event_record, from_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import CallRecord, EventRecord


class NotOne(Complaint):
    """No call, or several, where one was asked for."""


def list_calls(limit: int = 20, caller_number: str | None = None) -> list[CallRecord]:
    """The newest first."""
    calls = Call.select().order_by(Call.started_ms.desc(), Call.id).limit(limit)
    if caller_number is not None:
        calls = calls.where(Call.caller_number == caller_number)
    return [call_record(row) for row in calls]


def call(id_prefix: str) -> CallRecord:
    """
    The one call whose id starts so.

    :raises NotOne: when no call does, or several
    """
    found = list(Call.select().where(Call.id.startswith(id_prefix)).limit(2))
    if len(found) != 1:
        no_call, several = (
            N_("no call with an id that starts with {id}"),
            N_("several calls with an id that starts with {id}"),
        )
        raise NotOne(several if found else no_call, id=repr(id_prefix))
    return call_record(found[0])


def timeline(call_id: str) -> list[EventRecord]:
    """
    All that happened in a call, as it happened.

    A transaction's own event may be stored before earlier ones that waited for their batch: within one run of the
    server its monotonic clock orders them; the runs follow one another.
    """
    rows = list(Event.select().where(Event.call_id == call_id).order_by(Event.seq))
    runs: dict[str, int] = {}
    for row in rows:
        runs.setdefault(_run(row), len(runs))
    rows.sort(key=lambda row: (runs[_run(row)], row.uptime_s, row.seq))
    return [event_record(row) for row in rows]


def left_logged_in() -> list[tuple[str, datetime]]:
    """
    Who was logged in when the last run ended without a word, and when its last event was written.

    For the next start, before anybody logs in; by staff number.
    """
    kinds = ("log_in", "log_out")
    newest = Event.select(fn.MAX(Event.seq)).where(Event.kind.in_(kinds)).group_by(Event.person)
    rows = list(Event.select().where(Event.seq.in_(newest), Event.kind == "log_in").order_by(Event.person))
    until = Event.select(fn.MAX(Event.at_ms)).where(Event.kind != "server").scalar()
    return [(str(row.person), from_ms(until)) for row in rows]


def _run(row: Event) -> str:
    return str(row.uid).partition("-")[0]
