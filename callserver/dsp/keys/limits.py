"""What makes two tones a key: the limits of ITU-T Q.24 (AT&T and NTT columns together), and voices kept out."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ
from callserver.dsp.keys.tone_pairs import Findings, Preselection

FLOOR_DBM0 = -28.0  # per tone; AT&T must hear -25, NTT must not hear -29
MAX_OFFSET = 0.024  # NTT: 1.8 % must, 3.0 % must not
MAX_OFFSETS = 0.038  # both tones' together: two of 1.8 % must; voices and music lie off both at once
NORMAL_TWIST_DB, REVERSE_TWIST_DB = 15.0, 12.0  # AT&T: 8 and 4; an echo 10 dB down adds up to 5.7
MIN_ON_MS = 27.0  # NTT: 40 ms must, 24 ms must not

# A voice can look like a key for a moment, but seldom for long, seldom pure, and seldom on frequency. What a key needs
# of purity falls with its duration and rises with its frequency error and with twist. Set on 22 hours of voices, among
# them 9 hours of actors, of which none passes; clean keys at the limits have 0.98, keys at S/N 12 dB 0.92.
DURATIONS_MS = (27.0, 40.0, 60.0, 80.0, 100.0, 130.0)
PURITIES = (0.88, 0.86, 0.82, 0.76, 0.70, 0.66)
PURITY_FOR_OFFSET = 6.0  # for an error of 1.5 %: 0.09
WIDE_PURITY = 0.65  # a third tone as loud around 2 kHz leaves less; noise 12 dB down and 8 dB of twist leave 0.70
PURITY_FOR_TWIST, COMMON_TWIST_DB = 0.0075, 6.0  # a dB beyond the common

# Preselection: nothing that could pass below may be sent away. In 50 ms of sound a key not heard throughout is
# shorter than 60 ms; single windows of noisy keys can be a little less pure than the whole.
GLANCE_PURITY, GLANCE_PURITY_SHORT, GLANCE_OFFSET = 0.64, 0.80, 0.026
NEAR_PURITY, NEAR_OFFSET = 0.5, 0.045
NOT_PURE = "not pure enough"


def may_be_key(seen: Preselection) -> NDArray[np.bool_]:
    """Which of k preselections deserve a measurement, shape (k,)."""
    purity = np.where(seen.throughout, GLANCE_PURITY, GLANCE_PURITY_SHORT) + PURITY_FOR_OFFSET * seen.offset
    return np.asarray((seen.share >= purity) & (seen.offset <= GLANCE_OFFSET))


def may_be_near_miss(seen: Preselection) -> NDArray[np.bool_]:
    """The same, when it is also asked what nearly was a key."""
    return np.asarray((seen.share >= NEAR_PURITY) & (seen.offset <= NEAR_OFFSET))


def key_tests(found: Findings) -> dict[str, NDArray[np.bool_]]:
    """Which of k findings pass which test, each shape (k,), by what is to be said of those that fail it."""
    duration_ms = found.sounding * (1000 / RATE_HZ)
    twist_db = found.levels_dbm0[:, 0] - found.levels_dbm0[:, 1]
    offsets = np.abs(found.offset)
    offset = offsets.max(axis=1)
    purity = (
        np.interp(duration_ms, DURATIONS_MS, PURITIES)
        + PURITY_FOR_OFFSET * offset
        + PURITY_FOR_TWIST * np.maximum(np.abs(twist_db) - COMMON_TWIST_DB, 0)
    )
    return {
        "too short": (duration_ms >= MIN_ON_MS) & (found.n_steady > 0),
        "too weak": found.levels_dbm0.min(axis=1) >= FLOOR_DBM0,
        "off frequency": (offset <= MAX_OFFSET) & (offsets.sum(axis=1) <= MAX_OFFSETS),
        "too much twist": (twist_db <= NORMAL_TWIST_DB) & (twist_db >= -REVERSE_TWIST_DB),
        NOT_PURE: found.share.sum(axis=1) >= purity,
    }
