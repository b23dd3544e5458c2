"""Finds the beginning of a training that is known symbol by symbol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from callserver.fax.modems.pulses import Points

ENOUGH_LIKENESS = 0.35  # of 48 symbols noise reaches it once in 10^9 looks
SETTLE_HALVES = 8  # the likeness may still grow for four symbols


@dataclass(frozen=True)
class Found:
    """Where the first known symbol is, in half symbols of the stream that was fed, and how like it is (0 to 1)."""

    half: float
    likeness: float


class TrainingSearch:
    """
    Correlates a stream of values, two a symbol, with the first known symbols.

    Likeness = |sum of values x conj(known)|^2 / (energy of the values x energy of the known), all without their means:
    independent of level and phase, and of a channel that is not too bad. The carrier alone, flags of V.21, alternations
    and noise are unlike.
    """

    def __init__(self, known: Points) -> None:
        centred = known - known.mean()
        self._pattern = centred.conj().astype(np.complex64)
        self._pattern_energy = float(np.sum(np.abs(centred) ** 2))
        self._span = 2 * len(known) - 1
        self._values = np.zeros(self._span - 1, np.complex64)
        self._n_heard = 0  # half symbols
        self._best = Found(0.0, 0.0)
        self._around = (0.0, 0.0, 0.0)
        self._last = (0.0, 0.0)  # likeness of the last two places

    def feed(self, values: Points) -> Found | None:
        """Some half symbols more; what was found, once its likeness has stopped growing."""
        stream = np.concatenate([self._values, values.astype(np.complex64)])
        self._values = stream[-(self._span - 1) :]
        windows = sliding_window_view(stream, self._span)[:, ::2]
        match = np.abs(windows @ self._pattern) ** 2
        n_symbols = len(self._pattern)
        energies = (np.abs(windows) ** 2).sum(axis=1) - np.abs(windows.sum(axis=1)) ** 2 / n_symbols
        likeness = match / np.maximum(energies * self._pattern_energy, 1e-9)
        first = self._n_heard - (self._span - 1)  # the half symbol in which the first window begins
        self._n_heard += len(values)
        line = np.concatenate([self._last, likeness])
        self._last = (float(line[-2]), float(line[-1]))
        top = int(np.argmax(line[1:-1])) + 1
        if line[top] > max(self._best.likeness, ENOUGH_LIKENESS):
            self._best = Found(first + top - 2 + _summit(line[top - 1 : top + 2]), float(line[top]))
        settled = first + len(likeness) > self._best.half + SETTLE_HALVES
        if self._best.likeness and settled:
            found, self._best = self._best, Found(0.0, 0.0)
            return found
        return None


def _summit(three: Points) -> float:
    """How far from the middle one the top of a parabola through three values lies, from -0.5 to 0.5."""
    left, middle, right = three.real
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
