"""Unknown tones in a recording: their frequencies and their rhythm, measured without a plan."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.front_end import pre_filter_gain
from callserver.dsp.sines import MIN_SAMPLES, Sines, find_sines
from callserver.dsp.tones import FOR_EVER_S, KEY_TONES_HZ, Burst, Cadence

STEP_SAMPLES = 40  # 5 ms
SMOOTHING_STEPS = 12  # 60 ms: over the beats of two near tones
RANGE_DB, ABOVE_FLOOR_DB = 25.0, 7.0
FLOOR_DBM0 = -50.0
HALF_HEIGHT = 0.5  # of a burst's power
SHORTEST_S = 0.06
MIN_PURITY = 0.7
CONTINUOUS_S = 2.0
MOST_BURSTS = 6  # of one cadence
SAME_TIME, SAME_TIME_SLACK_S, SAME_FREQ_HZ = 0.08, 0.02, 6.0
SAME_LEVEL_DB = 4.0
KEY_TOLERANCE = 0.025
LOOK_SAMPLES, NEW_TONE_HZ = 640, 150.0
EDGE_SAMPLES = 160
EDGE_STEPS = 24  # 120 ms
LARGEST_MODULATION_HZ = 45.0
LOWEST_HZ, HIGHEST_HZ = 250.0, 3600.0


@dataclass(frozen=True)
class Sounding:
    """One burst as recorded; `off_s` is infinite if the recording ends with it."""

    at_s: float
    on_s: float
    off_s: float
    sines: Sines

    @property
    def frequencies_hz(self) -> tuple[float, ...]:
        """Its frequencies without the side tones of a modulation."""
        freqs = tuple(sine.freq_hz for sine in self.sines.components)
        return (freqs[1],) if self.modulation_hz else freqs

    @property
    def level_dbm0(self) -> float:
        """Of its strongest frequency."""
        return max(sine.level_dbm0 for sine in self.sines.components)

    @property
    def modulation_hz(self) -> float:
        """Of a tone between two weaker ones at equal distances; 0 if it is none."""
        if len(self.sines.components) != 3:
            return 0.0
        low, middle, high = self.sines.components
        below, above = middle.freq_hz - low.freq_hz, high.freq_hz - middle.freq_hz
        even = abs(below - above) < SAME_FREQ_HZ and middle.level_dbm0 > max(low.level_dbm0, high.level_dbm0)
        return (below + above) / 2 if even and below < LARGEST_MODULATION_HZ else 0.0


@dataclass(frozen=True)
class StudiedTone:
    """A tone found in a recording."""

    at_s: float
    cadence: Cadence
    cycles: float  # whole ones heard; the more, the surer
    level_dbm0: float


def study_tones(sound: FloatArray) -> list[StudiedTone]:
    """
    The tones of a recording, shape (n,), in their order: bursts that repeat, or one that lasts at least two seconds.
    """
    bursts = list(_soundings(sound[2:] - sound[:-2]))  # the front end's pre-filter: no DC, little hum
    tones: list[StudiedTone] = []
    place = 0
    while place < len(bursts):
        period, n_used = _period(bursts[place:])
        if period:
            tones.append(_studied(bursts[place : place + n_used], period))
        place += max(n_used, 1)
    return tones


def _soundings(filtered: FloatArray) -> Iterator[Sounding]:
    """All bursts pure enough to be a tone's."""
    if filtered.size < MIN_SAMPLES:
        return
    power = _smooth_power(filtered)
    loud_dbm0 = 10 * math.log10(float(power.max()) + 1e-12)
    quiet_dbm0 = 10 * math.log10(float(np.quantile(power, 0.02)) + 1e-12)
    floor = 10 ** (max(loud_dbm0 - RANGE_DB, min(quiet_dbm0 + ABOVE_FLOOR_DB, loud_dbm0 - 3), FLOOR_DBM0 - 6) / 10)
    edges = [edge for span in _spans(power > floor) for edge in _split(filtered, *_half_height(power, *span))]
    for index, (start, end) in enumerate(edges):
        inside = filtered[start * STEP_SAMPLES + EDGE_SAMPLES : end * STEP_SAMPLES - EDGE_SAMPLES]
        following = edges[index + 1][0] if index + 1 < len(edges) else None
        if inside.size < MIN_SAMPLES:
            continue
        sines = find_sines(inside)
        if sines.purity >= MIN_PURITY and not _is_key(sines):
            off_s = _seconds(following - end) if following is not None else FOR_EVER_S
            yield Sounding(_seconds(start), _seconds(end - start), off_s, sines)


def _is_key(sines: Sines) -> bool:
    freqs = [sine.freq_hz for sine in sines.components]
    pairs = (pair for pair in KEY_TONES_HZ.values() if len(freqs) == 2)
    return any(all(abs(a - b) < KEY_TOLERANCE * b for a, b in zip(freqs, pair, strict=True)) for pair in pairs)


def _seconds(steps: int) -> float:
    return steps * STEP_SAMPLES / RATE_HZ


