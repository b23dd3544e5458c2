"""Busy tones that no plan has, such as a PBX's: any one sound, on and off in equal measure, again and again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.frames import BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, RATE_HZ, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.progress.events import ToneHeard
from callserver.dsp.sines import MIN_SAMPLES, Sines, find_sines
from callserver.dsp.tones import KEY_TONES_HZ

N_BURSTS = 5
ALIKE_BURSTS = 3  # the last ones, by their frequencies: a look at a burst costs more than a look at the clock
SHORTEST = 0.08 * RATE_HZ  # of a burst and of a pause, in samples
LONGEST = 1.1 * RATE_HZ  # the pause of ring-back is longer
SAME_TIME, SAME_TIME_SLACK = 0.1, 0.02 * RATE_HZ
SAME_LEVEL = 2.0  # power, either way
ON_SHARE = np.float32(0.2)  # of the power of the burst: a pause is 7 dB quieter at least
FALL_A_TICK = np.float32(0.5 ** (1 / 50))  # of what is taken for the power of a burst, while it pauses
FLOOR_ENERGY = np.float32(10 ** ((-45.0 - FULL_SCALE_SINE_DBM0) / 10))  # of both halves of a tick
MIN_PURITY = 0.8  # of the sines in a burst: tones have it at S/N 10 dB, syllables and strummed chords have not
MOST_FREQS = 2  # exchanges mix two at most; a chord has more
SAME_FREQ = 0.015
KEY_OFFSET = 0.03
LOOK_SAMPLES = 960


class Measure:
    """The bursts and pauses of one channel, as long as they are equal; times in samples."""

    __slots__ = ("burst", "count", "level", "pause", "since", "sines")

    def __init__(self) -> None:
        self.since = self.burst = self.pause = self.level = 0.0  # the last ones
        self.count = 0  # bursts in equal measure
        self.sines: list[Sines] = []  # of the last ones

    def begins(self, at: float) -> None:
        """A burst, after a pause."""
        pause, self.since = at - self.since, at
        if not SHORTEST < pause < LONGEST:
            self.count = 0
        elif self.count > 1 and not _same_time(pause, self.pause):
            self.count = 1
        self.pause = pause

    def ends(self, at: float, level: float) -> bool:
        """A burst; whether so many were equal that its sound is to be looked at."""
        burst, self.since = at - self.since, at
        if not SHORTEST < burst < LONGEST:
            self.count = 0
            return False
        same = _same_time(burst, self.burst) and level < SAME_LEVEL * self.level and self.level < SAME_LEVEL * level
        self.count = self.count + 1 if same and self.count else 1
        self.burst, self.level = burst, level
        return self.count > N_BURSTS - ALIKE_BURSTS


class RegularToneBank:
    """
    Tells "busy" on `n_channels` channels when a steady sound has come five times, each as long and as loud as the one
    before, with pauses as long as each other between. Keys that somebody presses in time are none.

    Edges are found for all channels at once, good to some 5 ms by the share of a tick that is filled; their times are
    compared where there is one, and frequencies only where the times have agreed already.

    :param is_named: whether the tone that sounds on a channel has a name, and needs none from here
    """

    def __init__(self, n_channels: int, front_end: FrontEnd, is_named: Callable[[int], bool] = lambda _: False) -> None:
        self._front_end, self._is_named = front_end, is_named
        self._before = np.zeros(n_channels, np.float32)  # energy of the tick before
        self._height = np.zeros(n_channels, np.float32)  # of the burst that sounds, or sounded last
        self._on = np.zeros(n_channels, bool)
        self._measures = [Measure() for _ in range(n_channels)]

    def hear(self, spectrum: Spectrum) -> list[ToneHeard]:
        """What the newest 20 ms bring."""
        energy, height = spectrum.sum_of_energy, self._height
        height *= FALL_A_TICK
        np.maximum(height, energy, out=height)
        on = energy > np.maximum(height * ON_SHARE, FLOOR_ENERGY)
        changed = np.flatnonzero(on != self._on)
        events = self._edges(changed, energy, on, spectrum.start_sample) if changed.size else []
        self._on = on
        np.copyto(self._before, energy)
        return events

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        self._before, self._height = resized(self._before, n_channels), resized(self._height, n_channels)
        self._on = resized(self._on, n_channels)
        del self._measures[n_channels:]
        self._measures += [Measure() for _ in range(n_channels - len(self._measures))]

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._before[channel] = self._height[channel] = 0
        self._on[channel] = False
        self._measures[channel] = Measure()

    def _edges(
        self, changed: NDArray[np.intp], energy: FloatArray, on: NDArray[np.bool_], start_sample: int
    ) -> list[ToneHeard]:
        """Bursts that begin and end: where, so much of this tick and the one before is filled."""
        height = self._height[changed]
        filled = np.minimum((self._before[changed] + energy[changed]) / height, 2) * BLOCK_SAMPLES
        events = []
        for channel, level, n_samples in zip(changed.tolist(), height.tolist(), filled.tolist(), strict=True):
            measure = self._measures[channel]
            if on[channel]:
                measure.begins(start_sample + BLOCK_SAMPLES - n_samples)
            elif measure.ends(start_sample - BLOCK_SAMPLES + n_samples, level):
                events.append(self._look(channel, measure, start_sample + BLOCK_SAMPLES))
        return [event for event in events if event is not None]

    def _look(self, channel: int, measure: Measure, end_sample: int) -> ToneHeard | None:
        """The frequencies of the burst that has just ended: as those before? Told once, when there are enough."""
        if measure.count == N_BURSTS - ALIKE_BURSTS + 1:
            measure.sines = []
        sines = self._sines_of_burst(channel, measure, end_sample)
        if not _is_tone(sines) or (measure.sines and not _alike(measure.sines[-1], sines)):
            measure.count = 1
            return None
        measure.sines.append(sines)
        if measure.count != N_BURSTS or self._is_named(channel):
            return None
        began = max(round(end_sample - N_BURSTS * (measure.burst + measure.pause)), 0)
        freqs_hz = tuple(round(sine.freq_hz, 1) for sine in sines.components)
        level_dbm0 = round(max(sine.level_dbm0 for sine in sines.components), 1)
        return ToneHeard(channel, "busy", end_sample, began, freqs_hz, level_dbm0, round(sines.purity, 3))

    def _sines_of_burst(self, channel: int, measure: Measure, end_sample: int) -> Sines:
        ago = end_sample - round(measure.since) + BLOCK_SAMPLES // 2
        n_samples = min(round(measure.burst) - BLOCK_SAMPLES, LOOK_SAMPLES)
        sound = self._front_end.recent(np.array([channel]), ago + n_samples)[0, :n_samples]
        return find_sines(sound) if len(sound) >= MIN_SAMPLES else Sines((), 0.0)


def _same_time(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_TIME * other + SAME_TIME_SLACK


def _is_tone(sines: Sines) -> bool:
    """One steady sine or two, little else, and no key."""
    freqs = [sine.freq_hz for sine in sines.components]
    pairs = KEY_TONES_HZ.values() if len(freqs) == 2 else ()
    is_key = any(all(abs(a - b) < KEY_OFFSET * b for a, b in zip(freqs, pair, strict=True)) for pair in pairs)
    return sines.purity >= MIN_PURITY and 1 <= len(freqs) <= MOST_FREQS and not is_key


def _alike(one: Sines, other: Sines) -> bool:
    freqs, others = ([sine.freq_hz for sine in sines.components] for sines in (one, other))
    return len(freqs) == len(others) and all(
        abs(a - b) <= SAME_FREQ * max(a, b) for a, b in zip(freqs, others, strict=True)
    )
