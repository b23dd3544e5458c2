"""The database thread: whole transactions, in order, on disk; and what it says when it cannot."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import peewee
from playhouse.schema_diff import diff_models
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from callserver.acd.organisation import staff_tables  # noqa: F401 - its tables are checked
from callserver.features.recordings import index
from callserver.features.shopping import tables as shop_tables  # noqa: F401
from callserver.features.statistics import tables as statistics_tables  # noqa: F401
from callserver.features.voicemail import tables as voicemail_tables  # noqa: F401
from callserver.store import database
from callserver.store.database import Store
from callserver.store.journal import append_event
from callserver.store.opening import StoreError, read_only
from callserver.store.reading import list_calls
from callserver.store.tables import CallRow, Table
from callserver.store.tables import database as bound
from callserver.wire.records import EventRecord
from tests.alarms import Alarms
from tests.store import postgres

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
ROW = {"node": "shop", "direction": "in", "channel": "line 1", "started_ms": 0}


def add(call_id: str) -> None:
    CallRow.insert(id=call_id, **ROW).execute()


def ids() -> list[str]:
    return [row.id for row in CallRow.select().order_by(CallRow.id)]


def fail_after_adding(call_id: str) -> None:
    add(call_id)
    raise RuntimeError("crash")


class AnyDatabase:
    """What holds for every database; a test case below says which."""

    timeout = 30

    async def open_store(self, where: str | Path) -> Store:
        self.alarms = Alarms()
        store = Store(where, reactor, self.alarms)
        await store.start()
        self.addCleanup(self.stop, store)
        return store

    def stop(self, store: Store) -> Deferred[None]:
        return store.stop()

    async def test_transactions(self) -> None:
        """All that a job wrote is there, or nothing if it failed."""
        store = await self.open_store(self.where())
        await store.write(add, "one")
        await self.assertFailure(store.write(fail_after_adding, "two"), RuntimeError)
        self.assertEqual(await store.read(ids), ["one"])

    async def test_in_order(self) -> None:
        """Jobs asked for one after the other are done so, without waiting for each."""
        store = await self.open_store(self.where())
        done: list[int] = []
        await gatherResults([store.write(done.append, n) for n in range(100)])
        self.assertEqual(done, list(range(100)))

    async def test_only_in_the_database_thread(self) -> None:
        """A query that strays into the reactor fails instead of blocking it."""
        await self.open_store(self.where())
        self.assertRaises(peewee.InterfaceError, ids)

    async def test_the_upgrades_give_what_the_models_say(self) -> None:
        """A database made by the upgrades has the very tables, columns and indexes that the code uses."""
        store = await self.open_store(self.where())
        difference = await store.read(lambda: diff_models(bound.obj, Table.__subclasses__()))
        self.assertFalse(any(difference), difference)
        self.assertGreater(len(Table.__subclasses__()), 10)

    async def test_again(self) -> None:
        """What was written is there at the next start."""
        where = self.where()
        first = Store(where, reactor, Alarms())
        await first.start()
        await first.write(add, "one")
        await first.stop()
        second = await self.open_store(where)
        self.assertEqual(await second.read(ids), ["one"])

    async def test_another_version(self) -> None:
        """A database of a newer callserver is refused in one line, and nothing in it is changed."""
        where = self.where()
        store = Store(where, reactor, Alarms())
        await store.start()
        await store.write(
            lambda: bound.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9000_x', '2030-01-01')")
        )
        await store.stop()
        error = await self.assertFailure(Store(where, reactor, Alarms()).start(), StoreError)
        self.assertIn("made by another version of callserver (it has 9000_x)", str(error))
        self.assertNotIn("\n", str(error))

    async def test_somebody_elses(self) -> None:
        """A database with other tables is not taken over."""
        where = self.where()
        self.fill_with_something_else(where)
        error = await self.assertFailure(Store(where, reactor, Alarms()).start(), StoreError)
        self.assertIn("holds tables, but not those of callserver", str(error))

    async def test_too_many_jobs(self) -> None:
        """A queue that grows is told once, not once a job; when it has drained, the next trouble is told again."""
        store = await self.open_store(self.where())
        with patch.object(database, "QUEUE_MAX", 5):
            for _ in range(2):
                await gatherResults([store.read(ids) for _ in range(20)])
        self.assertEqual(self.alarms, ["the database is behind: 6 jobs wait"] * 2)


class SqliteTests(AnyDatabase, TestCase):
    """The default."""

    def where(self) -> Path:
        return Path(self.mktemp())

    def fill_with_something_else(self, where: Path) -> None:
        with sqlite3.connect(where) as connection:
            connection.execute("CREATE TABLE photos (id)")

    async def test_durable(self) -> None:
        """WAL and synchronous FULL: a power cut loses nothing that was acknowledged."""
        store = await self.open_store(self.where())
        pragmas = await store.read(
            lambda: (bound.pragma("journal_mode"), bound.pragma("synchronous"), bound.pragma("foreign_keys"))
        )
        self.assertEqual(pragmas, ("wal", 2, 1))

    async def test_nothing_touched(self) -> None:
        """Somebody else's file has the same bytes afterwards, and nothing lies beside it."""
        where = self.where()
        self.fill_with_something_else(where)
        before = where.read_bytes()
        await self.assertFailure(Store(where, reactor, Alarms()).start(), StoreError)
        self.assertEqual(where.read_bytes(), before)
        self.assertEqual(list(where.parent.glob(where.name + "?*")), [])

    async def damaged(self) -> Path:
        """A database that has lost its pages but the first."""
        where = self.where()
        store = Store(where, reactor, Alarms())
        await store.start()
        for n in range(200):
            await store.write(add, f"call {n}")
        await store.stop()
        damaged = bytearray(where.read_bytes())
        damaged[4096:] = bytes(len(damaged) - 4096)
        where.write_bytes(damaged)
        return where

    async def test_damaged(self) -> None:
        """A damaged database is refused in one line, by the owner and by visitors, and keeps every byte."""
        where = await self.damaged()
        before = where.read_bytes()
        for store in (Store(where, reactor, Alarms()), Store(where, reactor, Alarms())):
            error = await self.assertFailure(store.start(), StoreError)
            self.assertIn(f"{where}: damaged: ", str(error))
            await self.assertFailure(store.visit(), StoreError)
        self.assertEqual(where.read_bytes(), before)
        self.assertEqual(list(where.parent.glob(where.name + ".damaged-*")), [])

    async def test_no_database_at_all(self) -> None:
        """A file that is something else, a letter or a start of one, stays what it is."""
        for letter in (b"Dear diary, " * 1000, b"D", b"SQLite format 3\0 is what it is not"):
            where = self.where()
            where.write_bytes(letter)
            await self.assertFailure(Store(where, reactor, Alarms()).start(), StoreError)
            self.assertEqual(where.read_bytes(), letter)

    async def test_tried_again(self) -> None:
        """A start that failed can be tried again by the same server, when the reason is gone."""
        where = self.where()
        where.write_bytes(b"Dear diary, " * 1000)
        store = Store(where, reactor, Alarms())
        await self.assertFailure(store.start(), StoreError)
        where.unlink()
        await store.start()
        await store.write(add, "one")
        await store.stop()

    async def test_visitor(self) -> None:
        """Who visits makes no database, and brings none up to date: `staff list` beside a server, or before one."""
        where = self.where()
        error = await self.assertFailure(Store(where, reactor, Alarms()).visit(), StoreError)
        self.assertIn("no database here", str(error))
        self.assertFalse(where.exists())
        store = await self.open_store(where)
        await store.write(lambda: bound.execute_sql("DELETE FROM schema_migration WHERE name = '0005_shop'"))
        error = await self.assertFailure(Store(where, reactor, Alarms()).visit(), StoreError)
        self.assertIn("made by an older callserver", str(error))
        bound.initialize(store._database)

    async def test_not_open(self) -> None:
        """Who asks before it is open, or after it was closed, gets an answer."""
        store = Store(self.where(), reactor, Alarms())
        await self.assertFailure(store.read(ids), StoreError)
        await store.start()
        await store.stop()
        await self.assertFailure(store.write(add, "one"), StoreError)

    async def test_no_such_folder(self) -> None:
        """One line with the path."""
        where = self.where() / "nowhere" / "shop.db"
        error = await self.assertFailure(Store(where, reactor, Alarms()).start(), StoreError)
        self.assertIn(f"{where}: unable to open database file", str(error))

    async def test_locked_by_another_program(self) -> None:
        """A write waits until the other program lets go, reads do not; what waits too long is told once."""
        where = self.where()
        store = await self.open_store(where)
        other = sqlite3.connect(where, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        with patch.object(database, "SLOW_S", 0.01):
            writing = [store.write(add, name) for name in ("one", "two")]
            while not self.alarms:
                await deferLater(reactor, 0.01)
        self.assertEqual(await store.read(ids), [], "reads do not wait behind it")
        self.assertFalse(writing[0].called)
        other.execute("ROLLBACK")
        await gatherResults(writing)
        self.assertEqual(await store.read(ids), ["one", "two"])
        self.assertEqual(self.alarms, ["the database is slow: a job waits 0.01 s"])

    async def test_locked_for_too_long(self) -> None:
        """A write gives up after a while, and the caller learns it."""
        where = self.where()
        store = await self.open_store(where)
        other = sqlite3.connect(where, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        with patch.object(database, "WRITE_PATIENCE_S", 0.0):
            error = await self.assertFailure(store.write(add, "one"), peewee.OperationalError)
        self.assertIn("locked", str(error))
        self.assertEqual(self.alarms, ["the database fails: database is locked"])

    async def test_stop_while_locked(self) -> None:
        """Stopping the server does not wait for another program."""
        where = self.where()
        store = Store(where, reactor, Alarms())
        await store.start()
        other = sqlite3.connect(where, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        waiting = store.write(add, "one")
        stopped = store.stop()
        await self.assertFailure(waiting, peewee.OperationalError)
        await stopped

    async def test_file_taken_away(self) -> None:
        """Nothing is promised that would be gone at the next start; when the file is back, all goes on."""
        path = Path(self.where())
        store = await self.open_store(path)
        await store.write(add, "one")
        aside = path.rename(path.with_name("aside.db"))
        await self.assertFailure(store.write(add, "two"), peewee.OperationalError)
        await store.read(ids)
        path.touch()
        await self.assertFailure(store.write(add, "two"), peewee.OperationalError)
        self.assertEqual(self.alarms, [f"the database fails: {path} is gone, or is another file now"], "told once")
        aside.replace(path)
        await store.write(add, "three")
        self.assertEqual(await store.read(ids), ["one", "three"])

    async def test_full_disk(self) -> None:
        """A write fails at once and is told; reads go on; when there is room again, so do writes."""
        store = await self.open_store(self.where())
        await store.read(lambda: bound.execute_sql("PRAGMA max_page_count = 1"))
        await self.assertFailure(
            store.write(lambda: [add("x" * 1000 + str(n)) for n in range(100)]), peewee.OperationalError
        )
        self.assertEqual(self.alarms, ["the database fails: database or disk is full"])
        self.assertEqual(await store.read(ids), [])
        await store.read(lambda: bound.execute_sql("PRAGMA max_page_count = 100000"))
        await store.write(add, "one")
        self.assertEqual(await store.read(ids), ["one"])

    async def test_reading_from_another_process(self) -> None:
        """While the server runs its calls can be listed, and nothing can be written."""
        where = self.where()
        store = await self.open_store(where)
        await store.write(add, "one")
        with read_only(str(where)):
            self.assertEqual([call.id for call in list_calls()], ["one"])
            self.assertRaises(peewee.OperationalError, add, "two")
        bound.initialize(store._database)


class PostgresTests(AnyDatabase, TestCase):
    """The same on PostgreSQL, and what only a database server can do."""

    if reason := postgres.missing():
        skip = reason

    def where(self) -> str:
        return postgres.new_database()

    def fill_with_something_else(self, where: str) -> None:
        import psycopg

        with psycopg.connect(where) as connection:
            connection.execute("CREATE TABLE photos (id int)")

    async def test_connection_lost(self) -> None:
        """The database server was restarted: the next job connects again."""
        import psycopg

        where = self.where()
        store = await self.open_store(where)
        await store.write(add, "one")
        with psycopg.connect(where) as other:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        await store.write(add, "two")
        self.assertEqual(await store.read(ids), ["one", "two"])

    async def test_reading_from_another_process(self) -> None:
        """Its calls can be listed while the server runs."""
        where = self.where()
        store = await self.open_store(where)
        await store.write(add, "one")
        with read_only(where):
            self.assertEqual([call.id for call in list_calls()], ["one"])
        bound.initialize(store._database)

    async def test_numbers_of_recordings(self) -> None:
        """Their index is made anew with the numbers that people know, though a database server counts on by itself."""
        store = await self.open_store(self.where())
        for n in range(3):
            event = EventRecord(NOON, 1.0, "test", "recording", "call-1", "line 1", data={"file": f"{n}.wav"})
            await store.write(append_event, event)
        for _ in range(2):
            await store.write(index.catch_up_all)
            numbers = await store.read(lambda: [row.number for row in index.RecordingRow.select()])
            self.assertEqual(sorted(numbers), [1, 2, 3])
            await store.write(index.rebuild)

    async def test_no_server(self) -> None:
        """One line, without the password of the URL."""
        store = Store("postgresql://shop:secret@127.0.0.1:1/shop", reactor, Alarms())
        error = await self.assertFailure(store.start(), StoreError)
        self.assertNotIn("secret", str(error))
        self.assertNotIn("\n", str(error))
