"""The serial link to a modem: each command gets its own answer or an end."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.lines.link import Answer, ModemGone, ModemLink, ModemStuck
from callserver.modem.results import CallerIdField, Ring


class LinkCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.wire = Clock(), StringTransport()
        self.events, self.sound, self.lost = [], bytearray(), []
        self.link = self.a_link()

    def a_link(self) -> ModemLink:
        link = ModemLink(self.clock, on_event=self.events.append, on_sound=self.sound.extend, on_lost=self.lost.append)
        link.makeConnection(self.wire)
        return link

    def in_stream(self) -> None:
        connected = self.link.command("AT+VTR", stream=True)
        self.link.dataReceived(b"\r\nCONNECT\r\n")
        self.assertEqual(self.successResultOf(connected).result, "CONNECT")


class CommandTests(LinkCase):
    def test_answer_with_its_lines(self) -> None:
        """A command goes out with a line end; its answer holds the lines before the result."""
        answer = self.link.command("AT+GMI")
        self.assertEqual(self.wire.value(), b"AT+GMI\r")
        self.link.dataReceived(b"AT+GMI\r\r\n+GMI: CONEXANT\r\n\r\nOK\r\n")
        self.assertEqual(self.successResultOf(answer), Answer("OK", ["+GMI: CONEXANT"]))

    def test_ring_before_the_answer(self) -> None:
        """Rings and callers that arrive while a command waits are not its answer, nor lost."""
        answer = self.link.command("AT")
        self.link.dataReceived(b"\r\nRING\r\n\r\nNMBR = 110\r\n\x10R\r\n\r\nOK\r\n")
        self.assertEqual(self.successResultOf(answer), Answer("OK", []))
        self.assertEqual(self.events, [Ring(), CallerIdField("NMBR", b"110"), Ring()])

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 60), max_size=5))
    def test_answer_cut_anywhere(self, cuts: list[int]) -> None:
        """Cut into any reads, it is the same answer, and no event is invented."""
        said = b"\r\nNAME = HARRINGTON\r\n\r\n+GMI: RING CO\r\n\r\nOK\r\n"
        self.events.clear()
        link = self.a_link()
        answer = link.command("AT+GMI")
        edges = sorted({0, len(said), *(min(cut, len(said)) for cut in cuts)})
        for start, end in itertools.pairwise(edges):
            link.dataReceived(said[start:end])
        self.assertEqual(self.successResultOf(answer), Answer("OK", ["+GMI: RING CO"]))
        self.assertEqual(self.events, [CallerIdField("NAME", b"HARRINGTON")])

    def test_silent_modem(self) -> None:
        """A modem that says nothing fails the command after its time-out, and not before."""
        answer = self.link.command("ATZ", timeout_s=5)
        self.clock.advance(4.9)
        self.assertNoResult(answer)
        self.clock.advance(0.2)
        self.assertIn("ATZ", self.failureResultOf(answer, ModemStuck).getErrorMessage())

    def test_one_at_a_time(self) -> None:
        """A second command while the first waits is a mistake of ours, said at once."""
        self.link.command("ATZ")
        with self.assertRaises(RuntimeError):
            self.link.command("AT")

    def test_unplugged(self) -> None:
        """Pulling the cable answers whoever waits, tells the line, and ends all that comes after."""
        answer = self.link.command("AT")
        self.link.connectionLost(Failure(ConnectionDone()))
        self.failureResultOf(answer, ModemGone)
        self.assertEqual(len(self.lost), 1)
        self.failureResultOf(self.link.command("AT"), ModemGone)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_result_nobody_asked_for(self) -> None:
        """A result without a command is the answer to nothing."""
        self.link.dataReceived(b"\r\nOK\r\n\r\nNO CARRIER\r\n")
        answer = self.link.command("AT")
        self.assertNoResult(answer)
        self.assertEqual(self.events, [])

    def test_chatter_is_bounded(self) -> None:
        """A modem that chatters for ever before its result costs little."""
        answer = self.link.command("ATI9")
        self.link.dataReceived(b"chatter\r\n" * 100_000 + b"OK\r\n")
        self.assertEqual(len(self.successResultOf(answer).lines), 100)


class StreamTests(LinkCase):
    def test_sound_after_connect(self) -> None:
        """Sound in the same read as CONNECT is not lost, and what it spells is no event."""
        connected = self.link.command("AT+VTR", stream=True)
        self.link.dataReceived(b"\r\nCONNECT\r\nRING\r\n\x10\x10")
        self.successResultOf(connected)
        self.assertEqual(self.sound, b"RING\r\n\x10")
        self.assertEqual(self.events, [])

    def test_refused(self) -> None:
        """A refused stream leaves command state as it was."""
        refused = self.link.command("AT+VTR", stream=True)
        self.link.dataReceived(b"\r\nERROR\r\n\r\nRING\r\n")
        self.assertEqual(self.successResultOf(refused).result, "ERROR")
        self.assertEqual(self.events, [Ring()])

    def test_sound_is_shielded(self) -> None:
        """<DLE> in our sound goes out twice."""
        self.in_stream()
        self.wire.clear()
        self.link.play(b"a\x10b")
        self.assertEqual(self.wire.value(), b"a\x10\x10b")

    def test_broken_listener(self) -> None:
        """A mistake in what hears the sound is logged; the link lives on."""
        self.in_stream()
        self.link._on_sound = lambda data: 1 / 0
        self.link.dataReceived(b"sound")
        self.link.dataReceived(b"\x10b")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(len(self.events), 1)
