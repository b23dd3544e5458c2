"""What is asked of calls and events; each runs in `store.read`, or inside `read_only` in another process."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from callserver.store.tables import CallRow, EventRow, call_record, event_record, from_ms, to_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.records import CallRecord, EventRecord


class NotOne(Complaint):
    """No call, or several, where one was asked for."""


def list_calls(limit: int = 20, caller_number: str | None = None) -> list[CallRecord]:
    """The newest first."""
    calls = CallRow.select().order_by(CallRow.started_ms.desc(), CallRow.id).limit(limit)
    if caller_number is not None:
        calls = calls.where(CallRow.caller_number == caller_number)
    return [call_record(row) for row in calls]


def call(id_prefix: str) -> CallRecord:
    """
    The one call whose id starts so.

    :raises NotOne: when no call does, or several
    """
    found = list(CallRow.select().where(CallRow.id.startswith(id_prefix)).limit(2))
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
    rows = list(EventRow.select().where(EventRow.call_id == call_id).order_by(EventRow.seq))
    runs: dict[str, int] = {}
    for row in rows:
        runs.setdefault(_run(row), len(runs))
    rows.sort(key=lambda row: (runs[_run(row)], row.uptime_s, row.seq))
    return [event_record(row) for row in rows]


def left_logged_in(began: datetime) -> list[tuple[str, datetime]]:
    """
    Who was logged in when the last run ended without a word, and when its last event was written: before this one
    began. Of a clock that was set back nothing better is known than that.

    For the next start, before anybody logs in; by staff number.
    """
    kinds = ("log_in", "log_out")
    newest = EventRow.select(fn.MAX(EventRow.seq)).where(EventRow.kind.in_(kinds)).group_by(EventRow.person)
    rows = list(EventRow.select().where(EventRow.seq.in_(newest), EventRow.kind == "log_in").order_by(EventRow.person))
    earlier = (EventRow.kind != "server") & (EventRow.at_ms < to_ms(began))
    last_ms = EventRow.select(fn.MAX(EventRow.at_ms)).where(earlier).scalar()
    until = began if last_ms is None else from_ms(last_ms)
    return [(str(row.person), until) for row in rows]


@dataclass(frozen=True)
class LastRun:
    """What the events say of recordings since the server was last stopped in order, for the next start."""

    stopped_at: datetime | None  # None: never
    recordings: list[EventRecord]  # that were begun since then
    unfinished: list[EventRecord]  # those of them whose end is not told


def last_run(began: datetime) -> LastRun:
    """
    Of every run since the last orderly stop: a start may have been killed before it had repaired anything.

    :param began: this run; what it records is not unfinished
    """
    stops = EventRow.select().where(EventRow.kind == "server", EventRow.data.contains('"stopped"'))
    stop = stops.order_by(EventRow.seq.desc()).first()
    told = EventRow.select().where(EventRow.kind.startswith("recording"), EventRow.seq > (stop.seq if stop else 0))
    begun, ended = {}, set()
    for event in map(event_record, told.order_by(EventRow.seq)):
        file = event.data.get("file")
        if event.kind == "recording":
            begun[file] = event
        elif event.kind in ("recording_end", "recording_repaired"):
            ended.add(file)
    unfinished = [event for file, event in begun.items() if file not in ended and event.at < began]
    return LastRun(from_ms(stop.at_ms) if stop else None, list(begun.values()), unfinished)


@dataclass(frozen=True)
class Dialled:
    """Calls out of before this start: what has come of each of a day's, and every number abroad that ever answered."""

    results: list[tuple[CallRecord, EventRecord]]
    answered_abroad: list[str]


def dialled(since: datetime) -> Dialled:
    """
    For limits of a day.

    :param since: when the day began
    """
    calls = CallRow.select().where(CallRow.direction == "out", CallRow.started_ms >= to_ms(since))
    by_id = {row.id: call_record(row) for row in calls}
    told = (
        EventRow.select().where(EventRow.kind == "dial_result", EventRow.at_ms >= to_ms(since)).order_by(EventRow.seq)
    )
    results = [(by_id[event.call_id], event) for event in map(event_record, told) if event.call_id in by_id]
    abroad = CallRow.select(CallRow.caller_number).where(
        CallRow.direction == "out", CallRow.answered_ms.is_null(False), CallRow.caller_number.startswith("00")
    )
    return Dialled(results, sorted({str(row.caller_number) for row in abroad}))


def untold_recordings(files: list[str]) -> list[str]:
    """Those of these files that no event of any run tells of; goes through all recordings there ever were."""
    told = EventRow.select().where(EventRow.kind == "recording").iterator()
    known = {event_record(row).data.get("file") for row in told}
    return [file for file in files if file not in known]


def _run(row: EventRow) -> str:
    return str(row.uid).partition("-")[0]
