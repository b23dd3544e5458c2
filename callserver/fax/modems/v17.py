"""ITU-T V.17, 7200 to 14 400 bit/s: trellis-coded points, with long and short training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Decided, Training
from callserver.fax.modems.scramblers import Bits, Descrambler, Scrambler
from callserver.fax.modems.trellis import NEXT, STATES, TrellisDecoder, subset
from callserver.fax.modems.v27ter import groups

ALTERNATIONS, LONG, SHORT, BRIDGE, ONES = 256, 2976, 38, 64, 48
SCRAMBLED_BEFORE = 0x2ECDD5
BRIDGE_BITS = (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1)
FIRST_Y_LONG, FIRST_Y_SHORT = 1, 0
# A, B, C, D of the training: quarters of a turn.
_TRAINING: Points = (-6 - 2j) * 1j ** np.arange(4)
_DIBIT_POINTS = np.array([2, 3, 1, 0])  # for dibits 00, 01, 10, 11, the first bit highest
_BRIDGE_TURNS = np.array([1, 0, 2, 3])

# Points of the subsets 0 and 1 for each number of the bits that are not coded; the others follow by quarters of a turn.
_POINTS = {
    14400: (
        "-8,-3 -8,1 -4,-3 -4,1 4,-3 4,1 0,-3 0,1 8,-3 8,1 -4,-7 -4,5 4,-7 4,5 0,-7 0,5",
        "9,2 9,-2 5,2 5,-2 -3,2 -3,-2 1,2 1,-2 -7,2 -7,-2 5,6 5,-6 -3,6 -3,-6 1,6 1,-6",
    ),
    12000: ("7,1 3,-3 7,-7 -1,-7 3,5 -1,1 -5,5 -5,-3", "-5,-1 -1,3 -5,7 3,7 -1,-5 3,-1 7,-5 7,3"),
    9600: ("-8,2 0,2 0,-6 8,2", "-6,-4 -6,4 2,-4 2,4"),
    7200: ("6,-6 -2,2", "-2,6 6,-2"),
}
_TURNED_SUBSETS = ((0, 7, 4, 3), (1, 6, 5, 2))


def _constellation(bit_rate: int) -> Points:
    """Index: 8 x the bits that are not coded + the subset."""
    rows = [[complex(*map(int, pair.split(","))) for pair in row.split()] for row in _POINTS[bit_rate]]
    points = np.zeros((len(rows[0]), 8), np.complex64)
    for row, subsets in zip(rows, _TURNED_SUBSETS, strict=True):
        for quarters, number in enumerate(subsets):
            points[:, number] = np.array(row) * 1j**quarters
    return points.ravel()


class _Encoder:
    def __init__(self, constellation: Points, width: int, scrambler: Scrambler, first_y: int) -> None:
        self._constellation, self._width, self._scrambler = constellation, width, scrambler
        self._y, self._state = first_y, 0

    def encode(self, bits: Bits) -> Points:
        rows = self._scrambler.scramble(bits).reshape(-1, self._width)
        ys = (self._y + np.cumsum(rows[:, 0] + 2 * rows[:, 1].astype(np.intp))) % 4
        self._y = int(ys[-1]) if len(ys) else self._y
        uncoded = rows[:, 2:] @ (1 << np.arange(self._width - 2))
        points: Points = self._constellation[8 * uncoded + self._subsets(ys.tolist())]
        return points

    def _subsets(self, ys: list[int]) -> NDArray[np.intp]:
        state, subsets = self._state, []
        for y in ys:
            subsets.append(subset(state, y))
            state = NEXT[state][y]
        self._state = state
        return np.array(subsets, np.intp)


class _Decoder:
    late = True

    def __init__(self, constellation: Points, width: int, first_y: int) -> None:
        self._constellation, self._width, self._y = constellation, width, first_y
        axes = np.array([constellation.real, constellation.imag], np.float32)
        self._axes, self._squares = -2 * axes, (axes**2).sum(axis=0)
        self._trellis, self._descrambler = TrellisDecoder(), Descrambler()
        self._nearest = np.zeros((0, STATES), np.intp)  # of the call before, in each subset
        self._skip = 0  # symbols of the training

    def learn(self, points: Points) -> None:
        """The end of the training, as it was sent."""
        self._skip = len(points)
        self.decode(points)

    def decode(self, points: Points) -> Decided:
        parts = np.stack([points.real, points.imag], axis=1).astype(np.float32)
        distances = (parts @ self._axes + self._squares).reshape(len(points), -1, STATES)
        nearest = distances.argmin(axis=1)
        # Squared distances but for the point's own square, the same for all.
        now, before = self._trellis.feed(distances.min(axis=1))
        bits = self._bits(before)
        self._nearest = nearest
        return Decided(self._constellation[8 * nearest[np.arange(len(now)), now] + now], bits)

    def _bits(self, subsets: list[int]) -> Bits:
        chosen = np.array(subsets, np.intp)
        uncoded = self._nearest[np.arange(len(chosen)), chosen]
        ys = chosen >> 1
        turns = np.diff(ys, prepend=self._y) % 4
        self._y = int(ys[-1]) if len(ys) else self._y
        numbers = turns + 4 * uncoded
        line = ((numbers[:, None] >> np.arange(self._width)) & 1).astype(np.uint8)
        data = self._descrambler.descramble(line.ravel())
        skipped, self._skip = self._skip, max(self._skip - len(chosen), 0)
        return data[(skipped - self._skip) * self._width :]


class V17:
    """The scheme at 7200, 9600, 12 000 or 14 400 bit/s."""

    carrier_hz, baud, roll_off = 1800.0, 2400, 0.25

    def __init__(self, bit_rate: int) -> None:
        self.bits_per_symbol = bit_rate // self.baud
        points = _constellation(bit_rate)
        self._scale = float(np.sqrt(np.mean(np.abs(points) ** 2)))
        self.constellation = points / self._scale

    def training(self, *, short: bool) -> Training:
        """A short one relies on what was learnt from a long one."""
        scrambler = Scrambler(SCRAMBLED_BEFORE)
        alternating = np.tile([0, 1], ALTERNATIONS // 2)
        dibits = groups(scrambler.scramble(np.ones(2 * (SHORT if short else LONG), np.uint8)), 2)
        quarters = [alternating, _DIBIT_POINTS[dibits]]
        if not short:
            pattern = np.tile(np.array(BRIDGE_BITS, np.uint8), BRIDGE // 8)
            turns = _BRIDGE_TURNS[groups(scrambler.scramble(pattern), 2)]
            quarters.append((quarters[-1][-1] + np.cumsum(turns)) % 4)
        first_y = FIRST_Y_SHORT if short else FIRST_Y_LONG
        encoder = _Encoder(self.constellation, self.bits_per_symbol, scrambler, first_y)
        ones = encoder.encode(np.ones(ONES * self.bits_per_symbol, np.uint8))
        decoder = _Decoder(self.constellation, self.bits_per_symbol, first_y)
        decoder.learn(ones)
        points = np.concatenate([_TRAINING[np.concatenate(quarters)] / self._scale, ones])
        return Training(points, ALTERNATIONS, encoder, decoder)
