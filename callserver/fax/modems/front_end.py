"""The receiver's ear: the sound, its carrier taken off, at any moments that are asked for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.fax.modems.pulses import Points, root_raised_cosine
from callserver.fax.modems.scheme import Scheme, samples_per_symbol

HALF_SYMBOLS = 3.5  # each way; the equaliser completes the matched filter
PHASES = 128  # places between two samples


class FrontEnd:
    """
    Keeps what was heard and gives filtered values between the samples.

    Moments are in samples since the beginning. The carrier repeats in each block of 20 ms, so its table never ends.
    A sine of amplitude 1 at the carrier has the value 1.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.reach = _reach(scheme)  # samples needed after a moment
        self._offsets = np.arange(1 - self.reach, self.reach + 1)
        self._pulses = _pulses(scheme)
        self._carrier = (2 * np.exp(-2j * np.pi * scheme.carrier_hz / RATE_HZ * np.arange(BLOCK_SAMPLES))).astype(
            np.complex64
        )
        self._heard = np.zeros(2 * self.reach, np.complex64)
        self._first = -len(self._heard)  # the moment of `_heard[0]`

    @property
    def end(self) -> int:
        """How many samples were heard."""
        return self._first + len(self._heard)

    def hear(self, block: FloatArray) -> None:
        """20 ms more, shape (160,)."""
        self._heard = np.concatenate([self._heard, block * self._carrier])

    def forget_before(self, moment: float) -> None:
        """Nothing earlier will be asked for."""
        drop = int(moment) - self.reach - 2 - self._first
        if drop > 0:
            self._heard = self._heard[drop:]
            self._first += drop

    def at(self, moments: NDArray[np.float64]) -> Points:
        """
        Values at these moments, shape (n,).

        Each must be between what was forgotten and `end` - `reach`.
        """
        whole = np.floor(moments)
        pulses = self._pulses[np.rint((moments - whole) * PHASES).astype(np.intp)]
        windows = self._heard[(whole.astype(np.intp) - self._first)[:, None] + self._offsets]
        values: Points = np.einsum("ij,ij->i", windows, pulses)
        return values


def _reach(scheme: Scheme) -> int:
    return int(np.ceil(HALF_SYMBOLS * samples_per_symbol(scheme)))


@lru_cache
def _pulses(scheme: Scheme) -> FloatArray:
    """For each place between two samples, shape (PHASES + 1, 2 x reach)."""
    offsets = np.arange(1 - _reach(scheme), _reach(scheme) + 1)
    places = (offsets[None, :] - np.arange(PHASES + 1)[:, None] / PHASES) / samples_per_symbol(scheme)
    window = 0.5 + 0.5 * np.cos(np.pi / 2 * np.clip(places / HALF_SYMBOLS, -1, 1)) ** 2
    pulses = root_raised_cosine(places, scheme.roll_off) * window * (np.abs(places) < HALF_SYMBOLS)
    scaled: FloatArray = (pulses / pulses.sum(axis=1)[:, None]).astype(np.float32)
    return scaled
