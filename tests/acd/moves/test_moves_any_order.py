"""Whatever agents do to callers, in whatever order: each is in one place, nobody hears silence, nobody a stranger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import succeed
from twisted.logger import capturedLogs

from callserver.acd.moves.moves import Moves
from callserver.acd.moves.parking import ParkingLimits
from callserver.acd.queues.wait import Speaking
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState, SeatState
from tests.acd.moving import MovingCase
from tests.shop import Agent

N_LINES, N_SEATS = 3, 3
SEAT_ACTS: dict[str, Callable[[Seat], None]] = {
    "answer": Seat.answer,
    "reject": Seat.reject,
    "hold": Seat.hold,
    "retrieve": Seat.retrieve,
    "hang up": Seat.hang_up,
    "pause": lambda seat: seat.pause("lunch"),
    "ready": Seat.ready,
    "log out": Seat.log_out,
    "lost": Seat.client_lost,
    "back": lambda seat: seat.client_back() if seat.person is not None else None,
    "dismissed": lambda seat: seat.dismiss(Reason(Cause.DISMISSED)),
}
MOVES: dict[str, Callable[[Moves, Seat, int], object]] = {
    "to seat": lambda moves, seat, n: moves.transfers.transfer(seat, f"seat 80{n}"),
    "to queue": lambda moves, seat, n: moves.transfers.transfer(seat, "queue operator"),
    "to menu": lambda moves, seat, n: moves.transfers.transfer(seat, "menu balance"),
    "park": lambda moves, seat, n: moves.parking.park(seat),
    "fetch": lambda moves, seat, n: moves.parking.fetch(seat, f"7{n}"),
    "pick up": lambda moves, seat, n: moves.picking_up.pick_up(seat, f"80{n}"),
    "pick up any": lambda moves, seat, n: moves.picking_up.pick_up_group(seat, ""),
    "grab": lambda moves, seat, n: moves.picking_up.grab(seat, f"call-{n}"),
    "hide": lambda moves, seat, n: moves.hiding.hide(seat),
    "show": lambda moves, seat, n: moves.hiding.show_again(seat),
    "record": lambda moves, seat, n: moves.recording.start(seat),
    "record no more": lambda moves, seat, n: moves.recording.stop(seat),
    "keys": lambda moves, seat, n: moves.sending_keys.send(seat, "12#"),
}
SEATS = st.integers(1, N_SEATS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("calls", "goes")), st.integers(0, N_LINES - 1), st.just(0)),
        st.tuples(st.sampled_from(tuple(SEAT_ACTS)), SEATS, st.just(0)),
        st.tuples(st.sampled_from(("answer", "ready", "sits down")), SEATS, st.just(0)),  # more of these
        st.tuples(st.just("answer"), SEATS, st.just(0)),
        st.tuples(st.sampled_from(tuple(MOVES)), SEATS, st.integers(1, 5)),
        st.tuples(st.sampled_from(("to seat", "park", "pick up")), SEATS, SEATS),
        st.tuples(st.just("time"), st.sampled_from((1, 6, 21, 61, 121)), st.just(0)),
    ),
    min_size=40,
    max_size=80,
)


class AnyOrderTests(MovingCase):
    n_lines = N_LINES

    def services(self) -> dict[str, object]:
        return {"parking": ParkingLimits(places=("71", "72"), back_s=60)}

    def begin(self) -> None:
        """An empty shop with its people, where no sound is made."""
        super().setUp()
        self.queue.queues._speaking = Speaking(
            lambda call, prompts: succeed(None), lambda *_: (), lambda *_: (), lambda *_: ()
        )
        for n in range(1, N_SEATS + 1):
            self.do("sits down", n, 0)
        for line in (0, 1):
            self.do("calls", line, 0)
        for seat in self.shop.seats:
            with contextlib.suppress(Refused):
                seat.answer()

    def setUp(self) -> None:
        """Each example begins anew."""

    def do(self, act: str, n: int, other: int) -> None:
        if act == "time":
            for _ in range(n * 2):  # in steps, so that what is due comes in its order
                self.shop.clock.advance(0.5)
        elif act == "calls":
            if self.shop.state(n) is LineState.IDLE:
                self.caller(n)
        elif act == "goes":
            self.shop.lines[n].far_end.hang_up()
        elif act == "sits down":
            agent = Agent(f"80{n}")
            self.shop.seats.log_in(agent, agent)
        elif act in SEAT_ACTS:
            SEAT_ACTS[act](self.shop.seats[f"80{n}"])
        else:
            MOVES[act](self.moves, self.shop.seats[f"80{n}"], other)

    def places(self, call: Call) -> list[str]:
        """Who has this caller."""
        found = ["queue" for entry in self.queue.waiting if entry.call is call]
        found += [place for place, parked in self.moves.parking._parked.items() if parked.moved.call is call]
        for seat in self.shop.seats:
            calls = seat._calls
            here = [calls.in_hand, calls.kept, None if found else calls.ringing]  # who waits may ring somewhere
            found += [seat.number for one in here if one is not None and one.call is call]
        return found or (["menu"] if call.stage is Stage.MENU else [])

    @given(STEPS)
    @settings(max_examples=60, deadline=None)
    def test_any_order(self, steps: list[tuple[str, int, int]]) -> None:
        self.begin()
        for act, n, other in steps:
            with capturedLogs() as logged, contextlib.suppress(Refused):
                self.do(act, n, other)
                self.shop.clock.advance(0.5)
            self.assertEqual([one for one in logged if "log_failure" in one], [], (act, n, other))
            self.check((act, n, other))
        for line in self.shop.lines:
            line.far_end.hang_up()
        self.shop.clock.advance(1)
        self.assertEqual(list(self.shop.calls), [])
        self.assertEqual(self.moves.parking._parked, {})
        self.assertEqual(self.moves.hiding._hidden, {})
        states = {seat.status.state for seat in self.shop.seats}
        self.assertLessEqual(states, {SeatState.OFF, SeatState.IDLE_PC, SeatState.PAUSED})

    def check(self, step: object) -> None:
        for call in self.shop.calls:
            self.assertEqual(len(self.places(call)), 1, (step, call.id, call.stage, self.places(call)))
            part, leg = call.parts.get(call.first), call.leg
            if part is not None and leg is not None and part.role is Role.HELD and not call.in_secret:
                self.assertTrue(leg.player.active, (step, call.id))
        for seat in self.shop.seats:
            talk, ringing = seat._calls.in_hand, seat.ringing
            self.assertTrue(ringing is None or ringing.call.ended is None, (step, "it rings for nobody"))
            if seat.status.state is SeatState.TALKING and talk is not None and not talk.call.in_secret:
                line, own = talk.call.leg, seat.station.leg
                assert line is not None
                assert own is not None
                self.assertEqual((self.shop.bay.gain(line, own), self.shop.bay.gain(own, line)), (1, 1), step)
        for source in self.shop.bay.legs:
            for sink in self.shop.bay.legs:
                if self.shop.bay.gain(source, sink):
                    self.assertEqual(source.call_id, sink.call_id, step)
