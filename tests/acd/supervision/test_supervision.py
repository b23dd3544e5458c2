"""What supervisors do with other people's calls, and that nobody notices whom nobody should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.dialling import Dialling
from callserver.acd.seats.acts import perform
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.supervision import Supervision
from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.tones import tone
from callserver.lines.interfaces import Caller
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.dialling_case import DiallingShop, MemoryCallsOut
from tests.acd.seats.test_seat import TestOffer
from tests.hearing import Room, all_to_all, level_of, with_listener
from tests.shop import VirtualShop


class Shop:
    """A caller who talks with 801; 900 is a supervisor; 802 and a second line are there too."""

    def __init__(self) -> None:
        self.shop = VirtualShop(n_lines=2, n_seats=6)
        self.room = Room(self.shop)
        self.priorities: list[tuple[str, int]] = []
        self.found: list[tuple[str, str]] = []  # who was sent to which queue
        self.supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=tone([1400], 2400, -15.0),
            queues=("operator",),
            find_person=lambda call, queue: self.found.append((call.id, queue)),
            set_priority=lambda call_id, priority: self.priorities.append((call_id, priority)),
        )
        self.agent = self.room.seat("801")
        self.call = self.talk(self.agent)
        self.supervisor = self.room.seat("900")

    def talk(self, seat: Seat, line: int = 0) -> Call:
        """A caller rings at a seat, and is answered there."""
        offer = TestOffer(self.shop.answered_call(line), wrap_up_s=10.0)
        seat.offer(offer)
        seat.answer()
        return offer.call

    def consult(self) -> Call:
        """The agent holds his caller and talks with a third party, at line 2."""
        third = TestOffer(self.shop.answered_call(1), right=None, wrap_up_s=0, is_queued=False)
        self.agent.hold()
        self.agent.dial(third)
        self.agent.rings_there()
        self.agent.answered_there()
        return third.call

    def hears(self) -> dict[str, set[str]]:
        return self.room.hears()

    def audits(self) -> list[tuple[str | None, str, str, str | None, str]]:
        """Who did what to whom, in which call, and what came of it."""
        return [
            (event.person, str(event.data["act"]), str(event.data["target"]), event.call_id, str(event.data["result"]))
            for event in self.shop.book.events
            if event.kind == "audit"
        ]

    def without(self, number: str, *rights: Right) -> None:
        """This person does not hold these rights any more, and everybody is told."""
        before = self.shop.staff.rights(number)
        self.shop.staff.held[number] = before - set(rights)
        self.shop.seats.rights_changed(number, before, before - set(rights))

    def reasons_of(self, channel: str) -> list[str]:
        """Why it has changed its state, so far."""
        events = [event for event in self.shop.book.events if event.kind == "state" and event.channel == channel]
        return [str(event.data["reason"]) for event in events]

    def looks(self, seat: Seat) -> tuple[SeatState, str]:
        return seat.status.state, seat.status.reason


TALK = all_to_all("line 1", "seat 801")
ALL_TALK = all_to_all("line 1", "seat 801", "seat 900")
TAKEN_OVER = all_to_all("line 1", "seat 900")
TAKEN_OVER_BY_SECOND = all_to_all("line 1", "seat 902")
CONSULTS = all_to_all("line 2", "seat 801")
IDLE, LISTENS, WHISPERS, BARGED_IN = (
    (SeatState.IDLE_PC, ""),
    (SeatState.TALKING, "listens"),
    (SeatState.TALKING, "whispers"),
    (SeatState.TALKING, "barged in"),
)


class SupervisionCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = Shop()
        self.supervision, self.supervisor, self.agent = (
            self.world.supervision,
            self.world.supervisor,
            self.world.agent,
        )

    def refused(self, act: Callable[..., Any], *args: Any) -> str:
        return str(self.assertRaises(Refused, act, *args))


class ListenTests(SupervisionCase):
    def test_listen(self) -> None:
        """He hears both sides of a seat's call, and nobody hears him."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))
        self.assertEqual(self.world.looks(self.supervisor), LISTENS)
        self.assertEqual(self.world.audits(), [("900", "listen", "seat 801", self.world.call.id, "done")])

    def test_a_line(self) -> None:
        """A line can be chosen as well as the seat that talks with it."""
        self.supervision.listen(self.supervisor, "line 1")
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_a_menu(self) -> None:
        """Of a line that is with a menu he hears what the caller says and is told, but not his music."""
        call = self.world.shop.answered_call(1)
        self.supervision.listen(self.supervisor, "line 2")
        self.assertEqual(self.world.hears(), TALK | {"seat 900": {"line 2"}})
        assert call.leg is not None
        call.leg.play([tone([1000], 8000, -15.0)])
        self.world.room.forget()
        self.world.room.talk(0.5)
        for name in ("line 2", "seat 900"):
            self.assertGreater(level_of(self.world.room.voices[name].sound(), 1000), -20, name)
        self.assertLess(level_of(self.world.room.voices["line 1"].sound(), 1000), -60)
        call.leg.play([])
        call.wait_with_music(True)
        self.assertEqual(self.world.hears(), TALK | {"seat 900": {"line 2"}})

    def test_an_agents_telephone(self) -> None:
        """The line of an agent who works by telephone is no call between his calls: nobody listens to his room."""
        self.world.shop.answered_call(1).enter(Stage.SEAT)
        self.assertEqual(self.refused(self.supervision.listen, self.supervisor, "line 2"), "no-call")

    def test_nobody_notices(self) -> None:
        """What the others hear is the same to the last sample, and no screen but his own shows anything."""
        heard, shown = [], []
        for listens in (False, True):
            world = Shop()
            world.room.forget()
            before = dict(world.shop.board.statuses)
            if listens:
                world.supervision.listen(world.supervisor, "seat 801")
            world.room.talk(1.0)
            if listens:
                world.supervision.stop_listening(world.supervisor)
            world.room.talk(0.1)
            heard.append([bytes(world.room.voices[name].heard()) for name in ("line 1", "seat 801")])
            after = world.shop.board.statuses
            shown.append({name: status for name, status in after.items() if status is not before[name]})
        self.assertEqual(heard[0], heard[1])
        self.assertEqual((shown[0], list(shown[1])), ({}, ["seat 900"]))

    def test_not_whom(self) -> None:
        """Who looks at the board does not see whom he listens to."""
        self.supervision.listen(self.supervisor, "seat 801")
        row = self.world.shop.board.statuses["seat 900"]
        self.assertEqual((row.state, row.call_id, row.caller), (SeatState.TALKING, None, None))
        card = self.supervisor.status.call
        assert card is not None
        self.assertEqual(card.call_id, self.world.call.id)

    def test_at_once(self) -> None:
        """He hears the talk within a second."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.room.talk(0.06)
        self.assertGreater(abs(self.world.room.voices["seat 900"].sound()).max(), 0.05)

    def test_ends_with_the_call(self) -> None:
        """When the caller hangs up there is nothing to hear any more, and his place in the patch bay is free."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.world.looks(self.supervisor), IDLE)
        self.assertEqual(self.world.shop.bay.legs, [])

    def test_stop(self) -> None:
        """He listens no more; to hang up is the same. The others talk on."""
        for stop in (self.supervision.stop_listening, Seat.hang_up):
            self.supervision.listen(self.supervisor, "seat 801")
            stop(self.supervisor)
            self.assertEqual(self.world.looks(self.supervisor), IDLE)
            self.assertEqual(self.world.hears(), TALK)
        self.assertEqual(len(self.world.shop.bay.legs), 2)

    def test_no_call_rings(self) -> None:
        """While he listens nothing is offered to him, by the queue or by a colleague."""
        self.supervision.listen(self.supervisor, "seat 801")
        call = self.world.shop.answered_call(1)
        for right in (Right.ANSWER_QUEUED, Right.ANSWER_INTERNAL):
            self.assertEqual(self.refused(self.supervisor.offer, TestOffer(call, right=right)), "not-now: talking")

    def test_it_is_not_his_call(self) -> None:
        """He cannot hold it, nor dial beside it."""
        self.supervision.listen(self.supervisor, "seat 801")
        call = self.world.shop.answered_call(1)
        for act in (Seat.hold, Seat.retrieve, Seat.join, Seat.log_out, Seat.answer):
            self.assertEqual(self.refused(act, self.supervisor), "not-now: talking")
        self.assertEqual(self.refused(self.supervisor.dial, TestOffer(call)), "not-now: talking")
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_another(self) -> None:
        """He turns to another call without hanging up first."""
        other = self.world.room.seat("802")
        self.world.talk(other, line=1)
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.listen(self.supervisor, "seat 802")
        there = all_to_all("line 2", "seat 802")
        self.assertEqual(self.world.hears(), TALK | with_listener(there, "seat 900"))

    def test_nothing_to_hear(self) -> None:
        """A seat or line in no call, an unknown one, and his own."""
        self.world.room.seat("802")
        for channel in ("seat 802", "line 2", "seat 999", "seat 900"):
            self.assertEqual(self.refused(self.supervision.listen, self.supervisor, channel), "no-call")
        self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_while_in_a_call(self) -> None:
        """Who has a call of his own cannot listen to another, and his own goes on."""
        other = self.world.room.seat("802")
        self.world.talk(other, line=1)
        self.assertEqual(self.refused(self.supervision.listen, other, "seat 801"), "not-now: talking")
        self.assertEqual(self.world.hears(), TALK | all_to_all("line 2", "seat 802"))

    def test_refused_is_forgotten(self) -> None:
        """Who holds a call of his own is refused, and is not drawn into the other call later."""
        other = self.world.room.seat("802")
        self.world.talk(other, line=1)
        other.hold()
        self.assertEqual(self.refused(self.supervision.listen, other, "seat 801"), "not-now: held")
        other.retrieve()
        self.agent.hold()
        self.agent.retrieve()
        self.assertEqual(self.world.hears(), TALK | all_to_all("line 2", "seat 802"))

    def test_pause(self) -> None:
        """Who pauses may listen, and pauses afterwards."""
        self.supervisor.pause("lunch")
        self.supervision.listen(self.supervisor, "seat 801")
        self.assertEqual(self.world.looks(self.supervisor), LISTENS)
        self.supervision.stop_listening(self.supervisor)
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.PAUSED, "lunch"))

    def test_two_supervisors(self) -> None:
        """Two listen to one call: neither hears the other, and one of them going changes nothing for the other."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.listen(second, "line 1")
        self.assertEqual(self.world.hears(), TALK | {"seat 900": set(TALK), "seat 902": set(TALK)})
        self.supervision.stop_listening(self.supervisor)
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 902"))

    def test_listener_to_a_listener(self) -> None:
        """A supervisor who listens is in no call of his own that another could hear."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.assertEqual(self.refused(self.supervision.listen, second, "seat 900"), "no-call")


