"""The numbered bits of DIS, DTC and DCS: bit 1 is the lowest of the first octet; more than three are announced."""

from __future__ import annotations

from collections.abc import Iterable

MIN_OCTETS = 3
MAX_OCTETS = 16  # as many as T.30 defines bits for


def bits_of(field: bytes) -> frozenset[int]:
    """
    The numbers of the bits that are set, without those that only say that another octet follows.

    :raises ValueError: fewer than three octets
    """
    if len(field) < MIN_OCTETS:
        raise ValueError(f"{len(field)} octets are too few for DIS or DCS")
    n_octets = MIN_OCTETS
    while n_octets < min(len(field), MAX_OCTETS) and field[n_octets - 1] & 0x80:
        n_octets += 1
    number = int.from_bytes(field[:n_octets], "little")
    return frozenset(bit for bit in range(1, n_octets * 8 + 1) if number >> (bit - 1) & 1 and not _is_extension(bit))


def field_of(bits: Iterable[int]) -> bytes:
    """The octets with these bits set, as few as hold them, each announced by the one before."""
    wanted = set(bits)
    n_octets = max(MIN_OCTETS, *((bit + 7) // 8 for bit in wanted), 0)
    wanted |= {8 * octet for octet in range(MIN_OCTETS, n_octets)}
    return sum(1 << (bit - 1) for bit in wanted).to_bytes(n_octets, "little")


def _is_extension(bit: int) -> bool:
    return bit >= 8 * MIN_OCTETS and bit % 8 == 0
