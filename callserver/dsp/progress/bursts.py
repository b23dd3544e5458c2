"""Where on each channel something sounds that may be a tone of a plan: bursts, their edges and their sound."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import PIECE_SAMPLES, PIECES, FrontEnd, Spectrum
from callserver.dsp.progress.plans import Plan

BIN_HZ = RATE_HZ / PIECE_SAMPLES  # what 10 ms of sound can part
GROUP_GAP_HZ = 250.0
FLOOR_DBM0 = -47.0
GATE_SHARE = 0.5  # of the energy of 60 ms, in the bins of one group
HALF_HEIGHT = 0.5  # of the power
WINDOW_TICKS = 3  # 60 ms: covers the beats of 413+438 Hz and modulation by 16 Hz
AROUND_TICKS = 4  # a tone is on while it has half the power it has at its best in 80 ms before or after
DELAY_SAMPLES = (AROUND_TICKS + 1) * BLOCK_SAMPLES + BLOCK_SAMPLES // 2  # from what is decided to the newest sample
LOOK_TICKS = 25  # so much of a burst is kept; a longer one is handed out in stretches
SHORTEST_PART = 0.8  # of the plan's shortest burst: less is not looked at


@dataclass(frozen=True)
class Began:
    """A burst has begun on a followed channel, after a pause of so many seconds."""

    channel: int
    pause_s: float


@dataclass(frozen=True)
class BurstHeard:
    """
    A burst that is over, or goes on and has filled what is kept of it.

    `sound`: pre-filtered samples from well inside it, none if it was too short for any tone of the plan.
    """

    channel: int
    pause_s: float  # before it
    duration_s: float
    over: bool
    sound: FloatArray


def frequency_groups(plan: Plan) -> list[list[float]]:
    """The plan's frequencies in groups far enough apart; the tones of one burst are all in one group."""
    bursts = [burst for cadence in plan.tones.values() for burst in cadence.bursts]
    groups: list[list[float]] = []
    for freq_hz in sorted({freq_hz for burst in bursts for freq_hz in burst.frequencies_hz}):
        if groups and freq_hz - groups[-1][-1] < GROUP_GAP_HZ:
            groups[-1].append(freq_hz)
        else:
            groups.append([freq_hz])
    return groups


def group_bins(group: Sequence[float]) -> list[float]:
    """Bins of 10 ms that together cover a group."""
    n_bins = math.ceil((group[-1] - group[0]) / BIN_HZ - 0.4) + 1
    middle_hz = (group[0] + group[-1]) / 2
    return [middle_hz + (index - (n_bins - 1) / 2) * BIN_HZ for index in range(n_bins)]


