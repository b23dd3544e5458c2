"""
Section 3 of call-centre.md, row by row: every transition of a seat is exercised, everything else is refused and logged.

Looks are written as "STATE (reason of a pause)", with "+" for a party that is kept held while another is in hand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.seats.test_seat import REACH, RING_S, WRAP_UP_S, Person, World

Act = Callable[[World], object]


def misses(world: World, n: int) -> None:
    for _ in range(n):
        world.seat.offer(world.customer)
        world.clock.advance(RING_S)


def call_for_help(world: World) -> None:
    """As `Dialling` does it."""
    world.seat.make_way(Reason(Cause.EMERGENCY))
    (world.seat.consult if world.seat.has_one_party else world.seat.dial)(world.next, emergency=True)


# How each situation comes about, and how it looks then.
SITUATIONS: dict[str, tuple[Act, str]] = {
    "off": (REACH["OFF"], "OFF"),
    "idle, phone": (REACH["IDLE_PHONE"], "IDLE_PHONE"),
    "idle": (REACH["IDLE_PC"], "IDLE_PC"),
    "paused": (REACH["PAUSED"], "PAUSED (lunch)"),
    "wrap-up": (REACH["WRAP_UP"], "PAUSED (wrap-up)"),
    "rings": (REACH["RINGING"], "RINGING"),
    "rings, two missed": (lambda w: (REACH["IDLE_PC"](w), misses(w, 2), w.seat.offer(w.customer)), "RINGING"),
    "rings in a pause": (lambda w: (REACH["PAUSED"](w), w.seat.offer(w.colleague)), "RINGING"),
    "dials": (REACH["DIALING"], "DIALING"),
    "dials in a pause": (lambda w: (REACH["PAUSED"](w), w.seat.dial(w.third)), "DIALING"),
    "emergency": (lambda w: w.seat.dial(w.third, emergency=True), "DIALING"),
    "ring-back": (REACH["RINGBACK"], "RINGBACK"),
    "emergency rings": (lambda w: (w.seat.dial(w.third, emergency=True), w.seat.rings_there()), "RINGBACK"),
    "talks": (REACH["TALKING"], "TALKING"),
    "talks out": (lambda w: (REACH["RINGBACK"](w), w.seat.answered_there()), "TALKING"),
    "holds": (REACH["HELD"], "HELD"),
    "dials, one kept": (REACH["DIALING, one kept"], "DIALING +"),
    "ring-back, one kept": (REACH["RINGBACK, one kept"], "RINGBACK +"),
    "talks, one kept": (REACH["TALKING, one kept"], "TALKING +"),
    "talks with the first, one kept": (lambda w: (REACH["TALKING, one kept"](w), w.seat.swap()), "TALKING +"),
    "recalled": (lambda w: (REACH["HELD"](w), w.seat.hang_up()), "RINGING"),
}

# What an agent, or somebody for him, may ask for: it is done, or refused and logged.
ACTS: dict[str, Act] = {
    "logs in by phone": REACH["IDLE_PHONE"],
    "logs in by PC": lambda w: w.seat.log_in(Person()),
    "logs out": lambda w: w.seat.log_out(),
    "forced log-out": lambda w: w.seat.log_out(Reason(Cause.FORCED_OUT, "900")),
    "pauses": lambda w: w.seat.pause("break"),
    "ready": lambda w: w.seat.ready(),
    "prolongs": lambda w: w.seat.prolong_wrap_up(5),
    "ACD offer": lambda w: w.seat.offer(w.next),
    "internal call": lambda w: w.seat.offer(w.colleague),
    "dials": lambda w: (w.seat.check_dial(), w.seat.dial(w.next)),
    "dials an emergency number": lambda w: call_for_help(w),
    "consults": lambda w: (w.seat.check_consult(), w.seat.consult(w.next)),
    "picks up": lambda w: w.seat.take(w.next, Right.PICK_UP, Reason(Cause.PICKED_UP)),
    "grabs": lambda w: w.seat.take(w.next, Right.GRAB, Reason(Cause.GRABBED)),
    "answers": lambda w: w.seat.answer(),
    "rejects": lambda w: w.seat.reject(),
    "accepted": lambda w: w.seat.rings_there(),
    "answered there": lambda w: w.seat.answered_there(),
    "hangs up": lambda w: w.seat.hang_up(),
    "hold": lambda w: w.seat.hold(),
    "retrieve": lambda w: w.seat.retrieve(),
    "joins": lambda w: w.seat.join(),
    "cancels": lambda w: w.seat.cancel(),
    "three-way": lambda w: w.seat.three_way(),
    "swaps": lambda w: w.seat.swap(),
}

# What happens to it: where it means nothing it changes nothing.
HAPPENINGS: dict[str, Act] = {
    "ring time over": lambda w: w.clock.advance(RING_S),
    "deadline": lambda w: w.clock.advance(WRAP_UP_S),
    "customer goes": lambda w: w.ends(w.customer),
    "third goes": lambda w: w.ends(w.third),
    "colleague goes": lambda w: w.ends(w.colleague),
    "taken elsewhere": lambda w: w.seat.withdraw(w.customer, Reason(Cause.TAKEN_ELSEWHERE)),
    "blind transfer": lambda w: w.customer.call.leave(w.seat.station, Reason(Cause.TRANSFERRED)),
    "broken off": lambda w: w.customer.call.end("agent 900", Reason(Cause.BROKEN_OFF)),
    "program lost": lambda w: w.seat.client_lost(),
    "program back": lambda w: w.seat.client_back(),
    "dismissed": lambda w: w.seat.dismiss(Reason(Cause.DISMISSED)),
}
EVENTS = ACTS | HAPPENINGS

RESTING = ("idle, phone", "idle", "paused", "wrap-up")  # wrap-up is shown as PAUSED, and counts as it
FREE = ("idle, phone", "idle")
IN_CALLS = tuple(one for one in SITUATIONS if one not in (*RESTING, "off", "emergency", "emergency rings"))
SWAPPED = "talks with the first, one kept"
KEPT = ("dials, one kept", "ring-back, one kept", "talks, one kept")
WITH_A_PARTY = (*KEPT, SWAPPED, "talks", "talks out", "holds")
AS_IT_IS = "as it is"

# The document's table, in its order. From each of these, by each of these, it comes to look like this.
ROWS: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("off",), ("logs in by phone",), "IDLE_PHONE"),
    (("off",), ("logs in by PC",), "IDLE_PC"),
    (RESTING, ("logs out", "forced log-out"), "OFF"),
    ((*FREE, "paused"), ("pauses",), "PAUSED (break)"),
    (("paused",), ("ready",), "IDLE_PC"),
    (FREE, ("ACD offer",), "RINGING"),
    (RESTING, ("internal call",), "RINGING"),
    (RESTING, ("dials",), "DIALING"),
    (RESTING, ("picks up", "grabs"), "TALKING"),
    (("rings", "rings, two missed", "rings in a pause", "recalled"), ("answers",), "TALKING"),
    (("rings",), ("rejects", "ring time over", "deadline", "customer goes", "taken elsewhere"), "IDLE_PC"),
    (("rings, two missed",), ("rejects", "customer goes", "taken elsewhere"), "IDLE_PC"),
    (("rings in a pause",), ("rejects", "ring time over", "deadline", "colleague goes"), "PAUSED (lunch)"),
    (("rings, two missed",), ("ring time over", "deadline"), "PAUSED (missed)"),
    (("dials", "dials in a pause", "emergency"), ("accepted",), "RINGBACK"),
    (("dials", "ring-back"), ("third goes", "hangs up"), "IDLE_PC"),
    (("dials in a pause",), ("third goes", "hangs up"), "PAUSED (lunch)"),
    (("emergency", "emergency rings"), ("third goes", "hangs up"), "OFF"),
    (("ring-back", "emergency rings"), ("answered there",), "TALKING"),
    (("talks", "talks out"), ("hold",), "HELD"),
    (("talks",), ("hangs up", "customer goes", "blind transfer", "broken off"), "PAUSED (wrap-up)"),
    (("talks out",), ("hangs up", "third goes"), "IDLE_PC"),
    (("holds",), ("retrieve",), "TALKING"),
    (("holds",), ("consults",), "DIALING +"),
    (("holds",), ("customer goes", "blind transfer", "broken off"), "PAUSED (wrap-up)"),
    (("dials, one kept",), ("accepted",), "RINGBACK +"),
    (("ring-back, one kept",), ("answered there",), "TALKING +"),
    (("dials, one kept", "ring-back, one kept"), ("hangs up", "third goes"), "HELD"),
    (("ring-back, one kept", "talks, one kept"), ("joins",), "PAUSED (wrap-up)"),
    (("ring-back, one kept", "talks, one kept"), ("cancels",), "TALKING"),
    (("talks, one kept",), ("third goes", "hangs up"), "HELD"),
    (("wrap-up",), ("deadline", "ready"), "IDLE_PC"),
    (("wrap-up",), ("prolongs",), "PAUSED (wrap-up)"),
    # an emergency can be called always: what stands in its way is left, who is talked with or held stays held
    (tuple(one for one in SITUATIONS if one not in WITH_A_PARTY), ("dials an emergency number",), "DIALING"),
    (WITH_A_PARTY, ("dials an emergency number",), "DIALING +"),
    # its rules: 1, a party that goes while another is consulted only takes its mark along
    (("dials, one kept",), ("customer goes", "blind transfer", "broken off"), "DIALING"),
    (("ring-back, one kept",), ("customer goes", "blind transfer", "broken off"), "RINGBACK"),
    (("talks, one kept",), ("customer goes", "blind transfer", "broken off"), "TALKING"),
    # 1, a pause asked for in a call, or taken back, is a wish; so it is in wrap-up
    (IN_CALLS, ("pauses", "ready"), AS_IT_IS),
    (("wrap-up",), ("pauses",), AS_IT_IS),
    # 4, the program: the talk waits with music, what makes no sense without the agent is left, what rings does not
    (("rings", "rings, two missed"), ("program lost",), "IDLE_PC"),
    (("rings in a pause",), ("program lost",), "PAUSED (lunch)"),
    (("dials", "ring-back"), ("program lost",), "IDLE_PC"),
    (("dials in a pause",), ("program lost",), "PAUSED (lunch)"),
    (("talks", "talks out"), ("program lost",), "HELD"),
    (KEPT, ("program lost",), "HELD"),
    (("recalled",), ("program lost",), "PAUSED (wrap-up)"),
    # 5, hanging up on a held party rings the seat for it, once
    (("holds",), ("hangs up",), "RINGING"),
    (
        ("recalled",),
        ("rejects", "deadline", "customer goes", "broken off", "blind transfer"),
        "PAUSED (wrap-up)",
    ),
    # a consultation of three; a talk from which one consults at once
    (("talks, one kept",), ("three-way",), "TALKING"),
    (("talks", "talks out"), ("consults",), "DIALING +"),
    # the two change places, and what follows means the same: what ends a consultation ends the third, not the first
    (("talks, one kept", SWAPPED), ("swaps",), "TALKING +"),
    ((SWAPPED,), ("joins",), "PAUSED (wrap-up)"),
    ((SWAPPED,), ("cancels", "three-way", "third goes"), "TALKING"),
    ((SWAPPED,), ("hangs up", "customer goes", "blind transfer", "broken off", "program lost"), "HELD"),
    # who may not work here any more is out at once
    ((*RESTING, *IN_CALLS), ("dismissed",), "OFF"),
    (("rings", "rings, two missed"), ("broken off",), "IDLE_PC"),
)
TABLE = {(situation, event): to for situations, events, to in ROWS for situation in situations for event in events}


def look(world: World) -> str:
    status = world.seat.status
    reason = f" ({status.reason})" if status.reason else ""
    return f"{status.state.name}{reason}{' +' if status.kept else ''}"


def parts(world: World) -> list[object]:
    """Who takes part in what, and how."""
    calls: list[Call] = [one.call for one in (world.customer, world.third, world.colleague, world.next)]
    return [(call.ended, dict(call.parts)) for call in calls]


class SectionThreeTests(SynchronousTestCase):
    def reach(self, situation: str) -> World:
        world = World()
        come_about, looks = SITUATIONS[situation]
        come_about(world)
        self.assertEqual(look(world), looks, situation)
        return world

    def test_every_transition(self) -> None:
        """Each row of the table, from each of its states, by each of its events."""
        for (situation, event), to in TABLE.items():
            world = self.reach(situation)
            before = look(world)
            with capturedLogs():
                EVENTS[event](world)
            wanted = before if to == AS_IT_IS else to
            if situation == "idle, phone" and wanted == "IDLE_PC":
                wanted = "IDLE_PHONE"
            self.assertEqual(look(world), wanted, (situation, event))
            if wanted != "RINGING":  # again, perhaps, for a party that he still holds
                in_call = wanted.split()[0] in IN_CALL_STATES
                self.assertEqual(world.seat.station.leg is not None, in_call, (situation, event))

    def test_everything_else(self) -> None:
        """What is asked for and not in the table is refused, logged, and changes nothing at all."""
        refused = 0
        for situation in SITUATIONS:
            for event, act in ACTS.items():
                if (situation, event) in TABLE:
                    continue
                world = self.reach(situation)
                before, parts_before, shown = look(world), parts(world), len(world.shown)
                with capturedLogs() as logged:
                    self.assertRaises(Refused, act, world)
                self.assertEqual((look(world), parts(world)), (before, parts_before), (situation, event))
                self.assertEqual(len(world.shown), shown, (situation, event))
                lines = [one for one in logged if "refused" in str(one["log_format"])]
                self.assertEqual(len(lines), 1, (situation, event))
                refused += 1
        self.assertEqual(refused, len(SITUATIONS) * len(ACTS) - sum(1 for _, event in TABLE if event in ACTS))

    def test_what_means_nothing(self) -> None:
        """What happens elsewhere, or too late, changes nothing."""
        for situation in SITUATIONS:
            for event, happen in HAPPENINGS.items():
                if (situation, event) not in TABLE:
                    world = self.reach(situation)
                    before = look(world)
                    happen(world)
                    self.assertEqual(look(world), before, (situation, event))

    @given(
        st.lists(st.sampled_from(sorted(EVENTS)), max_size=40), st.lists(st.integers(1, 40), min_size=40, max_size=40)
    )
    @settings(max_examples=150, deadline=None)
    def test_shown_without_a_gap(self, happenings: list[str], waits: list[int]) -> None:
        """Whatever happens, each change is shown: the seat looks as it was shown last, so no time is lost."""
        world = World()
        world.seat.log_in(Person())
        for happening, wait_s in zip(happenings, waits, strict=False):
            with capturedLogs(), contextlib.suppress(Refused):
                EVENTS[happening](world)
            world.clock.advance(wait_s)
            shown = world.shown[-1]
            self.assertEqual((shown.state, shown.reason), world.looks)
            self.assertEqual(shown.pause_wanted, world.seat.status.pause_wanted)
            if shown.state is not SeatState.RINGING:
                in_call = shown.state.name in IN_CALL_STATES
                self.assertEqual(world.seat.station.leg is not None, in_call)
        self.flushLoggedErrors()


IN_CALL_STATES = ("DIALING", "RINGBACK", "TALKING", "HELD")
