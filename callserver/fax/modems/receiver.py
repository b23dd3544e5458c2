"""Hears an image: finds the training, learns the line from it, gives the data."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import FloatArray, amplitude
from callserver.fax.modems.front_end import FrontEnd
from callserver.fax.modems.learning import Line, learn, needed_after, recognise
from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Scheme, Training, samples_per_symbol
from callserver.fax.modems.scramblers import Bits, octets_of
from callserver.fax.modems.search import TrainingSearch
from callserver.fax.modems.tracker import Tracker
from callserver.fax.signals import Heard, ImageHeard, ImageOver, Trained

PATTERN_SYMBOLS = 48
FLOOR_DBM0 = -48.0
LIKER = 0.15  # a later place must be so much more like the training than the one that was taken for it
WORST_NOISE = 0.5  # after the training, of the points' mean power: there was no such training
RIDE_STEPS = 25  # 250 ms without carrier: the burst is over
LOUD_BLOCKS, QUIET_BLOCKS = 15, 4  # of 20 ms: a burst without an understood training, and the silence after it
DROP = 0.1  # of the loudest block
HOPELESS_STEPS = 300  # 3 s of sound that makes no sense


class ImageReceiver:
    """
    One burst of an image modem, and after it the next; feed it blocks of 20 ms.

    Searching -> storing (the training has begun) -> following (data) -> searching. Octets of steps without carrier
    are kept back: when the carrier comes back they fill the hole, so that all later ones stand in their places; when it
    does not, they were never sent.

    :param short: a short training comes, of V.17
    :param line: what was learnt in a burst before; a short training needs it
    """

    def __init__(self, scheme: Scheme, *, short: bool = False, line: Line | None = None) -> None:
        self._scheme, self._short, self.line = scheme, short, line
        self._floor = amplitude(FLOOR_DBM0) ** 2 / 2
        self._begin_search()

    @property
    def makes_sense(self) -> bool:
        """Data are being received, and are no guesses."""
        return self._tracker is not None and not self._n_bad

    def _begin_search(self) -> None:
        self._front_end = FrontEnd(self._scheme)
        self._training: Training = self._scheme.training(short=self._short)
        self._known: Points = self._training.points[self._training.known_from :]
        self._search = TrainingSearch(self._known[:PATTERN_SYMBOLS])
        self._half = samples_per_symbol(self._scheme) / 2
        self._n_searched = 0  # half symbols
        self._found_at, self._likeness = 0.0, 0.0
        self._tracker: Tracker | None = None
        self._bits: list[Bits] = []
        self._held: list[Bits] = []
        self._odd_bits: Bits = np.zeros(0, np.uint8)
        self._n_lost = self._n_bad = 0
        self._n_loud = self._n_quiet = 0  # blocks
        self._loudest = 0.0

    def feed(self, block: FloatArray) -> list[Heard]:
        """20 ms, shape (160,)."""
        self._front_end.hear(block)
        events: list[Heard] = []
        if self._tracker is None:
            events += self._look(block)
        if self._tracker is None and self._found_at:
            events += self._learn()
        if self._tracker is not None:
            events += self._follow(self._tracker)
        return events

    def _look(self, block: FloatArray) -> list[Heard]:
        power = float(np.mean(np.square(block)))
        n_ready = int((self._front_end.end - self._front_end.reach - 1) / self._half) + 1
        halves = np.arange(self._n_searched, n_ready)
        self._n_searched = n_ready
        values = self._front_end.at(halves.astype(np.float64) * self._half)
        if not self._found_at:
            self._front_end.forget_before((n_ready - 4 * PATTERN_SYMBOLS) * self._half)
        found = self._search.feed(values)
        if found and power > self._floor and found.likeness > self._likeness + LIKER:
            self._found_at, self._likeness = found.half * self._half, found.likeness
        return [] if self._found_at else self._missed(power)

    def _missed(self, power: float) -> list[Heard]:
        """A burst whose training was not understood has an end, too."""
        if power > max(self._floor, DROP * self._loudest):
            self._loudest = max(power, self._loudest)
            self._n_loud, self._n_quiet = self._n_loud + 1, 0
        else:
            self._n_quiet += 1
        if self._n_quiet < QUIET_BLOCKS:
            return []
        missed = self._n_loud >= LOUD_BLOCKS
        self.note_other_signal()
        return [ImageOver()] if missed else []

    def note_other_signal(self) -> None:
        """What sounds now is no image."""
        self._n_loud, self._loudest = 0, 0.0

    def _learn(self) -> list[Heard]:
        over = self._found_at + len(self._known) * 2 * self._half
        if self._front_end.end < over + needed_after(self._front_end, self._scheme):
            return []
        if self._short and self.line:
            line = recognise(self._front_end, self._found_at, self._known, self.line)
        else:
            line = learn(self._front_end, self._scheme, self._found_at, self._known)
        if line.noise > WORST_NOISE:
            self._found_at, self._likeness = 0.0, 0.0
            return []
        self.line = line
        self._tracker = Tracker(self._front_end, self._scheme, line, self._training.decoder)
        return [Trained()]

    def _follow(self, tracker: Tracker) -> list[Heard]:
        while tracker.ready():
            step = tracker.step()
            self._n_lost = 0 if step.loud else self._n_lost + 1
            self._n_bad = 0 if step.good else self._n_bad + 1
            self._held.append(step.bits)
            if step.sure:
                self._bits += self._held
                self._held = []
            if self._n_lost >= RIDE_STEPS or self._n_bad >= HOPELESS_STEPS:
                return self.end()
        self._front_end.forget_before(tracker.earliest)
        octets = self._octets()
        return [ImageHeard(octets)] if octets else []

    def end(self) -> list[Heard]:
        """Nothing more of this burst is to be expected."""
        if self._tracker is None:
            return []
        octets, self.line = self._octets(), self._tracker.line
        self._begin_search()
        return [ImageHeard(octets), ImageOver()] if octets else [ImageOver()]

    def _octets(self) -> bytes:
        bits = np.concatenate([self._odd_bits, *self._bits])
        whole = len(bits) // 8 * 8
        self._bits, self._odd_bits = [], bits[whole:]
        return octets_of(bits[:whole])
