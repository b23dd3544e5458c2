"""Limits of a day outlast a restart: what was dialled before it counts on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from callserver.calls.dial_caps import DialCaps, Use, country_of
from callserver.calls.dial_guard import DialClass
from callserver.store import reading
from callserver.store.database import Store
from callserver.store.reading import Dialled
from callserver.wire.records import EventRecord


async def restore(caps: DialCaps, store: Store, local_now: datetime) -> None:
    """
    Count today's calls out of the records.

    :param local_now: in the shop's zone, aware
    """
    midnight = datetime.combine(local_now.date(), time(), local_now.tzinfo)
    before = await store.read(reading.dialled, midnight)
    caps.restore(_uses(before, local_now), {country_of(number) for number in before.answered_abroad})


def _uses(before: Dialled, local_now: datetime) -> Iterator[Use]:
    for call, event in before.calls:
        ended_at = call.ended_at or event.at
        talked_s = (ended_at - call.answered_at).total_seconds() if call.answered_at is not None else 0.0
        yield from _use(event, local_now, max(0.0, talked_s))
    for event in before.handed_over:
        yield from _use(event, local_now, 0.0)  # as it counted when it was


def _use(event: EventRecord, local_now: datetime, talked_s: float) -> Iterator[Use]:
    kind = DialClass[str(event.data["dial_class"]).upper()]
    if kind is not DialClass.EMERGENCY:
        yield Use(str(event.person), str(event.channel), kind, local_now.date(), 0.0, talked_s)
