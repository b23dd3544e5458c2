"""Makes recordings smaller that are old enough, one after the other, each in a child process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.features.recordings.archive import Archive, digest_of
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.records import Records
from callserver.features.recordings.search import Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.media.compression import Compression, Task, suffix_of
from callserver.media.kept_sound import SEALED
from callserver.media.sealing_key import key_of
from callserver.media.wav_file import sync_folder
from callserver.store.database import NotOpen, Store
from callserver.store.following import Follower
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_, Complaint

log = Logger()

SOME = 500  # rows at a look


class Compressor(Follower):
    """One recording after the other, in a child process."""

    def __init__(
        self,
        clock: IReactorTime,
        store: Store,
        events: EventLog,
        archive: Archive,
        in_thread: Callable[..., Deferred[Any]],
        keeping: Keeping,
        run: Callable[[Compression], None] = Compression.run,
    ) -> None:
        super().__init__(clock, at_once=False)
        self._store, self._events, self._archive, self._in_thread = store, events, archive, in_thread
        self._keeping, self._records, self._run = keeping, Records(store, events), run
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
        before = self._events.now() - timedelta(days=self._keeping.compress_days)
        looked, number = await self._store.read(to_compress, self._so_far, before)
        if number is not None:
            try:
                await self._compress(await self._store.read(find, str(number)))
            except (Complaint, OSError) as problem:
                if self.running:
                    self._events.alarm(N_("a recording was not compressed: {problem}"), problem=problem)
        self._so_far = looked

    async def _compress(self, one: Recorded) -> None:
        old = self._archive.path(one.kept_as)
        key = key_of(self._archive.shop) if old.suffix == SEALED or self._keeping.encrypt else None
        form = self._keeping.compress
        new = self._archive.folder / (Path(one.file).stem + suffix_of(form, sealed=key is not None))
        self._now = Compression(Task(str(old), str(new), form, one.file, key.hex() if key else ""))
        try:
            await self._in_thread(self._run, self._now)
        finally:
            self._now = None
        digest, octets = await self._in_thread(digest_of, new)
        await self._in_thread(sync_folder, self._archive.folder)
        if (await self._store.read(find, str(one.number))).deleted is not None:
            await self._in_thread(new.unlink)
            return
        await self._records.kept(one, new.name, octets, digest)
        await self._in_thread(lambda: old.unlink(missing_ok=True))


def to_compress(behind: int, before: datetime) -> tuple[int, int | None]:
    """How far one has looked, and the first one on the way that is still as it was recorded and old enough."""
    row = RecordingRow
    for one in row.select().where(row.number > behind).order_by(row.number).limit(SOME):
        is_plain = one.kept_as.removesuffix(SEALED).endswith(".wav")
        if one.deleted_ms is None and is_plain:
            if one.digest is None or one.started_ms > to_ms(before):
                return behind, None  # it will be, and the others behind it
            return one.number, one.number
        behind = one.number
    return behind, None
