import os
from datetime import UTC, datetime

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.store.reading import list_calls, timeline
from callserver.wire.records import CallRecord, EventRecord


class JournalTests(TestCase):
    async def test_smoke(self):
        """A call and its event are stored; what was left open is closed at the next start."""
        d = self.mktemp()
        os.mkdir(d)
        store = Store(d + "/a.db", reactor, print)
        await store.start()
        self.addCleanup(store.stop)
        j = Journal(store, reactor, d + "/spool", "n")
        self.assertEqual(await j.start(), [])
        now = datetime.now(UTC)
        await j.open_call(CallRecord("abc", "in", "line 1", "139", None, now))
        j.write(EventRecord(now, 1.0, "n", "ring", "abc", data={"n": 1}))
        j.change_call("abc", answered_at=now)
        await j.close()
        j = Journal(store, reactor, d + "/spool", "n")
        (closed,) = await j.start()
        self.assertEqual(closed.end_reason, "server stopped")
        self.assertEqual(await store.read(list_calls), [closed])
        self.assertEqual([e.kind for e in await store.read(timeline, "abc")], ["ring", "end"])
        await j.close()
