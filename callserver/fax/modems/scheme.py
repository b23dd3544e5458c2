"""What tells one image modem from another: carrier, symbol rate, training, bits to points and back."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ
from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scramblers import Bits


class Encoder(Protocol):
    """Bits to points, with the state of scrambler, phase and trellis."""

    def encode(self, bits: Bits) -> Points:
        """One point for each `bits_per_symbol` bits; mean power 1 over random data."""


@dataclass(frozen=True)
class Decided:
    """What a decoder makes of some received points."""

    points: Points  # the ideal ones, one for each received; those of the last few symbols may be wrong
    bits: Bits  # descrambled


class Decoder(Protocol):
    """Points to bits; the opposite of an encoder that has just sent the training."""

    late: bool  # the bits are those of the points of the call before

    def decode(self, points: Points) -> Decided:
        """Decide about these points."""


@dataclass(frozen=True)
class Training:
    """What goes before the data, and what an encoder and a decoder must know when it is over."""

    points: Points
    known_from: int  # the first symbol that does not belong to the alternations at its beginning
    encoder: Encoder
    decoder: Decoder


class Scheme(Protocol):
    """An image modem at one bit rate."""

    carrier_hz: float
    baud: int
    roll_off: float
    bits_per_symbol: int
    constellation: Points

    def __hash__(self) -> int: ...

    def training(self, *, short: bool) -> Training:
        """As a burst begins; see `training_of`."""


@lru_cache
def _fresh(scheme: Scheme, short: bool) -> Training:
    return scheme.training(short=short)


def training_of(scheme: Scheme, *, short: bool) -> Training:
    """One for one burst: computed once (some milliseconds), then copied."""
    fresh = _fresh(scheme, short)
    return replace(fresh, encoder=deepcopy(fresh.encoder), decoder=deepcopy(fresh.decoder))


def samples_per_symbol(scheme: Scheme) -> float:
    """At 8 kHz."""
    return RATE_HZ / scheme.baud


def nearest(constellation: Points, points: Points) -> NDArray[np.intp]:
    """For each received point the index of the ideal one it lies next to."""
    indices: NDArray[np.intp] = np.argmin(np.abs(points[:, None] - constellation) ** 2, axis=1)
    return indices
