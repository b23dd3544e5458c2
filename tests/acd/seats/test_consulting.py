"""An agent keeps his caller held and asks a third party: back and forth, joined, all three; and what can go wrong."""

from __future__ import annotations

from dataclasses import replace

from twisted.internet.defer import Deferred, succeed

from callserver.acd.moves.dialling import Dialling
from callserver.acd.queues.queue import Queue
from callserver.acd.seats.seat import Seat
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.dialling_case import OUTSIDE, DiallingCase, DiallingShop
from tests.shop import people

LINE, LI, WANG, ZHAO, PERSON = "line 1", "seat 801", "seat 802", "seat 803", f"outside {OUTSIDE}"


MAX_WAIT_S = 60.0


class ConsultingCase(DiallingCase):
    """A caller talks with Li, who has found him in a queue."""

    def setUp(self) -> None:
        super().setUp()
        self.queue = self.one_queue()
        for seat in (self.wang, self.zhao):
            seat.pause("desk work")
        self.call = self.shop.answered_call()
        waiting = Deferred.fromCoroutine(self.queue.enter(self.call))
        self.call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addErrback(lambda failure: None)
        self.shop.let_pass(1)
        self.li.answer()
        self.line = self.call.first

    def one_queue(self) -> Queue:
        queue = people(self.shop, wrap_up_s=20)
        queue._say = lambda call, prompts: succeed(None)  # no sound is made here
        return queue

    def who_hears_whom(self) -> dict[str, set[str]]:
        """Of everybody who is in a call and hears somebody."""
        parties = {party.name: party for call in self.shop.calls for party in call.parts}
        heard = {name: self.shop.heard_by(party) for name, party in parties.items()}
        return {name: whom for name, whom in heard.items() if whom}

    def shown_at(self, seat: str) -> str | None:
        """Who calls there, as screens have been told."""
        return self.shop.board.statuses[seat].caller

    def caller_hangs_up(self) -> None:
        self.shop.lines[0].far_end.hang_up()

    def caller_hears_music(self) -> bool:
        self.shop.wait(0.1)
        return self.shop.hears_music(self.line)

    def talk_with_wang(self) -> None:
        self.consult(self.li, "seat 802")
        self.wang.answer()

    def talk_outside(self) -> None:
        self.consult(self.li, f"number {OUTSIDE}")
        self.person().rings()
        self.person().answers()


