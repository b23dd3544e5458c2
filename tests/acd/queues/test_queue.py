"""Waiting for a person, and talking to him."""

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues import offer
from callserver.acd.routing.settings import Strategy
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, Identity
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.shop import VirtualShop, people


class QueueTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=3)
        self.queue = people(self.shop)

    def caller(self, line: int = 0) -> tuple[Call, Deferred[str]]:
        """Somebody calls, is answered, and asks for a person; his menu ends with his call."""
        call = self.shop.answered_call(line, f"1391234567{line}")
        waiting = Deferred.fromCoroutine(self.queue.enter(call))
        call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addErrback(lambda failure: "his call ended")
        self.shop.wait(0.1)
        return call, waiting

    def seat(self, number: str = "801") -> Seat:
        """An agent logs in."""
        return self.shop.agent(number)

    def outcomes(self) -> list[str]:
        """What became of each wait so far."""
        return [data["outcome"] for _, data in self.shop.happened("leave")]

    def test_rings_and_talks(self) -> None:
        """The free seat rings with the caller's card; when the agent answers, the two hear each other."""
        seat = self.seat()
        call, waiting = self.caller()
        self.assertIs(seat.status.state, SeatState.RINGING)
        assert seat.status.call is not None
        self.assertEqual((seat.status.call.call_id, seat.status.call.caller_number), (call.id, "13912345670"))
        self.assertFalse(self.shop.hears(0, seat))
        seat.answer()
        self.assertTrue(self.shop.hears(0, seat))
        self.assertEqual(self.shop.book.calls[call.id]["agent"], "801")
        self.assertNoResult(waiting)
        seat.hang_up()
        self.assertEqual(self.successResultOf(waiting), "his call ended")
        self.assertEqual(call.ended, Reason(Cause.AGENT_HUNG_UP))
        self.assertEqual(self.outcomes(), ["answered"])

    def test_nobody_there(self) -> None:
        """Without anybody to answer the caller is told so at once and does not wait."""
        self.seat_without_right()
        call, waiting = self.caller()
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "no_agent")
        self.assertEqual(self.shop.prompts(), ["nobody-logged-in"])
        self.assertEqual(self.outcomes(), ["no_agent"])
        self.assertIsNone(call.ended)

    def seat_without_right(self) -> None:
        self.shop.staff.held["809"] = frozenset(Right) - {Right.ANSWER_QUEUED}
        self.seat("809")

    def test_miss(self) -> None:
        """A seat that does not answer in time is passed by for the next one, at once."""
        first, second = self.seat("801"), self.seat("802")
        self.caller()
        self.assertIs(first.status.state, SeatState.RINGING)
        self.shop.wait(15)
        self.assertIs(first.status.state, SeatState.IDLE_PC)
        self.assertIs(second.status.state, SeatState.RINGING)
        self.assertEqual(self.shop.happened("miss"), [("miss", {"seat": "801", "reason": "missed"})])

    def test_who_missed_rests(self) -> None:
        """A seat that has just missed a call rests for 5 s from all calls, and comes last for this one."""
        first, second = self.seat("801"), self.seat("802")
        second.pause("lunch")
        self.caller(0)
        self.shop.wait(15)
        second.ready()
        second.pause("lunch")
        self.caller(1)
        self.assertIs(first.status.state, SeatState.IDLE_PC)
        self.shop.wait(5.2)
        self.assertIs(first.status.state, SeatState.RINGING)

    def test_who_missed_rests_while_others_wait(self) -> None:
        """Also when somebody else waits already: the seat does not ring for him in the moment of the miss."""
        seat = self.seat()
        self.caller(0)
        self.caller(1)
        self.shop.wait(15)
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.assertTrue(seat.rests)
        self.shop.wait(5.2)
        self.assertIs(seat.status.state, SeatState.RINGING)

    def test_reject(self) -> None:
        """When an agent rejects, the next free one rings at once."""
        first, second = self.seat("801"), self.seat("802")
        self.caller()
        first.reject()
        self.shop.wait(0.1)
        self.assertIs(second.status.state, SeatState.RINGING)

    def test_reject_alone(self) -> None:
        """An agent rejects, and no other seat is free: he does not ring on there as if nothing was pressed."""
        seat = self.seat()
        self.caller()
        seat.reject()
        self.shop.wait(4.9)
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.shop.wait(0.3)
        self.assertIs(seat.status.state, SeatState.RINGING)

    def test_not_connected(self) -> None:
        """An agent answers, and the two cannot be brought together: the caller keeps his place, and others are rung."""
        for breaks in ("off hook", "leaves the list", "connects", "is in the call"):
            self.setUp()
            first, second = self.seat("801"), self.seat("802")
            second.pause("lunch")
            call, waiting = self.caller(0)
            self.shop.wait(2)
            self.caller(1)
            entry, later = self.queue.waiting
            place_s = entry.entered_s
            self.breaks_once(breaks, first, call)
            first.answer()
            self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1, breaks)
            self.assertIsNone(call.ended)
            self.assertEqual((self.queue.waiting, entry.entered_s), ([entry, later], place_s), breaks)
            self.assertEqual((first.status.state, first.station.leg), (SeatState.IDLE_PC, None))
            self.shop.wait(0.1)
            self.assertIs(first.status.state, SeatState.IDLE_PC)  # it rests
            second.ready()
            self.assertIs(second.ringing and second.ringing.call, call, breaks)
            second.answer()
            self.assertTrue(self.shop.hears(0, second), breaks)
            self.assertNoResult(waiting)

    def breaks_once(self, what: str, seat: Seat, call: Call) -> None:
        """At the next answer, and not at that after it."""
        place: object
        place, name = {
            "off hook": (seat.station, "off_hook"),
            "leaves the list": (self.queue.queues, "_wait_over"),
            "connects": (offer, "connect"),
            "is in the call": (call, "_set_gains"),
        }[what]
        whole = getattr(place, name)

        def once(*args: object) -> object:
            setattr(place, name, whole)
            raise ZeroDivisionError

        self.patch(place, name, once)

    def test_not_connected_while_several_ring(self) -> None:
        """The others, told that it is taken elsewhere, ring again."""
        first, second = self.seat("801"), self.seat("802")
        self.queue.change(strategy=Strategy.RING_ALL)
        call, _ = self.caller()
        self.breaks_once("connects", first, call)
        first.answer()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.shop.wait(0.1)
        self.assertEqual((first.status.state, second.status.state), (SeatState.IDLE_PC, SeatState.RINGING))
        second.answer()
        self.assertTrue(self.shop.hears(0, second))

    def test_all_have_missed(self) -> None:
        """When all have missed him, the oldest miss is first again."""
        first, second = self.seat("801"), self.seat("802")
        self.caller()
        self.shop.wait(30.2)
        self.assertIs(first.status.state, SeatState.RINGING)
        self.assertIs(second.status.state, SeatState.IDLE_PC)

    def test_fresh_seats_first(self) -> None:
        """Who has missed him comes after all who have not, also when his rest is over."""
        seats = [self.seat(number) for number in ("801", "802", "803")]
        self.caller()
        self.shop.wait(30.2)
        ringing = [seat.number for seat in seats if seat.status.state is SeatState.RINGING]
        self.assertEqual(ringing, ["803"])

    def test_three_misses(self) -> None:
        """Three misses in a row pause the seat; nobody is offered to it any more."""
        seat = self.seat()
        self.caller()
        self.shop.wait(3 * 20.5)
        self.assertIs(seat.status.state, SeatState.PAUSED)
        self.assertEqual(seat.status.reason, "missed")

    def test_first_come(self) -> None:
        """Who waits longest is served first, when a seat becomes free."""
        seat = self.seat()
        _first, _ = self.caller(0)
        seat.answer()
        second, _ = self.caller(1)
        third, _ = self.caller(2)
        seat.hang_up()
        self.shop.wait(9.5)
        self.assertEqual(seat.status.reason, "wrap-up")
        self.shop.wait(1)
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.call_id, second.id)
        seat.answer()
        self.assertEqual([entry.call for entry in self.queue.waiting], [third])

    def test_caller_gives_up(self) -> None:
        """A caller who hangs up while a seat rings for him: it stops ringing, without a miss."""
        seat = self.seat()
        _call, waiting = self.caller()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.successResultOf(waiting), "his call ended")
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.assertEqual(self.shop.happened("miss"), [])
        self.assertEqual(self.outcomes(), ["abandoned"])
        self.assertEqual(self.queue.waiting, [])

    def test_caller_hangs_up_in_the_talk(self) -> None:
        """The agent's seat goes to wrap-up, the line becomes free."""
        seat = self.seat()
        _call, waiting = self.caller()
        seat.answer()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.successResultOf(waiting), "his call ended")
        self.assertEqual(self.outcomes(), ["answered"])
        self.assertEqual((seat.status.state, seat.status.reason), (SeatState.PAUSED, "wrap-up"))

    def test_hold(self) -> None:
        """A held caller hears music and not the agent; retrieved, they talk again."""
        seat = self.seat()
        _call, _ = self.caller()
        seat.answer()
        seat.hold()
        self.assertIs(self.shop.state(), LineState.HELD)
        self.assertFalse(self.shop.hears(0, seat))
        self.assertGreater(self.shop.loudest(0), 0.01)
        seat.retrieve()
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.assertTrue(self.shop.hears(0, seat))
        self.assertEqual([kind for kind, _ in self.shop.happened("hold", "retrieve")], ["hold", "retrieve"])

    def test_hang_up_while_held(self) -> None:
        """Hanging up does not drop a held customer: the seat rings for him, and then somebody else's."""
        first, second = self.seat("801"), self.seat("802")
        second.pause("lunch")
        call, _waiting = self.caller()
        first.answer()
        first.hold()
        first.hang_up()
        self.shop.wait(0.1)
        self.assertIs(first.status.state, SeatState.RINGING)
        second.ready()
        self.shop.wait(21)
        self.assertIsNone(call.ended)
        self.assertIs(second.status.state, SeatState.RINGING)
        second.answer()
        self.assertTrue(self.shop.hears(0, second))
        self.assertFalse(self.shop.hears(0, first))
        second.hang_up()
        self.assertEqual(self.outcomes(), ["answered", "answered"])

    def test_given_back_and_gone(self) -> None:
        """Held, not come back to, waiting again, he hangs up: one outcome a wait, and nobody's idle time is touched."""
        first, second = self.seat("801"), self.seat("802")
        second.pause("lunch")
        call, waiting = self.caller()
        first.answer()
        first.hold()
        first.hang_up()
        self.shop.wait(20.1)
        self.assertEqual([entry.call for entry in self.queue.waiting], [call])
        last_end_s = first.last_end_s
        self.shop.wait(3)
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.successResultOf(waiting), "his call ended")
        self.assertEqual(self.outcomes(), ["answered", "abandoned"])
        self.assertEqual((first.last_end_s, second.last_end_s), (last_end_s, None))
        connects = [data["wait_s"] for _, data in self.shop.happened("connect")]
        self.assertEqual(len(connects), 1)

    def test_a_talk_is_no_waiting(self) -> None:
        """Given back after a long talk, he may wait as long as anybody, and only the waiting counts as such."""
        seat = self.seat()
        self.caller()
        seat.answer()
        self.shop.clock.advance(2000)
        seat.hold()
        seat.hang_up()
        self.shop.wait(35.2)
        assert seat.status.call is not None
        seat.answer()
        waits_s = [data["wait_s"] for _, data in self.shop.happened("connect")]
        self.assertEqual(len(waits_s), 2)
        self.assertLess(max(waits_s), 20)

    def test_given_back_to_nobody(self) -> None:
        """Given back when nobody is left who may answer, he is told at once."""
        self.queue = people(self.shop, wrap_up_s=0)
        seat = self.seat()
        _, waiting = self.caller()
        seat.answer()
        seat.hold()
        self.shop.staff.held["801"] = frozenset()
        self.shop.seats.rights_changed("801", frozenset(Right), frozenset())
        seat.hang_up()
        self.shop.wait(24)
        self.assertEqual(self.successResultOf(waiting), "left_empty")

    def test_line_lost(self) -> None:
        """A caller whose line is lost while he waits has not given up: he was cut off."""
        self.seat()
        self.caller()
        self.shop.lines[0].far_end.unplug()
        self.assertEqual(self.outcomes(), ["cut_off"])

    def test_given_back_keeps_his_place(self) -> None:
        """Who waits again stands where he stood, before those who came after him."""
        seat = self.seat()
        call, _ = self.caller(0)
        seat.answer()
        self.caller(1)
        seat.hold()
        seat.hang_up()
        self.shop.wait(20.1)
        self.assertIs(self.queue.waiting[0].call, call)

    def test_last_agent_goes(self) -> None:
        """When nobody is left who could answer, those who wait are told at once, and their menus go on."""
        seat = self.seat()
        seat.pause("lunch")
        call, waiting = self.caller()
        self.shop.wait(3)
        self.assertNoResult(waiting)
        seat.log_out()
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "left_empty")
        self.assertEqual(self.shop.prompts()[-1], "nobody-logged-in")
        self.assertIsNone(call.ended)

    def test_last_right_goes(self) -> None:
        """Also when the right of the last one is taken away."""
        self.seat().pause("lunch")
        _, waiting = self.caller()
        self.shop.staff.held["801"] = frozenset()
        self.shop.seats.rights_changed("801", frozenset(Right), frozenset())
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "left_empty")

    def test_last_program_goes(self) -> None:
        """Nobody waits for a seat whose program is gone, but for the blink of a network; who waits is told at once."""
        seat = self.seat()
        seat.pause("lunch")
        _, waiting = self.caller()
        seat.client_lost()
        self.shop.wait(4)
        seat.client_back()
        self.shop.wait(10)
        self.assertNoResult(waiting)
        seat.client_lost()
        self.shop.wait(5 + 3)
        self.assertEqual(self.successResultOf(waiting), "left_empty")
        self.assertEqual(self.shop.prompts()[-1], "nobody-logged-in")

    def test_nobody_behind_a_seat(self) -> None:
        """Who asks for a person when only a dead program is logged in is told so, and hears no music for nobody."""
        seat = self.seat()
        seat.client_lost()
        self.shop.wait(6)
        _, waiting = self.caller()
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "no_agent")
        self.assertEqual(self.shop.happened("entry"), [])
        self.shop.wait(300)
        self.assertIs(seat.status.state, SeatState.OFF)
        self.assertEqual([data["reason"] for _, data in self.shop.happened("log_out")], ["client_lost"])

    def test_program_lost_in_a_talk(self) -> None:
        """The caller hears music at once and keeps his place: before those who came later, at the next free seat."""
        seat = self.seat()
        call, _ = self.caller(0)
        seat.answer()
        self.assertTrue(self.shop.hears(0, seat))
        self.caller(1)
        seat.client_lost()
        self.assertEqual(self.shop.board.statuses["seat 801"].sub, "client lost", "every supervisor sees it")
        self.assertIs(self.shop.state(0), LineState.HELD)
        self.shop.wait(0.5)
        self.assertTrue(self.hears_music())
        self.shop.wait(20)
        self.assertIs(call.stage, Stage.TALK)
        other = self.seat("802")
        other.pause("lunch")
        self.shop.wait(10)
        self.assertIs(self.queue.waiting[0].call, call)
        other.ready()
        assert other.status.call is not None
        self.assertEqual(other.status.call.call_id, call.id)
        other.answer()
        self.assertTrue(self.shop.hears(0, other))
        told = [(kind, data.get("by"), data.get("reason")) for kind, data in self.shop.happened("hold", "given_back")]
        self.assertEqual(told, [("hold", "seat 801", "client_lost"), ("given_back", "seat 801", "client_lost")])

    def test_program_back_in_a_talk(self) -> None:
        """Back in time, the two talk on; the timeline says for how long they did not."""
        seat = self.seat()
        call, _ = self.caller()
        seat.answer()
        seat.client_lost()
        self.shop.wait(20)
        seat.client_back()
        self.assertTrue(self.shop.hears(0, seat))
        self.shop.wait(30)
        self.assertIsNone(call.ended)
        told = [(kind, data["reason"]) for kind, data in self.shop.happened("hold", "retrieve")]
        self.assertEqual(told, [("hold", "client_lost"), ("retrieve", "client_back")])

    def test_program_lost_and_nobody_else(self) -> None:
        """The only agent stays away: his caller is told that nobody is there, and his menu goes on."""
        seat = self.seat()
        call, waiting = self.caller()
        seat.answer()
        seat.client_lost()
        self.shop.wait(30 + 5)
        self.assertEqual(self.successResultOf(waiting), "left_empty")
        self.assertIsNone(call.ended)

    def test_agent_dismissed_in_a_talk(self) -> None:
        """The account is closed while he talks: his caller is at the next free seat at once."""
        seat, other = self.seat("801"), self.seat("802")
        call, _ = self.caller()
        seat.answer()
        seat.dismiss(Reason(Cause.DISMISSED))
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.OFF)
        assert other.status.call is not None
        self.assertEqual(other.status.call.call_id, call.id)

    def test_nobody_waits_for_a_pause(self) -> None:
        """Whether callers wait while all pause is the shop's choice."""
        self.queue = people(self.shop, wait_for_paused=False)
        seat = self.seat()
        _, waiting = self.caller()
        self.shop.wait(1)
        seat.reject()
        seat.pause("lunch")
        self.shop.wait(3)
        self.assertEqual(self.successResultOf(waiting), "left_empty")

    def test_right_taken_while_it_rings(self) -> None:
        """The caller rings at another seat at once, and it is no miss of his."""
        first, second = self.seat("801"), self.seat("802")
        self.caller()
        self.shop.staff.held["801"] = frozenset()
        self.shop.seats.rights_changed("801", frozenset(Right), frozenset())
        self.shop.wait(0.1)
        self.assertIs(first.status.state, SeatState.IDLE_PC)
        self.assertIs(second.status.state, SeatState.RINGING)

    def test_two_queues(self) -> None:
        """Each queue has its own number of misses."""
        self.queue = people(self.shop, misses=1)
        seat = self.seat()
        self.caller()
        self.shop.wait(15.1)
        self.assertEqual((seat.status.state, seat.status.reason), (SeatState.PAUSED, "missed"))

    def test_record_comes_late(self) -> None:
        """The seat rings after 0.3 s at the latest, and shows the caller's record when the database has answered."""
        book: Deferred[Card] = Deferred()
        self.queue = people(self.shop, card=lambda call, queue: book)
        seat = self.seat()
        call, _ = self.caller()
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.shop.wait(0.3)
        assert seat.status.call is not None
        self.assertEqual((seat.status.call.call_id, seat.status.call.identity), (call.id, None))
        book.callback(Card(call.id, identity=Identity("1001", "Li Ming")))
        self.assertEqual(seat.status.call.identity, Identity("1001", "Li Ming"))

    def test_record_comes_in_the_talk(self) -> None:
        """It is shown as well when the agent has answered already."""
        book: Deferred[Card] = Deferred()
        self.queue = people(self.shop, card=lambda call, queue: book)
        seat = self.seat()
        call, _ = self.caller()
        self.shop.wait(0.3)
        seat.answer()
        shown: list[Card | None] = []
        self.shop.seats.watch(lambda change: shown.append(change.status.call))
        book.callback(Card(call.id, identity=Identity("1001", "Li Ming")))
        self.assertEqual([card.identity for card in shown if card], [Identity("1001", "Li Ming")])

    def test_record_comes_in_time(self) -> None:
        """A record that comes in time is on the card from the first ring on."""
        book: Deferred[Card] = Deferred()
        self.queue = people(self.shop, card=lambda call, queue: book)
        seat = self.seat()
        call, _ = self.caller()
        book.callback(Card(call.id, identity=Identity("1001", "Li Ming")))
        self.shop.wait(0.02)
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.identity, Identity("1001", "Li Ming"))

    def test_record_never_comes(self) -> None:
        """No failure of the database keeps a caller from a person."""
        self.queue = people(self.shop, card=lambda call, queue: fail(ZeroDivisionError()))
        seat = self.seat()
        self.caller()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        seat.answer()
        self.assertTrue(self.shop.hears(0, seat))

    def test_too_long(self) -> None:
        """After the longest wait the caller is told so and the menu goes on."""
        self.seat().pause("lunch")
        call, waiting = self.caller()
        self.shop.clock.advance(1800)
        self.shop.wait(2)
        self.assertEqual(self.successResultOf(waiting), "timed_out")
        self.assertEqual(self.shop.prompts()[-1], "still-busy")
        self.assertEqual(self.shop.board.statuses["line 1"].sub, "flow")
        self.shop.clock.advance(600)
        self.assertIsNone(call.ended)

    def test_very_long_wait(self) -> None:
        """A queue whose callers may wait two hours lets them wait two hours."""
        self.queue = people(self.shop, max_wait_s=7200)
        self.seat().pause("lunch")
        call, waiting = self.caller()
        self.shop.clock.advance(7199)
        self.assertNoResult(waiting)
        self.assertIsNone(call.ended)
        self.shop.clock.advance(1)
        self.shop.wait(2)
        self.assertEqual(self.successResultOf(waiting), "timed_out")

    def test_music(self) -> None:
        """Who waits hears music after the first words; who has waited in vain hears none in the menu after it."""
        self.seat().pause("lunch")
        self.caller()
        self.shop.wait(2)
        self.assertTrue(self.hears_music())
        self.shop.clock.advance(1800)
        self.shop.wait(2)
        self.assertFalse(self.hears_music())

    def hears_music(self) -> bool:
        """Whether the caller on the first line does: it is louder than the words."""
        self.shop.lines[0].far_end.heard.clear()
        self.shop.wait(0.2)
        return self.shop.loudest(0) > 0.015

    def test_no_word_while_it_rings(self) -> None:
        """No comfort is begun while a seat rings: it would talk over the moment of the answer."""
        self.queue = people(self.shop, ring_s=90)
        self.seat()
        self.caller()
        self.shop.wait(65)
        self.assertEqual(self.shop.prompts(), ["please-wait-for-person"])

    def test_card(self) -> None:
        """The agent sees how long the caller has waited, and the way he has come, as it is when it rings."""
        seat = self.seat()
        seat.pause("lunch")
        call, _ = self.caller()
        call.path.append("shop")
        self.shop.wait(7)
        seat.ready()
        card = seat.status.call
        assert card is not None
        self.assertEqual((card.waited_s, card.earlier_s, card.path), (7, 0, ("shop",)))

    def test_ringing_is_waiting(self) -> None:
        """Once he is answered the card tells his whole wait, that while it rang included, and stays at it."""
        seat = self.seat()
        self.caller()
        self.shop.wait(6)
        seat.answer()
        card = seat.status.call
        assert card is not None
        self.assertApproximates(card.waited_s, 6, 1)
        told_s = card.waited_s
        self.shop.wait(20)
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.waited_s, told_s)

    def test_comfort(self) -> None:
        """Who waits hears a word every minute, and music in between."""
        self.seat().pause("lunch")
        self.caller()
        self.shop.wait(125)
        self.assertEqual(self.shop.prompts(), ["please-wait-for-person", *["all-busy-please-wait"] * 2])

    def test_longest_idle_is_told(self) -> None:
        """The event log says who was asked, who was passed over and why."""
        self.seat("801")
        self.seat("802").pause("lunch")
        self.caller()
        (_, offer), *_ = self.shop.happened("offer")
        self.assertEqual(offer["seat"], "801")
        self.assertEqual(offer["passed_over"], {"802": "paused"})
        self.assertEqual(offer["why"], "longest_idle")
