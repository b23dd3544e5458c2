"""Bursts of sound that nobody understands: they have an end, too."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import FloatArray, amplitude

FLOOR_DBM0 = -48.0
LOUD_BLOCKS, QUIET_BLOCKS = 8, 4  # of 20 ms: the shortest burst, and the silence after it
DROP = 0.1  # of the loudest block


class BurstWatch:
    """Tells the end of each burst of 160 ms or more by its own level."""

    def __init__(self) -> None:
        self._floor = amplitude(FLOOR_DBM0) ** 2 / 2
        self._n_quiet = 0
        self.forget()

    def forget(self) -> None:
        """What sounds now is something else."""
        self._n_loud, self._loudest = 0, 0.0

    def ended(self, block: FloatArray) -> bool:
        """After these 20 ms."""
        power = float(np.mean(np.square(block)))
        if power > max(self._floor, DROP * self._loudest):
            self._loudest = max(power, self._loudest)
            self._n_loud, self._n_quiet = self._n_loud + 1, 0
            return False
        self._n_quiet += 1
        if self._n_quiet < QUIET_BLOCKS:
            return False
        was_burst = self._n_loud >= LOUD_BLOCKS
        self.forget()
        return was_burst
