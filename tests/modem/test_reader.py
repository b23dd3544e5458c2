"""A whole call as the modem tells it: text and sound in one run of bytes."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.modem.dle import EndOfStream, Report
from callserver.modem.keys import KeyReport
from callserver.modem.reader import ModemReader
from callserver.modem.results import CallerIdField, Final, Info, Ring
from tests.modem.captures import capture
from tests.modem.test_dle import joined

CALL = capture("cx93001_call")
SOUND = bytes(range(256))


def read(*parts: bytes, stream: bool = True):
    reader = ModemReader()
    reader.expect(b"AT+VTR", stream=stream)
    return joined([found for part in parts for found in reader.feed(part)])


class ModemReaderTests(SynchronousTestCase):
    def test_a_call(self) -> None:
        """Two rings and a caller between them; off hook; sound, a key held long, busy tone; command state again."""
        expected = [
            Ring(),
            CallerIdField("DATE", b"0613"),
            CallerIdField("TIME", b"0905"),
            CallerIdField("NMBR", b"02079460123"),
            CallerIdField("NAME", b"HARRINGTON RING"),
            Ring(),
            Final("OK"),
            Final("CONNECT"),
            Report("u"),
            SOUND,
            KeyReport("5"),
            SOUND[:39] + b"\x10\x10" + SOUND,
            Report("b"),
            SOUND,
            Report("b"),
            EndOfStream(),
            Final("OK"),
            Final("OK"),
        ]
        self.assertEqual(read(CALL), expected)

    @settings(deadline=None)
    @given(st.lists(st.integers(0, len(CALL)), max_size=8))
    def test_any_cut(self, cuts: list[int]) -> None:
        """However the call is cut into reads, it is the same call."""
        edges = [0, *sorted(cuts), len(CALL)]
        self.assertEqual(read(*(CALL[a:b] for a, b in itertools.pairwise(edges))), read(CALL))

    def test_every_byte_alone(self) -> None:
        """Also one byte at a time."""
        self.assertEqual(read(*(CALL[i : i + 1] for i in range(len(CALL)))), read(CALL))

    @settings(deadline=None)
    @given(st.binary(max_size=400), st.booleans())
    def test_garbage_any_cut(self, data: bytes, in_stream: bool) -> None:
        """Garbage says the same in any cut, in a stream and outside."""
        start = b"CONNECT\r\n" if in_stream else b""
        self.assertEqual(read(start, *(data[i : i + 1] for i in range(len(data)))), read(start + data))

    @settings(deadline=None)
    @given(st.binary(max_size=400).filter(lambda data: b"\x10" not in data))
    def test_garbage_invents_nothing(self, data: bytes) -> None:
        """In a stream, bytes that spell RING, OK or a caller's number are sound."""
        self.assertEqual(read(b"CONNECT\r\n" + data + b"\r\nRING\r\nOK\r\n")[1:], [data + b"\r\nRING\r\nOK\r\n"])

    def test_connect_that_nobody_asked_for(self) -> None:
        """CONNECT opens a stream only where one was asked for."""
        self.assertEqual(read(b"CONNECT\r\nRING\r\n", stream=False), [Final("CONNECT"), Ring()])
        self.assertEqual(read(b"NAME = CONNECT\r\nRING\r\n"), [CallerIdField("NAME", b"CONNECT"), Ring()])

    def test_caller_id_as_a_packet(self) -> None:
        """In voice state some chips wrap it, in lines or in one; a name cannot smuggle in another number."""
        self.assertEqual(
            [event for event in read(capture("si24xx_packet")) if event != Ring()],
            [
                CallerIdField("DATE", b"0613"),
                CallerIdField("TIME", b"0905"),
                CallerIdField("NMBR", b"02079460123"),
                CallerIdField("NAME", b"LI MING"),
                CallerIdField("DATE", b"0613"),
                CallerIdField("TIME", b"0905"),
                CallerIdField("NMBR", b"110"),
                CallerIdField("NAME", b"A NMBR=119"),
            ],
        )

    def test_packet_with_blanks(self) -> None:
        """A number written with blanks is whole, with a name behind it or without."""
        for name, fields in ((b" NAME=LI MING", [CallerIdField("NAME", b"LI MING")]), (b"", [])):
            packet = b"\x10XCIDM DATE=0613 TIME=0905 NMBR=+86 138 0013 8000" + name + b"\x10."
            self.assertEqual(read(packet)[2:], [CallerIdField("NMBR", b"+86 138 0013 8000"), *fields])

    def test_packet_in_a_stream(self) -> None:
        """A packet in the middle of sound takes none of it away; its text never is a result."""
        self.assertEqual(
            read(b"CONNECT\r\nab\x10X\r\nOK\r\nRING\r\nNMBR=1\r\n\x10.cd")[1:],
            [b"ab", CallerIdField("NMBR", b"1"), b"cd"],
        )

    def test_keys(self) -> None:
        """One key a press; digits without the brackets are speech; the end may be 0x7F."""
        data = b"\x10/\x101\x101\x101\x10~\x102\x10/\x103\x10\x7f\x104\x10/\x10#\x10/\x10A\x10~\x10~"
        self.assertEqual(read(data), [KeyReport("1"), KeyReport("3"), KeyReport("#"), KeyReport("A")])

    def test_other_names_for_the_same(self) -> None:
        """Busy tone as K, dial tone as i, fax calling tone as m."""
        self.assertEqual(read(b"\x10K\x10i\x10m"), [Report("b"), Report("d"), Report("c")])

    def test_stream_cut_off_in_a_line(self) -> None:
        """Text half read before a stream does not mix with the text after it."""
        found = read(b"CONNECT\r\nsound\x10\x03half a l", b"ine\r\n")
        self.assertEqual(found, [Final("CONNECT"), b"sound", EndOfStream(), Info("half a line")])
