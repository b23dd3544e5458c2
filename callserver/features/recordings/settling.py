"""
A recording that is over is known by its digest from now on, and encrypted if the shop wants that.

It is left alone for half a minute after its end: whoever cuts something out of it (the proof of an order) has it as it
was. One that cannot be read or written is told of and tried again a day later, or at the next start.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from peewee import fn

from callserver.features.recordings.archive import digest_of
from callserver.features.recordings.keeping import Depot
from callserver.features.recordings.search import Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.media.sealed import seal
from callserver.media.sealing_key import SEALED, make_key, sealing_key
from callserver.media.wav_file import sync_folder
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_, Complaint

SETTLE, AGAIN = timedelta(seconds=30), timedelta(days=1)
SOME = 20  # recordings at a look
WAITING_MAX = 500


class Settling:
    """
    Goes on where it was with every look of the keeper.

    What is looked at again is that alone which is not known yet: a recording that runs, or was never told to have
    ended, holds nothing up.
    """

    def __init__(self, depot: Depot) -> None:
        self._depot, self._records = depot, depot.records
        self._seen = 0  # up to this number all are known by their digests, or wait
        self._waiting: set[int] = set()
        self._hopeless: set[int] = set()
        self._began = self._hope_again = depot.events.now()

    async def prepare(self) -> None:
        """At the start: the shop's key."""
        self._began = self._depot.events.now()
        if self._depot.keeping.encrypt:
            try:
                await self._depot.in_thread(make_key, self._depot.archive.shop)
            except (Complaint, OSError) as problem:
                self._depot.events.alarm(N_("recordings are not encrypted: {problem}"), problem=problem)

    async def go_on(self) -> None:
        now, store = self._depot.events.now(), self._depot.store
        self._hope(now)
        if now - self._began < SETTLE:
            return
        if len(self._waiting) < WAITING_MAX:
            new, self._seen = await store.read(without_digest, self._seen)
            self._waiting.update(new)
        if self._waiting:
            over, self._waiting = await store.read(waiting, self._waiting, now - SETTLE)
            for one in over:
                await self._keep(one)

    def _hope(self, now: datetime) -> None:
        """What had no room yesterday may have it today."""
        if now >= self._hope_again:
            self._hope_again = now + AGAIN
            self._waiting |= self._hopeless
            self._hopeless.clear()

    async def _keep(self, one: Recorded) -> None:
        in_thread, archive = self._depot.in_thread, self._depot.archive
        try:
            kept_as, digest, octets = await in_thread(self._known, one)
            if not await self._records.kept(one, kept_as, octets, digest):
                await in_thread(archive.remove, kept_as)
            elif kept_as != one.kept_as:
                await in_thread(archive.remove, one.kept_as)
        except (Complaint, OSError) as problem:
            self._waiting.discard(one.number)
            self._hopeless.add(one.number)
            why = problem.strerror if isinstance(problem, OSError) else problem
            self._depot.events.alarm(
                N_("recording {file} is not kept as it should be: {problem}"), file=one.file, problem=why
            )

    def _known(self, one: Recorded) -> tuple[str, str, int]:
        """In a thread: its file as it is kept from now on."""
        path = self._depot.archive.file_of(one)
        if self._depot.keeping.encrypt and path.suffix != SEALED:
            path = _sealed(path, sealing_key(self._depot.archive.shop), one.file)
        return path.name, *digest_of(path)


def _sealed(path: Path, key: bytes, name: str) -> Path:
    sealed = path.with_name(path.name + SEALED)
    try:
        seal(path, sealed, key, name)
    except OSError:
        sealed.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return sealed


# In the database


def without_digest(behind: int) -> tuple[list[int], int]:
    """Behind a number, the next that are not known by a digest; up to which number there is no other."""
    row = RecordingRow
    rows = row.select(row.number).where(row.number > behind, row.digest.is_null(), row.deleted_ms.is_null())
    found = [one.number for one in rows.order_by(row.number).limit(WAITING_MAX)]
    newest = row.select(fn.MAX(row.number)).scalar() or 0
    return found, found[-1] if len(found) == WAITING_MAX else newest


def waiting(numbers: Collection[int], before: datetime) -> tuple[list[Recorded], set[int]]:
    """Of these, some that were finished before then; and all that are not yet known."""
    row = RecordingRow
    rows = row.select().where(row.number.in_(numbers), row.digest.is_null(), row.deleted_ms.is_null())
    found = list(rows.order_by(row.number))
    over = (one for one in found if one.length_ms is not None and one.started_ms + one.length_ms <= to_ms(before))
    return [find(str(one.number)) for one in islice(over, SOME)], {one.number for one in found}
