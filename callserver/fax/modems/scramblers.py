"""
Self-synchronising scramblers: they make any data look like noise, and a receiver needs no beginning to undo it.

Bits are uint8 arrays of 0 and 1, in the order of the line.
"""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]

GUARD_BITS = 33
_MASK = 0xFFF


def bits_of(octets: bytes) -> Bits:
    """The lowest bit of each octet first."""
    return np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little")


def octets_of(bits: Bits) -> bytes:
    """The first bit is the lowest of the first octet."""
    return np.packbits(bits, bitorder="little").tobytes()


class Scrambler:
    """
    out = in + out[-18] + out[-23], of V.29 and V.17.

    :param history: the last 23 bits sent, the last one lowest
    """

    NEAR, FAR = 18, 23

    def __init__(self, history: int = 0) -> None:
        self._history = history

    def scramble(self, bits: Bits) -> Bits:
        """As many bits; up to 18 at once depend on what was sent before them only."""
        sent = [self._piece(bits[at : at + self.NEAR]) for at in range(0, len(bits), self.NEAR)]
        return np.concatenate(sent) if sent else bits

    def _piece(self, bits: Bits) -> Bits:
        width = len(bits)
        value = int.from_bytes(np.packbits(bits).tobytes(), "big") >> (-width % 8)
        value ^= (self._history >> (self.NEAR - width)) ^ (self._history >> (self.FAR - width))
        value &= (1 << width) - 1
        self._history = ((self._history << width) | value) & ((1 << self.FAR) - 1)
        octets = (value << (-width % 8)).to_bytes((width + 7) // 8, "big")
        return np.unpackbits(np.frombuffer(octets, np.uint8), count=width)


class Descrambler:
    """Undoes `Scrambler`: in = received + received[-18] + received[-23]."""

    def __init__(self) -> None:
        self._last = np.zeros(Scrambler.FAR, np.uint8)

    def descramble(self, bits: Bits) -> Bits:
        """As many bits."""
        line = np.concatenate([self._last, bits])
        self._last = line[-Scrambler.FAR :]
        near = Scrambler.FAR - Scrambler.NEAR
        data: Bits = bits ^ line[near : near + len(bits)] ^ line[: len(bits)]
        return data


class _Guard:
    """Watches the line for repetition of 8, 9 or 12 bits, which a scrambler of V.27ter ends by inverting a bit."""

    def __init__(self, history: int) -> None:
        self.history, self._count = history, 0  # the last 12 bits on the line, the last one lowest

    def parity(self) -> int:
        """What the scrambler adds to the next bit."""
        return (self.history >> 5 ^ self.history >> 6 ^ (self._count >= GUARD_BITS)) & 1

    def note(self, bit: int) -> None:
        """This bit is on the line."""
        if self._count >= GUARD_BITS:
            self._count = 0
        else:
            history = self.history if bit else ~self.history
            repeats = (history >> 7 | history >> 8 | history >> 11) & 1
            self._count = self._count + 1 if repeats else 0
        self.history = (self.history << 1 | bit) & _MASK


class GuardedScrambler:
    """out = in + out[-6] + out[-7] with the guard of V.27ter, which counts from the first bit of the training."""

    def __init__(self) -> None:
        self.guard = _Guard(0x3C)

    def scramble(self, bits: Bits) -> Bits:
        """As many bits."""
        sent = bytearray()
        for bit in bits.tolist():
            out = bit ^ self.guard.parity()
            self.guard.note(out)
            sent.append(out)
        return np.frombuffer(bytes(sent), np.uint8)


class GuardedDescrambler:
    """
    Undoes `GuardedScrambler`; after a wrong bit the guard may count wrong, until a bit does not repeat.

    :param scrambler: what it has sent was heard already, as the training
    """

    def __init__(self, scrambler: GuardedScrambler) -> None:
        self._guard = copy(scrambler.guard)

    def descramble(self, bits: Bits) -> Bits:
        """As many bits."""
        data = bytearray()
        for bit in bits.tolist():
            data.append(bit ^ self._guard.parity())
            self._guard.note(bit)
        return np.frombuffer(bytes(data), np.uint8)
