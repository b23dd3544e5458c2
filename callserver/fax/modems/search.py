"""Finds the beginning of a training that is known symbol by symbol, and stores what comes from there on."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from callserver.fax.modems.pulses import Points

PATTERN_SYMBOLS, PATTERNS = 48, 3
ENOUGH_LIKENESS = 0.35  # noise reaches it once in 10^9 looks
SURE_LIKENESS = 0.6  # for a later pattern, which may begin in the alternations where the sequence repeats
LEAST_VARYING = 0.05  # of the energy
LIKER = 0.15  # a later place must be so much more like the training than the one that was taken for it
BEFORE_HALVES = 2  # are stored, too
PERIOD_SYMBOLS = 127  # the sequences of V.27ter and V.29 repeat
SETTLE_HALVES = 8  # the likeness may still grow for four symbols


class TrainingSearch:
    """
    Correlates a stream of values, two a symbol, with the first known symbols, and with the next ones, should a hit have
    spoilt the first.

    Likeness = |sum of values x conj(known)|^2 / (energy of the values x energy of the known), all without their means:
    independent of level and phase, and of a channel that is not too bad. The carrier alone, flags of V.21, alternations
    and noise are unlike.
    """

    def __init__(self, known: Points) -> None:
        parts = [known[at : at + PATTERN_SYMBOLS] for at in range(0, len(known), PATTERN_SYMBOLS)][:PATTERNS]
        centred = [part - part.mean() for part in parts if len(part) == PATTERN_SYMBOLS]
        self._patterns = np.array(centred).conj().astype(np.complex64).T
        self._pattern_energies = (np.abs(self._patterns) ** 2).sum(axis=0)
        self._span = 2 * PATTERN_SYMBOLS - 1
        self._kept = self._span + BEFORE_HALVES + 2 * PATTERN_SYMBOLS * (len(centred) - 1)
        self._values = np.zeros(self._kept, np.complex64)
        self._first = -len(self._values)  # the half symbol of `_values[0]`
        self._settled_at = 0
        self._likeness = 0.0
        self.begun_at: int | None = None  # the half symbol of the first known symbol

    def feed(self, values: Points) -> None:
        """Some half symbols more."""
        self._values = np.concatenate([self._values, values.astype(np.complex64)])
        newest = self._values[-(len(values) + self._span - 1) :]
        likeness = self._likenesses(newest)
        place, which = divmod(int(np.argmax(likeness)), likeness.shape[1])
        end = self._first + len(self._values)
        self._consider(float(likeness[place, which]), end - len(newest) + place, 2 * PATTERN_SYMBOLS * which)
        keep_from = end - self._kept if self.begun_at is None else self.begun_at - BEFORE_HALVES
        self._values, self._first = self._values[max(keep_from - self._first, 0) :], max(keep_from, self._first)

    def _consider(self, likeness: float, at: int, after_begin: int) -> None:
        """A pattern is likely to begin at this half symbol, and the training so many before."""
        begun_at, needed = at - after_begin, SURE_LIKENESS if after_begin else ENOUGH_LIKENESS
        if self.begun_at is not None:
            needed = max(needed, self._likeness + (LIKER if self.settled else 0))
            if (begun_at - self.begun_at + 1) % (2 * PERIOD_SYMBOLS) <= 2 and self.settled:
                return  # the same sequence once more
        if likeness > needed:
            self._likeness, self.begun_at = likeness, begun_at
            self._settled_at = at + self._span + SETTLE_HALVES

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

    def _likenesses(self, stream: Points) -> NDArray[np.float32]:
        """For each place in the stream, that each of the patterns begins there."""
        windows = sliding_window_view(stream, self._span)[:, ::2]
        match = np.abs(windows @ self._patterns) ** 2
        whole = (np.abs(windows) ** 2).sum(axis=1)
        varying = whole - np.abs(windows.sum(axis=1)) ** 2 / PATTERN_SYMBOLS
        # Of a mere carrier nothing varies, and what is left is rounding.
        energies = np.maximum(varying, LEAST_VARYING * whole)[:, None]
        likeness: NDArray[np.float32] = match / np.maximum(energies * self._pattern_energies, 1e-9)
        return likeness
