"""Several want the same recording at once, or the index is behind: nothing is lost, nothing deleted comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, maybeDeferred

from callserver.calls.vocabulary import Kind
from callserver.features.recordings import index, retaining, retention
from callserver.features.recordings.keeper import Keeper
from callserver.features.recordings.keeping import Depot, Keeping
from callserver.features.recordings.retaining import Retaining
from callserver.features.recordings.retention import Disk, Rules
from callserver.features.recordings.tables import RecordingRow
from callserver.media.compression import Compression
from callserver.media.disk_room import LOW_BYTES
from callserver.media.kept_sound import NoSound
from callserver.wire.catalogue import Complaint
from tests.features.recordings.log_case import NOON
from tests.features.recordings.sound_case import SoundCase, in_this_process

SMALL = Keeping(compress="flac", compress_days=0)


class DeletionTests(SoundCase):
    """What retention has found is deleted a moment later, one after the other."""

    def setUp(self) -> None:
        super().setUp()
        self.keeping = Keeping(Rules(keep_days=1))
        self.file = self.spoken(1, at=NOON)
        self.look_after(times=2)
        self.now = NOON + timedelta(days=30)
        self.found = self.one(self.file)

    def retain(self) -> None:
        """It goes by what it has found before."""
        with patch.object(retaining, "find", lambda which: self.found):
            self.done(Retaining(self.depot()).go_on())

    def test_protected_meanwhile(self) -> None:
        """What somebody protects in that moment stays."""
        numbers = self.store.run(retention.some_due, self.keeping.rules, self.now, Disk(0, 0))
        self.done(self.records.protect(self.found, "801", protected=True))
        with patch.object(retention, "some_due", lambda *_: numbers):
            self.retain()
        self.assertEqual(self.files(), [self.file])
        self.assertIsNone(self.one(self.file).deleted)

    def test_while_the_index_is_made_anew(self) -> None:
        """A protection that the index does not know again yet, because it is being made anew, holds."""
        self.done(self.records.protect(self.found, "801", protected=True))
        self.look()
        with patch.object(index, "BATCH", 1):
            self.store.run(index.rebuild)
            while not any(row.octets for row in RecordingRow.select()):
                self.store.run(index.catch_up)
        self.assertEqual(self.store.run(retention.some_due, self.keeping.rules, self.now, Disk(0, 0)), [1])
        self.retain()
        self.assertEqual(self.files(), [self.file])

    def test_index_behind(self) -> None:
        """While the index cannot follow the log nothing is deleted or tidied away by it."""
        with patch.object(index, "catch_up", side_effect=RuntimeError("no")):
            self.tell_something()
            self.look_after(times=3)
        self.flushLoggedErrors(RuntimeError)
        self.assertEqual(self.files(), [self.file])
        self.look_after(times=3)
        self.assertEqual(self.files(), [])

    def tell_something(self) -> None:
        self.talked(at=self.now)

    def test_compressed_meanwhile(self) -> None:
        """It goes in whatever form it is by then."""
        self.keeping = SMALL
        self.press_together()
        self.assertEqual(self.files(), [self.file.replace(".wav", ".flac")])
        self.keeping = Keeping(Rules(keep_days=1))
        self.retain()
        self.assertEqual(self.files(), [])


class DeletedMeanwhileTests(SoundCase):
    def delete(self, file: str) -> None:
        kept_as = self.done(self.records.deleted(self.one(file), None, "by hand"))
        self.archive.remove(kept_as)

    def test_while_it_is_compressed(self) -> None:
        """What is deleted while a child works on it does not come back as what the child has made."""
        self.keeping = SMALL
        file = self.spoken()
        self.look_after()

        def run(compression: Compression) -> None:
            in_this_process(compression)
            self.delete(file)

        self.press_together(run=run)
        self.assertEqual(self.files(), [])
        self.assertIsNotNone(self.one(file).deleted)
        self.assertEqual(self.one(file).kept_as, file)

    def test_while_it_is_encrypted(self) -> None:
        """Nor as an encrypted one."""
        self.keeping = Keeping(encrypt=True)
        file = self.spoken()
        depot = self.depot()

        def in_thread(job: Any, *args: Any) -> Any:
            done = maybeDeferred(job, *args)
            if job.__name__ == "_known":
                self.delete(file)
            return done

        world = depot.clock, depot.store, depot.events, depot.archive, in_thread, depot.keeping
        self.look_after(Keeper(Depot(*world)))
        self.assertEqual(self.files(), [])

    def test_twice(self) -> None:
        """Deleted is deleted: no second event."""
        file = self.spoken()
        one = self.one(file)
        self.delete(file)
        self.assertIsNone(self.done(self.records.deleted(one, None, "retention")))

    def test_while_it_is_protected(self) -> None:
        """Who protects what was deleted a moment ago is told so."""
        file = self.spoken()
        one = self.one(file)
        self.delete(file)
        for known in (self.records.protect(one, "801", protected=True), self.records.note(one, "801", "keep it")):
            self.failureResultOf(Deferred.fromCoroutine(known), Complaint)


class HeardMeanwhileTests(SoundCase):
    def test_compressed_and_encrypted(self) -> None:
        """Who hears a recording hears on, though its file is put into another form meanwhile, twice."""
        file = self.spoken()
        one = self.one(file)
        before = self.archive.heard(one, 4000, 8000)
        self.keeping = Keeping(encrypt=True)
        self.look_after()
        self.assertEqual(self.files(), [f"{file}.sealed"])
        self.assertEqual(self.archive.heard(one, 4000, 8000), before)
        self.keeping = Keeping(encrypt=True, compress="flac", compress_days=0)
        self.press_together()
        self.assertEqual(self.archive.heard(one, 4000, 8000), before)
        self.done(self.records.deleted(self.one(file), None, "by hand"))
        self.archive.remove(self.one(file).kept_as)
        self.assertRaises(NoSound, self.archive.heard, one, 4000, 8000)


class LastCopyTests(SoundCase):
    def test_index_of_before(self) -> None:
        """An index that does not know of the compression yet, and a start: the only copy is not taken for left over."""
        self.keeping = SMALL
        file = self.spoken()
        self.look_after()
        self.press_together()
        RecordingRow.update(kept_as=file, digest=None).execute()
        self.look_after(times=1)
        self.assertEqual(self.files(), [file.replace(".wav", ".flac")])

    def test_restored(self) -> None:
        """A backup that has it in the form that it got while that was made: heard, and known from then on."""
        file = self.spoken()
        one = self.one(file)
        before = self.archive.heard(one, 0, 8000)
        (self.folder / file).rename(self.folder / "aside.wav")
        self.look_after(times=1)
        self.keeping = Keeping(encrypt=True)
        (self.folder / "aside.wav").rename(self.folder / file)
        self.look_after()
        RecordingRow.update(kept_as=file, digest=None).execute()  # as it was when the backup began
        self.look_after()
        self.assertEqual(self.alarmed(), [])
        self.assertEqual(self.one(file).kept_as, f"{file}.sealed")
        self.assertEqual(self.archive.heard(self.one(file), 0, 8000), before)


class HeldUpTests(SoundCase):
    def test_many_are_gone(self) -> None:
        """Files that are gone, recordings that run or were never told to have ended: they hold no other one up."""
        self.tell(Kind.RECORDING, "call-running", file="runs-on.wav")
        gone = [self.talked(length_s=1) for _ in range(30)]
        there = self.spoken(1)
        keeper = self.look_after(times=6)
        self.assertIsNotNone(self.one(there).digest)
        self.assertEqual(len(self.alarmed()), 30)
        self.keeping = Keeping(compress="flac", compress_days=0)
        self.now += timedelta(days=2)
        compressor = self.press_together()
        self.assertEqual(self.files(), [there.replace(".wav", ".flac")])
        self.assertIsNone(self.one(gone[0]).digest)
        self.press_together(compressor)
        self.look_after(keeper, times=1)

    def test_no_room_yesterday(self) -> None:
        """What could not be encrypted on a full disk is, a day later; half a file does not stay."""
        self.keeping = Keeping(encrypt=True)
        file = self.spoken()
        keeper = self.look_after(times=1)

        def full(source: Any, target: Any, *_: object) -> None:
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device")

        with patch("callserver.features.recordings.settling.seal", full):
            self.look_after(keeper, times=2)
        self.assertEqual((self.files(), len(self.alarmed())), ([file], 1))
        self.look_after(keeper, times=2)
        self.assertEqual(self.files(), [file])
        self.now += timedelta(days=1)
        self.look_after(keeper, times=2)
        self.assertEqual(self.files(), [f"{file}.sealed"])


class SlowDiskTests(SoundCase):
    def test_room_that_is_told_later(self) -> None:
        """A file system that tells of new room half a minute later: no more goes than was missing."""
        files = [self.spoken(1, at=NOON + timedelta(minutes=n)) for n in range(6)]
        self.look_after()
        self.keeping = Keeping(Rules(disk_share=90))
        keeper = self.keeper()
        missing = 2 * 32044 - 100
        with (
            patch.object(retention, "disk_of", lambda folder: Disk(10 * LOW_BYTES, LOW_BYTES - missing)),
            patch.object(retention, "BATCH", 1),
        ):
            for _ in range(5):
                self.done(keeper.follow())
                self.now += timedelta(seconds=2)
        self.assertEqual(self.files(), files[2:])
