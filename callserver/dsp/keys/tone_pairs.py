"""The careful look at the few channels that may hold a key: two tones, when they began, how pure, how far off."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import FULL_SCALE_SINE_DBM0, FloatArray
from callserver.dsp.keys.tone_windows import (
    FILTER_GAINS,
    HOP_RADIANS,
    HOP_SAMPLES,
    N_WINDOWS,
    NEWEST,
    NEWEST_CENTRE,
    WINDOW_SAMPLES,
    Windows,
    measure_wide_energy,
    measure_windows,
    wide_gain,
)

Number = TypeVar("Number", np.complex64, np.float32)

HALF_HEIGHT = 0.5  # of the amplitude
EDGE_SAMPLES = 40  # a window whose centre is this far inside a tone's ends holds 97 % of the tone
BRIDGE_SAMPLES = 218  # a hole of 25 ms is no end; a pause of 30 ms is one (ITU-T Q.24, NTT)
DROP_OUT_SAMPLES = 100  # a drop-out of 10 ms
PART_WINDOWS = 3  # a part of a key lasts so long at least
CLICK_WINDOWS = 2
LOUDER = 1.5  # so much louder on one side of a hole: two presses, and the hole seems too short
MOST = 0.6
TINY = 1e-12

_UNTURNS = np.exp(-1j * HOP_RADIANS).astype(np.complex64)
_FIRST_TONES = np.array([0, 4])
_OUTWARDS = np.array([[-1], [1]])
_INDEX = np.arange(N_WINDOWS)
_PART = _INDEX[: PART_WINDOWS + 1]
_PLACES = _INDEX.astype(np.float32)
_CENTRES = NEWEST_CENTRE - (N_WINDOWS - 1 - _INDEX) * HOP_SAMPLES


@dataclass
class Preselection:
    """
    The strongest pair of tones in the newest windows of k channels.

    `tones`: shape (k, 2), row 0..3 and column 4..7.
    `share`: shape (k,), of the energy in the third best window; a key of 27 ms fills so many.
    `throughout`: shape (k,), the pair holds most of all windows: it has sounded for 50 ms.
    `offset`: shape (k,), measured frequency against the nominal one, as a fraction; of the tone that is farther off.
    """

    tones: NDArray[np.intp]
    share: FloatArray
    throughout: NDArray[np.bool_]
    offset: FloatArray


def preselect(newest: Windows) -> Preselection:
    """A quick look, to send most speech away before it is examined."""
    share = newest.values.real**2 + newest.values.imag**2
    share /= newest.energy[:, :, None] + TINY
    tones = share.sum(axis=1).reshape(-1, 2, 4).argmax(axis=2) + _FIRST_TONES
    turn = _turn(_of_pairs(newest.values, tones), tones)
    pair = (_of_pairs(share, tones) / _window_loss(turn)[:, :, None]).sum(axis=1)
    pair.sort(axis=1)
    return Preselection(tones, pair[:, -3], pair[:, 0] >= MOST, np.abs(turn / HOP_RADIANS[tones]).max(axis=1))


@dataclass
class Findings:
    """
    One unbroken stretch in which both tones of a pair sound, in each of k channels.

    `onset`, `end`: shape (k,), its half-height crossings, in samples, negative, from the end of the sound; where it
    goes on, `end` is as far as it can be seen.
    `last_centre`: shape (k,), of its last window, in the same unit.
    `sounding`: shape (k,), samples between the two in which they sound: less the holes that are bridged.
    `ended`: shape (k,), so much else has followed that it is over, whatever comes.
    `height`: shape (k, 2), power of the two tones when on.
    `n_steady`: shape (k,), pairs of neighbouring windows that are all tone; all that follows is measured on these.
    `share`: shape (k, 2), of each tone in the energy there, as one steady sine; their sum is the purity.
    `power`: shape (k, 2), of each tone there; `full`: shape (k, N_WINDOWS), these windows.
    `levels_dbm0`: shape (k, 2), on the line.
    `offset`: shape (k, 2), measured frequency against the nominal one, as a fraction.
    """

    onset: FloatArray
    end: FloatArray
    last_centre: NDArray[np.intp]
    sounding: FloatArray
    ended: NDArray[np.bool_]
    height: FloatArray
    n_steady: NDArray[np.intp]
    share: FloatArray
    power: FloatArray
    full: NDArray[np.bool_]
    levels_dbm0: FloatArray
    offset: FloatArray


def examine(
    sound: FloatArray, tones: NDArray[np.intp], height: FloatArray | None = None, anchor: NDArray[np.intp] | None = None
) -> Findings:
    """
    Measure a pair in each channel.

    :param sound: pre-filtered, shape (k, SOUND_SAMPLES)
    :param tones: shape (k, 2), row 0..3 and column 4..7
    :param height: shape (k, 2), power of the two tones when on; by default the strongest of the newest windows
    :param anchor: shape (k,), a window in the stretch; by default the newest in which both sound
    """
    windows = measure_windows(sound)
    values = _of_pairs(windows.values, tones)
    powers = values.real**2 + values.imag**2
    if height is None:
        height = powers[:, :, -NEWEST:].max(axis=2)
    relatives = np.sqrt(powers / (height[:, :, None] + TINY))
    relative = relatives.min(axis=1)  # the weaker tone decides
    sounds = relative >= HALF_HEIGHT
    on = _bridge(sounds, relatives, height)
    if anchor is None:
        anchor = np.where(on, _INDEX, 0).max(axis=1)
    first = np.where(~on & (anchor[:, None] > _INDEX), _INDEX, -1).max(axis=1) + 1
    last = np.where(~on & (anchor[:, None] < _INDEX), _INDEX, N_WINDOWS).min(axis=1) - 1
    onset, end = _crossings(relative, np.stack([first, last]))
    full = sounds & (onset[:, None] + EDGE_SAMPLES <= _CENTRES) & (end[:, None] - EDGE_SAMPLES >= _CENTRES)
    n_steady, turn, power = _steady(values, full, tones)
    energy = (windows.energy * full).sum(axis=1) / np.maximum(full.sum(axis=1), 1)
    # What has only just begun again may yet be another press, and much louder.
    again = np.where(sounds & (last[:, None] < _INDEX), _INDEX, N_WINDOWS).min(axis=1)
    undecided = (again >= N_WINDOWS - PART_WINDOWS) & (again < N_WINDOWS)
    inside = (first[:, None] <= _INDEX) & (last[:, None] >= _INDEX)
    return Findings(
        onset,
        end,
        _CENTRES[last],
        end - onset - HOP_SAMPLES * (inside & ~sounds).sum(axis=1),
        (end < NEWEST_CENTRE - BRIDGE_SAMPLES) & ~undecided,
        height,
        n_steady,
        power / (energy[:, None] + TINY),
        power,
        full,
        10 * np.log10(2 * power / FILTER_GAINS[tones] + TINY) + FULL_SCALE_SINE_DBM0,
        turn / HOP_RADIANS[tones],
    )


def wide_share(sound: FloatArray, tones: NDArray[np.intp], found: Findings, rows: NDArray[np.intp]) -> FloatArray:
    """As the sum of `share` of some rows, shape (k,), but in energy that also counts what lies around 2 kHz."""
    full = found.full[rows]
    energy = (measure_wide_energy(sound[rows]) * full).sum(axis=1) / np.maximum(full.sum(axis=1), 1)
    power = found.power[rows] * wide_gain(tones[rows], found.offset[rows])
    return np.asarray(power.sum(axis=1) / (energy + TINY))


def _bridge(sounds: NDArray[np.bool_], relatives: FloatArray, height: FloatArray) -> NDArray[np.bool_]:
    """
    Fill gaps of up to BRIDGE_SAMPLES between equally loud parts, of a drop-out's length between any.

    What the edges of the array cut off is no gap, and the click of another key is no part. The stronger tone
    tells how long a gap is, for its clicks, at both ends, make the weaker one seem to last.

    :param relatives: shape (k, 2, N_WINDOWS), amplitude of both tones against their height
    """
    if sounds.all():
        return sounds
    newest_on = np.maximum.accumulate(np.where(sounds, _INDEX, -1), axis=1)
    next_on = np.minimum.accumulate(np.where(sounds, _INDEX, N_WINDOWS)[:, ::-1], axis=1)[:, ::-1]
    rows, places = np.nonzero(~sounds & (newest_on >= 0) & (next_on < N_WINDOWS))
    ends, starts = newest_on[rows, places], next_on[rows, places]
    around = np.stack([starts[:, None] + _PART, ends[:, None] - _PART]).clip(0, N_WINDOWS - 1)
    as_loud = (relatives.max(axis=1)[rows[:, None], around] < LOUDER).all(axis=(0, 2))
    of_one_key = as_loud & sounds[rows[:, None], around[:, :, :PART_WINDOWS]].all(axis=(0, 2))
    known = starts < N_WINDOWS - PART_WINDOWS
    stronger = relatives[np.arange(len(sounds)), height.argmax(axis=1)]
    for _ in range(CLICK_WINDOWS):
        ends = ends + ((stronger[rows, ends + 1] >= HALF_HEIGHT) & (ends + 1 < starts))
        starts = starts - ((stronger[rows, starts - 1] >= HALF_HEIGHT) & (ends + 1 < starts))
    on_again, off = _crossings(stronger, np.stack([starts, ends]), rows)
    on = sounds.copy()
    on[rows, places] = on_again - off <= np.where(of_one_key & known, BRIDGE_SAMPLES, DROP_OUT_SAMPLES)
    return on


def _of_pairs(measured: NDArray[Number], tones: NDArray[np.intp]) -> NDArray[Number]:
    """From shape (k, n windows, 8 tones) those of k pairs, shape (k, 2, n)."""
    found: NDArray[Number] = measured[np.arange(len(tones))[:, None], :, tones]
    return found


def _turn(values: NDArray[np.complex64], tones: NDArray[np.intp], pairs: NDArray[np.bool_] | None = None) -> FloatArray:
    """By what angle more than nominal each tone turns from window to window, strong windows counting more."""
    advance = values[:, :, 1:] * values[:, :, :-1].conj()
    if pairs is not None:
        advance *= pairs[:, None, :]
    mean = advance.sum(axis=2) * _UNTURNS[tones]
    return np.asarray(np.arctan2(mean.imag, mean.real))


def _steady(
    values: NDArray[np.complex64], full: NDArray[np.bool_], tones: NDArray[np.intp]
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    """How many pairs of full windows; by what angle more than nominal each tone turns a hop; its power as one sine."""
    pairs = full[:, 1:] & full[:, :-1]
    turn = _turn(values, tones, pairs)
    stopped = values * np.exp(np.complex64(-1j) * (HOP_RADIANS[tones] + turn)[:, :, None] * _PLACES)
    stopped *= full[:, None, :]
    mean = stopped.sum(axis=2) / np.maximum(full.sum(axis=1), 1)[:, None]
    return pairs.sum(axis=1), turn, (mean.real**2 + mean.imag**2) / _window_loss(turn)


def _window_loss(turn: FloatArray) -> FloatArray:
    """
    What the raised cosine leaves of the power of a tone that turns so much more than nominal a hop.

    (sin(pi x) / (pi x (1 - x**2)))**2 at x bins beside its centre, as the first terms of its logarithm.
    """
    square = np.square(turn * np.float32(WINDOW_SAMPLES / (2 * np.pi * HOP_SAMPLES)))
    return np.asarray(np.exp(square * (square * np.float32(1 - np.pi**4 / 90) + np.float32(2 - np.pi**2 / 3))))


def _crossings(relative: FloatArray, at: NDArray[np.intp], rows: NDArray[np.intp] | None = None) -> FloatArray:
    """
    Where the amplitude passes half height between the first window and the one before, the last and the one after.

    :param at: shape (2, k), the first and the last window; the result likewise, in samples before the end of the sound
    :param rows: shape (k,), of `relative`; by default each once

    At the ends of the array: where a tone must begin or end that leaves so much in that window.
    """
    beyond = at + _OUTWARDS
    if rows is None:
        rows = np.arange(at.shape[1])
    inner, inside = relative[rows, at], (beyond >= 0) & (beyond < N_WINDOWS)
    outer = np.where(inside, relative[rows, beyond % N_WINDOWS], inner - np.float32(0.45))
    step = (inner - HALF_HEIGHT) / np.maximum(inner - outer, np.float32(0.01))
    return np.asarray(_CENTRES[at] + _OUTWARDS * HOP_SAMPLES * np.minimum(np.maximum(step, 0), 1), np.float32)
