"""Makes recordings smaller that are old enough, one after the other, each in a child process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from twisted.logger import Logger

from callserver.features.recordings.archive import digest_of
from callserver.features.recordings.keeping import Depot
from callserver.features.recordings.search import Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.media.compression import Compression, Task, suffix_of
from callserver.media.sealing_key import SEALED, sealing_key
from callserver.media.wav_file import sync_folder
from callserver.store.database import NotOpen
from callserver.store.following import Follower
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_, Complaint

log = Logger()

SOME = 500  # rows at a look
PATIENCE = timedelta(days=1)


class Compressor(Follower):
    """One recording after the other, in a child process."""

    def __init__(self, depot: Depot, run: Callable[[Compression], None] = Compression.run) -> None:
        super().__init__(depot.clock, at_once=False)
        self._depot, self._run = depot, run
        self._so_far = 0
        self._now: Compression | None = None

    async def follow(self) -> None:
        try:
            await self._look()
        except NotOpen:  # the server stops
            return
        except Exception:
            log.failure("recordings are not compressed")

    def stopService(self) -> None:
        super().stopService()
        if self._now is not None:
            self._now.stop()

    async def _look(self) -> None:
        before = self._depot.events.now() - timedelta(days=self._depot.keeping.compress_days)
        looked, number = await self._depot.store.read(to_compress, self._so_far, before)
        if number is not None:
            try:
                await self._compress(await self._depot.store.read(find, str(number)))
            except (Complaint, OSError) as problem:
                if self.running:
                    self._depot.events.alarm(N_("a recording was not compressed: {problem}"), problem=problem)
        self._so_far = looked

    async def _compress(self, one: Recorded) -> None:
        archive, in_thread, form = self._depot.archive, self._depot.in_thread, self._depot.keeping.compress
        old = archive.path(one.kept_as)
        key = sealing_key(archive.shop) if old.suffix == SEALED or self._depot.keeping.encrypt else None
        new = archive.folder / (Path(one.file).stem + suffix_of(form, sealed=key is not None))
        self._now = Compression(Task(str(old), str(new), form, one.file, key.hex() if key else ""))
        try:
            await in_thread(self._run, self._now)
        finally:
            self._now = None
        digest, octets = await in_thread(digest_of, new)
        await in_thread(sync_folder, archive.folder)
        is_kept = await self._depot.records.kept(one, new.name, octets, digest)
        await in_thread(archive.remove, one.kept_as if is_kept else new.name)


def to_compress(behind: int, before: datetime) -> tuple[int, int | None]:
    """
    How far one has looked, and the first one on the way that is still as it was recorded and old enough.

    One that is not known by its digest yet soon will be, and is waited for; not for ever, for its file may be gone.
    """
    row, oldest_ms = RecordingRow, to_ms(before - PATIENCE)
    for one in row.select().where(row.number > behind).order_by(row.number).limit(SOME):
        is_plain = one.kept_as.removesuffix(SEALED).endswith(".wav")
        if one.deleted_ms is None and is_plain:
            if one.started_ms > to_ms(before) or (one.digest is None and one.started_ms > oldest_ms):
                return behind, None
            if one.digest is not None:
                return one.number, one.number
        behind = one.number
    return behind, None
