"""What is asked of calls and events; each runs in `store.read`, or inside `read_only` in another process."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from peewee import fn

from callserver.store.tables import CallRow, EventRow, call_record, event_record, from_ms, run_of, to_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.causes import Cause, Reason
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.states import SeatState

SERVER_STOPPED = str(Reason(Cause.SERVER_STOPPED))
LOOKS = 5  # of a seat: that it is off, perhaps more than once, and the one before

SOME = 500  # values in one question to the database


class NotOne(Complaint):
    """No call, or several, where one was asked for."""


def list_calls(limit: int = 20, caller_number: str | None = None) -> list[CallRecord]:
    """The newest first."""
    calls = CallRow.select().order_by(CallRow.started_ms.desc(), CallRow.id).limit(limit)
    if caller_number is not None:
        calls = calls.where(CallRow.caller_number == caller_number)
    return [call_record(row) for row in calls]


@dataclass(frozen=True)
class CallOut:
    """What came of one."""

    by: str  # staff number, or what of the shop has dialled
    result: str  # a DialResult's value


def calls_out(calls: Sequence[CallRecord]) -> dict[str, CallOut]:
    """Of those that went out, by the call's id."""
    found: dict[str, CallOut] = {}
    ids = [one.id for one in calls if one.direction == "out"]
    for n in range(0, len(ids), SOME):
        told = EventRow.select().where(EventRow.call_id.in_(ids[n : n + SOME]), EventRow.kind == "dial_result")
        for row in told.order_by(EventRow.seq):
            event = event_record(row)
            by = "" if event.person == event.data.get("number") else event.person or ""
            found[str(row.call_id)] = CallOut(by, str(event.data.get("result", "")))
    return found


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
    return in_order(list(EventRow.select().where(EventRow.call_id == call_id).order_by(EventRow.seq)))


def calls_told_by(told: Mapping[str, str], since: datetime, limit: int) -> list[tuple[CallRecord, list[EventRecord]]]:
    """
    Calls since a moment of which one of these events tells, with all their events; the oldest first.

    :param told: kinds, each with what stands in the event's data
    :param limit: so many of the newest at most
    """
    one_of = reduce(or_, [(EventRow.kind == kind) & EventRow.data.contains(data) for kind, data in told.items()])
    mine = EventRow.select(EventRow.call_id).where(EventRow.at_ms >= to_ms(since), one_of)
    calls = CallRow.select().where(CallRow.id.in_(mine)).order_by(CallRow.started_ms.desc()).limit(limit)
    return [(call_record(row), timeline(row.id)) for row in reversed(list(calls))]


def in_order(rows: list[EventRow]) -> list[EventRecord]:
    """Events of a call as they happened: see `timeline`."""
    runs: dict[str, int] = {}
    for row in rows:
        runs.setdefault(run_of(row), len(runs))
    rows.sort(key=lambda row: (runs[run_of(row)], row.uptime_s, row.seq))
    return [event_record(row) for row in rows]


def happened_since(since: datetime, kinds: Collection[str]) -> list[EventRecord]:
    """All events of these kinds from then on, in the order in which they were stored."""
    rows = EventRow.select().where(EventRow.at_ms >= to_ms(since), EventRow.kind.in_(kinds)).order_by(EventRow.seq)
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


def paused_at_stop(since: datetime, began: datetime) -> dict[str, str]:
    """
    Who was paused when the last run ended, killed or in order, by staff number with the reason; the server's own
    reasons (wrap-up, missed) too.

    :param since: his pause has begun after that
    :param began: this run
    """
    here = (EventRow.kind.in_(("log_in", "log_out"))) & (EventRow.at_ms < to_ms(began))
    newest = EventRow.select(fn.MAX(EventRow.seq)).where(here).group_by(EventRow.person)
    found: dict[str, str] = {}
    for event in map(event_record, EventRow.select().where(EventRow.seq.in_(newest))):
        if event.kind == "log_out" and event.data.get("reason") != SERVER_STOPPED:
            continue
        looked = EventRow.select().where(EventRow.kind == "state", EventRow.channel == event.channel)
        for look in map(event_record, looked.order_by(EventRow.seq.desc()).limit(LOOKS)):
            if look.data.get("to") != SeatState.OFF.value:
                if look.data.get("to") == SeatState.PAUSED.value and look.at >= since:
                    found[str(event.person)] = str(look.data.get("sub", ""))
                break
    return found


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
    """Calls out of before this start: each of a day's as it was dialled, and every number abroad that ever answered."""

    calls: list[tuple[CallRecord, EventRecord]]
    handed_over: list[EventRecord]  # to the exchange, by a flash
    answered_abroad: list[str]


def dialled(since: datetime) -> Dialled:
    """
    For limits of a day.

    :param since: when the day began
    """
    calls = CallRow.select().where(CallRow.direction == "out", CallRow.started_ms >= to_ms(since))
    by_id = {row.id: call_record(row) for row in calls}
    kinds = ("dialled", "handed_over")
    told = EventRow.select().where(EventRow.kind.in_(kinds), EventRow.at_ms >= to_ms(since)).order_by(EventRow.seq)
    events = list(map(event_record, told))
    calls_out = [(by_id[one.call_id], one) for one in events if one.kind == "dialled" and one.call_id in by_id]
    handed_over = [one for one in events if one.kind == "handed_over"]
    abroad = CallRow.select(CallRow.caller_number).where(
        CallRow.direction == "out", CallRow.answered_ms.is_null(False), CallRow.caller_number.startswith("00")
    )
    return Dialled(calls_out, handed_over, sorted({str(row.caller_number) for row in abroad}))


def untold_recordings(files: list[str]) -> list[str]:
    """Those of these files that no event of any run tells of; goes through all recordings there ever were."""
    told = EventRow.select().where(EventRow.kind == "recording").iterator()
    known = {event_record(row).data.get("file") for row in told}
    return [file for file in files if file not in known]
