"""Scramblers: what goes in comes out, however the stream is cut, and no pattern stays one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modems.scramblers import (
    Bits,
    Descrambler,
    GuardedDescrambler,
    GuardedScrambler,
    Scrambler,
    bits_of,
    octets_of,
)

DATA = st.binary(min_size=1, max_size=60)
CUTS = st.lists(st.integers(0, 480), max_size=5)


def cut(bits: Bits, places: list[int]) -> list[Bits]:
    return np.split(bits, sorted(min(place, len(bits)) for place in places))


class ScramblerTests(SynchronousTestCase):
    @given(DATA, CUTS, CUTS)
    def test_there_and_back(self, octets: bytes, sent_in: list[int], heard_in: list[int]) -> None:
        """Any cut of the input gives the same line, and any cut of the line the same data."""
        bits = bits_of(octets)
        for scrambler, whole, descrambler in (
            (Scrambler(), Scrambler(), Descrambler()),
            (GuardedScrambler(), GuardedScrambler(), GuardedDescrambler(GuardedScrambler())),
        ):
            line = np.concatenate([scrambler.scramble(piece) for piece in cut(bits, sent_in)])
            self.assertEqual(line.tolist(), whole.scramble(bits).tolist())
            data = np.concatenate([descrambler.descramble(piece) for piece in cut(line, heard_in)])
            self.assertEqual(octets_of(data), octets)

    @given(DATA, st.integers(0, 40))
    def test_wrong_beginning(self, octets: bytes, n_lost: int) -> None:
        """Who comes late, or begins otherwise, is right 23 bits later."""
        bits = bits_of(octets * 4)
        data = Descrambler().descramble(Scrambler(0x123456).scramble(bits)[n_lost:])
        self.assertEqual(data[23:].tolist(), bits[n_lost + 23 :].tolist())

    def test_guard(self) -> None:
        """V.27ter's line repeats no 8 bits for longer than the guard counts, whatever is sent."""
        scrambler = GuardedScrambler()
        first = scrambler.scramble(np.ones(16, np.uint8))
        # Data that would keep the line at rest: what the scrambler adds is taken away before.
        line = first.tolist()
        for _ in range(200):
            line += scrambler.scramble(np.array([line[-6] ^ line[-7] ^ line[-8]], np.uint8)).tolist()
        repeats = [bit == before for bit, before in zip(line[8:], line, strict=False)]
        longest = max(len(run) for run in "".join("x" if same else " " for same in repeats).split())
        self.assertLessEqual(longest, 34 + 8)
