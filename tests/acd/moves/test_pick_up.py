"""Calls taken by who was not meant: from another seat where they ring, from the queue where they wait."""

from typing import Any

from callserver.wire.causes import Cause, Reason
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.moving import MovingCase

RINGING, TALKING, IDLE, PAUSED = SeatState.RINGING, SeatState.TALKING, SeatState.IDLE_PC, SeatState.PAUSED
GROUPS = {"sales": ("801", "803")}


class PickUpTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat = self.shop.agent("801")
        self.other = self.paused("802")
        self.call = self.caller()

    def services(self) -> dict[str, Any]:
        return {"members": GROUPS.__getitem__}

    def pick_up(self, number: str = "801") -> None:
        self.moves.picking_up.pick_up(self.other, number)

    def test_picked_up(self) -> None:
        """Who picks up talks with the caller; the other telephone stops, and has missed nothing."""
        self.pick_up()
        self.assertEqual(self.shown(self.seat), (IDLE, "taken_elsewhere"))
        self.assertEqual(self.shown(self.other), (TALKING, "picked_up: seat 801"))
        self.assertTrue(self.is_with(self.other))
        self.assertEqual(self.shop.happened("miss"), [])
        self.assertEqual(self.shop.happened("leave")[0][1]["outcome"], "answered")
        self.assertEqual(self.shop.happened("connect")[0][1]["seat"], "802")
        self.assertEqual(self.shop.book.calls[self.call.id]["agent"], "802")
        self.other.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))

    def test_agent_lost_after_it(self) -> None:
        """Who picked up does not come back to the caller: he waits for somebody else, and rings."""
        self.pick_up()
        self.shop.seats.dismiss("802")
        self.shop.wait(0.5)
        self.assertIs(self.seat.status.state, RINGING)

    def test_refused(self) -> None:
        """Without the right, with nothing ringing, from a seat there is not, his own: the other rings on."""
        self.assertEqual(self.refusal(self.pick_up, "899"), "nowhere: seat 899")
        self.assertEqual(self.refusal(self.pick_up, "802"), "oneself")
        self.without("802", Right.PICK_UP)
        self.assertEqual(self.refusal(self.pick_up), "no-right: 4")
        self.assertIs(self.seat.status.state, RINGING)
        self.seat.reject()
        self.assertEqual(self.refusal(self.pick_up), "no-call")

    def test_in_a_call_himself(self) -> None:
        """Who talks already picks up nothing; the other rings on."""
        self.seat.answer()
        self.other.ready()
        self.caller(line=1)
        self.assertEqual(self.refusal(self.moves.picking_up.pick_up, self.seat, "802"), "not-now: talking")
        self.assertIs(self.other.status.state, RINGING)

    def test_two_at_once(self) -> None:
        """The second finds nothing ringing."""
        third = self.paused("803")
        self.pick_up()
        self.assertEqual(self.refusal(self.moves.picking_up.pick_up, third, "801"), "no-call")
        self.assertTrue(self.is_with(self.other))

    def test_group(self) -> None:
        """Of several that ring in a group it is the one that has rung longest; others are not looked at."""
        self.other.ready()
        first, third = self.paused("804"), self.shop.agent("803")
        self.shop.wait(1)
        second = self.caller(line=1)
        ringing = [seat for seat in (self.other, third) if seat.status.state is RINGING]
        self.assertEqual(len(ringing), 1)
        self.moves.picking_up.pick_up_group(first, "sales")
        self.assertTrue(self.is_with(first))
        self.assertIs(self.seat.status.state, IDLE)
        self.assertIs(ringing[0].status.state, RINGING)
        self.assertIsNone(second.ended)

    def test_group_refused(self) -> None:
        """No such group; nothing rings in it; the whole house has the empty name."""
        pick_up_group = self.moves.picking_up.pick_up_group
        self.assertEqual(self.refusal(pick_up_group, self.other, "nobody"), "bad-argument: group")
        self.seat.reject()
        self.assertEqual(self.refusal(pick_up_group, self.other, "sales"), "no-call")
        self.assertEqual(self.refusal(pick_up_group, self.other, ""), "no-call")
        self.shop.wait(6)
        pick_up_group(self.other, "")
        self.assertTrue(self.is_with(self.other))

    def test_transfer(self) -> None:
        """A transfer that rings can be picked up as well; and what has come back from one."""
        self.seat.answer()
        self.shop.agent("803")
        self.moves.transfers.transfer(self.seat, "seat 803")
        self.pick_up("803")
        self.assertTrue(self.is_with(self.other))
        self.assertIs(self.shop.seats["803"].status.state, IDLE)
        self.moves.transfers.transfer(self.other, "seat 803")
        self.shop.seats["803"].reject()
        self.moves.picking_up.pick_up(self.shop.seats["803"], "802")
        self.assertTrue(self.is_with(self.shop.seats["803"]))
        self.assertIs(self.other.status.state, PAUSED)

    def test_recall(self) -> None:
        """So can one who is held and whose agent does not hear it: that agent is out of his call."""
        self.seat.answer()
        self.seat.hold()
        self.seat.hang_up()
        self.assertIs(self.seat.status.state, RINGING)
        self.pick_up()
        self.assertTrue(self.is_with(self.other))
        self.assertEqual(self.shown(self.seat), (IDLE, "taken_elsewhere"))
        self.other.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))


