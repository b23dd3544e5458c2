"""The shop's database as it is, for trials: what they write is counted, and rolled back."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from callserver.store import tables
from callserver.store.opening import MIGRATIONS, Condition, database_at, look, visit_database

T = TypeVar("T")

WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '1s'"  # a trial waits for no live call, nor a live call for it


class TriedStore:
    """
    Stands for a `Store`, for one trial after the other; everything is done at once.

    An SQLite database is copied into memory, because an open transaction would lock the live writer out. In
    PostgreSQL a trial is one transaction; sequences keep gaps of it.

    :param reactor: of who asks a store for one
    :param where: its path or URL; where no database is yet, an empty one is made in memory
    :param live: no copy of it, but itself: for what is to be kept
    `changes`: rows that the last trial has written, by table
    """

    def __init__(self, where: str, reactor: Any, *, live: bool = False) -> None:
        self.reactor = reactor
        self.changes: Counter[str] = Counter()
        self.is_new = "://" not in where and look(where).condition is Condition.ABSENT
        there = "://" in where or (live and not self.is_new)
        self._database = database_at(where) if there else SqliteDatabase(":memory:", autoconnect=False)
        tables.database.initialize(self._database)
        if there:
            visit_database(self._database, where)
        else:
            self._database.connect()
            self._fill(where)
        self._execute = self._database.execute_sql
        vars(self._database)["execute_sql"] = self._counted

    def close(self) -> None:
        """Nothing of it stays."""
        self._database.close()

    @contextmanager
    def trial(self, *, keep: bool = False) -> Iterator[None]:
        """What is written inside is rolled back, unless it is to be kept."""
        self.changes.clear()
        with self._database.transaction() as transaction:
            if not isinstance(self._database, SqliteDatabase):
                self._execute(LOCK_TIMEOUT)
            try:
                yield
            finally:
                if not keep:
                    transaction.rollback()

    def read(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """As `Store.read`."""
        return self._done(f, args)

    def write(self, f: Callable[..., T], *args: Any) -> Deferred[T]:
        """As `Store.write`."""
        return self._done(f, args)

    def _done(self, f: Callable[..., T], args: tuple[Any, ...]) -> Deferred[T]:
        try:
            with self._database.atomic():
                return succeed(f(*args))
        except Exception:
            return fail(Failure())  # type: ignore[no-untyped-call]

    def _fill(self, path: str) -> None:
        if self.is_new:
            Runner(self._database, str(MIGRATIONS)).up()
            return
        uri = f"{Path(path).absolute().as_uri()}?mode=rw"  # mode ro would leave files of its own behind
        with closing(sqlite3.connect(uri, uri=True)) as there:
            there.backup(self._database.connection())
        Runner(self._database, str(MIGRATIONS)).up()

    def _counted(self, sql: str, params: Any = None, **how: Any) -> Any:
        cursor = self._execute(sql, params, **how)
        if table := WRITES.match(sql):
            self.changes[table[1]] += max(cursor.rowcount, 1)
        return cursor
