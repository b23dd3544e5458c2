"""Faxes in calls of lines whose modems make the signals: two modem lines on the emulated exchange, on virtual time."""

from dataclasses import replace

import numpy as np
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.emulator.chip import CX93001, Chip
from callserver.emulator.exchange import Exchange
from callserver.fax.modulations import Modulation
from callserver.fax.page import Page
from callserver.fax.signals import Asked, Heard
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.coded import coded, decoded
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.lines.interfaces import DialPermit, IFaxModem, LineFailure
from callserver.lines.modem_line import ModemLine
from callserver.rehearsal.memory_modem import MemoryModem
from callserver.wire.fax_results import FaxResult
from tests.fax.pages import text_like
from tests.lines.contract import Diary

PAGES = (text_like(120, seed=1), text_like(90, seed=2))
ALL = frozenset(Modulation) - {Modulation.V21}


class Party:
    """A line of ours, and what its fax is to do."""

    def __init__(self, exchange: Exchange, clock: Clock, number: str, chip: Chip) -> None:
        self.modem = MemoryModem(exchange.add_line(number), chip)
        self.line = ModemLine(number, number, clock, connect_port=self.modem.open)
        self.diary, self._clock = Diary(), clock
        self.line.attach(self.diary)
        self.terminal: Terminal | None = None
        self.fax: IFaxModem | None = None
        self.outcome: Outcome | None = None
        self.pages: list[Page] = []
        self.n_lost = 0

    def say(self) -> None:
        """20 ms of a tone, as the tick does, and the fax's time."""
        block = (0.2 * np.sin(2 * np.pi * 1000 / 8000 * np.arange(BLOCK_SAMPLES))).astype(np.float32)
        self.line.send(self.line.codec.encode(block).tobytes())
        if self.terminal is not None and not self.outcome:
            self.terminal.on_time(self._clock.seconds())

    def borrow(self) -> Deferred[IFaxModem]:
        def begun(fax: IFaxModem) -> IFaxModem:
            self.fax = fax
            if self.terminal is not None:
                self.terminal.start(self._clock.seconds())
            return fax

        def lost() -> None:
            self.n_lost += 1

        return self.line.fax(self.hear, lost).addCallback(begun)

    def hear(self, heard: Heard) -> None:
        if self.terminal is not None:
            self.terminal.feed(heard, self._clock.seconds())

    def ask(self, asked: Asked) -> None:
        assert self.fax is not None
        self.fax.asked(asked)

    def over(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def sends(self, pages: tuple[Page, ...], modulations: frozenset[Modulation] = ALL, *, ecm: bool = True) -> None:
        def need(needed: PageNeeded) -> None:
            octets = coded(pages[needed.number], needed.form)
            sender.page_ready(needed, octets, self._clock.seconds())

        own = Station(Capabilities(modulations=modulations, ecm=ecm), "111")
        shapes = [PageShape(page.width, page.resolution, len(page.rows)) for page in pages]
        self.terminal = sender = SendingTerminal(own, shapes, self.ask, need, self.over)

    def receives(self) -> None:
        def keep(received: ReceivedPage) -> None:
            self.pages.append(decoded(received))
            receiver.kept(received, self._clock.seconds())

        own = Station(Capabilities(modulations=ALL), "222")
        self.terminal = receiver = ReceivingTerminal(own, self.ask, keep, self.over)


class FaxInCallCase(SynchronousTestCase):
    chip = CX93001  # of who is called

    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        self.us = Party(self.exchange, self.clock, "8001", CX93001)
        self.them = Party(self.exchange, self.clock, "8002", self.chip)
        for party in (self.us, self.them):
            party.line.startService()
        self.run_s(3)

    def run_s(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.clock.advance(0.02)
            self.us.say()
            self.them.say()

    def run_until_over(self, limit_s: float = 120.0) -> None:
        while not (self.us.outcome and self.them.outcome) and limit_s > 0:
            self.run_s(0.5)
            limit_s -= 0.5

    def in_call(self) -> None:
        """We have called them, and both hear each other."""
        seized = self.us.line.seize()
        self.run_s(1)
        self.successResultOf(seized)
        dialled = self.us.line.dial(DialPermit("8002", "test"))
        self.run_s(4)
        self.successResultOf(dialled)
        answered = self.them.line.answer()
        self.run_s(1)
        self.successResultOf(answered)
        self.assertTrue(self.voice_is_up())

    def voice_is_up(self) -> bool:
        """Each hears the other's tone."""
        for party in (self.us, self.them):
            party.diary.heard.clear()
        self.run_s(1)
        blocks = [np.frombuffer(bytes(party.diary.heard[-800:]), np.uint8) for party in (self.us, self.them)]
        return all(block.size and np.ptp(block) > 20 for block in blocks)

    def assert_sent(self, sender: Party, receiver: Party) -> None:
        self.assertIsNotNone(sender.outcome)
        self.assertIsNotNone(receiver.outcome)
        for party in (sender, receiver):
            assert party.outcome
            self.assertIs(party.outcome.result, FaxResult.SUCCESS, "\n".join(map(str, party.outcome.trace)))
        self.assertEqual(len(receiver.pages), len(PAGES))
        for sent, got in zip(PAGES, receiver.pages, strict=True):
            self.assertTrue(np.array_equal(sent.rows, got.rows))

    def assert_talking_again(self) -> None:
        ended = [party.fax.end() for party in (self.us, self.them) if party.fax]
        self.run_s(2)
        for each in ended:
            self.successResultOf(each)
        self.assertTrue(self.voice_is_up())
        self.assertEqual([self.us.n_lost, self.them.n_lost], [0, 0])

    def fax(self, modulations: frozenset[Modulation] = ALL, *, ecm: bool = True) -> None:
        self.us.sends(PAGES, modulations, ecm=ecm)
        self.them.receives()
        self.us.borrow()
        self.them.borrow()
        self.run_until_over()
        self.assert_sent(self.us, self.them)


class FaxInCallTests(FaxInCallCase):
    def test_talk_fax_talk(self) -> None:
        """Within a talk a document of two pages goes over; then both talk again, and the call ends as any other."""
        self.in_call()
        self.fax()
        self.assert_talking_again()
        hung_up = self.us.line.hang_up()
        self.run_s(1)
        self.successResultOf(hung_up)
        self.assertFalse(self.us.modem.line.off_hook)

    def test_who_was_called_sends(self) -> None:
        """Roles do not follow who dialled."""
        self.in_call()
        self.them.sends(PAGES)
        self.us.receives()
        self.us.borrow()
        self.them.borrow()
        self.run_until_over()
        self.assert_sent(self.them, self.us)

    def test_every_modulation(self) -> None:
        """Without error correction, at the best speed of what the sender has."""
        self.in_call()
        for modulation in (Modulation.V27TER_4800, Modulation.V29_9600, Modulation.V17_14400):
            self.us.pages, self.them.pages = [], []
            self.us.outcome = self.them.outcome = None
            self.fax(frozenset({modulation, Modulation.V27TER_2400}), ecm=False)
            assert self.us.outcome
            self.assertIn(f"{modulation.recommendation} {modulation.bit_rate}", self.us.outcome.agreed)
            self.assert_talking_again()

    def test_hung_up(self) -> None:
        """A call that is hung up in the middle of a page is on hook within two seconds, and the line takes the next."""
        self.in_call()
        self.us.sends(PAGES)
        self.them.receives()
        for party in (self.us, self.them):
            party.borrow()
        self.run_s(15)
        hung_up = self.us.line.hang_up()
        self.run_s(2)
        self.successResultOf(hung_up)
        self.assertFalse(self.us.modem.line.off_hook)
        self.assertEqual(self.us.n_lost, 1)
        assert self.them.fax
        ended = self.them.fax.end()
        self.run_s(2)
        self.successResultOf(ended)
        self.assertEqual(self.them.n_lost, 0)
        hung_up = self.them.line.hang_up()
        self.run_s(1)
        self.successResultOf(hung_up)
        self.in_call()

    def test_ended_in_any_state(self) -> None:
        """Whatever the fax is at, the voice is back within three seconds of its end."""
        self.in_call()
        for after_s in np.arange(0.6, 20, 2.9):
            self.us.outcome = self.them.outcome = None
            self.us.sends(PAGES)
            self.them.receives()
            self.us.borrow()
            self.them.borrow()
            self.run_s(after_s)
            self.us.terminal = self.them.terminal = None
            self.assert_talking_again()

    def test_unplugged(self) -> None:
        """A modem that is pulled out during a fax is out of service; who borrowed it learns it."""
        self.in_call()
        self.us.borrow()
        self.run_s(1)
        assert self.us.fax
        self.us.modem.unplug()
        self.assertEqual((self.us.n_lost, self.us.diary.told[-1]), (1, "lost"))
        self.failureResultOf(self.us.fax.end(), LineFailure)

    def test_stuck(self) -> None:
        """A modem that no longer answers is reset: the call is over, and the line takes the next."""
        self.in_call()
        self.us.sends(PAGES)
        self.us.borrow()
        self.run_s(1)
        self.us.modem.deaf = True
        self.run_s(20)
        self.us.modem.deaf = False
        self.run_s(20)
        self.assertEqual(self.us.n_lost, 1)
        self.assertIn("the modem ended the call", self.us.diary.gone_because)
        self.assertFalse(self.us.modem.line.off_hook)

    def test_no_call(self) -> None:
        """On hook there is no fax."""
        self.failureResultOf(self.us.borrow(), LineFailure)


class WithoutAdaptiveReceptionTests(FaxInCallCase):
    chip = replace(CX93001, unknown=frozenset({"+FAR"}))

    def test_fax(self) -> None:
        """A modem that knows no +FAR says +FCERROR where a command comes in an image's place: nothing is lost."""
        self.in_call()
        self.fax()


class StubbornModemTests(FaxInCallCase):
    chip = replace(CX93001, unknown=frozenset({"+VNH"}))

    def test_refused(self) -> None:
        """A modem that would hang up for a fax keeps its call, with its sound."""
        self.in_call()
        refused = self.them.borrow()
        self.run_s(2)
        self.assertIn("AT+VNH=1", str(self.failureResultOf(refused, LineFailure).value))
        self.assertTrue(self.voice_is_up())


class NoFaxTests(FaxInCallCase):
    chip = replace(CX93001, classes=("0", "8"))

    def test_refused(self) -> None:
        """A modem without fax class says so beforehand, and refuses."""
        self.assertFalse(self.them.diary.capabilities[0].fax)
        self.in_call()
        self.failureResultOf(self.them.borrow(), LineFailure)
        self.assertTrue(self.voice_is_up())
