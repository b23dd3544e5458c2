"""TCF: is the line good enough at this speed?"""

from __future__ import annotations

from callserver.fax.hdlc import octets_to_bits
from callserver.fax.modulations import Modulation

ENOUGH_S = 1.0  # of the 1.5 s; errors of the modem's first moments lie before it
WHOLE_S = 0.5  # less than this was some noise, and no TCF


class TrainingCheck:
    """Good when for long enough nothing but zeros came."""

    def __init__(self, modulation: Modulation) -> None:
        self._rate = modulation.bit_rate
        self._run = self._longest = self._n_bits = 0

    def feed(self, octets: bytes) -> None:
        """Some octets of it."""
        first, *others = octets_to_bits(octets).split(b"\1")
        runs = [self._run + len(first), *map(len, others)]
        self._run, self._longest = runs[-1], max(self._longest, *runs)
        self._n_bits += len(octets) * 8

    @property
    def is_good(self) -> bool:
        return self._longest >= self._rate * ENOUGH_S

    @property
    def is_whole(self) -> bool:
        """Was it a TCF at all, good or bad?"""
        return self._n_bits >= self._rate * WHOLE_S
