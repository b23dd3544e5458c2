"""What a supervisor should see to at this moment (call-centre.md section 12): pure, from queues, waits and seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callserver.acd.routing.settings import QueueSettings
from callserver.acd.supervision.service_level import Wait, short
from callserver.wire.catalogue import N_
from callserver.wire.messages import MISSED, WRAP_UP, Phrase, QueueRow
from callserver.wire.words import CODE_WORDS

LEAST_WAITS = 5  # in half an hour, before a share of them says anything
LENGTH = N_("queue {queue}: {length} callers wait, more than {limit}")
OLDEST = N_("queue {queue}: somebody has waited for {waited_s} s, longer than {limit_s} s")
SERVICE_LEVEL = N_("queue {queue}: {percent} % answered within {within_s} s in half an hour, less than {limit} %")
PAUSES = N_("seat {number} has paused for more than {minutes} minutes: {reason_word}")
HAS_MISSED = N_("seat {number} pauses: nobody answered there, several times in a row")


@dataclass(frozen=True)
class Resting:
    """A seat that pauses."""

    number: str  # staff number
    reason: str
    for_s: float


@dataclass(frozen=True)
class Found:
    """One thing that is not as it should be; found again while `about` is the same, whatever its figures by then."""

    about: tuple[str, str]
    phrase: Phrase


def found(
    rows: Iterable[QueueRow],
    settings: Mapping[str, QueueSettings],
    waits: Mapping[str, Sequence[Wait]],
    resting: Iterable[Resting],
    paused_s: float,
) -> Iterator[Found]:
    """
    All that is to be seen to.

    :param waits: of each queue, in the last half hour
    :param paused_s: so long may a seat pause; 0: as long as it likes
    """
    for row in rows:
        if row.queue in settings:
            yield from _of_queue(row, settings[row.queue], waits.get(row.queue, ()))
    for seat in resting:
        if seat.reason == MISSED:
            yield _found(HAS_MISSED, seat.number, number=seat.number)
        if 0 < paused_s < seat.for_s and seat.reason != WRAP_UP:
            minutes = round(paused_s / 60)
            word = CODE_WORDS.get(seat.reason, seat.reason)
            yield _found(PAUSES, seat.number, number=seat.number, minutes=minutes, reason_word=word)


def _of_queue(row: QueueRow, limits: QueueSettings, waits: Sequence[Wait]) -> Iterator[Found]:
    if 0 < limits.alarm_length < row.length:
        yield _found(LENGTH, row.queue, queue=row.queue, length=row.length, limit=limits.alarm_length)
    if 0 < limits.alarm_wait_s < row.oldest_s:
        waited_s, limit_s = round(row.oldest_s), round(limits.alarm_wait_s)
        yield _found(OLDEST, row.queue, queue=row.queue, waited_s=waited_s, limit_s=limit_s)
    level = short(waits, limits.service_level_s, limits.short_abandon_s)
    if level is not None and len(waits) >= LEAST_WAITS and level < limits.alarm_service_level:
        yield _found(
            SERVICE_LEVEL,
            row.queue,
            queue=row.queue,
            percent=round(level),
            within_s=round(limits.service_level_s),
            limit=round(limits.alarm_service_level),
        )


def _found(msgid: str, subject: str, **details: str | int) -> Found:
    return Found((msgid, subject), Phrase(msgid, details))
