"""Parked callers: music, a place with a number, fetched by whoever knows it, back to who parked them in time."""

from typing import Any

from callserver.acd.moves.parking import ParkingLimits
from callserver.acd.supervision.sight import SERVES
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import reason_text
from tests.acd.moving import MovingCase

RINGING, TALKING, IDLE = SeatState.RINGING, SeatState.TALKING, SeatState.IDLE_PC


class ParkingTests(MovingCase):
    def services(self) -> dict[str, Any]:
        return {"parking": ParkingLimits(places=("71", "72"))}

    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()
        self.other = self.paused("802")
        self.parking = self.moves.parking

    def test_parked_and_fetched(self) -> None:
        """He hears music at his place; who fetches him talks with him, and the place is free again."""
        place = self.parking.park(self.seat)
        self.assertEqual(place, "71")
        self.assertEqual(self.shown(self.seat), (IDLE, "parked: 71"))
        self.assertTrue(self.hears_music())
        self.assertIs(self.shop.state(), LineState.HELD)
        self.parking.fetch(self.other, place)
        self.assertEqual(self.shown(self.other), (TALKING, "fetched: 71"))
        self.assertTrue(self.is_with(self.other))
        self.assertEqual(self.refusal(self.parking.fetch, self.seat, place), "no-call")
        self.shop.wait(130)
        self.assertTrue(self.is_with(self.other))
        self.assertEqual(
            self.shop.happened("park", "fetch"),
            [("park", {"by": "seat 801", "place": "71"}), ("fetch", {"by": "seat 802", "place": "71"})],
        )

    def test_list(self) -> None:
        """Who is parked, since when and by whom; his number is for who serves callers, and for who has parked him."""
        self.assertEqual(self.parking.list_parked(self.other), [])
        self.parking.park(self.seat)
        self.shop.wait(30)
        parked = {"place": "71", "caller": "13912345670", "since_s": 30.0, "by": "801"}
        self.assertEqual(self.parking.list_parked(self.other), [parked])
        for number in ("801", "802"):
            self.without(number, *SERVES)
        self.assertEqual(self.parking.list_parked(self.seat), [parked])
        self.assertEqual(self.parking.list_parked(self.other), [parked | {"caller": None}])
        self.parking.fetch(self.other, "71")
        self.assertEqual(self.parking.list_parked(self.other), [])

    def test_fetched_by_who_parked(self) -> None:
        """He may fetch him himself."""
        self.parking.park(self.seat)
        self.parking.fetch(self.seat, "71")
        self.assertTrue(self.is_with(self.seat))

    def test_held_and_parked(self) -> None:
        """A caller who is held can be parked."""
        self.seat.hold()
        self.parking.park(self.seat)
        self.assertTrue(self.hears_music())
        self.assertIs(self.seat.status.state, IDLE)

    def test_too_long(self) -> None:
        """After two minutes he rings at who parked him, who sees where from; then, not taken, in the queue."""
        self.parking.park(self.seat)
        self.shop.wait(120.1)
        self.assertEqual(self.shown(self.seat), (RINGING, "parked_too_long: 71"))
        self.assertTrue(self.hears_music())
        self.assertEqual(self.refusal(self.parking.fetch, self.other, "71"), "no-call")
        self.seat.reject()
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.assertEqual(reason_text("parked_too_long: 71", "en"), "parked for too long at place 71, comes back")

    def test_who_parked_has_gone(self) -> None:
        """Nobody is at that seat any more: he waits in the queue."""
        self.parking.park(self.seat)
        self.seat.log_out()
        self.other.ready()
        self.shop.wait(121)
        self.assertIs(self.other.status.state, RINGING)
        self.other.answer()
        self.assertTrue(self.is_with(self.other))

    def test_hangs_up(self) -> None:
        """A parked caller who goes frees his place at once, and nothing rings later."""
        self.parking.park(self.seat)
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.CALLER_HUNG_UP, "loop current interrupted"))
        self.assertEqual(self.refusal(self.parking.fetch, self.other, "71"), "no-call")
        self.shop.wait(130)
        self.assertIs(self.seat.status.state, IDLE)

    def test_several(self) -> None:
        """Each has a place of his own; a place that is free again is given again; all taken is refused."""
        self.parking.park(self.seat)
        self.call_and_answer(1)
        self.assertEqual(self.parking.park(self.seat), "72")
        self.parking.fetch(self.seat, "71")
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual(self.parking.park(self.seat), "71")
        self.call_and_answer(2)
        self.assertEqual(self.refusal(self.parking.park, self.seat), "limit: 2")
        self.assertTrue(self.is_with(self.seat, line=2))

    def test_parked_again_and_gone(self) -> None:
        """The end of a call that was parked before does not take another's place from him."""
        self.parking.park(self.seat)
        self.parking.fetch(self.other, "71")
        self.call_and_answer(1)
        self.assertEqual(self.parking.park(self.seat), "71")
        self.other.hang_up()
        self.parking.fetch(self.seat, "71")
        self.assertTrue(self.is_with(self.seat, line=1))

    def test_refused(self) -> None:
        """Nobody to park; no such place; who talks fetches nobody, and the parked one stays."""
        self.assertEqual(self.refusal(self.parking.park, self.other), "not-now: paused")
        self.assertEqual(self.refusal(self.parking.fetch, self.other, "99"), "no-call")
        self.parking.park(self.seat)
        self.call_and_answer(1)
        self.assertEqual(self.refusal(self.parking.fetch, self.seat, "71"), "not-now: talking")
        self.parking.fetch(self.other, "71")
        self.assertTrue(self.is_with(self.other))

    def call_and_answer(self, line: int) -> None:
        """Another caller, with the first agent."""
        self.caller(line)
        self.shop.wait(0.2)
        self.seat.answer()