class FollowTests(SupervisionCase):
    def test_hold(self) -> None:
        """While the agent holds nothing is heard of either side; then both again."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.agent.hold()
        self.assertEqual(self.world.hears(), {})
        self.agent.retrieve()
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_consultation(self) -> None:
        """Listening to a seat goes along into its consultation and back; the held caller is heard by nobody."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.consult()
        self.assertEqual(self.world.hears(), with_listener(CONSULTS, "seat 900"))
        self.agent.cancel()
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_consulted_party_goes(self) -> None:
        """The seat is left with the caller whom it holds: silence, until it is back with him."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.consult()
        self.world.shop.lines[1].far_end.hang_up()
        self.assertEqual(self.world.hears(), {})
        self.assertEqual(self.world.looks(self.supervisor), LISTENS)
        self.agent.retrieve()
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_line_in_a_consultation(self) -> None:
        """Listening to a line stays with the line: while it is held there is silence."""
        self.supervision.listen(self.supervisor, "line 1")
        self.world.consult()
        self.assertEqual(self.world.hears(), CONSULTS)
        self.agent.cancel()
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))

    def test_transfer(self) -> None:
        """After the agent's transfer his listener has nothing to hear; one who listens to the line hears on."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.listen(second, "line 1")
        self.world.consult()
        self.agent.join()
        self.assertEqual(self.world.hears(), with_listener(all_to_all("line 1", "line 2"), "seat 902"))
        self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_merged(self) -> None:
        """Listening to the consulted line goes along into the call that the consultation becomes part of."""
        self.world.consult()
        self.supervision.listen(self.supervisor, "line 2")
        self.agent.join()
        self.assertEqual(self.world.hears(), with_listener(all_to_all("line 1", "line 2"), "seat 900"))
        card = self.supervisor.status.call
        assert card is not None
        self.assertEqual(card.call_id, self.world.call.id)

    def test_back_in_the_queue(self) -> None:
        """The agent is sent away: who listened to him has nothing to hear, the line's listener waits with it."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.listen(second, "line 1")
        self.world.shop.seats.dismiss("801")
        self.assertEqual(self.world.looks(self.supervisor), IDLE)
        self.assertEqual(self.world.looks(second), LISTENS)

    def test_secret(self) -> None:
        """While the caller keys in a secret, agent and listeners do not hear him."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.listen(second, "line 1")
        with self.world.call.secret():
            self.assertEqual(self.world.hears(), {"seat 900": {"seat 801"}})
        self.assertEqual(self.world.hears(), TALK | {"seat 900": set(TALK), "seat 902": set(TALK)})


