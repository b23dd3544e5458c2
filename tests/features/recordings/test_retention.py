"""Old recordings go as the shop's rules say: exactly those, the oldest first, and none that is protected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.recordings import retention
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.retention import Disk, Rules, excess_octets
from callserver.features.recordings.tables import ORDER, RecordingRow, TagRow
from callserver.media.disk_room import LOW_BYTES
from callserver.media.sealing_key import FILE
from callserver.store.tables import to_ms
from tests.features.recordings.log_case import NOON
from tests.features.recordings.sound_case import SoundCase
from tests.store.inline import InlineStore

GB = 10**9
ROOMY = Disk(1000 * GB, 900 * GB)


class Kept(NamedTuple):
    """One recording, as far as its deletion is concerned."""

    number: int
    started: datetime
    octets: int
    protected: bool


kept = st.lists(
    st.builds(
        Kept,
        st.just(0),
        st.integers(0, 100_000).map(lambda minutes: NOON - timedelta(minutes=minutes)),
        st.integers(0, 50 * GB),
        st.booleans(),
    ),
    max_size=30,
).map(lambda all_of_them: [Kept(n, one.started, one.octets, one.protected) for n, one in enumerate(all_of_them, 1)])
rules = st.builds(Rules, st.sampled_from((0, 1, 7, 30)), st.sampled_from((0, 1, 20, 90)), st.just(True))
disks = st.builds(Disk, st.integers(GB, 1000 * GB), st.integers(0, 300 * GB))


class ExcessTests(SynchronousTestCase):
    def test_excess(self) -> None:
        """Beyond the share; or less free than a tenth of the disk, or than 2 GB; whichever is more. No share: none."""
        cases = {
            (501 * GB, 50, 1000, 900): 1 * GB,
            (499 * GB, 50, 1000, 900): -1 * GB,
            (1 * GB, 50, 100, 4): 6 * GB,
            (1 * GB, 50, 10, 1): 1 * GB,
            (59 * GB, 50, 100, 5): 9 * GB,
            (99 * GB, 0, 100, 0): 0,
        }
        for (taken, share, total, free), excess in cases.items():
            disk = Disk(total * GB, free * GB)
            self.assertEqual(excess_octets(taken, Rules(disk_share=share), disk), excess, str((taken, share, disk)))


class DueTests(SynchronousTestCase):
    @settings(max_examples=60, suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(kept, rules, disks)
    def test_exactly(self, ones: list[Kept], rules: Rules, disk: Disk) -> None:
        """
        No protected one. All others that are too old. Of the rest the oldest and no more than needed: without the last
        of them too much would be left; and if too much is left all the same, the rest is protected.
        """
        numbers = self.deleted(ones, rules, disk)
        gone = {one.number: one for one in ones if one.number in numbers}
        left = [one for one in ones if one.number not in gone]
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertFalse(any(one.protected for one in gone.values()))
        old = {one.number for one in ones if rules.keep_days and NOON - one.started >= timedelta(rules.keep_days)}
        self.assertEqual({one.number for one in left if one.number in old and not one.protected}, set())
        for_room = [gone[number] for number in numbers if number not in old]
        if not rules.disk_share:
            self.assertEqual(for_room, [])
        free = [one for one in left if not one.protected and one.octets]
        self.assertTrue(all(one.started <= other.started for one in for_room for other in free))
        excess = excess_octets(sum(one.octets for one in ones), rules, disk)
        went = sum(one.octets for one in gone.values())
        if for_room:
            self.assertGreater(excess - (went - for_room[-1].octets), 0)
        if rules.disk_share and went < excess:
            self.assertEqual(free, [])

    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    def deleted(self, ones: list[Kept], rules: Rules, disk: Disk) -> list[int]:
        """Some at a time, until nothing is due."""
        for table in (RecordingRow, TagRow):
            table.delete().execute()
        for one in ones:
            _insert(one)
        gone: list[int] = []
        free = disk.free
        with patch.object(retention, "BATCH", 3):
            while some := self.store.run(retention.some_due, rules, NOON, Disk(disk.total, free)):
                for number in some:
                    self.assertTrue(self.store.run(retention.may_go, number, rules))
                    RecordingRow.update(deleted_ms=1).where(RecordingRow.number == number).execute()
                    free += next(one.octets for one in ones if one.number == number)
                gone += some
        for one in ones:
            if one.protected or one.number in gone:
                self.assertFalse(self.store.run(retention.may_go, one.number, rules))
        return gone


def _insert(one: Kept) -> None:
    by_order = one.protected and one.number % 2
    RecordingRow.insert(
        number=one.number,
        file=f"{one.number}.wav",
        kept_as=f"{one.number}.wav",
        call_id="call",
        started_ms=to_ms(one.started),
        length_ms=1000,
        line="line 1",
        direction="in",
        protected=one.protected and not by_order,
        octets=one.octets,
        digest="x",
    ).execute()
    if by_order:
        TagRow.insert(kind=ORDER, value="1", started_ms=to_ms(one.started), number=one.number).execute()


class KeeperTests(SoundCase):
    def test_days(self) -> None:
        """Exactly when they are so old; their files are gone, the rows tell that they were deleted."""
        self.keeping = Keeping(Rules(keep_days=30))
        old = self.spoken(1, at=NOON)
        new = self.spoken(1, at=NOON + timedelta(days=1))
        keeper = self.look_after()
        for ms, numbers in ((-1, []), (0, [1])):
            now = NOON + timedelta(days=30, milliseconds=ms)
            self.assertEqual(self.store.run(retention.some_due, self.keeping.rules, now, ROOMY), numbers)
        self.now = NOON + timedelta(days=30, minutes=-1)
        self.look_after(keeper, times=1)
        self.assertEqual(self.files(), [old, new])
        self.now = NOON + timedelta(days=30, minutes=2)
        self.look_after(keeper, times=2)
        self.assertEqual(self.files(), [new])
        self.assertIsNotNone(self.one(old).deleted)
        self.assertEqual(self.found(), [new])

    def test_protected(self) -> None:
        """One that somebody protects, a complaint, one in whose call was ordered: they stay for ever."""
        self.keeping = Keeping(Rules(keep_days=1))
        files = [self.spoken(1, at=NOON + timedelta(minutes=n), order="7" if n == 2 else "") for n in range(5)]
        self.done(self.records.protect(self.one(files[0]), "801", protected=True))
        self.done(self.records.classify(self.one(files[1]), "801", "complaint"))
        self.now = NOON + timedelta(days=400)
        keeper = self.look_after(times=4)
        self.assertEqual(self.files(), files[:3])
        self.done(self.records.protect(self.one(files[0]), "801", protected=False))
        self.look_after(keeper, times=4)
        self.assertEqual(self.files(), files[1:3])

    def test_not_known(self) -> None:
        """One that is not yet known by a digest, because its key or file is missing, gets too old as well."""
        self.keeping = Keeping(Rules(keep_days=1), encrypt=True)
        file = self.spoken(1, at=NOON)
        (self.shop / FILE).write_text("no key")
        self.look_after()
        self.assertIsNone(self.one(file).digest)
        self.now = NOON + timedelta(days=2)
        self.look_after(times=3)
        self.assertEqual(self.files(), [])

    def test_orders_not_protected(self) -> None:
        """The shop may think otherwise of orders."""
        self.keeping = Keeping(Rules(keep_days=1, protect_orders=False))
        self.spoken(1, at=NOON, order="7")
        self.now = NOON + timedelta(days=2)
        self.look_after(times=4)
        self.assertEqual(self.files(), [])

    def test_share(self) -> None:
        """More than their share of the disk: the oldest go, one alarm when the rest is protected."""
        self.keeping = Keeping(Rules(disk_share=1))
        files = [self.spoken(2, at=NOON + timedelta(minutes=n)) for n in range(4)]
        disk = Disk(100 * 2 * 64044, 10 * LOW_BYTES)
        with patch.object(retention, "disk_of", lambda folder: disk):
            keeper = self.look_after(times=4)
            self.assertEqual(self.files(), files[2:])
            self.assertEqual(self.alarmed(), [])
            for file in files[2:]:
                self.done(self.records.protect(self.one(file), "801", protected=True))
            disk = Disk(100 * 64044, 10 * LOW_BYTES)
            self.look_after(keeper, times=6)
        self.assertEqual(self.files(), files[2:])
        self.assertEqual(len(self.alarmed()), 1)

    def test_never_by_itself(self) -> None:
        """Without rules nothing is ever deleted, however old, however full the disk."""
        file = self.spoken(1, at=NOON)
        self.now = NOON + timedelta(days=9999)
        with patch.object(retention, "disk_of", lambda folder: Disk(100, 0)):
            self.look_after(times=5)
        self.assertEqual(self.files(), [file])

    def test_killed_before_the_file_went(self) -> None:
        """The event is there, the file still is: the next start takes it away."""
        file = self.spoken(1)
        self.look_after()
        self.done(self.records.deleted(self.one(file), None, "retention"))
        self.look_after()
        self.assertEqual(self.files(), [])
