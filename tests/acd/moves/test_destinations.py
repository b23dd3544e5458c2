"""Where a queue sends whom it does not serve: to a seat, a number, a menu; not served there either, he is spoken to."""

from typing import Any

from callserver.acd.routing.settings import QueueSettings
from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import Target
from tests.acd.moving import MovingCase

RINGING, TALKING = SeatState.RINGING, SeatState.TALKING


class SendTests(MovingCase):
    def queue_options(self) -> dict[str, Any]:
        async def send(call: Call, target: Target) -> None:
            await self.moves.destinations.send(call, target)

        return {"send": send}

    def services(self) -> dict[str, Any]:
        return {"out": self.shop.calls_out}

    def caller_sent(self, to: str) -> Call:
        """Somebody wants a person; nobody is there, and the queue has a place for that."""
        self.queue.queues.set({"operator": QueueSettings("operator", on_nobody=Target.parse(to))})
        call = self.caller()
        self.shop.wait(0.2)
        return call

    def helper(self) -> None:
        """A seat that takes no queued calls, but others."""
        self.without("802", Right.ANSWER_QUEUED)
        self.seat = self.shop.agent("802")

    def test_seat(self) -> None:
        """It rings there; he hears music, then talks, and his menu wakes up no more."""
        self.helper()
        self.caller_sent("seat 802")
        self.assertIs(self.seat.status.state, RINGING)
        self.assertTrue(self.hears_music())
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual(self.broken_off, [])

    def test_seat_does_not_answer(self) -> None:
        """He is asked for a message then, as when there was no such place at all."""
        self.helper()
        self.caller_sent("seat 802")
        self.seat.reject()
        self.shop.wait(2)
        self.assertEqual(self.shop.prompts()[-1], "message-or-call-back")
        self.assertEqual(self.shop.happened("transfer_failed")[0][1]["reason"], "rejected")

    def test_seat_that_is_not_there(self) -> None:
        """Nobody is logged in there: no silence."""
        self.caller_sent("seat 803")
        self.shop.wait(2)
        self.assertEqual(self.shop.prompts()[-1], "message-or-call-back")

    def test_number(self) -> None:
        """A number that the shop has set takes nobody's right; busy there, he is asked for a message."""
        call = self.caller_sent("number 01062345678")
        (line,) = [at for at, one in enumerate(self.shop.lines) if one.seized]
        self.shop.dial_tone(line)
        self.shop.exchange("ringback", 6, line)
        self.shop.answer_there(line)
        self.assertTrue(self.shop.line_hears(0, line))
        self.assertIs(call.stage, Stage.TALK)

    def test_menu(self) -> None:
        """He goes on in that menu; the one he came by is over."""
        call = self.caller_sent("menu balance")
        self.shop.wait(0.5)
        self.shop.press("7")
        self.shop.wait(0.5)
        self.assertEqual((self.keyed, self.broken_off), (["7"], ["shop"]))
        self.shop.lines[0].far_end.hang_up()
        self.assertIsNotNone(call.ended)

    def test_hangs_up_meanwhile(self) -> None:
        """It rings no more."""
        self.helper()
        self.caller_sent("seat 802")
        self.shop.lines[0].far_end.hang_up()
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.assertEqual(self.broken_off, ["shop"])
