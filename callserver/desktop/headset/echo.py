"""How much of what a loudspeaker plays comes back through the microphone, and when."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from operator import mul

from callserver.desktop.headset.formats import RATE_HZ, WIRE
from callserver.desktop.headset.level import decibels
from callserver.desktop.headset.resampler import Resampler

CHIRP_S = 0.25
LOW_HZ, HIGH_HZ = 300.0, 1700.0  # so that half the rate suffices to find it
AMPLITUDE = 0.25  # -12 dB: plain, and no shock in a headset
SLOW_HZ = RATE_HZ // 2
MOST_LATENCY_S = 1.0
SLICE_LAGS = 100  # about 3 ms of work
PLAIN = 6.0  # times the mean correlation; the highest of 4000 values of noise is 4 times


@dataclass(frozen=True)
class Echo:
    """What came back: against what was played, in dB; after so many seconds."""

    gain_db: float
    after_s: float


def chirp(rate_hz: int, late_s: float = 0.0) -> list[float]:
    """
    A tone that rises evenly, softly begun and ended, up to 1: nothing else looks like it.

    :param late_s: it begins so much after the first sample, or before: less than a sample
    """
    slope = (HIGH_HZ - LOW_HZ) / CHIRP_S / 2
    times_s = [(n + 0.5) / rate_hz - late_s for n in range(round(CHIRP_S * rate_hz))]
    return [
        sin(2 * pi * (LOW_HZ + slope * at_s) * at_s) * (0.5 - 0.5 * cos(2 * pi * at_s / CHIRP_S)) for at_s in times_s
    ]


def chirp_sound() -> bytes:
    """The same to play: 16 bits, 8 kHz."""
    return array("h", [round(AMPLITUDE * 32767 * sample) for sample in chirp(RATE_HZ)]).tobytes()


def find_echo(heard: bytes) -> Iterator[Echo | None]:
    """
    Looks for the chirp in what was heard since it was played, by cross-correlation at 4 kHz.

    Yields None after every 3 ms or so of work, so that other things can be done meanwhile; last of all an Echo, if
    the chirp was heard at all.
    """
    halver = Resampler(RATE_HZ, SLOW_HZ)
    sound = [sample / 32768 for sample in halver.feed(WIRE.read(heard))]
    pattern = [AMPLITUDE * sample for sample in chirp(SLOW_HZ)]
    n_lags = min(round(MOST_LATENCY_S * SLOW_HZ), len(sound) - len(pattern))
    correlation: list[float] = []
    for start in range(0, n_lags, SLICE_LAGS):
        lags = range(start, min(start + SLICE_LAGS, n_lags))
        correlation += [sum(map(mul, pattern, sound[lag : lag + len(pattern)])) for lag in lags]
        yield None
    best = max(range(len(correlation)), key=lambda lag: abs(correlation[lag]), default=0)
    mean = sqrt(sum(map(mul, correlation, correlation)) / max(len(correlation), 1))
    if mean > 0 and abs(correlation[best]) > PLAIN * mean:
        gain, late_s = max(_between(sound[best : best + len(pattern)]))
        yield Echo(decibels(gain), best / SLOW_HZ + late_s - halver.delay_s)


def _between(sound: list[float]) -> Iterator[tuple[float, float]]:
    """Gains against chirps that begin between two samples, and how late: a quarter of a sample already tells."""
    for quarters in range(-3, 4):
        late_s = quarters / 4 / SLOW_HZ
        pattern = [AMPLITUDE * sample for sample in chirp(SLOW_HZ, late_s)]
        yield abs(sum(map(mul, pattern, sound))) / sum(map(mul, pattern, pattern)), late_s
