"""From one sample rate to another, without numpy."""

from math import ceil, cos, gcd, pi, sin
from operator import mul

SIDE = 4  # samples of the slower rate on each side: of 8 kHz, flat to 2.5 kHz, -3 dB at 3.4 kHz, -25 dB from 5 kHz on
CUTOFF = 0.48  # of the slower rate


class Resampler:
    """
    A stream of samples at another rate; pieces of any length give the same as the whole.

    Each output sample is a weighted sum of its neighbours; the weights, a sinc under a Hann window, are ready for each
    of the places between two input samples where output can fall (polyphase filter, Crochiere & Rabiner 1981). Late by
    `delay_s`.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._phases = _phases(self._up, self._down)
        self._n_taps = len(self._phases[0])
        self._before: list[float] = [0.0] * (self._n_taps - 1)
        self._at = 0  # of the next output sample, from the first of `before`, in parts of an input sample
        self.delay_s = self._n_taps / 2 / from_hz if self._up != self._down else 0.0

    def feed(self, samples: list[float]) -> list[float]:
        """More input; what output there is by now."""
        if self._up == self._down:
            return samples
        data, up, down = self._before + list(map(float, samples)), self._up, self._down
        n_places = len(data) - self._n_taps + 1
        n_output = max(0, -((self._at - n_places * up) // down))
        output = [0.0] * n_output
        for n in range(min(up, n_output)):  # every up-th output has the same weights, and lies `down` samples further
            first, phase = divmod(self._at + n * down, up)
            output[n::up] = self._weighed(data, self._phases[phase], range(first, n_places, down))
        n_done, self._at = divmod(self._at + n_output * down, up)
        self._before = data[n_done:]
        return output

    def _weighed(self, data: list[float], taps: list[float], places: range) -> list[float]:
        n_taps = self._n_taps
        return [sum(map(mul, taps, data[at : at + n_taps])) for at in places]


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
