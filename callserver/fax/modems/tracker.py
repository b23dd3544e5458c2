"""Follows a learned line through the data: carrier, clock, equaliser, 10 ms at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from callserver.fax.modems.front_end import FrontEnd
from callserver.fax.modems.learning import FUTURE, PAST, TAPS, LearntLine
from callserver.fax.modems.pulses import Points
from callserver.fax.modems.regain import best_turn
from callserver.fax.modems.scheme import Decoder, Scheme
from callserver.fax.modems.scramblers import Bits

STEPS_A_SECOND = 100
PHASE_GAIN, TURN_GAIN = 0.35, 0.03
CLOCK_GAIN, SKEW_GAIN = 0.03, 0.0003
EQUALISER_GAIN = 0.04  # a step
NOISE_GAIN, POWER_GAIN = 0.05, 0.05
HOPELESS = 4.0  # times the usual noise: nothing can be learnt
PATIENT_STEPS = 8  # a hit passes; after 80 ms samples may be lost
PLACES = np.array([step * side for step in range(1, 11) for side in (0.05, -0.05)])  # in symbols
LOST_POWER = 0.25  # of the usual: -6 dB


@dataclass(frozen=True)
class Step:
    """10 ms of data."""

    bits: Bits
    sure: bool  # the points that these bits come from were where they should be
    loud: bool  # there is a carrier
    good: bool  # the points of this step are


class Tracker:
    """
    Equalises, decides, and corrects itself by the distances to what was decided.

    A step with points far from all ideal ones (a hit, a drop-out) changes nothing: the clock and the carrier run on as
    they were. While there is a carrier and its points make no sense, other phases and levels are tried in each step,
    and after a while other places in time, one in each step: what is corrected is what the next step finds right.
    """

    def __init__(self, front_end: FrontEnd, scheme: Scheme, line: LearntLine, decoder: Decoder) -> None:
        self._front_end, self._line, self._decoder = front_end, line, decoder
        self._n_symbols = scheme.baud // STEPS_A_SECOND
        self._moment, self._per_symbol = line.moment, line.per_symbol
        self._phase, self._turn = line.phase, line.turn
        self._taps, self._noise = line.taps.astype(np.complex64), line.noise
        self._power, self._constellation = line.power, scheme.constellation
        self._distance = _distance(scheme.constellation)
        self._values = self._ask(-PAST, TAPS - 1)
        self._was_good, self._n_astray = True, 0
        self._numbers = np.arange(self._n_symbols)
        self._after = (FUTURE + 2 * self._n_symbols) / 2 * line.per_symbol + front_end.reach + 2

    def _ask(self, first: int, n_halves: int) -> Points:
        moments = self._moment + (np.arange(n_halves) + first) * self._per_symbol / 2
        return self._front_end.at(moments).astype(np.complex64)

    @property
    def line(self) -> LearntLine:
        """As it is now."""
        return replace(
            self._line,
            moment=self._moment,
            per_symbol=self._per_symbol,
            phase=self._phase,
            turn=self._turn,
            taps=self._taps,
            power=self._power,
            noise=self._noise,
        )

    @property
    def earliest(self) -> float:
        """The moment before which no sound is needed any more."""
        return self._moment - (PAST / 2 + 2 * self._n_symbols) * self._per_symbol

    def ready(self) -> bool:
        """Enough was heard for a step."""
        return self._front_end.end >= self._moment + self._after

    def step(self) -> Step:
        """The next 10 ms."""
        n_symbols = self._n_symbols
        fresh = self._ask(FUTURE, 2 * n_symbols)
        values = np.concatenate([self._values, fresh])
        self._values = values[2 * n_symbols :]
        windows = sliding_window_view(values, TAPS)
        equalised = windows @ self._taps
        turned = np.exp(-1j * (self._phase + self._turn * self._numbers)).astype(np.complex64)
        points = equalised[::2] * turned
        decided = self._decoder.decode(points)
        wrong = points - decided.points
        noise = float(np.mean(np.abs(wrong) ** 2))
        power = float(np.mean(np.abs(values) ** 2))
        loud = power > LOST_POWER * self._power
        good = loud and noise < self._limit()
        self._moment += n_symbols * self._per_symbol
        self._phase += n_symbols * self._turn
        if good:
            self._power += POWER_GAIN * (power - self._power)
            self._noise += NOISE_GAIN * (noise - self._noise)
            self._correct_carrier(points, decided.points)
            self._correct_clock(equalised, turned, wrong)
            self._correct_taps(windows[::2], wrong * turned.conj(), power)
        elif loud and not self._regain(points):
            self._look_elsewhere(turned)
        self._n_astray = 0 if good else self._n_astray + 1
        sure = self._was_good if self._decoder.late else good
        self._was_good = good
        return Step(decided.bits, sure, loud, good)

    def _regain(self, points: Points) -> bool:
        """Another phase and level, if these points speak for them."""
        found = best_turn(points, self._constellation)
        if not found or found[1] > self._limit():
            return False
        turn, _ = found
        self._taps *= np.complex64(abs(turn))
        self._phase -= float(np.angle(turn))
        return True

    def _look_elsewhere(self, turned: Points) -> None:
        """Samples may be lost: look a little before or after, at another place in each step."""
        if self._n_astray < PATIENT_STEPS:
            return
        shift = PLACES[self._n_astray % len(PLACES)] * self._per_symbol
        self._moment += shift
        values = self._ask(-PAST - 2 * self._n_symbols, 2 * self._n_symbols + TAPS - 1)
        points = (sliding_window_view(values, TAPS)[: 2 * self._n_symbols : 2] @ self._taps) * turned
        if self._regain(points):
            self._values = values[2 * self._n_symbols :]
        else:
            self._moment -= shift

    def _limit(self) -> float:
        """Points farther than this, squared, from the ideal ones make no sense."""
        return min(HOPELESS * self._noise + 0.1 * self._distance, self._distance)

    def _correct_carrier(self, points: Points, ideal: Points) -> None:
        angle = float(np.angle(np.vdot(ideal, points)))
        self._phase += PHASE_GAIN * angle
        self._turn += TURN_GAIN * angle / self._n_symbols

    def _correct_clock(self, equalised: Points, turned: Points, wrong: Points) -> None:
        """Late by error over slope, least squares; the slope is that of half a symbol each way."""
        middles = equalised[1::2]
        slopes = (middles[1:] - middles[:-1]) * turned[1 : len(middles)]
        late = float(np.vdot(slopes, wrong[1 : len(middles)]).real) / max(float(np.vdot(slopes, slopes).real), 1e-9)
        late = min(max(late, -0.1), 0.1)
        self._moment -= CLOCK_GAIN * late * self._per_symbol
        self._per_symbol *= 1 - SKEW_GAIN * late / self._n_symbols

    def _correct_taps(self, windows: Points, wrong: Points, power: float) -> None:
        gain = EQUALISER_GAIN / (len(wrong) * TAPS * power)
        self._taps -= (gain * (windows.conj().T @ wrong)).astype(np.complex64)


def _distance(constellation: Points) -> float:
    """Squared, to where one cannot say which of two points was meant."""
    apart = np.abs(constellation[:, None] - constellation) ** 2
    np.fill_diagonal(apart, np.inf)
    return float(apart.min()) / 4
