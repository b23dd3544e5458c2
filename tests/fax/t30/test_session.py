"""Our sender and our receiver with each other over a perfect line."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Resolution
from callserver.fax.t4.encoding import encode
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station
from callserver.wire.fax_results import FaxResult
from tests.fax.pages import text_like
from tests.fax.t30.wire import Bend, Line, unbent

ALL = frozenset(Modulation) - {Modulation.V21}


class Fax:
    """A document of some pages from one end to the other; a page is any octets."""

    def __init__(
        self,
        pages: list[bytes],
        sender: Capabilities | None = None,
        receiver: Capabilities | None = None,
        bend_sender: Bend = unbent,
        bend_receiver: Bend = unbent,
        shapes: list[PageShape] | None = None,
    ) -> None:
        self.pages, self.needed = pages, list[PageNeeded]()
        self.kept, self.outcomes = list[ReceivedPage](), dict[str, Outcome]()
        self.line = Line(bend_sender, bend_receiver)
        shapes = shapes or [PageShape(1728, Resolution.FINE, 2286)] * len(pages)
        own = sender or Capabilities(ALL)
        self.sender = SendingTerminal(
            Station(own, "+86 10 1"), shapes, self.line.a.ask, self.on_need, lambda o: self.over("sender", o)
        )
        self.receiver = ReceivingTerminal(
            Station(receiver or Capabilities(ALL), "12345"),
            self.line.b.ask,
            self.on_page,
            lambda o: self.over("receiver", o),
        )

    def on_need(self, needed: PageNeeded) -> None:
        self.needed.append(needed)
        self.sender.page_ready(needed, self.pages[needed.number], self.line.now_s)

    def on_page(self, page: ReceivedPage) -> None:
        self.kept.append(page)
        self.receiver.kept(page, self.line.now_s)

    def over(self, who: str, outcome: Outcome) -> None:
        assert who not in self.outcomes
        self.outcomes[who] = outcome

    def run(self) -> Fax:
        self.line.run(self.sender, self.receiver)
        return self


class PerfectLineTests(SynchronousTestCase):
    def test_one_page(self) -> None:
        """A page arrives as it was sent; both ends say that it is confirmed, and know each other's number."""
        fax = Fax([b"page" * 1000]).run()
        self.assertEqual([page.octets.rstrip(b"\0") for page in fax.kept], [b"page" * 1000])
        for who, number in (("sender", "12345"), ("receiver", "+86 10 1")):
            outcome = fax.outcomes[who]
            self.assertEqual((outcome.result, outcome.n_confirmed), (FaxResult.SUCCESS, 1))
            self.assertEqual(outcome.far_identity, number)

    def test_pages_without_ecm(self) -> None:
        """Each page of several arrives by itself, as MH when the receiver knows nothing better."""
        simple = Capabilities(ALL, frozenset({Coding.MH}), ecm=False)
        pages = [encode(text_like(40, seed=number), Coding.MH) for number in range(3)]
        fax = Fax(pages, receiver=simple).run()
        self.assertEqual([page.octets for page in fax.kept], pages)
        self.assertEqual({page.form.coding for page in fax.kept}, {Coding.MH})
        self.assertEqual([o.n_confirmed for o in fax.outcomes.values()], [3, 3])
        self.assertEqual({o.result for o in fax.outcomes.values()}, {FaxResult.SUCCESS})
