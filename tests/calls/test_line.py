"""A line in service, from the first ring to the guard time."""

import numpy as np
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.calls.line import LineInService
from callserver.calls.operations import connect, hold, join, retrieve
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.progress.plans import plan
from callserver.dsp.tones import comfort_noise, play, tone
from callserver.lines.interfaces import Caller, LineFailure
from callserver.lines.memory_line import MemoryLine
from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import told
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState
from tests.dsp.echo.test_canceller import speech
from tests.shop import VirtualShop


class SlowLine(MemoryLine):
    """A line that goes off hook when it is told to obey."""

    def answer(self) -> Deferred[None]:
        self.answering: Deferred[None] = Deferred()
        return self.answering

    def obey(self) -> None:
        self.answering.callback(None)


class LineInServiceTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop()
        self.far_end = self.shop.lines[0].far_end

    def answered_call(self) -> Call:
        """A caller with a number rings and is answered."""
        return self.shop.answered_call()

    def test_number_before_the_menu(self) -> None:
        """A call is handed over when its number is known, between the first and the second ring."""
        self.far_end.ring()
        self.shop.wait(2)
        self.assertEqual(self.shop.incoming, [])
        self.shop.in_service[0].caller_id(Caller("13912345678", "Li Ming"))
        self.shop.wait(0.1)
        self.assertEqual([call.caller.number for call in self.shop.incoming], ["13912345678"])
        self.assertEqual(self.shop.book.calls[self.shop.incoming[0].id]["caller_name"], "Li Ming")

    def test_no_number(self) -> None:
        """Without a number it is handed over half a second after the second ring, and once only."""
        self.far_end.ring()
        self.shop.wait(5)
        self.far_end.ring()
        self.shop.wait(0.4)
        self.assertEqual(self.shop.incoming, [])
        self.shop.wait(0.2)
        self.assertEqual(len(self.shop.incoming), 1)
        self.far_end.ring()
        self.shop.in_service[0].caller_id(Caller("1"))
        self.shop.wait(1)
        self.assertEqual(len(self.shop.incoming), 1)

    def test_record_before_off_hook(self) -> None:
        """The line does not go off hook before the call's record is on disk."""
        self.shop.book.locked = True
        self.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        answering = Deferred.fromCoroutine(self.shop.incoming[0].answer())
        self.shop.wait(1)
        self.assertFalse(self.shop.lines[0].off_hook)
        self.shop.book.unlock()
        self.successResultOf(answering)
        self.assertTrue(self.shop.lines[0].off_hook)
        self.assertIs(self.shop.state(), LineState.TALKING)

    def test_caller_gives_up(self) -> None:
        """No further ring for 6 s: the call is over, missed at the line, and the line is free."""
        self.far_end.ring(Caller("13912345678"))
        self.shop.wait(6.1)
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.shop.incoming[0].ended, Reason(Cause.MISSED_AT_LINE))
        self.assertEqual(self.shop.book.calls[self.shop.incoming[0].id]["end_reason"], "missed_at_line")

    def test_redialled_at_once(self) -> None:
        """Who calls again while the line still clears is no error: his next ring is his call."""
        self.answered_call()
        self.far_end.hang_up()
        with capturedLogs() as logs:
            self.far_end.ring()
            self.assertIs(self.shop.state(), LineState.WAIT_HANGUP)
            self.shop.wait(4)
            self.far_end.ring()
        self.assertIs(self.shop.state(), LineState.RINGING_IN)
        self.assertEqual([one for one in logs if one["log_level"].name == "error"], [])

    def test_caller_hangs_up(self) -> None:
        """The line goes on hook, rests for a second and is free; the record says who ended the call."""
        call = self.answered_call()
        told = call.when_ended()
        self.far_end.hang_up()
        self.assertEqual(self.successResultOf(told), Reason(Cause.CALLER_HUNG_UP, "loop current interrupted"))
        self.assertFalse(self.shop.lines[0].off_hook)
        self.assertIs(self.shop.state(), LineState.WAIT_HANGUP)
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.shop.happened("end"), [("end", {"by": "caller", "reason": str(call.ended)})])

    def test_keys(self) -> None:
        """Keys are heard on the line's sound, in order, each once, also those that nobody waits for yet."""
        call = self.answered_call()
        self.shop.wait(0.2)
        self.shop.press("1590*#")
        self.shop.wait(0.2)
        self.assertEqual("".join(call.keys.take() for _ in range(6)), "1590*#")
        self.assertEqual(len(call.keys), 0)

    def test_one_source_of_keys(self) -> None:
        """What the modem reports is not counted beside what we hear ourselves."""
        call = self.answered_call()
        self.shop.in_service[0].key("5")
        self.assertEqual(len(call.keys), 0)

    def test_line_vanishes(self) -> None:
        """Unplugged in a call: the record says so, the line is dead with an alarm, and comes back by itself."""
        call = self.answered_call()
        self.far_end.unplug()
        self.assertIs(self.shop.state(), LineState.DISCONNECTED)
        self.assertEqual(call.ended, Reason(Cause.LINE_LOST, "unplugged"))
        status = self.shop.board.statuses["line 1"]
        self.assertEqual((status.call_id, status.caller), (None, None))
        self.assertEqual(self.shop.alarms(), ["line dead: unplugged"])
        self.far_end.plug_in()
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.answered_call().ended, None)

    def alarms(self) -> list[str]:
        """As the admin reads them in English."""
        return [alarm_text(data, "en") for _, data in self.shop.happened("alarm")]

    def test_not_on_hook(self) -> None:
        """A line that does not go on hook gives the alarm with the modem's reason, and again when it stays so."""
        stuck = LineFailure("the modem answers {result} to {command}", result="ERROR", command="ATH")
        self.patch(self.shop.lines[0], "hang_up", lambda: fail(stuck))
        self.answered_call().end("menu", Reason(Cause.MENU_OVER))
        self.assertEqual(self.alarms(), ["does not go on hook: the modem answers ERROR to ATH"])
        self.shop.wait(5.1)
        self.assertEqual(self.alarms()[1:], ["not on hook after 5 s"])

    def test_never_on_hook(self) -> None:
        """Half a minute after its call a line that stays off hook is dead, and back when it goes on hook at last."""
        line = self.shop.lines[0]
        for answers in (lambda: fail(LineFailure("no")), Deferred):
            self.patch(line, "hang_up", answers)
            self.answered_call().end("menu", Reason(Cause.MENU_OVER))
            self.shop.wait(29)
            self.assertIs(self.shop.state(), LineState.WAIT_HANGUP)
            self.shop.wait(1.1)
            self.assertIs(self.shop.state(), LineState.DISCONNECTED)
            self.assertEqual(str(self.shop.alarms()[-1]), "line dead: not on hook after 30 s")
            n_alarms = len(self.alarms())
            self.shop.wait(100)
            self.assertEqual(len(self.alarms()), n_alarms)
            del line.hang_up
            self.shop.wait(30)
            self.assertIs(self.shop.state(), LineState.IDLE)
            self.shop.wait(60)

    def test_late_on_hook(self) -> None:
        """One whose modem had to be reset for it is idle as soon as it is on hook."""
        on_hook: Deferred[None] = Deferred()
        self.patch(self.shop.lines[0], "hang_up", lambda: on_hook)
        self.answered_call().end("menu", Reason(Cause.MENU_OVER))
        self.shop.wait(14)
        on_hook.callback(None)
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_sound_trouble(self) -> None:
        """Sound that a modem was sent or read too late is summed up in the call's timeline each minute; no alarm."""
        call = self.answered_call()
        self.shop.in_service[0].sound_trouble("overrun")
        for _ in range(500):
            self.shop.in_service[0].sound_trouble("underrun")
        self.shop.wait(61)
        self.shop.in_service[0].sound_trouble("underrun")
        self.far_end.hang_up()
        told = [event for event in self.shop.book.events if event.kind == "sound_trouble"]
        self.assertEqual([(event.channel, event.call_id) for event in told], [("line 1", call.id)] * 2)
        self.assertEqual([event.data for event in told], [
            {"underruns": 500, "overruns": 1}, {"underruns": 1, "overruns": 0}
        ])  # fmt: skip
        self.assertEqual(self.alarms(), [])

    def test_no_sound_trouble(self) -> None:
        """Of a call whose sound was in time nothing is said."""
        self.answered_call()
        self.shop.wait(61)
        self.far_end.hang_up()
        self.assertEqual([event for event in self.shop.book.events if event.kind == "sound_trouble"], [])

    def test_draining(self) -> None:
        """A line disabled in a call serves it to its end and takes no other."""
        call = self.answered_call()
        self.shop.in_service[0].disable()
        self.shop.wait(1)
        self.assertIsNone(call.ended)
        call.end("menu", Reason(Cause.MENU_OVER))
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.LOADED)
        self.far_end.ring()
        self.assertEqual(len(self.shop.incoming), 1)
        self.shop.in_service[0].enable()
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_disable_now(self) -> None:
        """`disable now` ends the call first."""
        call = self.answered_call()
        self.shop.in_service[0].disable(now=True)
        self.assertEqual(call.ended, Reason(Cause.LINE_DISABLED))
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.LOADED)

    def test_held_too_long(self) -> None:
        """A caller held for 300 s is told to who holds him, and again after another 300 s."""
        call = self.answered_call()
        seat = self.shop.agent()
        seat.station.off_hook()
        connect(call, seat.station)
        hold(call, seat.station)
        self.assertIs(self.shop.state(), LineState.HELD)
        for _ in range(2):
            self.shop.clock.advance(300)
        self.assertEqual(self.shop.happened("hold"), [("hold", {}), *[("hold", {"recall": True})] * 2])

    def test_sub_state_comes_back(self) -> None:
        """After hold the screens say again what the talking line does."""
        call = self.answered_call()
        seat = self.shop.agent()
        seat.station.off_hook()
        connect(call, seat.station)
        hold(call, seat.station)
        self.assertEqual(self.shop.board.statuses["line 1"].sub, "")
        retrieve(call, seat.station)
        self.assertEqual(self.shop.board.statuses["line 1"].sub, "bridged")

    def answering(self) -> tuple[SlowLine, LineInService, Deferred[None]]:
        """A line that has been told to answer and is on its way off hook."""
        line = SlowLine("line 2")
        in_service = LineInService(
            line, clock=self.shop.clock, board=self.shop.board, calls=self.shop.calls, on_call=self.shop.incoming.append
        )
        in_service.load("shop")
        in_service.enable()
        line.startService()
        line.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        return line, in_service, Deferred.fromCoroutine(self.shop.incoming[-1].answer())

    def test_caller_gives_up_while_the_line_goes_off_hook(self) -> None:
        """The line is free only when it is on hook: not yet while the modem still obeys the answer."""
        line, in_service, answering = self.answering()
        in_service.far_end_gone("loop current interrupted")
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.WAIT_HANGUP)
        line.obey()
        self.failureResultOf(answering, CancelledError)
        self.shop.wait(1.1)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.IDLE)
        self.assertFalse(line.off_hook)

    def test_no_ring_while_the_line_goes_off_hook(self) -> None:
        """A call that is being answered rings no more; that is no caller who gave up, however long the modem takes."""
        line, _, answering = self.answering()
        self.shop.wait(7)
        line.obey()
        self.successResultOf(answering)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.TALKING)

    def test_rings_after_a_failed_answer(self) -> None:
        """A modem that did not answer is on hook still: when the caller gives up, the line is free at once."""
        line, _, answering = self.answering()
        line.answering.errback(LineFailure("the modem answers {result} to {command}", result="ERROR", command="ATA"))
        self.failureResultOf(answering, LineFailure)
        self.assertEqual(self.alarms(), ["does not answer: the modem answers ERROR to ATA"])
        self.shop.wait(7)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.IDLE)

    def test_modem_is_slow_to_fail(self) -> None:
        """Also one that takes longer to say no than the pause between two rings: the line does not ring for ever."""
        line, _, answering = self.answering()
        self.shop.wait(10)
        line.answering.errback(LineFailure("no OK"))
        self.failureResultOf(answering, LineFailure)
        self.shop.wait(7)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.IDLE)

    def test_menu_stops_waiting_for_the_modem(self) -> None:
        """The menu of a caller who gives up waits no more; the line is free only when it is on hook all the same."""
        _line, in_service, answering = self.answering()
        self.shop.incoming[-1].when_ended().addCallback(lambda _: answering.cancel())
        in_service.far_end_gone("loop current interrupted")
        self.failureResultOf(answering, CancelledError)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.WAIT_HANGUP)
        self.shop.wait(1.1)
        self.assertIs(self.shop.board.statuses["line 2"].state, LineState.IDLE)

    def test_hung_up_while_it_goes_off_hook(self) -> None:
        """A modem that fails to answer because it was told to hang up is no alarm."""
        line, in_service, answering = self.answering()
        in_service.far_end_gone("loop current interrupted")
        line.answering.errback(LineFailure("hung up meanwhile"))
        self.failureResultOf(answering, CancelledError)
        self.assertEqual(self.shop.happened("alarm"), [])

    def test_record_is_late_for_its_call(self) -> None:
        """A call whose record is on disk when the next one rings does not answer for that one."""
        self.shop.book.locked = True
        self.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        answering = Deferred.fromCoroutine(self.shop.incoming[0].answer())
        self.shop.wait(7)
        self.far_end.ring(Caller("13987654321"))
        self.shop.wait(0.1)
        self.shop.book.unlock()
        self.failureResultOf(answering, CancelledError)
        self.assertFalse(self.shop.lines[0].off_hook)

    def test_merged(self) -> None:
        """The board shows a consulted line in the call that it has been merged into."""
        seat = self.shop.agent()
        first, second = self.answered_call(), self.second_line()
        seat.station.off_hook()
        connect(first, seat.station)
        hold(first, seat.station)
        connect(second, seat.station)
        join(first, second, seat.station)
        self.assertEqual(self.shop.board.statuses["line 2"].call_id, first.id)

    def second_line(self) -> Call:
        """A call on another line, answered at once."""
        line, _, answering = self.answering()
        line.obey()
        self.successResultOf(answering)
        return self.shop.incoming[-1]

    def test_tones_of_a_caller_who_is_gone(self) -> None:
        """Each tone that an exchange plays when the caller has hung up ends the call, and the reason names it."""
        for name in ("busy", "congestion", "unobtainable", "dial", "howler"):
            call = self.answered_call()
            self.shop.in_service[0].leg.listener.tone("ring-back")
            self.assertIsNone(call.ended)
            self.shop.in_service[0].leg.listener.tone(name)
            self.assertEqual(call.ended, Reason(Cause.CALLER_HUNG_UP, f"{name} tone"))
            self.shop.wait(1.1)

    def say(self, sound: FloatArray) -> None:
        """The caller's line brings this sound, block by block; time passes with it."""
        line = self.shop.lines[0]
        for at in range(0, len(sound) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            line.far_end.speak(line.codec.encode(sound[at : at + BLOCK_SAMPLES]).tobytes())
            self.shop.pass_block()

    def talk(self) -> Call:
        """A caller and an agent, connected."""
        call, seat = self.answered_call(), self.shop.agent()
        seat.station.off_hook()
        connect(call, seat.station)
        return call

    def test_a_note_in_a_talk(self) -> None:
        """A hum, a whistle, a held note at the frequency of dial tone does not end a talk, however often it comes."""
        call = self.talk()
        for seconds in (2, 4, 8, 2):
            self.say(tone([450], int(seconds * 8000), -15))
            self.say(comfort_noise(8000, -50, seed=1))
        self.assertIsNone(call.ended)

    def test_speech_over_a_hum(self) -> None:
        """A hum that goes on for ever is no dial tone while somebody speaks over it now and then."""
        call = self.talk()
        for seed in range(5):
            self.say(tone([450], 6 * 8000, -25))
            self.say(speech(np.random.default_rng(seed), 1, 1)[0] + tone([450], 8000, -25))
        self.assertIsNone(call.ended)

    def test_gone_in_a_talk(self) -> None:
        """Dial tone that goes on unbroken and even, or turns into busy tone, ends the talk."""
        call = self.talk()
        self.say(tone([450], 13 * 8000, -15))
        self.assertEqual(call.ended, Reason(Cause.CALLER_HUNG_UP, "dial tone"))
        self.shop.wait(1.1)
        call = self.talk()
        self.say(np.concatenate([tone([450], 5 * 8000, -15), play(plan("cn").tones["busy"], 3, -15)]))
        self.assertEqual(call.ended, Reason(Cause.CALLER_HUNG_UP, "busy tone"))
        self.assertEqual(self.shop.clock.getDelayedCalls(), [])

    def test_board_of_a_line(self) -> None:
        """The board shows whose call a line serves, until it is free again."""
        call = self.answered_call()
        status = self.shop.board.statuses["line 1"]
        self.assertEqual((status.call_id, status.caller, status.sub), (call.id, "13912345678", "flow"))
        self.far_end.hang_up()
        self.assertEqual(self.shop.board.statuses["line 1"].call_id, call.id)
        self.shop.wait(1.1)
        status = self.shop.board.statuses["line 1"]
        self.assertEqual((status.call_id, status.caller, status.sub), (None, None, ""))

    def test_why_a_line_is_dead(self) -> None:
        """The board says why a line cannot be used, in the words of today, in every state; nothing when it can."""
        line = self.shop.in_service[0]

        def why() -> str:
            reason = self.shop.board.statuses["line 1"].reason
            return told(reason, "zh") if reason is not None else ""

        self.assertEqual(why(), "")
        self.far_end.unplug()
        self.assertEqual(why(), "已拔出")
        line.line_lost(LineFailure("no such device {device}", device="/dev/ttyACM3"))
        self.assertEqual(why(), "没有设备 /dev/ttyACM3")
        line.disable()
        self.assertEqual(why(), "没有设备 /dev/ttyACM3")
        self.far_end.plug_in()
        self.assertEqual(why(), "")

    def test_dead_again_and_again(self) -> None:
        """A line that comes and goes gives one alarm a reason, and a fresh one when it has served for a minute."""
        for _ in range(100):
            for reason in ("unplugged", "the modem does not answer"):
                self.far_end.unplug(reason)
                self.shop.wait(1)
                self.far_end.plug_in()
                self.shop.wait(1)
        self.assertEqual(self.alarms(), ["line dead: unplugged", "line dead: the modem does not answer"])
        self.shop.wait(60)
        self.far_end.unplug()
        self.assertEqual(self.alarms()[2:], ["line dead: unplugged"])

    def test_not_looked_for_yet(self) -> None:
        """A line whose modem has not been looked at yet says so, rather than nothing."""
        line = LineInService(
            MemoryLine("line 2"),
            clock=self.shop.clock,
            board=self.shop.board,
            calls=self.shop.calls,
            on_call=self.shop.incoming.append,
        )
        line.load("shop")
        self.assertEqual(self.shop.board.statuses["line 2"].reason, Phrase("not set up yet"))

    def test_dead_while_out_of_service(self) -> None:
        """A disabled line may come and go without a fuss; enabled while it is dead, it is dead and then idle."""
        line = self.shop.in_service[0]
        line.disable()
        with capturedLogs() as logged:
            self.far_end.unplug()
            self.far_end.plug_in()
        self.assertEqual([entry for entry in logged if "refused" in entry["log_format"]], [])
        self.assertIs(self.shop.state(), LineState.LOADED)
        self.far_end.unplug()
        line.enable()
        self.assertIs(self.shop.state(), LineState.DISCONNECTED)
        self.far_end.plug_in()
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_enabled_again_while_dead(self) -> None:
        """A dead line that was to go out of service and is enabled again is in service when it comes back."""
        line = self.shop.in_service[0]
        self.far_end.unplug()
        line.disable()
        line.enable()
        self.far_end.plug_in()
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_key_that_the_modem_reports(self) -> None:
        """A modem tells a key half a second late: what was keyed before a secret is taken out that much earlier."""
        line = MemoryLine("line 2")
        in_service = LineInService(
            line,
            clock=self.shop.clock,
            board=self.shop.board,
            calls=self.shop.calls,
            on_call=self.shop.incoming.append,
            keys_from_sound=False,
        )
        in_service.load("shop")
        in_service.enable()
        line.startService()
        line.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        self.successResultOf(Deferred.fromCoroutine(self.shop.incoming[-1].answer()))
        in_service.leg.listener.key("5", 0.0)  # heard in the sound, which is not this line's source
        in_service.key("7")
        keys = self.shop.incoming[-1].keys
        self.assertEqual(keys.first_at_s(), self.shop.clock.seconds() - 0.5)
        self.assertEqual((keys.take(), len(keys)), ("7", 0))

    def test_drain_twice_and_stay(self) -> None:
        """Disabled twice in a call and enabled again, a line stays in service."""
        call = self.answered_call()
        line = self.shop.in_service[0]
        line.disable()
        line.disable()
        self.assertTrue(self.shop.board.statuses["line 1"].draining)
        line.enable()
        call.end("menu", Reason(Cause.MENU_OVER))
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_old_number(self) -> None:
        """A number that came without its ring is not given to whoever rings later."""
        self.shop.in_service[0].caller_id(Caller("13912345678", "Li Ming"))
        self.shop.wait(7)
        self.far_end.ring()
        self.shop.wait(0.1)
        self.assertEqual([call.caller for call in self.shop.calls], [Caller()])

    def test_number_while_out_of_service(self) -> None:
        """Nor one that came while the line was disabled, or was lost and came back."""
        line = self.shop.in_service[0]
        line.disable()
        line.caller_id(Caller("13912345678"))
        line.enable()
        self.far_end.ring()
        self.assertEqual([call.caller for call in self.shop.calls], [Caller()])
        self.shop.wait(7)
        line.caller_id(Caller("13912345678"))
        self.far_end.unplug()
        self.far_end.plug_in()
        self.far_end.ring()
        self.assertEqual([call.caller for call in self.shop.calls], [Caller()])

    def test_number_and_name_apart(self) -> None:
        """What comes later of a caller, while it rings or before, fills gaps and empties nothing."""
        number, name, both = Caller("2025550142"), Caller(name="SMITH JANE"), Caller("2025550142", "SMITH JANE")
        for before_the_ring in (False, True):
            for first, second in ((number, name), (name, number), (both, Caller(withheld=True)), (both, Caller())):
                if not before_the_ring:
                    self.far_end.ring()
                self.shop.in_service[0].caller_id(first)
                self.shop.wait(0.16)
                self.shop.in_service[0].caller_id(second)
                if before_the_ring:
                    self.far_end.ring()
                self.shop.wait(0.1)
                (call,) = self.shop.calls
                self.assertEqual(call.caller, both)
                record = self.shop.book.calls[call.id]
                self.assertEqual((record["caller_number"], record["caller_name"]), ("2025550142", "SMITH JANE"))
                self.shop.wait(7)

    def test_number_of_another_before_the_ring(self) -> None:
        """When another number is told between the rings, the one before the first ring was somebody else's."""
        self.shop.in_service[0].caller_id(Caller("13912345678", "Li Ming"))
        self.far_end.ring()
        self.shop.in_service[0].caller_id(Caller("13800138000"))
        self.assertEqual([call.caller for call in self.shop.calls], [Caller("13800138000")])

    def test_double_ring(self) -> None:
        """Where a ring has two or three bursts, they are one: the number that comes after them is waited for."""
        for bursts_s in ((0, 0.6), (0, 0.4, 0.8), (0, 0.8, 1.4)):
            at_s = 0.0
            for burst_s in bursts_s:
                self.shop.wait(burst_s - at_s)
                at_s = burst_s
                self.far_end.ring()
            self.shop.wait(2 - at_s)
            self.assertEqual(self.shop.incoming, [])
            self.shop.in_service[0].caller_id(Caller("21234567"))
            self.shop.wait(0.1)
            self.assertEqual([call.caller.number for call in self.shop.incoming], ["21234567"])
            self.shop.wait(7)
            self.shop.incoming.clear()

    def test_double_ring_without_a_number(self) -> None:
        """Half a second after the second double ring nothing is waited for any more; nor when a bell never pauses."""
        for burst in (0.6, 2.4, 0.6):
            self.far_end.ring()
            self.shop.wait(burst)
        self.assertEqual(len(self.shop.incoming), 1)
        self.shop.wait(7)
        for _ in range(4):
            self.far_end.ring()
            self.shop.wait(0.9)
        self.assertEqual(len(self.shop.incoming), 2)

    def test_number_is_used_once(self) -> None:
        """The number before the first ring belongs to that ring, not to the next call."""
        self.answered_call().end("menu", Reason(Cause.MENU_OVER))
        self.shop.wait(1.1)
        self.far_end.ring()
        self.assertEqual([call.caller for call in self.shop.calls], [Caller()])

    def test_line_figures(self) -> None:
        """What the line was like in a call stands in its log: level, noise and blocks that were missing."""
        self.answered_call()
        self.shop.wait(1)
        self.far_end.hang_up()
        ((_, figures),) = self.shop.happened("line_figures")
        self.assertLess(figures["noise_dbm0"], -40)
        self.assertEqual((figures["underruns"], figures["overruns"]), (0, 0))

    def test_nothing_is_left(self) -> None:
        """After a hundred calls no leg, no timer and no watcher is left over."""
        for _ in range(100):
            self.answered_call()
            self.far_end.hang_up()
            self.shop.wait(1.1)
        self.assertEqual(self.shop.bay.legs, [])
        self.assertEqual(self.shop.clock.getDelayedCalls(), [])
        self.assertEqual(len(self.shop.book.calls), 100)
