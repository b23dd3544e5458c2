"""The shop's database: one thread does everything that touches it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from peewee import DatabaseError, OperationalError, PeeweeException, SqliteDatabase
from playhouse.db_url import connect as connect_url
from playhouse.migrations import Runner
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.store import tables
from callserver.store.worker import Worker

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_S = 0.05  # of one attempt; the thread tries again
PATIENCE_S = 30.0  # so long a job waits for a foreign lock before it fails
SLOW_S = 2.0
QUEUE_MAX = 1000

log = Logger()
T = TypeVar("T")


class StoreError(Exception):
    """The database cannot be used; one line says which and why. Nothing in it was touched."""


class Store:
    """
    Reads and transactions, run in order in the database thread.

    What `read` and `write` are given must return plain values, and must stand being run again after it failed.
    """

    def __init__(self, path_or_url: str | Path, reactor: Any, alarm: Callable[[str], None]) -> None:
        self.reactor, self.alarm = reactor, alarm
        self._where = str(path_or_url)
        self._database = database_at(self._where)
        self._worker = Worker(reactor, "store")
        self._n_waiting = 0
        self._in_trouble = self._stopping = False

    def start(self) -> Deferred[None]:
        """Check, open and upgrade; fails with StoreError."""
        tables.database.initialize(self._database)
        self._worker.start()
        return self._run(self._open).addErrback(self._not_started)

    def stop(self) -> Deferred[None]:
        """Close after all that is waiting is done; a job that waits for a lock fails at once."""
        self._stopping = True
        return self._run(self._close).addBoth(self._stopped)

    def read(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """What `f(*args)` finds, all of it at one moment."""
        return self._run(self._insist, self._database.atomic, f, args)

    def write(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """Run `f(*args)` inside one transaction; fires when it is on disk. A lock is waited for, up to 30 s."""
        return self._run(self._insist, self._write_transaction, f, args)

    def _write_transaction(self) -> Any:
        # a plain BEGIN fails at once, time-out ignored, when another commit came between its read and its write
        return self._database.atomic("IMMEDIATE") if is_sqlite(self._database) else self._database.atomic()

    def _insist(self, transaction: Callable[[], Any], f: Callable[..., T], args: tuple[Any, ...]) -> T:
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                with transaction():
                    return f(*args)
            except OperationalError as problem:
                if self._stopping or time.monotonic() > give_up_at or not self._passes(problem):
                    raise

    def _passes(self, problem: OperationalError) -> bool:
        """Whether it is worth trying again: a lock, or a server that was lost and is back."""
        if is_sqlite(self._database):
            return "locked" in str(problem) or "busy" in str(problem)
        if self._database.is_connection_usable():
            return False
        time.sleep(BUSY_TIMEOUT_S)
        self._database.close()
        self._database.connect()
        return True

    def _open(self) -> None:
        if is_sqlite(self._database) and (damage := damage_of(Path(self._where))):
            self._move_aside(damage)
        self._database.connect()
        self._upgrade()

    def _close(self) -> None:
        self._database.close()

    def _stopped(self, result: T) -> T:
        self._worker.stop()
        return result

    def _upgrade(self) -> None:
        runner = Runner(self._database, str(MIGRATIONS))
        unknown = [migration.name for migration in runner.status() if migration.path is None]
        if unknown:
            raise StoreError(f"{self._name}: made by another version of callserver (it has {', '.join(unknown)})")
        if not runner.applied() and self._database.get_tables():
            raise StoreError(f"{self._name}: holds tables, but not those of callserver")
        runner.up()

    @property
    def _name(self) -> str:
        return self._where.rpartition("@")[2]  # a URL may hold a password

    def _move_aside(self, damage: str) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        for path in (Path(self._where + suffix) for suffix in ("", "-wal", "-shm")):
            if path.exists():
                path.rename(f"{path}.damaged-{stamp}")
        text = f"{self._name} was damaged ({damage}): it is kept as {self._name}.damaged-{stamp}, a new one was begun"
        self.reactor.callFromThread(self.alarm, text)

    def _not_started(self, failure: Failure) -> NoReturn:
        self._worker.stop()
        failure.trap(StoreError, PeeweeException, OSError)  # type: ignore[no-untyped-call]
        if isinstance(failure.value, StoreError):
            raise failure.value
        raise StoreError(f"{self._name}: {failure.value}") from failure.value

    def _run(self, job: Callable[..., T], *args: Any) -> Deferred[T]:
        self._n_waiting += 1
        if self._n_waiting > QUEUE_MAX:
            self._trouble(f"the database is behind: {self._n_waiting} jobs wait")
        slow = self.reactor.callLater(SLOW_S, self._trouble, f"the database is slow: a job waits {SLOW_S:g} s")
        return self._worker.run(job, *args).addBoth(self._done, slow)

    def _done(self, result: Any, slow: Any) -> Any:
        self._n_waiting -= 1
        if slow.active():
            slow.cancel()
        if isinstance(result, Failure) and isinstance(result.value, OperationalError):
            self._trouble(f"the database fails: {result.getErrorMessage()}")
        elif not self._n_waiting:
            self._in_trouble = False
        return result

    def _trouble(self, text: str) -> None:
        """One alarm for one trouble, however many jobs meet it."""
        if not self._in_trouble:
            self._in_trouble = True
            self.alarm(text)


def is_sqlite(database: Any) -> bool:
    return isinstance(database, SqliteDatabase)


def database_at(path_or_url: str) -> Any:
    """A database that opens only where told to: a stray query elsewhere fails instead of blocking the reactor."""
    if "://" in path_or_url:
        return connect_url(path_or_url, autoconnect=False)
    pragmas = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1}
    return SqliteDatabase(path_or_url, pragmas=pragmas, autoconnect=False, timeout=BUSY_TIMEOUT_S)


def damage_of(path: Path) -> str:
    """What is wrong with a SQLite file, "" if nothing; it is only read."""
    if not path.exists():
        return ""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT_S)
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        return "" if answer == "ok" else str(answer)
    except sqlite3.OperationalError:
        return ""  # locked, or not readable: not damaged; opening it will tell
    except sqlite3.DatabaseError as problem:
        return str(problem)
    finally:
        connection.close()


@contextmanager
def read_only(path_or_url: str) -> Iterator[None]:
    """For another process while the server runs: tables can be read inside; StoreError if they cannot."""
    database = database_at(path_or_url)
    if is_sqlite(database):  # mode rw: no file is made where none is; a mode ro would leave files of its own behind
        uri = f"{Path(path_or_url).absolute().as_uri()}?mode=rw"
        database = SqliteDatabase(uri, uri=True, pragmas={"query_only": 1}, autoconnect=False)
    tables.database.initialize(database)
    try:
        with database.connection_context():
            yield
    except DatabaseError as problem:
        raise StoreError(f"{path_or_url.rpartition('@')[2]}: {problem}") from problem
