"""What an admin records becomes a prompt as callers should hear it, or he is told why not."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.files import read_wav
from callserver.dsp.tones import dtmf, tone
from callserver.ivr.prompts import FOLDER
from callserver.media.announcement import Announcement, RecordingRefused, announcement, without_last_key
from callserver.media.telephone_voice import ACTIVE_LEVEL_DBFS, PEAK_DBFS, active_level_dbfs

CHINA = plan("cn")
SPEECH = read_wav(FOLDER / "zh" / "welcome.wav")
RNG = np.random.default_rng(9)


def silence(seconds: float) -> FloatArray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def noise(sound: FloatArray, level_dbfs: float) -> FloatArray:
    return (sound + RNG.normal(0, 10 ** (level_dbfs / 20), sound.size)).astype(np.float32)


def key(one: str) -> FloatArray:
    return dtmf(one, on_ms=150)


def made(*parts: FloatArray) -> Announcement:
    return announcement(np.concatenate(parts), RATE_HZ, CHINA)


class AnnouncementTests(SynchronousTestCase):
    def remarks(self, *parts: FloatArray) -> list[str]:
        return [one.msgid for one in made(*parts).remarks]

    def refused(self, *parts: FloatArray) -> str:
        return str(self.assertRaises(RecordingRefused, made, *parts))

    def test_good(self) -> None:
        """A recording as it should be is kept without a remark, at the level of the others, and hardly changed."""
        found = made(silence(0.2), SPEECH, silence(0.2))
        self.assertEqual(found.remarks, ())
        self.assertApproximates(active_level_dbfs(found.sound), ACTIVE_LEVEL_DBFS, 0.5)
        self.assertLessEqual(np.abs(found.sound).max(), 10 ** (PEAK_DBFS / 20) + 1e-4)
        self.assertApproximates(found.sound.size / RATE_HZ, SPEECH.size / RATE_HZ, 0.2)

    def test_level(self) -> None:
        """One that is too quiet or too loud is brought to the level, and told."""
        for gain, advice in ((0.1, "speak nearer to"), (2.0, "speak farther from")):
            found = made(SPEECH * np.float32(gain))
            self.assertIn(advice, found.remarks[0].msgid)
            self.assertApproximates(active_level_dbfs(found.sound), ACTIVE_LEVEL_DBFS, 0.7)
        self.assertEqual(self.remarks(SPEECH * np.float32(0.8)), [])

    def test_silence_around(self) -> None:
        """Half a second before and one after are nobody's mistake; more is cut off, and told."""
        self.assertEqual(self.remarks(silence(0.3), SPEECH, silence(0.8)), [])
        found = made(silence(2), SPEECH, silence(3))
        self.assertEqual(["before" in found.remarks[0].msgid, "after" in found.remarks[1].msgid], [True, True])
        self.assertLess(found.sound.size, SPEECH.size + 0.4 * RATE_HZ)

    def test_distorted(self) -> None:
        """Three samples in a row at full scale were clipped."""
        clipped = np.clip(SPEECH * 8, -1, 1).astype(np.float32)
        self.assertTrue(any("distorted" in one for one in self.remarks(clipped)))

    def test_noise(self) -> None:
        """A voice must stand 20 dB above what is heard in its pauses."""
        quiet = np.concatenate([silence(0.4), SPEECH, silence(0.4)])
        self.assertTrue(any("noise" in one for one in self.remarks(noise(quiet, -34))))
        self.assertEqual(self.remarks(noise(quiet, -50)), [])

    def test_nothing(self) -> None:
        """Silence, an open microphone, an empty file."""
        for nothing in (silence(2), noise(silence(2), -80), silence(0)):
            self.assertIn("nothing is heard", self.refused(nothing))

    def test_too_long(self) -> None:
        """Nobody listens to a minute."""
        self.assertIn("60 s", self.refused(noise(silence(61), -20)))

    def test_key(self) -> None:
        """A key in it would be pressed for every caller who hears it."""
        self.assertIn("key 5", self.refused(SPEECH, key("5"), SPEECH))

    def test_exchange_tone(self) -> None:
        """A dial tone in it would end calls."""
        self.assertIn("our own detectors hear", self.refused(SPEECH, tone((450.0,), 3 * RATE_HZ), SPEECH))

    def test_key_at_the_end(self) -> None:
        """The key by which a recording was ended is cut off, also if it has only begun; one in its middle is not."""
        ended = without_last_key(np.concatenate([SPEECH, silence(0.2), key("#")]), CHINA)
        self.assertApproximates(ended.size / RATE_HZ, SPEECH.size / RATE_HZ + 0.2, 0.1)
        self.assertEqual(made(ended).remarks, ())
        begun = without_last_key(np.concatenate([silence(2), key("#")[:400]]), CHINA)
        self.assertFalse(begun.any())
        inside = np.concatenate([key("1"), SPEECH, silence(1)])
        self.assertIn("key 1", self.refused(without_last_key(inside, CHINA)))
