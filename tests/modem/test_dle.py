"""The shield around sound: what goes in comes out, and events are found whatever the cut."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.modem.dle import MAX_PACKET_BYTES, DleReader, EndOfStream, Packet, Report, escape

# Streams rich in what matters, and anything at all.
bytes_with_shields = st.lists(
    st.sampled_from([b"\x10", b"\x10\x10", b"\x10\x1a", b"\x10\x03", b"\x10X", b"\x10.", b"\x105", b"\x10\xff", b"ab"])
    | st.binary(max_size=5),
    max_size=30,
).map(b"".join)


def joined(found):
    """Runs of plain bytes that only a cut has parted put together again."""
    whole = []
    for one in found:
        if isinstance(one, bytes) and whole and isinstance(whole[-1], bytes):
            whole[-1] += one
        else:
            whole.append(one)
    return whole


def read(*parts: bytes):
    reader = DleReader()
    return joined([found for part in parts for found in reader.feed(part)])


class DleTests(SynchronousTestCase):
    @settings(deadline=None)
    @given(st.binary(max_size=500), st.integers(0, 500))
    def test_every_sound_arrives(self, sound: bytes, cut: int) -> None:
        """Any sound, escaped, comes out as it was, also cut between the halves of a pair."""
        escaped = escape(sound)
        self.assertEqual(read(escaped[:cut], escaped[cut:]), [sound] if sound else [])

    @settings(deadline=None)
    @given(bytes_with_shields)
    def test_any_cut(self, data: bytes) -> None:
        """Byte by byte or whole, a stream says the same."""
        self.assertEqual(read(*(data[i : i + 1] for i in range(len(data)))), read(data))

    @settings(deadline=None)
    @given(bytes_with_shields, st.lists(st.integers(0, 100), max_size=4))
    def test_several_cuts(self, data: bytes, cuts: list[int]) -> None:
        """So does one cut anywhere into pieces."""
        edges = [0, *sorted(cuts), len(data)]
        self.assertEqual(read(*(data[a:b] for a, b in itertools.pairwise(edges))), read(data))

    @settings(deadline=None)
    @given(st.binary(max_size=300).filter(lambda data: b"\x10" not in data))
    def test_no_event_without_a_shield(self, data: bytes) -> None:
        """Bytes without <DLE> are never an event, whatever they spell."""
        self.assertEqual(read(data), [data] if data else [])

    def test_event_in_the_middle(self) -> None:
        """An event takes its place between the sounds, and no sample with it."""
        self.assertEqual(
            read(b"ab\x10bcd\x10\x1a\x10\x03\r\nOK"), [b"ab", Report("b"), b"cd\x10\x10", EndOfStream(), b"\r\nOK"]
        )

    def test_packet(self) -> None:
        """Text inside a stream is not sound."""
        self.assertEqual(read(b"a\x10X\r\nNMBR=1\r\n\x10.b"), [b"a", Packet(b"\r\nNMBR=1\r\n"), b"b"])

    def test_endless_packet(self) -> None:
        """A packet that does not end was none: sound comes again after a bounded loss, wherever it was cut."""
        self.assertEqual(read(b"\x10X", bytes(MAX_PACKET_BYTES + 5)), [bytes(5)])
        self.assertEqual(read(b"\x10X" + bytes(MAX_PACKET_BYTES - 1), bytes(1), b"b"), [b"b"])

    def test_stream_ends_inside_a_packet(self) -> None:
        """The end of the stream is seen also if a packet was left open."""
        self.assertEqual(read(b"\x10Xabc\x10\x03d"), [EndOfStream(), b"d"])
