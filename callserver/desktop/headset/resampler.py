"""
From one sample rate to another, without numpy.

A sum of products for each sample is what costs most in a talk. Python's long integers do it in half the time or less:
samples side by side in one number, weights in another, and the sums stand side by side in the product of both.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from math import ceil, cos, gcd, pi, sin
from operator import mul

SIDE = 4  # samples of the slower rate on each side: of 8 kHz, flat to 2.5 kHz, -3 dB at 3.4 kHz, -25 dB from 5 kHz on
CUTOFF = 0.48  # of the slower rate
WEIGHT_BITS = 20
ONE = 1 << WEIGHT_BITS  # a weight of 1 in whole numbers
SLOT_BYTES = 8  # for a number among others; its sign is the highest bit
SIGN = bytes(SLOT_BYTES - 1) + b"\x80"
ROUNDING = (int.from_bytes(SIGN, "little") + ONE // 2).to_bytes(SLOT_BYTES, "little")  # no slot is negative, and a half


class Resampler:
    """
    A stream of samples, in whole 16-bit units, at another rate; pieces of any length give the same as the whole.

    What is louder than 16 bits comes out as it is: it is not clipped here.

    Each output sample is a weighted sum of its neighbours; the weights, a sinc under a Hann window, are ready for each
    of the places between two input samples where output can fall (polyphase filter, Crochiere & Rabiner 1981). Late by
    `delay_s`.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._phases = _phases(self._up, self._down)
        self._n_taps = len(self._phases[0])
        # worth while where many outputs have the same weights: not for 44,100 Hz, which has 80 kinds of them
        self._joint = [_strides(taps, self._down) for taps in self._phases] if self._down < self._n_taps else []
        self._before = [0] * (self._n_taps - 1)
        self._at = 0  # of the next output sample, from the first of `before`, in parts of an input sample
        self.delay_s = self._n_taps / 2 / from_hz if self._up != self._down else 0.0

    def feed(self, samples: list[int]) -> list[int]:
        """More input; what output there is by now."""
        if self._up == self._down:
            return samples
        data, up, down = self._before + samples, self._up, self._down
        n_places = len(data) - self._n_taps + 1
        n_output = max(0, -((self._at - n_places * up) // down))
        output = [0] * n_output
        for n in range(min(up, n_output)):  # every up-th output has the same weights, and lies `down` samples further
            first, phase = divmod(self._at + n * down, up)
            output[n::up] = self._weighed(data, phase, range(first, n_places, down))
        n_done, self._at = divmod(self._at + n_output * down, up)
        self._before = data[n_done:]
        return output

    def _weighed(self, data: list[int], phase: int, places: range) -> Sequence[int]:
        if self._joint:
            return self._weighed_together(data, phase, places)
        taps, n_taps = self._phases[phase], self._n_taps
        return [round(sum(map(mul, taps, data[at : at + n_taps]))) for at in places]

    def _weighed_together(self, data: list[int], phase: int, places: range) -> Sequence[int]:
        """What lies `step` samples apart meets the same weights: as many products as that, added."""
        strides, step = self._joint[phase], places.step
        n_more = -(-self._n_taps // step) - 1
        end = places.start + (len(places) + n_more) * step
        total = sum(joined(data[places.start + n : end : step]) * weights for n, weights in enumerate(strides))
        return parted(total, len(places) + 2 * n_more)[n_more : n_more + len(places)]


def joined(values: list[int]) -> int:
    """Of a, b, c ...: a + b * 2**64 + c * 2**128 ..., each with its sign."""
    signs = _in_each(SIGN, len(values))
    return (int.from_bytes(array("q", values).tobytes(), "little") ^ signs) - signs


def parted(number: int, n_values: int) -> array[int]:
    """What was joined and weighed, without the weights: to whole units, which are in the lower half of each slot."""
    halves = array("i")
    shifted = (number + _in_each(ROUNDING, n_values)) >> WEIGHT_BITS
    halves.frombytes(shifted.to_bytes(SLOT_BYTES * n_values, "little"))
    return halves[::2]


@lru_cache(maxsize=64)  # pieces have few lengths
def _in_each(slot: bytes, n_slots: int) -> int:
    return int.from_bytes(slot * n_slots, "little")


def _strides(taps: list[float], step: int) -> list[int]:
    """The weights that samples `step` apart meet, the last one first, as a product wants it."""
    whole = [round(tap * ONE) for tap in taps] + [0] * (-len(taps) % step)
    return [joined(whole[n::step][::-1]) for n in range(step)]


def _phases(up: int, down: int) -> list[list[float]]:
    slowness = max(1.0, down / up)
    half = ceil(SIDE * slowness)
    phases = []
    for phase in range(up):
        taps = [_tap(phase / up + half - 1 - n, half, CUTOFF / slowness) for n in range(2 * half)]
        phases.append([tap / sum(taps) for tap in taps])
    return phases


def _tap(at: float, half: int, cutoff: float) -> float:
    """A low-pass filter's impulse response, `at` samples from its middle."""
    angle = 2 * pi * cutoff * at
    return (sin(angle) / angle if angle else 1.0) * (0.5 + 0.5 * cos(pi * at / half))
