"""Blind transfer: the caller goes where he was sent, or comes back, and is never left in silence."""

from typing import Any

from callserver.acd.moves.dialling import Dialling
from callserver.acd.routing.settings import QueueSettings
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.moving import MovingCase

RINGING, TALKING, IDLE = SeatState.RINGING, SeatState.TALKING, SeatState.IDLE_PC


class ToSeatTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()
        self.other = self.shop.agent("802")

    def transfer(self, to: str = "seat 802") -> None:
        self.moves.transfers.transfer(self.seat, to)

    def test_answered(self) -> None:
        """The other seat rings with the caller's card; he hears music, then the other agent, in the same call."""
        self.transfer()
        self.assertEqual(self.shown(self.other), (RINGING, "sent_here: seat 801"))
        assert self.other.status.call is not None
        self.assertEqual(self.other.status.call.caller_number, "13912345670")
        self.assertIs(self.seat.status.state, IDLE)
        self.assertTrue(self.hears_music())
        self.assertIs(self.shop.state(), LineState.HELD)
        self.other.answer()
        self.assertTrue(self.is_with(self.other))
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.assertEqual(self.shop.book.calls[self.call.id]["agent"], "802")
        self.other.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))
        self.assertEqual(self.broken_off, ["shop"])

    def test_timeline(self) -> None:
        """The call's own timeline tells all of it."""
        self.transfer()
        self.other.answer()
        self.assertEqual(
            self.shop.happened("transfer", "connect")[1:],
            [("transfer", {"by": "seat 801", "target": "seat 802"}), ("connect", {"seat": "802"})],
        )

    def test_from_hold(self) -> None:
        """A caller who is held can be sent on as well; he never hears the agent in between."""
        self.seat.hold()
        self.transfer()
        self.assertTrue(self.hears_music())
        self.other.answer()
        self.assertTrue(self.is_with(self.other))

    def test_not_answered(self) -> None:
        """After twenty seconds he rings at who transferred, who sees why, and talks with him again."""
        self.transfer()
        self.shop.wait(20.1)
        self.assertIs(self.other.status.state, IDLE)
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: missed"))
        self.assertTrue(self.hears_music())
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))

    def test_rejected(self) -> None:
        """A reject brings him back at once."""
        self.transfer()
        self.other.reject()
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: rejected"))

    def test_target_goes(self) -> None:
        """The target's program is lost, or he is sent away, while it rings: the caller comes back."""
        self.transfer()
        self.other.client_lost()
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: client_lost"))
        self.seat.answer()
        self.other.client_back()
        self.transfer()
        self.shop.seats.dismiss("802")
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: dismissed"))

    def test_right_taken_while_it_rings(self) -> None:
        """Who may not be rung any more is not rung on."""
        self.transfer()
        before = self.shop.staff.rights("802")
        self.without("802", Right.ANSWER_INTERNAL)
        self.shop.seats.rights_changed("802", before, self.shop.staff.rights("802"))
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: right_taken: 2"))

    def test_nobody_to_come_back_to(self) -> None:
        """Who transferred is in another call by then: the caller waits in the queue, and is served there."""
        self.transfer()
        another = self.caller(line=1)
        self.assertIs(self.seat.status.state, RINGING)
        self.seat.answer()
        third = self.shop.agent("803")
        self.other.pause("lunch")
        self.other.reject()
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.shop.wait(1)
        self.assertIs(third.status.state, RINGING)
        third.answer()
        self.assertTrue(self.is_with(third))
        self.assertTrue(self.is_with(self.seat, line=1))
        self.assertIsNone(another.ended)

    def test_nobody_at_all(self) -> None:
        """Nobody answers, nobody is left: he is asked for a message, and not left in silence."""
        self.without("802", Right.ANSWER_QUEUED)
        self.transfer()
        self.seat.log_out()
        self.other.reject()
        self.shop.wait(3)
        self.assertEqual(self.shop.prompts()[-2:], ["nobody-logged-in", "message-or-call-back"])

    def test_does_not_come_back_a_second_time(self) -> None:
        """Who does not take back whom he sent on has him no more: he waits in the queue."""
        self.transfer()
        self.other.reject()
        self.seat.reject()
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.shop.wait(0.5)
        self.assertEqual({self.seat.status.state, self.other.status.state}, {RINGING, IDLE})

    def test_caller_hangs_up_meanwhile(self) -> None:
        """It rings no more, at whichever of the two it did."""
        self.transfer()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.shown(self.other), (IDLE, "abandoned"))
        self.assertEqual(self.shown(self.seat)[0], IDLE)
        self.shop.wait(2)
        self.call = self.caller()
        ringing = self.seat if self.seat.status.state is RINGING else self.other
        ringing.answer()
        other = self.other if ringing is self.seat else self.seat
        self.moves.transfers.transfer(ringing, f"seat {other.number}")
        other.reject()
        self.assertIs(ringing.status.state, RINGING)
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.shown(ringing), (IDLE, "abandoned"))

    def test_agent_lost_after_it(self) -> None:
        """The agent he was sent to does not come back to him: somebody else is found."""
        self.transfer()
        self.other.answer()
        self.shop.seats.dismiss("802")
        self.shop.wait(0.5)
        self.assertIs(self.seat.status.state, RINGING)
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))

    def test_paused_target(self) -> None:
        """A pause is from queued calls: a colleague's transfer rings all the same."""
        self.other.pause("lunch")
        self.transfer()
        self.assertIs(self.other.status.state, RINGING)

    def test_round_and_round(self) -> None:
        """Ten times from hand to hand are enough; then he stays where he is."""
        seats = [self.seat, self.other]
        for n in range(10):
            self.moves.transfers.transfer(seats[n % 2], f"seat {seats[(n + 1) % 2].number}")
            seats[(n + 1) % 2].answer()
        self.assertEqual(self.refusal(self.transfer), "limit: 10")
        self.assertTrue(self.is_with(self.seat))

    def test_wrap_up(self) -> None:
        """Who sent a queued call on has his wrap-up; who got it by transfer has none."""
        self.seat.hang_up()
        self.queue.queues.set({"operator": QueueSettings("operator", wrap_up_s=10)})
        self.shop.wait(2)
        self.call = self.caller()
        ringing, other = (self.seat, self.other) if self.seat.status.state is RINGING else (self.other, self.seat)
        ringing.answer()
        self.moves.transfers.transfer(ringing, f"seat {other.number}")
        self.assertTrue(ringing.status.wrap_up)
        other.answer()
        other.hang_up()
        self.assertIs(other.status.state, IDLE)


