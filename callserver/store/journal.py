"""
Call records and events on their way to disk: acknowledged when safe, in order, never in the way of a call.

通话记录和事件如何落盘：确认即安全，次序不乱，绝不耽误通话。

What holds, whatever the database does and wherever the process is killed (each has its test in tests/store):

1. *Acknowledged is on disk.* The Deferred of `open_call` fires after a COMMIT or after the spool's fdatasync, never
   before. The one exception: neither the database nor the spool has room. Then the call is served all the same (G1
   yields to "no call is refused"), the entries stay in memory, in their place, and the admin is told.
   先落盘，后确认；数据库和缓冲文件都满时仍接电话，并报警。
2. *In order.* Entries leave `_entries` only under `_lock`, and a batch holds it until it is committed or spooled. So of
   two changes of a call the later one wins, and no change comes before its call.
3. *One way at a time.* While `_catching_up` is set, everything goes to the end of the spool; it is cleared under
   `_lock`, when the spool has been found empty behind what was brought. Nothing overtakes the spool.
   只要缓冲文件在用，新记录一律排在其后。
4. *Twice is once.* An entry may come to the database again: events have a `uid` and calls an `id` that are inserted or
   ignored, and a change sets values, it never adds. What is brought again ends with the newest, because all that was
   written since stands behind it in the same file.

The races, and what each comes to:

- *A commit in flight.* After LOCKED_S nobody waits for it: the batch goes to the spool as well, and the call goes on.
  If the commit ends well after all, the batch is brought again (4). The catching-up waits for it (`settled`): else
  batches would pile up behind a lock that somebody holds for minutes.
- *Killed between any two statements.* Before the commit or the fdatasync: not acknowledged, may be missing. Between
  them and the acknowledgement: there, and nobody was told. Between a commit of the spool's entries and `clear`: the
  next start brings them again (4). In the middle of a line of the spool: the line has no end and is dropped, and
  the start that drops it clears the file, so nothing is ever appended to half a line.
- *The power fails.* A new file's name, and its removal, are on disk only when the folder is synced. Without the first
  an acknowledged spool could be gone; without the second an old spool could rise again, and its old changes would
  undo newer ones that went straight to the database.
- *The database is locked or full*: OperationalError, its own trouble. Tried again every RETRY_S, alarm once.
- *A poison entry*: one that the database refuses whatever its state (a column that may not be empty, a field of
  another version). Tried again and again it would hold up all that comes after it, and the next start. So a batch that
  is refused for what is in it is brought entry by entry; the refused ones go to a file beside the spool, and the
  admin is told. `tables.clean` has taken out before what lines are known to send (NUL, lone surrogates).
  毒记录不能挡住后面的记录：单独存放并报警。
- *A damaged line of the spool* goes the same way, as it was found; a spool that cannot be read at all is moved aside,
  whole. Neither keeps the server from starting, or what stands behind it from the database.
- *The disk is full*: `make_room` is asked once before anybody is told that nothing can be written.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from peewee import InterfaceError, OperationalError, PeeweeException, chunked, fn
from twisted.internet.defer import CancelledError, Deferred, DeferredLock, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from callserver.store.database import Store
from callserver.store.reading import SERVER_STOPPED
from callserver.store.spool import Spool, Spooled, SpoolEntry
from callserver.store.tables import CallRow, EventRow, Table, call_columns, call_record, database, event_columns, to_ms
from callserver.store.worker import Worker, one_thread
from callserver.wire.catalogue import N_
from callserver.wire.records import CallRecord, EventRecord, Value

BATCH_S = 0.1  # an event waits so long for others; leaves 150 ms for the commit
LOCKED_S = 0.08  # a commit that takes longer goes to the spool as well
RETRY_S = 1.0
ROWS_MAX = 500  # of one INSERT: SQLite takes 32,766 values

log = Logger()
T = TypeVar("T")


class Journal:
    """
    Keeps calls and events.

    They go to the database in batches of one transaction. While it cannot take them, because it is locked or full,
    they go to the spool, and from there to the database as soon as it takes them again, or at the next start.

    :param make_room: gives something up on a full disk; whether there was anything to give. In the disk's thread
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        spool_path: str | Path,
        node: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        make_pool: Callable[[str], ThreadPool] = one_thread,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self._make_room = make_room
        self._store, self._clock, self._node, self._now = store, clock, node, now
        self._spool = Spool(Path(spool_path))
        self._refused = Spool(Path(spool_path).with_suffix(".refused.jsonl"))
        self._disk = Worker(store.reactor, "spool", make_pool)
        self._entries: list[SpoolEntry] = []
        self._acknowledge: list[Deferred[None]] = []
        self._lock = DeferredLock()
        self._timer: Any = None
        self._is_closed = False  # what is told later belongs to no run
        self._in_memory = False  # there is no room for the spool either
        self._catching_up: Deferred[None] | None = None  # there while the spool is in use
        self._of_this_run: set[str] | None = set()  # calls that came before the database was open

    def open(self) -> None:
        """From now on calls and events are kept, in the spool: the database may not be open yet."""
        self._is_closed = False
        self._disk.start()
        self._disk.run(self._spool.drop_half_line).addErrback(_told_by_start)
        self._catching_up = Deferred()
        self._catching_up.addErrback(_only_cancelled)

    def start(self) -> Deferred[list[CallRecord]]:
        """
        The database is open. Bring in what was spooled, and close what the last run has left open, as `server stopped`
        at its last event.

        Fires with the calls that were closed now.
        """
        if self._catching_up is None:
            self.open()
        return Deferred.fromCoroutine(self._begin())

    def close(self) -> Deferred[None]:
        """Write out all that waits; what the database still does not take stays in the spool for the next start."""
        return Deferred.fromCoroutine(self._write_all()).addBoth(self._end)

    async def _write_all(self) -> None:
        await self._write_out()
        if self._entries and not self._in_memory:  # told while that was written
            await self._write_out()

    def open_call(self, record: CallRecord) -> Deferred[None]:
        """Fires when the record is safe on disk, also when the database is locked or full: never a reason to refuse."""
        safe: Deferred[None] = Deferred()
        self._acknowledge.append(safe)
        if self._of_this_run is not None:
            self._of_this_run.add(record.id)
        self._entries.append({"call": call_columns(asdict(record)) | {"node": self._node}})
        self._flush()
        return safe

    def change_call(self, call_id: str, **fields: object) -> None:
        """Set fields of a CallRecord, in order with the events around it."""
        self._add({"change": call_columns(fields), "id": call_id})

    def write(self, event: EventRecord) -> None:
        """Keep an event; safe on disk within 250 ms."""
        self._add({"event": event_columns(event)})

    def _add(self, entry: SpoolEntry) -> None:
        self._entries.append(entry)
        self._flush_in(BATCH_S)

    def _flush_in(self, delay_s: float) -> None:
        if self._timer is None and not self._is_closed:
            self._timer = self._clock.callLater(delay_s, self._flush)

    def _flush(self) -> None:
        writing = Deferred.fromCoroutine(self._write_out())
        writing.addErrback(lambda failure: log.failure("the journal broke", failure))

    async def _write_out(self) -> None:
        await self._lock.acquire()  # one batch at a time keeps the order
        try:
            entries, acknowledge = self._take()
            if entries and (self._catching_up or not await self._commit(entries)):
                await self._put_aside(entries)
            for safe in acknowledge:
                safe.callback(None)
        finally:
            self._lock.release()

    def _take(self) -> tuple[list[SpoolEntry], list[Deferred[None]]]:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        entries, acknowledge = self._entries, self._acknowledge
        self._entries, self._acknowledge = [], []
        return entries, acknowledge

    async def _commit(self, entries: list[SpoolEntry]) -> bool:
        """Whether the database took them in time; if not, they are the first that the spool has to hold."""
        in_time: Deferred[bool] = Deferred()
        settled: Deferred[None] = Deferred()
        timer = self._clock.callLater(LOCKED_S, in_time.callback, False)

        def answered(result: Failure | None) -> None:
            settled.callback(None)
            if timer.active():
                timer.cancel()
                in_time.callback(result is None)

        self._store.write(_apply, entries).addBoth(answered)
        taken = await in_time
        if not taken:
            self._catching_up = Deferred.fromCoroutine(self._catch_up(settled))
            self._catching_up.addErrback(_only_cancelled)
        return taken

    async def _put_aside(self, entries: list[SpoolEntry]) -> None:
        try:
            await self._disk.run(self._append, entries)
            self._in_memory = False
        except OSError as problem:
            self._entries[:0] = entries  # no call is refused for it
            self._flush_in(RETRY_S)
            if not self._in_memory:  # told once: an alarm is an event too, and events cannot be written
                self._in_memory = True
                self._store.alarm(N_("call records cannot be written: {problem}"), problem=problem)

    def _append(self, entries: list[SpoolEntry]) -> None:
        """In the disk's thread."""
        try:
            self._spool.append(entries)
        except OSError as problem:
            if problem.errno not in (ENOSPC, EDQUOT) or not self._make_room():
                raise
            self._spool.append(entries)

    async def _catch_up(self, settled: Deferred[None]) -> None:
        """
        From the spool to the database, until nothing is left; what is brought twice counts once.

        :param settled: the commit that came too late has ended, one way or the other
        """
        await settled
        n_done = 0
        while True:
            try:
                if await self._caught_up(n_done):
                    return
                spooled = await self._disk.run(self._spool.read, n_done)
                await self._bring_in(spooled)
                n_done = spooled.end
            except (PeeweeException, OSError):  # the store has raised the alarm; the disk is full
                await deferLater(self._clock, RETRY_S)

    async def _caught_up(self, n_done: int) -> bool:
        await self._lock.acquire()
        try:
            spooled = await self._disk.run(self._spool.read, n_done)
            if spooled.entries or spooled.damaged:
                return False
            await self._disk.run(self._spool.clear)
            self._catching_up = None
            return True
        finally:
            self._lock.release()

    async def _bring_in(self, spooled: Spooled) -> None:
        """
        Spooled entries to the database; those it will never take are laid aside, so that nothing waits behind them.

        :raises OperationalError, InterfaceError: its own trouble; nothing was brought
        """
        try:
            await self._store.write(_apply, spooled.entries)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            refused = await self._store.write(_apply_each, spooled.entries)
            told = N_("{n} records that the database refuses are in {file}: {problem}")
            await self._lay_aside([json.dumps(entry).encode("ascii") for entry in refused], told, problem=problem)
        if spooled.damaged:  # once, so not before the database takes the others
            await self._lay_aside(spooled.damaged, N_("{n} damaged lines of the spool are in {file}"))

    async def _lay_aside(self, lines: list[bytes], told: str, **details: object) -> None:
        await self._disk.run(self._refused.append_lines, lines)
        self._store.alarm(told, n=len(lines), file=self._refused.path.name, **details)

    async def _begin(self) -> list[CallRecord]:
        await self._found()  # one that cannot be read is moved aside
        await self._catch_up(succeed(None))
        while True:
            args = self._node, self._now(), self._clock.seconds(), frozenset(self._of_this_run or ())
            try:
                closed = await self._store.write(close_open_calls, *args)
            except (OperationalError, InterfaceError):  # the store has raised the alarm
                await deferLater(self._clock, RETRY_S)
            else:
                self._of_this_run = None
                return closed

    async def _found(self) -> Spooled:
        """What the last run has left in the spool; one that cannot be read hinders no start."""
        try:
            return await self._disk.run(self._spool.read)
        except OSError as problem:
            aside = await self._disk.run(self._spool.lay_aside)
            self._store.alarm(
                N_("the spool cannot be read and was moved to {file}: {problem}"), file=aside.name, problem=problem
            )
            return Spooled([], [], 0)

    def _end(self, result: T) -> T:
        if self._catching_up is not None:
            self._catching_up.cancel()
        self._disk.stop()
        self._is_closed = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        return result


