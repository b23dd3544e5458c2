"""Speech made elsewhere, brought to what a telephone line carries well: rate, band, silence, level, peaks."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import butter, resample_poly, sosfiltfilt

from callserver.dsp.frames import RATE_HZ, FloatArray

BAND_HZ = (300.0, 3400.0)  # of a telephone channel, ITU-T G.712
ACTIVE_LEVEL_DBFS = -19.0  # mean power of the frames in which somebody speaks; 0 dBFS is a mean square of 1
PEAK_DBFS = -3.0
SILENCE_DB = 38.0  # so far below the active level begins the silence that is cut off
FRAME_S = 0.01
BREATH_S, GAP_S = 0.15, 0.12  # so short a noise, so far before or after the words, is a breath or an artefact
FADE_S = 0.005
LIMITER_S = 0.004

Sound = NDArray[np.float64]  # while it is worked on

_BAND_PASS = butter(2, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")


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
    return np.asarray(_faded(voice), np.float32)


def active_level_dbfs(samples: Sound | FloatArray) -> float:
    """
    Level of speech without its pauses.

    The mean power of the 10-ms frames that lie at most 15.9 dB (the margin of ITU-T P.56) below that mean itself.
    """
    power = _frame_power(samples)
    mean = float(power.mean())
    for _ in range(10):
        mean = float(power[power >= mean / 10**1.59].mean())
    return 10 * float(np.log10(mean))


def peak_dbfs(samples: FloatArray) -> float:
    """Of the loudest sample; -inf for silence."""
    peak = float(np.abs(samples).max(initial=0.0))
    return 20 * float(np.log10(peak)) if peak else float("-inf")


def _frame_power(samples: Sound | FloatArray) -> Sound:
    n = round(FRAME_S * RATE_HZ)
    frames = np.resize(np.pad(samples, (0, -samples.size % n)), (-(-samples.size // n), n))
    return np.asarray(np.mean(np.square(frames), axis=1))


def _trimmed(voice: Sound, pad_s: float) -> Sound:
    floor = 10 ** ((active_level_dbfs(voice) - SILENCE_DB) / 10)
    loud = np.flatnonzero(uniform_filter1d(np.square(voice), round(FRAME_S * RATE_HZ)) > floor)
    begin, end = _words(loud)
    pad = round(pad_s * RATE_HZ)
    return voice[max(0, begin - pad) : end + 1 + pad]


def _words(loud: NDArray[np.intp]) -> tuple[int, int]:
    """First and last loud sample, but for short noises that stand apart at either end."""
    islands = np.split(loud, np.flatnonzero(np.diff(loud) > GAP_S * RATE_HZ) + 1)
    words = [island for island in islands if island[-1] - island[0] > BREATH_S * RATE_HZ] or [max(islands, key=len)]
    return int(words[0][0]), int(words[-1][-1])


def _limited(voice: Sound) -> Sound:
    ceiling, n = 10 ** (PEAK_DBFS / 20), round(LIMITER_S * RATE_HZ)
    gain = np.minimum(1.0, ceiling / np.maximum(np.abs(voice), 1e-9))
    smooth = uniform_filter1d(minimum_filter1d(gain, 2 * n + 1), n)
    return np.asarray(np.clip(voice * smooth, -ceiling, ceiling), np.float64)


def _faded(voice: Sound) -> Sound:
    ramp = np.linspace(0.0, 1.0, min(round(FADE_S * RATE_HZ), voice.size // 2))
    voice[: ramp.size] *= ramp
    voice[voice.size - ramp.size :] *= ramp[::-1]
    return voice