class WhisperTests(SupervisionCase):
    def test_whisper(self) -> None:
        """The agent alone hears it; both sides are heard as before."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.whisper(self.supervisor)
        heard = with_listener(TALK, "seat 900")
        self.assertEqual(self.world.hears(), heard | {"seat 801": {"line 1", "seat 900"}})
        self.assertEqual(self.world.looks(self.supervisor), WHISPERS)
        self.supervision.listen(self.supervisor, "seat 801")
        self.assertEqual(self.world.hears(), heard)
        self.assertEqual(self.world.looks(self.supervisor), LISTENS)

    def test_to_a_line(self) -> None:
        """Who listens to a line whispers to the agent that talks with it, never to the line."""
        self.supervision.listen(self.supervisor, "line 1")
        self.supervision.whisper(self.supervisor)
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900") | {"seat 801": {"line 1", "seat 900"}})

    def test_in_a_consultation(self) -> None:
        """It goes along; the consulted party does not hear it either."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.whisper(self.supervisor)
        self.world.consult()
        self.assertEqual(self.world.hears(), with_listener(CONSULTS, "seat 900") | {"seat 801": {"line 2", "seat 900"}})

    def test_while_he_holds(self) -> None:
        """An agent who holds his caller can be told something; the caller hears music only."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.whisper(self.supervisor)
        self.agent.hold()
        self.assertEqual(self.world.hears(), {"seat 801": {"seat 900"}})

    def test_to_nobody(self) -> None:
        """Who listens to nobody has nobody to whisper to."""
        for act in (self.supervision.whisper, self.supervision.take_over, self.supervision.stop_listening):
            self.assertEqual(self.refused(act, self.supervisor), "no-call")


class BargeInTests(SupervisionCase):
    def test_barge_in(self) -> None:
        """Three talk, after a short tone that both hear."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.room.forget()
        self.supervision.barge_in(self.supervisor)
        self.world.room.talk(0.3)
        for name in ("line 1", "seat 801"):
            self.assertGreater(level_of(self.world.room.voices[name].sound(), 1400), -20)
        self.assertEqual(self.world.hears(), ALL_TALK)
        self.assertEqual(self.world.looks(self.supervisor), BARGED_IN)

    def test_on_the_card(self) -> None:
        """The agent sees nobody while he listens; who has barged in stands on his card as a supervisor."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.room.talk(0.1)
        card = self.agent.status.call
        self.assertEqual(card and card.beside, ())
        self.supervision.barge_in(self.supervisor)
        self.world.room.talk(0.1)
        card = self.agent.status.call
        self.assertEqual([(one.number, one.supervises) for one in card.beside] if card else None, [("900", True)])

    def test_without_a_tone(self) -> None:
        """A shop may have it switched off."""
        self.supervision.tone = None
        self.world.room.forget()
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.world.room.talk(0.3)
        self.assertLess(level_of(self.world.room.voices["line 1"].sound(), 1400), -60)
        self.assertEqual(self.world.hears(), ALL_TALK)

    def test_without_listening(self) -> None:
        """Right 17 is enough to join a talk; it takes no right to listen in secret."""
        self.world.without("900", Right.LISTEN)
        self.supervision.barge_in(self.supervisor, "line 1")
        self.assertEqual(self.world.hears(), ALL_TALK)

    def test_no_talk(self) -> None:
        """Nobody joins a caller who is held, and a second barge-in is none."""
        self.supervision.barge_in(self.supervisor, "line 1")
        for act in (self.supervision.whisper, self.supervision.barge_in):
            self.assertEqual(self.refused(act, self.supervisor), "not-now: barged in")
        self.assertEqual(self.refused(self.supervision.listen, self.supervisor, "seat 801"), "not-now: barged in")
        self.supervision.stop_listening(self.supervisor)
        self.agent.hold()
        self.assertEqual(self.refused(self.supervision.barge_in, self.supervisor, "line 1"), "no-call")
        self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_stop(self) -> None:
        """The two talk on without him."""
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.supervision.stop_listening(self.supervisor)
        self.assertEqual(self.world.hears(), TALK)
        self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_agent_leaves(self) -> None:
        """The supervisor talks on, and the call is his: he may hold it, and to hang up ends it."""
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.agent.hang_up()
        self.assertEqual(self.world.hears(), TAKEN_OVER)
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.TALKING, ""))
        self.supervisor.hold()
        self.assertEqual(self.world.hears(), {})
        self.supervisor.retrieve()
        self.supervisor.hang_up()
        self.assertEqual(str(self.world.call.ended), "agent_hung_up")

    def test_agent_is_sent_away(self) -> None:
        """Also one who is gone for good does not take the caller back to the queue with him."""
        for hold in (False, True):
            self.setUp()
            self.supervision.barge_in(self.supervisor, "seat 801")
            if hold:
                self.agent.hold()
            self.world.shop.seats.dismiss("801")
            self.assertEqual(self.world.hears(), TAKEN_OVER)
            self.assertIs(self.world.call.stage, Stage.TALK)

    def test_caller_leaves(self) -> None:
        """The talk is over for agent and supervisor."""
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.world.shop.lines[0].far_end.hang_up()
        self.assertIsNotNone(self.world.call.ended)
        self.assertEqual(self.world.looks(self.agent)[0], SeatState.PAUSED)
        self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_two_supervisors(self) -> None:
        """Two barge into one talk: four talk. The first who goes leaves three; without the agent it is theirs."""
        second = self.world.room.seat("902")
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.supervision.barge_in(second, "line 1")
        self.assertEqual(self.world.hears(), all_to_all("line 1", "seat 801", "seat 900", "seat 902"))
        self.agent.hang_up()
        self.assertEqual(self.world.hears(), all_to_all("line 1", "seat 900", "seat 902"))
        for act in (self.supervision.barge_in, self.supervision.whisper):
            self.assertEqual(self.refused(act, self.supervisor), "not-now: barged in")
        self.supervision.stop_listening(second)
        self.assertEqual(self.world.hears(), TAKEN_OVER)
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.TALKING, ""))

    def test_seen_by_a_listener(self) -> None:
        """Who listens to the agent hears who has barged in, too."""
        second = self.world.room.seat("902")
        self.supervision.listen(second, "seat 801")
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.assertEqual(self.world.hears(), with_listener(ALL_TALK, "seat 902"))


class TakeOverTests(SupervisionCase):
    def test_take_over(self) -> None:
        """However he came to it: the agent is out, in his wrap-up, and the supervisor talks with the caller."""
        ways: tuple[tuple[Callable[[Shop], object], ...], ...] = (
            (listen,),
            (listen, lambda w: w.supervision.whisper(w.supervisor)),
            (lambda w: w.supervision.listen(w.supervisor, "line 1"),),
            (lambda w: w.supervision.barge_in(w.supervisor, "seat 801"),),
            (listen, lambda w: w.agent.hold()),
        )
        for way in ways:
            world = Shop()
            for step in way:
                step(world)
            world.supervision.take_over(world.supervisor)
            self.assertEqual(world.hears(), TAKEN_OVER)
            self.assertEqual(world.looks(world.supervisor), (SeatState.TALKING, ""))
            self.assertEqual(world.looks(world.agent), (SeatState.PAUSED, "wrap-up"))
            self.assertEqual(world.shop.book.calls[world.call.id]["agent"], "900")

    def test_of_a_consultation(self) -> None:
        """He takes the consulted party; the agent is left with the caller whom he holds."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.consult()
        self.supervision.take_over(self.supervisor)
        self.assertEqual(self.world.hears(), all_to_all("line 2", "seat 900"))
        self.assertEqual(self.world.looks(self.agent), (SeatState.HELD, ""))

    def test_he_goes(self) -> None:
        """His program is lost after he has taken over: music for the caller, then somebody else is found for him."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.take_over(self.supervisor)
        self.supervisor.client_lost()
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.HELD, ""))
        self.world.room.talk(31)
        self.assertEqual(self.world.found, [(self.world.call.id, "")])
        self.assertIsNone(self.world.call.ended)

    def test_two_supervisors(self) -> None:
        """Who takes over is alone with the caller; the other may hear him and join, but not take the call from him."""
        second = self.world.room.seat("902")
        for seat in (self.supervisor, second):
            self.supervision.barge_in(seat, "seat 801")
        self.supervision.take_over(second)
        self.assertEqual(self.world.hears(), all_to_all("line 1", "seat 902"))
        self.assertEqual(self.world.looks(self.supervisor), IDLE)
        for come in (self.supervision.listen, self.supervision.barge_in):
            come(self.supervisor, "line 1")
            before = self.world.hears()
            self.assertEqual(self.refused(self.supervision.take_over, self.supervisor), "taken-over: 902")
            self.assertEqual(self.world.hears(), before)
        second.hang_up()
        self.assertEqual(self.world.hears(), TAKEN_OVER)

    def test_two_calls(self) -> None:
        """One has taken a call over; the other takes over another one."""
        second, wang = self.world.room.seat("902"), self.world.room.seat("802")
        self.world.talk(wang, 1)
        for seat, channel in ((second, "line 1"), (self.supervisor, "line 2")):
            self.supervision.listen(seat, channel)
            self.supervision.take_over(seat)
        self.assertEqual(self.world.hears(), TAKEN_OVER_BY_SECOND | all_to_all("line 2", "seat 900"))

    def test_while_the_first_consults(self) -> None:
        """A caller who was taken over and is kept while a third party is consulted is nobody else's to take."""
        second = self.world.room.seat("902")
        self.supervision.listen(second, "line 1")
        self.supervision.take_over(second)
        self.world.room.talk(0.1)
        self.supervision.listen(self.supervisor, "line 1")
        third = TestOffer(self.world.shop.answered_call(1), right=None, wrap_up_s=0, is_queued=False)
        second.consult(third)
        self.assertEqual(self.refused(self.supervision.take_over, self.supervisor), "taken-over: 902")
        second.hang_up()
        second.retrieve()
        self.assertEqual(self.world.hears(), with_listener(TAKEN_OVER_BY_SECOND, "seat 900"))

    def test_handed_on(self) -> None:
        """A call that was taken over and is with an agent again can be taken over again, by whoever may."""
        second = self.world.room.seat("902")
        self.supervision.listen(second, "line 1")
        self.supervision.take_over(second)
        second.hold()
        self.supervision.listen(self.supervisor, "line 1")
        self.assertEqual(self.refused(self.supervision.take_over, self.supervisor), "taken-over: 902")
        third = TestOffer(self.world.shop.answered_call(1), right=None, wrap_up_s=0, is_queued=False)
        second.dial(third)
        second.rings_there()
        second.answered_there()
        second.join()
        self.supervision.take_over(self.supervisor)
        self.assertIn("seat 900", self.world.hears()["line 1"])


