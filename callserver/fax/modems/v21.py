"""ITU-T V.21, channel 2: 300 bit/s by two tones. The sender."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.fax.modems.scramblers import Bits

ONE_HZ, ZERO_HZ = 1650.0, 1850.0
BAUD = 300
BLOCK_BITS = BAUD * BLOCK_SAMPLES // RATE_HZ  # 20 ms hold six


class V21Modulator:
    """Bits to one tone without jumps of phase."""

    def __init__(self, level_dbm0: float) -> None:
        self._amplitude, self._phase = amplitude(level_dbm0), 0.0

    def modulate(self, bits: Bits) -> FloatArray:
        """20 ms of sound, shape (160,), from `BLOCK_BITS` bits."""
        which = np.arange(BLOCK_SAMPLES) * BAUD // RATE_HZ
        phases = self._phase + 2 * np.pi / RATE_HZ * np.cumsum(np.where(bits, ONE_HZ, ZERO_HZ)[which])
        self._phase = phases[-1] % (2 * np.pi)
        return (self._amplitude * np.sin(phases)).astype(np.float32)


def v21_sound(bits: Bits, level_dbm0: float) -> Iterator[FloatArray]:
    """In blocks of 20 ms, the last one filled with ones."""
    modulator = V21Modulator(level_dbm0)
    whole = np.concatenate([bits, np.ones(-len(bits) % BLOCK_BITS, np.uint8)])
    return map(modulator.modulate, whole.reshape(-1, BLOCK_BITS))
