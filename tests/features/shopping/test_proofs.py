"""The read-back and the confirming key of an order are cut out of the call's recording, also after a kill."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from twisted.internet.defer import fail, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config.settings import RecordingConfig
from callserver.dsp.frames import RATE_HZ
from callserver.features.shopping.old_proofs import OldProofs, delete_before
from callserver.features.shopping.proofs import CONFIRMED, KEY_S, READ_BACK, Cut, Marks, Proofs, cut_out
from callserver.media.kept_sound import NoSound
from callserver.media.vault import Vault
from callserver.media.wav_file import header
from callserver.wire.records import EventRecord
from tests.shop import MemoryBook

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def event(kind: Kind, call: str = "a", **data: object) -> EventRecord:
    return EventRecord(NOW, 0.0, "test", kind.value, call, None, None, data)  # type: ignore[arg-type]


def mark(text: str, sample: int, call: str = "a") -> EventRecord:
    return event(Kind.RECORDING_MARK, call, text=text, sample=sample, n_samples=0)


BEGUN, ENDED = event(Kind.RECORDING, file="a.wav"), event(Kind.RECORDING_END, file="a.wav", length_s=9.0)


class MarksTests(SynchronousTestCase):
    def told(self, *events: EventRecord) -> list[Cut]:
        marks = Marks()
        return [cut for one in events for cut in marks.feed(one)]

    def test_one_order(self) -> None:
        """From the last read-back on to the yes; known when the recording is finished, or repaired after a kill."""
        story = (
            BEGUN,
            mark(READ_BACK.format(n=1), 100),
            mark(READ_BACK.format(n=1), 300),
            mark(CONFIRMED.format(n=1), 500),
        )
        self.assertEqual(self.told(*story), [])
        for end in (ENDED, event(Kind.RECORDING_REPAIRED, file="a.wav", length_s=9.0)):
            self.assertEqual(self.told(*story, end), [Cut("a", 1, "a.wav", 300, 500)])

    def test_two_orders(self) -> None:
        """Each order of a call has its own proof; what was read back and not confirmed has none."""
        marks = [mark(text.format(n=n), 100 * n + k) for n in (1, 2) for k, text in enumerate((READ_BACK, CONFIRMED))]
        cuts = self.told(BEGUN, *marks, mark(READ_BACK.format(n=3), 900), ENDED)
        self.assertEqual([(cut.nth, cut.name) for cut in cuts], [(1, "a-1.wav"), (2, "a-2.wav")])

    def test_two_recordings(self) -> None:
        """Switched off and on again between read-back and yes: there is no whole proof, and no false one."""
        story = (BEGUN, mark(READ_BACK.format(n=1), 900), ENDED, event(Kind.RECORDING, file="b.wav"))
        end = event(Kind.RECORDING_END, file="b.wav", length_s=9.0)
        self.assertEqual(self.told(*story, mark(CONFIRMED.format(n=1), 100), end), [])
        begun_first = (BEGUN, mark(READ_BACK.format(n=1), 900), story[-1], ENDED)
        self.assertEqual(self.told(*begun_first, mark(CONFIRMED.format(n=1), 100), end), [])

    def test_other_marks(self) -> None:
        """Secrets, holds and other calls' marks are nobody's proof; nor is a yes without a read-back."""
        others = [mark("secret begins", 5), mark(CONFIRMED.format(n=1), 6), mark(READ_BACK.format(n=1), 7, call="b")]
        self.assertEqual(self.told(BEGUN, *others, ENDED), [])

    def test_message_beside(self) -> None:
        """The file of a message in the same call ends nothing of the call's own."""
        message = [event(Kind.RECORDING, file="m.wav"), event(Kind.RECORDING_END, file="m.wav", length_s=1.0)]
        cuts = self.told(BEGUN, mark(READ_BACK.format(n=1), 1), mark(CONFIRMED.format(n=1), 2), *message, ENDED)
        self.assertEqual([cut.file for cut in cuts], ["a.wav"])


class CutTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.recordings, self.vault = Vault(self.folder, self.folder), Vault(self.folder / "proofs", self.folder)
        self.source = self.folder / "a.wav"
        self.sound = np.arange(2 * RATE_HZ, dtype="<i2")
        both = np.repeat(self.sound, 2)  # two tracks, alike
        self.source.write_bytes(header(both.nbytes, 2) + both.tobytes())

    def test_cut(self) -> None:
        """That stretch of both tracks, and the key's end behind it."""
        cut_out(Cut("a", 1, "a.wav", 1000, 3000), self.recordings, self.vault)
        (proof,) = (self.folder / "proofs").iterdir()
        self.assertEqual(proof.name, "a-1.wav")
        self.assertEqual((self.folder / "proofs").stat().st_mode & 0o777, 0o700, "nobody else may hear it")
        found = np.frombuffer(proof.read_bytes()[44:], "<i2")[::2]
        np.testing.assert_array_equal(found, self.sound[1000 : 3000 + round(KEY_S * RATE_HZ)])

    def test_once(self) -> None:
        """What is there is not cut again, though the recording is gone by then."""
        cut = Cut("a", 1, "a.wav", 0, 100)
        cut_out(cut, self.recordings, self.vault)
        self.source.unlink()
        cut_out(cut, self.recordings, self.vault)
        self.assertRaises(NoSound, cut_out, Cut("a", 2, "a.wav", 0, 100), self.recordings, self.vault)

    def test_encrypted(self) -> None:
        """Where recordings are: nothing of its sound is in any file, and with the key it is as it was."""
        cut = Cut("a", 1, "a.wav", 0, 100)
        cut_out(cut, self.recordings, self.vault)
        plain = self.vault.octets(cut.name)
        self.vault.delete(cut.name)
        sealed = replace(self.vault, encrypt=True)
        sealed.prepare()
        cut_out(cut, self.recordings, sealed)
        (file,) = (self.folder / "proofs").iterdir()
        self.assertEqual(file.name, "a-1.wav.sealed")
        self.assertNotIn(plain[44:400], file.read_bytes())
        self.assertEqual(self.vault.octets(cut.name), plain)
        cut_out(cut, Vault(self.folder / "none", self.folder), self.vault)  # it is there
        self.assertEqual(delete_before(self.vault, NOW + timedelta(days=9999)), ["a-1.wav"])
        self.assertEqual(list((self.folder / "proofs").iterdir()), [])

    def test_recording_encrypted(self) -> None:
        """A proof that could not be cut before the recording was encrypted is cut all the same, in the next run."""
        cut = Cut("a", 1, "a.wav", 1000, 3000)
        cut_out(cut, self.recordings, self.vault)
        plain = self.vault.octets(cut.name)
        self.vault.delete(cut.name)
        sealed = replace(self.recordings, encrypt=True)
        sealed.prepare()
        sealed.keep("a.wav", self.source.read_bytes())
        self.assertFalse(self.source.exists())
        cut_out(cut, self.recordings, self.vault)
        self.assertEqual(self.vault.octets(cut.name), plain)

    def test_service(self) -> None:
        """The last run's proofs are cut at the start, this run's when a recording ends; what cannot be is told."""
        events = EventLog(MemoryBook(), Clock(), "test", lambda: NOW)
        last_run = [BEGUN, mark(READ_BACK.format(n=1), 0), mark(CONFIRMED.format(n=1), 100), ENDED]

        class Books:
            def read(self, *question: object) -> object:
                return succeed(last_run)

        alarms: list[EventRecord] = []
        events.watch(lambda one: alarms.append(one) if one.kind == Kind.ALARM.value else None)
        proofs = Proofs(Books(), events, self.recordings, self.vault, maybeDeferred)  # type: ignore[arg-type]
        proofs.startService()
        self.assertEqual([one.name for one in (self.folder / "proofs").iterdir()], ["a-1.wav"])
        story = (
            (Kind.RECORDING, {"file": "gone.wav"}),
            (Kind.RECORDING_MARK, {"text": READ_BACK.format(n=1), "sample": 0}),
            (Kind.RECORDING_MARK, {"text": CONFIRMED.format(n=1), "sample": 1}),
            (Kind.RECORDING_END, {"file": "gone.wav"}),
        )
        for stop in (proofs.stopService, lambda: None):
            for kind, data in story:
                events.write(kind, call_id="b", **data)  # type: ignore[arg-type]
            self.assertEqual(len(alarms), 1, "and after a stop nothing is cut any more")
            stop()

    def test_no_look_back(self) -> None:
        """Where the books cannot be read at the start, the log tells, and this run's proofs are cut all the same."""
        events = EventLog(MemoryBook(), Clock(), "test", lambda: NOW)

        class Books:
            def read(self, *question: object) -> object:
                return fail(OSError("disk"))

        proofs = Proofs(Books(), events, self.recordings, self.vault, maybeDeferred)  # type: ignore[arg-type]
        proofs.startService()
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
        proofs.stopService()


class OldProofsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder, self.clock, self.told = Path(self.mktemp()), Clock(), MemoryBook()
        self.folder.mkdir()
        for name, days in (("a-1", 40), ("a-2", 20)):
            path = self.folder / f"{name}.wav"
            path.write_bytes(b"RIFF")
            moment = (NOW - timedelta(days=days)).timestamp()
            os.utime(path, (moment, moment))

    def start(self, **settings: object) -> None:
        events = EventLog(self.told, self.clock, "test", lambda: NOW + timedelta(seconds=self.clock.seconds()))
        config = RecordingConfig(True, **settings)  # type: ignore[arg-type]
        old = OldProofs(config, events, Vault(self.folder, self.folder), maybeDeferred, self.clock)
        old.startService()
        self.addCleanup(old.stopService)

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def test_protected(self) -> None:
        """While orders' recordings are protected, proofs stay; so they do where recordings are kept for ever."""
        self.start(keep_days=30)
        self.start(protect_orders=False)
        self.clock.advance(10 * 24 * 3600)
        self.assertEqual(self.kept(), ["a-1.wav", "a-2.wav"])

    def test_as_long_as_recordings(self) -> None:
        """Else they go when recordings of their age go, and the event log has each."""
        self.start(keep_days=30, protect_orders=False)
        self.assertEqual(self.kept(), ["a-2.wav"])
        (event,) = self.told.events
        self.assertEqual((event.call_id, event.data["act"], event.data["target"]), ("a", "delete_proof", "a-1.wav"))
        self.clock.pump([24 * 3600] * 11)
        self.assertEqual(self.kept(), [])
