"""Waiting for a person, and talking to him."""

import numpy as np
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seat import Seat
from callserver.calls.call import Call
from callserver.dsp.codecs import MU_LAW
from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.lines.interfaces import Caller
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.rehearsal import Agent, Rehearsal, people


class QueueTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Rehearsal(n_lines=3)
        self.queue = people(self.shop)
        self.agents: dict[str, Agent] = {}

    def caller(self, line: int = 0) -> tuple[Call, Deferred[str]]:
        """Somebody calls, is answered, and asks for a person."""
        self.shop.lines[line].far_end.ring(Caller(f"1391234567{line}"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        self.successResultOf(Deferred.fromCoroutine(call.answer()))
        waiting = Deferred.fromCoroutine(self.queue.enter(call))
        self.shop.wait(0.1)
        return call, waiting

    def seat(self, number: str = "801") -> Seat:
        """An agent logs in."""
        self.agents[number] = Agent(number)
        return self.shop.floor.log_in(self.agents[number], self.agents[number])

    def hears_agent(self, line: int, number: str) -> bool:
        """Whether the caller on a line hears what this agent says now."""
        self.shop.floor.leg(number).receive(b"\x00\x20" * BLOCK_SAMPLES * 6)
        self.shop.lines[line].far_end.heard.clear()
        self.shop.wait(0.3)
        return loudest(self.shop.lines[line].far_end.heard) > 0.2

    def test_rings_and_talks(self) -> None:
        """The free seat rings with the caller's card; when the agent answers, the two hear each other."""
        seat = self.seat()
        call, waiting = self.caller()
        self.assertIs(seat.status.state, SeatState.RINGING)
        assert seat.status.call is not None
        self.assertEqual((seat.status.call.call_id, seat.status.call.caller_number), (call.id, "13912345670"))
        self.assertFalse(self.hears_agent(0, "801"))
        seat.answer()
        self.assertTrue(self.hears_agent(0, "801"))
        self.assertEqual(self.shop.book.calls[call.id]["agent"], "801")
        self.assertNoResult(waiting)
        seat.hang_up()
        self.assertEqual(self.successResultOf(waiting), "answered")
        self.assertEqual(call.ended, "agent hung up")

    def test_nobody_there(self) -> None:
        """Without anybody to answer the caller is told so at once and does not wait."""
        self.seat_without_right()
        call, waiting = self.caller()
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "no_agent")
        self.assertEqual(self.shop.prompts(), ["nobody-logged-in", "please-try-later"])
        self.assertIsNone(call.ended)

    def seat_without_right(self) -> None:
        agent = Agent("809", frozenset(Right) - {Right.ANSWER_QUEUED})
        self.shop.floor.log_in(agent, agent)

    def test_miss(self) -> None:
        """A seat that does not answer in time is passed by for the next one, after a pause of 5 s."""
        first, second = self.seat("801"), self.seat("802")
        self.caller()
        self.assertIs(first.status.state, SeatState.RINGING)
        self.shop.wait(15)
        self.assertIs(first.status.state, SeatState.IDLE_PC)
        self.assertIs(second.status.state, SeatState.IDLE_PC)
        self.shop.wait(5)
        self.assertIs(second.status.state, SeatState.RINGING)
        self.assertEqual(self.shop.happened("miss"), [("miss", {"seat": "801", "reason": "miss"})])

    def test_three_misses(self) -> None:
        """Three misses in a row pause the seat; nobody is offered to it any more."""
        seat = self.seat()
        self.caller()
        self.shop.wait(3 * 20)
        self.assertIs(seat.status.state, SeatState.PAUSED)
        self.assertEqual(seat.status.reason, "missed")

    def test_first_come(self) -> None:
        """Who waits longest is served first, when a seat becomes free."""
        seat = self.seat()
        _first, _ = self.caller(0)
        seat.answer()
        second, _ = self.caller(1)
        third, _ = self.caller(2)
        seat.hang_up()
        self.shop.wait(9.5)
        self.assertEqual(seat.status.reason, "wrap-up")
        self.shop.wait(1)
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.call_id, second.id)
        seat.answer()
        self.assertEqual([entry.call for entry in self.queue.waiting], [third])

    def test_caller_gives_up(self) -> None:
        """A caller who hangs up while a seat rings for him: it stops ringing, without a miss."""
        seat = self.seat()
        _call, waiting = self.caller()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.successResultOf(waiting), "abandoned")
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.assertEqual(self.shop.happened("miss"), [])
        outcomes = [data["outcome"] for _, data in self.shop.happened("leave")]
        self.assertEqual(outcomes, ["abandoned"])

    def test_caller_hangs_up_in_the_talk(self) -> None:
        """The agent's seat goes to wrap-up, the line becomes free."""
        seat = self.seat()
        _call, waiting = self.caller()
        seat.answer()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.successResultOf(waiting), "answered")
        self.assertEqual((seat.status.state, seat.status.reason), (SeatState.PAUSED, "wrap-up"))

    def test_hold(self) -> None:
        """A held caller hears music and not the agent; retrieved, they talk again."""
        seat = self.seat()
        _call, _ = self.caller()
        seat.answer()
        seat.hold()
        self.assertIs(self.shop.state(), LineState.HELD)
        self.assertFalse(self.hears_agent(0, "801"))
        self.assertGreater(loudest(self.shop.lines[0].far_end.heard), 0.01)
        seat.retrieve()
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.assertTrue(self.hears_agent(0, "801"))
        self.assertEqual([kind for kind, _ in self.shop.happened("hold", "retrieve")], ["hold", "retrieve"])

    def test_hang_up_while_held(self) -> None:
        """Hanging up does not drop a held customer: the seat rings for him, and then somebody else's."""
        first, second = self.seat("801"), self.seat("802")
        second.pause("lunch")
        call, waiting = self.caller()
        first.answer()
        first.hold()
        first.hang_up()
        self.shop.wait(0.1)
        self.assertIs(first.status.state, SeatState.RINGING)
        second.ready()
        self.shop.wait(21)
        self.assertIsNone(call.ended)
        self.assertIs(second.status.state, SeatState.RINGING)
        second.answer()
        self.assertTrue(self.hears_agent(0, "802"))
        self.assertFalse(self.hears_agent(0, "801"))
        second.hang_up()
        self.assertEqual(self.successResultOf(waiting), "answered")

    def test_too_long(self) -> None:
        """After the longest wait the caller is told so and the menu goes on."""
        self.seat().pause("lunch")
        _call, waiting = self.caller()
        self.shop.clock.advance(1800)
        self.shop.wait(2)
        self.assertEqual(self.successResultOf(waiting), "timed_out")
        self.assertEqual(self.shop.prompts()[-1], "please-try-later")

    def test_comfort(self) -> None:
        """Who waits hears a word every minute, and music in between."""
        self.seat().pause("lunch")
        self.caller()
        self.shop.wait(125)
        self.assertEqual(self.shop.prompts(), ["please-wait-for-person", *["all-busy-please-wait"] * 2])

    def test_longest_idle_is_told(self) -> None:
        """The event log says who was asked, who was passed over and why."""
        self.seat("801")
        self.seat("802").pause("lunch")
        self.caller()
        (_, offer), *_ = self.shop.happened("offer")
        self.assertEqual(offer["seat"], "801")
        self.assertEqual(offer["passed_over"], {"802": "paused"})
        self.assertEqual(offer["why"], "longest idle")


def loudest(data: bytearray) -> float:
    """The largest sample in what a caller heard."""
    return float(np.abs(MU_LAW.decode(np.frombuffer(bytes(data), np.uint8))).max())
