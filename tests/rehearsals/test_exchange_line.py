"""A line of the shop straight on the emulated exchange: what the exchange gives, the shop gets, and back."""

import numpy as np
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener
from callserver.lines.interfaces import Caller, DialPermit, LineFailure
from callserver.rehearsal.exchange_line import DEAF_S, ExchangeLine
from tests.lines.contract import Diary

BLOCK_S = 0.02
WORD = np.full(160, 0.25, np.float32)


class ExchangeLineTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.diary, self.permits = Clock(), Diary(), []
        self.exchange = Exchange(self.clock, loop_break=True)
        self.phone = self.exchange.add_phone("139", "Li Ming")
        self.heard: list[float] = []
        self.phone.attach(PhoneListener(on_sound=lambda block: self.heard.append(float(block.max()))))
        self.line = ExchangeLine("line 1", self.exchange.add_line("8001"), self.clock, self.permits.append)
        self.line.attach(self.diary)
        self.line.startService()
        self.exchange.start()

    def wait(self, seconds: float) -> None:
        self.clock.pump([BLOCK_S] * round(seconds / BLOCK_S))

    def answered(self) -> None:
        """A call from the telephone, answered."""
        self.phone.dial("8001")
        self.wait(0.1)
        answered = self.line.answer()
        self.wait(0.3)
        self.successResultOf(answered)

    def test_rings_and_tells_who_calls(self) -> None:
        """Each burst is told, and between the first two who calls."""
        self.phone.dial("8001")
        self.wait(5.5)
        self.assertEqual(self.diary.told, ["up", "ring", "caller", "ring"])
        self.assertEqual(self.diary.callers, [Caller("139", "Li Ming")])

    def test_both_hear_each_other(self) -> None:
        """Off hook, the line's blocks reach the telephone, and the telephone's voice the line."""
        self.answered()
        self.phone.say(WORD)
        self.line.send(self.line.codec.encode(WORD).tobytes())
        self.wait(0.1)
        self.assertIn(self.line.codec.encode(WORD).tobytes()[:1], bytes(self.diary.heard))
        self.assertLess(abs(max(self.heard[-5:]) - 0.25), 0.08)  # with what it said itself, 14 dB below

    def test_flush(self) -> None:
        """What was sent and not yet heard is forgotten."""
        self.answered()
        for _ in range(5):
            self.line.send(self.line.codec.encode(WORD).tobytes())
        self.line.flush()
        self.wait(0.2)
        self.assertLess(max(self.heard[-10:]), 0.01)

    def test_both_hang_up(self) -> None:
        """The telephone's hanging up is told; ours lets the telephone hear busy tone."""
        self.answered()
        self.phone.hang_up()
        self.wait(0.1)
        self.assertEqual(self.diary.told[-1], "gone")
        self.successResultOf(self.line.hang_up())
        self.answered()
        self.successResultOf(self.line.hang_up())
        self.assertIs(self.phone.stage, SubscriberStage.TONE)

    def test_dials_with_a_permit(self) -> None:
        """The permitted digits go out, and are noted."""
        seized = self.line.seize()
        self.wait(0.3)
        self.successResultOf(seized)
        dialled = self.line.dial(DialPermit("139", "test"))
        self.wait(0.3)
        self.successResultOf(dialled)
        self.assertIs(self.phone.stage, SubscriberStage.RINGING)
        self.assertEqual(self.permits, ["139"])
        self.failureResultOf(self.line.answer(), LineFailure)

    def test_unplugged_and_back(self) -> None:
        """It ends the call, says so once, refuses what is asked, and serves again when it is back."""
        self.answered()
        self.line.unplug()
        self.line.unplug()
        self.assertEqual(self.diary.told[-1], "lost")
        self.failureResultOf(self.line.answer(), LineFailure)
        self.line.plug_in()
        self.assertEqual(self.diary.told.count("up"), 2)
        self.phone.hang_up()
        self.answered()

    def test_hung_up_while_it_answers(self) -> None:
        """Whoever waits for it to go off hook gets an answer."""
        self.phone.dial("8001")
        self.wait(0.1)
        answered = self.line.answer()
        self.line.hang_up()
        self.failureResultOf(answered, LineFailure)

    def test_deaf(self) -> None:
        """A deaf line does not ring, does not answer, and is given up after a while."""
        self.line.go_deaf()
        self.phone.dial("8001")
        self.wait(1.0)
        answered = self.line.answer()
        self.wait(DEAF_S)
        self.failureResultOf(answered, LineFailure)
        self.assertEqual(self.diary.told, ["up", "lost"])
