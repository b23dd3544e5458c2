"""Our Class 1 driver and T.30 over libspandsp's Class 1 modem, with libspandsp's fax machine at the far end."""

from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES
from callserver.fax.modulations import Modulation
from callserver.fax.page import Page
from callserver.fax.signals import Heard
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.lines.class_1 import Class1Fax
from callserver.wire.fax_results import FaxResult
from tests.fax.pages import text_like
from tests.peers.spandsp import MISSING
from tests.peers.spandsp_class_1 import Class1Modem
from tests.peers.spandsp_fax import V17, V27TER, V29, FaxMachine

PAGES = (text_like(150, seed=1), text_like(110, seed=2))
ALL = frozenset(Modulation) - {Modulation.V21}
LIMIT_S, BLOCK_S = 200.0, BLOCK_MS / 1000


class SpandspClass1Tests(SynchronousTestCase):
    skip = MISSING

    def setUp(self) -> None:
        self.now_s, self.outcome = 1000.0, None
        self.modem = Class1Modem()
        self.addCleanup(self.modem.close)
        self.stuck: list[str] = []
        self.fax = Class1Fax(
            on_bytes=self.modem.feed, on_heard=self.hear, on_rest=lambda: None, on_stuck=self.stuck.append
        )
        self.terminal: Terminal
        self.got: list[Page] = []
        for command in (b"ATE0\r", b"AT+FCLASS=1\r", b"AT+FAR=1\r"):
            self.modem.feed(command)
        self.modem.said.clear()

    def hear(self, heard: Heard) -> None:
        self.terminal.feed(heard, self.now_s)

    def over(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def session(self, far: FaxMachine, terminal: Terminal) -> None:
        """20 ms after 20 ms, until both are through."""
        self.terminal = terminal
        theirs = np.zeros(BLOCK_SAMPLES, np.float32)
        terminal.start(self.now_s)
        for _ in range(round(LIMIT_S / BLOCK_S)):
            self.now_s += BLOCK_S
            ours = self.modem.exchange(theirs)
            theirs = far.exchange(ours)
            said = bytes(self.modem.said)
            self.modem.said.clear()
            self.fax.feed(said, self.now_s)
            self.fax.on_time(self.now_s)
            terminal.on_time(self.now_s)
            if self.outcome and far.result:
                break
        assert self.outcome, f"{far.result} {self.stuck}"
        trace = "\n".join(map(str, self.outcome.trace))
        self.assertEqual((self.outcome.result, far.result), (FaxResult.SUCCESS, "OK"), trace)

    def send(self, modems: int = V27TER | V29 | V17, *, ecm: bool = True) -> None:
        got = Path(self.mktemp())
        far = FaxMachine(calls=False, modems=modems, ecm=ecm)
        far.receives(got)

        def need(needed: PageNeeded) -> None:
            sender.page_ready(needed, coded(PAGES[needed.number], needed.form), self.now_s)

        shapes = [PageShape(page.width, page.resolution, len(page.rows)) for page in PAGES]
        station = Station(Capabilities(modulations=ALL), "100")
        sender = SendingTerminal(station, shapes, lambda asked: self.fax.asked(asked, self.now_s), need, self.over)
        self.session(far, sender)
        far.close()
        self.assert_same(list(read_tiff(got)))

    def receive(self, modems: int = V27TER | V29 | V17, *, ecm: bool = True) -> None:
        sent = Path(self.mktemp())
        for page in PAGES:
            append_page(sent, page)
        far = FaxMachine(calls=True, modems=modems, ecm=ecm)
        far.sends(sent)

        def keep(page: ReceivedPage) -> None:
            self.got.append(decoded(page))
            receiver.kept(page, self.now_s)

        station = Station(Capabilities(modulations=ALL), "100")
        receiver = ReceivingTerminal(station, lambda asked: self.fax.asked(asked, self.now_s), keep, self.over)
        self.session(far, receiver)
        far.close()
        self.assert_same(self.got)

    def assert_same(self, got: list[Page]) -> None:
        self.assertEqual(len(got), len(PAGES))
        for page, sent in zip(got, PAGES, strict=True):
            self.assertTrue(np.array_equal(page.rows, sent.rows))

    def test_send(self) -> None:
        """Two pages by V.17 with error correction, with its short training."""
        self.send()

    def test_send_plain(self) -> None:
        """By each modem without error correction."""
        for modems in (V27TER, V29 | V27TER, V17 | V29 | V27TER):
            self.setUp()
            self.send(modems, ecm=False)

    def test_receive(self) -> None:
        """Two pages by V.17 with error correction."""
        self.receive()

    def test_receive_plain(self) -> None:
        """By each modem without error correction."""
        for modems in (V27TER, V29 | V27TER, V17 | V29 | V27TER):
            self.setUp()
            self.receive(modems, ecm=False)