class BurstFinder:
    """
    The cheap part, for all channels at once: a channel is on while half of the energy of 60 ms lies in the few 100-Hz
    bins of one group and there is half of the group's full power. Edges are good to 5 ms; all is told 100 ms late.

    `followed`: bool, shape (n_channels,), set by the owner: where also too short bursts and beginnings are told.
    """

    def __init__(self, n_channels: int, plan: Plan, front_end: FrontEnd) -> None:
        self._front_end = front_end
        groups = [group_bins(group) for group in frequency_groups(plan)]
        self._rows = front_end.rows([freq_hz for bins in groups for freq_hz in bins])
        self._starts = np.cumsum([0, *(len(bins) for bins in groups[:-1])])
        floors = [front_end.power(FLOOR_DBM0, bins[len(bins) // 2]) for bins in groups]
        self._floors = np.array(floors, np.float32)[:, None] * (PIECES * WINDOW_TICKS)
        shape = (len(groups), n_channels)
        self._tick = self._now = self._open_until = 0
        self._powers = np.zeros((WINDOW_TICKS, *shape), np.float32)
        self._energies = np.zeros((WINDOW_TICKS, n_channels), np.float32)
        self._summed = np.zeros((2 * AROUND_TICKS + 1, *shape), np.float32)  # over 60 ms, at each of the last ticks
        self._total = np.zeros((2 * AROUND_TICKS + 1, n_channels), np.float32)
        self._group = np.full(n_channels, -1)  # which one sounds, -1: none
        self._since = np.full(n_channels, -math.inf)  # sample at which it began, or the pause
        self._pause = np.zeros(n_channels)  # samples, before the burst that sounds
        self._sound = np.zeros((n_channels, LOOK_TICKS, BLOCK_SAMPLES), np.float32)
        self._n_kept = np.zeros(n_channels, np.intp)
        self._shortest = (
            RATE_HZ * SHORTEST_PART * min(burst.on_s for cadence in plan.tones.values() for burst in cadence.bursts)
        )
        self.followed = np.zeros(n_channels, bool)

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._powers[..., channel] = self._energies[:, channel] = 0
        self._summed[..., channel] = self._total[:, channel] = 0
        self._group[channel], self._since[channel], self.followed[channel] = -1, -math.inf, False

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        was = len(self._group)
        self._powers, self._energies = resized(self._powers, n_channels, 2), resized(self._energies, n_channels, 1)
        self._summed, self._total = resized(self._summed, n_channels, 2), resized(self._total, n_channels, 1)
        self._group, self._since = resized(self._group, n_channels), resized(self._since, n_channels)
        self._pause, self.followed = resized(self._pause, n_channels), resized(self.followed, n_channels)
        self._sound, self._n_kept = resized(self._sound, n_channels), resized(self._n_kept, n_channels)
        self._group[was:], self._since[was:] = -1, -math.inf

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """On which channels a burst sounds, shape (n_channels,)."""
        on: NDArray[np.bool_] = self._group >= 0
        return on

    def pending(self, channel: int) -> tuple[bool, float]:
        """Whether a burst sounds, and for how many seconds it has, or has not."""
        return bool(self._group[channel] >= 0), (self._now - float(self._since[channel])) / RATE_HZ

    def hear(self, spectrum: Spectrum) -> list[Began | BurstHeard]:
        """What the newest 20 ms bring."""
        self._now = spectrum.start_sample + BLOCK_SAMPLES - DELAY_SAMPLES
        if not self._take(spectrum):
            return []
        middle = (self._tick - AROUND_TICKS) % len(self._summed)
        power, best = self._summed[middle], self._summed.max(axis=0)
        on = (power > HALF_HEIGHT * best) & (power > GATE_SHARE * self._total[middle]) & (power > self._floors)
        group = np.where(on.any(axis=0), (power * on).argmax(axis=0), -1)
        changed, was = np.flatnonzero(group != self._group), self._group
        self._group = group
        news = self._changes(changed, was, middle, best) if changed.size else []
        return news + self._keep_sound(np.flatnonzero(group >= 0))

    def _take(self, spectrum: Spectrum) -> bool:
        """Add up the newest 60 ms; False while there is, and a moment ago was, no channel that could be on."""
        self._tick += 1
        newest, newest_sum = self._tick % WINDOW_TICKS, self._tick % len(self._summed)
        np.add.reduceat(spectrum.sum_of_powers[self._rows], self._starts, axis=0, out=self._powers[newest])
        self._energies[newest] = spectrum.sum_of_energy
        power = np.add.reduce(self._powers, axis=0, out=self._summed[newest_sum])
        total = np.add.reduce(self._energies, axis=0, out=self._total[newest_sum])
        if (power > np.maximum(GATE_SHARE * total, self._floors)).any():
            self._open_until = self._tick + 2 * AROUND_TICKS
        return self._tick <= self._open_until

    def _changes(
        self, changed: NDArray[np.intp], was: NDArray[np.intp], middle: int, best: FloatArray
    ) -> list[Began | BurstHeard]:
        """Bursts that ended or began; the edge lies where a straight line between two ticks passes half height."""
        ended, began = was[changed] >= 0, self._group[changed] >= 0
        group = np.where(ended, was[changed], self._group[changed])
        before, after = self._summed[middle - 1, group, changed], self._summed[middle, group, changed]
        rise = after - before
        part = (HALF_HEIGHT * best[group, changed] - before) / np.where(rise == 0, 1, rise)
        edge = self._now - BLOCK_SAMPLES * (1 - np.clip(part, 0, 1))
        lasted = edge - self._since[changed]
        told = (ended & (lasted >= self._shortest)) | self.followed[changed]
        news: list[Began | BurstHeard] = []
        for index in np.flatnonzero(told):
            channel = int(changed[index])
            if ended[index]:
                news.append(self._burst(channel, float(lasted[index]), over=True))
            if began[index]:
                news.append(Began(channel, 0.0 if ended[index] else float(lasted[index]) / RATE_HZ))
        self._pause[changed] = np.where(ended, 0, lasted)
        self._since[changed] = edge
        self._n_kept[changed] = 0
        return news

    def _burst(self, channel: int, lasted: float, *, over: bool) -> BurstHeard:
        first, last = 1, int(self._n_kept[channel]) - 1  # the outermost 20 ms may be half empty
        long_enough = lasted >= self._shortest
        sound = self._sound[channel, first:last].reshape(-1) if long_enough else np.zeros(0, np.float32)
        return BurstHeard(channel, float(self._pause[channel]) / RATE_HZ, lasted / RATE_HZ, over, sound)

    def _keep_sound(self, channels: NDArray[np.intp]) -> list[Began | BurstHeard]:
        if not channels.size:
            return []
        sound = self._front_end.recent(channels, (AROUND_TICKS + 2) * BLOCK_SAMPLES)[:, :BLOCK_SAMPLES]
        self._sound[channels, self._n_kept[channels]] = sound
        self._n_kept[channels] += 1
        full = channels[self._n_kept[channels] == LOOK_TICKS].tolist()
        news: list[Began | BurstHeard] = []
        for channel in full:
            news.append(self._burst(channel, self._now - float(self._since[channel]), over=False))
            self._n_kept[channel] = 0
        return news