class EmergencyTests(SupervisionCase):
    """A supervisor calls the police."""

    def call_for_help(self) -> None:
        shop = self.world.shop
        out = MemoryCallsOut(shop)
        Dialling(shop.seats, shop.staff, shop.calls, out, DiallingShop()).dial(self.supervisor, "110")
        out.people["110"].answers()

    def hears_the_police_alone(self) -> None:
        """He does, and the talk he was at goes on without him."""
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.TALKING, ""))
        self.assertIsNone(self.supervisor.listening)
        self.assertEqual(self.world.hears(), TALK)

    def test_at_another_call(self) -> None:
        """He listens, whispers, or has barged in: the others talk on, the timeline tells why he left, 110 is called."""
        for act in (None, self.supervision.whisper, self.supervision.barge_in):
            self.setUp()
            self.supervision.listen(self.supervisor, "seat 801")
            if act is not None:
                getattr(self.supervision, act.__name__)(self.supervisor)
            self.call_for_help()
            self.hears_the_police_alone()
            out = [event for event in self.world.shop.book.events if event.kind == "supervisor_out"]
            self.assertEqual([event.data["reason"] for event in out], ["emergency"])
            self.supervisor.hang_up()
            self.assertEqual(self.world.looks(self.supervisor), IDLE)

    def test_at_a_call_of_his_own(self) -> None:
        """He has taken it over: the caller is held meanwhile, and his again afterwards."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.take_over(self.supervisor)
        self.call_for_help()
        self.assertIsNotNone(self.supervisor.status.kept)
        self.supervisor.hang_up()
        self.supervisor.retrieve()
        self.assertEqual(self.world.hears(), TAKEN_OVER)


class TimelineTests(SupervisionCase):
    def goings(self) -> list[tuple[str, str, str]]:
        """Which supervisor came along or was out, in which call, and why."""
        return [
            (event.kind.removeprefix("supervisor_"), str(event.call_id), str(event.data.get("reason", "")))
            for event in self.world.shop.book.events
            if event.kind in ("supervisor_in", "supervisor_out")
        ]

    def test_he_leaves(self) -> None:
        """However he leaves a call that goes on: its timeline says so, once, and why."""
        ways: tuple[tuple[Callable[[Shop], object], str], ...] = (
            (lambda w: w.supervision.stop_listening(w.supervisor), "stopped_listening"),
            (lambda w: w.supervisor.hang_up(), "agent_hung_up"),
            (lambda w: w.without("900", Right.LISTEN, Right.BARGE_IN), "right_taken"),
            (lambda w: w.supervisor.client_lost(), "client_lost"),
        )
        for come in (self.supervision.listen, self.supervision.barge_in):
            for leave, reason in ways:
                self.setUp()
                getattr(self.supervision, come.__name__)(self.supervisor, "seat 801")
                leave(self.world)
                ((how, call_id, why),) = self.goings()
                self.assertEqual((how, call_id, why.split(":")[0]), ("out", self.world.call.id, reason))

    def test_another_takes_over(self) -> None:
        """Whose barge-in or listening ends with another's take-over: that is why, at his seat too."""
        for come in (self.supervision.barge_in, self.supervision.listen):
            self.setUp()
            second = self.world.room.seat("902")
            getattr(self.supervision, come.__name__)(self.supervisor, "seat 801")
            self.supervision.listen(second, "line 1")
            self.supervision.take_over(second)
            self.assertIn(("out", self.world.call.id, "taken_over: 902"), self.goings())
            self.assertNotIn("party_gone", [why for _, _, why in self.goings()])
            self.assertIn("taken_over: 902", self.world.reasons_of("seat 900"))

    def test_another_breaks_off(self) -> None:
        """Likewise when the talk is broken off under him."""
        second = self.world.room.seat("902")
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.break_off(second, "seat 801", "queue operator")
        self.assertIn(("out", self.world.call.id, "broken_off: 902"), self.goings())

    def test_he_comes_along(self) -> None:
        """Into a consultation and back: each of the two calls says when he was in it; one that is over need not."""
        self.supervision.listen(self.supervisor, "seat 801")
        second = self.world.consult()
        self.agent.hang_up()
        self.agent.retrieve()
        first = self.world.call.id
        self.assertEqual(self.goings(), [("out", first, "transferred"), ("in", second.id, ""), ("in", first, "")])

    def test_thrown_out(self) -> None:
        """Another supervisor has taken over from him."""
        second = self.world.room.seat("902")
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.supervision.listen(second, "line 1")
        self.supervision.take_over(second)
        self.assertEqual(self.goings(), [("out", self.world.call.id, "taken_over: 902")])


