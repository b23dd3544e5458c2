"""What a kill has left unfinished is finished at the next start: recordings, and the times of those who were there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from twisted.internet.defer import Deferred

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.repair import NotARecording, repair
from callserver.store.database import Store
from callserver.store.reading import left_logged_in
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.records import CallRecord

InThread = Callable[..., Deferred[float]]


async def repair_recordings(
    unfinished: Sequence[CallRecord], recordings: Path, events: EventLog, in_thread: InThread
) -> None:
    """Recordings that were running when the server was killed."""
    for record in unfinished:
        if record.recording is None:
            continue
        try:
            length_s = await in_thread(repair, recordings / record.recording)
        except (OSError, NotARecording) as problem:
            events.alarm(N_("recording of call {call} cannot be repaired: {problem}"), call=record.id, problem=problem)
        else:
            events.write(
                Kind.RECORDING_REPAIRED,
                call_id=record.id,
                channel=record.channel,
                file=record.recording,
                length_s=round(length_s, 3),
            )


async def log_out_the_killed(store: Store, events: EventLog, began: datetime) -> None:
    """
    Who was logged in when the server was killed is logged out as of its last event, so that times sum.

    :param began: this run; it may have answered calls before the database was open
    """
    for person, until in await store.read(left_logged_in, began):
        events.write(
            Kind.LOG_OUT,
            channel=f"seat {person}",
            person=person,
            reason=str(Reason(Cause.SERVER_STOPPED)),
            until=until.isoformat(timespec="milliseconds"),
        )