def _told_by_start(failure: Failure) -> None:
    failure.trap(OSError)  # type: ignore[no-untyped-call]


def _only_cancelled(failure: Failure) -> None:
    if not isinstance(failure.value, CancelledError):
        log.failure("the journal cannot catch up", failure)


def _apply(entries: list[SpoolEntry]) -> None:
    for kind, group in groupby(entries, key=lambda entry: next(iter(entry))):
        if kind == "event":
            _insert(EventRow, [entry["event"] for entry in group])
        elif kind == "call":
            _insert(CallRow, [entry["call"] for entry in group])
        else:
            for entry in group:
                CallRow.update(entry["change"]).where(CallRow.id == entry["id"]).execute()


def _apply_each(entries: list[SpoolEntry]) -> list[SpoolEntry]:
    """Each in a transaction of its own, inside the one that runs; returns those that cannot be kept."""
    refused = []
    for entry in entries:
        try:
            with database.atomic():
                _apply([entry])
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            refused.append(entry)
    return refused


def _insert(table: type[Table], rows: list[dict[str, Any]]) -> None:
    """What is there already stays; unlike INSERT OR IGNORE, a row that may not be is an error and not left out."""
    key = [EventRow.uid] if table is EventRow else [CallRow.id]
    for row in rows:
        if not row or row.keys() - table._meta.columns.keys():
            raise ValueError(
                f"no row of {table._meta.table_name}: {', '.join(row)}"
            )  # else an OperationalError: trouble
    for some in chunked(rows, ROWS_MAX):
        table.insert_many(some).on_conflict("nothing", conflict_target=key).execute()


