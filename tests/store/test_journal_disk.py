"""The journal on real threads and disks, beside another program that holds the database."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.store.reading import list_calls, timeline
from callserver.wire.records import CallRecord, EventRecord
from tests.alarms import Alarms
from tests.store import postgres

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def record(call_id: str) -> CallRecord:
    return CallRecord(call_id, "in", "line 1", "13912345678", "李明", BEGAN)


class DiskTests(TestCase):
    timeout = 30

    def where(self) -> str:
        return str(self.folder / "shop.db")

    async def open(self) -> tuple[Store, Journal]:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        store = Store(self.where(), reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        journal = Journal(store, reactor, self.folder / "spool.jsonl", "shop")
        await journal.start()
        return store, journal

    async def test_twenty_calls_at_once(self) -> None:
        """All are there with their events, in order."""
        store, journal = await self.open()
        ids = [f"call {n}" for n in range(20)]
        opened = gatherResults([journal.open_call(record(call_id)) for call_id in ids])
        for n in range(50):
            for call_id in ids:
                journal.write(EventRecord(BEGAN, float(n), "shop", "key", call_id, data={"n": n}))
        await opened
        await journal.close()
        self.assertEqual({call.id for call in await store.read(list_calls, 100)}, set(ids))
        for call_id in ids:
            events = await store.read(timeline, call_id)
            self.assertEqual([event.data["n"] for event in events], list(range(50)))


class LockedTests(DiskTests):
    """On SQLite, which another program may hold."""

    async def test_beside_another_program(self) -> None:
        """Calls are acknowledged while it holds the database, and are in the database when it lets go."""
        store, journal = await self.open()
        other = sqlite3.connect(self.where(), isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        for n in range(3):
            await journal.open_call(record(f"call {n}"))
        self.assertEqual(await store.read(list_calls), [])
        other.execute("ROLLBACK")
        while journal._spool.path.exists():
            await deferLater(reactor, 0.01)
        await journal.open_call(record("call 3"))
        await journal.close()
        self.assertEqual(len(await store.read(list_calls)), 4)


class PostgresTests(DiskTests):
    """The same tables and statements on PostgreSQL."""

    if reason := postgres.missing():
        skip = reason

    def where(self) -> str:
        return postgres.new_database()


del DiskTests
