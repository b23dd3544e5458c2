"""Speech made elsewhere, brought to what a telephone line carries well: rate, band, silence, level, peaks."""

from fractions import Fraction

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import butter, resample_poly, sosfiltfilt

from callserver.dsp.frames import RATE_HZ, FloatArray

BAND_HZ = (300.0, 3400.0)  # of a telephone channel, ITU-T G.712
ACTIVE_LEVEL_DBFS = -19.0  # mean power of the frames in which somebody speaks; 0 dBFS is a mean square of 1
PEAK_DBFS = -3.0
SILENCE_DB = 38.0  # so far below the active level begins the silence that is cut off
FRAME_S = 0.01
FADE_S = 0.005
LIMITER_S = 0.004

_BAND_PASS = butter(4, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")


def telephone_voice(samples: FloatArray, rate_hz: int, pad_s: float = 0.05) -> FloatArray:
    """
    Bring one recording of speech to the telephone.

    :param samples: shape (n,), any level, `rate_hz` samples a second
    :param pad_s: silence left before and after the words
    :return: shape (m,), 8 kHz, 300-3400 Hz, active level -19 dBFS, no sample above -3 dBFS
    :raises ValueError: when there is nothing to hear
    """
    ratio = Fraction(RATE_HZ, rate_hz)
    narrow = resample_poly(samples.astype(np.float64), ratio.numerator, ratio.denominator)
    if not np.any(np.abs(narrow) > 1e-4):
        raise ValueError("nothing to hear in this recording")
    room = np.zeros(round(0.1 * RATE_HZ))  # for the filter's ringing and the pad
    voice = sosfiltfilt(_BAND_PASS, np.concatenate([room, narrow, room]))
    voice = _trimmed(voice, pad_s)
    voice = _limited(voice * 10 ** ((ACTIVE_LEVEL_DBFS - active_level_dbfs(voice)) / 20))
    return _faded(voice).astype(np.float32)


def active_level_dbfs(samples: FloatArray) -> float:
    """
    Level of speech without its pauses.

    The mean power of the 10-ms frames that lie at most 15.9 dB (the margin of ITU-T P.56) below that mean itself.
    """
    power = _frame_power(samples)
    mean = float(power.mean())
    for _ in range(10):
        mean = float(power[power >= mean / 10**1.59].mean())
    return 10 * float(np.log10(mean))


def _frame_power(samples: FloatArray) -> FloatArray:
    n = round(FRAME_S * RATE_HZ)
    frames = np.resize(np.pad(samples, (0, -samples.size % n)), (-(-samples.size // n), n))
    return np.asarray(np.mean(np.square(frames), axis=1))


def _trimmed(voice: FloatArray, pad_s: float) -> FloatArray:
    floor = 10 ** ((active_level_dbfs(voice) - SILENCE_DB) / 10)
    loud = np.flatnonzero(uniform_filter1d(np.square(voice), round(FRAME_S * RATE_HZ)) > floor)
    pad = round(pad_s * RATE_HZ)
    return voice[max(0, loud[0] - pad) : loud[-1] + 1 + pad]


def _limited(voice: FloatArray) -> FloatArray:
    ceiling, n = 10 ** (PEAK_DBFS / 20), round(LIMITER_S * RATE_HZ)
    gain = np.minimum(1.0, ceiling / np.maximum(np.abs(voice), 1e-9))
    smooth = uniform_filter1d(minimum_filter1d(gain, 2 * n + 1), n)
    return np.clip(voice * smooth, -ceiling, ceiling)


def _faded(voice: FloatArray) -> FloatArray:
    ramp = np.linspace(0.0, 1.0, min(round(FADE_S * RATE_HZ), voice.size // 2))
    voice[: ramp.size] *= ramp
    voice[voice.size - ramp.size :] *= ramp[::-1]
    return voice
