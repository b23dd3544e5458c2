"""Whatever callers, agents and their programs do, in whatever order: no caller is left with nobody, or with two."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, succeed
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.wait import Speaking
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState, SeatState
from tests.shop import Agent, VirtualShop, people

N_LINES, N_SEATS = 3, 2
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
    "dismissed": lambda seat: seat.dismiss(Reason(Cause.DISMISSED)),
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("calls", "goes")), st.integers(0, N_LINES - 1)),
        st.tuples(st.sampled_from(("sits down", *SEAT_ACTS)), st.integers(1, N_SEATS)),
        st.tuples(st.sampled_from(("answer", "hold", "lost", "dismissed")), st.integers(1, N_SEATS)),  # more of these
        st.tuples(st.just("time"), st.sampled_from((1, 4, 6, 16, 31, 121, 301))),
    ),
    max_size=40,
)


class Centre:
    """Lines, a queue and seats, and the callers who have asked for a person."""

    def __init__(self) -> None:
        self.shop = VirtualShop(n_lines=N_LINES)
        self.queue = people(self.shop, wrap_up_s=5)
        self.queue.queues._speaking = Speaking(
            lambda call, prompts: succeed(None), lambda *_: (), lambda *_: (), lambda *_: ()
        )  # no sound is made here
        self.waits: dict[Call, Deferred[str]] = {}
        for n in range(1, N_SEATS + 1):
            self.do("sits down", n)

    def do(self, act: str, n: int) -> None:
        if act == "time":
            self.pass_time(n)
        elif act == "calls":
            self.calls(n)
        elif act == "goes":
            self.shop.lines[n].far_end.hang_up()
        elif act == "sits down":
            agent = Agent(f"80{n}")
            self.shop.seats.log_in(agent, agent)
        else:
            SEAT_ACTS[act](self.shop.seats[f"80{n}"])

    def calls(self, line: int) -> None:
        if self.shop.state(line) is LineState.IDLE:
            call = self.shop.answered_call(line, f"1391234567{line}")
            self.waits[call] = waiting = Deferred.fromCoroutine(self.queue.enter(call))
            call.when_ended().addCallback(lambda _: waiting.cancel())
            waiting.addErrback(lambda failure: "his call ended")

    def pass_time(self, seconds: float) -> None:
        """In steps, so that what is due comes in its order; no sound."""
        for _ in range(round(seconds * 2)):
            self.shop.clock.advance(0.5)

    @property
    def seats(self) -> list[Seat]:
        return list(self.shop.seats._seats.values())

    def whereabouts(self, call: Call) -> list[str]:
        """Who has this caller."""
        places = ["queue" for entry in self.queue.waiting if entry.call is call]
        for seat in self.seats:
            calls = seat._calls
            held_here = [calls.in_hand, calls.kept, None if places else calls.ringing]  # who waits may ring somewhere
            places += [seat.number for one in held_here if one is not None and one.call is call]
        return places


class NobodyLostTests(SynchronousTestCase):
    @given(STEPS)
    @settings(max_examples=120, deadline=None)
    def test_any_order(self, steps: list[tuple[str, int]]) -> None:
        """Each caller who waits or talks is in the queue or at one seat that is there; in the end all are told."""
        centre = Centre()
        for act, n in steps:
            with capturedLogs(), contextlib.suppress(Refused):
                centre.do(act, n)
            centre.pass_time(0.5)
            self.check(centre, (act, n))
        for seat in centre.seats:
            seat.client_lost()
        centre.pass_time(31)
        self.assertEqual([seat.status.call for seat in centre.seats if seat.status.call is not None], [])
        centre.pass_time(300)
        self.check(centre, "all programs lost")
        for call, waiting in centre.waits.items():
            self.assertTrue(waiting.called, call.id)
        self.assertEqual({seat.status.state for seat in centre.seats} - {SeatState.OFF}, set())
        self.assertEqual(self.flushLoggedErrors(), [])

    def check(self, centre: Centre, step: object) -> None:
        for call, waiting in centre.waits.items():
            if call.ended is None and not waiting.called:
                self.assertEqual(len(centre.whereabouts(call)), 1, (step, call.id))
        for seat in centre.seats:
            status = seat.status
            if status.state is SeatState.OFF or status.reason == "client lost":
                self.assertIsNone(status.call, step)
            if not status.client_here:
                self.assertNotIn(status.state, (SeatState.TALKING, SeatState.RINGING), step)