class BackAndForthTests(ConsultingCase):
    def test_a_colleague(self) -> None:
        """The caller hears music and nobody else; cancelled, he talks with his agent, and the colleague is free."""
        self.consult(self.li, "seat 802")
        self.assertEqual(self.states(), ["RINGBACK", "RINGING", "PAUSED"])
        self.wang.answer()
        self.assertEqual(self.states(), ["TALKING", "TALKING", "PAUSED"])
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.assertTrue(self.caller_hears_music())
        self.assertEqual(self.shop.state(), LineState.HELD)
        kept = self.li.status.kept
        assert kept is not None
        self.assertEqual(kept.call_id, self.call.id)
        self.li.cancel()
        self.assertEqual(self.states(), ["TALKING", "PAUSED", "PAUSED"])
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_a_number_outside(self) -> None:
        """The same with somebody outside, who is hung up on when he is cancelled."""
        self.talk_outside()
        self.assertEqual(self.who_hears_whom(), {LI: {PERSON}, PERSON: {LI}})
        self.li.cancel()
        self.assertEqual(self.person().told[-1], "left: consult_cancelled")
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_held_before(self) -> None:
        """Who is held already is kept as he is."""
        self.li.hold()
        self.talk_with_wang()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})

    def test_the_consultation_in_the_timeline(self) -> None:
        """The caller's call says who was asked, and in which call that is written down."""
        self.consult(self.li, "seat 802")
        [(_, data)] = self.shop.happened("consult")
        self.assertEqual(data, {"by": LI, "call": "call-2", "to": "802"})

    def test_hung_up_on_the_third(self) -> None:
        """Back to the caller, who stays held until he is fetched."""
        self.talk_with_wang()
        self.li.hang_up()
        self.assertEqual(self.states()[:2], ["HELD", "PAUSED"])
        self.assertTrue(self.caller_hears_music())
        self.li.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_third_party_goes(self) -> None:
        """Whoever of the two hangs up, the caller stays held; also while it is dialled, rings, is not reached."""
        for goes in (
            self.third_hangs_up,
            self.third_hangs_up_early,
            self.third_does_not_answer,
            self.colleague_goes,
            self.colleague_rejects,
        ):
            goes()
            self.assertEqual(self.states()[0], "HELD", goes)
            self.assertEqual(len(self.shop.calls), 1)
            self.assertTrue(self.caller_hears_music())

    def third_hangs_up(self) -> None:
        self.talk_outside()
        self.person().hangs_up()

    def third_hangs_up_early(self) -> None:
        self.consult(self.li, f"number {OUTSIDE}")
        self.li.hang_up()

    def third_does_not_answer(self) -> None:
        self.consult(self.li, f"number {OUTSIDE}")
        self.person().rings()
        self.person().does_not_answer(DialResult.BUSY)

    def colleague_goes(self) -> None:
        self.talk_with_wang()
        self.wang.hang_up()

    def colleague_rejects(self) -> None:
        self.consult(self.li, "seat 802")
        self.wang.reject()

    def test_the_caller_goes_meanwhile(self) -> None:
        """Only the mark goes; the consultation becomes a call like any other, and cannot be joined."""
        self.consult(self.li, "seat 802")
        self.caller_hangs_up()
        self.assertEqual((self.states()[0], self.li.status.kept), ("RINGBACK", None))
        self.wang.answer()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        for act in (self.li.join, self.li.three_way, self.li.cancel):
            self.assertEqual(self.refusal(act), (Refusal.NOT_NOW, "talking"))
        self.li.hang_up()
        self.assertEqual((self.states()[1], len(self.shop.calls)), ("PAUSED", 0))

    def test_refused(self) -> None:
        """What cannot be called costs the caller nothing: he is not even held."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.DIAL_INTERNAL, Right.DIAL_LOCAL}
        internal, local = (str(int(right)) for right in (Right.DIAL_INTERNAL, Right.DIAL_LOCAL))
        wrong = [
            ("seat 802", (Refusal.NO_RIGHT, internal)),
            (f"number {OUTSIDE}", (Refusal.NO_RIGHT, local)),
            ("number 1", (Refusal.BAD_ARGUMENT, "number")),
            ("queue operator", (Refusal.BAD_ARGUMENT, "target")),
        ]
        for target, refused in wrong:
            self.assertEqual(self.refusal(self.consult, self.li, target), refused, target)
        self.shop.staff.held.clear()
        for target, refused in (("seat 801", (Refusal.ONESELF, "")), ("seat 804", (Refusal.NOT_AVAILABLE, "seat 804"))):
            self.assertEqual(self.refusal(self.consult, self.li, target), refused, target)
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.assertEqual(self.shop.happened("hold"), [])

    def test_nobody_to_keep(self) -> None:
        """Who talks with nobody can call, and not consult; who consults cannot consult once more."""
        self.assertEqual(self.refusal(self.consult, self.wang, "seat 803"), (Refusal.NOT_NOW, "paused"))
        self.talk_with_wang()
        self.assertEqual(self.refusal(self.consult, self.li, "seat 803"), (Refusal.NOT_NOW, "talking"))
        self.assertEqual(self.refusal(self.dial, self.li, "803"), (Refusal.NOT_NOW, "talking"))

    def test_hold_and_hang_up_at_once(self) -> None:
        """The caller hangs up as he is held: the hold comes too late, in words; and the other way round."""
        self.caller_hangs_up()
        self.assertEqual(self.refusal(self.li.hold), (Refusal.NOT_NOW, "paused"))
        self.assertEqual(self.refusal(self.consult, self.li, "seat 802"), (Refusal.NOT_NOW, "paused"))

    def test_held_and_gone(self) -> None:
        self.li.hold()
        self.caller_hangs_up()
        self.assertEqual(self.refusal(self.li.retrieve), (Refusal.NOT_NOW, "paused"))
        self.assertEqual(self.li.status.reason, "wrap-up")

    def test_program_lost(self) -> None:
        """The third is left at once; the caller waits for his agent, and is back with him when his program is."""
        self.talk_with_wang()
        self.li.client_lost()
        self.assertEqual(self.states()[1], "PAUSED")
        self.li.client_back()
        self.assertEqual(self.states()[0], "HELD")
        self.li.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_program_lost_for_good(self) -> None:
        """The caller is in his queue again."""
        self.talk_outside()
        self.li.client_lost()
        self.shop.let_pass(31)
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])
        self.assertEqual(len(self.shop.calls), 1)

    def test_the_third_consults_too(self) -> None:
        """Each hears only whom he is with; two who hold, two who hear music."""
        self.talk_with_wang()
        self.consult(self.wang, "seat 803")
        self.zhao.answer()
        self.assertEqual(self.who_hears_whom(), {WANG: {ZHAO}, ZHAO: {WANG}})
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.li.station))
        self.wang.cancel()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})


class SwapTests(ConsultingCase):
    """Between caller and colleague, as often as he likes."""

    def test_back_and_forth(self) -> None:
        """He talks with one, and the other hears music; his screen names both, and the timeline says when."""
        self.talk_with_wang()
        self.li.swap()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.wang.station))
        self.assertEqual(self.states(), ["TALKING", "TALKING", "PAUSED"])
        status = self.li.status
        assert status.call is not None
        assert status.kept is not None
        self.assertEqual((status.call.call_id, status.kept.call_id), (self.call.id, "call-2"))
        self.li.swap()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.assertTrue(self.caller_hears_music())
        self.assertEqual([data["call"] for _, data in self.shop.happened("swap")], [self.call.id, "call-2"])

    def test_joined(self) -> None:
        """Joined from the caller's side it is the caller's call that goes on, as it would be otherwise."""
        self.talk_with_wang()
        self.li.swap()
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertEqual([call.id for call in self.shop.calls], [self.call.id])
        self.assertEqual(self.li.status.reason, "wrap-up")

    def test_three(self) -> None:
        """All three talk; who of them hangs up leaves the others talking."""
        self.talk_outside()
        self.li.swap()
        self.li.three_way()
        everybody = {LINE, LI, PERSON}
        self.assertEqual(self.who_hears_whom(), {one: everybody - {one} for one in everybody})
        self.li.hang_up()
        self.assertEqual(self.who_hears_whom(), {LINE: {PERSON}, PERSON: {LINE}})

    def test_the_caller_goes(self) -> None:
        """The colleague is still on hold, and fetched like any other."""
        self.talk_with_wang()
        self.li.swap()
        self.caller_hangs_up()
        self.assertEqual((self.states()[0], self.li.status.kept), ("HELD", None))
        self.li.retrieve()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.wang.hang_up()
        self.assertEqual(len(self.shop.calls), 0)

    def test_the_colleague_goes(self) -> None:
        """The talk with the caller goes on."""
        self.talk_with_wang()
        self.li.swap()
        self.wang.hang_up()
        self.assertEqual((self.states()[0], self.li.status.kept), ("TALKING", None))
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_program_lost(self) -> None:
        """It is the colleague who is left; the caller waits with music for his agent."""
        self.talk_with_wang()
        self.li.swap()
        self.li.client_lost()
        self.assertEqual(self.states()[:2], ["HELD", "PAUSED"])
        self.assertTrue(self.caller_hears_music())
        self.li.client_back()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_dismissed(self) -> None:
        """The caller is in his queue again, and the colleague free."""
        self.talk_with_wang()
        self.li.swap()
        self.li.dismiss(Reason(Cause.DISMISSED))
        self.assertEqual(self.states()[1], "PAUSED")
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])

    def test_not_before_somebody_is_there(self) -> None:
        """While it rings there is nobody to swap with; nor with one party only."""
        self.assertEqual(self.refusal(self.li.swap), (Refusal.NOT_NOW, "talking"))
        self.consult(self.li, "seat 802")
        self.assertEqual(self.refusal(self.li.swap), (Refusal.NOT_NOW, "ring-back"))


class GroupTests(ConsultingCase):
    """The number of a group rings all of it who are ready."""

    def setUp(self) -> None:
        super().setUp()
        self.shop.groups["90"] = ["801", "802", "803"]
        self.wang.ready()
        self.zhao.ready()

    def test_one_of_them(self) -> None:
        """Who answers first is consulted; the other's telephone stops, and the caller hears music."""
        self.consult(self.li, "seat 90")
        self.assertEqual(self.states(), ["RINGBACK", "RINGING", "RINGING"])
        self.zhao.answer()
        self.assertEqual(self.states(), ["TALKING", "IDLE_PC", "TALKING"])
        self.assertEqual(self.who_hears_whom(), {LI: {ZHAO}, ZHAO: {LI}})
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {ZHAO}, ZHAO: {LINE}})

    def test_joined_while_it_rings(self) -> None:
        """All of them see whose call it is now; who answers has the caller."""
        self.consult(self.li, "seat 90")
        self.li.join()
        for seat in (self.wang, self.zhao):
            assert seat.status.call is not None
            self.assertEqual(seat.status.call.call_id, self.call.id)
        self.wang.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertEqual(self.states()[2], "IDLE_PC")

    def test_nobody_answers(self) -> None:
        """One declines, the other does not come: the caller is still held."""
        self.consult(self.li, "seat 90")
        self.wang.reject()
        self.assertEqual(self.states(), ["RINGBACK", "IDLE_PC", "RINGING"])
        self.shop.let_pass(31)
        self.assertEqual(self.states()[0], "HELD")
        self.assertTrue(self.caller_hears_music())

    def test_nobody_is_ready(self) -> None:
        """Refused, and the talk goes on."""
        for seat in (self.wang, self.zhao):
            seat.pause("desk work")
        self.assertEqual(self.refusal(self.consult, self.li, "seat 90"), (Refusal.NOT_AVAILABLE, "seat 90"))
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})


