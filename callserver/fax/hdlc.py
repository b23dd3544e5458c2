"""
HDLC frames on a fax line (ISO/IEC 13239 as ITU-T T.30 uses it): flags, inserted zeros, the frame check sequence.

Bits lie in the order of the line, one a byte (0 or 1), so that searching, splitting and replacing are done by `bytes`
itself and not by a loop. Octets go lowest bit first. A frame is what stands between two flags without its FCS.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Sequence

import numpy as np

from callserver.fax.signals import FrameHeard

MAX_FRAME_OCTETS = 265  # reliability-security.md section 9; the longest of T.30, of ECM, has 260
FLAG = bytes((0, 1, 1, 1, 1, 1, 1, 0))
FIVE_ONES, SIX_ONES = b"\1" * 5, b"\1" * 6
FCS_OCTETS = 2
MIN_FRAME_OCTETS = 2  # address and control
MAX_FRAME_BITS = (MAX_FRAME_OCTETS + FCS_OCTETS) * 8 * 6 // 5  # with the most zeros inserted
REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def fcs(octets: bytes) -> bytes:
    """The frame check sequence: CRC of x^16+x^12+x^5+1 preset to ones, inverted, as it goes on the line."""
    high, low = divmod(crc_hqx(octets.translate(REVERSED), 0xFFFF) ^ 0xFFFF, 256)
    return bytes((high, low)).translate(REVERSED)


def octets_to_bits(octets: bytes) -> bytes:
    """In the order of the line: the lowest bit first."""
    return np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little").tobytes()


def bits_to_octets(bits: bytes) -> bytes:
    """A last octet that is not full is filled with zeros."""
    return np.packbits(np.frombuffer(bits, np.uint8), bitorder="little").tobytes()


def frame_bits(frame: bytes) -> bytes:
    """Between two flags: the frame and its FCS, zeros inserted."""
    return octets_to_bits(frame + fcs(frame)).replace(FIVE_ONES, FIVE_ONES + b"\0")


def burst_bits(frames: Sequence[bytes], n_flags_before: int, n_flags_after: int, n_flags_between: int = 1) -> bytes:
    """Flags, each frame with its FCS and zeros inserted, flags."""
    bodies = (FLAG * n_flags_between).join(map(frame_bits, frames))
    return FLAG * n_flags_before + bodies + FLAG * n_flags_after


class FrameReader:
    """Frames out of a stream of bits, cut anywhere. What lies before the first flag, and after an abort, is dropped."""

    def __init__(self) -> None:
        self._bits = b""
        self.synchronised = False  # a flag was seen, and since then nothing that no frame can hold

    def feed(self, octets: bytes) -> list[FrameHeard]:
        """As `feed_bits`, of packed bits."""
        return self.feed_bits(octets_to_bits(octets))

    def feed_bits(self, bits: bytes) -> list[FrameHeard]:
        """
        Each frame whose closing flag is among these bits, good or bad.

        A frame that is too long for T.30, or is broken off by seven ones, is not reported: it never was one.
        """
        self._bits += bits
        heard = []
        while (end := self._bits.find(FLAG)) >= 0:
            # The zero that opens a flag may close the one before.
            body, self._bits = self._bits[:end], self._bits[end + len(FLAG) - 1 :]
            if self.synchronised and (frame := _frame(body[1:])):
                heard.append(frame)
            self.synchronised = True
        self._drop_what_is_no_frame()
        return heard

    def _drop_what_is_no_frame(self) -> None:
        aborted = self._bits.rfind(SIX_ONES + b"\1")
        if aborted >= 0:
            self._bits, self.synchronised = self._bits[aborted + 1 :], False
        if not self.synchronised or len(self._bits) > MAX_FRAME_BITS + len(FLAG):
            self._bits, self.synchronised = self._bits[1 - len(FLAG) :], False


def _frame(body: bytes) -> FrameHeard | None:
    """What stood between two flags; `None` when it is too short or too long to be a frame, or was broken off."""
    if SIX_ONES in body or len(body) > MAX_FRAME_BITS:
        return None
    bits = body.replace(FIVE_ONES + b"\0", FIVE_ONES)
    octets = bits_to_octets(bits)
    content = octets[:-FCS_OCTETS]
    if not MIN_FRAME_OCTETS <= len(content) <= MAX_FRAME_OCTETS:
        return None
    return FrameHeard(content, good=len(bits) % 8 == 0 and fcs(content) == octets[-FCS_OCTETS:])
