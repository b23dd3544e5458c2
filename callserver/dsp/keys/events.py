"""What is told of keys."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.keys.tone_pairs import Findings
from callserver.dsp.tones import KEYS


@dataclass(frozen=True)
class KeyDown:
    """A key has begun on a channel."""

    channel: int
    key: str  # 0-9 * # A-D
    onset_sample: int  # in the stream fed, to 5 ms
    low_dbm0: float
    high_dbm0: float
    low_offset: float  # measured frequency against the nominal one, as a fraction
    high_offset: float
    purity: float  # share of the sound that the two tones are


@dataclass(frozen=True)
class KeyUp:
    """The key has ended."""

    channel: int
    key: str
    end_sample: int


@dataclass(frozen=True)
class KeyMissed:
    """Something nearly was a key; told after it has ended."""

    would_be: KeyDown
    duration_ms: float
    reasons: tuple[str, ...]  # the tests of `key_tests` that it failed

    @property
    def channel(self) -> int:
        """As of the other events."""
        return self.would_be.channel


def key_name(tones: NDArray[np.intp]) -> str:
    """The key of row 0..3 and column 4..7."""
    return KEYS[tones[0]][tones[1] - 4]


def key_down(channel: int, tones: NDArray[np.intp], found: Findings, i: int, now: int) -> KeyDown:
    """Row `i` of findings that end at sample `now`."""
    (low_dbm0, high_dbm0), (low_offset, high_offset) = found.levels_dbm0[i].tolist(), found.offset[i].tolist()
    onset_sample, purity = now + round(float(found.onset[i])), round(float(found.share[i].sum()), 3)
    levels, offsets = (round(low_dbm0, 1), round(high_dbm0, 1)), (round(low_offset, 4), round(high_offset, 4))
    return KeyDown(channel, key_name(tones), onset_sample, *levels, *offsets, purity)
