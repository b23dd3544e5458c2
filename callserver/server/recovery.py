"""What a kill has left unfinished is finished at the next start: recordings, and the times of those who were there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.repair import NotARecording, repair
from callserver.store.database import Store
from callserver.store.journal import lasted_until
from callserver.store.reading import last_run, left_logged_in, untold_recordings
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.records import EventRecord

InThread = Callable[..., Deferred[Any]]
NAMED = 5  # of files that an alarm lists


async def repair_recordings(
    store: Store, recordings: Path, events: EventLog, in_thread: InThread, began: datetime
) -> None:
    """
    Recordings that were running when the server was killed, of calls and of messages; none of the run that began then.

    What is recorded of a call is more than its last event says of how long it was: the record is set right by it, to
    the second of the recording's last sync. A call that is not recorded ends with its last event.

    Files that no event tells of, because the kill came between the two, are listed and left alone.
    """
    run = await store.read(last_run, began)
    for begun in run.unfinished:
        file = str(begun.data["file"])
        try:
            length_s = await in_thread(repair, recordings / file)
        except (OSError, NotARecording) as problem:
            events.alarm(
                N_("recording {file} of call {call} cannot be repaired: {problem}"),
                file=file,
                call=begun.call_id,
                problem=problem,
            )
            if isinstance(problem, NotARecording):  # nor ever; a file that is gone may be on a disk that is not there
                events.write(
                    Kind.RECORDING_REPAIRED, call_id=begun.call_id, channel=begun.channel, file=file, length_s=0.0
                )
        else:
            repaired = {"file": file, "length_s": round(length_s, 3)}
            events.write(Kind.RECORDING_REPAIRED, call_id=begun.call_id, channel=begun.channel, **repaired)
            if begun.call_id is not None:
                await store.write(lasted_until, begun.call_id, _end_of(begun, length_s))
    known = {str(begun.data["file"]) for begun in run.recordings}
    if strays := await in_thread(_strays, recordings, run.stopped_at, known):
        strays = await store.read(untold_recordings, strays)  # a restore has made old ones look new
    if strays:
        names = ", ".join(strays[:NAMED]) + (" ..." if len(strays) > NAMED else "")
        events.alarm(N_("{n} recordings belong to no call: {files}"), n=len(strays), files=names)


def _end_of(begun: EventRecord, length_s: float) -> datetime:
    """Of a recording; on demand it may begin before it was asked for."""
    before_s = begun.data.get("before_s")
    return begun.at + timedelta(seconds=length_s - (before_s if isinstance(before_s, int | float) else 0.0))


def _strays(recordings: Path, since: datetime | None, known: set[str]) -> list[str]:
    """Waits for the disk: recordings written since then that are not known."""
    since_s = since.timestamp() if since else 0.0
    found = [path for path in recordings.glob("*.wav") if path.name not in known]
    return sorted(path.name for path in found if path.stat().st_mtime > since_s)


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
