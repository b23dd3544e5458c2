"""Frames of T.30 by their octets, as seen on real lines, and fields that are broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.t30.frames import (
    FRAMES_A_BLOCK,
    Frame,
    Name,
    PartialPage,
    burst,
    identity_field,
    identity_of,
    wanted_field,
    wanted_of,
)


def parsed(octets: str) -> Frame | None:
    return Frame.parse(bytes.fromhex(octets))


class FrameTests(SynchronousTestCase):
    def test_both_sides(self) -> None:
        """The bit of who speaks changes no name; of DIS and DTC it is the difference."""
        for octets, name in (
            ("FF 13 84", Name.CFR),
            ("FF 13 85", Name.CFR),
            ("FF 13 4F", Name.MPS),
            ("FF 13 FB", Name.DCN),
            ("FF 13 80", Name.DIS),
            ("FF 13 81", Name.DTC),
            ("FF 03 40", Name.CSI),
            ("FF 03 41", Name.CIG),
            ("FF 03 43", Name.TSI),
        ):
            self.assertEqual(parsed(octets), Frame(name))

    def test_no_frames(self) -> None:
        """Too short, another address or control, a code of nobody."""
        for octets in ("", "FF", "FF 13", "FE 13 84", "FF 12 84", "FF 13 00"):
            self.assertIsNone(parsed(octets))

    @given(st.sampled_from(Name), st.binary(max_size=30), st.booleans(), st.booleans())
    def test_round_trip(self, name: Name, field: bytes, last: bool, from_sender: bool) -> None:
        if name is Name.DIS and from_sender:
            return  # a sender has none: it would be DTC
        frame = Frame(name, field)
        kin = {Name.CSI: Name.CIG, Name.NSF: Name.NSC}
        expected = Frame(kin.get(name, name), field) if from_sender else frame
        self.assertEqual(Frame.parse(frame.octets(last=last, from_sender=from_sender)), expected)

    @given(st.binary(max_size=300))
    def test_any_octets(self, octets: bytes) -> None:
        """Nothing breaks the reading of a frame and of its field."""
        frame = Frame.parse(octets)
        if frame:
            PartialPage.parse(frame.field)
            identity_of(frame.field)
            wanted_of(frame.field, FRAMES_A_BLOCK)

    def test_burst(self) -> None:
        """Only the last frame of a burst says that it is the last."""
        number = identity_field("12")
        sent = burst([Frame(Name.TSI, number), Frame(Name.DCS, bytes(3))], from_sender=True)
        self.assertEqual([octets[1:3].hex(" ") for octets in sent], ["03 43", "13 83"])


class FieldTests(SynchronousTestCase):
    def test_identity(self) -> None:
        """As TSB-85 has it on the line: the last digit first, blanks behind."""
        field = identity_field("+0123456789")
        self.assertEqual(field, b"9876543210+         ")
        self.assertEqual(identity_of(field), "+0123456789")

    def test_strange_identity(self) -> None:
        """What a far end calls itself is shown on screens: nothing gets there but digits, plus and blanks."""
        self.assertEqual(identity_field("0755-12 <b>").decode(), " 215570".ljust(20))
        self.assertEqual(identity_of(b">tpircs<21\x00\xff"), "12")

    def test_partial_page(self) -> None:
        """The block's number of frames is one more than its octet says; the codes after a page with X or without."""
        self.assertEqual(PartialPage.parse(bytes.fromhex("2F 00 01 FF")), PartialPage(Name.EOP, 0, 1, 256))
        self.assertEqual(PartialPage.parse(bytes.fromhex("4E 03 00 00")), PartialPage(Name.MPS, 3, 0, 1))
        self.assertEqual(PartialPage.parse(bytes(4)), PartialPage(None, 0, 0, 1))
        for broken in (b"", bytes(3), bytes.fromhex("84 00 00 00")):
            self.assertIsNone(PartialPage.parse(broken))
        self.assertEqual(PartialPage(Name.MPS, 257, 300, 256).frame().field.hex(" "), "4f 01 2c ff")

    @given(st.sets(st.integers(0, 255)), st.integers(1, 256))
    def test_wanted(self, missing: set[int], n_frames: int) -> None:
        """Bits past the last frame of a block mean nothing: spandsp sets them."""
        field = wanted_field(missing)
        self.assertEqual(len(field), 32)
        self.assertEqual(wanted_of(field, n_frames), sorted(one for one in missing if one < n_frames))
