"""Phase and level from points alone."""

from __future__ import annotations

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modems.regain import best_turn
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modulations import Modulation

IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]


class RegainTests(SynchronousTestCase):
    def test_any_turn(self) -> None:
        """24 points of any level and phase are brought back, up to a quarter of a turn, but for few: power varies."""
        rng = np.random.default_rng(1)
        for modulation in IMAGES:
            constellation, distances = scheme_of(modulation).constellation, []
            for _ in range(200):
                sent = rng.choice(constellation, 24)
                points = sent * 10 ** rng.uniform(-2, 2) * np.exp(1j * rng.uniform(0, 7))
                found = best_turn(points, constellation)
                assert found
                turn, distance = found
                nearest = np.abs((points * turn)[:, None] - constellation).min(axis=1)
                self.assertAlmostEqual(float(np.mean(nearest**2)), distance, places=4)
                distances.append(distance)
            self.assertGreater(np.mean(np.array(distances) < 0.004), 0.95, modulation)

    def test_noise(self) -> None:
        """Noise stays farther from all points than data with S/N 24 dB; of silence nothing is said."""
        rng = np.random.default_rng(1)
        for modulation in IMAGES:
            constellation = scheme_of(modulation).constellation
            for _ in range(50):
                found = best_turn(rng.normal(size=24) + 1j * rng.normal(size=24), constellation)
                self.assertTrue(not found or found[1] > 0.004, modulation)
            self.assertIsNone(best_turn(np.zeros(24, np.complex64), constellation))
