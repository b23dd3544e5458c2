"""How loud sound is."""

from array import array
from dataclasses import dataclass
from math import log10, sqrt
from operator import mul

SILENT_DB = -90.0  # nothing is shown lower: half of the smallest step of 16 bits
SHOWN_BLOCKS = 5  # of 20 ms: ten levels a second


@dataclass(frozen=True)
class Level:
    """Of a stretch of sound, in dB of full scale: the highest sample, and the mean power (a full sine has -3)."""

    peak_db: float = SILENT_DB
    rms_db: float = SILENT_DB


def level_of(data: bytes) -> Level:
    """Of 16-bit samples."""
    samples = array("h", data)
    if not samples:
        return Level()
    power = sum(map(mul, samples, samples)) / len(samples)
    return Level(decibels(max(max(samples), -min(samples)) / 32768), decibels(sqrt(power) / 32768))


def decibels(amplitude: float) -> float:
    """Of full scale, to a tenth."""
    return max(SILENT_DB, round(20 * log10(amplitude), 1)) if amplitude > 0 else SILENT_DB


class LevelTracker:
    """Levels ten times a second, of blocks of 20 ms."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def add(self, block: bytes) -> Level | None:
        """The level of the last 100 ms, when they are over."""
        self._blocks.append(block)
        if len(self._blocks) < SHOWN_BLOCKS:
            return None
        data = b"".join(self._blocks)
        self._blocks = []
        return level_of(data)
