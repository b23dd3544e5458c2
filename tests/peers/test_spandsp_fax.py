"""Documents to and from spandsp's fax machine, over sound, on virtual time: each page as it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, FloatArray
from callserver.fax import signals as s
from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.soft_modem import SoftModem
from callserver.fax.t30.agreement import FALL_BACK
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.wire.fax_results import FaxResult
from tests.fax.live_line import LiveLine
from tests.fax.pages import dithered, text_like
from tests.peers.spandsp import MISSING
from tests.peers.spandsp_fax import V17, V27TER, V29, FaxMachine

M = Modulation
ALL = frozenset(M) - {M.V21}
MAX_S = 300.0


@dataclass(frozen=True)
class Way:
    """How a document goes."""

    modulation: Modulation
    coding: Coding
    ecm: bool
    n_pages: int

    @property
    def codings(self) -> frozenset[Coding]:
        """Of which it is the best that a sender may choose."""
        order = [Coding.MH, Coding.MR, Coding.MMR]
        return frozenset(order[: order.index(self.coding) + 1])

    @property
    def speed(self) -> str:
        return f"{self.modulation.recommendation} {self.modulation.bit_rate}"

    def __str__(self) -> str:
        return f"{self.speed}, {self.coding.value}, {'ECM' if self.ecm else 'no ECM'}, {self.n_pages} pages"


WAYS = (
    Way(M.V17_14400, Coding.MMR, True, 10),
    Way(M.V17_12000, Coding.MR, False, 2),
    Way(M.V17_9600, Coding.MH, True, 3),
    Way(M.V17_7200, Coding.MH, False, 1),
    Way(M.V29_9600, Coding.MR, True, 2),
    Way(M.V29_7200, Coding.MR, False, 2),
    Way(M.V27TER_4800, Coding.MMR, True, 1),
    Way(M.V27TER_2400, Coding.MH, False, 1),
)
MODEMS = {"V.27ter": V27TER, "V.29": V29 | V27TER, "V.17": V17 | V29 | V27TER}


def pages(n: int, n_rows: int = 60) -> list[Page]:
    return [text_like(n_rows, seed=number) for number in range(n)]


class Call:
    """Our terminal over a soft modem, and spandsp's machine, in one call."""

    def __init__(self, far: FaxMachine, only: Modulation | None = None, line: LiveLine | None = None) -> None:
        """`only`: the line is too bad for every other speed; their trainings arrive spoilt."""
        self._line = line or LiveLine()
        self.now_s = 0.0
        self.outcomes: list[Outcome] = []
        self._far, self._only = far, only
        self._expected: Modulation | None = None
        self._modem = SoftModem(self._hear)
        self._terminal: Terminal
        self._later: deque[tuple[float, Callable[[], None]]] = deque()

    def send(self, pages: Sequence[Page], capabilities: Capabilities) -> None:
        shapes = [PageShape(page.width, page.resolution, len(page.rows)) for page in pages]

        def need(needed: PageNeeded) -> None:
            terminal.page_ready(needed, coded(pages[needed.number], needed.form), self.now_s)

        terminal = SendingTerminal(Station(capabilities, "86 10"), shapes, self._asked, need, self.outcomes.append)
        self._run(terminal)

    def receive(self, capabilities: Capabilities, keeping_s: float = 0.0) -> list[Page]:
        """:param keeping_s: so long it takes to store a page"""
        pages: list[Page] = []

        def keep(page: ReceivedPage) -> None:
            pages.append(decoded(page))
            self._later.append((self.now_s + keeping_s, lambda: terminal.kept(page, self.now_s)))

        terminal = ReceivingTerminal(Station(capabilities, "86 10"), self._asked, keep, self.outcomes.append)
        self._run(terminal)
        return pages

    def _run(self, terminal: Terminal) -> None:
        self._terminal = terminal
        terminal.start(0.0)
        sound: FloatArray = np.zeros(BLOCK_SAMPLES, np.float32)
        while self.now_s < MAX_S and not (self.outcomes and self._far.result):
            sound = self._modem.exchange(self._line.exchange(sound, self._far.exchange))
            self.now_s += BLOCK_MS / 1000
            if (deadline_s := terminal.next_deadline_s) is not None and deadline_s <= self.now_s:
                terminal.on_time(self.now_s)
            while self._later and self._later[0][0] <= self.now_s:
                self._later.popleft()[1]()
        self._far.close()

    def _asked(self, asked: s.Asked) -> None:
        if isinstance(asked, s.Listen):
            self._expected = asked.image
        self._modem.asked(asked)

    def _hear(self, heard: s.Heard) -> None:
        if isinstance(heard, s.ImageHeard) and self._only not in (None, self._expected):
            heard = s.ImageHeard(b"\x55" * len(heard.octets))
        self._terminal.feed(heard, self.now_s)


