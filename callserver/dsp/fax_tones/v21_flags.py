"""HDLC flags in V.21 sound: the sure sign of a fax, also of one that sends no CED."""

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray

LOOK_SAMPLES = 1280  # 160 ms: six flags
ONE_HZ, ZERO_HZ = 1650.0, 1850.0  # ITU-T V.21, channel 2
BIT_SAMPLES = RATE_HZ / 300
BIT_SLACK = 0.6

_TIMES = np.arange(round(BIT_SAMPLES)) / RATE_HZ
_ONE, _ZERO = (np.exp(2j * np.pi * freq_hz * _TIMES) for freq_hz in (ONE_HZ, ZERO_HZ))


def count_flags(sound: FloatArray) -> int:
    """
    How many flags, 01111110, follow one another in V.21 sound.

    :param sound: shape (n,), pre-filtered or not

    The energies of the two tones over one bit, compared at every sample; a flag is six bits of 1650 Hz between one or
    two bits of 1850 Hz.
    """
    ones = np.abs(np.convolve(sound, _ONE, "valid")) > np.abs(np.convolve(sound, _ZERO, "valid"))
    edges = np.flatnonzero(ones[1:] != ones[:-1])
    best = run = 0
    for length, one in zip(np.diff(edges) / BIT_SAMPLES, ones[edges[:-1] + 1], strict=True):
        fits = abs(length - 6) < BIT_SLACK if one else 1 - BIT_SLACK < length < 2 + BIT_SLACK
        run = 0 if not fits else run + 1 if one else run
        best = max(best, run)
    return best
