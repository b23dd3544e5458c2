"""A seat does what call-centre.md section 3 lists, and refuses everything else."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seat import Seat
from callserver.acd.seat_calls import SeatCall, SeatChange
from callserver.acd.seat_core import SeatLimits
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

RING_S, WRAP_UP_S = 15.0, 20.0


@dataclass(frozen=True)
class Person:
    number: str = "801"
    name: str = "Li Mei"
    rights: frozenset[Right] = frozenset(Right)


@dataclass
class FakeCall:
    """A call that writes down what the seat asks of it."""

    name: str
    wrap_up_s: float = 0.0
    acts: list[str] = field(default_factory=list)

    @property
    def card(self) -> Card:
        return Card(self.name)

    def hold(self) -> None:
        self.acts.append("hold")

    def retrieve(self) -> None:
        self.acts.append("retrieve")

    def end(self, reason: str) -> None:
        self.acts.append(f"end: {reason}")

    def join(self, other: SeatCall) -> None:
        self.acts.append(f"join {other.card.call_id}")

    def recall(self) -> "FakeOffer":
        return FakeOffer(self)


@dataclass
class FakeOffer:
    call: FakeCall
    right: Right = Right.ANSWER_QUEUED
    ring_time_s: float = RING_S
    declined: list[str] = field(default_factory=list)

    @property
    def card(self) -> Card:
        return self.call.card

    def accept(self, seat: Seat) -> FakeCall:
        self.call.acts.append("accept")
        return self.call

    def decline(self, seat: Seat, reason: str) -> None:
        self.declined.append(reason)


class World:
    """A seat, its clock, its calls, and what the board was shown."""

    def __init__(self, limits: SeatLimits = SeatLimits()) -> None:  # noqa: B008
        self.clock = Clock()
        self.shown: list[SeatChange] = []
        self.seat = Seat("801", self.clock, self.shown.append, limits)
        self.customer = FakeCall("customer", WRAP_UP_S)
        self.third = FakeCall("third")
        self.offer = FakeOffer(self.customer)
        self.internal = FakeOffer(FakeCall("colleague"), Right.ANSWER_INTERNAL)

    @property
    def looks(self) -> tuple[SeatState, str]:
        status = self.seat.status
        return status.state, status.reason


# How each situation comes about.
REACH: dict[str, Callable[[World], object]] = {
    "OFF": lambda w: None,
    "IDLE_PHONE": lambda w: w.seat.log_in_phone(Person()),
    "IDLE_PC": lambda w: w.seat.log_in_pc(Person()),
    "PAUSED": lambda w: (REACH["IDLE_PC"](w), w.seat.pause("lunch")),
    "RINGING": lambda w: (REACH["IDLE_PC"](w), w.seat.offer(w.offer)),
    "DIALING": lambda w: (REACH["IDLE_PC"](w), w.seat.dial(w.third)),
    "RINGBACK": lambda w: (REACH["DIALING"](w), w.seat.accepted()),
    "TALKING": lambda w: (REACH["RINGING"](w), w.seat.answer()),
    "HELD": lambda w: (REACH["TALKING"](w), w.seat.hold()),
    "DIALING, one kept": lambda w: (REACH["HELD"](w), w.seat.dial(w.third)),
    "RINGBACK, one kept": lambda w: (REACH["DIALING, one kept"](w), w.seat.accepted()),
    "TALKING, one kept": lambda w: (REACH["RINGBACK, one kept"](w), w.seat.answered()),
    "WRAP_UP": lambda w: (REACH["TALKING"](w), w.seat.call_ended("caller hung up")),
}

# Everything that can happen to a seat.
HAPPEN: dict[str, Callable[[World], object]] = {
    "log in by phone": lambda w: w.seat.log_in_phone(Person()),
    "log in by PC": lambda w: w.seat.log_in_pc(Person()),
    "log out": lambda w: w.seat.log_out(),
    "forced out": lambda w: w.seat.force_log_out("900"),
    "pause": lambda w: w.seat.pause("break"),
    "ready": lambda w: w.seat.ready(),
    "offer": lambda w: w.seat.offer(FakeOffer(FakeCall("next", WRAP_UP_S))),
    "internal call": lambda w: w.seat.offer(w.internal),
    "dials": lambda w: w.seat.dial(FakeCall("out")),
    "dials for help": lambda w: w.seat.dial_emergency(FakeCall("120")),
    "picks up": lambda w: w.seat.pick_up(FakeCall("picked", WRAP_UP_S)),
    "grabs": lambda w: w.seat.grab(FakeCall("grabbed", WRAP_UP_S)),
    "answers": lambda w: w.seat.answer(),
    "rejects": lambda w: w.seat.reject(),
    "ring time over": lambda w: w.seat.ring_time_over(),
    "accepted": lambda w: w.seat.accepted(),
    "answered": lambda w: w.seat.answered(),
    "hold": lambda w: w.seat.hold(),
    "retrieve": lambda w: w.seat.retrieve(),
    "hangs up": lambda w: w.seat.hang_up(),
    "call ends": lambda w: w.seat.call_ended("busy"),
    "joins": lambda w: w.seat.join(),
    "cancels": lambda w: w.seat.cancel(),
    "prolongs": lambda w: w.seat.prolong_wrap_up(5),
    "wrap-up over": lambda w: w.seat.wrap_up_over(),
    "program lost": lambda w: w.seat.client_lost(),
    "program stays away": lambda w: w.seat.client_stays_away(),
    "program back": lambda w: w.seat.client_back(),
}

S = SeatState
IDLE, WRAPPING = (S.IDLE_PC, ""), (S.PAUSED, "wrap-up")
LUNCH, BREAK = (S.PAUSED, "lunch"), (S.PAUSED, "break")
LOST = (S.PAUSED, "client lost")
OUT = {"log out": (S.OFF, ""), "forced out": (S.OFF, "")}
STARTS = {
    "internal call": (S.RINGING, ""),
    "dials": (S.DIALING, ""),
    "picks up": (S.TALKING, ""),
    "grabs": (S.TALKING, ""),
}


def stays(state: SeatState, reason: str = "") -> dict[str, tuple[SeatState, str]]:
    """What changes only where the seat falls back to: rules 2 and 4."""
    names = ("pause", "ready", "program lost", "program stays away", "program back")
    return dict.fromkeys(names, (state, reason))


TABLE: dict[str, dict[str, tuple[SeatState, str]]] = {
    "OFF": {
        "log in by phone": (S.IDLE_PHONE, ""),
        "log in by PC": IDLE,
        "dials for help": (S.DIALING, ""),
    },
    "IDLE_PHONE": OUT | STARTS | {"pause": BREAK, "offer": (S.RINGING, "")},
    "IDLE_PC": OUT
    | STARTS
    | {"pause": BREAK, "offer": (S.RINGING, "")}
    | {"program lost": IDLE, "program back": IDLE, "program stays away": LOST},
    "PAUSED": OUT | STARTS | {"ready": IDLE, "program lost": LUNCH, "program back": LUNCH, "program stays away": LOST},
    "RINGING": stays(S.RINGING)
    | {"answers": (S.TALKING, ""), "rejects": IDLE, "ring time over": IDLE, "program lost": IDLE},
    "DIALING": stays(S.DIALING) | {"accepted": (S.RINGBACK, ""), "call ends": IDLE, "hangs up": IDLE},
    "RINGBACK": stays(S.RINGBACK) | {"answered": (S.TALKING, ""), "call ends": IDLE, "hangs up": IDLE},
    "TALKING": stays(S.TALKING) | {"hold": (S.HELD, ""), "call ends": WRAPPING, "hangs up": WRAPPING},
    "HELD": stays(S.HELD)
    | {"retrieve": (S.TALKING, ""), "dials": (S.DIALING, ""), "call ends": WRAPPING, "hangs up": (S.RINGING, "")},
    "DIALING, one kept": stays(S.DIALING)
    | {"accepted": (S.RINGBACK, ""), "call ends": (S.HELD, ""), "hangs up": (S.HELD, "")},
    "RINGBACK, one kept": stays(S.RINGBACK)
    | {"answered": (S.TALKING, ""), "call ends": (S.HELD, ""), "hangs up": (S.HELD, "")}
    | {"joins": WRAPPING, "cancels": (S.TALKING, "")},
    "TALKING, one kept": stays(S.TALKING)
    | {"call ends": (S.HELD, ""), "hangs up": (S.HELD, ""), "joins": WRAPPING, "cancels": (S.TALKING, "")},
    "WRAP_UP": OUT | STARTS | stays(S.PAUSED, "wrap-up") | {"ready": IDLE, "wrap-up over": IDLE, "prolongs": WRAPPING},
}


class TableTests(SynchronousTestCase):
    def test_listed(self) -> None:
        """Each listed event leads where the table says, and the screens are told once."""
        for situation, row in TABLE.items():
            for event, expected in row.items():
                with self.subTest(situation=situation, event=event):
                    world = World()
                    REACH[situation](world)
                    shown = len(world.shown)
                    HAPPEN[event](world)
                    self.assertEqual(world.looks, expected)
                    self.assertEqual([change.status.state for change in world.shown[shown:]], [expected[0]])

    def test_not_listed(self) -> None:
        """Whatever the table does not list is refused and logged, and changes nothing."""
        for situation, row in TABLE.items():
            for event in HAPPEN.keys() - row.keys():
                with self.subTest(situation=situation, event=event):
                    world = World()
                    REACH[situation](world)
                    before, shown = world.looks, len(world.shown)
                    with capturedLogs() as logged:
                        refused = self.assertRaises(Refused, HAPPEN[event], world)
                    self.assertIs(refused.code, Refusal.NOT_NOW)
                    self.assertIn("refused", logged[0]["log_format"])
                    self.assertEqual(world.looks, before)
                    self.assertEqual(len(world.shown), shown)

    def test_each_change_says_what_was_before(self) -> None:
        """The event log gets from, to and reason of every change without a gap."""
        world = World()
        REACH["WRAP_UP"](world)
        states = [(change.before, change.status.state, change.status.cause) for change in world.shown]
        self.assertEqual(
            states,
            [
                (S.OFF, S.IDLE_PC, "logged in"),
                (S.IDLE_PC, S.RINGING, "offered"),
                (S.RINGING, S.TALKING, "answered"),
                (S.TALKING, S.PAUSED, "caller hung up"),
            ],
        )


class OfferTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()
        self.seat, self.clock = self.world.seat, self.world.clock
        self.seat.log_in_pc(Person())

    def miss(self) -> None:
        self.seat.offer(FakeOffer(FakeCall("caller")))
        self.clock.advance(RING_S)

    def test_answer_joins(self) -> None:
        """The agent answers: the caller is connected, and the card stays on the screen."""
        self.seat.offer(self.world.offer)
        self.seat.answer()
        self.assertEqual(self.world.customer.acts, ["accept"])
        self.assertEqual(self.seat.status.call, self.world.customer.card)
        self.clock.advance(RING_S)
        self.assertEqual(self.world.offer.declined, [])

    def test_miss(self) -> None:
        """Not answered in the ring time, and not before: a miss, and the seat is free."""
        self.seat.offer(self.world.offer)
        self.clock.advance(RING_S - 0.1)
        self.assertEqual(self.world.offer.declined, [])
        self.clock.advance(0.1)
        self.assertEqual(self.world.offer.declined, ["miss"])
        self.assertEqual(self.world.looks, IDLE)

    def test_third_miss_pauses(self) -> None:
        """Three misses in a row pause the seat, with the reason on the screen; ready begins a new count."""
        self.miss()
        self.miss()
        self.assertEqual(self.world.looks, IDLE)
        self.miss()
        self.assertEqual(self.world.looks, (S.PAUSED, "missed"))
        self.seat.ready()
        self.miss()
        self.assertEqual(self.world.looks, IDLE)

    def test_misses_in_a_row(self) -> None:
        """An answer or a rejection shows that somebody is there: the count begins anew."""
        for shows_presence in (self.seat.answer, self.seat.reject):
            self.miss()
            self.miss()
            self.seat.offer(FakeOffer(FakeCall("caller")))
            shows_presence()
            if self.seat.status.state is S.TALKING:
                self.seat.call_ended("caller hung up")
        self.miss()
        self.assertEqual(self.world.looks, IDLE)

    def test_caller_gone(self) -> None:
        """The caller hangs up while it rings, or another seat answers: no miss, nothing to decline."""
        for _ in range(4):
            self.seat.offer(self.world.offer)
            self.seat.withdraw(self.world.offer, "abandoned")
        self.assertEqual(self.world.looks, IDLE)
        self.assertEqual(self.world.offer.declined, [])

    def test_late_withdrawal(self) -> None:
        """A withdrawal of an offer that does not ring any more touches no other."""
        self.seat.offer(self.world.offer)
        self.seat.reject()
        self.seat.offer(FakeOffer(FakeCall("another")))
        self.seat.withdraw(self.world.offer, "abandoned")
        self.assertEqual(self.world.looks, (S.RINGING, ""))

    def test_rights(self) -> None:
        """Without right 3 no queued call rings, without right 2 no internal one, without 4 and 5 none is taken."""
        seat = World().seat
        seat.log_in_pc(Person(rights=frozenset()))
        for event in ("offer", "internal call", "picks up", "grabs"):
            world = World()
            world.seat.log_in_pc(Person(rights=frozenset()))
            refused = self.assertRaises(Refused, HAPPEN[event], world)
            self.assertIs(refused.code, Refusal.NO_RIGHT)
            self.assertEqual(world.looks, IDLE)

    def test_queue_acts_at_once(self) -> None:
        """The queue may offer the next caller while it is being told that the seat is free."""
        world = World()

        def offer_when_free(change: SeatChange) -> None:
            world.shown.append(change)
            if change.status.state is S.IDLE_PC and len(world.shown) < 4:
                seat.offer(world.offer)

        seat = Seat("801", world.clock, offer_when_free)
        seat.log_in_pc(Person())
        seat.reject()
        self.assertEqual([c.status.state for c in world.shown], [S.IDLE_PC, S.RINGING, S.IDLE_PC, S.RINGING])
        self.assertEqual(world.offer.declined, ["reject"])

    def test_connecting_fails(self) -> None:
        """If the caller cannot be joined, the agent is not left in a talk with nobody; the log says why."""

        class Broken(FakeOffer):
            def accept(self, seat: Seat) -> FakeCall:
                raise RuntimeError("no leg")

        self.seat.offer(Broken(self.world.customer))
        self.seat.answer()
        self.assertEqual(self.world.looks, IDLE)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_a_failing_board(self) -> None:
        """One who is told of a change and fails does not keep the others from being told."""
        told: list[SeatState] = []

        def show(change: SeatChange) -> None:
            told.append(change.status.state)
            raise RuntimeError("screen broke")

        seat = Seat("801", self.clock, show)
        seat.log_in_pc(Person())
        seat.pause("lunch")
        self.assertEqual(told, [S.IDLE_PC, S.PAUSED])
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 2)


class TalkTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()
        self.seat, self.clock, self.customer = self.world.seat, self.world.clock, self.world.customer
        REACH["TALKING"](self.world)
        self.customer.acts.clear()

    def test_hold_and_retrieve(self) -> None:
        """The caller hears music, then the agent again."""
        self.seat.hold()
        self.seat.retrieve()
        self.assertEqual(self.customer.acts, ["hold", "retrieve"])

    def test_hang_up(self) -> None:
        """The agent hangs up: the call ends, and the wrap-up runs its time."""
        self.seat.hang_up()
        self.assertEqual(self.customer.acts, ["end: agent hung up"])
        self.assertEqual(self.seat.status.wrap_up_s, WRAP_UP_S)
        self.clock.advance(WRAP_UP_S)
        self.assertEqual(self.world.looks, IDLE)

    def test_no_wrap_up(self) -> None:
        """No wrap-up after a call that wants none: an outgoing or internal one."""
        world = World()
        REACH["RINGBACK"](world)
        world.seat.answered()
        world.seat.hang_up()
        self.assertEqual(world.looks, IDLE)

    def test_end_of_a_call_long_gone(self) -> None:
        """The end of a call that the seat has let go of is told to nobody."""
        self.seat.hang_up()
        shown = len(self.world.shown)
        self.seat.call_ended("line lost", self.customer)
        self.assertEqual(len(self.world.shown), shown)

    def test_pause_wanted(self) -> None:
        """A pause asked for in a call takes effect after it and its wrap-up, unless taken back."""
        self.seat.pause("lunch")
        self.assertTrue(self.seat.status.pause_wanted)
        self.seat.call_ended("caller hung up")
        self.assertEqual(self.world.looks, WRAPPING)
        self.clock.advance(WRAP_UP_S)
        self.assertEqual(self.world.looks, LUNCH)
        self.seat.ready()
        self.seat.dial(self.world.third)
        self.seat.pause("lunch")
        self.seat.ready()
        self.seat.hang_up()
        self.assertEqual(self.world.looks, IDLE)

    def test_hanging_up_on_a_held_party(self) -> None:
        """Hanging up while the caller is held rings the seat for him again, and does not drop him."""
        self.seat.hold()
        self.seat.hang_up()
        self.assertEqual(self.world.looks, (S.RINGING, ""))
        self.assertEqual(self.customer.acts, ["hold"])
        self.seat.answer()
        self.assertEqual(self.world.looks, (S.TALKING, ""))

    def test_recall_not_answered(self) -> None:
        """The recall rings once; then the caller is for others to serve, and the agent has his wrap-up."""
        recall = FakeOffer(self.customer)
        self.customer.recall = lambda: recall  # type: ignore[method-assign]
        self.seat.hold()
        self.seat.recall()
        self.clock.advance(RING_S)
        self.assertEqual(recall.declined, ["miss"])
        self.assertEqual(self.world.looks, WRAPPING)

    def test_held_party_gone_while_it_rings(self) -> None:
        """The caller who rings his agent again hangs up: it stops ringing."""
        self.seat.hold()
        self.seat.recall()
        self.seat.call_ended("caller hung up", self.customer)
        self.assertEqual(self.world.looks, WRAPPING)

    def test_wrap_up_prolonged(self) -> None:
        """The agent may prolong, up to the limit and not beyond."""
        world = World(SeatLimits(max_wrap_up_s=60))
        REACH["WRAP_UP"](world)
        world.clock.advance(10)
        world.seat.prolong_wrap_up(40)
        refused = self.assertRaises(Refused, world.seat.prolong_wrap_up, 1)
        self.assertIs(refused.code, Refusal.LIMIT)
        world.clock.advance(49.9)
        self.assertEqual(world.looks, WRAPPING)
        world.clock.advance(0.1)
        self.assertEqual(world.looks, IDLE)

    def test_call_in_wrap_up_stops_the_clock(self) -> None:
        """An outgoing call in wrap-up is allowed; what was left of the wrap-up comes after it."""
        self.seat.hang_up()
        self.clock.advance(5)
        self.seat.dial(self.world.third)
        self.clock.advance(100)
        self.seat.hang_up()
        self.assertEqual(self.world.looks, WRAPPING)
        self.clock.advance(WRAP_UP_S - 5 - 0.1)
        self.assertEqual(self.world.looks, WRAPPING)
        self.clock.advance(0.1)
        self.assertEqual(self.world.looks, IDLE)


class ConsultTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()
        self.seat, self.customer, self.third = self.world.seat, self.world.customer, self.world.third
        REACH["TALKING, one kept"](self.world)
        self.customer.acts.clear()

    def test_marks(self) -> None:
        """The icon shows the call in hand, the kept one is a second mark."""
        status = self.seat.status
        self.assertEqual((status.call, status.kept), (self.third.card, self.customer.card))

    def test_join(self) -> None:
        """The two others talk to each other, the agent is out of it."""
        self.seat.join()
        self.assertEqual(self.customer.acts, ["join third"])
        self.assertIsNone(self.seat.status.call)

    def test_cancel(self) -> None:
        """The third party is left, the first is back."""
        self.seat.cancel()
        self.assertEqual((self.third.acts, self.customer.acts), (["end: consult cancelled"], ["retrieve"]))
        self.assertEqual(self.seat.status.call, self.customer.card)

    def test_third_gone(self) -> None:
        """The third party hangs up: the first is still held."""
        self.seat.call_ended("hung up", self.third)
        self.assertEqual((self.world.looks, self.seat.status.call), ((S.HELD, ""), self.customer.card))

    def test_kept_party_gone(self) -> None:
        """The held party goes: only the mark disappears, at each stage of the consultation."""
        for stage in ("DIALING", "RINGBACK", "TALKING"):
            world = World()
            REACH[f"{stage}, one kept"](world)
            world.seat.call_ended("caller hung up", world.customer)
            self.assertEqual((world.looks, world.seat.status.kept), ((S[stage], ""), None))
            self.assertRaises(Refused, world.seat.join)
            world.seat.hang_up()
            self.assertEqual(world.looks, WRAPPING)

    def test_gives_up(self) -> None:
        """Giving up the third party goes back to the first, held."""
        world = World()
        REACH["RINGBACK, one kept"](world)
        world.seat.hang_up()
        self.assertEqual(world.third.acts, ["end: gave up"])
        self.assertEqual(world.looks, (S.HELD, ""))


class ProgramTests(SynchronousTestCase):
    def test_lost_while_idle(self) -> None:
        """No offers at once, PAUSED after 30 s, and all as before when the program is back."""
        for situation, before in (("IDLE_PC", IDLE), ("PAUSED", LUNCH)):
            world = World()
            REACH[situation](world)
            world.seat.client_lost()
            self.assertFalse(world.seat.status.client_here)
            self.assertRaises(Refused, world.seat.offer, world.offer)
            world.clock.advance(29.9)
            self.assertEqual(world.looks, before)
            world.clock.advance(0.1)
            self.assertEqual(world.looks, LOST)
            world.seat.client_back()
            self.assertEqual(world.looks, before)
            self.assertTrue(world.seat.status.client_here)

    def test_lost_in_a_talk(self) -> None:
        """The talk goes on; after it the seat is paused until the program is back."""
        world = World()
        REACH["TALKING"](world)
        world.seat.client_lost()
        world.clock.advance(60)
        self.assertEqual(world.looks, (S.TALKING, ""))
        world.seat.call_ended("caller hung up")
        world.clock.advance(WRAP_UP_S)
        self.assertEqual(world.looks, LOST)
        world.seat.client_back()
        self.assertEqual(world.looks, IDLE)

    def test_lost_while_ringing(self) -> None:
        """The call goes back to the queue at once, and is no miss."""
        world = World(SeatLimits(max_misses=1))
        REACH["RINGING"](world)
        world.seat.client_lost()
        self.assertEqual(world.offer.declined, ["client lost"])
        self.assertEqual(world.looks, IDLE)

    def test_back_in_time(self) -> None:
        """Back within 30 s: nobody notices."""
        world = World()
        REACH["IDLE_PC"](world)
        world.seat.client_lost()
        world.clock.advance(10)
        world.seat.client_back()
        world.clock.advance(60)
        self.assertEqual(world.looks, IDLE)
        world.seat.offer(world.offer)

    def test_lost_twice(self) -> None:
        """Told twice that the program is gone, the seat still comes back as it was."""
        world = World()
        REACH["IDLE_PC"](world)
        world.seat.client_lost()
        world.clock.advance(31)
        world.seat.client_lost()
        world.clock.advance(31)
        world.seat.client_back()
        self.assertEqual(world.looks, IDLE)
        self.assertEqual(world.clock.getDelayedCalls(), [])

    def test_forced_out_while_lost(self) -> None:
        """A seat whose program is gone can be logged out by a supervisor, and leaves no timer behind."""
        world = World()
        REACH["IDLE_PC"](world)
        world.seat.client_lost()
        world.seat.force_log_out("900")
        self.assertEqual(world.shown[-1].status.cause, "forced out by 900")
        self.assertEqual(world.clock.getDelayedCalls(), [])


class EmergencyTests(SynchronousTestCase):
    def test_call_for_help(self) -> None:
        """A seat where nobody is logged in calls for help, and is off again after it."""
        world = World()
        world.seat.dial_emergency(world.third)
        world.seat.accepted()
        world.seat.answered()
        self.assertEqual(world.looks, (S.TALKING, ""))
        world.seat.hang_up()
        self.assertEqual(world.looks, (S.OFF, ""))
        self.assertEqual(world.seat.times_ms(), {})


class TimesTests(SynchronousTestCase):
    def test_accounts(self) -> None:
        """Every second goes to one account."""
        world = World()
        seat, clock = world.seat, world.clock
        REACH["RINGING"](world)
        clock.advance(4)
        seat.answer()
        clock.advance(30)
        seat.hold()
        clock.advance(6)
        seat.retrieve()
        clock.advance(10)
        seat.hang_up()
        clock.advance(20)
        seat.pause("lunch")
        clock.advance(100)
        seat.ready()
        clock.advance(1.5)
        seat.dial(world.third)
        clock.advance(7)
        expected = {"ready": 1500, "ringing": 4000, "talking": 40000, "hold": 6000, "wrap-up": 20000}
        self.assertEqual(seat.times_ms(), expected | {"paused: lunch": 100000, "dialling": 7000})

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(sorted(HAPPEN)), st.floats(0, 40)), max_size=40))
    def test_sum(self, story: list[tuple[str, float]]) -> None:
        """Whatever happens, the accounts sum to the logged-in time, and no timer outlives a log-out."""
        world = World()
        logged_in_ms = since_ms = 0

        def now_ms() -> int:
            return round(world.clock.seconds() * 1000)

        for event, wait_s in story:
            was_in = world.seat.person is not None
            with contextlib.suppress(Refused):
                HAPPEN[event](world)
            is_in = world.seat.person is not None
            if is_in and not was_in:
                since_ms = now_ms()
            world.clock.advance(wait_s)
            if is_in:
                logged_in_ms = now_ms() - since_ms
                self.assertEqual(sum(world.seat.times_ms().values()), logged_in_ms)
            elif world.looks == (S.OFF, ""):
                self.assertEqual(world.clock.getDelayedCalls(), [])
