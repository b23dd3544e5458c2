"""
Whatever callers, colleagues, people outside and programs do, in whatever order, with several calls at once.

What must hold after each step, for the whole house: a seat has one call in hand and one kept at most; a leg serves one
call; nobody hears a party of another call; every party of an ended call is free; nobody outside is left in silence.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.dialling import Dialling
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call, Party
from callserver.calls.roles import Role
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState
from tests.acd.agent_times import LOGGED_IN, agent_times_s
from tests.acd.dialling_case import DiallingShop, Outside
from tests.shop import Agent, people

N_LINES, NUMBERS, OUTSIDE = 2, ("801", "802", "803"), ("62345678", "63456789", "110")
GROUP, QUEUE = "90", "operator"
SEATS = st.sampled_from(NUMBERS)
ACTS: dict[str, Callable[[Seat], object]] = {
    "answer": Seat.answer,
    "reject": Seat.reject,
    "hold": Seat.hold,
    "retrieve": Seat.retrieve,
    "hang up": Seat.hang_up,
    "join": Seat.join,
    "cancel": Seat.cancel,
    "three-way": Seat.three_way,
    "swap": Seat.swap,
    "pause": lambda seat: seat.pause("lunch"),
    "ready": Seat.ready,
    "log out": Seat.log_out,
    "lost": Seat.client_lost,
    "back": Seat.client_back,
    "dismissed": lambda seat: seat.dismiss(Reason(Cause.DISMISSED)),
}
CONSULT, DIAL = "consult", "dial"
THIRD = ("join", "three-way", "cancel", "hang up", "swap", "swap")
SENSIBLE = {  # what one does in each phase of one's calls; anything else comes by `acts`
    Phase.NONE: (DIAL, "ready"),
    Phase.OFFERED: ("answer", "answer", "answer", "reject"),
    Phase.DIALLING: ("hang up",),
    Phase.RINGBACK: ("hang up",),
    Phase.TALKING: (CONSULT, CONSULT, CONSULT, "hold", "hang up"),
    Phase.HELD: (CONSULT, "retrieve", "hang up"),
    Phase.DIALLING_SECOND: ("hang up",),
    Phase.RINGBACK_SECOND: THIRD,
    Phase.TALKING_SECOND: THIRD,
    Phase.TALKING_FIRST: THIRD,
}
FAR = ("rings", "answers", "answers", "answers", "hangs up", "is not reached")


class House(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        shop = self.shop = DiallingShop(n_lines=N_LINES, n_outside=12)
        shop.groups[GROUP] = list(NUMBERS)
        self.queue = people(shop, wrap_up_s=5, max_wait_s=120.0)
        shop.seats_dial = Dialling(shop.seats, shop.staff, shop.calls, shop.out, shop, self.queue.queues)
        self.queue._say = lambda call, prompts: succeed(None)  # no sound is made here
        shop.find_person = self.waits  # type: ignore[method-assign]  # whom an agent has called and left, too
        self.logs = capturedLogs()
        self.logs.__enter__()
        for number in NUMBERS:
            self.comes(number)
        self.calls(0)
        self.time_passes(1)
        for seat in self.shop.seats:
            self.acts(seat.number, "answer")  # whichever rings

    def teardown(self) -> None:
        """What each agent did sums to the time he was logged in: the event log has no gap and no overlap."""
        if not hasattr(self, "logs"):
            return
        self.logs.__exit__(None, None, None)
        for seat in self.shop.seats:
            times_s = agent_times_s(self.shop.book.events, seat.station.name, self.shop.clock.seconds())
            logged_in_s = times_s.pop(LOGGED_IN, 0.0)
            assert abs(sum(times_s.values()) - logged_in_s) < 1e-6, (seat.number, logged_in_s, times_s)

    # What happens

    @rule(number=SEATS)
    def comes(self, number: str) -> None:
        agent = Agent(number)
        self.does(lambda: self.shop.seats.log_in(agent, agent))

    @rule(number=SEATS, pick=st.integers(0, 59), to=st.sampled_from((*NUMBERS, GROUP, QUEUE, *OUTSIDE)))
    def does_what_is_sensible(self, number: str, pick: int, to: str) -> None:
        choice = SENSIBLE[self.shop.seats[number]._calls.phase]
        act = choice[pick % len(choice)]
        if act == DIAL:
            self.dials(number, to)
        elif act == CONSULT:
            self.consults(number, to)
        else:
            self.acts(number, act)

    @rule(pick=st.integers(0, 59), to=st.sampled_from((*NUMBERS, GROUP, QUEUE, *OUTSIDE)))
    def who_is_busy_goes_on(self, pick: int, to: str) -> None:
        """One of those who have a call, so that calls come far."""
        busy = [seat.number for seat in self.shop.seats if seat._calls.phase is not Phase.NONE]
        if busy:
            self.does_what_is_sensible(busy[pick % len(busy)], pick // len(busy), to)

    @rule(act=st.sampled_from(THIRD))
    def a_consultation_goes_on(self, act: str) -> None:
        for seat in self.shop.seats:
            if seat._calls.phase in (Phase.RINGBACK_SECOND, Phase.TALKING_SECOND, Phase.TALKING_FIRST):
                self.acts(seat.number, act)
                return

    @rule()
    def who_rings_is_answered(self) -> None:
        for seat in self.shop.seats:
            if seat._calls.phase is Phase.OFFERED:
                self.acts(seat.number, "answer")

    @rule(number=SEATS, act=st.sampled_from(sorted(ACTS)))
    def acts(self, number: str, act: str) -> None:
        self.does(lambda: ACTS[act](self.shop.seats[number]))

    def dials(self, number: str, to: str) -> None:
        self.does(lambda: self.shop.seats_dial.dial(self.shop.seats[number], to))

    def consults(self, number: str, to: str) -> None:
        kind = "queue" if to == QUEUE else "number" if to in OUTSIDE else "seat"
        target = f"{kind} {to}"
        self.does(lambda: self.shop.seats_dial.consult(self.shop.seats[number], target))

    @rule(pick=st.integers(0, 5), happens=st.sampled_from(FAR))
    def far_away(self, pick: int, happens: str) -> None:
        there = [person for person in self.shop.out.people.values() if person.leg is not None]
        if there:
            self.does(lambda: self.far(there[pick % len(there)], happens))

    def far(self, person: Outside, happens: str) -> None:
        if happens == "hangs up" and person.is_answered:
            person.hangs_up()
        elif happens == "answers" and not person.is_answered:
            person.answers()
        elif happens == "rings" and not person.is_answered:
            person.rings()
        elif not person.is_answered:
            person.does_not_answer(DialResult.BUSY)

    @rule(line=st.integers(0, N_LINES - 1))
    def calls(self, line: int) -> None:
        if self.shop.state(line) is LineState.IDLE:
            self.waits(self.shop.answered_call(line, f"1391234567{line}"))

    def waits(self, call: Call, queue: str = "", on_refused: object = None) -> None:
        """In the queue; whom it does not serve is hung up on."""
        waiting = Deferred.fromCoroutine(self.queue.enter(call))
        call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addCallbacks(lambda _: call.end("menu", Reason(Cause.MENU_OVER)), lambda f: f.trap(CancelledError))

    @rule(line=st.integers(0, N_LINES - 1))
    def hangs_up(self, line: int) -> None:
        self.shop.lines[line].far_end.hang_up()

    @rule(seconds=st.sampled_from((1, 1, 6, 6, 16, 31, 301)))
    def time_passes(self, seconds: float) -> None:
        self.shop.let_pass(seconds)

    def does(self, act: Callable[[], object]) -> None:
        with contextlib.suppress(Refused):
            act()
        self.shop.let_pass(0.5)
        self.shop.bay.tick()

    # What must hold

    @property
    def seats(self) -> list[Seat]:
        return list(self.shop.seats)

    @property
    def parties(self) -> dict[Party, list[Call]]:
        """Everybody who takes part in a call, and in which."""
        found: dict[Party, list[Call]] = {}
        for call in self.shop.calls:
            for party in call.parts:
                found.setdefault(party, []).append(call)
        return found

    @invariant()
    def one_call_in_hand_and_one_kept(self) -> None:
        for seat in self.shop.seats if hasattr(self, "shop") else ():
            core = seat._calls
            assert core.ringing is None or core.in_hand is None
            assert core.kept is None or core.in_hand is not None
            assert (core.phase is Phase.NONE) == (core.ringing is core.in_hand is None)
            taken = [offer.call for offer in (core.in_hand, core.kept) if offer is not None]
            taken += [core.ringing.call] if core.ringing and seat.station in core.ringing.call.parts else []
            assert all(call.ended is None for call in taken), (seat.number, core)
            there = self.parties.get(seat.station, [])
            assert sorted(call.id for call in there) == sorted(call.id for call in taken), (seat.number, there, taken)

    @invariant()
    def a_colleague_waits_for_a_call_that_lives(self) -> None:
        for entry in self.queue.waiting if hasattr(self, "queue") else ():
            assert entry.colleague is None or entry.colleague.call.ended is None

    @invariant()
    def a_leg_serves_one_call(self) -> None:
        for party, calls in self.parties.items() if hasattr(self, "shop") else ():
            if party.leg is not None and party.leg.call_id is not None:
                assert party.leg.call_id in [call.id for call in calls], party.name

    @invariant()
    def nobody_hears_another_call(self) -> None:
        for sink in self.parties if hasattr(self, "shop") else ():
            for source in self.parties:
                if sink.leg and source.leg and self.shop.bay.gain(source.leg, sink.leg):
                    together = [call for call in self.shop.calls if sink in call.parts and source in call.parts]
                    assert together, (source.name, sink.name)

    @invariant()
    def who_is_in_no_call_is_free(self) -> None:
        for seat in self.shop.seats if hasattr(self, "shop") else ():
            if seat.station not in self.parties:
                assert seat.station.leg is None, seat.number
        for line in self.shop.in_service if hasattr(self, "shop") else ():
            assert line in self.parties or line.call is None, line.name
        for person in self.shop.out.people.values() if hasattr(self, "shop") else ():
            assert person in self.parties or person.leg is None, person.name

    @invariant()
    def nobody_from_outside_is_left_in_silence(self) -> None:
        for party, calls in self.parties.items() if hasattr(self, "shop") else ():
            from_outside = party in self.shop.in_service or isinstance(party, Outside)
            if not from_outside or calls[0].parts[party].role is Role.CALLED:
                continue
            heard = self.shop.heard_by(party)
            assert heard or self.shop.hears_music(party), (party.name, calls[0].parts)


class ManyCallsTests(SynchronousTestCase):
    def test_any_order(self) -> None:
        """Nothing that anybody does leaves somebody in two calls, in another's talk, or with nobody."""
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            House, settings=settings(max_examples=150, stateful_step_count=40, deadline=None)
        )
        self.assertEqual(self.flushLoggedErrors(), [])
