"""Which steady sines a stretch of sound holds: frequencies, levels and how much else there is."""

from dataclasses import dataclass

import numpy as np

from callserver.dsp.frames import FULL_SCALE_SINE_DBM0, RATE_HZ, FloatArray
from callserver.dsp.front_end import pre_filter_gain

MAX_SINES = 4
WEAKEST_DB = -15.0  # against the strongest
MIN_SAMPLES = 320  # 40 ms
LOBE_PERIODS = 2.0  # half width of a raised-cosine window's main lobe, in 1 / duration


@dataclass(frozen=True)
class Sine:
    """One component of a sound."""

    freq_hz: float
    level_dbm0: float


@dataclass(frozen=True)
class Sines:
    """The components, lowest first, and the share of the pre-filtered energy that lies in them (1: nothing else)."""

    components: tuple[Sine, ...]
    purity: float


def find_sines(filtered: FloatArray) -> Sines:
    """
    Measure up to four sines in sound that has passed the front end's pre-filter.

    Resolution 2 / duration: tones 25 Hz apart need 80 ms. Levels are those before the filter.

    :param filtered: shape (n,), n >= MIN_SAMPLES
    :raises ValueError: fewer samples
    """
    n_samples = filtered.size
    if filtered.ndim != 1 or n_samples < MIN_SAMPLES:
        raise ValueError(f"no sines to be found in sound of shape {filtered.shape}")
    window = np.hanning(n_samples + 1)[:-1]
    n_fft = 1 << (4 * n_samples - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(filtered * window, n_fft)) ** 2
    lobe = round(LOBE_PERIODS * n_fft / n_samples)
    total, inside = float(spectrum.sum()), 0.0
    found: list[Sine] = []
    weakest = spectrum.max() * 10 ** (WEAKEST_DB / 10)
    while len(found) < MAX_SINES and total > 0:
        top = int(np.argmax(spectrum))
        if spectrum[top] < weakest:
            break
        freq_hz, power = _summit(spectrum, top)
        found.append(_sine(freq_hz * RATE_HZ / n_fft, power / window.sum() ** 2))
        around = slice(max(top - lobe, 0), top + lobe + 1)
        inside += float(spectrum[around].sum())
        spectrum[around] = 0
    return Sines(tuple(sorted(found, key=lambda sine: sine.freq_hz)), inside / total if total else 0.0)


def _summit(spectrum: FloatArray, top: int) -> tuple[float, float]:
    """Position and height of the parabola through the logarithms of three neighbours."""
    if not 0 < top < len(spectrum) - 1 or not spectrum[top - 1 : top + 2].all():
        return float(top), float(spectrum[top])
    left, middle, right = np.log(spectrum[top - 1 : top + 2])
    offset = 0.5 * (left - right) / (left - 2 * middle + right)
    return float(top + offset), float(np.exp(middle - 0.25 * (left - right) * offset))


def _sine(freq_hz: float, power: float) -> Sine:
    """From half the squared amplitude after the pre-filter, over 2."""
    gain = float(pre_filter_gain(max(freq_hz, 50.0)))
    return Sine(freq_hz, 10 * float(np.log10(4 * power / gain**2 + 1e-20)) + FULL_SCALE_SINE_DBM0)
