"""A store without threads: what it does is done at once, in virtual time."""

from collections.abc import Callable
from functools import partial
from typing import Any

from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from callserver.store import tables
from callserver.store.opening import MIGRATIONS


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


class InlineStore:
    """A Store on a database in memory, made by the real migrations."""

    def __init__(self) -> None:
        self.reactor = ThreadlessReactor()
        self.alarms: list[str] = []
        self.alarm = self.alarms.append
        self.database = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})
        tables.database.initialize(self.database)
        self.database.connect()
        Runner(self.database, str(MIGRATIONS)).up()

    def read(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        return self.write(f, *args)

    def write(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        return maybeDeferred(self.run, f, *args)

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        """The same without a Deferred."""
        with self.database.atomic("IMMEDIATE"):
            return f(*args)
