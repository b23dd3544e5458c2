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

Times = NDArray[np.float64]  # in samples

N_BURSTS = 5
ALIKE_BURSTS = 3  # the last ones, by their frequencies: a look at a burst costs more than a look at the clock
SHORTEST = 0.08 * RATE_HZ  # of a burst and of a pause, in samples
LONGEST = 1.1 * RATE_HZ  # the pause of ring-back is longer
SAME_TIME, SAME_TIME_SLACK = 0.1, 0.02 * RATE_HZ
SAME_LEVEL = 2.0  # power, either way
ON_SHARE = 0.2  # of the power of the burst: a pause is 7 dB quieter at least
FALL_A_TICK = 0.5 ** (1 / 50)  # of what is taken for the power of a burst, while it pauses
FLOOR_POWER = 10 ** ((-45.0 - FULL_SCALE_SINE_DBM0) / 10) / 2
MIN_PURITY = 0.8  # of the sines in a burst: tones have it at S/N 10 dB, syllables and strummed chords have not
SAME_FREQ = 0.015
KEY_OFFSET = 0.03
LOOK_SAMPLES = 960


class RegularToneBank:
    """
    Tells "busy" on `n_channels` channels when a steady sound has come five times, each as long and as loud as the one
    before, with pauses as long as each other between. Keys that somebody presses in time are none.

    One edge is looked at after the other: their times for all channels at once, good to some 5 ms by the share of a
    tick that is filled; the frequencies only where the times have agreed already.

    :param is_named: whether the tone that sounds on a channel has a name, and needs none from here
    """

    def __init__(self, n_channels: int, front_end: FrontEnd, is_named: Callable[[int], bool] = lambda _: False) -> None:
        self._front_end, self._is_named = front_end, is_named
        self._before = np.zeros(n_channels, np.float32)  # power in the tick before
        self._height = np.zeros(n_channels, np.float32)  # power of the burst that sounds, or sounded last
        self._level = np.zeros(n_channels, np.float32)  # of the burst before
        self._on = np.zeros(n_channels, bool)
        self._since = np.zeros(n_channels)  # sample of the last edge
        self._burst, self._pause = np.zeros(n_channels), np.zeros(n_channels)  # the last ones, in samples
        self._count = np.zeros(n_channels, np.intp)  # bursts in equal measure
        self._sines: dict[int, list[Sines]] = {}  # of the last bursts of those channels where the times agree

    def hear(self, spectrum: Spectrum) -> list[ToneHeard]:
        """What the newest 20 ms bring."""
        power = spectrum.sum_of_energy * np.float32(0.5)
        np.maximum(self._height * np.float32(FALL_A_TICK), power, out=self._height)
        on = power > np.maximum(self._height * np.float32(ON_SHARE), np.float32(FLOOR_POWER))
        changed = np.flatnonzero(on != self._on)
        ended = self._edges(changed, power, on, spectrum.start_sample) if changed.size else changed
        self._on, self._before = on, power.copy()
        end_sample = spectrum.start_sample + BLOCK_SAMPLES
        events = [self._look(channel, end_sample) for channel in ended.tolist()]
        return [event for event in events if event is not None]

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        self._before, self._height, self._level = (
            resized(each, n_channels) for each in (self._before, self._height, self._level)
        )
        self._since, self._burst, self._pause = (
            resized(each, n_channels) for each in (self._since, self._burst, self._pause)
        )
        self._on, self._count = resized(self._on, n_channels), resized(self._count, n_channels)
        self._sines = {channel: sines for channel, sines in self._sines.items() if channel < n_channels}

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._before[channel] = self._height[channel] = self._count[channel] = 0
        self._on[channel] = False
        self._sines.pop(channel, None)

    def _edges(
        self, changed: NDArray[np.intp], power: FloatArray, on: NDArray[np.bool_], start_sample: int
    ) -> NDArray[np.intp]:
        """Take beginnings and ends of bursts; the channels on which one has ended that continues an equal measure."""
        begins = on[changed]
        filled = (self._before[changed] + power[changed]) / np.maximum(self._height[changed], 1e-12)
        filled = np.minimum(filled, 2) * BLOCK_SAMPLES  # of this tick and the one before
        edge = start_sample + np.where(begins, BLOCK_SAMPLES - filled, filled - BLOCK_SAMPLES)
        lasted = edge - self._since[changed]
        self._since[changed] = edge
        sane = (lasted > SHORTEST) & (lasted < LONGEST)
        self._begun(changed[begins], lasted[begins], sane[begins])
        return self._ended(changed[~begins], lasted[~begins], sane[~begins])

    def _begun(self, channels: NDArray[np.intp], pause: Times, sane: NDArray[np.bool_]) -> None:
        same = _same_time(pause, self._pause[channels])
        count = self._count[channels]
        self._count[channels] = np.where(sane, np.where(same, count, np.minimum(count, 1)), 0)
        self._pause[channels] = pause

    def _ended(self, channels: NDArray[np.intp], burst: Times, sane: NDArray[np.bool_]) -> NDArray[np.intp]:
        level = self._height[channels]
        ratio = level / np.maximum(self._level[channels], 1e-12)
        same = _same_time(burst, self._burst[channels]) & (ratio < SAME_LEVEL) & (ratio > 1 / SAME_LEVEL)
        count = self._count[channels] = np.where(sane, np.where(same, self._count[channels] + 1, 1), 0)
        self._burst[channels], self._level[channels] = burst, level
        return channels[count > N_BURSTS - ALIKE_BURSTS]

    def _look(self, channel: int, end_sample: int) -> ToneHeard | None:
        """The frequencies of the burst that has just ended: as those before? Told once, when there are enough."""
        if self._count[channel] == N_BURSTS - ALIKE_BURSTS + 1:
            self._sines[channel] = []
        bursts = self._sines.setdefault(channel, [])
        sines = self._sines_of_burst(channel, end_sample)
        if not _is_tone(sines) or (bursts and not _alike(bursts[-1], sines)):
            self._count[channel] = 1
            return None
        bursts.append(sines)
        if len(bursts) != ALIKE_BURSTS or self._is_named(channel):
            return None
        period = self._burst[channel] + self._pause[channel]
        began = max(round(end_sample - N_BURSTS * float(period)), 0)
        freqs_hz = tuple(round(sine.freq_hz, 1) for sine in sines.components)
        level_dbm0 = round(max(sine.level_dbm0 for sine in sines.components), 1)
        return ToneHeard(channel, "busy", end_sample, began, freqs_hz, level_dbm0, round(sines.purity, 3))

    def _sines_of_burst(self, channel: int, end_sample: int) -> Sines:
        ago = end_sample - round(float(self._since[channel])) + BLOCK_SAMPLES // 2
        n_samples = min(round(float(self._burst[channel])) - BLOCK_SAMPLES, LOOK_SAMPLES)
        sound = self._front_end.recent(np.array([channel]), ago + n_samples)[0, :n_samples]
        return find_sines(sound) if len(sound) >= MIN_SAMPLES else Sines((), 0.0)


def _same_time(one: Times, other: Times) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = np.abs(one - other) <= SAME_TIME * other + SAME_TIME_SLACK
    return same


def _is_tone(sines: Sines) -> bool:
    """Steady sines and little else, and no key."""
    freqs = [sine.freq_hz for sine in sines.components]
    pairs = KEY_TONES_HZ.values() if len(freqs) == 2 else ()
    is_key = any(all(abs(a - b) < KEY_OFFSET * b for a, b in zip(freqs, pair, strict=True)) for pair in pairs)
    return sines.purity >= MIN_PURITY and not is_key


def _alike(one: Sines, other: Sines) -> bool:
    freqs, others = ([sine.freq_hz for sine in sines.components] for sines in (one, other))
    return len(freqs) == len(others) and all(
        abs(a - b) <= SAME_FREQ * max(a, b) for a, b in zip(freqs, others, strict=True)
    )