class ToGroupTests(MovingCase):
    """The number of a group rings all of it who are ready."""

    def shop_options(self) -> dict[str, Any]:
        return {"n_seats": 6}

    def setUp(self) -> None:
        super().setUp()
        self.shop.groups["90"] = ["801", "802", "803", "804"]
        self.seat, self.call = self.talk()
        self.second, self.third = self.shop.agent("802"), self.shop.agent("803")
        self.pauses = self.paused("804")

    def transfer(self) -> None:
        self.moves.transfers.transfer(self.seat, "seat 90")
        self.seat.pause("lunch")

    def states(self) -> list[SeatState]:
        return [seat.status.state for seat in (self.second, self.third, self.pauses)]

    def test_first_to_answer(self) -> None:
        """Who answers first has him; at the others it stops, and that is no miss."""
        self.transfer()
        self.assertEqual(self.states(), [RINGING, RINGING, SeatState.PAUSED])
        self.third.answer()
        self.assertTrue(self.is_with(self.third))
        self.assertEqual(self.shown(self.second), (IDLE, "taken_elsewhere"))
        self.assertEqual(self.shop.happened("miss"), [])

    def test_timeline(self) -> None:
        """A group is no seat."""
        self.transfer()
        self.assertEqual(self.shop.happened("transfer")[0][1]["target"], "group 90")
        self.assertIn("sent_on: group 90", [data["reason"] for _, data in self.shop.happened("state")])

    def test_all_decline(self) -> None:
        """One who rejects leaves him to the others; when nobody is left he comes back."""
        self.transfer()
        self.second.reject()
        self.assertEqual(self.states()[:2], [IDLE, RINGING])
        self.shop.wait(20.1)
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: missed"))
        self.assertTrue(self.hears_music())

    def test_picked_up(self) -> None:
        """Somebody who pauses takes it from one of them: it stops at all."""
        self.transfer()
        self.moves.picking_up.pick_up(self.pauses, "802")
        self.assertTrue(self.is_with(self.pauses))
        self.assertEqual(self.states(), [IDLE, IDLE, TALKING])

    def test_caller_hangs_up(self) -> None:
        """It rings nowhere any more."""
        self.transfer()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.states()[:2], [IDLE, IDLE])

    def test_one_goes(self) -> None:
        """A program that is lost is one less; the other rings on."""
        self.transfer()
        self.second.client_lost()
        self.assertIs(self.third.status.state, RINGING)
        self.third.answer()
        self.assertTrue(self.is_with(self.third))

    def test_nobody_is_ready(self) -> None:
        """Refused, and he is still talked with; so is a number that is nobody's."""
        for seat in (self.second, self.third):
            seat.pause("lunch")
        self.assertEqual(self.refusal(self.moves.transfers.transfer, self.seat, "seat 90"), "not-available: seat 90")
        self.assertEqual(self.refusal(self.moves.transfers.transfer, self.seat, "seat 95"), "nowhere: seat 95")
        self.assertTrue(self.is_with(self.seat))