class QueueTests(ConsultingCase):
    """A queue is consulted: its next free agent is offered the consultation."""

    def setUp(self) -> None:
        super().setUp()
        shop, queues = self.shop, self.queue.queues
        queues.set({"operator": replace(queues.by_name["operator"].settings, max_wait_s=MAX_WAIT_S)})
        shop.seats_dial = Dialling(shop.seats, shop.staff, shop.calls, shop.out, shop, queues)

    def asks(self) -> None:
        self.consult(self.li, "queue operator")
        self.shop.let_pass(0.5)

    def is_free(self, seat: Seat) -> None:
        seat.ready()
        self.shop.let_pass(0.5)

    def n_waiting(self) -> int:
        return len(self.queue.waiting)

    def test_waits_for_somebody(self) -> None:
        """All pause: he hears ring-back, his caller music; the first who is ready is rung, and the two talk."""
        self.asks()
        self.assertEqual(self.states(), ["RINGBACK", "PAUSED", "PAUSED"])
        self.assertTrue(self.caller_hears_music())
        self.is_free(self.wang)
        self.assertIs(self.wang.status.state, SeatState.RINGING)
        assert self.wang.status.call is not None
        self.assertEqual(self.wang.status.call.caller_number, "801")
        self.wang.answer()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.assertEqual(self.n_waiting(), 0)
        answered = self.shop.book.calls[self.wang.in_hand.call.id]["answered_at"]
        self.assertIsNotNone(answered)
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertIs(self.call.stage, Stage.TALK)
        self.assertEqual(self.shop.book.calls[self.call.id]["agent"], "802")

    def test_no_caller(self) -> None:
        """It is no caller of the queue: nobody grabs it, nothing counts it, and the list says who asks."""
        self.asks()
        (row,) = self.queue.queues.lists.rows()
        (waiter,) = row.waiters
        self.assertEqual((waiter.caller, waiter.call_back), ("801", False))
        self.assertRaises(LookupError, self.queue.queues.take, waiter.call_id, self.wang)
        self.assertEqual(self.queue.queues.lists.callers(), [])
        self.assertEqual(len(self.shop.happened("entry")), 1)
        self.is_free(self.wang)
        self.wang.answer()
        self.wang.hang_up()
        queues = self.queue.queues
        self.assertEqual([one.n_answered for one in queues._matching.candidates()], [1, 0, 0])
        self.assertEqual(list(queues._tallies.handled_s("operator")), [])

    def test_in_its_turn(self) -> None:
        """Who waited before him is served before him."""
        other = self.shop.answered_call(1)
        waiting = Deferred.fromCoroutine(self.queue.enter(other))
        waiting.addErrback(lambda failure: None)
        other.when_ended().addCallback(lambda _: waiting.cancel())
        self.shop.let_pass(1)
        self.asks()
        self.is_free(self.wang)
        assert self.wang.status.call is not None
        self.assertEqual(self.wang.status.call.call_id, other.id)
        self.is_free(self.zhao)
        assert self.zhao.status.call is not None
        self.assertEqual(self.zhao.status.call.caller_number, "801")

    def make_shop(self) -> DiallingShop:
        return DiallingShop(n_lines=2)

    def test_declined(self) -> None:
        """The next one is asked."""
        self.asks()
        self.is_free(self.wang)
        self.wang.pause("lunch")
        self.wang.reject()
        self.is_free(self.zhao)
        self.assertIs(self.zhao.status.state, SeatState.RINGING)

    def test_picked_up(self) -> None:
        """A colleague takes it from where it rings."""
        self.asks()
        self.is_free(self.wang)
        offer = self.wang.ringing
        assert offer is not None
        self.zhao.take(offer, Right.PICK_UP, Reason(Cause.PICKED_UP))
        self.assertEqual(self.states(), ["TALKING", "IDLE_PC", "TALKING"])
        self.assertEqual(self.who_hears_whom(), {LI: {ZHAO}, ZHAO: {LI}})

    def test_given_up(self) -> None:
        """He has his caller back, and it rings nowhere any more."""
        self.asks()
        self.is_free(self.wang)
        self.li.cancel()
        self.assertEqual(self.states()[:2], ["TALKING", "IDLE_PC"])
        self.assertEqual(self.n_waiting(), 0)
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_for_too_long(self) -> None:
        """As long as a caller may wait; then his caller is still held."""
        self.asks()
        self.shop.let_pass(MAX_WAIT_S + 0.5)
        self.assertEqual((self.states()[0], self.n_waiting()), ("HELD", 0))

    def test_nobody_is_left(self) -> None:
        """The others log out: he is not kept waiting. Nobody there from the beginning: refused."""
        self.asks()
        self.wang.log_out()
        self.assertEqual((self.states()[0], self.n_waiting()), ("RINGBACK", 1))
        self.zhao.log_out()
        self.assertEqual((self.states()[0], self.n_waiting()), ("HELD", 0))
        refused = (Refusal.NOT_AVAILABLE, "queue operator")
        self.assertEqual(self.refusal(self.consult, self.li, "queue operator"), refused)
        self.assertEqual(self.refusal(self.consult, self.li, "queue other"), (Refusal.NOT_AVAILABLE, "queue other"))

    def test_nobody_is_left_for_the_caller(self) -> None:
        """Left to the caller, who may have anybody there, also him who has asked: he waits on."""
        self.asks()
        self.li.join()
        self.wang.log_out()
        self.zhao.log_out()
        self.assertEqual(self.n_waiting(), 1)
        self.shop.let_pass(30)  # wrap-up
        assert self.li.status.call is not None
        self.assertEqual((self.states()[0], self.li.status.call.call_id), ("RINGING", self.call.id))

    def test_with_nobody_in_hand(self) -> None:
        """Who has no party to keep held consults nobody: refused, and no call has begun."""
        n_calls = len(self.shop.book.calls)
        self.wang.ready()
        for seat in (self.wang, self.zhao):
            self.assertEqual(self.refusal(self.consult, seat, "queue operator")[0], Refusal.NOT_NOW)
        self.assertEqual((len(self.shop.book.calls), self.n_waiting()), (n_calls, 0))

    def test_telephone_gone(self) -> None:
        """He has no voice any more as he asks: nobody is rung for him."""
        self.wang.ready()
        self.patch(self.li.station, "off_hook", lambda: {}["telephone"])
        self.asks()
        self.assertEqual((self.states()[:2], self.n_waiting()), (["HELD", "IDLE_PC"], 0))

    def test_right_taken_while_it_rings(self) -> None:
        """It comes by the queue: who may not answer its callers any more is rung no more, and the next one is."""
        self.asks()
        self.is_free(self.wang)
        self.is_free(self.zhao)
        held = frozenset(Right) - {Right.ANSWER_QUEUED}
        self.shop.staff.held["802"] = held
        self.shop.seats.rights_changed("802", frozenset(Right), held)
        self.shop.let_pass(0.5)
        self.assertEqual(self.states()[1:], ["IDLE_PC", "RINGING"])

    def test_misses(self) -> None:
        """Who does not answer it has missed it, as any call of the queue."""
        settings = self.queue.queues.by_name["operator"].settings
        self.queue.queues.set({"operator": replace(settings, misses=1)})
        self.asks()
        self.is_free(self.wang)
        self.shop.let_pass(settings.ring_s + 0.5)
        self.assertEqual((self.wang.status.state, self.wang.status.reason), (SeatState.PAUSED, "missed"))

    def test_right(self) -> None:
        """It is a call in the house: right 9."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.DIAL_INTERNAL}
        self.assertEqual(self.refusal(self.consult, self.li, "queue operator")[0], Refusal.NO_RIGHT)
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_left_to_the_caller(self) -> None:
        """Joined while it waits: the caller waits on, with music; who is free next has him."""
        self.asks()
        self.assertIs(self.li.in_hand.call.stage, Stage.RINGING)
        self.li.pause("lunch")
        self.li.join()
        self.assertTrue(self.caller_hears_music())
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.assertEqual(self.shop.board.statuses["line 1"].sub, "queue")
        self.is_free(self.zhao)
        assert self.zhao.status.call is not None
        self.assertEqual(self.zhao.status.call.call_id, self.call.id)
        self.zhao.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {ZHAO}, ZHAO: {LINE}})
        self.assertIs(self.call.stage, Stage.TALK)

    def test_left_to_the_caller_while_it_rings(self) -> None:
        """Where it rings one sees that it is the caller now."""
        self.asks()
        self.is_free(self.wang)
        self.assertEqual(self.shown_at("seat 802"), "801")
        self.li.join()
        self.assertEqual(self.shown_at("seat 802"), "13912345678")

    def test_left_to_the_caller_and_nobody_comes(self) -> None:
        """He rings at who has left him there."""
        self.asks()
        self.li.pause("lunch")
        self.li.join()
        self.shop.let_pass(MAX_WAIT_S + 0.5)
        self.assertIs(self.li.status.state, SeatState.RINGING)
        self.assertIs(self.call.stage, Stage.TRANSFER)  # and waits in no queue
        self.li.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_the_caller_gives_up(self) -> None:
        """Left to it, he hangs up: nothing waits any more."""
        self.asks()
        self.li.pause("lunch")
        self.li.join()
        self.caller_hangs_up()
        self.assertEqual(self.n_waiting(), 0)


class JoinTests(ConsultingCase):
    def test_to_a_colleague(self) -> None:
        """Caller and colleague talk in the caller's call; the agent has his wrap-up; the timelines name each other."""
        self.talk_with_wang()
        self.li.join()
        self.assertEqual(self.states(), ["PAUSED", "TALKING", "PAUSED"])
        self.assertEqual(self.li.status.reason, "wrap-up")
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertEqual(self.shop.state(), LineState.TALKING)
        merged = [(e.call_id, dict(e.data)) for e in self.shop.book.events if e.kind == "merged"]
        into = {"call": "call-2", "parties": [self.wang.station.name]}
        self.assertEqual(merged, [("call-2", {"into": self.call.id}), (self.call.id, into)])
        card = self.wang.status.call
        assert card is not None
        self.assertEqual((card.call_id, card.caller_number), (self.call.id, "13912345678"))
        self.wang.hang_up()
        self.assertEqual((self.call.ended, self.states()[1]), (Reason(Cause.AGENT_HUNG_UP), "PAUSED"))
        self.assertIsNone(self.wang.station.leg)

    def test_the_caller_ends_it(self) -> None:
        """When the caller hangs up, the colleague is free."""
        self.talk_with_wang()
        self.li.join()
        self.caller_hangs_up()
        self.assertEqual((self.states()[1], len(self.shop.calls)), ("PAUSED", 0))

    def test_the_colleague_goes_on(self) -> None:
        """Hold, retrieve, consult, join: he can do all with the caller that the first agent could."""
        self.talk_with_wang()
        self.li.join()
        self.wang.hold()
        self.assertTrue(self.caller_hears_music())
        self.consult(self.wang, "seat 803")
        self.zhao.answer()
        self.wang.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {ZHAO}, ZHAO: {LINE}})

    def test_the_colleague_is_gone(self) -> None:
        """A caller who was passed on and is left by his new agent's program goes back to the queue he came from."""
        self.talk_with_wang()
        self.li.join()
        self.wang.client_lost()
        self.assertTrue(self.caller_hears_music())
        self.shop.let_pass(31)
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])
        self.assertEqual(self.states()[1], "PAUSED")

    def test_in_a_circle(self) -> None:
        """Passed on and passed back again: each time the caller talks with one, and nobody is left anywhere."""
        self.talk_with_wang()
        self.li.join()
        for one, other in ((self.wang, self.li), (self.li, self.wang)) * 2:
            self.consult(one, f"seat {other.number}")
            other.answer()
            one.join()
            self.assertEqual(self.who_hears_whom(), {LINE: {other.station.name}, other.station.name: {LINE}})
        self.caller_hangs_up()
        self.assertEqual(len(self.shop.calls), 0)
        self.assertEqual([seat.station.leg for seat in (self.li, self.wang)], [None, None])

    def test_outside(self) -> None:
        """Caller and third party talk on without the house; whoever of the two hangs up ends it."""
        self.talk_outside()
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {PERSON}, PERSON: {LINE}})
        self.assertEqual(self.states()[0], "PAUSED")
        self.person().hangs_up()
        self.assertEqual(len(self.shop.calls), 0)

    def test_held_by_the_colleague(self) -> None:
        """Joined while the colleague holds the agent: the caller takes the agent's place, and hears music."""
        self.talk_with_wang()
        self.wang.hold()
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {})
        self.assertTrue(self.caller_hears_music())
        self.wang.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})

    def test_rights_taken_meanwhile(self) -> None:
        """Rights are asked when one dials; a talk goes on, and can be joined, whatever was taken since."""
        self.talk_with_wang()
        self.shop.staff.held["801"] = frozenset()
        for right in Right:
            self.li.lose_right(right)
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})


