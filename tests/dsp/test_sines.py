"""Which tones are in a sound, how loud, and how much of it they are."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.front_end import pre_filter_gain
from callserver.dsp.sines import MAX_SINES, MIN_SAMPLES, find_sines
from callserver.dsp.tones import tone


def mix(*levels: tuple[float, float], n_samples: int = 1600) -> FloatArray:
    """Tones of (Hz, dBm0) at once, as they have passed the pre-filter."""
    tones = [tone([freq_hz], n_samples, level) * pre_filter_gain(freq_hz) for freq_hz, level in levels]
    return np.sum(tones, axis=0, dtype=np.float32)


class SinesTests(SynchronousTestCase):
    def test_silence(self) -> None:
        """Silence has no tone, and nothing in it is one."""
        found = find_sines(np.zeros(MIN_SAMPLES, np.float32))
        self.assertEqual((found.components, found.purity), ((), 0.0))

    def test_two_tones(self) -> None:
        """Both, lowest first, to a Hz; the sound is nothing else."""
        found = find_sines(mix((941.0, -10.0), (1336.0, -14.0)))
        self.assertEqual([round(sine.freq_hz) for sine in found.components], [941, 1336])
        self.assertGreater(found.purity, 0.99)
        for sine, level in zip(found.components, (-10, -14), strict=True):
            self.assertLess(abs(sine.level_dbm0 - level), 0.3)

    def test_the_four_loudest(self) -> None:
        """Of more than four tones the loudest are told."""
        levels = [(400.0, -10.0), (700.0, -20.0), (1000.0, -8.0), (1300.0, -12.0), (1600.0, -21.0), (1900.0, -9.0)]
        found = [round(sine.freq_hz) for sine in find_sines(mix(*levels)).components]
        self.assertEqual((found, len(found)), ([400, 1000, 1300, 1900], MAX_SINES))

    def test_too_short(self) -> None:
        """Fewer samples than a tone can be told from, or more than one channel, is an error."""
        for sound in (np.zeros(MIN_SAMPLES - 1, np.float32), np.zeros((2, MIN_SAMPLES), np.float32)):
            self.assertRaises(ValueError, find_sines, sound)
