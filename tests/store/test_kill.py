"""The server is killed while it writes: every acknowledged call is there after the next start."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

import callserver
from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.store.reading import list_calls
from callserver.store.tables import EventRow
from tests.alarms import Alarms

N_CALLS = 40


class KillTests(TestCase):
    timeout = 60

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        command = [sys.executable, "-m", "tests.store.writing_child", str(self.folder.absolute())]
        top = Path(callserver.__file__).parent.parent
        self.child = subprocess.Popen(
            command, cwd=top, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.addCleanup(self.end_child)
        self.assertEqual(self.read(), ["ready"])

    def end_child(self) -> None:
        self.child.kill()
        self.child.communicate()

    def read(self) -> list[str]:
        assert self.child.stdout is not None
        return self.child.stdout.readline().split()

    def kill_in_full_flight(self) -> set[int]:
        """The numbers of the calls that were acknowledged by then."""
        assert self.child.stdin is not None
        self.child.stdin.write("go\n")
        self.child.stdin.flush()
        acknowledged = {int(n) for (n,) in (self.read() for _ in range(N_CALLS))}
        self.child.kill()
        rest, _ = self.child.communicate()
        return acknowledged | {int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")}

    async def restart(self) -> Store:
        store = Store(self.folder / "shop.db", reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        journal = Journal(store, reactor, self.folder / "spool.jsonl", "shop")
        self.closed = await journal.start()
        await journal.close()
        return store

    async def check(self, acknowledged: set[int]) -> None:
        store = await self.restart()
        calls = {call.id: call for call in await store.read(list_calls, 100_000)}
        self.assertLessEqual({f"call {n}" for n in acknowledged}, calls.keys())
        self.assertEqual({call.end_reason for call in calls.values()}, {"server_stopped"})
        self.assertEqual({call.id for call in self.closed}, calls.keys())
        rings = await store.read(lambda: [row.call_id for row in EventRow.select().where(EventRow.kind == "ring")])
        self.assertLessEqual({f"call {n}" for n in acknowledged}, set(rings), "what was written before is there too")
        self.assertEqual(len(rings), len(set(rings)))

    async def test_kill(self) -> None:
        """kill -9 in the middle of the calls."""
        await self.check(self.kill_in_full_flight())

    async def test_kill_while_locked(self) -> None:
        """The same while another program holds the database: what was acknowledged is in the spool."""
        other = sqlite3.connect(self.folder / "shop.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        acknowledged = self.kill_in_full_flight()
        self.assertEqual(other.execute("SELECT count(*) FROM calls").fetchone(), (0,))
        other.execute("ROLLBACK")
        other.close()
        await self.check(acknowledged)
