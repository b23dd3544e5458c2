"""What becomes of recordings when the call is over: proved, encrypted, compressed, heard as before."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np

from callserver.calls.vocabulary import Kind
from callserver.features.recordings.archive import MIXED, TWO_SIDED, StillRuns, digest_of
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.search import NoSuchRecording, kept_as
from callserver.features.recordings.tables import RecordingRow
from callserver.media import compression
from callserver.media.compression import Compression, Task
from callserver.media.kept_sound import KeptSound, NoSound, mixed
from callserver.media.sealed import HEAD, PART, PROOF, NotReadable, new_key
from callserver.media.sealing_key import FILE, BadKey, make_key
from callserver.server.shop_folder import TOP
from callserver.wire.catalogue import Complaint
from tests.features.recordings.sound_case import SoundCase, voices, write_sound


class SettleTests(SoundCase):
    def test_known(self) -> None:
        """Soon after its end a recording's file is known by its digest, and stays as it is."""
        file = self.spoken()
        before = (self.folder / file).read_bytes()
        self.look_after()
        one = self.one(file)
        self.assertEqual((one.digest, one.octets), digest_of(self.folder / file))
        self.assertEqual((self.folder / file).read_bytes(), before)

    def test_left_alone(self) -> None:
        """Not in the first half minute: the proof of an order is cut out of it."""
        file = self.spoken()
        keeper = self.look_after(times=1)
        self.assertIsNone(self.one(file).digest)
        self.look_after(keeper, times=2)
        self.assertIsNotNone(self.one(file).digest)

    def test_gone(self) -> None:
        """A file that is not there is told once, and holds nothing up."""
        file, other = self.spoken(), self.spoken()
        (self.folder / file).unlink()
        self.look_after(times=5)
        self.assertEqual(len(self.alarmed()), 1)
        self.assertIn(file, self.alarmed()[0])
        self.assertIsNotNone(self.one(other).digest)

    def test_running(self) -> None:
        """One that runs is left alone, however long; those behind it are not held up."""
        self.tell(Kind.RECORDING, "call-77", file="runs-on.wav")
        other = self.spoken()
        keeper = self.look_after()
        self.assertIsNone(self.one("runs-on").digest)
        self.assertIsNotNone(self.one(other).digest)
        later = self.spoken()
        self.look_after(keeper)
        self.assertIsNotNone(self.one(later).digest)