class BothAwayTests(ConsultingCase):
    """Li has put Wang aside for his caller, and Wang has put Li aside, when Li brings the two together."""

    def setUp(self) -> None:
        super().setUp()
        self.talk_with_wang()
        self.li.swap()
        self.wang.hold()

    def test_joined(self) -> None:
        """The caller hears music until Wang is back; then the two talk."""
        self.li.join()
        self.assertTrue(self.caller_hears_music())
        self.assertEqual((self.shop.state(), self.wang.status.state), (LineState.HELD, SeatState.HELD))
        self.wang.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})

    def test_joined_while_he_asks_another(self) -> None:
        """Likewise when Wang has put Li aside to ask a third colleague."""
        self.zhao.ready()
        self.wang.retrieve()
        self.consult(self.wang, "seat 803")
        self.li.join()
        self.assertTrue(self.caller_hears_music())
        self.wang.hang_up()
        self.wang.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})

    def test_all_three(self) -> None:
        """Caller and agent talk on, and Wang is with them as soon as he is back."""
        self.li.three_way()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.wang.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI, WANG}, LI: {LINE, WANG}, WANG: {LI, LINE}})

    def test_one_of_them_is_sent_away(self) -> None:
        """In a talk of three both have put the others aside: whoever is dismissed, the caller is held by the other."""
        self.li.three_way()
        self.wang.retrieve()
        self.wang.hold()
        self.li.hold()
        self.wang.dismiss(Reason(Cause.DISMISSED))
        self.assertTrue(self.caller_hears_music())
        self.li.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def leaves_them_to_a_number(self) -> None:
        """A talk of three, from which Wang is away while Li puts the others through to a number that rings yet."""
        self.li.three_way()
        self.wang.retrieve()
        self.wang.hold()
        self.consult(self.li, f"number {OUTSIDE}")
        self.person().rings()
        self.li.join()

    def test_whom_one_of_them_calls_does_not_come(self) -> None:
        """In a talk of three Li leaves the others to a number that nobody answers: they have each other, not Li."""
        self.leaves_them_to_a_number()
        self.person().does_not_answer()
        self.assertTrue(self.caller_hears_music())
        self.assertIsNot(self.li.status.state, SeatState.RINGING)
        self.wang.retrieve()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})

    def test_whom_one_of_them_calls_comes(self) -> None:
        """Likewise, and the number answers while Wang is away still: there is music, no silence, until he is back."""
        self.leaves_them_to_a_number()
        self.person().answers()
        (call,) = self.shop.calls
        outside = self.person()
        self.assertIs(call.parts[outside].role, Role.HELD)
        self.wang.retrieve()
        self.assertEqual(self.shop.heard_by(outside), {LINE, WANG})

    def test_he_does_not_come_back(self) -> None:
        """Wang is sent away: the caller does not stay in silence."""
        self.li.join()
        self.wang.dismiss(Reason(Cause.DISMISSED))
        self.shop.let_pass(1)
        self.assertTrue(self.caller_hears_music() or self.who_hears_whom().get(LINE))


