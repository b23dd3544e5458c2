"""Calls out of a whole server into the emulated exchange, on virtual time, on lines of both kinds."""

from datetime import datetime
from typing import ClassVar

import numpy as np
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices.cases import list_cases
from callserver.acd.offices.regions import Known
from callserver.acd.offices.transfer import Outcome
from callserver.acd.organisation.parts import Part
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.calls.dial_caps import DialCaps
from callserver.calls.dial_guard import DialClass
from callserver.calls.stages import Stage
from callserver.config import DiallingConfig
from callserver.dsp.frames import FloatArray
from callserver.emulator.phone import Phone
from callserver.server.dialled_before import restore
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
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
        self.shop = VirtualShop(self, 2, byte_share=self.byte_share, settings={"reserve = 1": "reserve = 0"})
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

    def test_a_restart_gives_nobody_a_new_day(self) -> None:
        """Whoever starts on this database knows what was dialled today, by whom, for how long."""
        self.test_answered()
        server = self.shop.server
        caps = DialCaps(lambda: DiallingConfig(person_calls={"": 1}), server.reactor.seconds, self.local_now)
        self.shop.until(Deferred.fromCoroutine(restore(caps, server.store, self.local_now())))
        refused = self.assertRaises(Refused, caps.check, "801", (), DialClass.LOCAL, NUMBER)
        self.assertIs(refused.code, Refusal.LIMIT)
        caps.check("802", (), DialClass.LOCAL, NUMBER)

    def rings_late(self) -> None:
        """The line tells of a ring when the burst is over, as modems do: what is seized meanwhile meets the caller."""
        self.patch(self.shop.world.lines["line 1"], "ringing", lambda on: None)

    def test_office(self) -> None:
        """A caller from a region with an office is connected with it, by two lines of the shop; the case is kept."""
        organisation = self.shop.server.centre.organisation
        self.shop.until(organisation.save(Part.OFFICE, "1", {"name": "north", "phone": NUMBER}))
        self.shop.until(organisation.save(Part.REGION, "Beijing", {"codes": "010", "offices": "1"}))
        line = self.shop.server.line_bank.lines[1]
        customer = self.exchange.add_phone("01066666666")
        customer.dial(f"{self.shop.server.config.exchange.number}01")
        self.shop.wait(8)
        call = line.call
        sent = self.shop.server.centre.offices.transfer(call, Known(number="01066666666"), "no water")
        self.shop.wait(15)
        self.phone.lift()
        speak(self.phone, 2)
        self.shop.wait(4)
        self.phone.press("1")
        self.shop.wait(2)
        self.assertIs(call.stage, Stage.TALK)
        self.assertEqual([party.name for party in call.parts], ["line 1", "line 2"])
        self.phone.hang_up()
        self.assertIs(self.shop.until(sent), Outcome.ANSWERED)
        ((case, attempts),) = self.shop.ask(list_cases)
        self.assertEqual((case.region, case.office, attempts[0].result), ("Beijing", "1", "answered"))

    def local_now(self) -> datetime:
        return self.shop.world.now().astimezone(self.shop.server.config.server.zone)

    def test_glare(self) -> None:
        """A caller whose call arrives as the line is seized is served as a caller; the dialler is told."""
        self.rings_late()
        self.dial()
        self.phone.dial(f"{self.shop.server.config.exchange.number}01")
        self.shop.wait(0.5)
        speak(self.phone, 2)
        self.shop.wait(4)
        self.assertEqual(self.told.of, [DialResult.GLARE.value])
        self.assertIs(self.shop.server.board.statuses["line 1"].state, LineState.TALKING)
        ((caller, events), *_) = [one for one in self.shop.records() if one[0].direction == "in"]
        self.assertIsNotNone(caller.answered_at)
        self.assertIn("prompt", [event.kind for event in events])
        self.phone.hang_up()


class ModemLineTests(StraightLineTests):
    """Lines on emulated modems, byte by byte."""

    byte_share = 1.0

    def rings_late(self) -> None:
        """As they are."""


def speak(phone: Phone, seconds: float) -> None:
    """Somebody at a telephone says something."""
    sound: FloatArray = voice(seconds)
    phone.say(np.asarray(sound, np.float32))