def append_event(event: EventRecord) -> None:
    """Inside a feature's own transaction: its event is stored with what it tells of, or neither is."""
    EventRow.insert(event_columns(event)).execute()


def close_open_calls(node: str, now: datetime, uptime_s: float, of_this_run: Collection[str] = ()) -> list[CallRecord]:
    """Close the calls of this node that a server before this one left open; each as it is then."""
    closed = []
    for row in CallRow.select().where(CallRow.node == node, CallRow.ended_ms.is_null()):
        if row.id in of_this_run:
            continue
        last_ms = EventRow.select(fn.MAX(EventRow.at_ms)).where(EventRow.call_id == row.id).scalar()
        row.ended_ms, row.end_reason = max(row.started_ms, last_ms or 0), SERVER_STOPPED
        row.save()
        data: dict[str, Value] = {"by": "server", "reason": SERVER_STOPPED}
        append_event(EventRecord(now, uptime_s, node, "end", row.id, row.channel, data=data))
        closed.append(call_record(row))
    return closed


def lasted_until(call_id: str, until: datetime) -> None:
    """In `store.write`: a call that was closed so lasted longer than its events tell."""
    ended_so = (CallRow.id == call_id) & (CallRow.end_reason == SERVER_STOPPED) & (CallRow.ended_ms < to_ms(until))
    CallRow.update(ended_ms=to_ms(until)).where(ended_so).execute()
