"""A store without threads: what it does is done at once, in virtual time."""

from collections.abc import Callable
from functools import cache, partial
from sqlite3 import Connection
from typing import Any

from peewee import OperationalError, SqliteDatabase
from playhouse.migrations import Runner
from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from callserver.store import tables
from callserver.store.opening import MIGRATIONS
from tests.alarms import Alarms


class ThreadlessReactor(Clock):
    """A Clock whose threads are its own; what they do takes `thread_s`."""

    thread_s = 0.0

    def getThreadPool(self) -> "ThreadlessReactor":
        return self

    def callFromThread(self, f: Callable[..., Any], *args: Any, **kw: Any) -> None:
        f(*args, **kw)

    def callInThreadWithCallback(
        self, on_result: Callable[..., Any], f: Callable[..., Any], *a: Any, **kw: Any
    ) -> None:
        if self.thread_s:
            self.callLater(self.thread_s, self._work, on_result, partial(f, *a, **kw))
        else:
            self._work(on_result, partial(f, *a, **kw))

    def _work(self, on_result: Callable[..., Any], f: Callable[[], Any]) -> None:
        try:
            result = f()
        except Exception:
            on_result(False, Failure())
        else:
            on_result(True, result)


@cache
def new_shops() -> Connection:
    """Empty, made once to be copied: the migrations take a hundred times as long."""
    database = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1}, thread_safe=False)
    database.connect()
    Runner(database, str(MIGRATIONS)).up()
    connection: Connection = database.connection()
    return connection


class InlineStore:
    """A Store on a database in memory, made by the real migrations."""

    def __init__(self) -> None:
        self.reactor = ThreadlessReactor()
        self.alarm = self.alarms = Alarms()
        self.database = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
        tables.database.initialize(self.database)
        self.database.connect()
        new_shops().backup(self.database.connection())

    def read(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        return self.write(f, *args)

    def write(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        return maybeDeferred(self.run, f, *args)

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        """The same without a Deferred."""
        with self.database.atomic("IMMEDIATE"):
            return f(*args)


class InlineWorker:
    """A Worker whose jobs are done at once."""

    def __init__(self, reactor: Any, name: str, make_pool: Any = None) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def run(self, job: Callable[..., Any], *args: Any) -> Deferred[Any]:
        return maybeDeferred(job, *args)


class StubbornStore(InlineStore):
    """A store that may be locked (writes wait) or full (writes fail)."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = self.full = False
        self.n_transactions = 0
        self._waiting: list[tuple[Deferred[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def write(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        if self.full:
            return fail(OperationalError("database or disk is full"))
        if self.locked:
            waiting: Deferred[Any] = Deferred()
            self._waiting.append((waiting, f, args))
            return waiting
        self.n_transactions += 1
        return super().write(f, *args)

    def unlock(self) -> None:
        self.locked = False
        for waiting, f, args in self._take():
            self.write(f, *args).chainDeferred(waiting)

    def die(self, n_done: int) -> list[object]:
        """The process is killed: of what waited the first few were committed, but nobody learns it; returns all."""
        self.locked = self.full = False
        waiting = self._take()
        for _, f, args in waiting[:n_done]:
            self.run(f, *args)
        return list(waiting)

    def _take(self) -> list[tuple[Deferred[Any], Callable[..., Any], tuple[Any, ...]]]:
        taken, self._waiting = self._waiting, []
        return taken
