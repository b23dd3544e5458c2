"""What a caller has said, out of what was recorded of him: without silence around it, busy tone, key. Pure."""

from __future__ import annotations

from itertools import chain

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.plans import Plan

HOP, WINDOW = RATE_HZ // 50, RATE_HZ // 25  # 20 and 40 ms
PART = 1000  # windows in memory at a time: 20 s; ten minutes at once take 250 MB
QUIET_DBFS = -50.0
NEAR_HZ = 40.0  # the width of a tone in so short a window
PURE = 0.85  # so much of its energy a tone has near its frequencies; a vowel has it in its harmonics
WORD_HOPS = 3  # what is shorter is a click: the line going on hook
BREATH_S = 0.3
LOW_HZ, HIGH_HZ = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
ENDS = ("dial", "busy", "congestion", "unobtainable", "howler")  # tones that an exchange plays when somebody has gone

Flags = NDArray[np.bool_]


def spoken_part(sound: FloatArray, plan: Plan) -> FloatArray:
    """
    A recording from its first word to its last, with a breath before and after.

    :param sound: shape (n,), 8 kHz
    :param plan: the tones of the exchange
    :return: shape (m,), m <= n; empty where nobody has spoken
    """
    if sound.size < WINDOW:
        return sound[:0]
    windows = sliding_window_view(sound, WINDOW)[::HOP]
    parts = [_judged(windows[at : at + PART], plan) for at in range(0, len(windows), PART)]
    loud, signal = (np.concatenate(flags) for flags in zip(*parts, strict=True))
    words = _runs(loud & ~signal, WORD_HOPS)
    if not words.any():
        return sound[:0]
    first, last = (int(np.flatnonzero(words)[n]) for n in (0, -1))
    begin = max(0, first * HOP - round(BREATH_S * RATE_HZ))
    end = (last + 1) * HOP + round(BREATH_S * RATE_HZ)
    signals = np.flatnonzero(signal[last:])
    if signals.size:  # a window that has some of a tone in it may begin before the tone does
        end = min(end, (last + int(signals[0])) * HOP + WINDOW // 4)
    return sound[begin : min(end, sound.size)]


def _judged(windows: FloatArray, plan: Plan) -> tuple[Flags, Flags]:
    """Which of these are loud, and which of them a tone or a key."""
    spectra = _spectra(windows)
    energy = spectra.sum(axis=1)
    loud = 10 * np.log10(energy / WINDOW + 1e-12) > QUIET_DBFS
    return loud, loud & (_tones(spectra, energy, plan) | _keys(spectra, energy))


def _spectra(windows: FloatArray) -> FloatArray:
    """Energy of each window by frequency; each row sums to about that of its samples."""
    weighted = windows * np.hanning(WINDOW).astype(np.float32)
    spectra: FloatArray = np.square(np.abs(np.fft.rfft(weighted, axis=1))).astype(np.float32)
    return spectra * np.float32(2 / WINDOW / 0.375)


def _tones(spectra: FloatArray, energy: FloatArray, plan: Plan) -> Flags:
    tones = [plan.tones[name] for name in ENDS if name in plan.tones]
    found = np.zeros(len(energy), bool)
    for burst in chain.from_iterable(tone.bursts for tone in tones):
        if burst.frequencies_hz:
            found |= sum(_near(spectra, f) for f in burst.frequencies_hz) > PURE * energy
    return found


def _keys(spectra: FloatArray, energy: FloatArray) -> Flags:
    low, high = (np.max([_near(spectra, f) for f in group], axis=0) for group in (LOW_HZ, HIGH_HZ))
    flags: Flags = (low + high > PURE * energy) & (low > 0.1 * energy) & (high > 0.1 * energy)
    return flags


def _near(spectra: FloatArray, frequency_hz: float) -> FloatArray:
    freqs = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    near: FloatArray = spectra[:, np.abs(freqs - frequency_hz) <= NEAR_HZ].sum(axis=1)
    return near


def _runs(flags: Flags, shortest: int) -> Flags:
    """Without what is shorter."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    kept = np.zeros_like(flags)
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        kept[first:after] = after - first >= shortest
    return kept