def _smooth_power(filtered: FloatArray) -> FloatArray:
    steps = np.square(filtered[: filtered.size // STEP_SAMPLES * STEP_SAMPLES].reshape(-1, STEP_SAMPLES)).mean(axis=1)
    smooth: FloatArray = np.convolve(steps, np.ones(SMOOTHING_STEPS) / SMOOTHING_STEPS, "same")
    return smooth


def _spans(on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    changes = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(changes[::2], changes[1::2], strict=True)]


def _half_height(power: FloatArray, start: int, end: int) -> tuple[int, int]:
    """The part of a span between half of its first and half of its last power."""
    inside = power[start:end]
    rising = inside >= HALF_HEIGHT * np.quantile(inside[:EDGE_STEPS], 0.7)
    falling = inside >= HALF_HEIGHT * np.quantile(inside[-EDGE_STEPS:], 0.7)
    return start + int(np.argmax(rising)), end - int(np.argmax(falling[::-1]))


def _split(filtered: FloatArray, start: int, end: int) -> list[tuple[int, int]]:
    """A span in parts where it goes over into another tone without a pause, as special information tone does."""
    if _seconds(end - start) < SHORTEST_S:
        return []
    first, last = start * STEP_SAMPLES, end * STEP_SAMPLES
    looks = range(first, last - LOOK_SAMPLES, LOOK_SAMPLES // 4)
    centres = np.array([_centre_hz(filtered[at : at + LOOK_SAMPLES]) for at in looks])
    # Windows `jump` and `jump + 4` lie side by side: the change is between them where they differ most.
    change_hz = np.abs(centres[4:] - centres[:-4])
    means = [np.average(np.arange(*jump), weights=change_hz[slice(*jump)]) for jump in _spans(change_hz > NEW_TONE_HZ)]
    cuts = [round((first + float(mean) * LOOK_SAMPLES / 4 + LOOK_SAMPLES) / STEP_SAMPLES) for mean in means]
    return list(pairwise([start, *cuts, end]))


def _centre_hz(sound: FloatArray) -> float:
    """Where the middle of the power lies."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    freqs = np.arange(spectrum.size) * (RATE_HZ / sound.size)
    powers = (spectrum / pre_filter_gain(np.maximum(freqs, LOWEST_HZ)) ** 2)[freqs < HIGHEST_HZ]
    return float((powers * freqs[: powers.size]).sum() / max(powers.sum(), 1e-20))


def _period(bursts: Sequence[Sounding]) -> tuple[int, int]:
    """After how many bursts the first ones come again, and how many bursts that explains; 0 if they do not."""
    best = (1, 1) if bursts[0].on_s >= CONTINUOUS_S and _fits_nothing(bursts) else (0, 1)
    for period in range(1, min(MOST_BURSTS, len(bursts) // 2) + 1):
        n_used = period
        while n_used < len(bursts) and _alike(bursts[n_used - period], bursts[n_used], n_used == len(bursts) - 1):
            n_used += 1
        if n_used >= 2 * period and n_used > best[1]:
            best = (period, n_used)
    return best


def _fits_nothing(bursts: Sequence[Sounding]) -> bool:
    return len(bursts) == 1 or not _alike(bursts[0], bursts[1], len(bursts) == 2)


def _alike(one: Sounding, other: Sounding, last: bool) -> bool:
    """The same burst again; of the last one the pause, and perhaps its end, are not in the recording."""
    freqs, others = one.frequencies_hz, other.frequencies_hz
    if len(freqs) != len(others) or any(abs(a - b) > SAME_FREQ_HZ for a, b in zip(freqs, others, strict=True)):
        return False
    if abs(one.level_dbm0 - other.level_dbm0) > SAME_LEVEL_DB:
        return False
    on_fits = _same_time(one.on_s, other.on_s) or (math.isinf(other.off_s) and other.on_s < one.on_s)
    return on_fits and (last or math.isinf(other.off_s) or _same_time(one.off_s, other.off_s))


def _same_time(one_s: float, other_s: float) -> bool:
    return abs(one_s - other_s) <= SAME_TIME * max(one_s, other_s) + SAME_TIME_SLACK_S


def _studied(bursts: Sequence[Sounding], period: int) -> StudiedTone:
    """The mean of all cycles."""
    loudest_dbm0 = max(burst.level_dbm0 for burst in bursts[:period])
    parts = tuple(_mean(bursts[place::period], loudest_dbm0) for place in range(period))
    return StudiedTone(bursts[0].at_s, Cadence(parts), len(bursts) / period, loudest_dbm0)


def _mean(same: Sequence[Sounding], loudest_dbm0: float) -> Burst:
    """One burst of a cadence from all its repetitions; without any it is endless."""
    freqs = np.mean([burst.frequencies_hz for burst in same], axis=0)
    off_s = [burst.off_s for burst in same if math.isfinite(burst.off_s)]
    on_s = float(np.median([burst.on_s for burst in same]))
    relative_db = round(float(np.mean([burst.level_dbm0 for burst in same])) - loudest_dbm0)
    return Burst(
        tuple(round(float(freq_hz), 1) for freq_hz in freqs),
        round(on_s, 3) if len(same) > 1 else FOR_EVER_S,
        round(float(np.median(off_s)), 3) if off_s and len(same) > 1 else 0.0,
        round(same[0].modulation_hz),
        relative_db if relative_db < -SAME_LEVEL_DB else 0.0,
    )
