"""The database that all tables share, and the two tables everything is counted from."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, DatabaseProxy, DoubleField, Model, TextField

from callserver.wire.records import CallRecord, EventRecord

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RUN = secrets.token_hex(4)  # names this run of the server: its monotonic clock orders its events
_n_events = count()
database = DatabaseProxy()  # a process has one; Store or `read_only` says which


class Table(Model):
    """Base of every table, also of those in features."""

    class Meta:
        database = database


class TemporaryTable(Model):
    """Base of tables that one connection makes for itself and that go with it: no upgrade knows them."""

    class Meta:
        database = database
        temporary = True


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970, UTC: how every time is stored."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The same moment again, aware."""
    return EPOCH + timedelta(milliseconds=ms)


class CallRow(Table):
    """One row a call, opened before its line goes off hook."""

    id = TextField(primary_key=True)
    node = TextField()
    direction = TextField()
    channel = TextField()
    caller_number = TextField(null=True, index=True)
    caller_name = TextField(null=True)
    started_ms = BigIntegerField(index=True)
    answered_ms = BigIntegerField(null=True)
    ended_ms = BigIntegerField(null=True)
    end_reason = TextField(null=True)
    agent = TextField(null=True)
    order_number = TextField(null=True)
    recording = TextField(null=True)

    class Meta:
        table_name = "calls"


CallRow.add_index(CallRow.caller_number, CallRow.started_ms, CallRow.id, name="calls_by_number")


class EventRow(Table):
    """Append-only; `uid`, 'RUN-n', lets a spooled event be stored twice and counted once."""

    seq = AutoField()
    uid = TextField(unique=True)
    at_ms = BigIntegerField()
    uptime_s = DoubleField()
    node = TextField()
    kind = TextField()
    call_id = TextField(null=True, index=True)
    channel = TextField(null=True)
    person = TextField(null=True)
    data = TextField()

    class Meta:
        table_name = "events"


def run_of(row: EventRow) -> str:
    """Which run of the server has told it."""
    return str(row.uid).partition("-")[0]


class ShopRow(Table):
    """The one row that says whose database this is; a database without it has not lived yet."""

    id = TextField(primary_key=True)
    born_ms = BigIntegerField()
    demo = BooleanField()  # it was given demo data

    class Meta:
        table_name = "shop"


CALL_FIELDS = {field.name for field in fields(CallRecord)}
TIMES = {"started_at": "started_ms", "answered_at": "answered_ms", "ended_at": "ended_ms"}


def clean(value: Any) -> Any:
    """What every database takes: no NUL and no lone surrogate in text (both come from garbage on a line)."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    return [clean(item) for item in value] if isinstance(value, list | tuple) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(clean(str(value)))


def call_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Fields of a CallRecord -> columns of CallRow.

    :raises TypeError: for a field that a CallRecord has not
    """
    if unknown := values.keys() - CALL_FIELDS:
        raise TypeError(f"a call has no {', '.join(sorted(unknown))}")
    return {TIMES.get(name, name): to_ms(v) if isinstance(v, datetime) else _text(v) for name, v in values.items()}


def call_record(row: CallRow) -> CallRecord:
    values: dict[str, Any] = {name: getattr(row, TIMES.get(name, name)) for name in CALL_FIELDS}
    times = {name: from_ms(values[name]) for name in TIMES if values[name] is not None}
    return CallRecord(**values | times)


def event_columns(event: EventRecord) -> dict[str, Any]:
    return {
        "uid": f"{RUN}-{next(_n_events)}",
        "at_ms": to_ms(event.at),
        "uptime_s": float(event.uptime_s),
        "node": _text(event.node),
        "kind": _text(event.kind),
        "call_id": _text(event.call_id),
        "channel": _text(event.channel),
        "person": _text(event.person),
        "data": json.dumps(clean(event.data), ensure_ascii=False, default=str),
    }


def event_record(row: EventRow) -> EventRecord:
    data = json.loads(row.data)
    return EventRecord(from_ms(row.at_ms), row.uptime_s, row.node, row.kind, row.call_id, row.channel, row.person, data)
