"""The trellis code of ITU-T V.17: its encoder's states, and a Viterbi decoder that takes two symbols at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STATES, WAYS = 8, 4
Indices = NDArray[np.intp]
# The next state for each state and each Y, of two bits.
NEXT = (
    (0, 2, 3, 1),
    (4, 7, 5, 6),
    (1, 3, 2, 0),
    (7, 4, 6, 5),
    (2, 0, 1, 3),
    (6, 5, 7, 4),
    (3, 1, 0, 2),
    (5, 6, 4, 7),
)
FAR = 1e3  # squared, in mean powers: the encoder was not there


def subset(state: int, y: int) -> int:
    """The subset of the constellation, 0 to 7, that is sent from this state for this Y."""
    return 2 * y + (state & 1)


def _pairs_of_ways() -> tuple[Indices, Indices, Indices]:
    """For each state the 16 ways into it over two symbols: where they come from, and the two subsets."""
    ways: list[list[tuple[int, int, int]]] = [[] for _ in range(STATES)]
    for state in range(STATES):
        for first, middle in enumerate(NEXT[state]):
            for second, end in enumerate(NEXT[middle]):
                ways[end].append((state, subset(state, first), subset(middle, second)))
    table = np.array(ways)
    return table[:, :, 0], table[:, :, 1], table[:, :, 2]


_FROM, _FIRST, _SECOND = _pairs_of_ways()
_FIRST_OF, _SECOND_OF, _FROM_OF = _FIRST.ravel().tolist(), _SECOND.ravel().tolist(), _FROM.ravel().tolist()
_ROWS = np.arange(STATES) * WAYS**2


class TrellisDecoder:
    """
    The likeliest path through the states, from their squared distances; it begins in state 0.

    Each call decides tentatively about its own symbols, and for good about those of the call before: they have been
    waited with for as long as a call is, which should be 20 symbols or more.
    """

    def __init__(self) -> None:
        self._costs = np.full(STATES, FAR, np.float32)
        self._costs[0] = 0
        self._ways_before: list[list[int]] = []

    def feed(self, distances: NDArray[np.float32]) -> tuple[list[int], list[int]]:
        """
        The subsets of these symbols as they seem now, and those of the call before for good.

        :param distances: squared, from the nearest point of each subset, shape (n, 8), n even
        """
        branches = distances[0::2][:, _FIRST] + distances[1::2][:, _SECOND]
        costs, ways = self._costs, []
        for branch in branches:
            sums = costs[_FROM]
            sums += branch
            best = sums.argmin(axis=1)
            best += _ROWS
            costs = sums.ravel()[best]
            ways.append(best.tolist())
        self._costs = costs - costs.min()
        state = int(self._costs.argmin())
        now, state = _back(ways, state)
        before, _ = _back(self._ways_before, state)
        self._ways_before = ways
        return now, before


def _back(ways: list[list[int]], state: int) -> tuple[list[int], int]:
    """The subsets on the path that ends in this state, oldest first, and the state it began in."""
    path = []
    for best in reversed(ways):
        way = best[state]
        path.append(_SECOND_OF[way])
        path.append(_FIRST_OF[way])
        state = _FROM_OF[way]
    path.reverse()
    return path, state
