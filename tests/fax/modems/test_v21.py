"""V.21 on lines as they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray, amplitude
from callserver.fax.hdlc import burst_bits
from callserver.fax.modems.frame_ear import FrameEar
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.transmitter import image_sound
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import FlagsHeard, FrameHeard, FramesOver, Heard
from tests.fax import bad_lines

FRAMES = (bytes.fromhex("FF 03 40") + b"  0987654321        ", bytes.fromhex("FF 13 80 00 EE FA C4 80 D5 83 80 80 18"))
EXPECTED = [FlagsHeard(), *(FrameHeard(frame, good=True) for frame in FRAMES), FramesOver()]
SOUND = np.concatenate(list(v21_sound(np.frombuffer(burst_bits(FRAMES, 38, 5), np.uint8), -14.0)))
QUIET_DBM0 = -60.0


def heard(sound: FloatArray) -> list[Heard]:
    ear = FrameEar()
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return [event for block in sound[:whole].reshape(-1, BLOCK_SAMPLES) for event in ear.feed(block)]


class V21Tests(SynchronousTestCase):
    @given(st.integers(0, BLOCK_SAMPLES - 1), st.floats(-43, -3))
    @settings(deadline=None, max_examples=25)
    def test_anywhere(self, n_before: int, level_dbm0: float) -> None:
        """A burst may begin anywhere in a block, from -3 to -43 dBm0."""
        sound = bad_lines.padded(SOUND, n_before / 8000, 0.3) * np.float32(10 ** ((level_dbm0 + 14) / 20))
        self.assertEqual(heard(bad_lines.with_noise(sound, -70.0)), EXPECTED)

    def test_bad_lines(self) -> None:
        """Clock and carrier off, noise 4 dB below, echo, a long loop, hum, direct current."""
        sound = bad_lines.padded(SOUND)
        hum = amplitude(-14.0) * np.sin(2 * np.pi * 50 / 8000 * np.arange(len(sound)))
        for name, line in {
            "clock, carrier": bad_lines.with_carrier_off(bad_lines.with_clock_off(sound, 100), -7),
            "clock, carrier the other way": bad_lines.with_carrier_off(bad_lines.with_clock_off(sound, -100), 7),
            "noise": bad_lines.with_noise(sound, -18.0),
            "echo": bad_lines.with_echo(sound, 4, 8),
            "loop": bad_lines.through_a_long_loop(sound),
            "hum": (sound + hum).astype(np.float32),
            "direct current": sound + np.float32(0.1),
            "A-law": bad_lines.by_alaw(sound),
        }.items():
            self.assertEqual(heard(bad_lines.with_noise(line, QUIET_DBM0)), EXPECTED, name)

    def test_noise(self) -> None:
        """Noise, loud or not, is no burst, and none hangs in it: the end of one is told at once."""
        for noise_dbm0 in (-10.0, -30.0, -45.0, -60.0):
            self.assertEqual(heard(bad_lines.with_noise(np.zeros(160000, np.float32), noise_dbm0)), [])
        sound = bad_lines.with_noise(bad_lines.padded(SOUND, after_s=0.1), -24.0)
        self.assertEqual(heard(sound), EXPECTED)

    def test_image(self) -> None:
        """No image modem's sound holds flags."""
        octets = np.random.default_rng(1).bytes(6000)
        for modulation in (Modulation.V27TER_4800, Modulation.V29_9600, Modulation.V17_14400):
            sound = np.concatenate(list(image_sound(scheme_of(modulation), octets, -14.0, short=False)))
            self.assertEqual(heard(sound), [])

    def test_hole(self) -> None:
        """A hole of 40 ms in a frame spoils that frame, not the burst."""
        sound = bad_lines.with_hole(bad_lines.padded(SOUND), 0.15 + 1.2, 0.04)
        begun, *frames, over = heard(bad_lines.with_noise(sound, QUIET_DBM0))
        self.assertEqual((begun, over), (FlagsHeard(), FramesOver()))
        self.assertEqual([frame for frame in frames if frame.good], [FrameHeard(FRAMES[1], good=True)])
