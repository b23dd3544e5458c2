"""Threads that compute beside the reactor."""

import sys
from threading import Event, Thread

from peewee import SqliteDatabase
from twisted.trial.unittest import SynchronousTestCase

from callserver.server.giving_way import GIVES_WAY_S, give_way_soon, let_ticks_go_first


class GivingWayTests(SynchronousTestCase):
    def test_soon(self) -> None:
        """A report or a page gives way well within a tick of 20 ms, however often the tick reads and writes."""
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        give_way_soon()
        self.assertAlmostEqual(sys.getswitchinterval(), GIVES_WAY_S)
        self.assertLess(20 * GIVES_WAY_S, 0.02)


class TicksFirstTests(SynchronousTestCase):
    """The database's statements beside a tick."""

    def setUp(self) -> None:
        self.over = Event()
        self.database = let_ticks_go_first(SqliteDatabase(":memory:"), self.over)
        self.addCleanup(self.database.close)
        self.began = Event()
        self.thread = Thread(target=self.ask)

    def ask(self) -> None:
        self.database.connect()
        self.began.set()
        self.answer = self.database.execute_sql("SELECT 42").fetchone()
        self.database.close()

    def test_no_tick(self) -> None:
        """Between two ticks a statement runs at once."""
        self.over.set()
        self.thread.start()
        self.thread.join()
        self.assertEqual(self.answer, (42,))

    def test_bound(self) -> None:
        """A tick that never ends keeps no statement waiting for longer than a tick's time."""
        self.thread.start()
        self.thread.join(5)
        self.assertEqual(self.answer, (42,))

    def test_waits(self) -> None:
        """A statement waits for the tick at work, not longer: the wait is for its end."""
        waited = []
        self.over.wait = waited.append  # type: ignore[assignment]
        self.thread.start()
        self.thread.join()
        self.assertTrue(waited)
        self.assertEqual(set(waited), {0.02})
