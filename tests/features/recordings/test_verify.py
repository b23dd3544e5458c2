"""Nothing of the event log or of a recording can be changed, taken out or put in without being found, and named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from callserver.calls.vocabulary import Kind
from callserver.features.recordings import chain, verifying
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.tables import LinkRow, ReadRow, RecordingRow
from callserver.features.recordings.verifying import Verified, verify
from callserver.store.tables import CallRow, EventRow
from callserver.wire.catalogue import told
from tests.features.recordings.sound_case import SoundCase, voices, write_sound


class VerifyCase(SoundCase):
    def setUp(self) -> None:
        super().setUp()
        small = patch.object(chain, "LINK_MAX", 7)
        small.start()
        self.addCleanup(small.stop)
        self.recorded = [self.spoken(1, order=str(n)) for n in range(4)]
        self.look_after(times=6)

    def verified(self, noted: str = "") -> Verified:
        return self.store.run(lambda: list(verify(self.archive, noted)))[-1]  # type: ignore[no-any-return]

    def broken(self) -> str:
        """What is found, in words; "" nothing."""
        found = self.verified().found
        return told(found, "en") if found is not None else ""

    def sql(self, command: str, *values: Any) -> None:
        self.assertEqual(self.store.database.execute_sql(command, values).rowcount, 1, command)


class UnchangedTests(VerifyCase):
    def test_all_is_well(self) -> None:
        """Nothing was changed, and all of it was looked at."""
        found = self.verified()
        self.assertIsNone(found.found)
        self.assertEqual((found.n_recordings, found.n_files), (4, 4))
        self.assertEqual(found.n_events, EventRow.select().count())
        self.assertGreater(LinkRow.select().count(), 3)

    def test_goes_on(self) -> None:
        """Notes, a deletion, a compression, more calls: the chain grows, and holds."""
        self.done(self.records.note(self.one(self.recorded[0]), "801", "=HYPERLINK(1)"))
        self.done(self.records.classify(self.one(self.recorded[1]), "801", "complaint"))
        one = self.one(self.recorded[2])
        self.done(self.records.deleted(one, "801", "by hand"))
        (self.folder / one.kept_as).unlink()
        self.keeping = Keeping(compress="flac", compress_days=0)
        self.press_together()
        self.spoken()
        self.assertEqual(self.broken(), "")
        self.look_after(times=4)
        self.assertEqual(self.broken(), "")
        self.assertEqual(self.verified().n_events, EventRow.select().count())

    def test_not_yet_sealed(self) -> None:
        """What happens at this moment is no break."""
        self.spoken()
        self.tell(Kind.RECORDING, "call-50", file="running.wav")
        self.assertEqual(self.broken(), "")
        self.look()
        self.assertEqual(self.broken(), "")

    def test_how_many_are_newer(self) -> None:
        """How much the chain does not hold yet is told."""
        self.assertEqual(self.verified().n_newer, 0)
        self.tell(Kind.RECORDING, "call-50", file="running.wav")
        self.assertEqual(self.verified().n_newer, 1)

    def test_left_by_a_kill(self) -> None:
        """What a killed server left in no link is no break until the next has run a while."""
        behind = self.store.run(chain.head).seq
        for uid, uptime_s in (("old-1", 90_000.0), ("new-1", 1.0), ("new-2", 30.0)):
            self.insert(uid, uptime_s)
        self.assertEqual(self.broken(), "")
        self.insert("new-3", 602.0)
        self.assertEqual(self.broken(), f"events from {behind + 1} on are in no link of the chain: links were cut off")

    def insert(self, uid: str, uptime_s: float) -> None:
        columns = "uid, at_ms, uptime_s, node, kind, call_id, channel, person, data"
        values = (uid, 0, uptime_s, "x", "server", "", "", "", "{}")
        self.sql(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *values)

    def test_a_moment_ago(self) -> None:
        """What is sealed was there one look before: a transaction that is late may still bring a smaller number."""
        keeper = self.look_after(times=2)
        newest = EventRow.select().count()
        self.talked()
        self.look_after(keeper, times=1)
        self.assertEqual(self.store.run(chain.head).seq, newest)

    def test_empty(self) -> None:
        """A shop in which nothing has happened."""
        for table in (EventRow, LinkRow, RecordingRow, ReadRow):
            table.delete().execute()
        self.assertEqual(self.broken(), "")

    def test_noted_head(self) -> None:
        """A head that was noted is in the chain for ever; in one that was made anew it is not."""
        noted = self.store.run(chain.head).digest
        self.spoken()
        self.look_after(times=4)
        self.assertNotEqual(self.store.run(chain.head).digest, noted)
        self.assertIsNone(self.verified(noted).found)
        self.sql("UPDATE events SET person = '999' WHERE seq = 3")
        LinkRow.delete().execute()
        while self.store.run(chain.seal, EventRow.select().count()):
            pass
        self.assertIsNone(self.verified().found)
        self.assertIsNotNone(self.verified(noted).found)


class ChangedTests(VerifyCase):
    def test_each_column(self) -> None:
        """One event changed in whatever it says: its number is named."""
        changes = {
            "uid": "other",
            "at_ms": 1,
            "uptime_s": 3.25,
            "node": "x",
            "kind": "ring",
            "call_id": "call-0",
            "channel": "line 9",
            "person": "900",
            "data": "{}",
        }
        for column, value in changes.items():
            with self.store.database.atomic() as transaction:
                self.sql(f"UPDATE events SET {column} = ? WHERE seq = 12", value)
                self.assertEqual(self.broken(), "event 12 was changed", column)
                transaction.rollback()
        self.assertEqual(self.broken(), "")

    def test_deleted(self) -> None:
        """Any one event taken out: the one before it is named."""
        for seq in (1, 2, 9, 10):
            with self.store.database.atomic() as transaction:
                self.sql("DELETE FROM events WHERE seq = ?", seq)
                self.assertEqual(self.broken(), f"an event is missing behind event {seq - 1}")
                transaction.rollback()

    def test_inserted(self) -> None:
        """One put into a gap: it is named."""
        with self.store.database.atomic() as transaction:
            self.sql("UPDATE events SET seq = -1 WHERE seq = 4")
            transaction.rollback()
        EventRow.update(seq=EventRow.seq + 1000).where(EventRow.seq > 9).execute()
        LinkRow.delete().execute()
        while self.store.run(chain.seal, 5000):
            pass
        self.assertEqual(self.broken(), "")
        columns = "uid, at_ms, uptime_s, node, kind, call_id, channel, person, data"
        self.sql(f"INSERT INTO events (seq, {columns}) SELECT 500, 'new', {columns[5:]} FROM events WHERE seq = 3")
        self.assertEqual(self.broken(), "event 500 was put in afterwards")

    def test_put_before_all(self) -> None:
        """One put in before the first, with a number that no event ever has: named as well."""
        columns = "uid, at_ms, uptime_s, node, kind, call_id, channel, person, data"
        for seq in (0, -7):
            with self.store.database.atomic() as transaction:
                command = (
                    f"INSERT INTO events (seq, {columns}) SELECT ?, 'new', {columns[5:]} FROM events WHERE seq = 3"
                )
                self.sql(command, seq)
                self.assertEqual(self.broken(), f"event {seq} was put in afterwards")
                transaction.rollback()

    def test_cut_off(self) -> None:
        """The end of the log is cut off, with the links that hold it, or without: found, also with a noted head."""
        noted = self.store.run(chain.head).digest
        last = EventRow.select().count() - 10
        EventRow.delete().where(EventRow.seq > last).execute()
        self.assertIn("an event is missing behind event", self.broken())
        LinkRow.delete().where(LinkRow.last_seq > last).execute()
        self.assertEqual(self.broken(), f"the end of the event log is missing behind event {last}")
        self.assertIn("its end was cut off", told(self.verified(noted).found, "en"))  # type: ignore[arg-type]

    def test_the_chain_itself(self) -> None:
        """A link changed, or taken out."""
        link = LinkRow.select().order_by(LinkRow.last_seq).offset(1).first()
        with self.store.database.atomic() as transaction:
            self.sql("UPDATE event_chain SET digest = ? WHERE last_seq = ?", "0" * 64, link.last_seq)
            self.assertIn(f"up to event {link.last_seq} was changed", self.broken())
            transaction.rollback()
        self.sql("DELETE FROM event_chain WHERE last_seq = ?", link.last_seq)
        self.assertEqual(self.broken(), f"a link of the chain is missing behind event {link.first_seq - 1}")


class RecordingsChangedTests(VerifyCase):
    def test_one_bit(self) -> None:
        """One bit of a file turned over, wherever."""
        path = self.folder / self.recorded[2]
        whole = path.read_bytes()
        for place in (0, 44, len(whole) // 2, len(whole) - 1):
            octets = bytearray(whole)
            octets[place] ^= 0x10
            path.write_bytes(octets)
            self.assertIn("the file of recording 3 was changed", self.broken())
        path.write_bytes(whole)
        self.assertEqual(self.broken(), "")

    def test_swapped(self) -> None:
        """Two files put into each other's place: the first of them is named."""
        first, second = (self.folder / file for file in self.recorded[:2])
        second.write_bytes(second.read_bytes()[:-4] + b"\1\0\1\0")
        self.assertIn("recording 2", self.broken())
        one, other = first.read_bytes(), second.read_bytes()
        first.write_bytes(other)
        second.write_bytes(one)
        self.assertIn("recording 1", self.broken())

    def test_compressed_at_this_moment(self) -> None:
        """The server puts another form in its place while it is looked at: that is no break."""
        before = self.one(self.recorded[0])
        self.keeping = Keeping(compress="flac", compress_days=0)
        self.press_together()
        now = [self.one(file) for file in self.recorded]
        with patch.object(verifying, "find", side_effect=[before, *now]):
            self.assertEqual(self.broken(), "")

    def test_longer_and_gone(self) -> None:
        """Something behind it, or nothing left of it."""
        path = self.folder / self.recorded[3]
        with path.open("ab") as file:
            file.write(b"\0")
        self.assertIn("the file of recording 4 was changed", self.broken())
        elsewhere = path.rename(self.folder.parent / "elsewhere.wav")
        self.assertIn("the file of recording 4 is gone", self.broken())
        path.symlink_to(elsewhere)
        self.assertIn("the file of recording 4 was changed, or is another", self.broken())

    def test_a_row_of_the_index(self) -> None:
        """One changed, one taken out, one put in: named, and what it is that differs."""
        cases = {
            "UPDATE recordings SET note = 'x' WHERE number = 1": "",
            "UPDATE recordings SET digest = 'x' WHERE number = 2": "recording 2 was changed in the index: digest",
            "UPDATE recordings SET kept_as = 'x' WHERE number = 2": "recording 2 was changed in the index: kept_as",
            "UPDATE recordings SET length_ms = 7 WHERE number = 3": "recording 3 was changed in the index: length_ms",
            "UPDATE recordings SET deleted_ms = 7 WHERE number = 3": "recording 3 was changed in the index: deleted",
            "DELETE FROM recordings WHERE number = 3": f"recording {self.recorded[2]} is missing in the index",
            "DELETE FROM calls WHERE id = 'call-2'": "the call of recording 2 is missing",
            "INSERT INTO recordings (number, file, kept_as, call_id, started_ms, line, direction, outcome, by, class, "
            "note, protected) VALUES (9, 'x', 'x', 'call-1', 5, '', '', '', '', '', '', 0)": "recording 9 was put into "
            "the index: no event tells of it",
        }
        for command, found in cases.items():
            with self.store.database.atomic() as transaction:
                self.sql(command)
                self.assertEqual(self.broken(), found or "recording 1 was changed in the index: note", command)
                transaction.rollback()
        self.assertEqual(CallRow.select().count(), 4)

    def test_whose_it_is(self) -> None:
        """Who has talked, what was ordered and what came of it are proved as well: by that people hear and find it."""
        cases = {
            "UPDATE recording_tags SET value = '809' WHERE number = 2 AND kind = 'agent'": "agent",
            "DELETE FROM recording_tags WHERE number = 2 AND kind = 'order'": "order",
            "INSERT INTO recording_tags (kind, value, started_ms, number) VALUES ('agent', '809', 1, 2)": "agent",
            "UPDATE recordings SET outcome = 'busy' WHERE number = 2": "outcome",
            "UPDATE recordings SET direction = 'out' WHERE number = 2": "direction",
            "UPDATE recordings SET caller = '13800000000' WHERE number = 2": "caller",
            "DELETE FROM recording_tags WHERE number = 2 AND kind = 'caller'": "caller",
        }
        for command, what in cases.items():
            with self.store.database.atomic() as transaction:
                self.sql(command)
                self.assertEqual(self.broken(), f"recording 2 was changed in the index: {what}", command)
                transaction.rollback()

    def test_call_goes_on(self) -> None:
        """Of a call that goes on the index has what there was at its last look: that is no break."""
        self.tell(Kind.RECORDING, "call-50", file="first.wav")
        self.tell(Kind.RECORDING_END, "call-50", file="first.wav", length_s=0.1)
        self.store.run(CallRow.insert(id="call-50", node="x", direction="in", channel="line 1", started_ms=0).execute)
        write_sound(self.folder / "first.wav", voices(0.1))
        self.look()
        self.tell(Kind.CONNECT, "call-50", person="803", seat="803")
        self.look_after(times=6)
        self.assertEqual(self.one("first.wav").agents, ())
        self.assertEqual(self.broken(), "")

    def test_encrypted(self) -> None:
        """The same where files are encrypted: they are proved as they lie there, and no key is asked for."""
        self.keeping = Keeping(encrypt=True)
        file = self.spoken()
        self.look_after(times=4)
        self.now += timedelta(days=1)
        path = self.folder / self.one(file).kept_as
        self.assertEqual(self.broken(), "")
        octets = bytearray(path.read_bytes())
        octets[100] ^= 1
        path.write_bytes(octets)
        self.assertIn("the file of recording 5 was changed", self.broken())
