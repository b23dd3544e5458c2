"""What a modem says in its fax class."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.modem.class_1 import Class1Event, Class1Reader, Flow, frame, image_codes
from callserver.modem.dle import EndOfStream, escape
from callserver.modem.results import Final, Info


def read(pieces: list[bytes], command: str = "AT+FRH=3") -> list[bytes | Class1Event]:
    """All that is found, data in one piece."""
    reader = Class1Reader()
    reader.expect(command, data=True)
    found: list[bytes | Class1Event] = []
    for event in (event for piece in pieces for event in reader.feed(piece)):
        if isinstance(event, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += event
        else:
            found.append(event)
    return found


class Class1ReaderTests(SynchronousTestCase):
    @given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 120), max_size=8))
    def test_any_frame_in_any_pieces(self, octets: bytes, cuts: list[int]) -> None:
        """Every octet comes through, whatever it looks like: DLE, ETX, XON, XOFF, a result code."""
        said = b"AT+FRH=3\r\r\nCONNECT\r\n" + escape(octets) + b"\x10\x03\r\nOK\r\n"
        at = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})
        pieces = [said[begin:end] for begin, end in pairwise(at)]
        self.assertEqual(read(pieces), [Final("CONNECT"), octets, EndOfStream(), Final("OK")])

    def test_result_in_the_data(self) -> None:
        """What looks like a result code within the data is data."""
        said = b"\r\nCONNECT\r\n\r\nNO CARRIER\r\n\x10\x03\r\nNO CARRIER\r\n"
        found = read([said])
        self.assertEqual(found, [Final("CONNECT"), b"\r\nNO CARRIER\r\n", EndOfStream(), Final("NO CARRIER")])

    def test_flow_control(self) -> None:
        """XOFF and XON may stand anywhere in the text, also within a result code."""
        reader = Class1Reader()
        reader.expect("AT+FTM=96", data=False)
        said = b"\r\nCONNECT\r\n\x13\x11\r\nO\x13K\r\n"
        expected = [Final("CONNECT"), Flow(False), Flow(True), Flow(False), Final("OK")]
        self.assertEqual(reader.feed(said), expected)

    def test_wrong_carrier(self) -> None:
        """Both ways in which a modem says that something else came than was awaited."""
        self.assertEqual(read([b"\r\n+FCERROR\r\n"]), [Final("+FCERROR")])
        self.assertEqual(read([b"\r\n+FRH:3\r\n\r\nCONNECT\r\n"]), [Info("+FRH:3"), Final("CONNECT")])

    def test_codes(self) -> None:
        """Lists of modulations, as different modems write them."""
        for lines in (["24,48,96"], ["(24,48,96)"], ["+FTM: 24, 48, 96"], ["+FTM:(24,48,96)"]):
            self.assertEqual(image_codes(lines), {24, 48, 96})
        self.assertEqual(image_codes([]), set())

    def test_frame(self) -> None:
        """DLE is doubled, and the end is marked."""
        self.assertEqual(frame(b"\xff\x13\x10\x03"), b"\xff\x13\x10\x10\x03\x10\x03")
