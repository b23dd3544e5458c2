"""Calls out: what comes of a number that is dialled, told once, written down once, and the line free behind it."""

import numpy as np
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.calls_out import Dialler
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.lines.interfaces import LineFailure
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.shop import Told, VirtualShop

NUMBER = "62345678"
LOCAL = Dialler("801", frozenset({Right.DIAL_LOCAL}))


class CallsOutCase(SynchronousTestCase):
    """A shop of two lines; `results` are what was written down."""

    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=2)
        self.told = Told()

    def dial(self, number: str = NUMBER, who: Dialler = LOCAL) -> None:
        self.call = self.shop.calls_out.dial(number, who, self.told)

    @property
    def results(self) -> list[str]:
        return [data["result"] for _, data in self.shop.happened("dial_result")]

    def assert_over(self, result: DialResult, *before: str) -> None:
        """Told once, written down once, the call over for that reason, the line on hook and soon free."""
        self.assertEqual(self.told.of, [*before, result.value])
        self.assertEqual(self.results, [result.value])
        self.assertIsNotNone(self.call.ended)
        self.shop.wait(1.5)
        self.assertFalse(self.shop.lines[0].off_hook)
        self.assertIs(self.shop.state(), LineState.IDLE)


class ResultTests(CallsOutCase):
    def test_answered(self) -> None:
        """It rings, somebody answers, both talk; the record is of a call out to that number, answered then."""
        self.dial()
        self.assertIs(self.shop.state(), LineState.DIALING)
        self.shop.wait(0.1)
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])
        self.shop.dial_tone()
        self.assertEqual(self.shop.lines[0].far_end.dialled, [NUMBER])
        self.assertIs(self.shop.state(), LineState.RINGBACK)
        self.shop.exchange("ringback", 6)
        self.assertEqual(self.told.of, ["rings"])
        record = self.shop.book.calls[self.call.id]
        self.assertEqual((record["direction"], record["caller_number"]), ("out", NUMBER))
        self.assertIsNone(record["answered_at"])
        self.shop.answer_there()
        self.assertEqual(self.told.of, ["rings", "answered"])
        self.assertEqual(self.results, ["answered"])
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.assertIsNotNone(record["answered_at"])
        self.shop.lines[0].far_end.hang_up("busy tone reported twice")
        self.assertEqual(self.call.ended, Reason(Cause.CALLED_HUNG_UP, "busy tone reported twice"))
        self.assertEqual(self.told.of, ["rings", "answered"])

    def test_answered_by_a_key(self) -> None:
        """Who lifts without a word and presses a key has answered; the key of a modem that hears late as well."""
        for from_sound in (True, False):
            self.setUp()
            if not from_sound:
                self.shop = VirtualShop(n_lines=2, keys_from_sound=False)
            self.dial()
            self.shop.dial_tone()
            self.shop.wait(3)
            if from_sound:
                self.shop.press("7")
            else:
                self.shop.in_service[0].key("7")
            self.shop.wait(0.2)
            self.assertEqual(self.told.of, ["answered"])
            self.assertIs(self.shop.state(), LineState.TALKING)

    def test_our_own_digits(self) -> None:
        """What a modem reports as the digits go out are those, and no answer."""
        self.shop = VirtualShop(n_lines=2, keys_from_sound=False)
        self.dial()
        self.shop.wait(0.1)
        self.shop.in_service[0].key("6")
        while not self.shop.lines[0].far_end.dialled:
            self.shop.exchange("dial", 0.1)
        self.shop.wait(0.3)
        self.shop.in_service[0].key("8")
        self.assertEqual(self.told.of, [])

    def test_stages(self) -> None:
        """It is dialling, then ringing, then a talk: never a menu's."""
        self.dial()
        self.assertIs(self.call.stage, Stage.DIALLING)
        self.shop.dial_tone()
        self.assertIs(self.call.stage, Stage.DIALLING)
        self.shop.exchange("ringback", 6)
        self.assertIs(self.call.stage, Stage.RINGING)
        self.shop.answer_there()
        self.assertIs(self.call.stage, Stage.TALK)

    def test_broken_dial(self) -> None:
        """A call out that breaks before it begins does not count as one that goes on."""
        for line in self.shop.in_service:
            self.patch(line, "dial", lambda *_: 1 / 0)
        self.assertRaises(ZeroDivisionError, self.dial)
        self.assertTrue(all(use.ended_s is not None for use in self.shop.caps._uses))

    def test_what_the_exchange_says(self) -> None:
        """Busy, congested, no such number: each is its own result."""
        for tone_name, result in (
            ("busy", DialResult.BUSY),
            ("congestion", DialResult.CONGESTION),
            ("unobtainable", DialResult.UNALLOCATED),
            ("dial", DialResult.UNALLOCATED),
        ):
            with self.subTest(tone=tone_name):
                self.setUp()
                self.dial()
                self.shop.dial_tone()
                self.shop.exchange(tone_name, 6)
                self.assert_over(result)

    def test_nobody_answers(self) -> None:
        """A minute after the digits it has rung long enough."""
        self.dial()
        self.shop.dial_tone()
        self.shop.exchange("ringback", 61)
        self.assert_over(DialResult.NO_ANSWER, "rings")

    def test_nothing_is_heard(self) -> None:
        """Silence after the digits, or after some ringing, is not waited for without end."""
        self.dial()
        self.shop.dial_tone()
        self.shop.wait(16)
        self.assert_over(DialResult.SILENCE)
        self.setUp()
        self.call, self.told = self.shop.call_out()
        self.shop.wait(12)
        self.assert_over(DialResult.RINGBACK_THEN_SILENCE, "rings")

    def test_no_dial_tone(self) -> None:
        """A line that refuses to dial is told to people, and comes last in the next choice."""
        self.shop.lines[0].far_end.refusal = "NO DIALTONE"
        self.dial()
        self.shop.dial_tone()
        self.assertEqual(self.shop.alarms(), ["cannot dial: line 1 cannot dial: NO DIALTONE"])
        self.assert_over(DialResult.NO_DIAL_TONE)
        self.dial()
        self.assertEqual(self.call.first.name, "line 2")

    def test_given_up(self) -> None:
        """Who dialled ends the call, before the digits and while it rings: the line goes on hook."""
        self.shop.book.locked = True
        self.dial()
        self.call.end("agent", Reason(Cause.GAVE_UP))
        self.assertEqual(self.told.of, ["gave_up"])
        self.shop.book.unlock()
        self.shop.wait(2)
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])
        self.setUp()
        self.call, self.told = self.shop.call_out()
        self.call.end("agent", Reason(Cause.GAVE_UP))
        self.assert_over(DialResult.GAVE_UP, "rings")

    def test_given_up_while_it_goes_off_hook(self) -> None:
        """The line is hung up behind its seizing, which fails for that: no trouble of the line, and no alarm."""
        seizing: Deferred[None] = Deferred()
        self.patch(self.shop.lines[0], "seize", lambda: seizing)
        self.dial()
        self.shop.wait(0.1)
        self.call.end("agent", Reason(Cause.GAVE_UP))
        seizing.errback(LineFailure("hung up"))
        self.assertEqual(self.shop.alarms(), [])
        self.assert_over(DialResult.GAVE_UP)

    def test_line_lost(self) -> None:
        """The line is pulled out while it rings there."""
        self.call, self.told = self.shop.call_out()
        self.shop.lines[0].far_end.unplug()
        self.assertEqual(self.told.of, ["rings", "line_lost"])
        self.assertEqual(self.results, ["line_lost"])
        self.assertIs(self.shop.state(), LineState.DISCONNECTED)

    def test_record_before_the_digits(self) -> None:
        """Nothing is dialled before the call's record is on disk; a disk that takes too long ends the call."""
        self.shop.book.locked = True
        self.dial()
        self.shop.dial_tone()
        self.assertFalse(self.shop.lines[0].off_hook)
        self.shop.wait(25)
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])
        self.shop.wait(3)
        self.assert_over(DialResult.NO_DIAL_TONE)


