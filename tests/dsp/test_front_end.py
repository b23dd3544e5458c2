"""The spectrum all detectors share says what is there, in the units its docstring promises."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.framer import Framer
from callserver.dsp.frames import FloatArray
from callserver.dsp.front_end import FrontEnd
from callserver.dsp.recent import Recent
from callserver.dsp.tones import tone

FREQS_HZ = (350.0, 450.0, 941.0, 1100.0, 2100.0)


def on_one_of(n_channels: int, channel: int, sound: FloatArray) -> FloatArray:
    """Silence everywhere else."""
    block = np.zeros((n_channels, len(sound)), np.float32)
    block[channel] = sound
    return block


class FrontEndTests(SynchronousTestCase):
    def test_a_pure_tone(self) -> None:
        """A tone on its nominal frequency is all of the energy, and its level on the line can be told."""
        for freq_hz in (450.0, 1100.0, 2100.0):
            front_end = FrontEnd(3, FREQS_HZ)
            row = front_end.rows([freq_hz]).start
            *_, spectrum = front_end.feed(on_one_of(3, 1, tone([freq_hz], 480, -20.0)))
            self.assertEqual(spectrum.start_sample, 320)
            share = spectrum.powers[:, row, 1] / spectrum.energy[:, 1]
            self.assertApproximates(float(share.mean()), 1, 0.1)
            self.assertApproximates(front_end.level_dbm0(spectrum.powers[:, row, 1].mean(), freq_hz), -20, 0.5)
            self.assertEqual(float(spectrum.powers[:, :, ::2].max()), 0)

    def test_power_and_level(self) -> None:
        """Power of a level and level of a power are each other's inverse."""
        front_end = FrontEnd(1, FREQS_HZ)
        self.assertApproximates(front_end.level_dbm0(front_end.power(-33.0, 350.0), 350.0), -33, 1e-6)

    def test_dc_and_hum(self) -> None:
        """DC leaves nothing; 60 Hz at -9 dBm0 leaves less than a 697-Hz tone of -29."""
        front_end = FrontEnd(2, [697.0])
        hum = np.stack([np.full(640, 0.5, np.float32), tone([60.0], 640, -9.0)])
        *_, spectrum = front_end.feed(hum)
        self.assertEqual(float(spectrum.energy[:, 0].max()), 0)
        self.assertLess(float(spectrum.energy[:, 1].mean()), front_end.power(-29.0, 697.0))

    def test_phase(self) -> None:
        """A steady tone's value turns by `piece_turn` from one piece to the next, also over the ticks' border."""
        front_end = FrontEnd(1, FREQS_HZ)
        rows = front_end.rows([450.0])
        pieces = [s.values(rows)[:, 0, 0].copy() for s in front_end.feed(tone([450.0], 800, -10.0)[None, :])]
        values = np.concatenate(pieces[1:])
        steady = values / front_end.piece_turn[rows] ** np.arange(len(values))
        self.assertLess(float(np.abs(np.angle(steady / steady.mean())).max()), 0.1)

    def test_recent(self) -> None:
        """The sound of chosen channels, pre-filtered, up to the newest spectrum."""
        rng = np.random.default_rng(1)
        sound = rng.standard_normal((4, 3360)).astype(np.float32)
        front_end = FrontEnd(4, FREQS_HZ)
        list(front_end.feed(sound))
        wanted = sound[[2, 0], 2:] - sound[[2, 0], :-2]
        np.testing.assert_array_equal(front_end.recent(np.array([2, 0]), 1000), wanted[:, -1000:])

    def test_rows(self) -> None:
        """Detectors find their tones side by side; those not given are refused."""
        front_end = FrontEnd(1, [697.0, 450.0, 697.0, 770.0])
        self.assertEqual(front_end.rows([697.0, 770.0]), slice(2, 4))
        self.assertRaises(ValueError, front_end.rows, [770.0, 697.0])

    def test_nonsense(self) -> None:
        """No channels, or a tone that 8 kHz cannot carry."""
        self.assertRaises(ValueError, FrontEnd, 0, [697.0])
        self.assertRaises(ValueError, FrontEnd, 1, [4000.0])


class FramerTests(SynchronousTestCase):
    def test_any_cut(self) -> None:
        """What comes out is what went in, in ticks, however it was cut."""
        rng = np.random.default_rng(2)
        sound = rng.standard_normal((2, 5000)).astype(np.float32)
        framer, frames, taken = Framer(2), [], 0
        while taken < 5000:
            n_samples = int(rng.integers(0, 700))
            frames += list(framer.feed(sound[:, taken : taken + n_samples]))
            taken += n_samples
        self.assertEqual({frame.shape for frame in frames}, {(2, 160)})
        np.testing.assert_array_equal(np.concatenate(frames, axis=1), sound[:, :4960])


class RecentTests(SynchronousTestCase):
    def test_earlier(self) -> None:
        """Each channel as it was so many pieces of 5 ms ago."""
        sound = np.random.default_rng(3).standard_normal((3, 20 * 160)).astype(np.float32)
        recent = Recent(3, 8)
        for start in range(0, sound.shape[1], 160):
            recent.add(sound[:, start : start + 160])
        found = recent.earlier(np.array([2, 0]), 300, np.array([0, 7]))
        np.testing.assert_array_equal(found[0], sound[2, -300:])
        np.testing.assert_array_equal(found[1], sound[0, -580:-280])
        np.testing.assert_array_equal(recent.newest(np.array([1]), 1280)[0], sound[1, -1280:])
