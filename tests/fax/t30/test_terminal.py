"""What may happen to a session from our own side."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax import signals as s
from callserver.fax.page import Resolution
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.documents import PageNeeded, PageShape
from callserver.fax.t30.frames import Name
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station
from callserver.fax.t30.timers import MAX_PAGES
from callserver.wire.fax_results import FaxResult as R
from tests.fax.t30.far_end import ALL, FarEnd, Step, dis, says
from tests.fax.t30.wire import Line

SHAPE = PageShape(1728, Resolution.FINE, 2286)
TRAINED: list[Step] = [("", [dis()]), ("TSI DCS image", [says(Name.CFR)])]


class SenderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.line = Line()
        self.outcomes: list[Outcome] = []
        self.needed: list[PageNeeded] = []
        self.sender = SendingTerminal(
            Station(Capabilities(ALL)), [SHAPE], self.line.a.ask, self.needed.append, self.outcomes.append, calls=False
        )

    def run_with(self, steps: list[Step]) -> R:
        far = FarEnd(self.line.b, steps)
        self.line.run(self.sender, far)
        far.assert_done()
        return self.outcomes[0].result

    def test_slow_page(self) -> None:
        """A page that is coded after the CFR goes then."""

        def ready() -> None:
            self.sender.page_ready(self.needed[0], bytes(256), self.line.now_s)

        self.line.after(10.0, ready)
        self.assertIs(self.run_with([*TRAINED, ("image PPS", [says(Name.MCF)]), ("DCN", [])]), R.SUCCESS)

    def test_another_form(self) -> None:
        """A page that was being coded for a speed that is no longer used is not sent: it is coded anew."""
        slow_rows = Capabilities(ALL, ecm=False, row_time=0)
        far = [("", [dis(slow_rows)]), ("TSI DCS image", [says(Name.FTT)]), ("TSI DCS image", [says(Name.CFR)])]

        def ready(which: int, octets: bytes) -> None:
            self.sender.page_ready(self.needed[which], octets, self.line.now_s)

        self.line.after(9.5, lambda: ready(0, b"old"))
        self.line.after(15.0, lambda: ready(1, b"new"))
        self.assertIs(self.run_with([*far, ("image EOP", [says(Name.MCF)]), ("DCN", [])]), R.SUCCESS)
        self.assertEqual([needed.form.min_row_bits for needed in self.needed], [288, 240])
        sent = [asked.octets for asked in self.line.a.asked if isinstance(asked, s.SendImage)]
        self.assertEqual(sent[-1], b"new")

    def test_ready_in_another_form(self) -> None:
        """Nor is one that was ready before the speed was lowered: without ECM its rows would last too long."""
        slow_rows = Capabilities(ALL, ecm=False, row_time=0)
        far = [("", [dis(slow_rows)]), ("TSI DCS image", [says(Name.FTT)]), ("TSI DCS image", [says(Name.CFR)])]
        self.line.after(3.0, lambda: self.sender.page_ready(self.needed[0], b"old", self.line.now_s))
        self.line.after(18.0, lambda: self.sender.page_ready(self.needed[1], b"new", self.line.now_s))
        self.assertIs(self.run_with([*far, ("image EOP", [says(Name.MCF)]), ("DCN", [])]), R.SUCCESS)
        sent = [asked.octets for asked in self.line.a.asked if isinstance(asked, s.SendImage)]
        self.assertEqual(sent[-1], b"new")

    def test_page_gone(self) -> None:
        """A document that was deleted meanwhile ends the session, politely."""
        self.line.after(3.0, lambda: self.sender.page_gone(self.needed[0], self.line.now_s))
        self.assertIs(self.run_with([*TRAINED, ("DCN", [])]), R.PAGE_GONE)

    def test_page_never_comes(self) -> None:
        """Nor does a page that never comes keep the line; it may be ready another time."""
        self.assertIs(self.run_with([*TRAINED, ("DCN", [])]), R.PAGE_LATE)
        self.assertLess(self.line.elapsed_s, 40)

    def test_line_gone(self) -> None:
        """The end of the call is the end of the session, at once, and nothing is said any more."""
        self.line.after(3.0, lambda: self.sender.line_gone(self.line.now_s))
        self.assertIs(self.run_with([("", [dis()])]), R.LINE_LOST)
        self.assertEqual(self.line.elapsed_s, 3.0)
        self.sender.line_gone(self.line.now_s)
        self.sender.feed(s.Sent(), self.line.now_s)
        self.assertEqual(len(self.outcomes), 1)

    def test_cancelled(self) -> None:
        """Who cancels a fax breaks it off in the middle of an image, with DCN."""
        self.line.after(5.0, lambda: self.sender.cancel(self.line.now_s))
        self.assertIs(self.run_with([("", [dis()]), ("TSI DCS DCN", [])]), R.CANCELLED)
        self.assertLess(self.line.elapsed_s, 8)

    def test_over_before_it_began(self) -> None:
        """A call that ends, or a fax that is cancelled, before a session has begun."""
        self.sender.line_gone(self.line.now_s)
        self.assertEqual((self.outcomes[0].result, self.outcomes[0].seconds), (R.LINE_LOST, 0.0))

    def test_babble(self) -> None:
        """A far end that talks without end, but says nothing, is listened to for a minute."""
        babble = s.SendFrames((b"\xff\x13\x00",))
        far = FarEnd(self.line.b, [("", [babble] * 2000)])
        self.line.run(self.sender, far)
        self.assertIs(self.outcomes[0].result, R.NO_IDENTIFICATION)
        self.assertLess(self.line.elapsed_s, 65)

    def test_number_of_pages(self) -> None:
        """One page to a hundred."""
        for n_pages in (0, MAX_PAGES + 1):
            with self.assertRaises(ValueError):
                SendingTerminal(
                    Station(Capabilities(ALL)), [SHAPE] * n_pages, lambda a: None, lambda n: None, lambda o: None
                )
