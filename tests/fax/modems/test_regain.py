"""Phase and level from points alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modems.regain import best_turn
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modulations import Modulation

IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]


class RegainTests(SynchronousTestCase):
    @given(st.sampled_from(IMAGES), st.floats(0.01, 100), st.floats(0, 7), st.integers(0, 2**32))
    @settings(deadline=None, max_examples=60)
    def test_any_turn(self, modulation: Modulation, level: float, angle: float, seed: int) -> None:
        """24 points of any level and phase are brought back, up to a quarter of a turn."""
        self.assert_brought_back(modulation, level, angle, np.random.default_rng(seed))

    def test_every_draw(self) -> None:
        """Also those whose mean power is far from the usual: of thousands, each."""
        rng = np.random.default_rng(1)
        for modulation in IMAGES:
            for _ in range(300):
                self.assert_brought_back(modulation, 10 ** rng.uniform(-2, 2), rng.uniform(0, 7), rng)

    def assert_brought_back(self, modulation: Modulation, level: float, angle: float, rng: np.random.Generator) -> None:
        constellation = scheme_of(modulation).constellation
        points = rng.choice(constellation, 24) * level * np.exp(1j * angle)
        found = best_turn(points, constellation)
        assert found
        turn, distance = found
        nearest = np.abs((points * turn)[:, None] - constellation).min(axis=1)
        self.assertAlmostEqual(float(np.mean(nearest**2)), distance, places=4)
        self.assertLess(distance, 0.004, (modulation, level, angle))

    def test_noise(self) -> None:
        """Noise stays farther from all points than data with S/N 24 dB; of silence nothing is said."""
        rng = np.random.default_rng(1)
        for modulation in IMAGES:
            constellation = scheme_of(modulation).constellation
            for _ in range(50):
                found = best_turn(rng.normal(size=24) + 1j * rng.normal(size=24), constellation)
                self.assertTrue(not found or found[1] > 0.004, modulation)
            self.assertIsNone(best_turn(np.zeros(24, np.complex64), constellation))