class WhileItRingsTests(ConsultingCase):
    """Joined while the third party's telephone rings yet."""

    def join_ringing(self, target: str = "seat 802") -> None:
        self.consult(self.li, target)
        if target.startswith("number"):
            self.person().rings()
        self.li.join()

    def test_answered(self) -> None:
        """The caller hears music until the colleague answers; then they talk."""
        self.join_ringing()
        self.assertEqual(self.states(), ["PAUSED", "RINGING", "PAUSED"])
        self.assertEqual(self.shown_at("seat 802"), "13912345678")
        self.assertTrue(self.caller_hears_music())
        self.assertIs(self.call.stage, Stage.TRANSFER)
        self.wang.answer()
        self.assertIs(self.call.stage, Stage.TALK)
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertFalse(self.caller_hears_music())
        self.assertEqual(self.shop.book.calls[self.call.id]["agent"], "802")

    def test_nobody_answers(self) -> None:
        """The caller rings at who passed him on, hears music until then, and talks with him again."""
        self.join_ringing()
        self.shop.let_pass(30)
        self.assertEqual(self.states(), ["RINGING", "PAUSED", "PAUSED"])
        self.assertTrue(self.caller_hears_music())
        self.li.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.assertIs(self.call.stage, Stage.TALK)

    def test_neither_of_them(self) -> None:
        """Not taken by who passed him on either, he goes back to his queue."""
        self.join_ringing()
        self.wang.reject()
        self.shop.let_pass(20)
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])
        self.assertIsNone(self.call.ended)

    def test_the_agent_has_gone(self) -> None:
        """If who passed him on has logged out meanwhile, he goes to his queue at once."""
        self.join_ringing()
        self.zhao.ready()
        self.li.log_out()
        self.wang.reject()
        self.shop.let_pass(1)
        self.assertEqual(self.states(), ["OFF", "PAUSED", "RINGING"])

    def test_the_agent_is_busy(self) -> None:
        """The same if he talks already with the next."""
        self.join_ringing()
        self.dial(self.li, "803")
        self.wang.reject()
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])
        self.assertEqual(self.states(), ["RINGBACK", "PAUSED", "RINGING"])

    def test_the_caller_gives_up(self) -> None:
        """It rings no more at the colleague."""
        self.join_ringing()
        self.caller_hangs_up()
        self.assertEqual((self.states(), len(self.shop.calls)), (["PAUSED"] * 3, 0))

    def test_the_caller_gives_up_as_he_comes_back(self) -> None:
        """Nor at the agent."""
        self.join_ringing()
        self.wang.reject()
        self.caller_hangs_up()
        self.assertEqual((self.states(), len(self.shop.calls)), (["PAUSED"] * 3, 0))

    def test_outside(self) -> None:
        """The caller hears how it rings there, on the line itself; answered, they talk."""
        self.join_ringing(f"number {OUTSIDE}")
        self.assertIn(PERSON, self.who_hears_whom()[LINE])
        self.person().answers()
        self.assertEqual(self.who_hears_whom(), {LINE: {PERSON}, PERSON: {LINE}})
        self.assertEqual(self.states()[0], "PAUSED")

    def test_outside_not_reached(self) -> None:
        """Busy, or nobody there: the caller is not lost with that line, but back with his agent."""
        self.join_ringing(f"number {OUTSIDE}")
        self.person().does_not_answer()
        self.assertEqual(self.states()[0], "RINGING")
        self.assertTrue(self.caller_hears_music())
        self.li.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_not_before_it_rings(self) -> None:
        """Before it is known that it rings there is nothing to leave a caller to."""
        self.consult(self.li, f"number {OUTSIDE}")
        self.assertEqual(self.refusal(self.li.join), (Refusal.NOT_NOW, "dialling"))
        self.assertEqual(self.refusal(self.li.three_way), (Refusal.NOT_NOW, "dialling"))


