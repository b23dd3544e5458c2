"""What an image sounds like: its level, its band, its length."""

from __future__ import annotations

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ, FloatArray, level_dbm0
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.transmitter import echo_protection, image_sound
from callserver.fax.modulations import Modulation

IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]
OCTETS = np.random.default_rng(1).bytes(900)


def sound_of(modulation: Modulation, *, short: bool = False) -> FloatArray:
    return np.concatenate(list(image_sound(scheme_of(modulation), OCTETS, -14.0, short=short)))


class ImageSoundTests(SynchronousTestCase):
    def test_level_and_band(self) -> None:
        """The data are as loud as asked for, and 99.5 % of them lie between 250 and 3450 Hz."""
        for modulation in IMAGES:
            data = sound_of(modulation)[-4000:-800]
            self.assertLess(abs(level_dbm0(data) + 14.0), 0.6, modulation)
            power = np.abs(np.fft.rfft(data * np.hanning(len(data)))) ** 2
            freqs_hz = np.fft.rfftfreq(len(data), 1 / RATE_HZ)
            inside = power[(freqs_hz > 250) & (freqs_hz < 3450)].sum()
            self.assertGreater(inside / power.sum(), 0.995, modulation)

    def test_length(self) -> None:
        """Training, data and turn-off last as long as fax.md says, and no 20 ms longer than the filter needs."""
        for modulation, training_s in zip(
            IMAGES, (0.943, 0.708, 0.233, 0.233, 1.393, 1.393, 1.393, 1.393), strict=True
        ):
            scheme = scheme_of(modulation)
            expected_s = training_s + len(OCTETS) * 8 / modulation.bit_rate + 32 / scheme.baud
            lasts_s = len(sound_of(modulation)) / RATE_HZ
            self.assertGreater(lasts_s, expected_s)
            self.assertLess(lasts_s, expected_s + 0.06)

    def test_short_training(self) -> None:
        """V.17's short training saves 1.25 s."""
        saved = len(sound_of(Modulation.V17_9600)) - len(sound_of(Modulation.V17_9600, short=True))
        self.assertLess(abs(saved / RATE_HZ - 1.251), 0.021)

    def test_echo_protection(self) -> None:
        """185 to 200 ms of carrier, 20 to 25 ms of silence."""
        sound = echo_protection(scheme_of(Modulation.V29_9600), -14.0)
        loud = np.flatnonzero(np.abs(sound) > 1e-6)
        self.assertTrue(185 <= (loud[-1] + 1) / 8 <= 200)
        self.assertTrue(20 <= (len(sound) - loud[-1] - 1) / 8 <= 25)
