"""ITU-T V.29, 7200 and 9600 bit/s: eight phases, differential, with one or two amplitudes each."""

from __future__ import annotations

import numpy as np

from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Decided, Training, nearest
from callserver.fax.modems.scramblers import Bits, Descrambler, Scrambler
from callserver.fax.modems.v27ter import EIGHTHS, TRIBIT_STEPS, groups, ungrouped

ALTERNATIONS, CONDITIONING, ONES = 128, 384, 48
CONDITIONING_REGISTER = 0x2A
_ODD = np.arange(8) % 2 == 1
# Index: phase in eighths of a turn, and 8 more with the larger amplitude.
_POINTS: Points = np.concatenate([EIGHTHS * np.where(_ODD, np.sqrt(2), 3), EIGHTHS * np.where(_ODD, 3 * np.sqrt(2), 5)])
_TRIBITS = np.argsort(TRIBIT_STEPS)  # for each step
_A, _C, _INNER, _OUTER = 4, 0, 0, 8


class _Encoder:
    def __init__(self, constellation: Points, width: int) -> None:
        self._constellation, self._width = constellation, width
        self._phase, self._scrambler = 0, Scrambler()

    def encode(self, bits: Bits) -> Points:
        numbers = groups(self._scrambler.scramble(bits), self._width)
        phases = (self._phase + np.cumsum(TRIBIT_STEPS[numbers & 7])) % 8
        self._phase = int(phases[-1]) if len(phases) else self._phase
        points: Points = self._constellation[phases + (numbers & 8)]
        return points


class _Decoder:
    late = False

    def __init__(self, constellation: Points, width: int) -> None:
        self._constellation, self._width = constellation, width
        self._phase, self._descrambler = 0, Descrambler()

    def decode(self, points: Points) -> Decided:
        indices = nearest(self._constellation, points)
        steps = np.diff(indices % 8, prepend=self._phase) % 8
        self._phase = int(indices[-1]) % 8
        bits = ungrouped(_TRIBITS[steps] | indices & 8, self._width)
        return Decided(self._constellation[indices], self._descrambler.descramble(bits))


class V29:
    """The scheme at 7200 (the smaller amplitudes) or 9600 bit/s."""

    carrier_hz, baud, roll_off = 1700.0, 2400, 0.25

    def __init__(self, bit_rate: int) -> None:
        self.bits_per_symbol = bit_rate // self.baud
        points = _POINTS[: 1 << self.bits_per_symbol]
        self._scale = float(np.sqrt(np.mean(np.abs(points) ** 2)))
        self.constellation = points / self._scale

    def training(self, *, short: bool) -> Training:
        """The same, short or not: fax knows only the long one."""
        larger = _OUTER if self.bits_per_symbol == 4 else _INNER
        pair_of_a = np.array([_A, 7 + larger])
        pair_of_c = np.array([_C, 3 + larger])
        indices = np.concatenate([np.tile(pair_of_a, ALTERNATIONS // 2), pair_of_c[_conditioning()]])
        encoder = _Encoder(self.constellation, self.bits_per_symbol)
        ones = encoder.encode(np.ones(ONES * self.bits_per_symbol, np.uint8))
        decoder = _Decoder(self.constellation, self.bits_per_symbol)
        decoder.decode(ones)
        points = np.concatenate([_POINTS[indices] / self._scale, ones])
        return Training(points, ALTERNATIONS, encoder, decoder)


def _conditioning() -> list[int]:
    """1 where the second of two points is sent: a register of seven bits."""
    register, chosen = CONDITIONING_REGISTER, []
    for _ in range(CONDITIONING):
        chosen.append(register & 1)
        register = register >> 1 | (register ^ register >> 1) << 6 & 0x40
    return chosen
