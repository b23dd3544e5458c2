"""CNG and CED: sent, and heard on one line."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.fax.signals import FaxTone

CNG_S, CNG_PAUSE_S = 0.5, 3.0  # T.30: 15 % either way
CED_SILENCE_S, CED_S = 0.2, 3.0  # T.30: 2.6 to 4.0 s
FLOOR_DBM0 = -43.0
ENOUGH_SHARE = 0.5  # of the energy; CNG 38 Hz off keeps 0.6 in 10 ms
ENOUGH_BLOCKS, RIDDEN_BLOCKS = 10, 2  # 200 ms; a reversal of the phase (ITU-T V.25) spoils one or two
_PIECE = BLOCK_SAMPLES // 2


def tone_sound(tone: FaxTone, level_dbm0: float) -> FloatArray:
    """The tone alone, without the silences around it."""
    times = np.arange(round((CNG_S if tone is FaxTone.CNG else CED_S) * RATE_HZ)) / RATE_HZ
    return (amplitude(level_dbm0) * np.sin(2 * np.pi * tone.value * times)).astype(np.float32)


class ToneEar:
    """Tells each tone once for as long as it sounds."""

    def __init__(self) -> None:
        times = np.arange(_PIECE) / RATE_HZ
        self._phasors = np.exp(-2j * np.pi * times[:, None] * [tone.value for tone in FaxTone]).astype(np.complex64)
        self._floor = amplitude(FLOOR_DBM0) ** 2 / 2 * BLOCK_SAMPLES
        self._runs, self._missed = dict.fromkeys(FaxTone, 0), dict.fromkeys(FaxTone, 0)

    @property
    def sounding(self) -> bool:
        """A tone holds most of the sound."""
        return any(self._runs.values())

    def feed(self, block: FloatArray) -> list[FaxTone]:
        """20 ms, shape (160,)."""
        energy = max(float(block @ block), self._floor)
        powers = np.abs(block.reshape(2, _PIECE) @ self._phasors) ** 2
        shares = powers.sum(axis=0) * (2 / _PIECE) / energy
        heard = []
        for tone, share in zip(FaxTone, shares.tolist(), strict=True):
            if share > ENOUGH_SHARE:
                self._missed[tone] = 0
                self._runs[tone] += 1
                heard += [tone] if self._runs[tone] == ENOUGH_BLOCKS else []
            elif self._runs[tone]:
                self._missed[tone] += 1
                self._runs[tone] *= self._missed[tone] <= RIDDEN_BLOCKS
        return heard