class SpandspCase(SynchronousTestCase):
    """A document to or from spandsp, and what must hold afterwards."""

    if MISSING:
        skip = MISSING

    def setUp(self) -> None:
        self.file = Path(self.mktemp())

    def send(
        self, pages: Sequence[Page], far: FaxMachine, capabilities: Capabilities, line: LiveLine | None = None
    ) -> Outcome:
        """To spandsp, whose file must hold the same pages. :return: of ours"""
        self.file.unlink(missing_ok=True)
        far.receives(self.file)
        call = Call(far, line=line)
        call.send(pages, capabilities)
        self.assert_went_well(call, far, pages)
        self.assert_same(list(read_tiff(self.file)), pages)
        return call.outcomes[0]

    def receive(
        self,
        pages: Sequence[Page],
        far: FaxMachine,
        capabilities: Capabilities,
        only: Modulation | None = None,
        line: LiveLine | None = None,
        keeping_s: float = 0.0,
    ) -> Outcome:
        """From spandsp, which reads a file of them. :return: of ours"""
        self.file.unlink(missing_ok=True)
        for page in pages:
            append_page(self.file, page)
        far.sends(self.file)
        call = Call(far, only, line)
        received = call.receive(capabilities, keeping_s)
        self.assert_went_well(call, far, pages)
        self.assert_same(received, pages)
        return call.outcomes[0]

    def assert_went_well(self, call: Call, far: FaxMachine, pages: Sequence[Page]) -> None:
        self.assertEqual(len(call.outcomes), 1, f"not over after {call.now_s:.0f} s; spandsp says {far.result}")
        [outcome] = call.outcomes
        told = "\n".join(map(str, outcome.trace))
        self.assertEqual((outcome.result, outcome.n_confirmed, far.result), (FaxResult.SUCCESS, len(pages), "OK"), told)

    def assert_same(self, came: Sequence[Page], sent: Sequence[Page]) -> None:
        self.assertEqual(len(came), len(sent))
        for one, other in zip(came, sent, strict=True):
            self.assertEqual((one.width, one.resolution), (other.width, other.resolution))
            np.testing.assert_array_equal(one.rows, other.rows)


class SpandspFaxTests(SpandspCase):
    def test_sending(self) -> None:
        """At each speed, in each coding, with ECM and without."""
        for way in WAYS:
            with self.subTest(str(way)):
                slower = FALL_BACK[FALL_BACK.index(way.modulation) :]
                own = Capabilities(frozenset(slower), way.codings, way.ecm)
                outcome = self.send(pages(way.n_pages), FaxMachine(calls=False, ecm=way.ecm), own)
                self.assertTrue(outcome.agreed.startswith(f"{way.speed}, {way.coding.value}"), outcome.agreed)

    def test_receiving(self) -> None:
        """The same the other way; where spandsp would be faster, the line is too bad for that."""
        for way in WAYS:
            with self.subTest(str(way)):
                modems = MODEMS[way.modulation.recommendation]
                far = FaxMachine(calls=True, modems=modems, ecm=way.ecm)
                own = Capabilities(ALL, way.codings, way.ecm)
                outcome = self.receive(pages(way.n_pages), far, own, only=way.modulation)
                self.assertTrue(outcome.agreed.startswith(f"{way.speed}, {way.coding.value}"), outcome.agreed)

    def test_sizes(self) -> None:
        """Pages of each width and fineness in one document: what changes is agreed anew in between."""
        sizes = ((1728, Resolution.STANDARD), (2048, Resolution.FINE), (2432, Resolution.SUPERFINE))
        mixed = [text_like(60, width, resolution) for width, resolution in sizes]
        self.send(mixed, FaxMachine(calls=False), Capabilities(ALL))
        self.receive(mixed, FaxMachine(calls=True), Capabilities(ALL), only=M.V17_14400)

    def test_long_page(self) -> None:
        """A page of more than 64 KB takes more than one block of ECM."""
        photograph = [dithered(300)]
        self.send(photograph, FaxMachine(calls=False), Capabilities(ALL))
        self.receive(photograph, FaxMachine(calls=True), Capabilities(ALL), only=M.V17_14400)

    def test_converted(self) -> None:
        """What spandsp cannot take is made smaller: half the rows, each black where one of two was."""
        far = FaxMachine(calls=False)
        far.takes_only_standard_a4()
        far.receives(self.file)
        call = Call(far)
        [page] = pages(1)
        call.send([page], Capabilities(ALL))
        [came] = read_tiff(self.file)
        self.assertIs(came.resolution, Resolution.STANDARD)
        np.testing.assert_array_equal(came.rows, page.rows[0::2] | page.rows[1::2])

    def test_not_ready(self) -> None:
        """spandsp lets us wait with RNR, and we let it wait while a page is being stored."""
        far = FaxMachine(calls=False)
        far.is_not_ready(3)
        outcome = self.send(pages(1), far, Capabilities(ALL))
        self.assertEqual(sum(str(line).endswith("< RNR") for line in outcome.trace), 3)
        for ecm in (True, False):
            outcome = self.receive(pages(2), FaxMachine(calls=True, ecm=ecm), Capabilities(ALL, ecm=ecm), keeping_s=4.5)
            self.assertEqual(any(str(line).endswith("> RNR") for line in outcome.trace), ecm)
