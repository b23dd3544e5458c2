"""What a shop reads of a session."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.t30.described import described, described_frame
from callserver.fax.t30.frames import Frame, Name, PartialPage, identity_field, wanted_field
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.trace import MAX_LINES, Side, Trace
from callserver.wire.catalogue import LANGUAGES, text
from callserver.wire.fax_results import WORDS, FaxResult
from tests.fax.t30.far_end import says


class ResultTests(SynchronousTestCase):
    def test_words(self) -> None:
        """Each result has words, in each language its own."""
        self.assertEqual(set(WORDS), set(FaxResult))
        for language in LANGUAGES:
            self.assertEqual(len({text(language, words) for words in WORDS.values()}), len(WORDS))

    def test_sentence(self) -> None:
        outcome = Outcome(FaxResult.HUNG_UP, 2, "", "", 60.0, ())
        self.assertEqual(outcome.told("en"), "2 pages confirmed: the fax machine at the far end broke off")
        self.assertEqual(outcome.told("zh"), "已确认 2 页：对方传真机中断了传送")


class TraceTests(SynchronousTestCase):
    def test_milliseconds(self) -> None:
        """Times count from the session's beginning."""
        trace = Trace()
        trace.begin(1000.0)
        trace.now_s = 1061.234
        trace.add(Side.FAR, "MCF")
        self.assertEqual([str(line) for line in trace.lines], ["01:01.234 < MCF"])

    def test_endless(self) -> None:
        """A far end that talks for ever does not fill the memory."""
        trace = Trace()
        for _ in range(MAX_LINES + 10):
            trace.note("again")
        self.assertEqual(len(trace.lines), MAX_LINES)

    def test_password(self) -> None:
        """A password stays out of it."""
        self.assertEqual(described(says(Frame(Name.PWD, identity_field("4711")), Name.DCN)), "PWD ...; DCN")

    def test_frames(self) -> None:
        """Numbers, blocks and bits, as one wants to read them."""
        for frame, told in (
            (Frame(Name.CSI, identity_field("+86 10")), "CSI +86 10"),
            (Frame(Name.DCS, bytes.fromhex("00 62 F8 44")), "DCS 00 62 f8 44"),
            (PartialPage(Name.EOP, 2, 0, 14).frame(), "PPS EOP, page 2, block 0, 14 frames"),
            (PartialPage(None, 0, 1, 256).frame(), "PPS NULL, page 0, block 1, 256 frames"),
            (Frame(Name.PPR, wanted_field([1, 7])), "PPR 2 frames"),
        ):
            self.assertEqual(described(says(frame)), told)
        self.assertEqual(described_frame(b"\xff\x13\x00" + bytes(200), None), "unknown frame ff 13" + " 00" * 38)
