"""The careful look at the few channels that may hold a key: two tones, when they began, how pure, how far off."""

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
SECOND_FILTER_SAMPLES = 4
LANES = 4  # channels are looked at in fours, so that BLAS treats all windows alike, to the last bit
SOUND_SAMPLES = WINDOW_SAMPLES + (N_WINDOWS - 1) * HOP_SAMPLES + SECOND_FILTER_SAMPLES
HALF_HEIGHT = 0.25  # of the power


def _window_phasors() -> tuple[FloatArray, FloatArray]:
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(WINDOW_SAMPLES), TONES_HZ) / RATE_HZ)
    phasors = turns * window[:, None] * (np.sqrt(2) / window.sum())
    interleaved = np.stack([phasors.real, phasors.imag], axis=2).reshape(WINDOW_SAMPLES, -1)
    return interleaved.astype(np.float32), (window**2 / np.sum(window**2)).astype(np.float32)


_PHASORS, _ENERGY_WEIGHTS = _window_phasors()
# Gain of both filters together at the nominal tones, as power.
FILTER_GAINS = (pre_filter_gain(np.array(TONES_HZ)) * 2 * np.abs(np.sin(4 * np.pi * np.array(TONES_HZ) / RATE_HZ))) ** 2
_HOP_TURNS = np.exp(2j * np.pi * np.array(TONES_HZ) * HOP_SAMPLES / RATE_HZ).astype(np.complex64)


@dataclass
class Windows:
    """
    Windows of 15 ms every 5 ms, oldest first, of k channels.

    `values`: complex, shape (k, N_WINDOWS, 8 tones), |value|**2 = mean square of the tone after both filters.
    `energy`: shape (k, N_WINDOWS), mean square of everything after both filters.
    """

    values: NDArray[np.complex64]
    energy: FloatArray


