"""Keys in, for a whole bank of channels: one event when a key begins, one when it ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.tone_pairs import (
    FILTER_GAINS,
    SOUND_SAMPLES,
    TONES_HZ,
    Findings,
    Pairs,
    examine,
    follow_pairs,
    measure_windows,
    strongest_pairs,
)
from callserver.dsp.tones import KEYS

GATE_SHARE = 0.5  # of the energy of 20 ms, in the best row and the best column
FLOOR_DBM0 = -27.0  # per tone; ITU-T Q.24: AT&T must hear -25, NTT must not hear -29
MAX_OFFSET = 0.024  # NTT: 1.8 % must, 3.0 % must not
NORMAL_TWIST_DB, REVERSE_TWIST_DB = 12.0, 9.0
MIN_ON_SAMPLES = 27 * 8  # NTT: 24 ms must not, 40 ms must
END_SAMPLES = 21 * 8  # so long an absence ends a key; drop-outs of 10 ms do not, pauses of 30 ms do


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


class DtmfBank:
    """
    DTMF receiver for `n_channels`, ITU-T Q.24 (AT&T and NTT columns together).

    :param front_end: shared with other detectors; then call `hear` with its spectra. Without one, `feed` sound.
    """

    def __init__(self, n_channels: int, front_end: FrontEnd | None = None) -> None:
        self._front_end = front_end or FrontEnd(n_channels, TONES_HZ)
        self._tones = self._front_end.rows(TONES_HZ)
        self._open = np.zeros(n_channels, bool)
        self._row = np.full(n_channels, -1)  # of the key that is down; -1: none
        self._column = np.full(n_channels, -1)
        self._height = np.zeros((n_channels, 2), np.float32)
        self._ended = np.full(n_channels, -(10**9))  # sample

    def feed(self, block: FloatArray) -> list[KeyDown | KeyUp]:
        """
        Events that this sound completes.

        :param block: float32, shape (n_channels, n), full scale ±1.0, any n
        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def hear(self, spectrum: Spectrum) -> list[KeyDown | KeyUp]:
        """The same, from the shared front end."""
        gate = self._gate(spectrum)
        down = self._row >= 0
        look = np.flatnonzero(gate | self._open | down)
        self._open = gate
        if not look.size:
            return []
        windows = measure_windows(self._front_end.recent(look, SOUND_SAMPLES))
        pairs = strongest_pairs(windows)
        held = down[look]
        pairs = follow_pairs(
            windows, np.where(held, self._row[look], pairs.low), np.where(held, self._column[look] + 4, pairs.high)
        )
        height = np.where(held[:, None], self._height[look], pairs.powers[:, :, -8:].max(axis=2))
        found = examine(pairs, height)
        now = spectrum.start_sample + BLOCK_SAMPLES
        return self._downs(look, held, pairs, found, now) + self._ups(look, held, found, now)

    def reset(self, channel: int) -> None:
        """Another call begins on this channel: nothing is down, nothing was heard."""
        self._front_end.reset(channel)
        self._open[channel], self._row[channel], self._column[channel] = False, -1, -1

    def _gate(self, spectrum: Spectrum) -> NDArray[np.bool_]:
        powers = spectrum.powers[:, self._tones]
        pair = powers[:, :4].max(axis=1) + powers[:, 4:].max(axis=1)
        return np.asarray(pair.sum(axis=0) > GATE_SHARE * spectrum.energy.sum(axis=0) + 1e-6)

    def _downs(
        self, look: NDArray[np.intp], held: NDArray[np.bool_], pairs: Pairs, found: Findings, now: int
    ) -> list[KeyDown | KeyUp]:
        events: list[KeyDown | KeyUp] = []
        tones = np.stack([pairs.low, pairs.high], axis=1)
        levels = 10 * np.log10(2 * found.power / FILTER_GAINS[tones] + 1e-12) + FULL_SCALE_SINE_DBM0
        twist = levels[:, 0] - levels[:, 1]
        on = np.where(found.sounds_on, -20, found.end) - found.onset
        need = np.interp(on, [27 * 8, 40 * 8, 60 * 8, 90 * 8], [0.93, 0.9, 0.8, 0.72])
        good = (
            ~held
            & (on >= MIN_ON_SAMPLES)
            & (found.purity >= need)
            & (levels.min(axis=1) >= FLOOR_DBM0)
            & (np.abs(found.offset).max(axis=1) <= MAX_OFFSET)
            & (twist <= NORMAL_TWIST_DB)
            & (twist >= -REVERSE_TWIST_DB)
            & (found.onset + now > self._ended[look])
        )
        for i in np.flatnonzero(good):
            channel, row, column = int(look[i]), int(pairs.low[i]), int(pairs.high[i]) - 4
            self._row[channel], self._column[channel] = row, column
            self._height[channel] = found.power[i]
            events.append(
                KeyDown(
                    channel,
                    KEYS[row][column],
                    now + round(found.onset[i]),
                    round(float(levels[i, 0]), 1),
                    round(float(levels[i, 1]), 1),
                    round(float(found.offset[i, 0]), 4),
                    round(float(found.offset[i, 1]), 4),
                    round(float(found.purity[i]), 3),
                )
            )
        return events

    def _ups(self, look: NDArray[np.intp], held: NDArray[np.bool_], found: Findings, now: int) -> list[KeyDown | KeyUp]:
        events: list[KeyDown | KeyUp] = []
        for i in np.flatnonzero(held & (found.end < -60 - END_SAMPLES)):
            channel = int(look[i])
            key = KEYS[self._row[channel]][self._column[channel]]
            self._row[channel] = self._column[channel] = -1
            self._ended[channel] = now + round(found.end[i])
            events.append(KeyUp(channel, key, int(self._ended[channel])))
        return events
