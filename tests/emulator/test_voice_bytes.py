"""Sound between modem and computer: every byte comes over, whatever it is, and codes are no sound."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.voice_bytes import FromComputer, shielded

DLE, SUB = b"\x10", b"\x1a"
sounds = st.lists(st.sampled_from([DLE, SUB, b"\x03", b"\x80"]) | st.binary(max_size=3)).map(b"".join)


class ShieldTests(SynchronousTestCase):
    def test_dle_is_shielded(self) -> None:
        """One 0x10 in the sound is doubled, two together are <DLE><SUB> (V.253), the rest stays as it is."""
        self.assertEqual(shielded(b"a\x10b"), b"a\x10\x10b")
        self.assertEqual(shielded(b"a\x10\x10b"), b"a\x10\x1ab")
        self.assertEqual(shielded(b"\x10\x10\x10"), b"\x10\x1a\x10\x10")
        self.assertEqual(shielded(b"\x80\x1a\x03\xff"), b"\x80\x1a\x03\xff")

    @given(sounds, st.integers(0, 40))
    def test_any_sound_in_any_pieces(self, sound: bytes, cut: int) -> None:
        """Whatever is shielded is the same sound at the other end, with no code in it."""
        sent, reader = shielded(sound), FromComputer()
        pieces = [*reader.feed(sent[:cut]), *reader.feed(sent[cut:])]
        self.assertEqual(b"".join(heard for heard, _ in pieces), sound)
        self.assertEqual({code for _, code in pieces} - {b""}, set())

    def test_codes(self) -> None:
        """What stands behind a single 0x10 is a code, not sound."""
        reader = FromComputer()
        pieces = [*reader.feed(b"ab\x10"), *reader.feed(b"\x03cd\x10\x18")]
        self.assertEqual(pieces, [(b"ab", b""), (b"", b"\x03"), (b"cd", b""), (b"", b"\x18")])