def measure_windows(sound: FloatArray) -> Windows:
    """
    Look at pre-filtered sound, shape (k, SOUND_SAMPLES).

    A second filter x[n] - x[n-4] first: with the pre-filter it leaves 40 dB less of 60 Hz hum and 21 dB less of 180 Hz
    against 697 Hz, and the gain over the eight tones level within 4 dB.
    """
    n_channels = len(sound)
    filtered = np.zeros((-(-n_channels // LANES) * LANES, SOUND_SAMPLES - SECOND_FILTER_SAMPLES), np.float32)
    np.subtract(sound[:, SECOND_FILTER_SAMPLES:], sound[:, :-SECOND_FILTER_SAMPLES], out=filtered[:n_channels])
    row, step = filtered.strides
    windows = np.lib.stride_tricks.as_strided(
        filtered, (len(filtered), N_WINDOWS, WINDOW_SAMPLES), (row, HOP_SAMPLES * step, step)
    ).reshape(-1, WINDOW_SAMPLES)
    values = (windows @ _PHASORS).view(np.complex64).reshape(-1, N_WINDOWS, len(TONES_HZ))
    energy = np.square(windows, out=windows) @ _ENERGY_WEIGHTS
    return Windows(values[:n_channels], energy.reshape(-1, N_WINDOWS)[:n_channels])


@dataclass
class Pairs:
    """
    What one pair of tones did in each of k channels.

    `low`, `high`: tone numbers 0..3 and 4..7; `values`: complex, shape (k, 2, N_WINDOWS), `powers`: their squares.
    """

    low: NDArray[np.intp]
    high: NDArray[np.intp]
    values: NDArray[np.complex64]
    powers: FloatArray
    energy: FloatArray


def strongest_pairs(windows: Windows, newest: int = 8) -> Pairs:
    """The row and the column that hold most of the newest windows."""
    values = windows.values[:, -newest:]
    powers = values.real**2 + values.imag**2
    share = (powers / (windows.energy[:, -newest:, None] + 1e-12)).sum(axis=1)
    low, high = share[:, :4].argmax(axis=1), 4 + share[:, 4:].argmax(axis=1)
    return follow_pairs(windows, low, high)


def follow_pairs(windows: Windows, low: NDArray[np.intp], high: NDArray[np.intp]) -> Pairs:
    """The given row and column, whatever else there is."""
    tones = np.stack([low, high], axis=1)
    values = np.take_along_axis(windows.values, tones[:, None, :], axis=2).transpose(0, 2, 1)
    return Pairs(low, high, values, values.real**2 + values.imag**2, windows.energy)


@dataclass
class Findings:
    """
    The newest unbroken stretch in which both tones of a pair sound, in each of k channels; all arrays shape (k,).

    `onset`, `end`: its half-height crossings, in samples before (negative) the end of the sound looked at.
    `sounds_on`: it had not ended there.
    `purity`: share of the energy between them that two steady sines explain.
    `power`: shape (k, 2), of the two tones, after both filters.
    `offset`: shape (k, 2), measured frequency against the nominal one, as a fraction.
    """

    onset: NDArray[np.float64]
    end: NDArray[np.float64]
    sounds_on: NDArray[np.bool_]
    purity: FloatArray
    power: FloatArray
    offset: FloatArray


NEWEST_CENTRE = -WINDOW_SAMPLES / 2


def examine(pairs: Pairs, reference: FloatArray | None = None, newest: int = 8) -> Findings:
    """Measure each pair; `reference`, shape (k, 2): the power the tones have when on, if known."""
    k = len(pairs.low)
    height = pairs.powers[:, :, -newest:].max(axis=2) if reference is None else reference
    relative = (pairs.powers / (height[:, :, None] + 1e-12)).min(axis=1)  # the weaker one decides
    on = relative >= HALF_HEIGHT
    bridged = on.copy()  # a drop-out of 10 ms is no end
    bridged[:, 1:-1] |= on[:, :-2] & on[:, 2:]
    bridged[:, 1:-2] |= on[:, :-3] & on[:, 3:]
    bridged[:, 2:-1] |= on[:, :-3] & on[:, 3:]
    index = np.arange(N_WINDOWS)
    last = np.where(bridged, index, -1).max(axis=1)
    first = np.where(~bridged & (index < last[:, None]), index, -1).max(axis=1) + 1
    inside = (index >= first[:, None]) & (index <= last[:, None])
    amplitude = np.sqrt(relative)
    rows = np.arange(k)
    onset = _crossing(first, amplitude[rows, first], amplitude[rows, np.maximum(first - 1, 0)], -1)
    end = _crossing(last, amplitude[rows, last], amplitude[rows, np.minimum(last + 1, N_WINDOWS - 1)], 1)
    full = inside & (relative >= 0.6)
    both = full[:, 1:] & full[:, :-1]
    advance = pairs.values[:, :, 1:] * pairs.values[:, :, :-1].conj() * both[:, None, :]
    tones = np.stack([pairs.low, pairs.high], axis=1)
    turn = np.angle(advance.sum(axis=2) * _HOP_TURNS[tones].conj())
    offset = turn * (RATE_HZ / (2 * np.pi * HOP_SAMPLES)) / np.array(TONES_HZ)[tones]
    steady = np.exp(-1j * (np.angle(_HOP_TURNS)[tones] + turn)[:, :, None] * index).astype(np.complex64)
    count = np.maximum(full.sum(axis=1), 1)
    coherent = (pairs.values * steady * full[:, None, :]).sum(axis=2) / count[:, None]
    power = coherent.real**2 + coherent.imag**2
    energy = (pairs.energy * full).sum(axis=1) / count
    return Findings(
        onset, end, last == N_WINDOWS - 1, power.sum(axis=1) / (energy + 1e-12), power, offset.astype(np.float32)
    )


def _crossing(at: NDArray[np.intp], inner: FloatArray, outer: FloatArray, direction: int) -> NDArray[np.float64]:
    """Where between window `at` and its outer neighbour the amplitude passes half height; samples before the end."""
    step = np.clip((inner - 0.5) / np.maximum(inner - outer, 1e-6), 0, 1)
    return np.asarray(NEWEST_CENTRE - (N_WINDOWS - 1 - at) * HOP_SAMPLES + direction * step * HOP_SAMPLES)