class RefusedTests(MovingCase):
    """What cannot be done is refused with a word, and nothing has changed."""

    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()

    def refused(self, to: str) -> str:
        said = self.refusal(self.moves.transfers.transfer, self.seat, to)
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual(self.shop.happened("transfer"), [])
        return said

    def test_oneself(self) -> None:
        self.assertEqual(self.refused("seat 801"), "oneself")

    def test_nowhere(self) -> None:
        """Seats, queues, menus and boxes there are not; in words, too."""
        for to in ("seat 899", "queue nowhere", "menu nothing", "box 1"):
            self.assertEqual(self.refused(to), f"nowhere: {to}")
        self.assertEqual(
            Refused.from_wire("nowhere: queue nowhere").text("en"), "there is no such place: queue nowhere"
        )
        self.assertEqual(Refused.from_wire("nowhere: seat 899").text("zh"), "没有这个地方：座席 899")

    def test_not_available(self) -> None:
        """Talking, ringing, logged out, or without right 2: the agent learns it at once, and keeps his caller."""
        other = self.shop.agent("802")
        self.caller(line=1)
        self.assertEqual(self.refused("seat 802"), "not-available: seat 802")
        other.answer()
        self.assertEqual(self.refused("seat 802"), "not-available: seat 802")
        other.hang_up()
        other.log_out()
        self.assertEqual(self.refused("seat 802"), "not-available: seat 802")
        self.shop.agent("803")
        self.without("803", Right.ANSWER_INTERNAL)
        self.assertEqual(self.refused("seat 803"), "not-available: seat 803")

    def test_right(self) -> None:
        """Seats and queues take right 9; a menu takes none."""
        self.shop.agent("802")
        self.without("801", Right.DIAL_INTERNAL)
        for to in ("seat 802", "queue operator"):
            self.assertEqual(self.refused(to), "no-right: 9")
        self.moves.transfers.transfer(self.seat, "menu balance")
        self.assertIs(self.call.stage, Stage.MENU)

    def test_without_a_talk(self) -> None:
        """There must be somebody to send: not from rest, not while it rings."""
        other = self.shop.agent("802")
        self.assertEqual(self.refusal(self.moves.transfers.transfer, other, "seat 801"), "not-now: idle, computer")
        self.caller(line=1)
        self.assertEqual(self.refusal(self.moves.transfers.transfer, other, "seat 801"), "not-now: ringing")


class ToQueueAndMenuTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()

    def test_queue(self) -> None:
        """He waits like everybody, with a new story: the menu he came by is over."""
        self.seat.pause("lunch")
        self.moves.transfers.transfer(self.seat, "queue operator")
        self.assertEqual(self.broken_off, ["shop"])
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.assertTrue(self.hears_music())
        other = self.shop.agent("802")
        self.shop.wait(0.2)
        other.answer()
        self.assertTrue(self.is_with(other))
        other.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))

    def test_queue_lets_nobody_in(self) -> None:
        """Nobody is there to answer: he is told, and comes back to who sent him."""
        self.without("801", Right.ANSWER_QUEUED)
        self.moves.transfers.transfer(self.seat, "queue operator")
        self.shop.wait(1.5)
        self.assertEqual(self.shop.prompts()[-1], "nobody-logged-in")
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: no_agent"))
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))
        self.seat.hang_up()
        self.assertEqual(self.call.ended, Reason(Cause.AGENT_HUNG_UP))

    def test_queue_that_is_gone(self) -> None:
        """Its queue was taken away meanwhile: the shop's first has him, and without one he leaves word."""
        self.seat.let_go(Reason(Cause.SENT_ON, "queue gone"))
        self.runner.find_person(self.call, "gone")
        self.shop.wait(0.5)
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.queue.queues.set({})
        self.call = self.caller()  # his menu, which has asked for it, is told so
        self.shop.wait(2)
        self.assertEqual(self.shop.prompts()[-1], "message-or-call-back")
        self.assertEqual(len(self.flushLoggedErrors(LookupError)), 1)

    def test_menu(self) -> None:
        """He goes on in that menu, with its questions; it can go on for long, and ends with his call."""
        self.moves.transfers.transfer(self.seat, "menu balance")
        self.shop.wait(0.5)
        self.assertEqual(self.shop.prompts()[-1], "question")
        self.shop.press("7")
        self.shop.wait(0.5)
        self.assertEqual(self.keyed, ["7"])
        self.assertIs(self.shop.state(), LineState.TALKING)
        self.shop.lines[0].far_end.hang_up()
        self.assertIsNotNone(self.call.ended)

    def test_menu_and_back_to_a_person(self) -> None:
        """From the menu he was sent to he can reach a person again; the menu before never wakes up."""
        self.moves.transfers.transfer(self.seat, "menu balance")
        for _ in range(120):  # ten rounds of the same question, then a person
            self.shop.wait(1)
            if self.seat.status.state is RINGING:
                break
        self.assertEqual(self.broken_off, ["shop"])
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))

    def test_words(self) -> None:
        """Every code of a transfer reads as words, in both languages."""
        for code in ("nowhere: box 1", "not-available: seat 802", "oneself", "several", "not-the-caller"):
            in_english, in_chinese = (Refused.from_wire(code).text(language) for language in ("en", "zh"))
            self.assertNotEqual(in_english, code)
            self.assertNotEqual(in_english, in_chinese)


