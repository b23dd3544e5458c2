"""The one sound format inside the server: float32, full scale ±1.0, 8 kHz, 20-ms blocks."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

RATE_HZ = 8000
BLOCK_MS = 20
BLOCK_SAMPLES = RATE_HZ * BLOCK_MS // 1000

FULL_SCALE_SINE_DBM0 = 3.14  # ITU-T G.711, A-law: a sine that just reaches full scale


def amplitude(level_dbm0: float) -> float:
    """Peak amplitude, full scale 1.0, of a sine of this level."""
    return float(10 ** ((level_dbm0 - FULL_SCALE_SINE_DBM0) / 20))


def level_dbm0(samples: FloatArray) -> float:
    """Level of a sound: that of the sine with the same power; -inf for silence or no samples."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return 10 * float(np.log10(2 * power)) + FULL_SCALE_SINE_DBM0 if power else float("-inf")
