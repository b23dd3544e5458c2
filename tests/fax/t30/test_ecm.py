"""Blocks of frames over an image modem: any page, any cut, any wrong bit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.hdlc import FLAG, FrameReader, octets_to_bits
from callserver.fax.signals import SendImage
from callserver.fax.t30.ecm import BlockReader, cut, on_line
from callserver.fax.t30.frames import FRAMES_A_BLOCK, Name
from callserver.fax.t30.receiver.training_check import TrainingCheck
from tests.fax.t30.far_end import CORRECTED, PLAIN, on_line_octets

SHORT = replace(CORRECTED, frame_octets=64)


def received(reader: BlockReader, octets: bytes, piece: int) -> None:
    """One burst, in pieces of so many octets."""
    reader.burst_begins()
    for at in range(0, len(octets), piece):
        reader.feed(octets[at : at + piece])


class BlockTests(SynchronousTestCase):
    @given(st.binary(max_size=3000), st.sampled_from([64, 256]))
    def test_cut(self, octets: bytes, frame_octets: int) -> None:
        """All octets are there, and nothing but zeros behind; also a page of none has a frame."""
        blocks = cut(octets, frame_octets)
        frames = [frame for block in blocks for frame in block]
        self.assertEqual({len(frame) for frame in frames}, {frame_octets})
        self.assertEqual(b"".join(frames).rstrip(b"\0"), octets.rstrip(b"\0"))

    def test_long_page(self) -> None:
        self.assertEqual([len(block) for block in cut(bytes(256 * 300), 256)], [FRAMES_A_BLOCK, 44])

    @given(st.binary(min_size=1, max_size=1500), st.integers(1, 400))
    def test_any_cut(self, octets: bytes, piece: int) -> None:
        """A block comes out as it went in, however its octets are cut."""
        [block] = cut(octets, SHORT.frame_octets)
        reader = BlockReader(SHORT.frame_octets)
        received(reader, on_line_octets(block, range(len(block)), SHORT), piece)
        reader.ends(len(block))
        self.assertEqual((reader.missing, reader.content), ([], b"".join(block)))

    def test_made_as_it_is_due(self) -> None:
        """A block is made frame by frame, while it is sent: no piece of that holds up the other lines."""
        [block] = cut(bytes(range(256)) * 256, 256)
        sent = on_line(block, range(len(block)), CORRECTED)
        self.assertLess(max(map(len, sent)), 700)
        self.assertGreaterEqual(len(sent), len(b"".join(sent)))
        self.assertEqual(b"".join(sent), b"".join(SendImage(CORRECTED.modulation, True, sent).pieces(36)))

    @given(st.binary(min_size=200, max_size=1500), st.sets(st.integers(0, 20_000), max_size=5))
    def test_wrong_bits(self, octets: bytes, places: set[int]) -> None:
        """Frames with wrong bits are missing; sent again, they make the block whole."""
        [block] = cut(octets, SHORT.frame_octets)
        sent = bytearray(on_line_octets(block, range(len(block)), SHORT))
        for place in places:
            sent[place // 8 % len(sent)] ^= 1 << place % 8
        reader = BlockReader(SHORT.frame_octets)
        received(reader, bytes(sent), 36)
        reader.ends(len(block))
        missing = reader.missing
        self.assertLessEqual(len(missing), 2 * len(places))  # a wrong flag costs both frames beside it
        received(reader, on_line_octets(block, missing, SHORT), 36)
        self.assertEqual((reader.missing, reader.content), ([], b"".join(block)))

    def test_frame_without_content(self) -> None:
        """A frame that has a number and nothing else is missing: its octets would be, without a word."""
        reader = BlockReader(SHORT.frame_octets)
        received(reader, on_line_octets([b"", bytes(64)], range(2), SHORT), 36)
        reader.ends(2)
        self.assertEqual(reader.missing, [0])

    def test_frame_too_long(self) -> None:
        """Nor is one longer than was agreed: the octets after it would stand in the wrong place."""
        [block] = cut(bytes(range(256)), CORRECTED.frame_octets)
        reader = BlockReader(SHORT.frame_octets)
        received(reader, on_line_octets(block, [0], CORRECTED), 100)
        reader.ends(1)
        self.assertEqual(reader.missing, [0])

    def test_count(self) -> None:
        """The greatest count in a PPS holds, and a frame that lies beyond it."""
        reader = BlockReader(SHORT.frame_octets)
        for heard, n_frames, missing in ((0, 3, [1, 2]), (1, 1, [2]), (4, 1, [2, 3])):
            received(reader, on_line_octets([bytes(64)] * 5, [heard], SHORT), 36)
            reader.ends(n_frames)
            self.assertEqual(reader.missing, missing)

    def test_on_the_line(self) -> None:
        """200 ms of flags before the first frame, RCP three times after the last, ten flags (fax.md section 8)."""
        sent = on_line_octets([bytes(64)], [0], SHORT)
        self.assertTrue(sent.startswith(b"\x7e" * (SHORT.modulation.bit_rate // 40)))
        frames = FrameReader().feed(sent)
        self.assertEqual([one.octets[2] for one in frames], [Name.FCD.value, *[Name.RCP.value] * 3])
        self.assertTrue((octets_to_bits(sent).rstrip(b"\0") + b"\0").endswith(FLAG * 10))

    @given(st.binary(max_size=2000))
    def test_garbage(self, octets: bytes) -> None:
        """Noise is no frame."""
        reader = BlockReader(256)
        received(reader, octets, 100)
        reader.ends(3)
        self.assertEqual(reader.missing, [0, 1, 2])


class TrainingCheckTests(SynchronousTestCase):
    def check(self, octets: bytes, piece: int = 36) -> TrainingCheck:
        check = TrainingCheck(PLAIN.modulation)
        for at in range(0, len(octets), piece):
            check.feed(octets[at : at + piece])
        return check

    def test_zeros(self) -> None:
        """A second of zeros without a wrong bit is enough: 600 octets at 4800 bit/s."""
        self.assertTrue(self.check(bytes(600)).is_good)
        self.assertFalse(self.check(bytes(599)).is_good)
        self.assertTrue(self.check(b"\xff" * 6 + bytes(894)).is_good)
        self.assertFalse(self.check(bytes(450) + b"\x10" + bytes(449)).is_good)

    def test_alternating(self) -> None:
        self.assertFalse(self.check(b"\x55" * 900).is_good)

    def test_short_noise(self) -> None:
        """What lasts less than half a second was no TCF."""
        self.assertFalse(self.check(bytes(299)).is_whole)
        self.assertTrue(self.check(bytes(300)).is_whole)
