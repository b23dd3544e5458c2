"""Who speaks, how loud a line is, how much it hums, when a message is over."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.sound.activity import ActivityBank, EndOfMessage
from callserver.dsp.tones import tone
from tests.dsp.bank_sound import noise


def bursts(level_dbm0: float, seconds: int, on_s: float = 1.0, off_s: float = 0.5) -> FloatArray:
    """Something like speech: noise of a second, half a second of pause."""
    sound = noise((seconds * RATE_HZ,), level_dbm0, 5)
    times = np.arange(len(sound)) / RATE_HZ
    return (sound * (times % (on_s + off_s) < on_s)).astype(np.float32)


def run(bank: ActivityBank, sound: FloatArray) -> list[bool]:
    """Activity of the first channel at every tick."""
    frames = np.split(
        np.atleast_2d(sound)[:, : sound.shape[-1] // BLOCK_SAMPLES * BLOCK_SAMPLES], sound.shape[-1] // 160, 1
    )
    return [bool(bank.hear(np.ascontiguousarray(frame))[0]) for frame in frames]


class ActivityTests(SynchronousTestCase):
    def test_quiet_speech_on_a_quiet_line(self) -> None:
        """Speech of -35 dBm0 over noise of -55 is noticed, its pauses too."""
        active = run(ActivityBank(1), bursts(-35, 12, 1.0, 1.0) + noise((12 * RATE_HZ,), -55, 1))
        spoken = np.arange(len(active)) % 100 < 50
        self.assertGreater(np.mean(np.array(active)[spoken]), 0.97)
        self.assertLess(np.mean(np.array(active)[~spoken]), 0.35)  # the hang-over of 240 ms

    def test_noisy_line(self) -> None:
        """Steady noise of -30 dBm0 is known for what it is after some seconds; a voice above it is heard."""
        bank = ActivityBank(1)
        self.assertLess(np.mean(run(bank, noise((15 * RATE_HZ,), -30, 2))[250:]), 0.02)
        self.assertApproximates(float(bank.noise_dbm0[0]), -30, 1)
        self.assertTrue(all(run(bank, noise((RATE_HZ,), -20, 3))))

    def test_hum_and_dc_are_no_voice(self) -> None:
        """A line that hums at -25 dBm0 and has an offset is silent; both are measured."""
        times = np.arange(10 * RATE_HZ) / RATE_HZ
        for mains_hz in (50.05, 60.05):
            bank = ActivityBank(1)
            hum = tone([mains_hz], len(times), -25) + np.float32(0.05) + noise(times.shape, -65, 1)
            self.assertFalse(any(run(bank, hum)))
            self.assertApproximates(float(bank.hum_dbm0[0]), -25, 1)
            self.assertApproximates(float(bank.dc[0]), 0.05, 0.001)
            self.assertApproximates(float(bank.level_dbm0[0]), -25, 0.5)

    def test_lines_are_apart(self) -> None:
        """Each line has its own figures; reset makes one new."""
        bank = ActivityBank(3)
        run(bank, np.stack([bursts(level, 3, 9, 0) for level in (-20, -30, -200)]))
        np.testing.assert_allclose(bank.level_dbm0[:2], [-20, -30], atol=0.5)
        self.assertEqual(bank.active.tolist(), [True, True, False])
        bank.reset(0)
        self.assertEqual(bank.active.tolist(), [False, True, False])

    def test_bad_input(self) -> None:
        """All zeros and full scale are borne; a wrong shape is named."""
        bank = ActivityBank(2)
        bank.hear(np.zeros((2, 160), np.float32))
        bank.hear(np.ones((2, 160), np.float32))
        self.assertTrue(np.isfinite(bank.level_dbm0).all() and np.isfinite(bank.noise_dbm0).all())
        with self.assertRaisesRegex(ValueError, r"float32 of \(2, 80\)"):
            bank.hear(np.zeros((2, 80), np.float32))


class EndOfMessageTests(SynchronousTestCase):
    def test_silence_ends_it(self) -> None:
        """Four seconds of silence end a message; what is kept ends where the voice did."""
        end = EndOfMessage(silence_s=4)
        self.assertFalse(any(end.hear(True) for _ in range(250)))
        self.assertFalse(any(end.hear(False) for _ in range(199)))
        self.assertTrue(end.hear(False))
        self.assertApproximates(end.voice_until_s, 5, 0.001)

    def test_tone_ends_it(self) -> None:
        """Busy tone is cut off, back to where it began."""
        end = EndOfMessage()
        for _ in range(500):
            end.hear(True)
        end.tone(lasting_s=1.8)
        self.assertApproximates(end.voice_until_s, 8.2, 0.001)

    def test_longest(self) -> None:
        """Nobody speaks for ever."""
        end = EndOfMessage(longest_s=10)
        self.assertEqual(next(tick for tick in range(1000) if end.hear(True)), 499)
