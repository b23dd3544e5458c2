"""Short windows over the sound of a few channels, each measured at the eight DTMF tones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.front_end import pre_filter_gain
from callserver.dsp.tones import HIGH_TONES_HZ, LOW_TONES_HZ

TONES_HZ = LOW_TONES_HZ + HIGH_TONES_HZ
WINDOW_SAMPLES = 120  # 15 ms, raised cosine: parts the two tones of a pair (268 Hz at least), not the rows
HOP_SAMPLES = 40  # 5 ms
N_WINDOWS = 24  # the last 130 ms
NEWEST = 8  # windows: 50 ms of sound, in which a key must show itself
SECOND_FILTER_SAMPLES = 4
SOUND_SAMPLES = WINDOW_SAMPLES + (N_WINDOWS - 1) * HOP_SAMPLES + SECOND_FILTER_SAMPLES
NEWEST_SAMPLES = WINDOW_SAMPLES + (NEWEST - 1) * HOP_SAMPLES + SECOND_FILTER_SAMPLES
NEWEST_CENTRE = -WINDOW_SAMPLES // 2  # of the newest window, before the end of the sound
LANES = 4  # channels are looked at in fours, so that BLAS treats all windows alike, to the last bit


def _window_phasors() -> tuple[FloatArray, FloatArray]:
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(WINDOW_SAMPLES), TONES_HZ) / RATE_HZ)
    phasors = turns * window[:, None] * (np.sqrt(2) / window.sum())
    interleaved = np.stack([phasors.real, phasors.imag], axis=2).reshape(WINDOW_SAMPLES, -1)
    return interleaved.astype(np.float32), (window**2 / np.sum(window**2)).astype(np.float32)


def _filter_gains() -> FloatArray:
    """Of both filters together at the nominal tones, as power."""
    freqs_hz = np.array(TONES_HZ)
    return ((pre_filter_gain(freqs_hz) * 2 * np.sin(4 * np.pi * freqs_hz / RATE_HZ)) ** 2).astype(np.float32)


PHASORS, ENERGY_WEIGHTS = _window_phasors()
FILTER_GAINS = _filter_gains()
SAMPLE_RADIANS = (2 * np.pi * np.array(TONES_HZ) / RATE_HZ).astype(np.float32)
HOP_RADIANS = (2 * np.pi * np.array(TONES_HZ) * HOP_SAMPLES / RATE_HZ).astype(np.float32)  # a tone's turn a window


@dataclass
class Windows:
    """
    Windows of 15 ms every 5 ms, oldest first, of k channels.

    `values`: complex, shape (k, n, 8 tones), |value|**2 = mean square of the tone after both filters.
    `energy`: shape (k, n), mean square of everything after both filters.
    """

    values: NDArray[np.complex64]
    energy: FloatArray


def measure_wide_energy(sound: FloatArray) -> FloatArray:
    """
    Mean square in the same windows after the pre-filter twice, shape (k, n).

    The second filter of `measure_windows` is deaf around 2 kHz; this one is not, and takes out as much hum.
    """
    windows = _windows_of(sound[:, 2:] - sound[:, :-2], sound.shape[1] - SECOND_FILTER_SAMPLES)
    energy = np.square(windows, out=windows) @ ENERGY_WEIGHTS
    wide: FloatArray = energy.reshape(-1, _count(sound))[: len(sound)]
    return wide


def wide_gain(tones: NDArray[np.intp], offset: FloatArray) -> FloatArray:
    """
    By how much more power a tone so far off has after the pre-filter twice than after both filters of the windows.

    (2 sin x)**4 / (2 sin x * 2 sin 2x)**2 with x radians a sample.
    """
    return np.asarray(0.25 / np.cos(SAMPLE_RADIANS[tones] * (1 + offset)) ** 2)


def measure_windows(sound: FloatArray) -> Windows:
    """
    Look at pre-filtered sound, shape (k, SOUND_SAMPLES) for N_WINDOWS, (k, NEWEST_SAMPLES) for the NEWEST.

    A second filter x[n] - x[n-4] first: with the pre-filter it leaves 40 dB less of 60 Hz hum and 21 dB less of 180 Hz
    against 697 Hz, and the gain over the eight tones level within 4 dB.
    """
    filtered = sound[:, SECOND_FILTER_SAMPLES:] - sound[:, :-SECOND_FILTER_SAMPLES]
    windows, n_windows = _windows_of(filtered, filtered.shape[1]), _count(sound)
    values = (windows @ PHASORS).view(np.complex64).reshape(-1, n_windows, len(TONES_HZ))
    energy = np.square(windows, out=windows) @ ENERGY_WEIGHTS
    return Windows(values[: len(sound)], energy.reshape(-1, n_windows)[: len(sound)])


def _count(sound: FloatArray) -> int:
    return int(sound.shape[1] - SECOND_FILTER_SAMPLES - WINDOW_SAMPLES) // HOP_SAMPLES + 1


def _windows_of(filtered: FloatArray, n_newest: int) -> FloatArray:
    """The windows in the newest samples, one a row: those of a channel side by side, channels in whole lanes."""
    padded = np.zeros((-(-len(filtered) // LANES) * LANES, n_newest), np.float32)
    padded[: len(filtered)] = filtered[:, filtered.shape[1] - n_newest :]
    n_windows, (row, step) = (n_newest - WINDOW_SAMPLES) // HOP_SAMPLES + 1, padded.strides
    windows: FloatArray = np.lib.stride_tricks.as_strided(
        padded, (len(padded), n_windows, WINDOW_SAMPLES), (row, HOP_SAMPLES * step, step)
    ).reshape(-1, WINDOW_SAMPLES)
    return windows