class HeardTests(SoundCase):
    def test_parts(self) -> None:
        """From any sample on; both sides mixed; how long all of it is."""
        one = self.one(self.spoken())
        octets, n_samples = self.archive.heard(one, 8000, 100)
        wanted = voices(3.0)[8000:8100].astype(np.int32).sum(axis=1)
        self.assertEqual(np.frombuffer(octets, "<i2").tolist(), wanted.tolist())
        self.assertEqual(n_samples, 24000)
        self.assertEqual(self.archive.heard(one, 10**6, 100), (b"", 24000))

    def test_both_at_once(self) -> None:
        """Both speak as loud as can be: the mixture is as loud as can be, and not turned over."""
        loud = np.full((100, 2), 32767, np.int16)
        loud[50:] = -32768
        self.assertEqual(sorted(set(mixed(loud)[:, 0].tolist())), [-32768, 32767])

    def test_parts_make_the_file(self) -> None:
        """Fetched part by part it is, octet for octet, what is written at once."""
        one = self.one(self.spoken(1.1))
        for form in (MIXED, TWO_SIDED):
            parts, total = b"", 1
            while len(parts) < total:
                part, total = self.archive.wav_part(one, form, len(parts), 1001)
                parts += part
            target = self.shop / f"{form}.wav"
            self.archive.write_wav(one, form, target)
            self.assertEqual(target.read_bytes(), parts)
            self.assertRaises(FileExistsError, self.archive.write_wav, one, form, target)
        self.assertEqual((self.shop / "two-sided.wav").read_bytes(), (self.folder / one.file).read_bytes())

    def test_cut(self) -> None:
        """A WAV that was cut is heard as far as it goes; one cut in its head, or empty, is told of."""
        file = self.spoken()
        one, path = self.one(file), self.folder / file
        whole = path.read_bytes()
        path.write_bytes(whole[:20001])
        octets, n_samples = self.archive.heard(one, 0, 10**6)
        self.assertEqual(n_samples, (20001 - 44) // 4)
        self.assertEqual(len(octets), 2 * n_samples)
        for cut in (b"", whole[:3], whole[:20], whole[:40], b"garbage" * 100):
            path.write_bytes(cut)
            self.assertRaises(NoSound, self.archive.heard, one, 0, 100)
        path.unlink()
        self.assertRaises(NoSound, self.archive.heard, one, 0, 100)

    def test_no_half_copy(self) -> None:
        """A copy that cannot be written to its end is taken away again."""
        one, target = self.one(self.spoken()), self.shop / "copy.wav"
        with patch.object(KeptSound, "read", side_effect=OSError(28, "No space left on device")):
            self.assertRaises(OSError, self.archive.write_wav, one, MIXED, target)
        self.assertFalse(target.exists())
        self.archive.write_wav(one, MIXED, target, from_s=1.0)
        self.assertEqual(target.stat().st_size, 44 + 2 * 16000)

    def test_running_and_deleted(self) -> None:
        """What is not finished, or is deleted, cannot be heard: the text says so."""
        self.tell(Kind.RECORDING, "call-77", file="runs-on.wav")
        self.assertRaises(StillRuns, self.archive.heard, self.one("runs-on"), 0, 100)
        file = self.spoken()
        self.done(self.records.deleted(self.one(file), "801", "by hand"))
        self.assertRaises(NoSuchRecording, self.archive.heard, self.one(file), 0, 100)

    def test_outside(self) -> None:
        """Whatever stands in the database: nothing outside the folder is ever opened."""
        (self.shop / "secret.wav").write_bytes(b"secret")
        (self.folder / "link.wav").symlink_to(self.shop / "secret.wav")
        for name in ("../secret.wav", "/etc/passwd", "..", "", "link.wav", "a/b.wav"):
            self.assertRaises(NoSuchRecording, self.archive.path, name)


class EncryptTests(SoundCase):
    def setUp(self) -> None:
        super().setUp()
        self.keeping = Keeping(encrypt=True)

    def test_sealed(self) -> None:
        """The sound is in no file any more that could be played; with the key it is heard as before."""
        file = self.spoken()
        before = self.archive.heard(self.one(file), 100, 9000)
        plain = (self.folder / file).read_bytes()
        self.look_after()
        self.assertEqual(self.files(), [f"{file}.sealed"])
        sealed = (self.folder / f"{file}.sealed").read_bytes()
        self.assertNotIn(plain[10000:10032], sealed)
        self.assertEqual(self.archive.heard(self.one(file), 100, 9000), before)
        self.assertEqual((self.shop / FILE).stat().st_mode & 0o777, 0o600)

    def test_changed(self) -> None:
        """One bit of it turned over: what is before it is heard, from there on it is told."""
        file = self.spoken(10)
        self.look_after()
        one, path = self.one(file), self.folder / f"{file}.sealed"
        octets = bytearray(path.read_bytes())
        octets[200000] ^= 1
        path.write_bytes(octets)
        self.assertEqual(len(self.archive.heard(one, 0, 1000)[0]), 2000)
        self.assertRaises(NotReadable, self.archive.heard, one, 0, 80000)

    def test_cut_between_two_parts(self) -> None:
        """The end of it cut off, exactly where a part ends: what is left is not taken for the whole."""
        file = self.spoken(10)
        self.look_after()
        one, path = self.one(file), self.folder / f"{file}.sealed"
        path.write_bytes(path.read_bytes()[: HEAD + 2 * (PART + PROOF)])
        self.assertRaises(NotReadable, self.archive.heard, one, 0, 80000)

    def test_another_recording(self) -> None:
        """One put in another's place, sealed by the same key: told, and not heard as that."""
        one, other = self.spoken(), self.spoken()
        self.look_after()
        (self.folder / f"{other}.sealed").rename(self.folder / f"{one}.sealed")
        self.assertRaises(NotReadable, self.archive.heard, self.one(one), 0, 100)

    def test_another_key(self) -> None:
        """Without the key, or with another, nothing is heard, and it is told why."""
        file = self.spoken()
        self.look_after()
        one = self.one(file)
        (self.shop / FILE).write_text(new_key().hex())
        self.assertRaises(NotReadable, self.archive.heard, one, 0, 100)
        (self.shop / FILE).unlink()
        self.assertRaises(NoSound, self.archive.heard, one, 0, 100)

    def test_bad_key(self) -> None:
        """A key file that holds none: told, nothing is encrypted by it, nothing is lost."""
        (self.shop / FILE).write_text("no key")
        file = self.spoken()
        self.look_after()
        self.assertEqual(self.files(), [file])
        self.assertTrue(self.alarmed())
        self.assertEqual((self.shop / FILE).read_text(), "no key")

    def test_key_gone(self) -> None:
        """A key that somebody has taken away while the server runs: told, and nothing is kept as if it were sealed."""
        keeper = self.look_after(times=1)
        (self.shop / FILE).unlink()
        file = self.spoken()
        self.look_after(keeper)
        self.assertIsNone(self.one(file).digest)
        self.assertIn("holds no key", self.alarmed()[0])
        RecordingRow.update(digest="x").execute()
        self.keeping = Keeping(encrypt=True, compress="flac", compress_days=0)
        self.press_together()
        self.assertEqual(self.files(), [file])

    def test_key_that_is_gone(self) -> None:
        """No second key is made beside what the first has sealed: an alarm, and the first makes all well again."""
        first = self.spoken()
        self.look_after()
        key = (self.shop / FILE).read_text()
        (self.shop / FILE).unlink()
        self.assertRaises(BadKey, make_key, self.shop)
        self.assertFalse((self.shop / FILE).exists())
        (self.shop / FILE).write_text(key)
        self.assertEqual(make_key(self.shop).hex(), key.strip())
        self.archive.heard(self.one(first), 0, 100)

    def test_compressed(self) -> None:
        """Compressed and sealed: no plain copy stays behind."""
        self.keeping = Keeping(encrypt=True, compress="flac", compress_days=0)
        file = self.spoken()
        self.look_after()
        before = self.archive.heard(self.one(file), 0, 10**6)
        self.press_together()
        self.assertEqual(self.files(), [file.replace(".wav", ".flac.sealed")])
        self.assertEqual(self.archive.heard(self.one(file), 0, 10**6), before)


class CompressTests(SoundCase):
    def test_flac(self) -> None:
        """When it is old enough, and not before; nothing of the sound is lost, and it is proved anew."""
        self.keeping = Keeping(compress="flac", compress_days=7)
        file = self.spoken(20)
        self.look_after()
        before = self.archive.wav_part(self.one(file), TWO_SIDED, 0, 10**7)
        self.press_together()
        self.assertEqual(self.files(), [file])
        self.now += timedelta(days=7)
        self.press_together()
        one = self.one(file)
        self.assertEqual(self.files(), [one.kept_as])
        self.assertTrue(one.kept_as.endswith(".flac"))
        self.assertEqual(self.archive.wav_part(one, TWO_SIDED, 0, 10**7), before)
        self.assertEqual((one.digest, one.octets), digest_of(self.folder / one.kept_as))
        self.assertLess(one.octets or 0, 0.7 * len(before[0]))

    def test_waits(self) -> None:
        """One that is not yet known by its digest is waited for, and not passed by."""
        self.keeping = Keeping(compress="flac", compress_days=0)
        file = self.spoken()
        compressor = self.press_together()
        self.look_after()
        self.press_together(compressor)
        self.assertEqual(self.files(), [file.replace(".wav", ".flac")])

    def test_written_wrong(self) -> None:
        """What was written is not what was read: the recording stays as it was, and that is told."""
        self.keeping = Keeping(compress="flac", compress_days=0)
        file = self.spoken()
        self.look_after()
        write = compression._write

        def wrong(source: KeptSound, target: Path, form: str) -> None:
            path = self.shop / "other.wav"
            write_sound(path, voices(3.0, seed=2))
            with KeptSound(path, "other.wav") as other:
                write(other, target, form)

        with patch.object(compression, "_write", wrong):
            self.press_together()
        self.assertEqual((self.one(file).kept_as, len(self.alarmed())), (file, 1))
        self.archive.heard(self.one(file), 0, 100)

    def test_where_it_is(self) -> None:
        """Who knows a recording by the name it was given is told which file holds it now; none when it is deleted."""
        self.keeping = Keeping(compress="flac", compress_days=0)
        file = self.spoken()
        self.look_after()
        self.assertEqual(self.store.run(kept_as, file), file)
        self.press_together()
        self.assertEqual(self.store.run(kept_as, file), file.replace(".wav", ".flac"))
        self.done(self.records.deleted(self.one(file), None, "by hand"))
        self.assertEqual([self.store.run(kept_as, one) for one in (file, "unknown.wav", None)], ["", "unknown.wav", ""])

    def test_opus(self) -> None:
        """A tenth of the room; as long as it was, to the sample, and the same voices at the same places."""
        self.keeping = Keeping(compress="opus", compress_days=0)
        file = self.spoken(20)
        self.look_after()
        self.press_together()
        one = self.one(file)
        self.assertLess(one.octets or 0, 0.2 * 20 * 32000)
        with KeptSound(self.folder / one.kept_as, file) as sound:
            self.assertEqual((sound.n_samples, sound.n_tracks), (160000, 2))
            heard = sound.read(80000, 8000).astype(float)
        wanted = voices(20)[80000:88000].astype(float)
        for side in (0, 1):
            self.assertGreater(np.corrcoef(heard[:, side], wanted[:, side])[0, 1], 0.9)

    def test_in_a_child(self) -> None:
        """The same in a process of its own."""
        self.keeping = Keeping(compress="flac", compress_days=0, encrypt=True)
        file = self.spoken()
        self.look_after()
        self.press_together(run=Compression.run)
        self.assertTrue(self.one(file).kept_as.endswith(".flac.sealed"), self.alarmed())

    def test_a_damaged_one(self) -> None:
        """One that cannot be read stays as it is, is told, and holds the others up no more."""
        self.keeping = Keeping(compress="flac", compress_days=0)
        bad, good = self.spoken(), self.spoken()
        (self.folder / bad).write_bytes(b"RIFFgarbage")
        self.look_after()
        compressor = self.press_together()
        self.assertEqual(len(self.alarmed()), 1)
        self.press_together(compressor)
        self.assertEqual(self.files(), sorted((bad, good.replace(".wav", ".flac"))))
        self.press_together(compressor)
        self.assertEqual(len(self.alarmed()), 1)

    def test_killed_in_between(self) -> None:
        """The server is killed between any two steps: at the next start one whole file is there, and one alone."""
        self.keeping = Keeping(compress="flac", compress_days=0)
        file = self.spoken()
        self.look_after()
        wav, flac = self.folder / file, self.folder / file.replace(".wav", ".flac")
        flac.write_bytes(b"half")  # written, and no event tells of it
        self.look_after()
        self.assertEqual(self.files(), [file])
        before = wav.read_bytes()
        self.press_together()
        wav.write_bytes(before)  # the event is there, the old one was not yet removed
        self.look_after()
        self.assertEqual(self.files(), [flac.name])
        self.archive.heard(self.one(file), 0, 100)

    def test_strangers(self) -> None:
        """What belongs to no recording is nobody's to take away."""
        for name in ("ballast", "of-the-admin.wav", "notes.txt"):
            (self.folder / name).write_bytes(b"x")
        self.look_after()
        self.assertEqual(self.files(), ["ballast", "notes.txt", "of-the-admin.wav"])


class StopTests(SoundCase):
    def test_stopped(self) -> None:
        """The server stops: the child is ended, and what it had begun is not there."""
        path = self.folder / self.spoken()
        task = Task(str(path), str(self.folder / "half.flac"), "flac", path.name)
        compression = Compression(task)
        compression.stop()
        (self.folder / "half.flac.plain").write_bytes(b"what was to be encrypted")
        self.assertRaises(Complaint, compression.run)
        self.assertEqual(self.files(), [path.name])

    def test_killed(self) -> None:
        """The server is killed: the child does not write on beside the next one."""
        child = (
            "from callserver.media.compression import end_with_parent as e; e(); "
            "print('ready', flush=True); import time; time.sleep(30)"
        )
        parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
        with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, cwd=TOP) as server:
            assert server.stdout is not None
            self.assertEqual(server.stdout.readline(), b"ready\n")
            server.kill()
            began_s = time.monotonic()
            self.assertEqual(server.stdout.read(), b"")  # the child's end, too, is closed
        self.assertLess(time.monotonic() - began_s, 20)


class NoRoomTests(SoundCase):
    def test_disk_full(self) -> None:
        """A disk that is full when a recording is to be sealed: it stays as it was, and is told."""
        self.keeping = Keeping(encrypt=True)
        file = self.spoken()
        keeper = self.look_after(times=1)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with patch("callserver.features.recordings.settling.seal", full):
            self.look_after(keeper, times=2)
        self.assertEqual(self.files(), [file])
        self.assertEqual(len(self.alarmed()), 1)
        self.archive.heard(self.one(file), 0, 100)
