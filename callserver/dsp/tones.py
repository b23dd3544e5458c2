"""Tones out: for callers' ears, for the emulated exchange and for tests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray, amplitude

LOW_TONES_HZ = (697.0, 770.0, 852.0, 941.0)  # ITU-T Q.23
HIGH_TONES_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = ("123A", "456B", "789C", "*0#D")  # one row a low tone, one column a high tone
KEY_TONES_HZ = {
    key: (low_hz, high_hz)
    for row, low_hz in zip(KEYS, LOW_TONES_HZ, strict=True)
    for key, high_hz in zip(row, HIGH_TONES_HZ, strict=True)
}

FOR_EVER_S = math.inf
MODULATION_DEPTH = 0.85  # of tones written 400x16 in ITU-T E.180


@dataclass(frozen=True)
class Burst:
    """One sounding of a cadence and the pause after it; `relative_db` makes it weaker than the tone's level."""

    frequencies_hz: tuple[float, ...]
    on_s: float = FOR_EVER_S
    off_s: float = 0.0
    modulation_hz: float = 0.0
    relative_db: float = 0.0


@dataclass(frozen=True)
class Cadence:
    """Bursts, one after the other, then again from the first."""

    bursts: tuple[Burst, ...]


def cadence(frequencies_hz: Sequence[float], *on_off_s: float, modulation_hz: float = 0.0) -> Cadence:
    """
    The usual cadence: the same frequencies in every burst.

    :param on_off_s: seconds on, off, on, off ...; none at all for a tone without end
    """
    times_s = on_off_s or (FOR_EVER_S, 0.0)
    pairs = zip(times_s[::2], times_s[1::2], strict=True)
    return Cadence(tuple(Burst(tuple(frequencies_hz), on_s, off_s, modulation_hz) for on_s, off_s in pairs))


def tone(
    frequencies_hz: Sequence[float],
    n_samples: int,
    level_dbm0: float | Sequence[float] = -10.0,
    *,
    phase_rad: float | Sequence[float] = 0.0,
    start: int = 0,
    modulation_hz: float = 0.0,
) -> FloatArray:
    """
    A sum of sines, shape (n_samples,).

    :param level_dbm0: of each frequency, or one for all
    :param start: number of the first sample: consecutive pieces join without a step
    :param modulation_hz: amplitude modulation, 0 for none
    """
    times_s = np.arange(start, start + n_samples) / RATE_HZ
    sound = np.zeros(n_samples)
    levels = np.broadcast_to(level_dbm0, len(frequencies_hz))
    phases = np.broadcast_to(phase_rad, len(frequencies_hz))
    for frequency_hz, level, phase in zip(frequencies_hz, levels, phases, strict=True):
        sound += amplitude(level) * np.sin(2 * np.pi * frequency_hz * times_s + phase)
    if modulation_hz:
        sound *= 1 + MODULATION_DEPTH * np.sin(2 * np.pi * modulation_hz * times_s)
    return sound.astype(np.float32)


def dtmf(
    keys: str, on_ms: float = 80.0, off_ms: float = 80.0, low_dbm0: float = -9.0, high_dbm0: float = -7.0
) -> FloatArray:
    """
    Key presses, one after the other, each followed by its pause.

    :raises ValueError: for anything but 0-9, *, #, A-D
    """
    n_on, n_off = (round(ms * RATE_HZ / 1000) for ms in (on_ms, off_ms))
    sound = np.zeros((len(keys), n_on + n_off), np.float32)
    for row, key in zip(sound, keys, strict=True):
        if key not in KEY_TONES_HZ:
            raise ValueError(f"{key!r} is no key; there are 0-9, *, #, A-D")
        row[:n_on] = tone(KEY_TONES_HZ[key], n_on, (low_dbm0, high_dbm0))
    return sound.reshape(-1)


def beep(frequency_hz: float = 1000.0, duration_ms: float = 200.0, level_dbm0: float = -15.0) -> FloatArray:
    """The beep before a recording, with soft edges."""
    n_samples = round(duration_ms * RATE_HZ / 1000)
    edge = np.minimum(np.arange(n_samples), np.arange(n_samples)[::-1]) / (0.005 * RATE_HZ)
    return tone([frequency_hz], n_samples, level_dbm0) * np.minimum(edge, 1).astype(np.float32)


def comfort_noise(n_samples: int, level_dbm0: float = -60.0, seed: int | None = None) -> FloatArray:
    """White noise, so that a quiet line does not sound dead; shape (n_samples,)."""
    noise = np.random.default_rng(seed).standard_normal(n_samples, np.float32)
    return noise * np.float32(amplitude(level_dbm0) / math.sqrt(2))


class ToneSource:
    """A cadence played block by block; any cut gives the same sound."""

    def __init__(self, cadence: Cadence, level_dbm0: float = -10.0) -> None:
        if sum(burst.on_s + burst.off_s for burst in cadence.bursts) <= 0:
            raise ValueError("a cadence without duration")
        self._bursts, self._level_dbm0 = cadence.bursts, level_dbm0
        self._position = 0  # samples played
        self._burst_index, self._burst_start = 0, 0

    def read(self, n_samples: int) -> FloatArray:
        """The next samples, shape (n_samples,)."""
        pieces, end = [np.zeros(0, np.float32)], self._position + n_samples
        while self._position < end:
            pieces.append(self._piece(end))
            self._position += len(pieces[-1])
        return np.concatenate(pieces)

    def _piece(self, end: int) -> FloatArray:
        """What sounds from here until the burst turns off, or its pause is over, or `end`; may be empty."""
        burst = self._bursts[self._burst_index]
        on_end = self._burst_start + burst.on_s * RATE_HZ
        off_end = on_end + burst.off_s * RATE_HZ
        if self._position < round_up(on_end, end):
            n_samples = round_up(on_end, end) - self._position
            level_dbm0 = self._level_dbm0 + burst.relative_db
            return tone(
                burst.frequencies_hz, n_samples, level_dbm0, start=self._position, modulation_hz=burst.modulation_hz
            )
        if self._position < round_up(off_end, end):
            return np.zeros(round_up(off_end, end) - self._position, np.float32)
        self._burst_index = (self._burst_index + 1) % len(self._bursts)
        self._burst_start = self._position
        return np.zeros(0, np.float32)


def round_up(position: float, limit: int) -> int:
    """A position in samples as a whole number, at most `limit`."""
    return math.ceil(min(position, limit))


def play(cadence: Cadence, duration_s: float, level_dbm0: float = -10.0) -> FloatArray:
    """The first seconds of a cadence, shape (n,)."""
    return ToneSource(cadence, level_dbm0).read(round(duration_s * RATE_HZ))