class HungUpTests(MovingCase):
    def test_waits_no_more(self) -> None:
        """Who hangs up while he waits is in no list any more, and rings nowhere; he came by a menu, as callers do."""
        self.seat = self.paused("801")
        self.caller()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.queue.waiting, [])
        self.assertEqual([data["outcome"] for _, data in self.shop.happened("leave")], ["abandoned"])
        self.seat.ready()
        self.shop.wait(0.5)
        self.assertIs(self.seat.status.state, IDLE)


class GrabTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat = self.paused("801")
        self.calls = [self.caller(line) for line in range(3)]

    def grab(self, line: int) -> None:
        self.moves.picking_up.grab(self.seat, self.calls[line].id)

    def test_out_of_turn(self) -> None:
        """The chosen caller is answered; the others keep their order."""
        self.grab(1)
        self.assertEqual(self.shown(self.seat), (TALKING, "grabbed"))
        self.assertTrue(self.is_with(self.seat, line=1))
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.calls[0], self.calls[2]])
        self.assertEqual([data["outcome"] for _, data in self.shop.happened("leave")], ["grabbed"])
        self.assertEqual(self.shop.happened("connect")[0][1]["seat"], "801")

    def test_one_who_rings(self) -> None:
        """He rings at a seat: it is taken elsewhere there, no miss, and that seat rings for the next."""
        other = self.shop.agent("802")
        self.shop.wait(0.1)
        self.assertIs(other.status.state, RINGING)
        self.grab(0)
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual(self.shop.happened("miss"), [])
        self.assertIs(other.status.state, RINGING)
        assert other.status.call is not None
        self.assertEqual(other.status.call.call_id, self.calls[1].id)

    def test_refused(self) -> None:
        """Without right 5, one who waits no more, in a call: refused, and the queue is untouched."""
        self.without("801", Right.GRAB)
        self.assertEqual(self.refusal(self.grab, 0), "no-right: 5")
        self.shop.staff.held.clear()
        self.shop.lines[2].far_end.hang_up()
        self.assertEqual(self.refusal(self.grab, 2), "no-call")
        self.grab(1)
        self.assertEqual(self.refusal(self.grab, 0), "not-now: talking")
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.calls[0]])

    def test_audit(self) -> None:
        """Who grabbed whom is written down, and who was not let."""
        self.grab(1)
        self.assertEqual(self.refusal(self.grab, 1), "no-call")
        self.assertEqual(
            [(data["act"], data["result"]) for _, data in self.shop.happened("audit")],
            [("grab", "done"), ("grab", "no-call")],
        )
        person = [event.person for event in self.shop.book.events if event.kind == "audit"]
        self.assertEqual(person, ["801", "801"])
