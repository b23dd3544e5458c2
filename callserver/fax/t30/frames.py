"""
The frames of T.30: their names, and the fields of those that have some (fax.md sections 2 and 8).

The lowest bit of the code, X, is set by the station that received DIS: the sender. Both are understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

ADDRESS = 0xFF
MORE_FOLLOW, LAST = 0x03, 0x13
FROM_SENDER = 0x01  # X
N_IDENTITY = 20
IDENTITY_CHARACTERS = frozenset("0123456789+ ")
FRAMES_A_BLOCK = 256


class Name(Enum):
    """Value: the code with X = 0."""

    DIS, CSI, NSF = 0x80, 0x40, 0x20
    DTC, CIG, NSC = 0x81, 0x41, 0x21  # X belongs to the code here: without it they are DIS, CSI, NSF
    DCS, TSI, NSS = 0x82, 0x42, 0x22
    SUB, SID, PWD, SEP, PSA = 0xC2, 0xA2, 0xC1, 0xA1, 0x61
    CFR, FTT = 0x84, 0x44
    MPS, EOM, EOP = 0x4E, 0x8E, 0x2E
    PRI_MPS, PRI_EOM, PRI_EOP = 0x5E, 0x9E, 0x3E
    MCF, RTP, RTN = 0x8C, 0xCC, 0x4C
    PIP, PIN = 0xAC, 0x2C
    DCN, CRP = 0xFA, 0x1A
    PPS, PPR = 0xBE, 0xBC
    CTC, CTR = 0x12, 0xC4
    EOR, ERR = 0xCE, 0x1C
    RR, RNR = 0x6E, 0xEC
    FCD, RCP = 0x06, 0x86  # on the image modem


# Their lowest bit is no X: 0x81 is DTC, and no DIS of a sender.
WITHOUT_X = frozenset({Name.DTC, Name.CIG, Name.NSC, Name.PWD, Name.SEP, Name.PSA})
CODES = {name.value: name for name in Name} | {
    name.value | FROM_SENDER: name for name in Name if name.value | FROM_SENDER not in {one.value for one in Name}
}
AFTER_PAGE = {
    Name.MPS: Name.MPS,
    Name.EOM: Name.EOM,
    Name.EOP: Name.EOP,
    Name.PRI_MPS: Name.MPS,
    Name.PRI_EOM: Name.EOM,
    Name.PRI_EOP: Name.EOP,
}  # what is meant when no operator is there


@dataclass(frozen=True)
class Frame:
    """One frame; `field` is the facsimile information field, whatever stands after the code."""

    name: Name
    field: bytes = b""

    @classmethod
    def parse(cls, octets: bytes) -> Self | None:
        """:return: `None` for what is no frame of T.30, or one of a code that nobody knows"""
        if len(octets) < 3 or octets[0] != ADDRESS or octets[1] not in (MORE_FOLLOW, LAST):
            return None
        name = CODES.get(octets[2])
        return name and cls(name, octets[3:])

    def octets(self, *, last: bool, from_sender: bool) -> bytes:
        """As it goes to the modem."""
        x = FROM_SENDER if from_sender and self.name not in WITHOUT_X else 0
        return bytes((ADDRESS, LAST if last else MORE_FOLLOW, self.name.value | x)) + self.field


def burst(frames: Iterable[Frame], *, from_sender: bool) -> tuple[bytes, ...]:
    """One burst of V.21: the last frame is marked as such."""
    *before, last = frames
    return (
        *(frame.octets(last=False, from_sender=from_sender) for frame in before),
        last.octets(last=True, from_sender=from_sender),
    )


def identity_field(number: str) -> bytes:
    """The field of CSI, TSI and their kin: 20 characters, the last one first. What T.30 does not allow is left out."""
    allowed = "".join(character for character in number if character in IDENTITY_CHARACTERS)
    return allowed[:N_IDENTITY].rjust(N_IDENTITY)[::-1].encode("ascii")


def identity_of(field: bytes) -> str:
    """What a far end calls itself, without anything that is no number: it is shown on screens."""
    characters = field[:N_IDENTITY][::-1].decode("latin-1")
    return "".join(one for one in characters if one in IDENTITY_CHARACTERS).strip()


@dataclass(frozen=True)
class PartialPage:
    """What PPS says of the block before it."""

    command: Name | None  # MPS, EOM, EOP or their PRI kin; None: the page goes on
    page: int  # both modulo 256
    block: int
    # What some machines count in a PPS after PPR are the frames they have just sent again (spandsp does).
    n_frames: int = field(compare=False)

    @classmethod
    def parse(cls, octets: bytes) -> Self | None:
        """:return: `None` when it is no such field"""
        if len(octets) < 4 or not is_after_page(octets[0]):
            return None
        return cls(CODES.get(octets[0]), octets[1], octets[2], octets[3] + 1)

    def frame(self) -> Frame:
        code = self.command.value | FROM_SENDER if self.command else 0
        return Frame(Name.PPS, bytes((code, self.page % 256, self.block % 256, self.n_frames - 1)))


def is_after_page(code: int) -> bool:
    """May this be the second code of PPS and EOR?"""
    return code == 0 or CODES.get(code) in AFTER_PAGE


def wanted_field(missing: Iterable[int]) -> bytes:
    """The field of PPR: a bit for each frame that is wanted again."""
    bits = sum(1 << number for number in set(missing))
    return bits.to_bytes(FRAMES_A_BLOCK // 8, "little")


def wanted_of(field: bytes, n_frames: int) -> list[int]:
    """The frames that a PPR wants again. Bits past the last frame mean nothing: some machines set them."""
    bits = int.from_bytes(field[: FRAMES_A_BLOCK // 8], "little")
    return [number for number in range(n_frames) if bits >> number & 1]