class ColleagueTests(MovingCase):
    """Who is sent on may be a colleague who consults, and who leaves his caller in his place meanwhile."""

    def setUp(self) -> None:
        super().setUp()
        shop = self.shop
        self.dialling = Dialling(shop.seats, shop.staff, shop.calls, shop.calls_out, self.runner)
        self.seat, self.call = self.talk()
        self.second, self.third = self.paused("802"), self.paused("803")
        self.dialling.consult(self.seat, "seat 802")
        self.second.answer()
        shop.wait(0.1)

    def test_sent_on(self) -> None:
        """The consulted one sends him on: he talks with the third, and his caller is held all the while."""
        self.moves.transfers.transfer(self.second, "seat 803")
        self.assertIs(self.second.status.state, SeatState.PAUSED)
        self.third.answer()
        self.assertIs(self.third.status.state, TALKING)
        self.assertTrue(self.hears_music())
        self.seat.cancel()
        self.assertTrue(self.is_with(self.seat))

    def test_leaves_his_caller_in_his_place(self) -> None:
        """He brings his caller together with whom he has been sent to, before that one has answered: it rings on."""
        self.moves.transfers.transfer(self.second, "seat 803")
        self.seat.join()
        self.assertTrue(self.hears_music())
        self.assertIs(self.third.status.state, RINGING)
        self.third.answer()
        self.assertTrue(self.is_with(self.third))
        self.third.hang_up()
        self.assertIsNotNone(self.call.ended)

    def test_not_taken_then(self) -> None:
        """Not answered, the caller comes back to who sent him; not there either, he waits in the queue."""
        self.moves.transfers.transfer(self.second, "seat 803")
        self.seat.join()
        self.third.reject()
        self.assertEqual(self.shown(self.second), (RINGING, "came_back: rejected"))
        self.second.reject()
        self.shop.wait(0.5)
        self.assertIs(self.call.stage, Stage.QUEUE)
        self.assertIs(self.seat.status.state, RINGING)
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))

    def test_caller_goes_then(self) -> None:
        """The caller in his place hangs up: it rings no more."""
        self.moves.transfers.transfer(self.second, "seat 803")
        self.seat.join()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.shown(self.third), (SeatState.PAUSED, "abandoned"))

    def test_parked(self) -> None:
        """A colleague who was parked leaves his caller at the place; he is fetched there, or comes back in time."""
        place = self.moves.parking.park(self.second)
        self.seat.join()
        self.shop.wait(1)
        self.moves.parking.fetch(self.third, place)
        self.assertTrue(self.is_with(self.third))
        self.moves.parking.park(self.third)
        self.shop.wait(121)
        self.assertIs(self.third.status.state, RINGING)

    def test_not_to_a_queue(self) -> None:
        """A colleague who was called is no caller: he is not sent to a queue or a menu, but to another seat."""
        self.shop.lines[0].far_end.hang_up()
        for to in ("queue operator", "menu balance"):
            self.assertEqual(self.refusal(self.moves.transfers.transfer, self.seat, to), "not-the-caller")
        self.moves.transfers.transfer(self.seat, "seat 803")
        self.third.answer()
        self.assertEqual({self.third.status.state, self.second.status.state}, {TALKING})

    def test_several(self) -> None:
        """While three talk nobody is sent on: it would not be said who."""
        self.seat.three_way()
        self.assertEqual(self.refusal(self.moves.transfers.transfer, self.seat, "seat 803"), "several")
        self.assertEqual(self.refusal(self.moves.parking.park, self.second), "several")