class BreakOffTests(SupervisionCase):
    def test_hang_up(self) -> None:
        """The talk is over; agent, supervisor and caller are free."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.supervision.break_off(self.supervisor, "seat 801", "hang up")
        self.assertEqual(str(self.world.call.ended), "broken_off: 900")
        self.assertEqual(self.world.looks(self.supervisor), IDLE)
        self.assertEqual(self.world.shop.state(), LineState.WAIT_HANGUP)
        self.assertEqual(self.world.reasons_of("seat 900")[-1], "broken_off: 900")

    def test_what_ends_afterwards(self) -> None:
        """A call that ends by itself after another was broken off is not said to have been broken off."""
        self.world.talk(second := self.world.room.seat("802"), 1)
        self.supervision.break_off(self.supervisor, "seat 801", "hang up")
        self.supervision.listen(self.supervisor, "seat 802")
        second.hang_up()
        self.assertEqual(self.world.reasons_of("seat 900")[-1], "party_gone")

    def test_talk_of_two_agents(self) -> None:
        """In it is no caller who could wait in a queue."""
        call = self.world.shop.calls.begin("internal", self.agent.station, Caller("801"))
        self.agent.hang_up()
        self.agent.ready()
        self.agent.offer(TestOffer(call, right=Right.ANSWER_INTERNAL, is_queued=False))
        self.agent.answer()
        call.begin_answered(Stage.TALK)
        refusal = self.refused(self.supervision.break_off, self.supervisor, "seat 801", "queue operator")
        self.assertEqual((refusal, call.ended), ("nowhere: queue operator", None))

    def test_queue(self) -> None:
        """The agent is out, and the caller waits for somebody else; who has barged in is out as well."""
        self.supervision.barge_in(self.supervisor, "seat 801")
        self.supervision.break_off(self.supervisor, "line 1", "queue operator")
        self.assertEqual(self.world.found, [(self.world.call.id, "operator")])
        self.assertIsNone(self.world.call.ended)
        self.assertEqual(self.world.hears(), {})
        self.assertEqual(self.world.looks(self.supervisor), IDLE)
        self.assertEqual(self.world.looks(self.agent), (SeatState.PAUSED, "wrap-up"))
        self.assertEqual(self.world.shop.happened("connect"), [])  # he has not taken the call over on the way

    def test_held(self) -> None:
        """Also a caller who is held is sent on."""
        self.agent.hold()
        self.supervision.break_off(self.supervisor, "seat 801", "queue operator")
        self.assertEqual(self.world.found, [(self.world.call.id, "operator")])
        self.assertEqual(self.world.shop.state(), LineState.TALKING)

    def test_no_such_queue(self) -> None:
        """Nothing has changed."""
        refusal = self.refused(self.supervision.break_off, self.supervisor, "seat 801", "queue nowhere")
        self.assertEqual(refusal, "nowhere: queue nowhere")
        self.assertEqual(self.world.hears(), TALK)

    def test_no_talk(self) -> None:
        """Who is in no call, or with a menu, is in no talk that could be broken off."""
        self.world.shop.answered_call(1)
        break_off = self.supervision.break_off
        self.assertEqual(self.refused(break_off, self.supervisor, "seat 900", "hang up"), "no-call")
        self.assertEqual(self.refused(break_off, self.supervisor, "line 2", "hang up"), "not-now: flow")


def listen(world: Shop) -> None:
    world.supervision.listen(world.supervisor, "seat 801")


def whisper(world: Shop) -> None:
    listen(world)  # which he may do already
    world.supervision.whisper(world.supervisor)


def barge_in(world: Shop) -> None:
    world.supervision.barge_in(world.supervisor, "seat 801")


class RightTests(SupervisionCase):
    def test_each_is_asked_for(self) -> None:
        """Without a right that it takes an act is refused, changes nothing, and is written down."""
        number, acts = self.supervisor, self.supervision
        self.world.room.seat("802")
        cases: tuple[tuple[Right, str, Callable[[], object]], ...] = (
            (Right.LISTEN, "listen", lambda: acts.listen(number, "seat 801")),
            (Right.LISTEN, "whisper", lambda: acts.whisper(number)),
            (Right.BARGE_IN, "whisper", lambda: acts.whisper(number)),
            (Right.BARGE_IN, "barge_in", lambda: acts.barge_in(number, "seat 801")),
            (Right.BARGE_IN, "take_over", lambda: acts.take_over(number)),
            (Right.BARGE_IN, "break_off", lambda: acts.break_off(number, "seat 801", "hang up")),
            (Right.FORCE_LOG_OUT, "force_log_out", lambda: acts.force_log_out(number, "802")),
            (Right.FORCE_LOG_OUT, "force_pause", lambda: acts.force_pause(number, "802", "meeting")),
            (Right.SUPERVISOR, "set_priority", lambda: acts.set_priority(number, self.world.call.id, 5)),
        )
        for right, act, ask in cases:
            self.world.shop.staff.held["900"] = frozenset(Right) - {right}
            self.assertEqual(self.refused(ask), f"no-right: {int(right)}")
            self.assertEqual(self.world.audits()[-1][1::3], (act, f"no-right: {int(right)}"))
            self.assertEqual(self.world.hears(), TALK)

    def test_taken_away(self) -> None:
        """What a right carries ends at once: the listening with 16, whisper and barge-in with 17; no more than that."""
        cases = (
            (listen, Right.LISTEN, IDLE, TALK),
            (whisper, Right.LISTEN, IDLE, TALK),
            (whisper, Right.BARGE_IN, LISTENS, with_listener(TALK, "seat 900")),
            (barge_in, Right.BARGE_IN, IDLE, TALK),
            (listen, Right.BARGE_IN, LISTENS, with_listener(TALK, "seat 900")),
            (barge_in, Right.LISTEN, BARGED_IN, ALL_TALK),
        )
        for begin, right, looks, heard in cases:
            world = Shop()
            begin(world)
            world.without("900", right)
            self.assertEqual((world.looks(world.supervisor), world.hears()), (looks, heard))

    def test_his_own_talk(self) -> None:
        """Whom he has taken over he talks on with, also without rights."""
        listen(self.world)
        self.supervision.take_over(self.supervisor)
        self.world.without("900", Right.LISTEN, Right.BARGE_IN)
        self.assertEqual(self.world.hears(), TAKEN_OVER)


class RecordingTests(SupervisionCase):
    def test_tracks(self) -> None:
        """A listener and a whisper are on no recording; who has barged in or taken over is on what the caller hears."""
        cases: tuple[tuple[Callable[[Shop], object], set[str]], ...] = (
            (lambda world: None, {"seat 801"}),
            (listen, {"seat 801"}),
            (whisper, {"seat 801"}),
            (barge_in, {"seat 801", "seat 900"}),
            (lambda world: world.agent.hang_up(), {"seat 900"}),
        )
        for act, near in cases:
            act(self.world)
            self.assertEqual(self.world.room.recorded("line 1"), ({"line 1"}, near))

    def test_tone(self) -> None:
        """The tone of a barge-in is on it as well."""
        blocks: list[bytes] = []
        self.world.shop.bay.give_tracks_to(lambda legs, tracks: blocks.append(tracks[0]))
        assert self.world.call.leg is not None
        self.world.shop.bay.tap(self.world.call.leg)
        barge_in(self.world)
        self.world.room.talk(0.3)
        far, near = LINEAR_16.decode(np.frombuffer(b"".join(blocks), np.uint8)).reshape(-1, 2).T
        self.assertLess(level_of(far, 1400), -60)
        self.assertGreater(level_of(near, 1400), -20)


class ProgramTests(SupervisionCase):
    def test_lost(self) -> None:
        """The supervisor's program is gone: he is out at once, and the two talk on as before."""
        for begin in (listen, whisper, barge_in):
            world = Shop()
            begin(world)
            world.supervisor.client_lost()
            self.assertEqual(world.hears(), TALK)
            world.supervisor.client_back()
            self.assertEqual(world.looks(world.supervisor), IDLE)

    def test_dismissed(self) -> None:
        """He may not work here any more: likewise, and he is logged out."""
        for begin in (listen, whisper, barge_in):
            world = Shop()
            begin(world)
            world.shop.seats.dismiss("900")
            self.assertEqual(world.hears(), TALK)
            self.assertEqual(world.looks(world.supervisor)[0], SeatState.OFF)


