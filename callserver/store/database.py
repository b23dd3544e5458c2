"""The shop's database: one thread does everything that touches it."""

import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

from peewee import InterfaceError, OperationalError, PeeweeException
from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from callserver.store import tables
from callserver.store.opening import (
    BUSY_TIMEOUT_S,
    StoreError,
    as_store_error,
    database_at,
    is_sqlite,
    open_database,
    visit_database,
)
from callserver.store.worker import Worker, one_thread
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

READ_PATIENCE_S, WRITE_PATIENCE_S = 5.0, 30.0  # so long a job waits for a lock, or for a lost server, before it fails
SLOW_S = 2.0
QUEUE_MAX = 1000
NOT_OPEN = N_("the database is not open")

T = TypeVar("T")


class NotOpen(StoreError):
    """Asked before the database was opened, or after it was closed."""


class Store:
    """
    Reads and transactions, run in order in the database thread.

    What `read` and `write` are given must return plain values, and must stand being run again after it failed. While
    a write waits for a lock of another program, the reads behind it go first.

    :param path_or_url: a SQLite file, or postgresql://...
    :param alarm: told once of each trouble a person should see to
    :param make_database: what is at such a place, not yet connected
    :param make_pool: makes a pool of one thread
    :param make_room: gives something up on a full disk; whether there was anything to give. In the database thread
    """

    def __init__(
        self,
        path_or_url: str | Path,
        reactor: Any,
        alarm: Alarm,
        *,
        make_database: Callable[[str], Any] = database_at,
        make_pool: Callable[[str], ThreadPool] = one_thread,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self.reactor, self.alarm = reactor, alarm
        self._make_room = make_room
        self._where = str(path_or_url)
        self._database = make_database(self._where)
        self._make_worker = partial(Worker, reactor, "store", make_pool)
        self._worker: Worker | None = None  # there while it is open
        self._reads: deque[tuple[Deferred[Any], Callable[[], Any]]] = deque()
        self._n_waiting = 0
        self._in_trouble = self._fails = self._stopping = False
        self._file: tuple[int, int] | None = None  # that was opened

    def start(self) -> Deferred[None]:
        """Check, open and upgrade; fails with StoreError, and may be tried again. Only for who owns the shop."""
        return self._open(open_database)

    def visit(self) -> Deferred[None]:
        """Open it as it is, beside the server or without it: nothing is made, upgraded, repaired. Fails as `start`."""
        return self._open(visit_database)

    def stop(self) -> Deferred[None]:
        """Close after all that is waiting is done; a job that waits for a lock fails at once."""
        self._stopping = True
        if self._worker is None:
            return succeed(None)
        worker, self._worker = self._worker, None
        return worker.run(self._database.close).addBoth(_ended, worker)

    def read(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """What `f(*args)` finds, all of it at one moment."""
        if self._worker is None:
            return fail(NotOpen(NOT_OPEN))
        found: Deferred[T] = Deferred()
        self._reads.append((found, partial(f, *args)))
        self._worker.run(self._serve_reads)
        return self._watched(found)

    def write(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """Run `f(*args)` inside one transaction; fires when it is on disk. A lock is waited for, up to 30 s."""
        if self._worker is None:
            return fail(NotOpen(NOT_OPEN))
        job = partial(f, *args)
        written = self._worker.run(self._insist, self._begin_to_write, WRITE_PATIENCE_S, job, self._serve_reads)
        return self._watched(written.addCallback(self._written))

    # In the database thread

    def _begin_to_write(self) -> Any:
        if self._file != self._file_there():  # deleted or moved away: what is written would be gone at the next start
            raise OperationalError(f"{self._where} is gone, or is another file now")
        # a plain BEGIN fails at once, time-out ignored, when another commit came between its read and its write
        return self._database.atomic("IMMEDIATE") if is_sqlite(self._database) else self._database.atomic()

    def _file_there(self) -> tuple[int, int] | None:
        if not is_sqlite(self._database):
            return None
        try:
            found = os.stat(self._where)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _insist(
        self,
        begin: Callable[[], Any],
        patience_s: float,
        f: Callable[[], T],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> T:
        give_up_at_s = time.monotonic() + patience_s
        while True:
            try:
                with begin():
                    return f()
            except (OperationalError, InterfaceError) as problem:
                if self._stopping or time.monotonic() > give_up_at_s or not self._passes(problem):
                    raise root_of(problem) from None
            meanwhile()

    def _serve_reads(self) -> None:
        while self._reads:
            found, f = self._reads.popleft()
            try:
                answer = self._insist(self._database.atomic, READ_PATIENCE_S, f)
            except Exception:
                self.reactor.callFromThread(found.errback, Failure())  # type: ignore[no-untyped-call]
            else:
                self.reactor.callFromThread(found.callback, answer)

    def _passes(self, problem: Exception) -> bool:
        """Whether it is worth trying again: a lock, new room, or a database server that was lost and may be back."""
        if is_sqlite(self._database):
            return "locked" in str(problem) or ("full" in str(root_of(problem)) and self._make_room())
        if self._database.is_connection_usable():
            return False
        time.sleep(BUSY_TIMEOUT_S)
        self._database.close()
        with suppress(OperationalError):  # not yet
            self._database.connect()
        return True

    # In the reactor

    def _open(self, how: Callable[[Any, str], None]) -> Deferred[None]:
        tables.database.initialize(self._database)
        worker = self._make_worker()
        worker.start()
        opened = worker.run(how, self._database, self._where)
        return opened.addCallbacks(self._opened, self._not_opened, callbackArgs=(worker,), errbackArgs=(worker,))

    def _opened(self, _: None, worker: Worker) -> Deferred[None] | None:
        if self._stopping:
            return worker.run(self._database.close).addBoth(_ended, worker)
        self._worker, self._file = worker, self._file_there()
        return None

    def _not_opened(self, failure: Failure, worker: Worker) -> NoReturn:
        worker.stop()
        failure.trap(StoreError, PeeweeException, OSError)  # type: ignore[no-untyped-call]
        problem = cast(Exception, failure.value)
        raise as_store_error(problem, self._where) from problem

    def _watched(self, answer: Deferred[T]) -> Deferred[T]:
        self._n_waiting += 1
        if self._n_waiting > QUEUE_MAX:
            self._trouble(N_("the database is behind: {n} jobs wait"), n=self._n_waiting)
        slow = self.reactor.callLater(
            SLOW_S, self._trouble, N_("the database is slow: a job waits {wait_s} s"), wait_s=f"{SLOW_S:g}"
        )
        return answer.addBoth(self._done, slow)

    def _written(self, result: T) -> T:
        self._fails = False  # a read that succeeds says nothing: some still do when nothing can be written
        return result

    def _done(self, result: Any, slow: Any) -> Any:
        self._n_waiting -= 1
        if slow.active():
            slow.cancel()
        if isinstance(result, Failure) and isinstance(result.value, PeeweeException):
            self._fails = True
            self._trouble(N_("the database fails: {problem}"), problem=result.value)
        elif not self._n_waiting and not self._fails:
            self._in_trouble = False
        return result

    def _trouble(self, msgid: str, /, **details: object) -> None:
        """One alarm for one trouble, however many jobs meet it."""
        if not self._in_trouble:
            self._in_trouble = True
            self.alarm(msgid, **details)


def root_of(problem: Exception) -> Exception:
    """SQLite ends a transaction itself when the disk is full; peewee's rollback then fails, and hides why."""
    cause: BaseException | None = problem
    while cause is not None and "no transaction is active" in str(cause):
        cause = cause.__context__
    return cause if isinstance(cause, PeeweeException) else problem


def _ended(result: T, worker: Worker) -> T:
    worker.stop()
    return result
