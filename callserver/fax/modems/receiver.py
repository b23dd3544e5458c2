"""Hears an image: finds the training, learns the line from it, gives the data."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import FloatArray
from callserver.fax.modems.bursts import BurstWatch
from callserver.fax.modems.front_end import FrontEnd
from callserver.fax.modems.learning import LearntLine, learn, needed_after, recognise
from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Scheme, samples_per_symbol, training_of
from callserver.fax.modems.scramblers import Bits, octets_of
from callserver.fax.modems.search import BEFORE_HALVES, TrainingSearch
from callserver.fax.modems.tracker import Step, Tracker
from callserver.fax.signals import Heard, ImageHeard, ImageOver, Trained

WORST_NOISE = 0.5  # after the training, of the points' mean power: there was no such training
RIDE_STEPS = 25  # 250 ms without carrier: the burst is over
LOOK_BACK_SAMPLES = 1600  # a training that is found began at most so long ago: 144 symbols, and some to settle
HOPELESS_STEPS = 300  # 3 s of sound that makes no sense


class ImageReceiver:
    """
    One burst of an image modem, and after it the next; feed it blocks of 20 ms.

    Searching -> storing (the training has begun) -> following (data) -> searching. The bits of steps that make no sense
    are kept back: when sense comes back they fill the hole, so that all later ones stand in their places; when it does
    not, they were never sent.

    :param short: a short training comes, of V.17
    :param line: what was learnt in a burst before; a short training needs it
    """

    def __init__(self, scheme: Scheme, *, short: bool = False, line: LearntLine | None = None) -> None:
        self._scheme, self._short, self.line = scheme, short, line
        self._half = samples_per_symbol(scheme) / 2
        self._begin_search()

    @property
    def makes_sense(self) -> bool:
        """Data are being received, and are no guesses."""
        return self._tracker is not None and not self._n_bad

    def _begin_search(self) -> None:
        self._front_end, self._bursts = FrontEnd(self._scheme), BurstWatch()
        self._training = training_of(self._scheme, short=self._short)
        self._known: Points = self._training.points[self._training.known_from :]
        self._search = TrainingSearch(self._known)
        self._n_searched = 0  # half symbols
        self._tracker: Tracker | None = None
        self._held: list[Bits] = []
        self._sure: list[Bits] = []
        self._n_lost = self._n_bad = 0

    def feed(self, block: FloatArray) -> list[Heard]:
        """20 ms, shape (160,)."""
        self._front_end.hear(block)
        return self._follow(self._tracker) if self._tracker else self._look(block)

    def end(self) -> list[Heard]:
        """Nothing more of this burst is to be expected."""
        if not self._tracker:
            return []
        octets, self.line = self._octets(), self._tracker.line
        self._begin_search()
        return [ImageHeard(octets), ImageOver()] if octets else [ImageOver()]

    def note_other_signal(self) -> None:
        """What sounds now is no image."""
        self._bursts.forget()

    def _look(self, block: FloatArray) -> list[Heard]:
        n_ready = int((self._front_end.end - self._front_end.reach - 1) / self._half) + 1
        halves = np.arange(self._n_searched, n_ready, dtype=np.float64)
        self._n_searched = n_ready
        self._search.feed(self._front_end.at(halves * self._half))
        if self._search.begun_at is not None:
            return self._learn(self._search.begun_at * self._half)
        self._front_end.forget_before(n_ready * self._half - LOOK_BACK_SAMPLES)
        return [ImageOver()] if self._bursts.ended(block) else []

    def _learn(self, moment: float) -> list[Heard]:
        """As soon as the training has been heard to its end."""
        stored = self._search.stored(2 * len(self._known) + 2 * BEFORE_HALVES)
        over = moment + len(self._known) * 2 * self._half
        if stored is None or self._front_end.end < over + needed_after(self._front_end, self._scheme):
            return []
        if self._short and self.line:
            line = recognise(self._front_end, moment, self._known, self.line)
        else:
            line = learn(self._front_end, self._scheme, moment, self._known, stored)
        if line.noise > WORST_NOISE:
            self._search.give_up()
            return []
        self.line = line
        self._tracker = Tracker(self._front_end, self._scheme, line, self._training.decoder)
        return [Trained(), *self._follow(self._tracker)]

    def _follow(self, tracker: Tracker) -> list[Heard]:
        while tracker.ready():
            self._take(tracker.step())
            if self._n_lost >= RIDE_STEPS or self._n_bad >= HOPELESS_STEPS:
                return self.end()
        self._front_end.forget_before(tracker.earliest)
        octets = self._octets()
        return [ImageHeard(octets)] if octets else []

    def _take(self, step: Step) -> None:
        self._n_lost = 0 if step.loud else self._n_lost + 1
        self._n_bad = 0 if step.good else self._n_bad + 1
        self._held.append(step.bits)
        if step.sure:
            self._sure += self._held
            self._held = []

    def _octets(self) -> bytes:
        """All whole ones that are sure."""
        bits = np.concatenate([np.zeros(0, np.uint8), *self._sure])
        whole = len(bits) // 8 * 8
        self._sure = [bits[whole:]]
        return octets_of(bits[:whole])