class AwayWhileItRingsTests(ConsultingCase):
    """Zhao keeps Li held, who has a caller of his own, and leaves him to Wang, whose telephone rings yet."""

    def setUp(self) -> None:
        super().setUp()
        self.consult(self.li, "seat 803")
        self.zhao.answer()
        self.zhao.hold()
        self.consult(self.zhao, "seat 802")
        self.zhao.join()

    def test_back_with_his_caller(self) -> None:
        """Li is with his caller when Wang answers: the two talk on, and Wang hears music until Li is back."""
        self.li.swap()
        self.wang.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.wang.station))
        self.li.swap()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.assertTrue(self.caller_hears_music())

    def test_he_does_not_come(self) -> None:
        """Wang rejects: it rings at Zhao again, who waits with music likewise; nothing is played into Li's talk."""
        self.li.swap()
        self.wang.reject()
        self.shop.wait(0.1)
        self.assertFalse(self.shop.hears_music(self.li.station))
        self.zhao.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.zhao.station))
        self.li.swap()
        self.assertEqual(self.who_hears_whom(), {LI: {ZHAO}, ZHAO: {LI}})

    def test_nobody_comes(self) -> None:
        """Nor does Zhao: the two talk on as if nothing had been."""
        self.li.swap()
        self.wang.reject()
        self.zhao.reject()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.assertEqual((self.states()[0], self.li.status.kept), ("TALKING", None))
        self.li.hang_up()
        self.assertEqual(len(self.shop.calls), 0)

    def test_there(self) -> None:
        """Li has waited for Wang, or is back in time: then the two talk, and the caller hears music."""
        self.li.swap()
        self.li.swap()
        self.wang.answer()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.assertTrue(self.caller_hears_music())


