"""What the modem says in command state: whole lines, in every style that was met."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.modem.results import MAX_LINE_BYTES, CallerIdField, Final, Info, ResultReader, Ring
from tests.modem.captures import capture

text = st.lists(
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b"RING", b"OK", b"NO CARRIER", b"CONNECT", b"NMBR = 110", b"NAME=", b"AT", b" "]
    )
    | st.binary(max_size=4),
    max_size=30,
).map(b"".join)


def read(*parts: bytes, echo: bytes = b""):
    reader = ResultReader()
    reader.echo = echo
    return [event for part in parts for event in reader.feed(part)]


class ResultReaderTests(SynchronousTestCase):
    @settings(deadline=None)
    @given(text)
    def test_any_cut(self, data: bytes) -> None:
        """Byte by byte or whole, the modem says the same."""
        self.assertEqual(read(*(data[i : i + 1] for i in range(len(data)))), read(data))

    @settings(deadline=None)
    @given(st.text("RINGOKAY =:.19", max_size=20))
    def test_only_the_whole_line_is_a_ring(self, line: str) -> None:
        """RING inside anything is no ring."""
        events = read(line.encode() + b"\r\n")
        ring = line.strip() == "RING" or (line.strip()[:5] == "RING " and len(line.strip()) == 6)
        self.assertEqual(Ring() in events, ring and line.strip()[-1] not in "=:.")

    def test_the_whole_of_the_line(self) -> None:
        """A line that only begins like a ring is none; one letter or digit behind RING names the kind of ring."""
        for line in (b"RINGING", b"RINGO", b"RING12", b"RING 12", b"RING A B", b"RING=1", b"RING a", b"AT RING"):
            self.assertNotIn(Ring(), read(line + b"\r\n"), line)
        for line in (b"RING", b"RING 1", b"RING A"):
            self.assertEqual(read(line + b"\r\n"), [Ring()], line)

    def test_harrington(self) -> None:
        """A caller named HARRINGTON, RING or OK is a name."""
        for name in (b"HARRINGTON", b"RING", b"OK", b"NO CARRIER"):
            self.assertEqual(read(b"NAME = " + name + b"\r\n"), [CallerIdField("NAME", name)])

    def test_styles_of_caller_id(self) -> None:
        """With spaces, without, with colons and under other names: one number."""
        for line in (b"NMBR = 0207", b"NMBR=0207", b"DDN_NMBR= 0207", b"NBR=0207", b"CALLER NUMBER: 0207", b"FM:0207"):
            self.assertEqual(read(line + b"\r\n"), [CallerIdField("NMBR", b"0207")])

    def test_styles_of_results(self) -> None:
        """Both spellings of what dialling can meet."""
        said = read(b"NO DIALTONE\r\nNO DIAL TONE\r\nLINE IN USE\r\n\r\nLINE-IN-USE\r\n\r\n\r\nDELAYED\r\n")
        expected = ["NO DIALTONE", "NO DIALTONE", "LINE IN USE", "LINE IN USE", "DELAYED"]
        self.assertEqual(said, [Final(text) for text in expected])

    def test_echo_is_no_answer(self) -> None:
        """The command that comes back is skipped; a line that only resembles it is kept."""
        self.assertEqual(read(b"AT+GMI\r\r\n+GMI: X\r\n\r\nOK\r\n", echo=b"AT+GMI"), [Info("+GMI: X"), Final("OK")])
        self.assertEqual(read(b"AT+GMI2\r\n", echo=b"AT+GMI"), [Info("AT+GMI2")])

    def test_conexant_with_echo(self) -> None:
        """The published log of a CX93001, in which blank lines come and go."""
        said = [event for event in read(capture("cx93001_setup")) if not str(event.text).startswith("AT")]
        answers = [Info("0"), Info("CX93001-EIS_V0.2002-V92"), Info("+GMI: CONEXANT")]
        self.assertEqual([event for event in said if isinstance(event, Info)], answers)
        self.assertEqual(said.count(Final("OK")), 4)

    def test_usr(self) -> None:
        """A USR in data state: fields without spaces, the name withheld."""
        said = read(capture("usr5637_ring"))
        self.assertEqual(said[0], Ring())
        self.assertIn(CallerIdField("NMBR", b"02079460123"), said)
        self.assertEqual(said[-1], Final("NO DIALTONE"))

    def test_endless_line(self) -> None:
        """A line longer than any answer is dropped, however it comes, and the next one is read."""
        endless = b"x" * (3 * MAX_LINE_BYTES)
        for parts in ([endless + b"RING\r\nOK\r\n"], [endless, b"RING", b"\r\nOK\r\n"]):
            self.assertEqual(read(*parts), [Final("OK")])

    @settings(deadline=None)
    @given(st.binary(max_size=2000))
    def test_memory_is_bounded(self, data: bytes) -> None:
        """Whatever comes, little is kept."""
        reader = ResultReader()
        reader.feed(data)
        self.assertLessEqual(len(reader._line), MAX_LINE_BYTES + 1)
