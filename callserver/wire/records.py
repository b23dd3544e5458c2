"""The records everything is counted from: one row a call, one line an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True)
class EventRecord:
    """One thing that happened, as the append-only event log keeps it."""

    at: datetime  # aware, UTC
    uptime_s: float  # the monotonic clock: orders events and gives spans when the wall clock jumps
    node: str
    kind: str
    call_id: str | None = None
    channel: str | None = None  # "line 3", "seat 801"
    person: str | None = None  # staff number
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class CallRecord:
    """One call, from its first ring to the end of its last leg; fields after `started_at` fill up as it goes on."""

    id: str  # UUID
    direction: str  # "in" or "out"
    channel: str
    caller_number: str | None
    caller_name: str | None
    started_at: datetime  # aware, UTC
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None  # "caller hung up", "server stopped" ...
    agent: str | None = None  # staff number of the last one who talked
    order_number: str | None = None
    recording: str | None = None  # file name in the recordings folder