class ThreeWayTests(ConsultingCase):
    def three(self) -> None:
        self.talk_with_wang()
        self.li.three_way()

    def test_all_three(self) -> None:
        """Each hears the two others, in one call; no second mark is left."""
        self.three()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI, WANG}, LI: {LINE, WANG}, WANG: {LINE, LI}})
        self.assertEqual((self.states()[:2], self.li.status.kept), (["TALKING", "TALKING"], None))
        self.assertEqual(len(self.shop.calls), 1)

    def test_who_is_there(self) -> None:
        """Both cards are the caller's, and say who else talks; no more when one has left."""
        self.three()
        self.shop.let_pass(1)
        self.assertEqual(self.cards(), [("13912345678", "802"), ("13912345678", "801")])
        self.wang.hang_up()
        self.shop.let_pass(1)
        self.assertEqual(self.cards(), [("13912345678",), ()])

    def test_who_is_there_from_outside(self) -> None:
        """Somebody who was called outside by his number; a fourth one is told, too."""
        self.talk_outside()
        self.li.three_way()
        self.shop.let_pass(1)
        self.assertEqual(self.cards()[0], ("13912345678", OUTSIDE))
        self.talk_with_wang()
        self.li.three_way()
        self.shop.let_pass(1)
        self.assertEqual(self.cards(), [("13912345678", OUTSIDE, "802"), ("13912345678", "801", OUTSIDE)])

    def test_the_caller_has_gone(self) -> None:
        """Each card is the colleague's, and says why; the call is the same, and the board shows whom they talk with."""
        self.three()
        self.caller_hangs_up()
        self.shop.let_pass(1)
        self.assertEqual(self.cards(), [("802",), ("801",)])
        self.assertEqual([self.shown_at(seat) for seat in (LI, WANG)], ["802", "801"])
        for seat in (self.li, self.wang):
            assert seat.status.call is not None
            self.assertEqual(seat.status.call.gone.partition(":")[0], "caller_hung_up")
            self.assertEqual(seat.status.call.call_id, self.call.id)

    def test_gone_while_a_fourth_is_asked(self) -> None:
        """Also where the three wait: they are two by now."""
        self.three()
        self.consult(self.li, "seat 803")
        self.zhao.answer()
        self.caller_hangs_up()
        self.shop.let_pass(1)
        kept = self.li.status.kept
        assert kept is not None
        self.assertEqual((kept.caller_number, self.cards()[:2]), ("802", [("803",), ("801",)]))

    def cards(self) -> list[tuple[str | None, ...]]:
        """Whom the cards of Li and Wang are about, and who is there, too."""
        calls = [seat.status.call for seat in (self.li, self.wang)]
        return [(call.caller_number, *(one.number for one in call.beside)) if call else () for call in calls]

    def test_with_somebody_outside(self) -> None:
        """The same with a line."""
        self.talk_outside()
        self.li.three_way()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI, PERSON}, LI: {LINE, PERSON}, PERSON: {LINE, LI}})

    def test_the_agent_leaves(self) -> None:
        """The two others talk on; he has his wrap-up."""
        self.three()
        self.li.hang_up()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertEqual(self.li.status.reason, "wrap-up")

    def test_the_colleague_leaves(self) -> None:
        """Caller and agent talk on."""
        self.three()
        self.wang.hang_up()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})

    def test_the_caller_leaves(self) -> None:
        """The two colleagues talk on, and whoever of them hangs up ends it for both."""
        self.three()
        self.caller_hangs_up()
        self.assertEqual(self.who_hears_whom(), {LI: {WANG}, WANG: {LI}})
        self.wang.hang_up()
        self.assertEqual((self.states()[1], len(self.shop.calls)), ("PAUSED", 0))
        self.assertEqual([seat.station.leg for seat in (self.li, self.wang)], [None, None])

    def test_hold(self) -> None:
        """Who holds, holds both; nobody is left with nobody, and they are all back."""
        self.three()
        self.li.hold()
        self.assertEqual(self.who_hears_whom(), {})
        self.assertTrue(self.caller_hears_music())
        self.li.retrieve()
        self.assertEqual(len(self.who_hears_whom()), 3)

    def test_left_on_hold(self) -> None:
        """Who holds both and does not come back leaves them to each other, and not to the music."""
        self.three()
        self.li.hold()
        self.li.hang_up()
        self.assertEqual(self.li.status.state.name, "RINGING")
        self.li.reject()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG}, WANG: {LINE}})
        self.assertFalse(self.caller_hears_music())

    def test_program_lost(self) -> None:
        """An agent who does not come back is out, and the two others talk on: nobody goes to a queue out of a talk."""
        for number, other in (("801", WANG), ("802", LI)):
            self.setUp()
            self.three()
            lost = self.shop.seats[number]
            lost.client_lost()
            self.assertEqual(self.who_hears_whom(), {LINE: {other}, other: {LINE}})
            lost.client_back()
            self.assertEqual(len(self.who_hears_whom()), 3)
            lost.client_lost()
            self.shop.let_pass(31)
            self.assertEqual(self.queue.waiting, [])
            self.assertEqual(self.who_hears_whom(), {LINE: {other}, other: {LINE}})

    def test_all_others_gone(self) -> None:
        """When the colleague has left as well, the last agent's program decides as in any talk."""
        self.three()
        self.li.hang_up()
        self.wang.client_lost()
        self.shop.let_pass(31)
        self.assertEqual([entry.call for entry in self.queue.waiting], [self.call])

    def test_three_and_a_fourth(self) -> None:
        """From three one can consult and join again: the two others talk with the fourth, in one call."""
        self.three()
        self.consult(self.li, "seat 803")
        self.zhao.answer()
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {WANG, ZHAO}, WANG: {LINE, ZHAO}, ZHAO: {LINE, WANG}})


