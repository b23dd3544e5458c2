"""ITU-T V.27ter, 2400 and 4800 bit/s: eight or four phases, differential."""

from __future__ import annotations

import numpy as np

from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Decided, Training, nearest
from callserver.fax.modems.scramblers import Bits, GuardedDescrambler, GuardedScrambler

# Eighths of a turn for each tribit (the first bit is the highest), also of V.29.
TRIBIT_STEPS = np.array([1, 0, 2, 3, 6, 7, 5, 4])
_DIBIT_STEPS = np.array([0, 2, 6, 4])
EIGHTHS: Points = np.exp(1j * np.pi / 4 * np.arange(8))

ALTERNATIONS, CONDITIONING, ONES = 50, 1074, 8


def groups(bits: Bits, width: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Each `width` bits as a number, the first bit highest."""
    return bits.reshape(-1, width) @ (1 << np.arange(width)[::-1])


def ungrouped(numbers: np.ndarray[tuple[int], np.dtype[np.intp]], width: int) -> Bits:
    """The opposite of `groups`."""
    return ((numbers[:, None] >> np.arange(width)[::-1]) & 1).astype(np.uint8).ravel()


class _Encoder:
    def __init__(self, steps: np.ndarray[tuple[int], np.dtype[np.intp]], width: int) -> None:
        self._steps, self._width = steps, width
        self._phase, self.scrambler = 0, GuardedScrambler()

    def turn(self, steps: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Points:
        """One point after each step of so many eighths of a turn."""
        phases = (self._phase + np.cumsum(steps)) % 8
        self._phase = int(phases[-1]) if len(phases) else self._phase
        return EIGHTHS[phases]

    def encode(self, bits: Bits) -> Points:
        return self.turn(self._steps[groups(self.scrambler.scramble(bits), self._width)])


class _Decoder:
    late = False

    def __init__(
        self,
        steps: np.ndarray[tuple[int], np.dtype[np.intp]],
        width: int,
        last_phase: int,
        descrambler: GuardedDescrambler,
    ) -> None:
        self._width, self._last, self._descrambler = width, last_phase, descrambler
        self._grid = 8 // len(steps)
        self._numbers = np.zeros(8, np.intp)
        self._numbers[steps] = np.arange(len(steps))

    def decode(self, points: Points) -> Decided:
        phases = nearest(EIGHTHS[:: self._grid], points) * self._grid
        steps = np.diff(phases, prepend=self._last) % 8
        self._last = int(phases[-1])
        bits = self._descrambler.descramble(ungrouped(self._numbers[steps], self._width))
        return Decided(EIGHTHS[phases], bits)


class V27ter:
    """The scheme at 2400 (1200 Bd) or 4800 bit/s (1600 Bd)."""

    carrier_hz, roll_off = 1800.0, 0.5

    def __init__(self, bit_rate: int) -> None:
        self._steps = TRIBIT_STEPS if bit_rate == 4800 else _DIBIT_STEPS
        self.bits_per_symbol = 3 if bit_rate == 4800 else 2
        self.baud = bit_rate // self.bits_per_symbol
        self.constellation = EIGHTHS[:: 8 // len(self._steps)]

    def training(self, *, short: bool) -> Training:
        """The same, short or not: fax knows only the long one."""
        encoder = _Encoder(self._steps, self.bits_per_symbol)
        alternating = encoder.turn(np.full(ALTERNATIONS, 4))
        line = encoder.scrambler.scramble(np.ones(3 * CONDITIONING, np.uint8))
        conditioning = encoder.turn(4 * line[::3].astype(np.intp))
        ones = encoder.encode(np.ones(ONES * self.bits_per_symbol, np.uint8))
        points = np.concatenate([alternating, conditioning, ones])
        last = int(nearest(EIGHTHS, points[-1:])[0])
        decoder = _Decoder(self._steps, self.bits_per_symbol, last, GuardedDescrambler(encoder.scrambler))
        return Training(points, ALTERNATIONS, encoder, decoder)
