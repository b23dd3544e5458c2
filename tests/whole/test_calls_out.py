"""Calls out of a whole server into the emulated exchange, on virtual time, on lines of both kinds."""

from typing import ClassVar

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.dsp.frames import FloatArray
from callserver.emulator.phone import Phone
from callserver.wire.dial_results import DialResult
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.dsp.progress.test_answer import voice
from tests.shop import Told
from tests.whole.virtual_shop import VirtualShop

ANYBODY = Dialler("801", frozenset(Right))
NUMBER = "62345678"


class StraightLineTests(SynchronousTestCase):
    """Lines that are plugged straight into the exchange."""

    byte_share: ClassVar[float] = 0.0

    def setUp(self) -> None:
        self.shop = VirtualShop(self, 2, byte_share=self.byte_share)
        self.exchange = self.shop.server.exchange
        assert self.exchange is not None
        self.phone = self.exchange.add_phone(NUMBER)
        self.told = Told()

    def dial(self, number: str = NUMBER) -> Call:
        return self.shop.server.centre.calls_out.dial(number, ANYBODY, self.told)

    def assert_over(self, call: Call, *told: str) -> None:
        """Told just this; the record says so; the line is idle again, on hook at the exchange."""
        self.assertEqual(self.told.of, list(told))
        self.shop.wait(5)
        record, events = self.shop.records()[0]
        self.assertEqual((record.id, record.direction, record.caller_number), (call.id, "out", NUMBER))
        self.assertEqual([event.data["result"] for event in events if event.kind == "dial_result"], [told[-1]])
        self.assertIs(self.shop.server.board.statuses["line 1"].state, LineState.IDLE)
        self.assertFalse(self.exchange.lines[0].off_hook)

    def test_answered(self) -> None:
        """It rings there; who lifts and speaks is heard by the server, and the call ends when he hangs up."""
        call = self.dial()
        self.shop.wait(12)
        self.assertEqual(self.told.of, ["rings"])
        self.phone.lift()
        speak(self.phone, 2)
        self.shop.wait(3)
        self.assertEqual(self.told.of, ["rings", "answered"])
        self.assertIs(self.shop.server.board.statuses["line 1"].state, LineState.TALKING)
        self.phone.hang_up()
        self.shop.wait(8)
        self.assertEqual(str(call.ended).partition(":")[0], "called_hung_up")
        self.shop.wait(5)
        record, events = self.shop.records()[0]
        self.assertGreater(record.answered_at, record.started_at)
        files = [event for event in events if event.kind == "recording"]
        self.assertGreaterEqual(files[0].at, record.answered_at)

    def test_busy(self) -> None:
        """The other one talks already."""
        self.phone.lift()
        call = self.dial()
        self.shop.wait(20)
        self.assert_over(call, DialResult.BUSY.value)

    def test_nobody_answers(self) -> None:
        """It rings a minute, for nobody."""
        call = self.dial()
        self.shop.wait(75)
        self.assert_over(call, "rings", DialResult.NO_ANSWER.value)

    def test_no_such_number(self) -> None:
        """The exchange says that nobody has this number."""
        self.exchange.remove_phone(self.phone)
        call = self.dial()
        self.shop.wait(30)
        self.assert_over(call, DialResult.UNALLOCATED.value)


class ModemLineTests(StraightLineTests):
    """Lines on emulated modems, byte by byte."""

    byte_share = 1.0


def speak(phone: Phone, seconds: float) -> None:
    """Somebody at a telephone says something."""
    sound: FloatArray = voice(seconds)
    phone.say(np.asarray(sound, np.float32))
