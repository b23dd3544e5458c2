"""What an agent's telephone signals with: soft tones, 8 kHz, shape (n,)."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.tones import beep

SOFT_DBM0 = -24.0
RING_EVERY_S = 3.0


def _in_a_row(*sounds: FloatArray) -> FloatArray:
    return np.concatenate(sounds).astype(np.float32)


def _pause(seconds: float) -> FloatArray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def _padded(sound: FloatArray, seconds: float) -> FloatArray:
    return _in_a_row(sound, _pause(seconds - sound.size / RATE_HZ))


DONE = _in_a_row(beep(800, 80, SOFT_DBM0), _pause(0.04), beep(1200, 80, SOFT_DBM0))
OVER = _in_a_row(beep(1200, 80, SOFT_DBM0), _pause(0.04), beep(800, 80, SOFT_DBM0))
CALL = _in_a_row(beep(950, 120, SOFT_DBM0), _pause(0.08), beep(950, 120, SOFT_DBM0))  # a call comes, at once
RINGS = _padded(CALL, RING_EVERY_S)  # round and round
