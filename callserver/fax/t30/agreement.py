"""What sender and receiver do in this call, as the sender's DCS says it, and how a sender chooses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Resolution
from callserver.fax.t30 import capabilities as c
from callserver.fax.t30.bits import bits_of, field_of
from callserver.fax.t30.capabilities import Capabilities, Length
from callserver.fax.t30.documents import PageForm, PageShape

# Bits 11-14 of DCS.
MODULATION_BITS = {
    Modulation.V27TER_2400: frozenset[int](),
    Modulation.V27TER_4800: frozenset({12}),
    Modulation.V29_9600: frozenset({11}),
    Modulation.V29_7200: frozenset({11, 12}),
    Modulation.V17_14400: frozenset({14}),
    Modulation.V17_12000: frozenset({12, 14}),
    Modulation.V17_9600: frozenset({11, 14}),
    Modulation.V17_7200: frozenset({11, 12, 14}),
}
# From the fastest down, one step at each FTT.
FALL_BACK = (
    Modulation.V17_14400,
    Modulation.V17_12000,
    Modulation.V17_9600,
    Modulation.V29_9600,
    Modulation.V17_7200,
    Modulation.V29_7200,
    Modulation.V27TER_4800,
    Modulation.V27TER_2400,
)
ROW_TIME_NUMBERS = {20: 0, 5: 1, 10: 2, 40: 4, 0: 7}
BIT_SHORT_FRAMES = 28
NOT_OURS = frozenset({26, 42, 43, 78})  # uncompressed mode, 300 and 400 dpi, JBIG
LONG_FRAME, SHORT_FRAME = 256, 64


@dataclass(frozen=True)
class Agreement:
    """The content of DCS."""

    modulation: Modulation
    coding: Coding
    width: int
    resolution: Resolution
    length: Length = Length.UNLIMITED
    ecm: bool = True
    row_ms: int = 0
    frame_octets: int = LONG_FRAME  # of ECM

    @classmethod
    def from_dcs(cls, field: bytes) -> Self:
        """:raises ValueError: too short, or asks for what no Group 3 machine here does"""
        bits = bits_of(field)
        if foreign := bits & NOT_OURS:
            raise ValueError(f"DCS asks for what was not offered, bits {sorted(foreign)}")
        row_time = sum(1 << place for place, bit in enumerate(c.ROW_TIME_BITS) if bit in bits)
        return cls(
            modulation=modulation_of(bits),
            coding=Coding.MMR if c.BIT_MMR in bits else Coding.MR if c.BIT_MR in bits else Coding.MH,
            width=c.WIDTHS[2] if c.BIT_A3_WIDTH in bits else c.WIDTHS[1] if c.BIT_B4_WIDTH in bits else c.WIDTHS[0],
            resolution=_resolution(bits),
            length=c.length_of(bits),
            ecm=c.BIT_ECM in bits,
            row_ms=c.ROW_TIMES_MS[row_time][0],
            frame_octets=SHORT_FRAME if BIT_SHORT_FRAMES in bits else LONG_FRAME,
        )

    def dcs(self) -> bytes:
        said = {
            c.BIT_RECEIVE: True,
            c.BIT_FINE: self.resolution is Resolution.FINE,
            c.BIT_SUPERFINE: self.resolution is Resolution.SUPERFINE,
            c.BIT_MR: self.coding is Coding.MR,
            c.BIT_MMR: self.coding is Coding.MMR,
            c.BIT_ECM: self.ecm,
            BIT_SHORT_FRAMES: self.ecm and self.frame_octets == SHORT_FRAME,
            c.BIT_B4_WIDTH: self.width == c.WIDTHS[1],
            c.BIT_A3_WIDTH: self.width == c.WIDTHS[2],
        }
        number = ROW_TIME_NUMBERS[self.row_ms]
        row_time = {bit for place, bit in enumerate(c.ROW_TIME_BITS) if number >> place & 1}
        bits = {bit for bit, on in said.items() if on} | row_time | c.length_bits(self.length)
        return field_of(bits | MODULATION_BITS[self.modulation])

    def is_within(self, own: Capabilities) -> bool:
        """Is it all something that we offered?"""
        return (
            self.modulation in own.modulations
            and self.coding in own.codings
            and self.resolution in own.resolutions
            and self.width <= own.max_width
            and (own.ecm or not self.ecm)
            and (self.ecm or self.coding is not Coding.MMR)
        )

    @property
    def form(self) -> PageForm:
        """How a page is put on the line."""
        row_bits = 0 if self.ecm else self.modulation.bit_rate * self.row_ms // 1000
        return PageForm(self.width, self.resolution, self.coding, row_bits)

    def __str__(self) -> str:
        """For the trace."""
        correction = f"ECM {self.frame_octets}" if self.ecm else f"{self.row_ms} ms a row"
        modulation = f"{self.modulation.recommendation} {self.modulation.bit_rate}"
        return f"{modulation}, {self.coding.value}, {self.width} pels, {self.resolution.name.lower()}, {correction}"


def modulation_of(bits: frozenset[int]) -> Modulation:
    """
    Of DCS and of CTC.

    :raises ValueError: bits 11-14 that mean nothing
    """
    asked = bits & {11, 12, 13, 14}
    for modulation, its_bits in MODULATION_BITS.items():
        if its_bits == asked:
            return modulation
    raise ValueError(f"no modulation has the bits {sorted(asked)}")


def speeds(own: Capabilities, far: Capabilities) -> Sequence[Modulation]:
    """What both can, the fastest first."""
    return [modulation for modulation in FALL_BACK if modulation in own.modulations & far.modulations]


def agree(own: Capabilities, far: Capabilities, page: PageShape, modulation: Modulation) -> Agreement:
    """The best that both can for this page; what the far end cannot take is converted."""
    ecm = own.ecm and far.ecm
    codings = own.codings & far.codings
    resolution = _nearest_resolution(page.resolution, own.resolutions & far.resolutions)
    best = [Coding.MMR, Coding.MR, Coding.MH] if ecm else [Coding.MR, Coding.MH]
    return Agreement(
        modulation,
        next((coding for coding in best if coding in codings), Coding.MH),
        min(page.width, own.max_width, far.max_width),
        resolution,
        far.length,
        ecm,
        0 if ecm else far.row_ms(resolution),
    )


def _nearest_resolution(wanted: Resolution, possible: frozenset[Resolution]) -> Resolution:
    """The wanted one or the next coarser; every machine has the standard one."""
    coarser = [one for one in possible if one.value <= wanted.value]
    return max(coarser, key=lambda one: one.value, default=Resolution.STANDARD)


def _resolution(bits: frozenset[int]) -> Resolution:
    if c.BIT_SUPERFINE in bits:
        return Resolution.SUPERFINE
    return Resolution.FINE if c.BIT_FINE in bits else Resolution.STANDARD
