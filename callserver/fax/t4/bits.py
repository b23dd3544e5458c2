"""Codes packed into octets, and octets seen as codes: always in the order of the line, lowest bit of an octet first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.fax.t4.codes import LONGEST_CODE
from callserver.fax.t4.runs import Integers

REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))  # for bytes.translate: highest bit first
_REVERSED_ARRAY = np.frombuffer(REVERSED, np.uint8)
_SHIFTS = np.arange(24 - LONGEST_CODE, 16 - LONGEST_CODE, -1, dtype=np.uint32)


@dataclass(frozen=True)
class Codes:
    """Codes one after another: value and number of bits of each, the highest bit first on the line; values < 2**63."""

    values: Integers
    lengths: Integers

    def bits(self) -> NDArray[np.uint8]:
        """One element a bit, in the order of the line."""
        ends = np.cumsum(self.lengths)
        n_bits = int(ends[-1]) if len(ends) else 0
        below = np.repeat(ends, self.lengths) - np.arange(1, n_bits + 1)
        bits: NDArray[np.uint8] = (np.repeat(self.values, self.lengths) >> np.minimum(below, 63) & 1).astype(np.uint8)
        return bits


class BitPacker:
    """Bits into octets; those that do not fill one wait for the next."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.uint8)

    def pack(self, bits: NDArray[np.uint8]) -> bytes:
        """The whole octets there are."""
        bits = np.concatenate([self._rest, bits])
        n_whole = len(bits) // 8 * 8
        self._rest = bits[n_whole:]
        return np.packbits(bits[:n_whole], bitorder="little").tobytes()

    def flush(self) -> bytes:
        """The last octet, filled up with zeros."""
        rest, self._rest = self._rest, np.zeros(0, np.uint8)
        return np.packbits(rest, bitorder="little").tobytes()


def windows_of(octets: bytes) -> NDArray[np.uint32]:
    """At each bit the 13 bits (the longest code) that begin there; those past the end are zeros."""
    ordered = np.zeros(len(octets) + 2, np.uint32)
    ordered[:-2] = _REVERSED_ARRAY[np.frombuffer(octets, np.uint8)]
    three = ordered[:-2] << 16 | ordered[1:-1] << 8 | ordered[2:]
    windows: NDArray[np.uint32] = (three[:, None] >> _SHIFTS & 0x1FFF).reshape(-1).astype(np.uint32)
    return windows
