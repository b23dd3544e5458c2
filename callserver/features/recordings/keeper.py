"""
Looks after the recordings while the server runs.

    call is over --> in the index --> its file is known by its digest (and encrypted, if the shop wants that)
                 --> compressed after so many days --> deleted when the rules say so

Each step ends with an event, and the event is written before anything is taken away. So at whatever point the server is
killed: what the index names is there, whole; what is there and not named is left over from a step that was not done or
was done, and `tidy` takes it away at the next start.

    1. the new file is written, durable          killed here: tidy removes the new one
    2. event `recording_kept` names the new one  killed here: tidy removes the old one
    3. the old one is removed

A recording is left alone for half a minute after its end: whoever cuts something out of it (the proof of an order) has
it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.features.recordings import chain, index, retention
from callserver.features.recordings.archive import Archive, digest_of
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.records import Records
from callserver.features.recordings.retention import Rules
from callserver.features.recordings.search import Recorded, find
from callserver.features.recordings.tables import RecordingRow
from callserver.media.kept_sound import SEALED
from callserver.media.sealed import seal
from callserver.media.sealing_key import key_of, make_key
from callserver.media.wav_file import sync_folder
from callserver.store.database import NotOpen, Store
from callserver.store.following import Follower
from callserver.store.tables import to_ms
from callserver.wire.catalogue import N_, Complaint

log = Logger()

SETTLE = timedelta(seconds=30)
SOME = 500  # rows at a look
RETENTION_EVERY, SEAL_EVERY, HEAD_EVERY = timedelta(minutes=1), timedelta(seconds=20), timedelta(days=1)
NOTHING_LEFT = N_("recordings take more room than they should, and the rest of them is protected")


class Keeper(Follower):
    """Index, chain, digests, encryption, retention: a look every two seconds."""

    def __init__(
        self,
        clock: IReactorTime,
        store: Store,
        events: EventLog,
        archive: Archive,
        in_thread: Callable[..., Deferred[Any]],
        keeping: Keeping,
    ) -> None:
        super().__init__(clock)
        self._store, self._events, self._archive, self._in_thread = store, events, archive, in_thread
        self._keeping, self._records = keeping, Records(store, events)
        self._settled = 0  # up to this number all are known by their digests, or will never be
        self._all_settled = False
        self._hopeless: set[int] = set()
        self._seen_event = 0
        self._is_tidy = self._nothing_left = False
        self._began: datetime | None = None
        self._next_retention: datetime | None = None
        self._next_seal: datetime | None = None
        self._next_head: datetime | None = None

    async def follow(self) -> None:
        for step in (self._index, self._tidy, self._seal, self._settle, self._retain):
            try:
                await step()
            except NotOpen:  # the server stops
                return
            except Exception:  # the next look does it
                log.failure("{step} of recordings failed", step=step.__name__)

    async def _index(self) -> None:
        if await self._store.read(index.is_behind):
            self._all_settled = False
            while await self._store.write(index.catch_up):
                pass

    async def _tidy(self) -> None:
        """Once, at the start."""
        if self._is_tidy:
            return
        self._is_tidy, self._began = True, self._events.now()
        if self._keeping.encrypt:
            try:
                await self._in_thread(make_key, self._archive.shop)
            except (Complaint, OSError) as problem:
                self._events.alarm(N_("recordings are not encrypted: {problem}"), problem=problem)
        for names in await self._in_thread(lambda: list(_some(_names(self._archive.folder)))):
            leftovers = await self._store.read(left_over, names)
            await self._in_thread(_remove, self._archive, leftovers)

    async def _seal(self) -> None:
        """Now and then, up to what was seen the last time: see `chain.seal`."""
        now = self._events.now()
        if self._next_seal is not None and now < self._next_seal:
            return
        self._next_seal = now + SEAL_EVERY
        up_to, self._seen_event = self._seen_event, await self._store.read(chain.newest_event)
        if up_to:
            while await self._store.write(chain.seal, up_to):
                pass
        if up_to and (self._next_head is None or now >= self._next_head):
            self._next_head = now + HEAD_EVERY
            head = await self._store.read(chain.head)
            log.info("event chain: up to event {seq} {digest}", seq=head.seq, digest=head.digest)

    # Finished ones

    async def _settle(self) -> None:
        now = self._events.now()
        if self._all_settled or self._began is None or now - self._began < SETTLE:
            return
        for one in await self._store.read(unsettled, self._settled, now - SETTLE):
            if one.number not in self._hopeless:
                await self._keep(one)
        found = await self._store.read(settled_up_to, self._settled, frozenset(self._hopeless))
        self._settled, self._all_settled = found

    async def _keep(self, one: Recorded) -> None:
        try:
            kept_as, digest, octets = await self._in_thread(self._known, one)
            await self._records.kept(one, kept_as, octets, digest)
            if kept_as != one.kept_as:
                await self._in_thread(self._archive.path(one.kept_as).unlink)
        except (Complaint, OSError) as problem:
            self._hopeless.add(one.number)
            why = problem.strerror if isinstance(problem, OSError) else problem
            self._events.alarm(
                N_("recording {file} is not kept as it should be: {problem}"), file=one.file, problem=why
            )

    def _known(self, one: Recorded) -> tuple[str, str, int]:
        """In a thread: its file as it is kept from now on."""
        path = self._archive.path(one.kept_as)
        key = key_of(self._archive.shop) if self._keeping.encrypt else None
        if key is not None and path.suffix != SEALED:
            sealed = path.with_name(path.name + SEALED)
            seal(path, sealed, key, one.file)
            sync_folder(path.parent)
            path = sealed
        return path.name, *digest_of(path)

    # Old ones

    async def _retain(self) -> None:
        now, rules = self._events.now(), self._keeping.rules
        if not (rules.keep_days or rules.disk_share) or (self._next_retention and now < self._next_retention):
            return
        disk = await self._in_thread(retention.disk_of, self._archive.folder)
        numbers = await self._store.read(retention.some_due, rules, now, disk)
        for number in numbers:
            await self._delete(await self._store.read(find, str(number)))
        if not numbers:
            self._next_retention = now + RETENTION_EVERY
            await self._tell_if_full(rules, disk)

    async def _delete(self, one: Recorded) -> None:
        await self._records.deleted(one, None, "retention")
        await self._in_thread(lambda: self._archive.path(one.kept_as).unlink(missing_ok=True))

    async def _tell_if_full(self, rules: Rules, disk: retention.Disk) -> None:
        excess = retention.excess_octets(await self._store.read(retention.taken_octets), rules, disk)
        if excess > 0 and not self._nothing_left:
            self._events.alarm(NOTHING_LEFT)
        self._nothing_left = excess > 0


# In the database


def unsettled(behind: int, before: datetime) -> list[Recorded]:
    """Finished before then, and not yet known by a digest; some of them."""
    row = RecordingRow
    rows = row.select().where(row.number > behind, row.digest.is_null(), row.deleted_ms.is_null())
    rows = rows.where(row.length_ms.is_null(False), row.started_ms + row.length_ms <= to_ms(before))
    return [find(str(one.number)) for one in rows.order_by(row.number).limit(20)]


def settled_up_to(behind: int, hopeless: frozenset[int]) -> tuple[int, bool]:
    """Up to which number all are, so that nobody has to look at them again; whether that is the last there is."""
    row = RecordingRow
    rows = list(row.select().where(row.number > behind).order_by(row.number).limit(SOME))
    for one in rows:
        if one.digest is None and one.deleted_ms is None and one.number not in hopeless:
            return behind, False
        behind = one.number
    return behind, len(rows) < SOME


def left_over(names: list[str]) -> list[str]:
    """Those of these files that no recording is kept in, though they belong to one."""
    stems = {f"{name.partition('.')[0]}.wav" for name in names}
    rows = {row.file: row for row in RecordingRow.select().where(RecordingRow.file.in_(stems))}
    found = []
    for name in names:
        row = rows.get(f"{name.partition('.')[0]}.wav")
        if row is not None and row.length_ms is not None and (row.deleted_ms is not None or name != row.kept_as):
            found.append(name)
    return found


# In a thread


def _names(folder: Path) -> Iterator[str]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path.name


def _some(names: Iterator[str]) -> Iterator[list[str]]:
    several = []
    for name in names:
        several.append(name)
        if len(several) == SOME:
            yield several
            several = []
    if several:
        yield several


def _remove(archive: Archive, names: list[str]) -> None:
    for name in names:
        archive.path(name).unlink(missing_ok=True)
