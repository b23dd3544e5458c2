"""What is left of ringing and wrap-up, and how long a seat is as it is: right at the moment of sending."""

from __future__ import annotations

from callserver.wire.states import SeatState
from tests.agents.channel_case import ChannelCase


class StatusTimesTests(ChannelCase):
    def test_rings(self) -> None:
        """A screen shows what is left, also one that has come while it rang; nothing rings: 0."""
        client, _ = self.program()
        self.assertEqual(client.seat.rings_for_s, 0)
        offer = self.centre.ring("801", ring_s=20.0)
        self.wires.settle()
        self.assertEqual((client.seat.state, client.seat.rings_for_s), (SeatState.RINGING, 20))
        self.clock.advance(2)
        self.assertEqual(self.centre.seats["801"].status.rings_for_s, 18)
        offer.caller.hangs_up()
        self.wires.settle()
        self.assertEqual(client.seat.rings_for_s, 0)

    def test_after_a_reconnection(self) -> None:
        """The stopwatch goes on where it was: the talk, not the connection, is what it counts."""
        client, _ = self.program()
        self.centre.ring("801")
        self.wires.settle()
        self.ask(client.answer())
        self.assertEqual((client.seat.state, client.seat.since_s), (SeatState.TALKING, 0))
        self.pass_blocks(200)
        again, _ = self.program()
        self.wires.settle()
        self.assertIs(again.seat.state, SeatState.TALKING)
        self.assertGreaterEqual(again.seat.since_s, 3.9)

    def test_pauses(self) -> None:
        """A pause for another reason begins anew; the same reason again does not."""
        client, _ = self.program()
        self.ask(client.ask("pause", "lunch"))
        self.clock.advance(2)
        self.ask(client.ask("pause", "training"))
        self.assertEqual((client.seat.reason, client.seat.since_s), ("training", 0))
        self.clock.advance(2)
        self.ask(client.ask("pause", "training"))
        self.assertEqual(client.seat.since_s, 2)

    def test_wrap_up(self) -> None:
        """What is left of it, prolonging included."""
        client, _ = self.program()
        self.centre.ring("801", wrap_up_s=30.0)
        self.wires.settle()
        self.ask(client.answer())
        self.ask(client.hang_up())
        self.assertEqual((client.seat.wrap_up, client.seat.wrap_up_left_s), (True, 30))
        self.clock.advance(2)
        self.ask(client.ask("prolong_wrap_up", 60))
        self.assertEqual((client.seat.wrap_up_s, client.seat.wrap_up_left_s), (88, 88))
        self.ask(client.ask("ready"))
        self.assertEqual(client.seat.wrap_up_left_s, 0)

    def test_looks_that_wait(self) -> None:
        """A program that does not read is told what is left when it reads, not what was left then."""
        self.program()
        seat = self.centre.seats["801"]
        self.centre.ring("801", ring_s=20.0)
        status = seat.status
        self.clock.advance(2)
        self.assertEqual(seat.timed(status).rings_for_s, 18)
        seat.reject()
        self.assertEqual(seat.timed(status).rings_for_s, 20)  # its next look is on its way