class SeatTests(SupervisionCase):
    def test_log_out(self) -> None:
        """Idle, paused and wrapping up he is sent off; the board says by whom."""
        reach: tuple[Callable[[Seat], object], ...] = (lambda seat: None, lambda seat: seat.pause("lunch"))
        for step in reach:
            step(self.world.room.seat("802"))
            self.supervision.force_log_out(self.supervisor, "802")
            self.assertEqual(self.world.shop.board.statuses["seat 802"].state, SeatState.OFF)
        self.agent.hang_up()
        self.assertEqual(self.world.looks(self.agent), (SeatState.PAUSED, "wrap-up"))
        self.supervision.force_log_out(self.supervisor, "801")
        logged_out = [data["reason"] for _, data in self.world.shop.happened("log_out")]
        self.assertEqual(logged_out, ["forced_out: 900"] * 3)

    def test_never_out_of_a_call(self) -> None:
        """Ringing, talking, holding, consulting, listening: always refused, and the call goes on."""
        acts = (
            lambda: self.supervision.force_log_out(self.supervisor, "801"),
            lambda: self.supervision.force_pause(self.supervisor, "801", "meeting"),
        )
        for act in acts:
            self.assertEqual(self.refused(act), "not-now: talking")
        self.agent.hold()
        for act in acts:
            self.assertEqual(self.refused(act), "not-now: held")
        second = self.world.room.seat("802")
        others = self.world.room.seat("803"), self.world.room.seat("804")
        others[0].offer(TestOffer(self.world.shop.answered_call(1)))
        others[1].dial(TestOffer(self.world.call, right=None))
        for number, state in (("803", "ringing"), ("804", "dialling")):
            self.assertEqual(self.refused(self.supervision.force_log_out, self.supervisor, number), f"not-now: {state}")
        listen(self.world)
        for act in (self.supervision.force_log_out, self.supervision.force_pause):
            args = ("900",) if act == self.supervision.force_log_out else ("900", "meeting")
            self.assertEqual(self.refused(act, second, *args), "not-now: talking")

    def test_pause(self) -> None:
        """He gets no calls, for the reason that he is given; his own pauses and wrap-up stay."""
        second = self.world.room.seat("802")
        self.supervision.force_pause(self.supervisor, "802", "meeting")
        self.assertEqual(self.world.looks(second), (SeatState.PAUSED, "meeting"))
        self.agent.hang_up()
        self.supervision.force_pause(self.supervisor, "801", "meeting")
        self.assertEqual(self.world.looks(self.agent), (SeatState.PAUSED, "wrap-up"))
        self.world.room.talk(11)
        self.assertEqual(self.world.looks(self.agent), (SeatState.PAUSED, "meeting"))

    def test_nobody(self) -> None:
        """Nobody of that number, nobody logged in, and he himself."""
        log_out = self.supervision.force_log_out
        for number in ("999", "900"):
            self.assertEqual(self.refused(log_out, self.supervisor, number), "bad-argument: number")
        second = self.world.room.seat("802")
        second.log_out()
        self.assertEqual(self.refused(log_out, self.supervisor, "802"), "not-now: off")
        self.assertEqual(self.refused(self.supervision.force_pause, self.supervisor, "802", "x"), "not-now: off")

    def test_priority(self) -> None:
        """The queue is told; a call that is over has none."""
        self.supervision.set_priority(self.supervisor, self.world.call.id, 5)
        self.assertEqual(self.world.priorities, [(self.world.call.id, 5)])
        self.assertEqual(self.refused(self.supervision.set_priority, self.supervisor, "call-99", 5), "no-call")


