"""Keys in, for a whole bank of channels: one event when a key begins, one when it ends."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.front_end import FrontEnd, Spectrum
from callserver.dsp.keys.events import KeyDown, KeyMissed, KeyUp, key_down, key_name
from callserver.dsp.keys.limits import NOT_PURE, WIDE_PURITY, key_tests, may_be_key, may_be_near_miss
from callserver.dsp.keys.near_misses import OLD, NearMisses
from callserver.dsp.keys.tone_pairs import Findings, examine, preselect, wide_share
from callserver.dsp.keys.tone_windows import (
    HOP_SAMPLES,
    N_WINDOWS,
    NEWEST_CENTRE,
    NEWEST_SAMPLES,
    SOUND_SAMPLES,
    TONES_HZ,
    measure_windows,
)

__all__ = ["DtmfBank", "KeyDown", "KeyEvent", "KeyMissed", "KeyUp"]

GATE_SHARE = 0.55  # of the energy of 20 ms, in the row and the column that are best throughout; clean keys have 0.73
GATE_POWER = 1e-6  # far below a tone of -28 dBm0
NEVER = -(10**9)

KeyEvent = KeyDown | KeyUp | KeyMissed


class DtmfBank:
    """
    DTMF receiver for `n_channels`.

    A gate over all channels, from the spectrum all detectors share; a short look at those it opens; the full
    measurement for those that promise a key. Inside a key its own two tones are followed and nothing else is asked.

    :param front_end: shared with other detectors; then call `hear` with its spectra. Without one, `feed` sound.
    :param tell_misses: also report what nearly was a key and why not
    `sounding`: by channel, the key that sounds in the newest tick as it seems; 20 ms of it are enough for that, and no
    event follows where it was none.
    """

    def __init__(self, n_channels: int, front_end: FrontEnd | None = None, tell_misses: bool = False) -> None:
        self._front_end = front_end or FrontEnd(n_channels, TONES_HZ)
        self._rows = self._front_end.rows(TONES_HZ)
        self._promised = np.zeros(n_channels, bool)
        self._down = np.zeros(n_channels, bool)
        self._follows = False  # any of these
        # Of the key that is down: its tones, their power, and the centre of the last window in which they sounded.
        self._tones = np.zeros((n_channels, 2), np.intp)
        self._height = np.zeros((n_channels, 2), np.float32)
        self._sounded_at = np.zeros(n_channels, np.intp)
        self._ended_at = np.full(n_channels, NEVER, np.intp)
        self._misses = NearMisses() if tell_misses else None
        self.sounding: dict[int, str] = {}

    def feed(self, block: FloatArray) -> list[KeyEvent]:
        """
        Events that this sound completes.

        :param block: float32, shape (n_channels, n), full scale ±1.0, any n
        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def hear(self, spectrum: Spectrum) -> list[KeyEvent]:
        """The same, from the shared front end."""
        now = spectrum.start_sample + BLOCK_SAMPLES
        gate = self._gate(spectrum)
        self.sounding.clear()
        if not (self._follows or gate.any()):
            return [*self._misses.over(now)] if self._misses else []
        held = np.flatnonzero(self._down)
        events = self._look_for_ends(held, now) if held.size else []
        # The end of a short key may lie in the tick after the one it filled.
        hopeful = np.flatnonzero((gate | self._promised) & ~self._down)
        self._promised[:] = False
        if hopeful.size:
            events += self._look_for_keys(hopeful, gate, now)
        self._follows = bool(self._down.any() or self._promised.any())
        for channel in held[self._down[held]].tolist():
            self.sounding[channel] = key_name(self._tones[channel])
        if self._misses:
            events += self._misses.over(now)
        return events

    def shift(self, channel: int, n_ticks: int) -> None:
        """The channel's sound so far has moved in time: see `FrontEnd.measure`."""
        self._sounded_at[channel] += n_ticks * BLOCK_SAMPLES
        self._ended_at[channel] += n_ticks * BLOCK_SAMPLES

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        self._promised, self._down = resized(self._promised, n_channels), resized(self._down, n_channels)
        self._tones, self._height = resized(self._tones, n_channels), resized(self._height, n_channels)
        self._sounded_at = resized(self._sounded_at, n_channels)
        was, self._ended_at = len(self._ended_at), resized(self._ended_at, n_channels)
        self._ended_at[was:] = NEVER

    def reset(self, channel: int) -> None:
        """Another call begins on this channel: nothing is down, nothing was heard."""
        self._front_end.reset(channel)
        self._promised[channel] = self._down[channel] = False
        if self._misses:
            self._misses.forget(channel)

    def _gate(self, spectrum: Spectrum) -> NDArray[np.bool_]:
        first, second = spectrum.powers[:, self._rows]
        steady = np.minimum(first, second)
        row, column = np.maximum.reduceat(steady, (0, 4), axis=0)
        return np.asarray(2 * (row + column) > GATE_SHARE * spectrum.sum_of_energy + GATE_POWER)

    def _look_for_keys(self, channels: NDArray[np.intp], gate: NDArray[np.bool_], now: int) -> list[KeyEvent]:
        seen = preselect(measure_windows(self._front_end.recent(channels, NEWEST_SAMPLES)))
        promising = may_be_near_miss(seen) if self._misses else may_be_key(seen)
        if not promising.any():
            return []
        for i in np.flatnonzero(may_be_key(seen)).tolist():
            self.sounding[int(channels[i])] = key_name(seen.tones[i])
        channels, tones = channels[promising], seen.tones[promising]
        self._promised[channels] = gate[channels]
        sound = self._front_end.recent(channels, SOUND_SAMPLES)
        found = examine(sound, tones)
        tests = key_tests(found)
        tests[OLD] = found.onset + now > self._ended_at[channels]
        passed = np.flatnonzero(np.logical_and.reduce(list(tests.values())))
        if passed.size:
            tests[NOT_PURE][passed] = wide_share(sound, tones, found, passed) >= WIDE_PURITY
        if self._misses:
            self._misses.note(channels, tones, found, tests, now)
        return [self._begin(int(channels[i]), tones[i], found, i, now) for i in passed.tolist() if tests[NOT_PURE][i]]

    def _begin(self, channel: int, tones: NDArray[np.intp], found: Findings, i: int, now: int) -> KeyDown:
        self._down[channel], self._tones[channel] = True, tones
        self._height[channel] = found.height[i]
        self._sounded_at[channel] = now + found.last_centre[i]
        return key_down(channel, tones, found, i, now)

    def _look_for_ends(self, channels: NDArray[np.intp], now: int) -> list[KeyEvent]:
        sound = self._front_end.recent(channels, SOUND_SAMPLES)
        anchor = N_WINDOWS - 1 - (now + NEWEST_CENTRE - self._sounded_at[channels]) // HOP_SAMPLES
        found = examine(sound, self._tones[channels], self._height[channels], anchor)
        self._sounded_at[channels] = now + found.last_centre
        ended = np.flatnonzero(found.ended).tolist()
        return [self._end(int(channels[i]), now + round(float(found.end[i]))) for i in ended]

    def _end(self, channel: int, end_sample: int) -> KeyUp:
        self._down[channel], self._ended_at[channel] = False, end_sample
        self._promised[channel] = True  # by now the next one may be half over
        return KeyUp(channel, key_name(self._tones[channel]), end_sample)
