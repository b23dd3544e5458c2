"""V.17's trellis decoder: the likeliest path is the sent one, in spite of points that lie nearer to others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modems.trellis import NEXT, TrellisDecoder, subset

CALL_SYMBOLS = 24


def sent(ys: list[int]) -> list[int]:
    """The subsets of an encoder that begins in state 0."""
    state, subsets = 0, []
    for y in ys:
        subsets.append(subset(state, y))
        state = NEXT[state][y]
    return subsets


def distances(subsets: list[int]) -> np.ndarray:
    table = np.ones((len(subsets), 8), np.float32)
    table[np.arange(len(subsets)), subsets] = 0
    return table


def decoded(table: np.ndarray) -> list[int]:
    """All but the last call's."""
    decoder, whole = TrellisDecoder(), []
    for at in range(0, len(table), CALL_SYMBOLS):
        whole += decoder.feed(table[at : at + CALL_SYMBOLS])[1]
    return whole


class TrellisTests(SynchronousTestCase):
    def test_code(self) -> None:
        """From each state four subsets are sent; two ways that part never meet within two symbols."""
        for state, following in enumerate(NEXT):
            self.assertEqual(len({subset(state, y) for y in range(4)}), 4)
            self.assertEqual(len(set(following)), 4)

    @given(st.lists(st.integers(0, 3), min_size=72, max_size=72), st.lists(st.integers(0, 7), min_size=3, max_size=3))
    def test_wrong_points(self, ys: list[int], others: list[int]) -> None:
        """A point far on the side of another subset, once in 20 symbols, does no harm."""
        subsets = sent(ys)
        table = distances(subsets)
        for place, other in zip((8, 28, 48), others, strict=True):
            table[place] = 0.6
            table[place, other] = 0
        self.assertEqual(decoded(table), subsets[: len(ys) - CALL_SYMBOLS])
