"""Frames in a stream of bits: any frame, any cut, any flip."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.hdlc import (
    FLAG,
    MAX_FRAME_OCTETS,
    FrameReader,
    bits_to_octets,
    burst_bits,
    fcs,
    octets_to_bits,
)
from callserver.fax.signals import FrameHeard

FRAMES = st.lists(st.binary(min_size=2, max_size=MAX_FRAME_OCTETS), max_size=4)
NOISE = st.binary(max_size=200).map(lambda octets: bytes(octet & 1 for octet in octets))


def good(frames: list[bytes]) -> list[FrameHeard]:
    return [FrameHeard(frame, good=True) for frame in frames]


def read_in_pieces(bits: bytes, sizes: list[int]) -> list[FrameHeard]:
    reader, heard = FrameReader(), list[FrameHeard]()
    for size in sizes:
        heard += reader.feed_bits(bits[:size])
        bits = bits[size:]
    return heard + reader.feed_bits(bits)


def fcs_bit_by_bit(octets: bytes) -> bytes:
    """As ISO 13239 draws it: the register of x16+x12+x5+1, low bit first."""
    register = 0xFFFF
    for octet in octets:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    return (register ^ 0xFFFF).to_bytes(2, "little")


class HdlcTests(SynchronousTestCase):
    @given(st.binary(max_size=300))
    def test_check(self, octets: bytes) -> None:
        """The quick way to the FCS is the slow way's."""
        self.assertEqual(fcs(octets), fcs_bit_by_bit(octets))

    @given(FRAMES, NOISE, st.lists(st.integers(0, 3000), max_size=10))
    def test_cuts(self, frames: list[bytes], noise: bytes, sizes: list[int]) -> None:
        """Frames come out as they went in, wherever the stream is cut, and whatever is on the line before."""
        bits = noise + FLAG + burst_bits(frames, 3, 2)
        self.assertEqual([one for one in read_in_pieces(bits, sizes) if one.good], good(frames))
        self.assertEqual(read_in_pieces(bits, sizes), read_in_pieces(bits, []))

    @given(st.lists(st.binary(min_size=2, max_size=40), min_size=3, max_size=3), st.integers(0, 10_000))
    def test_flip(self, frames: list[bytes], place: int) -> None:
        """A wrong bit spoils at most the frames beside it, and never makes another good one."""
        bits = bytearray(burst_bits(frames, 3, 2))
        bits[place % len(bits)] ^= 1
        heard = [one.octets for one in FrameReader().feed_bits(bytes(bits)) if one.good]
        self.assertGreaterEqual(len(heard), 1)
        self.assertTrue(set(heard) <= set(frames))

    @given(NOISE, st.lists(st.integers(0, 100), max_size=10))
    def test_noise(self, noise: bytes, sizes: list[int]) -> None:
        """Noise is no frame, or a bad one, cut as you like."""
        self.assertEqual(read_in_pieces(noise, sizes), read_in_pieces(noise, []))

    def test_octets(self) -> None:
        """From packed bits as well, at any place within an octet."""
        frame = bytes.fromhex("FF 13 83 00 62 F8 44")
        for shift in range(8):
            octets = bits_to_octets(b"\1" * shift + burst_bits([frame], 2, 2))
            self.assertEqual(FrameReader().feed(octets), good([frame]))

    def test_too_long(self) -> None:
        """More than 265 octets are no frame of a fax, and are not kept: the next one is heard."""
        frames = [bytes(MAX_FRAME_OCTETS), bytes(MAX_FRAME_OCTETS + 1), b"\xff" * 100_000, b"\xff\x13\x8c"]
        reader = FrameReader()
        heard = reader.feed_bits(burst_bits(frames, 2, 2))
        self.assertEqual(heard, good([frames[0], frames[3]]))

    def test_endless(self) -> None:
        """A stream without flags costs no memory."""
        reader = FrameReader()
        reader.feed_bits(FLAG)
        for _ in range(100):
            reader.feed_bits(b"\0" * 1000)
        self.assertFalse(reader.synchronised)
        self.assertLess(len(reader._bits), 100)

    def test_broken_off(self) -> None:
        """Seven ones break a frame off."""
        body = octets_to_bits(b"\xff\x13\x8c")[:15]
        bits = FLAG + body + b"\1" * 9 + burst_bits([b"\xff\x03\x40"], 2, 1)
        self.assertEqual(FrameReader().feed_bits(bits), good([b"\xff\x03\x40"]))

    def test_not_whole_octets(self) -> None:
        """A frame of 29 bits is a bad one."""
        bits = FLAG + b"\0\1\0\1" * 7 + b"\0" + b"\0\1\0\1" * 5 + FLAG
        [heard] = FrameReader().feed_bits(bits)
        self.assertFalse(heard.good)