class SoundTests(CallsOutCase):
    def test_the_agent_hears_the_line_and_is_not_heard(self) -> None:
        """Before the answer the agent hears the ring-back and no sound of his reaches the line; then they talk."""
        agent = self.shop.agent()
        self.dial()
        agent.station.off_hook()
        self.call.give(agent.station, Role.TALKS)
        self.shop.dial_tone()
        agent.person.heard.clear()
        self.shop.exchange("ringback", 1)
        self.assertGreater(np.abs(np.frombuffer(bytes(agent.person.heard), "<i2")).max(), 2000)
        self.assertFalse(self.shop.hears(0, agent))
        self.shop.exchange("ringback", 5)
        self.shop.answer_there()
        self.assertTrue(self.shop.hears(0, agent))


class RefusedTests(CallsOutCase):
    def refusal(self, number: str, who: Dialler) -> Refused:
        refused = self.assertRaises(Refused, self.shop.calls_out.dial, number, who, self.told)
        self.assertEqual(self.told.of, [])
        return refused

    def test_no_right(self) -> None:
        """Nothing happens on any line, and the refusal is written down with who and what."""
        self.assertIs(self.refusal("01062345678", LOCAL).code, Refusal.NO_RIGHT)
        self.assertEqual(self.shop.book.calls, {})
        (_, data), *_ = self.shop.happened("dial_result")
        self.assertEqual((data["result"], data["number"], data["dial_class"]), ("refused", "01062345678", "national"))

    def test_no_line(self) -> None:
        """All lines taken."""
        self.dial()
        self.shop.calls_out.dial(NUMBER, LOCAL, Told())
        refused = self.refusal(NUMBER, LOCAL)
        self.assertEqual((refused.code, refused.detail), (Refusal.NOT_NOW, "no_line"))
        self.assertEqual(refused.text("en"), "not possible now: no line was free")

    def test_a_configured_number(self) -> None:
        """An office's number needs no right; any other does."""
        office = Dialler("offices", allowed=frozenset({"01062345678"}), may_use_reserve=False)
        self.dial("01062345678", office)
        self.assertIs(self.refusal("01062345679", office).code, Refusal.NO_RIGHT)
