"""A seat does what call-centre.md section 3 lists, and refuses everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.offers import Offer, Recall
from callserver.acd.seats.parts import SeatLimits
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call, Party
from callserver.calls.operations import connect, wait_again
from callserver.calls.roles import Role
from callserver.lines.interfaces import Caller
from callserver.media.leg import Leg
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.calls.test_call import Somebody, Switch

RING_S, WRAP_UP_S = 15.0, 20.0
GONE = Reason(Cause.CALLER_HUNG_UP)


@dataclass(frozen=True)
class Person:
    number: str = "801"
    name: str = "Li Mei"


@dataclass
class TestOffer:
    """A call for the seat that writes down what becomes of it."""

    call: Call
    right: Right | None = Right.ANSWER_QUEUED
    wrap_up_s: float = WRAP_UP_S
    ring_s: float = RING_S
    max_misses: int = 3
    is_queued: bool = True
    acts: list[str] = field(default_factory=list)

    @property
    def card(self) -> Card:
        return Card(self.call.id)

    def accept(self, station: Party) -> None:
        self.acts.append("accepted")
        connect(self.call, station)

    def decline(self, station: Party, reason: Reason) -> None:
        self.acts.append(str(reason))

    def begin(self, station: Party) -> None:
        self.call.give(station, Role.ALONE)

    def pass_on(self, party: Offer, reason: Reason) -> None:
        self.acts.append(f"passed on to {party.call.id}")

    def give_back(self, station: Party, reason: Reason) -> None:
        self.acts.append("given back")
        wait_again(self.call, station, reason)


class World:
    """A seat, its clock, its calls, and what the board was shown."""

    def __init__(self, limits: SeatLimits = SeatLimits()) -> None:  # noqa: B008
        self.switch = Switch(6)
        self.clock: Clock = self.switch.clock
        self.shown: list[SeatStatus] = []
        self.rights = frozenset(Right)
        spare = self.switch.people.pop()  # whose line is the seat's telephone
        assert spare.leg is not None
        self.telephone = Held(spare.leg)
        last = self.switch.people.pop()  # whose place is the seat's
        assert last.leg is not None
        last.leg.close()
        self.seat = Seat(
            "801",
            self.clock,
            self.switch.bay,
            may=lambda right: right in self.rights,
            on_show=lambda status, reason: self.shown.append(status),
            limits=limits,
        )
        wrap_ups_s = (WRAP_UP_S, 0.0, 0.0, 0.0)
        self.customer, self.third, self.colleague, self.next = map(self.offer_of, self.people, wrap_ups_s)
        self.colleague.right, self.colleague.max_misses, self.colleague.is_queued = Right.ANSWER_INTERNAL, 0, False

    @property
    def people(self) -> list[Somebody]:
        return self.switch.people

    def offer_of(self, person: Somebody, wrap_up_s: float) -> TestOffer:
        return TestOffer(self.switch.calls.begin("in", person, Caller()), wrap_up_s=wrap_up_s)

    @property
    def looks(self) -> tuple[SeatState, str]:
        status = self.seat.status
        return status.state, status.reason

    def hears(self) -> list[str]:
        """Whom the agent hears."""
        leg = self.seat.station.leg
        if leg is None:
            return []
        return [one.name for one in self.people if one.leg is not None and self.switch.bay.gain(one.leg, leg)]

    def ends(self, offer: TestOffer) -> None:
        """The other party goes."""
        offer.call.end("caller", GONE)


class Held:
    """A telephone that is kept up. An Instrument."""

    base: Call

    def __init__(self, leg: Leg) -> None:
        self._leg = leg

    def pick_up(self) -> Leg:
        return self._leg

    def put_down(self, leg: Leg) -> None: ...


# How each situation comes about.
REACH: dict[str, Callable[[World], object]] = {
    "OFF": lambda w: None,
    "IDLE_PHONE": lambda w: w.seat.log_in(Person(), w.telephone),
    "IDLE_PC": lambda w: w.seat.log_in(Person()),
    "PAUSED": lambda w: (REACH["IDLE_PC"](w), w.seat.pause("lunch")),
    "RINGING": lambda w: (REACH["IDLE_PC"](w), w.seat.offer(w.customer)),
    "DIALING": lambda w: (REACH["IDLE_PC"](w), w.seat.dial(w.third)),
    "RINGBACK": lambda w: (REACH["DIALING"](w), w.seat.rings_there()),
    "TALKING": lambda w: (REACH["RINGING"](w), w.seat.answer()),
    "HELD": lambda w: (REACH["TALKING"](w), w.seat.hold()),
    "DIALING, one kept": lambda w: (REACH["HELD"](w), w.seat.dial(w.third)),
    "RINGBACK, one kept": lambda w: (REACH["DIALING, one kept"](w), w.seat.rings_there()),
    "TALKING, one kept": lambda w: (REACH["RINGBACK, one kept"](w), w.seat.answered_there()),
    "WRAP_UP": lambda w: (REACH["TALKING"](w), w.ends(w.customer)),
}

IDLE, PAUSE, WRAP = (SeatState.IDLE_PC, ""), (SeatState.PAUSED, "break"), (SeatState.PAUSED, "wrap-up")
RING, TALK, HELD = (SeatState.RINGING, ""), (SeatState.TALKING, ""), (SeatState.HELD, "")
DIAL, BACK = (SeatState.DIALING, ""), (SeatState.RINGBACK, "")


class SeatTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()
        self.seat, self.clock = self.world.seat, self.world.clock

    def reach(self, situation: str) -> None:
        REACH[situation](self.world)

    def test_refused_and_logged(self) -> None:
        """What cannot be now is refused with the state in words, and a line in the log."""
        with capturedLogs() as logged, self.assertRaises(Refused) as caught:
            self.seat.hold()
        self.assertEqual((caught.exception.code, caught.exception.detail), (Refusal.NOT_NOW, "off"))
        self.assertEqual(len(logged), 1)

    def test_answering_brings_them_together(self) -> None:
        """Not before the agent answers do the two hear each other; the seat's leg is open in calls only."""
        self.reach("RINGING")
        self.assertIsNone(self.seat.station.leg)
        self.seat.answer()
        self.assertEqual(self.world.hears(), ["party 0"])
        self.seat.hang_up()
        self.assertIsNone(self.seat.station.leg)
        self.assertEqual(self.world.customer.call.ended, Reason(Cause.AGENT_HUNG_UP))

    def test_gives_up(self) -> None:
        """Hanging up before the other side has answered is no hanging up of a talk: the record says so."""
        self.reach("RINGBACK")
        self.seat.hang_up()
        self.assertEqual(self.world.third.call.ended, Reason(Cause.GAVE_UP))

    def test_consultation(self) -> None:
        """He hears the third party and not the first; cancelled, the first and not the third."""
        self.reach("TALKING, one kept")
        self.assertEqual(self.world.hears(), ["party 1"])
        status = self.seat.status
        assert status.kept is not None
        self.assertEqual(status.kept.call_id, self.world.customer.call.id)
        self.seat.cancel()
        self.assertEqual(self.world.hears(), ["party 0"])
        self.assertEqual(self.world.third.call.ended, Reason(Cause.CONSULT_CANCELLED))

    def test_join(self) -> None:
        """The two others talk on without him."""
        self.reach("TALKING, one kept")
        self.seat.join()
        call = self.world.customer.call
        self.assertEqual([part.role for part in call.parts.values()], [Role.TALKS, Role.TALKS])
        self.assertIsNone(call.ended)
        self.assertIsNone(self.seat.station.leg)

    def test_third_party_goes(self) -> None:
        """The first party stays held; only when that goes as well the call is over for the agent."""
        self.reach("TALKING, one kept")
        self.world.ends(self.world.third)
        self.assertEqual(self.world.hears(), [])
        self.seat.retrieve()
        self.assertEqual(self.world.hears(), ["party 0"])

    def test_recall(self) -> None:
        """Hanging up on a held party rings the seat for it; answered, they talk on."""
        self.reach("HELD")
        self.seat.hang_up()
        self.assertEqual(self.world.looks, RING)
        self.seat.answer()
        self.assertEqual(self.world.hears(), ["party 0"])
        self.assertIsNone(self.world.customer.call.ended)

    def test_recall_missed(self) -> None:
        """Who does not come back to a held party has done with it: it is given back, once, and he has wrap-up."""
        self.reach("HELD")
        self.seat.hang_up()
        self.clock.advance(20)
        self.assertEqual(self.world.customer.acts, ["accepted", "given back"])
        self.assertEqual(self.world.looks, WRAP)
        self.assertIsNone(self.world.customer.call.ended)
        self.world.ends(self.world.customer)
        self.assertEqual(self.world.looks, WRAP)

    def test_recalled_again_and_again(self) -> None:
        """A party that rings back, is held again and rings back again is still the same caller's."""
        self.reach("HELD")
        for _ in range(3):
            self.seat.hang_up()
            self.seat.answer()
            self.seat.hold()
        self.seat.hang_up()
        self.clock.advance(20)
        self.assertEqual(self.world.customer.acts, ["accepted", "given back"])

    def test_held_too_long(self) -> None:
        """Held for too long, the party rings its agent; while he consults it waits on, and the consulted one stays."""
        self.reach("HELD")
        self.seat.station.recalled(self.world.customer.call)
        self.assertEqual(self.world.looks, RING)
        self.seat.answer()
        self.seat.hold()
        self.seat.dial(self.world.third)
        for _ in range(2):
            self.seat.station.recalled(self.world.customer.call)
        self.assertEqual(self.world.looks, DIAL)
        self.assertIsNone(self.world.third.call.ended)

    def test_caller_goes_while_he_rings_back(self) -> None:
        """It rings no more, and the agent has his wrap-up."""
        self.reach("HELD")
        self.seat.hang_up()
        self.world.ends(self.world.customer)
        self.assertEqual(self.world.looks, WRAP)
        self.assertEqual(self.world.customer.acts, ["accepted"])

    def test_miss_and_reject(self) -> None:
        """Three missed in a row make him not ready; a reject ends the row."""
        self.reach("IDLE_PC")
        for act in (self.miss, self.miss, self.reject, self.miss, self.miss):
            act()
        self.assertEqual(self.world.looks, IDLE)
        self.miss()
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "missed"))
        self.seat.ready()
        self.miss()
        self.assertEqual(self.world.looks, IDLE)

    def test_a_reject_of_nothing(self) -> None:
        """What is refused changes nothing: no row of misses ends by it."""
        self.reach("IDLE_PC")
        for _ in range(2):
            self.miss()
            self.assertRaises(Refused, self.seat.reject)
        self.miss()
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "missed"))

    def test_log_out_while_it_rests(self) -> None:
        """Nothing of a seat runs on when its agent has gone."""
        self.reach("IDLE_PC")
        self.seat.rest(5)
        self.seat.log_out()
        self.assertFalse(self.seat.rests)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_an_answer_ends_a_row(self) -> None:
        """Who answers is there: the next call he misses is the first of a row; so is the first after a log-in."""
        self.reach("IDLE_PC")
        self.miss()
        self.miss()
        self.seat.offer(self.world.customer)
        self.seat.answer()
        self.world.ends(self.world.customer)
        self.clock.advance(WRAP_UP_S)
        for _ in range(2):
            self.miss(self.world.next)
        self.assertEqual(self.world.looks, IDLE)
        self.seat.log_out()
        self.seat.log_in(Person())
        self.miss(self.world.next)
        self.assertEqual(self.world.looks, IDLE)

    def test_rest(self) -> None:
        """A seat that rests already rests no longer for a second miss."""
        self.reach("IDLE_PC")
        self.seat.rest(5)
        self.clock.advance(3)
        self.seat.rest(5)
        self.clock.advance(2)
        self.assertFalse(self.seat.rests)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_asked_while_it_leaves(self) -> None:
        """Who looks for a free seat in the very moment in which this one hangs up finds none: it is just leaving."""
        self.reach("TALKING")
        told: list[tuple[bool, Refusal]] = []

        def look(reason: Reason) -> None:
            refused = self.assertRaises(Refused, self.seat.offer, self.world.next)
            told.append((self.seat.rests, refused.code))

        self.world.customer.call.when_ended().addCallback(look)
        self.seat.hang_up()
        self.assertEqual(told, [(True, Refusal.NOT_NOW)])
        self.assertEqual((self.seat.rests, self.world.looks), (False, WRAP))

    def test_wrap_up_is_the_longer(self) -> None:
        """After a call in wrap-up the longer of what is left and what is due follows, not both."""
        self.reach("WRAP_UP")
        self.clock.advance(WRAP_UP_S - 5)
        self.world.next.wrap_up_s = 8
        self.seat.take(self.world.next, Right.PICK_UP, Reason(Cause.PICKED_UP))
        self.world.ends(self.world.next)
        self.assertEqual(self.seat.status.wrap_up_s, 8)

    def miss(self, offer: TestOffer | None = None) -> None:
        offer = offer or self.world.customer
        self.seat.offer(offer)
        self.clock.advance(RING_S)
        self.assertEqual(offer.acts[-1], "missed")

    def reject(self) -> None:
        self.seat.offer(self.world.customer)
        self.seat.reject()
        self.assertEqual(self.world.customer.acts[-1], "rejected")

    def test_withdrawn(self) -> None:
        """A caller who goes stops the ringing without a miss; another's withdrawal stops nothing."""
        self.reach("RINGING")
        self.seat.withdraw(self.world.next, GONE)
        self.assertEqual(self.world.looks, RING)
        self.seat.withdraw(self.world.customer, GONE)
        self.assertEqual((self.world.looks, self.world.customer.acts), (IDLE, []))

    def test_answered_too_late(self) -> None:
        """A caller who is gone when the agent answers: it rings no more, and he is told so."""
        self.reach("RINGING")
        self.world.ends(self.world.customer)
        self.assertRaises(Refused, self.seat.answer)
        self.assertEqual((self.world.looks, self.seat.station.leg), (IDLE, None))

    def test_pause_wanted(self) -> None:
        """A pause asked for in a talk shows as a wish, and takes effect after wrap-up."""
        self.reach("TALKING")
        self.seat.pause("lunch")
        self.assertTrue(self.seat.status.pause_wanted)
        self.world.ends(self.world.customer)
        self.assertEqual(self.world.looks, WRAP)
        self.clock.advance(WRAP_UP_S)
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "lunch"))

    def test_wrap_up_stops_for_a_call(self) -> None:
        """A call out in wrap-up stops its clock; what was left follows after it."""
        self.reach("WRAP_UP")
        self.clock.advance(WRAP_UP_S - 5)
        self.seat.dial(self.world.next)
        self.clock.advance(100)
        self.world.ends(self.world.next)
        self.assertEqual((self.world.looks, self.seat.status.wrap_up_s), (WRAP, 5))
        self.clock.advance(5)
        self.assertEqual(self.world.looks, IDLE)

    def test_prolonged(self) -> None:
        """Wrap-up can be prolonged up to ten minutes in all, and not in other states."""
        self.reach("WRAP_UP")
        self.seat.prolong_wrap_up(580)
        with self.assertRaises(Refused) as caught:
            self.seat.prolong_wrap_up(1)
        self.assertIs(caught.exception.code, Refusal.LIMIT)
        self.clock.advance(599)
        self.assertEqual(self.world.looks, WRAP)
        self.clock.advance(1)
        self.assertEqual(self.world.looks, IDLE)

    def test_prolonged_after_a_call(self) -> None:
        """A call in wrap-up is no way round the limit: what the wrap-up had lasted before it counts; the call not."""
        self.reach("WRAP_UP")
        self.seat.prolong_wrap_up(500)
        self.clock.advance(400)
        self.seat.dial(self.world.third)
        self.clock.advance(100)
        self.world.ends(self.world.third)
        self.assertEqual((self.world.looks, self.seat.status.wrap_up_s), (WRAP, 120))
        self.assertRaises(Refused, self.seat.prolong_wrap_up, 81)
        self.seat.prolong_wrap_up(80)
        self.clock.advance(200)
        self.assertEqual(self.world.looks, IDLE)
        self.world.next.wrap_up_s = WRAP_UP_S
        self.seat.offer(self.world.next)
        self.seat.answer()
        self.seat.hang_up()
        self.seat.prolong_wrap_up(580)  # another one has its ten minutes

    def test_prolonged_late(self) -> None:
        """The limit counts from the beginning of the wrap-up, whenever it is prolonged."""
        self.reach("WRAP_UP")
        self.clock.advance(10)
        self.assertRaises(Refused, self.seat.prolong_wrap_up, 581)
        self.seat.prolong_wrap_up(580)

    def test_reserved_reasons(self) -> None:
        """Nobody pauses for a reason that the server gives itself."""
        self.reach("IDLE_PC")
        for reason in ("", "wrap-up", "missed", "client lost"):
            self.assertRaises(Refused, self.seat.pause, reason)
        self.assertEqual(self.world.looks, IDLE)

    def test_rights_at_the_moment(self) -> None:
        """Rights are asked when something is done: taken away, no ring and no answer; given back, both."""
        self.reach("RINGING")
        self.world.rights = frozenset()
        with self.assertRaises(Refused) as caught:
            self.seat.answer()
        self.assertIs(caught.exception.code, Refusal.NO_RIGHT)
        self.assertEqual(self.world.looks, RING)
        self.world.rights = frozenset(Right)
        self.seat.answer()
        self.assertEqual(self.world.looks, TALK)

    def test_right_taken_while_it_rings(self) -> None:
        """The ringing ends at once, and is nobody's miss; a right that does not carry it ends nothing."""
        self.reach("RINGING")
        self.seat.lose_right(Right.LISTEN)
        self.assertEqual(self.world.looks, RING)
        self.seat.lose_right(Right.ANSWER_QUEUED)
        self.assertEqual((self.world.looks, self.world.customer.acts), (IDLE, ["right_taken: 3"]))

    def test_right_taken_in_a_talk(self) -> None:
        """The talk goes on, and also the recall of its held party needs no right."""
        self.reach("HELD")
        self.world.rights = frozenset()
        self.seat.lose_right(Right.ANSWER_QUEUED)
        self.seat.hang_up()
        self.seat.answer()
        self.assertEqual(self.world.hears(), ["party 0"])
        self.assertRaises(Refused, self.seat.take, self.world.next, Right.PICK_UP, GONE)

    def test_program_lost(self) -> None:
        """No offers; after 30 s not ready; back again, all is as before."""
        self.reach("IDLE_PC")
        self.seat.client_lost()
        self.assertEqual((self.world.looks, self.seat.status.client_here), (IDLE, False))
        self.assertRaises(Refused, self.seat.offer, self.world.customer)
        self.clock.advance(30)
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "client lost"))
        self.assertFalse(self.seat.is_staffed)
        self.seat.client_back()
        self.assertEqual((self.world.looks, self.seat.status.client_here), (IDLE, True))

    def test_program_back_in_time(self) -> None:
        """A program that is back within 30 s leaves no trace, and the next loss has 30 s of its own."""
        self.reach("IDLE_PC")
        self.seat.client_lost()
        self.clock.advance(20)
        self.seat.client_back()
        self.clock.advance(20)
        self.assertEqual(self.world.looks, IDLE)
        self.seat.client_lost()
        self.clock.advance(20)
        self.assertEqual(self.world.looks, IDLE)
        self.seat.client_lost()  # told again: its ping, then its connection
        self.clock.advance(10)
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "client lost"))
        self.seat.client_lost()
        self.assertFalse(self.seat.is_staffed)
        self.clock.advance(60)
        self.assertFalse(self.seat.is_staffed)

    def test_program_lost_in_a_pause(self) -> None:
        """The agent's own pause is there again when his program is."""
        self.reach("PAUSED")
        self.seat.client_lost()
        self.clock.advance(30)
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "client lost"))
        self.seat.client_back()
        self.assertEqual(self.world.looks, (SeatState.PAUSED, "lunch"))

    def test_program_lost_while_it_rings(self) -> None:
        """Somebody else is asked."""
        self.reach("RINGING")
        self.seat.client_lost()
        self.assertEqual(self.world.customer.acts, ["client_lost"])

    def test_program_lost_in_a_talk(self) -> None:
        """The caller hears music at once; when the program is back in time, the talk goes on where it was."""
        self.reach("TALKING")
        self.seat.client_lost()
        self.assertEqual((self.world.looks, self.world.hears()), (HELD, []))
        self.assertEqual(self.world.people[0].told[-1], "held")
        self.clock.advance(29.9)
        self.seat.client_back()
        self.assertEqual((self.world.looks, self.world.hears()), (TALK, ["party 0"]))
        self.assertEqual(self.world.customer.acts, ["accepted"])

    def test_program_stays_away_from_a_talk(self) -> None:
        """After 30 s the caller waits for somebody else; the seat is free of him, and its next log-in begins afresh."""
        self.reach("TALKING")
        self.seat.client_lost()
        self.clock.advance(30)
        self.assertEqual(self.world.customer.acts, ["accepted", "given back"])
        self.assertIsNone(self.world.customer.call.ended)
        self.assertEqual((self.world.looks, self.seat.station.leg), ((SeatState.PAUSED, "client lost"), None))
        self.assertEqual(self.seat.last_end_s, self.clock.seconds())
        self.seat.client_back()
        self.assertEqual((self.world.looks, self.world.hears()), (IDLE, []))

    def test_program_lost_while_he_holds(self) -> None:
        """Whom the agent holds himself stays held when the program is back, and waits for another one else."""
        for back, wanted in ((True, ["accepted"]), (False, ["accepted", "given back"])):
            self.setUp()
            self.reach("HELD")
            self.seat.client_lost()
            if back:
                self.seat.client_back()
                self.assertEqual(self.world.looks, HELD)
            self.clock.advance(31)
            self.assertEqual(self.world.customer.acts, wanted)

    def test_program_lost_in_a_consultation(self) -> None:
        """The third party is left, whether it rings or talks; the caller stays held, and then waits for another one."""
        for situation in ("DIALING, one kept", "RINGBACK, one kept", "TALKING, one kept"):
            self.setUp()
            self.reach(situation)
            self.seat.client_lost()
            self.assertEqual(self.world.third.call.ended, Reason(Cause.CLIENT_LOST), situation)
            self.assertEqual(self.world.looks, HELD)
            self.clock.advance(30)
            self.assertEqual(self.world.customer.acts, ["accepted", "given back"])
            self.assertIsNone(self.world.customer.call.ended)

    def test_caller_gives_up_the_wait_for_a_program(self) -> None:
        """A caller who hangs up meanwhile is gone: nothing is given back, nothing retrieved."""
        self.reach("TALKING")
        self.seat.client_lost()
        self.world.ends(self.world.customer)
        self.assertEqual(self.world.looks, WRAP)
        self.seat.client_back()
        self.clock.advance(60)
        self.assertEqual((self.world.customer.acts, self.world.looks), (["accepted"], IDLE))

    def test_lost_again_and_again(self) -> None:
        """Each loss has its own 30 s, and each return its talk."""
        self.reach("TALKING")
        for _ in range(5):
            self.seat.client_lost()
            self.assertEqual(self.world.looks, HELD)
            self.clock.advance(20)
            self.seat.client_back()
            self.assertEqual(self.world.looks, TALK)
            self.clock.advance(20)
        self.assertEqual(self.world.customer.acts, ["accepted"])

    def test_logged_out_after_five_minutes(self) -> None:
        """A program that does not come back ends its agent's time, in whatever state his seat was."""
        for situation in REACH.keys() - {"OFF", "IDLE_PHONE"}:
            self.setUp()
            self.reach(situation)
            self.seat.client_lost()
            self.clock.advance(299)
            self.assertEqual(self.world.looks, (SeatState.PAUSED, "client lost"), situation)
            self.clock.advance(1)
            self.assertEqual(self.world.looks, (SeatState.OFF, ""), situation)
            self.assertEqual(self.world.shown[-1].cause, "client_lost")
            self.assertIsNone(self.seat.person)
            left = [str(timer) for timer in self.clock.getDelayedCalls()]
            self.assertEqual([timer for timer in left if "bridged" not in timer], [], situation)

    def test_dismissed_in_a_talk(self) -> None:
        """Who may not work here any more is out at once; his caller is not lost."""
        self.reach("TALKING")
        self.seat.dismiss(Reason(Cause.DISMISSED))
        self.assertEqual(self.world.looks, (SeatState.OFF, ""))
        self.assertEqual(self.world.customer.acts, ["accepted", "given back"])
        self.assertIsNone(self.world.customer.call.ended)

    def test_held_by_another_seat(self) -> None:
        """A seat that is held itself reminds its holder every five minutes, and no more when it is back or gone."""
        call = self.world.colleague.call
        call.give(self.seat.station, Role.TALKS)
        call.give(self.seat.station, Role.HELD, beside=self.world.people[2])
        self.clock.advance(299)
        self.assertEqual(self.world.people[2].told.count("recalled"), 0)
        self.clock.pump([1.0, 300.0])
        self.assertEqual(self.world.people[2].told.count("recalled"), 2)
        call.give(self.seat.station, Role.TALKS)
        self.clock.advance(301)
        call.give(self.seat.station, Role.HELD, beside=self.world.people[2])
        call.leave(self.seat.station, GONE)
        self.clock.advance(301)
        self.assertEqual(self.world.people[2].told.count("recalled"), 2)

    def test_telephone_seat_needs_no_program(self) -> None:
        """A seat that works by telephone rings on when some desktop program goes away."""
        self.reach("IDLE_PHONE")
        self.seat.offer(self.world.customer)
        self.seat.client_lost()
        self.assertEqual((self.world.looks, self.world.customer.acts), (RING, []))

    def test_logged_out_in_a_lost_program(self) -> None:
        """The next log-in begins afresh."""
        self.reach("IDLE_PC")
        self.seat.client_lost()
        self.clock.advance(30)
        self.seat.log_out(Reason(Cause.FORCED_OUT, "900"))
        self.seat.log_in(Person())
        self.assertEqual((self.world.looks, self.seat.status.client_here), (IDLE, True))

    def test_not_connected(self) -> None:
        """Whom an agent answers and cannot be connected with is found somebody else; the agent rests, and is free."""

        def broken(station: Party) -> None:
            raise ZeroDivisionError

        self.reach("RINGING")
        self.world.customer.accept = broken  # type: ignore[method-assign]
        with capturedLogs():
            self.seat.answer()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertIsNone(self.world.customer.call.ended)
        self.assertEqual(self.world.customer.acts, ["given back"])
        self.assertEqual((self.world.looks, self.seat.station.leg, self.seat.rests), (IDLE, None, True))
        self.clock.advance(5)
        self.assertFalse(self.seat.rests)

    def test_not_connected_and_nobody_found(self) -> None:
        """If not even somebody else can be found for him his call ends: he is not left in silence."""

        def broken(*args: object) -> None:
            raise ZeroDivisionError

        self.reach("RINGING")
        self.patch(self.world.customer, "accept", broken)
        self.patch(self.world.customer, "give_back", broken)
        with capturedLogs():
            self.seat.answer()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)
        self.assertEqual(self.world.customer.call.ended, Reason(Cause.NOT_CONNECTED))
        self.assertEqual((self.world.looks, self.seat.station.leg), (IDLE, None))

    def test_consulted_party_not_connected(self) -> None:
        """The first stays held for him, and can be fetched."""

        def broken(*args: object) -> None:
            raise ZeroDivisionError

        self.reach("RINGBACK, one kept")
        self.patch(self.world.third, "accept", broken)
        with capturedLogs():
            self.seat.answered_there()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.world.looks[0], SeatState.HELD)
        self.seat.retrieve()
        self.assertIs(self.world.customer.call.parts[self.seat.station].role, Role.TALKS)

    def test_not_connected_to_others(self) -> None:
        """The same where the others talk on without him: he is free, and they are left alone."""

        def broken(station: Party) -> None:
            raise ZeroDivisionError

        self.reach("RINGING")
        call = self.world.customer.call
        for party in self.world.people[:3]:
            call.give(party, Role.TALKS)
        self.world.customer.accept = broken  # type: ignore[method-assign]
        with capturedLogs():
            self.seat.answer()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertIsNone(call.ended)
        self.assertEqual((self.world.looks, self.seat.station.leg), (IDLE, None))

    def test_dials_in_vain(self) -> None:
        """A call out that is over before the seat is in it leaves no seat dialling for ever."""
        self.reach("IDLE_PC")
        self.world.ends(self.world.third)
        self.seat.dial(self.world.third)
        self.assertEqual((self.world.looks, self.seat.station.leg), (IDLE, None))

    def test_recall_without_a_program(self) -> None:
        """A held party whose agent's program is gone does not ring for nobody: somebody else is found at once."""
        self.reach("HELD")
        self.seat.client_lost()
        self.seat.station.recalled(self.world.customer.call)
        self.assertEqual(self.world.customer.acts, ["accepted", "given back"])
        self.assertEqual(self.world.looks, WRAP)

    def test_last_call(self) -> None:
        """Only queued calls count for who has been idle longest."""
        self.reach("WRAP_UP")
        ended_s = self.seat.last_end_s
        self.clock.advance(WRAP_UP_S)
        self.seat.offer(self.world.colleague)
        self.seat.answer()
        self.world.ends(self.world.colleague)
        self.assertEqual(self.seat.last_end_s, ended_s)

    def test_recall_rings_its_own_caller(self) -> None:
        """A recall of a recall is that of the first offer."""
        recall = Recall(Recall(self.world.customer))
        recall.decline(self.seat.station, GONE)
        self.assertEqual(self.world.customer.acts, ["given back"])

    def test_shown_as_it_is(self) -> None:
        """Each change is shown once, as the seat looks then, with its cause."""
        self.reach("HELD")
        self.assertEqual(
            [(status.state.name, status.cause) for status in self.world.shown],
            [("IDLE_PC", "logged_in"), ("RINGING", "offered"), ("TALKING", "answered"), ("HELD", "held")],
        )
