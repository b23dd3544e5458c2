"""Voices from files, at the pace of the clock, and what is heard into files that can always be played."""

import wave
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.sound import HearingFile, SoundUnusable, read_blocks, speak
from callserver.wire.messages import AUDIO_BLOCK_BYTES


def write_wav(path: Path, data: bytes, channels: int = 1, width: int = 2, rate_hz: int = 8000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(data)
    return path


class FileCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()


class ReadTests(FileCase):
    def test_blocks(self) -> None:
        """Blocks of 20 ms, the last filled up with silence."""
        data = bytes(range(250)) * 2
        blocks = read_blocks(write_wav(self.folder / "a.wav", data))
        self.assertEqual([len(block) for block in blocks], [AUDIO_BLOCK_BYTES] * 2)
        self.assertEqual(b"".join(blocks), data.ljust(640, b"\0"))

    def test_other_formats(self) -> None:
        """What a file has and what is needed is said in one line."""
        stereo = write_wav(self.folder / "b.wav", b"", channels=2, rate_hz=44100)
        error = self.assertRaises(SoundUnusable, read_blocks, stereo)
        wanted = f"{stereo}: needs one channel, 16 bits, 8000 Hz; it has 2 channel(s), 16 bits, 44100 Hz"
        self.assertEqual(str(error), wanted)

    def test_no_sound(self) -> None:
        """Missing files, and files that are something else."""
        missing, text, empty = self.folder / "c.wav", self.folder / "d.wav", self.folder / "e.wav"
        text.write_text("hello there, this is no sound at all")
        empty.touch()
        for path, words in ((missing, "No such file"), (text, "no WAV file"), (empty, "no WAV file")):
            self.assertIn(words, str(self.assertRaises(SoundUnusable, read_blocks, path)))


class HearTests(FileCase):
    def test_playable_while_it_grows(self) -> None:
        """After each block the file plays to its end, as it must after a kill."""
        path = self.folder / "heard.wav"
        hearing = HearingFile(path)
        for n in range(1, 4):
            hearing.write(bytes(AUDIO_BLOCK_BYTES))
            with wave.open(str(path)) as file:
                self.assertEqual(file.getnframes(), 160 * n)
        hearing.close()

    def test_nowhere_to_write(self) -> None:
        """A folder that does not exist is named."""
        self.assertRaises(SoundUnusable, HearingFile, self.folder / "no" / "heard.wav")


class PaceTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.sent: list[float] = []
        blocks = [b"x"] * 50
        self.speaking = Deferred.fromCoroutine(
            speak(blocks, lambda block: self.sent.append(self.clock.seconds()), self.clock)
        )

    def test_a_block_each_20_ms(self) -> None:
        """Neither faster nor slower, and no drift."""
        self.clock.pump([0.001] * 1100)
        self.assertEqual(len(self.sent), 50)
        self.assertTrue(all(abs(at - 0.02 * n) < 0.0021 for n, at in enumerate(self.sent)))
        self.successResultOf(self.speaking)

    def test_late_clock(self) -> None:
        """After a stall the missing blocks follow at once, and the pace holds."""
        self.clock.advance(0.2)
        self.clock.pump([0] * 20)
        self.assertEqual(len(self.sent), 11)

    def test_stopped(self) -> None:
        """Cancelled in the middle of a word."""
        self.clock.advance(0.1)
        self.speaking.addErrback(lambda f: None)
        self.speaking.cancel()
        sent = len(self.sent)
        self.clock.pump([0.02] * 10)
        self.assertEqual(len(self.sent), sent)
