import os
import wave
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.media.repair import NotARecording, repair
from callserver.media.wav_file import header


class RepairTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp())

    def readable(self) -> tuple[int, int, bytes]:
        with wave.open(str(self.path), "rb") as file:
            return file.getnchannels(), file.getnframes(), file.readframes(file.getnframes())

    @given(st.integers(1, 2), st.binary(max_size=100), st.integers(0, 50))
    def test_killed(self, n_tracks: int, sound: bytes, n_told: int) -> None:
        """Whatever the header said, and wherever the last write was cut, every whole sample is there afterwards."""
        self.path.write_bytes(header(n_told, n_tracks) + sound)
        n_samples = len(sound) // (2 * n_tracks)
        self.assertEqual(repair(self.path), n_samples / 8000)
        self.assertEqual(self.readable(), (n_tracks, n_samples, sound[: n_samples * 2 * n_tracks]))
        before = self.path.read_bytes()
        repair(self.path)
        self.assertEqual(self.path.read_bytes(), before)

    @given(st.integers(0, 43))
    def test_killed_at_the_very_start(self, n_bytes: int) -> None:
        """A file whose header was not yet written becomes an empty recording."""
        self.path.write_bytes(header(0, 1)[:n_bytes])
        self.assertEqual((repair(self.path), self.readable()[1]), (0.0, 0))

    @given(st.binary(max_size=120))
    def test_something_else(self, content: bytes) -> None:
        """What is no recording is refused and not touched."""
        self.path.write_bytes(b"RIFX" + content)
        self.assertRaises(NotARecording, repair, self.path)
        self.assertEqual(self.path.read_bytes(), b"RIFX" + content)

    def test_not_there(self) -> None:
        """A missing file is an OSError, and none is made."""
        self.assertRaises(FileNotFoundError, repair, self.path)
        self.assertFalse(os.path.exists(self.path))
