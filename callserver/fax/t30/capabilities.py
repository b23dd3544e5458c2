"""What a fax machine can do, as its DIS says it (fax.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Self

from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Resolution
from callserver.fax.t30.bits import bits_of, field_of

WIDTHS = (1728, 2048, 2432)  # A4, B4, A3, in pels
V27TER = frozenset({Modulation.V27TER_2400, Modulation.V27TER_4800})
V29 = frozenset({Modulation.V29_7200, Modulation.V29_9600})
V17 = frozenset({Modulation.V17_7200, Modulation.V17_9600, Modulation.V17_12000, Modulation.V17_14400})
BIT_V29, BIT_V27TER, BIT_V17 = 11, 12, 14
BIT_POLL, BIT_RECEIVE, BIT_FINE, BIT_MR = 9, 10, 15, 16
BIT_B4_WIDTH, BIT_A3_WIDTH = 17, 18
BIT_B4_LENGTH, BIT_UNLIMITED = 19, 20
ROW_TIME_BITS = (21, 22, 23)
BIT_ECM, BIT_MMR, BIT_SUPERFINE, BIT_HALF_ROW_TIME = 27, 31, 41, 46


class Length(Enum):
    """How long a page may be. Value: in mm, 0 for as long as it likes."""

    A4 = 297
    B4 = 364
    UNLIMITED = 0


# Minimum time of a row, in ms, by the number in bits 21-23: at 3.85, at 7.7, and at 15.4 lines/mm with bit 46.
ROW_TIMES_MS = {
    0: (20, 20, 10),
    1: (5, 5, 5),
    2: (10, 10, 5),
    3: (20, 10, 5),
    4: (40, 40, 20),
    5: (40, 20, 10),
    6: (10, 5, 5),
    7: (0, 0, 0),
}


@dataclass(frozen=True)
class Capabilities:
    """Of a machine that receives; ours follow what the modem below can do."""

    modulations: frozenset[Modulation]
    codings: frozenset[Coding] = frozenset(Coding)  # MMR is offered with ECM only
    ecm: bool = True
    resolutions: frozenset[Resolution] = frozenset(Resolution)
    max_width: int = WIDTHS[-1]
    length: Length = Length.UNLIMITED
    row_time: int = 7  # the number in bits 21-23
    half_row_time: bool = False  # bit 46
    can_receive: bool = True
    has_document: bool = False  # to be polled

    def row_ms(self, resolution: Resolution) -> int:
        """How long a row must last without ECM."""
        standard, fine, superfine = ROW_TIMES_MS[self.row_time]
        if resolution is Resolution.SUPERFINE:
            return superfine if self.half_row_time else fine
        return standard if resolution is Resolution.STANDARD else fine

    @classmethod
    def from_dis(cls, field: bytes) -> Self:
        """:raises ValueError: fewer than three octets"""
        bits = bits_of(field)
        ecm = BIT_ECM in bits
        codings = {Coding.MH: True, Coding.MR: BIT_MR in bits, Coding.MMR: ecm and BIT_MMR in bits}
        fine, superfine = BIT_FINE in bits, BIT_SUPERFINE in bits
        resolutions = {Resolution.STANDARD: True, Resolution.FINE: fine, Resolution.SUPERFINE: superfine}
        return cls(
            modulations=_modulations(bits),
            codings=frozenset(coding for coding, known in codings.items() if known),
            ecm=ecm,
            resolutions=frozenset(resolution for resolution, known in resolutions.items() if known),
            max_width=WIDTHS[2] if BIT_A3_WIDTH in bits else WIDTHS[1] if BIT_B4_WIDTH in bits else WIDTHS[0],
            length=length_of(bits),
            row_time=sum(1 << place for place, bit in enumerate(ROW_TIME_BITS) if bit in bits),
            half_row_time=BIT_HALF_ROW_TIME in bits,
            can_receive=BIT_RECEIVE in bits,
            has_document=BIT_POLL in bits,
        )

    def dis(self) -> bytes:
        """The field of our DIS."""
        said = {
            BIT_POLL: self.has_document,
            BIT_RECEIVE: self.can_receive,
            BIT_V27TER: Modulation.V27TER_4800 in self.modulations,
            BIT_V29: self.modulations >= V29,
            BIT_V17: self.modulations >= V17 | V29 | V27TER,
            BIT_FINE: Resolution.FINE in self.resolutions,
            BIT_SUPERFINE: Resolution.SUPERFINE in self.resolutions,
            BIT_MR: Coding.MR in self.codings,
            BIT_MMR: self.ecm and Coding.MMR in self.codings,
            BIT_ECM: self.ecm,
            BIT_B4_WIDTH: self.max_width == WIDTHS[1],
            BIT_A3_WIDTH: self.max_width == WIDTHS[2],
            BIT_HALF_ROW_TIME: self.half_row_time,
        }
        row_time = {bit for place, bit in enumerate(ROW_TIME_BITS) if self.row_time >> place & 1}
        return field_of({bit for bit, on in said.items() if on} | row_time | length_bits(self.length))


def length_of(bits: frozenset[int]) -> Length:
    """Of DIS or DCS."""
    if BIT_UNLIMITED in bits:
        return Length.UNLIMITED
    return Length.B4 if BIT_B4_LENGTH in bits else Length.A4


def length_bits(length: Length) -> set[int]:
    """Those of bits 19 and 20."""
    return {Length.A4: set[int](), Length.B4: {BIT_B4_LENGTH}, Length.UNLIMITED: {BIT_UNLIMITED}}[length]


def _modulations(bits: frozenset[int]) -> frozenset[Modulation]:
    """By bit, so that combinations of old (V.33) are understood too. V.27ter at 2400 is what everybody has."""
    known = {Modulation.V27TER_2400}
    if BIT_V27TER in bits:
        known |= V27TER
    if BIT_V29 in bits:
        known |= V29
    if {BIT_V27TER, BIT_V29, BIT_V17} <= bits:
        known |= V17
    return frozenset(known)
