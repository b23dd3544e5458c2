"""Finds the beginning of a training that is known symbol by symbol, and stores what comes from there on."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from callserver.fax.modems.pulses import Points

PATTERN_SYMBOLS = 48
ENOUGH_LIKENESS = 0.35  # noise reaches it once in 10^9 looks
LEAST_VARYING = 0.05  # of the energy
LIKER = 0.15  # a later place must be so much more like the training than the one that was taken for it
BEFORE_HALVES = 2  # are stored, too
SETTLE_HALVES = 8  # the likeness may still grow for four symbols


class TrainingSearch:
    """
    Correlates a stream of values, two a symbol, with the first known symbols.

    Likeness = |sum of values x conj(known)|^2 / (energy of the values x energy of the known), all without their means:
    independent of level and phase, and of a channel that is not too bad. The carrier alone, flags of V.21, alternations
    and noise are unlike.
    """

    def __init__(self, known: Points) -> None:
        centred = known[:PATTERN_SYMBOLS] - known[:PATTERN_SYMBOLS].mean()
        self._pattern = centred.conj().astype(np.complex64)
        self._pattern_energy = float(np.sum(np.abs(centred) ** 2))
        self._span = 2 * PATTERN_SYMBOLS - 1
        self._values = np.zeros(self._span + BEFORE_HALVES, np.complex64)  # not looked at as a beginning, or stored
        self._first = -len(self._values)  # the half symbol of `_values[0]`
        self._settled_at = 0
        self._likeness = 0.0
        self.begun_at: int | None = None  # the half symbol of the first known symbol

    def feed(self, values: Points) -> None:
        """Some half symbols more."""
        self._values = np.concatenate([self._values, values.astype(np.complex64)])
        newest = self._values[-(len(values) + self._span - 1) :]
        likeness = self._likenesses(newest)
        top, end = int(np.argmax(likeness)), self._first + len(self._values)
        if likeness[top] > max(self._likeness + (LIKER if self.settled else 0), ENOUGH_LIKENESS):
            self._likeness = float(likeness[top])
            self.begun_at = end - len(newest) + top
            self._settled_at = self.begun_at + self._span + SETTLE_HALVES
        keep_from = end - self._span - BEFORE_HALVES if self.begun_at is None else self.begun_at - BEFORE_HALVES
        self._values, self._first = self._values[max(keep_from - self._first, 0) :], max(keep_from, self._first)

    @property
    def settled(self) -> bool:
        """The likeness has stopped growing."""
        return self.begun_at is not None and self._first + len(self._values) > self._settled_at

    def stored(self, n_halves: int) -> Points | None:
        """So many half symbols, from BEFORE_HALVES before the training; `None` while they have not all come."""
        return self._values[:n_halves] if self.settled and len(self._values) >= n_halves else None

    def give_up(self) -> None:
        """It was no training: look for another one."""
        self.begun_at, self._likeness = None, 0.0

    def _likenesses(self, stream: Points) -> Points:
        """For each place at which the known symbols may begin."""
        windows = sliding_window_view(stream, self._span)[:, ::2]
        match = np.abs(windows @ self._pattern) ** 2
        whole = (np.abs(windows) ** 2).sum(axis=1)
        varying = whole - np.abs(windows.sum(axis=1)) ** 2 / PATTERN_SYMBOLS
        # Of a mere carrier nothing varies, and what is left is rounding.
        energies = np.maximum(varying, LEAST_VARYING * whole)
        likeness: Points = match / np.maximum(energies * self._pattern_energy, 1e-9)
        return likeness