class MeantCallTests(SynchronousTestCase):
    """A supervisor's act names the call that his board showed at the seat or line."""

    def setUp(self) -> None:
        self.shop = Shop()

    def result(self, act: str, *args: str) -> str:
        """What becomes of it, as it goes over the wire."""
        rights = self.shop.shop.staff.rights("900")
        try:
            perform(self.shop.supervision.acts(), rights, self.shop.supervisor, act, args)
        except Refused as refused:
            return str(refused)
        return ""

    def test_the_call_before(self) -> None:
        """Its line has another caller by now: he is neither heard nor broken off, and that it was tried is noted."""
        for act, args in (("listen", ()), ("barge_in", ()), ("break_off", ("hang up",))):
            self.assertEqual(self.result(act, "line 1", *args, "call-of-before"), "call-gone")
            self.assertEqual(self.shop.audits()[-1], ("900", act, "line 1", self.shop.call.id, "call-gone"))
        self.assertIsNone(self.shop.call.ended)
        self.assertNotIn("seat 900", self.shop.hears())

    def test_no_call_any_more(self) -> None:
        """Nor is anything done to a line that has none, or by one who listens to nobody."""
        self.assertEqual(self.result("break_off", "line 2", "hang up", "call-of-before"), "call-gone")
        for act in ("whisper", "barge_in", "take_over", "stop_listening"):
            self.assertEqual(self.result(act, *[""] * (act == "barge_in"), "call-of-before"), "call-gone", act)

    def test_without_the_right(self) -> None:
        """Whoever may not do it learns no more than that."""
        self.shop.without("900", Right.BARGE_IN)
        self.assertEqual(self.result("break_off", "line 1", "hang up", "call-of-before"), "no-right: 17")
        self.assertEqual(self.result("break_off", "line 1", "hang up", self.shop.call.id), "no-right: 17")

    def test_this_call(self) -> None:
        """With its own id each is done, from listening to the end of the call."""
        call = self.shop.call
        for act, args in (("listen", ("line 1",)), ("whisper", ()), ("barge_in", ("",)), ("take_over", ())):
            self.assertEqual(self.result(act, *args, call.id), "", act)
        self.assertEqual(self.result("break_off", "line 1", "hang up", call.id), "")
        self.assertIsNotNone(call.ended)

    def test_a_seat_that_consults(self) -> None:
        """The call that the board shows at a seat is the one that can be heard there, whichever he talks in."""
        for happens in (self.shop.consult, self.shop.agent.swap, self.shop.agent.cancel):
            happens()
            shown = self.shop.shop.board.statuses["seat 801"].call_id or ""
            self.assertEqual(self.result("listen", "seat 801", shown), "")
