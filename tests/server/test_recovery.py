"""What a kill has left unfinished is finished at the next start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.repair import NotARecording
from callserver.server.recovery import log_out_the_killed, repair_recordings
from callserver.store.journal import append_event
from callserver.wire.records import CallRecord, EventRecord
from tests.shop import MemoryBook
from tests.store.inline import InlineStore

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
STARTED = BEGAN + timedelta(seconds=60)


class KilledTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store, self.book = InlineStore(), MemoryBook()
        self.events = EventLog(self.book, Clock(), "test")

    def stored(self, at_s: float, kind: str, person: str | None = None) -> None:
        """An event of the run that was killed."""
        event = EventRecord(BEGAN + timedelta(seconds=at_s), at_s, "test", kind, person=person)
        self.store.run(append_event, event)

    def logged_out(self) -> list[tuple[str | None, str | None, object]]:
        self.successResultOf(Deferred.fromCoroutine(log_out_the_killed(self.store, self.events, STARTED)))  # type: ignore[arg-type]
        return [(e.person, e.channel, e.data["until"]) for e in self.book.events if e.kind == Kind.LOG_OUT.value]

    def test_who_was_there(self) -> None:
        """Who was logged in is logged out as of the run's last event; who had left, and who came twice, count once."""
        self.stored(0, "log_in", "801")
        self.stored(1, "log_in", "802")
        self.stored(2, "log_out", "801")
        self.stored(3, "log_in", "803")
        self.stored(4, "log_out", "803")
        self.stored(5, "log_in", "803")
        self.stored(9, "key")
        self.stored(60, "server")  # of the start that is under way
        self.stored(61, "alarm")  # it waited for the database
        until = "2026-01-05T09:00:09.000+00:00"
        self.assertEqual(self.logged_out(), [("802", "seat 802", until), ("803", "seat 803", until)])
        reasons = {str(e.data["reason"]) for e in self.book.events}
        self.assertEqual(reasons, {"server_stopped"})

    def test_nobody(self) -> None:
        """A new shop, and one that was stopped in order, have nobody to log out."""
        self.assertEqual(self.logged_out(), [])
        self.stored(0, "log_in", "801")
        self.stored(2, "log_out", "801")
        self.assertEqual(self.logged_out(), [])


class RepairTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.book = MemoryBook()
        self.events = EventLog(self.book, Clock(), "test")

    def repair(self, *outcomes: Any) -> list[tuple[str, str | None]]:
        """Calls that were open, each with a recording that repairs so; what the event log says then."""
        answers = iter(outcomes)
        records = [
            CallRecord(
                str(n), "in", f"line {n}", None, None, BEGAN, recording=f"{n}.wav" if outcome != "none" else None
            )
            for n, outcome in enumerate(outcomes)
        ]

        def in_thread(job: object, path: Path) -> Deferred[float]:
            outcome = next(answers)
            return fail(outcome) if isinstance(outcome, Exception) else succeed(outcome)

        done = Deferred.fromCoroutine(repair_recordings(records, Path("recordings"), self.events, in_thread))
        self.successResultOf(done)
        return [(event.kind, event.call_id) for event in self.book.events]

    def test_each_for_itself(self) -> None:
        """One that cannot be repaired gives an alarm and hinders no other."""
        told = self.repair(12.3456, OSError("no such file"), NotARecording("other"), 1.0)
        self.assertEqual([kind for kind, _ in told], ["recording_repaired", "alarm", "alarm", "recording_repaired"])
        self.assertEqual(self.book.events[0].data["length_s"], 12.346)

    def test_no_recording(self) -> None:
        """A call without one is left alone."""
        self.assertEqual(self.repair("none"), [])
