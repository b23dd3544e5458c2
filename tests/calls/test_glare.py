"""Glare: somebody calls in on a line that is about to dial."""

from callserver.calls.line_choice import Direction, Trunk
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Cause
from callserver.wire.states import LineState
from tests.calls.test_calls_out import LOCAL, NUMBER, CallsOutCase
from tests.dsp.progress.test_answer import voice
from tests.shop import Told


class GlareTests(CallsOutCase):
    def test_a_line_that_rang(self) -> None:
        """A line on which somebody rang, or was announced, within the last six seconds is not seized."""
        first, second = self.shop.in_service
        self.shop.lines[0].far_end.ring()
        self.assertFalse(first.is_free)
        second.caller_id(Caller("13912345678"))
        self.assertFalse(second.is_free)
        self.shop.wait(6.5)
        self.assertTrue(first.is_free)
        self.assertTrue(second.is_free)

    def test_rings_before_it_is_off_hook(self) -> None:
        """The record is not on disk yet when it rings: the dialler is told, and the caller's next ring is his call."""
        self.shop.book.locked = True
        self.dial()
        self.shop.lines[0].far_end.ring()
        self.assertEqual(self.told.of, ["glare"])
        self.shop.book.unlock()
        self.shop.wait(4)
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        self.assertEqual([call.caller.number for call in self.shop.incoming], ["13912345678"])
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])

    def test_a_voice_in_place_of_dial_tone(self) -> None:
        """Seized in the moment before it rang: not a digit is sent, and he who is there is served as a caller."""
        self.dial()
        self.shop.wait(0.1)
        self.shop.hear(voice(1.5))
        self.assertEqual((self.told.of, self.results), (["glare"], ["glare"]))
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])
        (caller,) = self.shop.incoming
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.assertTrue(self.shop.lines[0].off_hook)
        self.assertEqual(self.shop.book.calls[caller.id]["direction"], "in")
        self.successResultOf(self.shop.answering(caller))
        self.assertIsNotNone(self.shop.book.calls[caller.id]["answered_at"])
        self.assertIs(self.call.ended.cause, Cause.NOT_REACHED)
        self.shop.lines[0].far_end.hang_up()
        self.assertIs(caller.ended.cause, Cause.CALLER_HUNG_UP)
        self.shop.wait(1.5)
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_no_dial_tone_is_no_blind_dial(self) -> None:
        """A line that is silent for five seconds is hung up, told to people, and nothing was dialled."""
        self.dial()
        self.shop.wait(5.5)
        self.assertEqual(self.told.of, ["no_dial_tone"])
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])
        self.assertEqual(self.shop.alarms(), ["no dial tone on the line"])
        self.shop.wait(1.5)
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_a_line_for_calls_out_alone(self) -> None:
        """Whoever rings there rings on; the line dials nevertheless when he has stopped."""
        self.shop.in_service[0].answers = False
        self.shop.trunks[0] = Trunk(1, self.shop.in_service[0], Direction.OUT)
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(7)
        self.assertEqual(self.shop.incoming, [])
        told = Told()
        self.assertEqual(self.shop.calls_out.dial(NUMBER, LOCAL, told).first.name, "line 1")
