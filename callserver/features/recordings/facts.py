"""What the events of one call say of its recordings: who talked, in which queues it waited, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callserver.calls.vocabulary import Kind
from callserver.wire.records import CallRecord, EventRecord

ANSWERED, SELF_SERVICE = "answered", "self_service"
TALKED = (Kind.CONNECT.value, Kind.PICK_UP.value, Kind.FETCH.value)


@dataclass(frozen=True)
class Facts:
    """Each tuple sorted, without doubles."""

    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    outcome: str = ""  # a queue's, a DialResult's value of a call out, ANSWERED or SELF_SERVICE


def facts_of(record: CallRecord, events: Iterable[EventRecord]) -> Facts:
    """
    Of a call, at whatever moment.

    A call out has the result of its dialling; one that waited in a queue has what came of its last wait; of one that
    did neither somebody has talked with the caller, or nobody.
    """
    agents, queues, orders = set(), set(), set()
    waited = dialled = ""
    for event in events:
        if event.kind in TALKED and event.person:
            agents.add(event.person)
        elif event.kind == Kind.MERGED.value:
            parties = event.data.get("parties")
            agents.update(seat_of(party) for party in (parties if isinstance(parties, list) else ()))
        elif event.kind in (Kind.ENTRY.value, Kind.LEAVE.value):
            queues.add(str(event.data.get("queue", "")))
            waited = str(event.data.get("outcome", waited))
        elif event.kind == Kind.ORDER.value:
            orders.add(str(event.data.get("order", "")))
        elif event.kind == Kind.DIAL_RESULT.value:
            dialled = str(event.data.get("result", ""))
    if agents and (colleague := seat_of(record.channel)):  # who has called in the house
        agents.add(colleague)
    talked = ANSWERED if agents else SELF_SERVICE
    outcome = (dialled if record.direction == "out" else waited) or talked
    return Facts(_told(agents), _told(queues), _told(orders), outcome)


def seat_of(party: object) -> str:
    """Of "seat 801"; "" of a line."""
    kind, _, number = str(party).partition(" ")
    return number if kind == "seat" else ""


def _told(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, found)))
