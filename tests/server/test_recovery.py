"""What a kill has left unfinished is finished at the next start."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.wav_file import header
from callserver.server.recovery import log_out_the_killed, repair_recordings
from callserver.store.journal import append_event, close_open_calls
from callserver.store.reading import call
from callserver.store.tables import CallRow, call_columns
from callserver.wire.records import EventRecord, Value
from tests.shop import MemoryBook
from tests.store.inline import InlineStore

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
STARTED = BEGAN + timedelta(seconds=60)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


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
        self.store, self.book = InlineStore(), MemoryBook()
        self.events = EventLog(self.book, Clock(), "test")
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def stored(self, kind: str, at_s: float = 0.0, **data: Value) -> None:
        """An event of an earlier run."""
        event = EventRecord(BEGAN + timedelta(seconds=at_s), at_s, "test", kind, "one", "line 1", None, data)
        self.store.run(append_event, event)

    def file(self, name: str, n_bytes: int = 32_000, at_s: float = 0.0) -> None:
        """A recording of which nobody has set the sizes right."""
        path = self.folder / name
        path.write_bytes(header(0, 2) + bytes(n_bytes))
        at = (BEGAN + timedelta(seconds=at_s)).timestamp()
        os.utime(path, (at, at))

    def start(self) -> list[tuple[str, dict[str, Value]]]:
        """What the event log says at the next start."""
        repaired = repair_recordings(self.store, self.folder, self.events, maybeDeferred, LATER)  # type: ignore[arg-type]
        self.successResultOf(Deferred.fromCoroutine(repaired))
        return [(event.kind, event.data) for event in self.book.events]

    def test_calls_and_messages(self) -> None:
        """Every recording whose end is not told is repaired, the message in a call as well as the call's own."""
        for name in ("call.wav", "message.wav", "finished.wav"):
            self.file(name)
            self.stored("recording", file=name)
        self.stored("recording_mark", text="hold", sample=5)
        self.stored("recording_end", file="finished.wav", length_s=1.0)
        told = [("recording_repaired", {"file": name, "length_s": 1.0}) for name in ("call.wav", "message.wav")]
        self.assertEqual(self.start(), told)
        self.assertEqual(self.folder.joinpath("finished.wav").read_bytes()[40:44], bytes(4), "not touched")

    def test_length_of_the_call(self) -> None:
        """A call that was killed has lasted as long as what is recorded of it; on demand it began before the key."""
        for before_s, lasted_s in ((None, 61.0), (10.0, 51.0)):
            self.setUp()
            self.file("call.wav", n_bytes=32_000 * 31)
            begun = {"id": "one", "direction": "in", "channel": "line 1", "started_at": BEGAN}
            self.store.run(CallRow.insert(call_columns(begun) | {"node": "test"}).execute)
            self.stored("recording", at_s=30.0, file="call.wav", **({"before_s": before_s} if before_s else {}))
            self.store.run(close_open_calls, "test", LATER, 0.0)
            self.start()
            ended_at = self.store.run(call, "one").ended_at
            self.assertEqual((ended_at - BEGAN).total_seconds(), lasted_s)

    def test_a_start_that_was_killed(self) -> None:
        """What a start did not come to, the next one does; what is repaired is not touched again."""
        self.stored("server", state="stopped")
        for name in ("one.wav", "two.wav"):
            self.file(name)
            self.stored("recording", file=name)
        self.stored("server", state="started")
        self.stored("recording_repaired", file="one.wav", length_s=1.0)
        self.stored("server", state="started")
        self.assertEqual([data["file"] for _, data in self.start()], ["two.wav"])

    def test_after_an_orderly_stop(self) -> None:
        """Nothing is looked at again."""
        self.file("one.wav")
        self.stored("recording", file="one.wav")
        self.stored("server", at_s=5.0, state="stopped")
        self.assertEqual(self.start(), [])

    def test_each_for_itself(self) -> None:
        """One that is gone, and one of another format, give an alarm each and hinder no other."""
        for name in ("gone.wav", "other.wav", "good.wav"):
            self.file(name)
            self.stored("recording", file=name)
        self.folder.joinpath("gone.wav").unlink()
        self.folder.joinpath("other.wav").write_bytes(b"OggS" * 100)
        told = self.start()
        self.assertEqual([kind for kind, _ in told], ["alarm", "alarm", "recording_repaired", "recording_repaired"])
        self.assertIn("gone.wav", str(told[0]))
        self.assertEqual(told[2][1], {"file": "other.wav", "length_s": 0.0}, "it runs no more")

    def test_strays(self) -> None:
        """A file that no event tells of is listed and left alone; those from before the last orderly stop are not."""
        self.file("old.wav")
        self.stored("server", at_s=5.0, state="stopped")
        for n in range(7):
            self.file(f"stray {n}.wav", at_s=60.0)
        ((kind, alarm),) = self.start()
        self.assertEqual((kind, alarm["n"]), ("alarm", 7))
        self.assertEqual(alarm["files"], "stray 0.wav, stray 1.wav, stray 2.wav, stray 3.wav, stray 4.wav ...")
        self.assertEqual(self.folder.joinpath("stray 0.wav").read_bytes()[40:44], bytes(4))

    def test_restored(self) -> None:
        """Recordings out of a backup are newer than the last stop, and belong to the calls of then all the same."""
        self.stored("recording", file="one.wav")
        self.stored("server", at_s=5.0, state="stopped")
        self.file("one.wav", at_s=3600.0)
        self.assertEqual(self.start(), [])
