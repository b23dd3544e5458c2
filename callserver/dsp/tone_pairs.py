"""The careful look at the few channels that may hold a key: two tones, when they began, how pure, how far off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import FULL_SCALE_SINE_DBM0, RATE_HZ, FloatArray
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

HALF_HEIGHT = 0.5  # of the amplitude
EDGE_SAMPLES = 40  # a window whose centre is this far inside a tone's ends holds 97 % of the tone
PROMISING_SHARE, PROMISING_OFFSET = 0.65, 0.03
BRIDGE_WINDOWS = 3  # ITU-T Q.24: a drop-out of 10 ms (two, at most three windows) is no end, a pause of 30 ms is one
TINY = 1e-12


def _window_phasors() -> tuple[FloatArray, FloatArray]:
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(WINDOW_SAMPLES), TONES_HZ) / RATE_HZ)
    phasors = turns * window[:, None] * (np.sqrt(2) / window.sum())
    interleaved = np.stack([phasors.real, phasors.imag], axis=2).reshape(WINDOW_SAMPLES, -1)
    return interleaved.astype(np.float32), (window**2 / np.sum(window**2)).astype(np.float32)


_PHASORS, _ENERGY_WEIGHTS = _window_phasors()
_FREQS_HZ = np.array(TONES_HZ, np.float32)
_HOP_TURNS = np.exp(2j * np.pi * np.array(TONES_HZ) * HOP_SAMPLES / RATE_HZ).astype(np.complex64)
_HOP_ANGLES = np.angle(_HOP_TURNS)
_HOP_RADIANS = 2 * np.pi * _FREQS_HZ * HOP_SAMPLES / RATE_HZ  # the same with all whole turns
# Both filters at the nominal tones, as power.
_GAINS = ((pre_filter_gain(np.array(TONES_HZ)) * 2 * np.sin(4 * np.pi * np.array(TONES_HZ) / RATE_HZ)) ** 2).astype(
    "f4"
)
_INDEX = np.arange(N_WINDOWS)
_CENTRES = NEWEST_CENTRE - (N_WINDOWS - 1 - _INDEX) * HOP_SAMPLES


@dataclass
class Windows:
    """
    Windows of 15 ms every 5 ms, oldest first, of k channels.

    `values`: complex, shape (k, n, 8 tones), |value|**2 = mean square of the tone after both filters.
    `energy`: shape (k, n), mean square of everything after both filters.
    """

    values: NDArray[np.complex64]
    energy: FloatArray


def measure_windows(sound: FloatArray) -> Windows:
    """
    Look at pre-filtered sound, shape (k, SOUND_SAMPLES) for N_WINDOWS, (k, NEWEST_SAMPLES) for the NEWEST.

    A second filter x[n] - x[n-4] first: with the pre-filter it leaves 40 dB less of 60 Hz hum and 21 dB less of 180 Hz
    against 697 Hz, and the gain over the eight tones level within 4 dB.
    """
    n_channels, n_filtered = len(sound), sound.shape[1] - SECOND_FILTER_SAMPLES
    filtered = np.zeros((-(-n_channels // LANES) * LANES, n_filtered), np.float32)
    np.subtract(sound[:, SECOND_FILTER_SAMPLES:], sound[:, :-SECOND_FILTER_SAMPLES], out=filtered[:n_channels])
    n_windows, (row, step) = (n_filtered - WINDOW_SAMPLES) // HOP_SAMPLES + 1, filtered.strides
    windows = np.lib.stride_tricks.as_strided(
        filtered, (len(filtered), n_windows, WINDOW_SAMPLES), (row, HOP_SAMPLES * step, step)
    ).reshape(-1, WINDOW_SAMPLES)
    values = (windows @ _PHASORS).view(np.complex64).reshape(-1, n_windows, len(TONES_HZ))
    energy = np.square(windows, out=windows) @ _ENERGY_WEIGHTS
    return Windows(values[:n_channels], energy.reshape(-1, n_windows)[:n_channels])


def find_pairs(newest: Windows) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """
    The row 0..3 and the column 4..7 that hold most of the newest windows, shape (k, 2); and whether they promise a key.

    They do if they hold most of the second best window and keep to their frequencies: enough to send most speech away.
    """
    share = newest.values.real**2 + newest.values.imag**2
    share /= newest.energy[:, :, None] + TINY
    total = share.sum(axis=1)
    tones = np.stack([total[:, :4].argmax(axis=1), 4 + total[:, 4:].argmax(axis=1)], axis=1)
    pair = np.take_along_axis(share, tones[:, None, :], axis=2).sum(axis=2)
    pair.sort(axis=1)
    values = np.take_along_axis(newest.values, tones[:, None, :], axis=2)
    advance = (values[:, 1:] * values[:, :-1].conj()).sum(axis=1) * _HOP_TURNS[tones].conj()
    near = np.abs(np.angle(advance)) <= PROMISING_OFFSET * _HOP_RADIANS[tones]
    return tones, (pair[:, -2] >= PROMISING_SHARE) & near.all(axis=1)


@dataclass
class Findings:
    """
    One unbroken stretch in which both tones of a pair sound, in each of k channels.

    `onset`, `end`: shape (k,), its half-height crossings, in samples, negative, from the end of the sound; where it
    goes on, `end` is as far as it can be seen.
    `last_centre`: shape (k,), of its last window, in the same unit.
    `ended`: shape (k,), so much else has followed that it is over, whatever comes.
    `height`: shape (k, 2), power of the two tones when on.
    `n_steady`: shape (k,), pairs of neighbouring windows that are all tone; all that follows is measured on these.
    `share`: shape (k, 2), of each tone in the energy there, as one steady sine; their sum is the purity.
    `levels_dbm0`: shape (k, 2), on the line.
    `offset`: shape (k, 2), measured frequency against the nominal one, as a fraction.
    """

    onset: FloatArray
    end: FloatArray
    last_centre: NDArray[np.intp]
    ended: NDArray[np.bool_]
    height: FloatArray
    n_steady: NDArray[np.intp]
    share: FloatArray
    levels_dbm0: FloatArray
    offset: FloatArray


def examine(
    windows: Windows, tones: NDArray[np.intp], height: FloatArray | None = None, anchor: NDArray[np.intp] | None = None
) -> Findings:
    """
    Measure a pair in each channel.

    :param tones: shape (k, 2), row 0..3 and column 4..7
    :param height: shape (k, 2), power of the two tones when on; by default the strongest of the newest windows
    :param anchor: shape (k,), a window in the stretch; by default the newest in which both sound
    """
    values = np.take_along_axis(windows.values, tones[:, None, :], axis=2).transpose(0, 2, 1)
    powers = values.real**2 + values.imag**2
    if height is None:
        height = powers[:, :, -NEWEST:].max(axis=2)
    relative = np.sqrt((powers / (height[:, :, None] + TINY)).min(axis=1))  # the weaker tone decides
    sounds = relative >= HALF_HEIGHT
    on = _bridge(sounds)
    if anchor is None:
        anchor = np.where(on, _INDEX, 0).max(axis=1)
    first = np.where(~on & (anchor[:, None] > _INDEX), _INDEX, -1).max(axis=1) + 1
    last = np.where(~on & (anchor[:, None] < _INDEX), _INDEX, N_WINDOWS).min(axis=1) - 1
    onset, end = _crossing(relative, first, -1), _crossing(relative, last, 1)
    full = sounds & (onset[:, None] + EDGE_SAMPLES <= _CENTRES) & (end[:, None] - EDGE_SAMPLES >= _CENTRES)
    n_steady, turn, power = _steady(values, full, _HOP_ANGLES[tones])
    energy = (windows.energy * full).sum(axis=1) / np.maximum(full.sum(axis=1), 1)
    return Findings(
        onset,
        end,
        _CENTRES[last],
        last < N_WINDOWS - 1 - BRIDGE_WINDOWS,
        height,
        n_steady,
        power / (energy[:, None] + TINY),
        10 * np.log10(2 * power / _GAINS[tones] + TINY) + FULL_SCALE_SINE_DBM0,
        turn * (RATE_HZ / (2 * np.pi * HOP_SAMPLES)) / _FREQS_HZ[tones],
    )


def _bridge(on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill gaps of up to BRIDGE_WINDOWS; what the edges of the array cut off is no gap."""
    newest_on = np.maximum.accumulate(np.where(on, _INDEX, -N_WINDOWS), axis=1)
    next_on = np.minimum.accumulate(np.where(on, _INDEX, 2 * N_WINDOWS)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(next_on - newest_on <= BRIDGE_WINDOWS + 1)


def _steady(
    values: NDArray[np.complex64], full: NDArray[np.bool_], nominal: FloatArray
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    """How many pairs of full windows; by what angle more than nominal each tone turns a hop; its power as one sine."""
    pairs = full[:, 1:] & full[:, :-1]
    advance = (values[:, :, 1:] * values[:, :, :-1].conj() * pairs[:, None, :]).sum(axis=2)
    turn = np.angle(advance * np.exp(-1j * nominal))
    stopped = values * np.exp(-1j * (nominal + turn)[:, :, None] * _INDEX)
    mean = (stopped * full[:, None, :]).sum(axis=2) / np.maximum(full.sum(axis=1), 1)[:, None]
    off_bins = turn * (WINDOW_SAMPLES / (2 * np.pi * HOP_SAMPLES))
    window_loss = np.sinc(off_bins) / (1 - off_bins**2)  # of the raised cosine beside its centre
    return pairs.sum(axis=1), turn, (mean.real**2 + mean.imag**2) / window_loss**2


def _crossing(relative: FloatArray, at: NDArray[np.intp], direction: int) -> FloatArray:
    """
    Where the amplitude passes half height between window `at` and its outer neighbour, in samples before the end.

    Without a neighbour: where a tone must end that leaves so much in the last window.
    """
    rows, beyond = np.arange(len(at)), at + direction
    inner, seen = relative[rows, at], (beyond >= 0) & (beyond < N_WINDOWS)
    outer = np.where(seen, relative[rows, np.clip(beyond, 0, N_WINDOWS - 1)], inner - 0.45)
    step = np.clip((inner - HALF_HEIGHT) / np.maximum(inner - outer, 0.01), 0, 1)
    return (_CENTRES[at] + direction * step * HOP_SAMPLES).astype(np.float32)
