"""Keys in, for a whole bank of channels: one event when a key begins, one when it ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.tone_pairs import (
    HOP_SAMPLES,
    N_WINDOWS,
    NEWEST_CENTRE,
    SOUND_SAMPLES,
    TONES_HZ,
    Findings,
    examine,
    measure_windows,
    strongest_pairs,
)
from callserver.dsp.tones import KEYS

GATE_SHARE = 0.5  # of the energy of 20 ms, in the best row and the best column
FLOOR_DBM0 = -28.0  # per tone; ITU-T Q.24: AT&T must hear -25, NTT must not hear -29
MAX_OFFSET = 0.024  # NTT: 1.8 % must, 3.0 % must not
NORMAL_TWIST_DB, REVERSE_TWIST_DB = 15.0, 12.0
PURITY = ((27, 40, 60, 80, 100, 130), (0.88, 0.86, 0.82, 0.76, 0.70, 0.66))
MIN_ON_SAMPLES = 27 * 8  # NTT: 24 ms must not, 40 ms must


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
        self._rows = self._front_end.rows(TONES_HZ)
        self._open = np.zeros(n_channels, bool)
        self._down = np.zeros(n_channels, bool)
        # Of the key that is down: its tones, their power, and the centre of the last window in which they sounded.
        self._tones = np.zeros((n_channels, 2), np.intp)
        self._height = np.zeros((n_channels, 2), np.float32)
        self._sounded_at = np.zeros(n_channels, np.intp)
        self._ended_at = np.full(n_channels, -(10**9), np.intp)

    def feed(self, block: FloatArray) -> list[KeyDown | KeyUp]:
        """
        Events that this sound completes.

        :param block: float32, shape (n_channels, n), full scale ±1.0, any n
        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def hear(self, spectrum: Spectrum) -> list[KeyDown | KeyUp]:
        """The same, from the shared front end."""
        now = spectrum.start_sample + BLOCK_SAMPLES
        gate = self._gate(spectrum)
        # The end of a short key may lie in the tick after the one it filled.
        hopeful = np.flatnonzero((gate | self._open) & ~self._down)
        self._open = gate
        held = np.flatnonzero(self._down)
        ups = self._look_for_ends(held, now) if held.size else []
        downs = self._look_for_keys(hopeful, now) if hopeful.size else []
        return ups + downs

    def reset(self, channel: int) -> None:
        """Another call begins on this channel: nothing is down, nothing was heard."""
        self._front_end.reset(channel)
        self._open[channel] = self._down[channel] = False

    def _gate(self, spectrum: Spectrum) -> NDArray[np.bool_]:
        powers = spectrum.powers[:, self._rows]
        pair = powers[:, :4].max(axis=1) + powers[:, 4:].max(axis=1)
        return np.asarray(pair.sum(axis=0) > GATE_SHARE * spectrum.energy.sum(axis=0) + 1e-6)

    def _look_for_keys(self, channels: NDArray[np.intp], now: int) -> list[KeyDown | KeyUp]:
        windows = measure_windows(self._front_end.recent(channels, SOUND_SAMPLES))
        tones = strongest_pairs(windows)
        found = examine(windows, tones)
        good = self._judge(found) & (found.onset + now > self._ended_at[channels])
        return [self._begin(int(channels[i]), tones[i], found, i, now) for i in np.flatnonzero(good).tolist()]

    def _judge(self, found: Findings) -> NDArray[np.bool_]:
        duration = found.end - found.onset
        twist = found.levels_dbm0[:, 0] - found.levels_dbm0[:, 1]
        need = (
            np.interp(duration / 8, *PURITY)
            + 6 * np.abs(found.offset).max(axis=1)
            + 0.0075 * np.maximum(np.abs(twist) - 6, 0)
        )
        return np.asarray(
            (duration >= MIN_ON_SAMPLES)
            & (found.n_steady > 0)
            & (found.share.sum(axis=1) >= need)
            & (found.levels_dbm0.min(axis=1) >= FLOOR_DBM0)
            & (np.abs(found.offset).max(axis=1) <= MAX_OFFSET)
            & (twist <= NORMAL_TWIST_DB)
            & (twist >= -REVERSE_TWIST_DB)
        )

    def _begin(self, channel: int, tones: NDArray[np.intp], found: Findings, i: int, now: int) -> KeyDown:
        self._down[channel], self._tones[channel] = True, tones
        self._height[channel] = found.height[i]
        self._sounded_at[channel] = now + found.last_centre[i]
        return KeyDown(
            channel,
            self._key(channel),
            now + round(float(found.onset[i])),
            round(float(found.levels_dbm0[i, 0]), 1),
            round(float(found.levels_dbm0[i, 1]), 1),
            round(float(found.offset[i, 0]), 4),
            round(float(found.offset[i, 1]), 4),
            round(float(found.share[i].sum()), 3),
        )

    def _look_for_ends(self, channels: NDArray[np.intp], now: int) -> list[KeyDown | KeyUp]:
        windows = measure_windows(self._front_end.recent(channels, SOUND_SAMPLES))
        anchor = N_WINDOWS - 1 - (now + NEWEST_CENTRE - self._sounded_at[channels]) // HOP_SAMPLES
        found = examine(windows, self._tones[channels], self._height[channels], anchor)
        self._sounded_at[channels] = now + found.last_centre
        ended = found.ended
        return [self._end(int(channels[i]), now + round(float(found.end[i]))) for i in np.flatnonzero(ended).tolist()]

    def _end(self, channel: int, end_sample: int) -> KeyUp:
        self._down[channel], self._ended_at[channel] = False, end_sample
        return KeyUp(channel, self._key(channel), end_sample)

    def _key(self, channel: int) -> str:
        low, high = self._tones[channel]
        return KEYS[low][high - 4]
