"""A line in service, from the first ring to the guard time."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.lines.interfaces import Caller
from callserver.wire.states import LineState
from tests.rehearsal import Rehearsal


class ChannelTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Rehearsal()
        self.far_end = self.shop.lines[0].far_end

    def answered_call(self) -> Call:
        """A caller with a number rings and is answered."""
        self.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        self.successResultOf(Deferred.fromCoroutine(call.answer()))
        return call

    def test_number_before_the_menu(self) -> None:
        """A call is handed over when its number is known, between the first and the second ring."""
        self.far_end.ring()
        self.shop.wait(2)
        self.assertEqual(self.shop.incoming, [])
        self.shop.channels[0].caller_id(Caller("13912345678", "Li Ming"))
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
        self.shop.channels[0].caller_id(Caller("1"))
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
        self.assertEqual(self.shop.incoming[0].ended, "missed at line")
        self.assertEqual(self.shop.book.calls[self.shop.incoming[0].id]["end_reason"], "missed at line")

    def test_caller_hangs_up(self) -> None:
        """The line goes on hook, rests for a second and is free; the record says who ended the call."""
        call = self.answered_call()
        told = call.when_ended()
        self.far_end.hang_up()
        self.assertEqual(self.successResultOf(told), "caller hung up (loop current interrupted)")
        self.assertFalse(self.shop.lines[0].off_hook)
        self.assertIs(self.shop.state(), LineState.WAIT_HANGUP)
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.shop.happened("end"), [("end", {"by": "caller", "reason": call.ended})])

    def test_keys(self) -> None:
        """Keys are heard on the line's sound, in order, each once, also those that nobody waits for yet."""
        call = self.answered_call()
        self.shop.wait(0.2)
        self.shop.press("1590*#")
        self.shop.wait(0.2)
        self.assertEqual("".join(call.keys), "1590*#")

    def test_one_source_of_keys(self) -> None:
        """What the modem reports is not counted beside what we hear ourselves."""
        call = self.answered_call()
        self.shop.channels[0].key("5")
        self.assertEqual(list(call.keys), [])

    def test_line_vanishes(self) -> None:
        """Unplugged in a call: the record says so, the line is dead with an alarm, and comes back by itself."""
        call = self.answered_call()
        self.far_end.unplug()
        self.assertIs(self.shop.state(), LineState.DISCONNECTED)
        self.assertEqual(call.ended, "line lost: unplugged")
        self.assertEqual(self.shop.happened("alarm"), [("alarm", {"text": "line dead: unplugged"})])
        self.far_end.plug_in()
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.answered_call().ended, None)

    def test_draining(self) -> None:
        """A line disabled in a call serves it to its end and takes no other."""
        call = self.answered_call()
        self.shop.channels[0].disable()
        self.shop.wait(1)
        self.assertIsNone(call.ended)
        call.end("menu", "menu over")
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.LOADED)
        self.far_end.ring()
        self.assertEqual(len(self.shop.incoming), 1)
        self.shop.channels[0].enable()
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_disable_now(self) -> None:
        """`disable now` ends the call first."""
        call = self.answered_call()
        self.shop.channels[0].disable(now=True)
        self.assertEqual(call.ended, "line disabled")
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.LOADED)

    def test_held_too_long(self) -> None:
        """A caller held for 300 s goes back to who holds him."""
        call = self.answered_call()
        recalled: list[bool] = []
        call.on_recall = lambda: recalled.append(True)
        call.hold()
        self.assertIs(self.shop.state(), LineState.HELD)
        self.shop.clock.advance(300)
        self.assertEqual(recalled, [True])

    def test_talk_limit(self) -> None:
        """No call lasts for ever: 30 minutes in a menu, 3 hours in a talk."""
        call = self.answered_call()
        self.shop.clock.advance(1799)
        call.phase("bridged")
        self.shop.clock.advance(10799)
        self.assertIsNone(call.ended)
        self.shop.clock.advance(2)
        self.assertEqual(call.ended, "limit of bridged reached")

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