class RealLineTests(ConsultingCase):
    """The third party is dialled on a real line, with an exchange's tones."""

    def setUp(self) -> None:
        super().setUp()
        self.shop.seats_dial = Dialling(
            self.shop.seats, self.shop.staff, self.shop.calls, self.shop.calls_out, self.shop
        )

    def make_shop(self) -> DiallingShop:
        return DiallingShop(n_lines=2)

    def rings_outside(self) -> None:
        self.consult(self.li, f"number {OUTSIDE}")
        self.shop.dial_tone(line=1)
        self.shop.exchange("ringback", 6, line=1)

    def test_shown_and_joined(self) -> None:
        """Dialling, ring-back, talk: the seat shows what the line hears; then the caller talks with who was called."""
        self.consult(self.li, f"number {OUTSIDE}")
        self.assertEqual(self.states()[0], "DIALING")
        self.shop.dial_tone(line=1)
        self.shop.exchange("ringback", 6, line=1)
        self.assertEqual(self.states()[0], "RINGBACK")
        self.shop.answer_there(line=1)
        self.assertEqual(self.states()[0], "TALKING")
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {"line 2"}, "line 2": {LINE}})

    def test_joined_too_early(self) -> None:
        """The caller hears the ring-back of the line; busy then, he comes back to his agent, and the line is free."""
        self.rings_outside()
        self.li.join()
        self.assertEqual(self.who_hears_whom(), {LINE: {"line 2"}})
        self.shop.exchange("busy", 6, line=1)
        self.assertEqual((self.states()[0], self.call.ended), ("RINGING", None))
        self.assertEqual([data["result"] for _, data in self.shop.happened("dial_result")], ["busy"])
        self.li.answer()
        self.assertEqual(self.who_hears_whom(), {LINE: {LI}, LI: {LINE}})
        self.shop.wait(3)
        self.assertEqual(self.shop.state(1), LineState.IDLE)

    def test_answered_after_it(self) -> None:
        """Joined in ring-back and answered: they hear each other."""
        self.rings_outside()
        self.li.join()
        self.shop.answer_there(line=1)
        self.assertEqual(self.who_hears_whom(), {LINE: {"line 2"}, "line 2": {LINE}})

    def test_the_line_is_lost(self) -> None:
        """A line that dies under a caller who was left to it costs him nothing."""
        self.rings_outside()
        self.li.join()
        self.shop.lines[1].far_end.unplug()
        self.assertEqual((self.states()[0], self.call.ended), ("RINGING", None))

    def test_the_caller_goes_first(self) -> None:
        """A caller who gives up takes the ringing line with him."""
        self.rings_outside()
        self.li.join()
        self.caller_hangs_up()
        self.assertEqual(len(self.shop.calls), 0)
        self.shop.wait(3)
        self.assertEqual(self.shop.state(1), LineState.IDLE)

    def test_two_lines_alone(self) -> None:
        """
        Joined, or left by the agent of three: nobody can go on dialling with the other's line.

        Who hangs up leaves a dial tone behind him, on which the other's keys would be dialled: the call ends with it.
        """
        for acts in ((Seat.join,), (Seat.three_way, Seat.hang_up)):
            self.rings_outside()
            self.shop.answer_there(line=1)
            self.assertFalse(self.call.lines_alone)
            for act in acts:
                act(self.li)
            self.assertTrue(self.call.lines_alone)
            self.shop.exchange("dial", 3, line=1)
            self.assertIsNotNone(self.call.ended)
            self.assertEqual(len(self.shop.calls), 0)
            self.setUp()

    def test_two_lines_for_half_an_hour(self) -> None:
        """However they came to be alone, two lines are bound for half an hour at most."""
        for acts in ((Seat.join,), (Seat.three_way, Seat.hang_up)):
            self.rings_outside()
            self.shop.answer_there(line=1)
            for act in acts:
                self.shop.clock.advance(1700)
                act(self.li)
            self.shop.clock.advance(1799)
            self.assertIsNone(self.call.ended)
            self.shop.clock.advance(2)
            self.assertEqual(self.call.ended, Reason(Cause.LIMIT_REACHED, "bridged"))
            self.setUp()
