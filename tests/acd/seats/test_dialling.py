"""What agents dial: colleagues, numbers outside, third parties while their caller is held."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.acd.moves.dialling import Dialling
from callserver.acd.seats.seats import SeatChange
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.dialling_case import DiallingCase
from tests.shop import people

OUTSIDE = "62345678"
ALL = frozenset(Right)


class InternalTests(DiallingCase):
    def test_a_colleague_is_called(self) -> None:
        """It rings at one seat while the other hears ring-back; answered, they talk; each sees who the other is."""
        self.dial(self.li, "802")
        self.assertEqual(self.states(), ["RINGBACK", "RINGING", "IDLE_PC"])
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.li.station))
        self.wang.answer()
        self.assertEqual(self.states(), ["TALKING", "TALKING", "IDLE_PC"])
        self.shop.wait(0.1)
        self.assertFalse(self.shop.hears_music(self.li.station))
        self.assertEqual(self.shop.heard_by(self.li.station), {"seat 802"})
        self.assertEqual(self.shop.heard_by(self.wang.station), {"seat 801"})
        cards = [seat.status.call for seat in (self.li, self.wang)]
        seen = [(card.caller_number, card.caller_name) for card in cards if card is not None]
        self.assertEqual(seen, [("802", "agent 802"), ("801", "agent 801")])
        self.wang.hang_up()
        self.assertEqual(self.states(), ["IDLE_PC", "IDLE_PC", "IDLE_PC"])
        self.assertEqual(len(self.shop.calls), 0)

    def test_not_reached(self) -> None:
        """Not answered in time, or rejected: the call is over, each is free, and the one who called is told why."""
        for act, cause in ((lambda: self.shop.let_pass(30), Cause.NO_ANSWER), (self.wang_rejects, Cause.REJECTED)):
            self.dial(self.li, "802")
            act()
            self.assertEqual(self.states(), ["IDLE_PC"] * 3)
            self.assertEqual(self.causes("seat 801")[-1], cause.value)

    def wang_rejects(self) -> None:
        self.wang.reject()

    def causes(self, channel: str) -> list[str]:
        states = [event for event in self.shop.book.events if event.kind == "state" and event.channel == channel]
        return [str(event.data["reason"]) for event in states]

    def test_a_missed_colleague_is_not_sent_to_pause(self) -> None:
        """Missed calls of colleagues do not count as missed calls of the queue."""
        for _ in range(4):
            self.dial(self.li, "802")
            self.shop.let_pass(30)
        self.assertEqual(self.states(), ["IDLE_PC"] * 3)

    def test_who_called_gives_up(self) -> None:
        """The other seat rings no more, and it is no answer that it gives a moment later."""
        self.dial(self.li, "802")
        self.li.hang_up()
        self.assertEqual(self.states(), ["IDLE_PC"] * 3)
        self.assertEqual(self.refusal(self.wang.answer), (Refusal.NOT_NOW, "idle, computer"))

    def test_not_available(self) -> None:
        """Not logged in, without right 2, in a call, its program gone: the same words, no ring, nothing has changed."""
        self.shop.staff.held["803"] = ALL - {Right.ANSWER_INTERNAL}
        for number in ("804", "803"):
            self.assertEqual(self.refusal(self.dial, self.li, number), (Refusal.NOT_AVAILABLE, f"seat {number}"))
        self.wang.client_lost()
        self.assertEqual(self.refusal(self.dial, self.li, "802"), (Refusal.NOT_AVAILABLE, "seat 802"))
        self.wang.client_back()
        self.dial(self.wang, "801")
        self.shop.staff.held.clear()
        self.assertEqual(self.refusal(self.dial, self.zhao, "801"), (Refusal.NOT_AVAILABLE, "seat 801"))
        self.assertEqual(self.states(), ["RINGING", "RINGBACK", "IDLE_PC"])

    def test_a_group_of_his_own(self) -> None:
        """A group rings at the others of it who are ready; with nobody else there no call has begun."""
        self.shop.groups["90"] = ["801", "802"]
        self.dial(self.li, "90")
        self.assertEqual(self.states(), ["RINGBACK", "RINGING", "IDLE_PC"])
        self.li.hang_up()
        self.wang.pause("lunch")
        n_calls = len(self.shop.book.calls)
        self.assertEqual(self.refusal(self.dial, self.li, "90"), (Refusal.NOT_AVAILABLE, "seat 90"))
        self.assertEqual((self.states()[0], len(self.shop.book.calls)), ("IDLE_PC", n_calls))

    def test_both_at_once(self) -> None:
        """Two who call each other: the second is told that the first is not available, whose call rings at him."""
        self.dial(self.li, "802")
        self.assertEqual(self.refusal(self.dial, self.wang, "801"), (Refusal.NOT_NOW, "ringing"))
        self.wang.answer()
        self.assertEqual(self.shop.heard_by(self.wang.station), {"seat 801"})

    def test_a_caller_is_quicker(self) -> None:
        """A seat that begins to ring for the queue at this very moment is not available; who called is free again."""

        def zhao_calls(change: SeatChange) -> None:
            if change.status.state is SeatState.DIALING and change.status.number == "801":
                self.dial(self.zhao, "802")

        stop = self.shop.seats.watch(zhao_calls)
        self.assertEqual(self.refusal(self.dial, self.li, "802"), (Refusal.NOT_AVAILABLE, "seat 802"))
        stop()
        self.assertEqual(self.states(), ["IDLE_PC", "RINGING", "RINGBACK"])

    def test_oneself(self) -> None:
        """Nobody calls himself, in any way."""
        self.assertEqual(self.refusal(self.dial, self.li, "801"), (Refusal.ONESELF, ""))
        self.dial(self.li, "802")
        self.wang.answer()
        self.assertEqual(self.refusal(self.consult, self.li, "seat 801"), (Refusal.ONESELF, ""))
        self.assertEqual(self.states()[:2], ["TALKING", "TALKING"])

    def test_rights(self) -> None:
        """Right 9 to call, right 2 to be called; taken away while it rings, the ringing ends; a talk goes on."""
        self.shop.staff.held["801"] = ALL - {Right.DIAL_INTERNAL}
        refused = (Refusal.NO_RIGHT, str(int(Right.DIAL_INTERNAL)))
        self.assertEqual(self.refusal(self.dial, self.li, "802"), refused)
        self.shop.staff.held.clear()
        self.dial(self.li, "802")
        self.wang.lose_right(Right.ANSWER_INTERNAL)
        self.assertEqual(self.states(), ["IDLE_PC"] * 3)
        self.dial(self.li, "802")
        self.wang.answer()
        for seat in (self.li, self.wang):
            for right in Right:
                seat.lose_right(right)
        self.assertEqual(self.states()[:2], ["TALKING", "TALKING"])

    def test_paused_and_in_wrap_up(self) -> None:
        """A colleague can be called while he pauses, and is paused again after it."""
        self.wang.pause("lunch")
        self.dial(self.li, "802")
        self.wang.answer()
        self.li.hang_up()
        self.assertEqual((self.wang.status.state, self.wang.status.reason), (SeatState.PAUSED, "lunch"))

    def test_hold_between_seats(self) -> None:
        """Who is held by a colleague hears music, and is reminded of nothing; who holds is, after five minutes."""
        self.dial(self.li, "802")
        self.wang.answer()
        self.wang.hold()
        self.shop.wait(0.1)
        self.assertTrue(self.shop.hears_music(self.li.station))
        self.shop.let_pass(300)
        self.assertEqual(self.states()[:2], ["TALKING", "RINGING"])
        self.wang.answer()
        self.assertEqual(self.shop.heard_by(self.li.station), {"seat 802"})

    def test_program_lost(self) -> None:
        """A colleague whose program does not come back is left: the call is over for both."""
        for lost in (self.li, self.wang):
            self.dial(self.li, "802")
            self.wang.answer()
            lost.client_lost()
            self.shop.let_pass(29)
            self.assertEqual(len(self.shop.calls), 1)
            self.shop.let_pass(2)
            self.assertEqual(len(self.shop.calls), 0)
            lost.client_back()
            self.assertEqual(self.states(), ["IDLE_PC"] * 3)

    def test_dismissed_while_it_rings(self) -> None:
        """Who called hears that nobody comes."""
        self.dial(self.li, "802")
        self.wang.dismiss(Reason(Cause.DISMISSED))
        self.assertEqual(self.states(), ["IDLE_PC", "OFF", "IDLE_PC"])

    def test_picked_up(self) -> None:
        """A colleague who picks it up at the third seat has it, with its card and its end."""
        self.dial(self.li, "802")
        offer = self.wang.ringing
        assert offer is not None
        self.wang.withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))
        self.zhao.take(offer, Right.PICK_UP, Reason(Cause.PICKED_UP))
        self.assertEqual(self.states(), ["TALKING", "IDLE_PC", "TALKING"])
        self.assertEqual(self.shop.heard_by(self.zhao.station), {"seat 801"})
        self.assertEqual(self.shop.book.calls["call-1"]["agent"], "803")

    def test_record(self) -> None:
        """A call in the house has a record, with its answer and its end."""
        self.dial(self.li, "802")
        self.wang.answer()
        self.li.hang_up()
        [record] = self.shop.book.calls.values()
        self.assertEqual((record["direction"], record["caller_number"], record["agent"]), ("internal", "801", "802"))
        self.assertEqual(record["end_reason"], "agent_hung_up")
        self.assertIsNotNone(record["answered_at"])
        self.assertIsNone(record["recording"])


class OutsideTests(DiallingCase):
    def test_a_number_is_called(self) -> None:
        """The agent hears the line from the beginning; dialling, ring-back and talk are shown; then both are free."""
        self.dial(self.li, OUTSIDE)
        self.assertEqual(self.states()[0], "DIALING")
        self.assertEqual(self.shop.heard_by(self.li.station), {f"outside {OUTSIDE}"})
        self.person().rings()
        self.assertEqual(self.states()[0], "RINGBACK")
        self.person().answers()
        self.assertEqual(self.states()[0], "TALKING")
        self.person().hangs_up()
        self.assertEqual(self.states()[0], "IDLE_PC")
        self.assertEqual(self.shop.book.calls[self.person().call.id]["agent"], "801")

    def test_connected_without_ringing(self) -> None:
        """Some exchanges connect at once."""
        self.dial(self.li, OUTSIDE)
        self.person().answers()
        self.assertEqual(self.causes(), ["dials", "rings_there", "answered"])

    def causes(self) -> list[str]:
        states = [event for event in self.shop.book.events if event.kind == "state" and event.channel == "seat 801"]
        return [str(event.data["reason"]) for event in states][1:]

    def test_not_reached(self) -> None:
        """The seat is as it was before, whatever it was before, and the event log says what came of it."""
        self.li.pause("desk work")
        for rings in (False, True):
            self.dial(self.li, OUTSIDE)
            if rings:
                self.person().rings()
            self.person().does_not_answer()
            self.assertEqual((self.li.status.state, self.li.status.reason), (SeatState.PAUSED, "desk work"))

    def test_rights(self) -> None:
        """What may not be dialled changes nothing."""
        self.shop.staff.held["801"] = ALL - {Right.DIAL_LOCAL}
        refused = (Refusal.NO_RIGHT, str(int(Right.DIAL_LOCAL)))
        self.assertEqual(self.refusal(self.dial, self.li, OUTSIDE), refused)
        self.assertEqual(self.refusal(self.dial, self.li, "1"), (Refusal.BAD_ARGUMENT, "number"))
        self.assertEqual((self.states()[0], len(self.shop.calls)), ("IDLE_PC", 0))

    def test_emergency_without_a_log_in(self) -> None:
        """110 can be called at a seat where nobody is logged in, and nothing else; then it is logged out as before."""
        self.li.log_out()
        self.assertEqual(self.refusal(self.dial, self.li, OUTSIDE), (Refusal.NOT_NOW, "off"))
        self.dial(self.li, "110")
        self.assertEqual(self.states()[0], "DIALING")
        self.person("110").answers()
        self.assertEqual(self.states()[0], "TALKING")
        left = {"801": "lunch"}
        self.patch(self.shop.seats, "_left_paused", lambda number: left.pop(number, ""))
        self.assertEqual(self.refusal(self.shop.agent, "801"), (Refusal.NOT_NOW, "talking"))
        self.person("110").hangs_up()
        self.assertEqual(self.states()[0], "OFF")
        kinds = [event.kind for event in self.shop.book.events if event.kind in ("log_in", "log_out")]
        self.assertEqual(kinds, ["log_in"] * 3 + ["log_out"])
        self.shop.agent("801")
        self.assertEqual(self.li.status.reason, "lunch")  # a log-in that was refused has not ended his pause

    def test_nothing_else_beside_an_emergency(self) -> None:
        """
        Who is dismissed may call for help, and keep it held; what he dials beside it is refused, and nothing has begun.

        Else somebody would be called whom nobody talks with, and hear nothing when he answers.
        """
        self.li.dismiss(Reason(Cause.DISMISSED))
        self.dial(self.li, "110")
        self.person("110").answers()
        for held in (False, True):
            if held:
                self.li.hold()
            for to in (f"number {OUTSIDE}", "seat 802"):
                self.assertIs(self.refusal(self.shop.seats_dial.consult, self.li, to)[0], Refusal.NOT_NOW)
            self.assertEqual(len(self.shop.calls), 1)
            self.assertIs(self.li.status.state, SeatState.HELD if held else SeatState.TALKING)
        self.shop.seats_dial.consult(self.li, "number 119")
        self.person("119").answers()
        self.assertEqual(self.shop.heard_by(self.li.station), {"outside 119"})

    def test_emergency_while_it_rings(self) -> None:
        """What rings at the seat stops there, and the ambulance is called."""
        self.dial(self.wang, "801")
        self.dial(self.li, "120")
        self.assertEqual(self.states()[:2], ["DIALING", "IDLE_PC"])
        self.person("120").answers()
        self.assertEqual(self.states()[0], "TALKING")

    def test_emergency_ends_a_row_of_misses(self) -> None:
        """Who calls for help is there: what he misses after it is his first."""
        queue = people(self.shop, misses=2, retry_s=0)
        for seat in (self.wang, self.zhao):
            seat.pause("lunch")
        waiting = Deferred.fromCoroutine(queue.enter(self.shop.answered_call()))
        self.shop.let_pass(21)
        self.assertEqual(self.states()[0], "RINGING")
        self.dial(self.li, "120")
        self.person("120").hangs_up()
        while len(self.shop.happened("miss")) < 3:  # missed, given up for help, missed
            self.shop.let_pass(0.5)
        self.assertIsNot(self.li.status.state, SeatState.PAUSED)
        waiting.addErrback(lambda failure: None)
        waiting.cancel()

    def test_emergency_in_a_talk(self) -> None:
        """Whom he talks with is held, and is back when he has hung up and fetches him."""
        self.dial(self.li, OUTSIDE)
        self.person().answers()
        self.dial(self.li, "120")
        self.assertEqual(self.states()[0], "DIALING")
        self.person("120").answers()
        self.assertEqual(self.shop.heard_by(self.li.station), {"outside 120"})
        self.assertTrue(self.shop.hears_music(self.person()))
        self.li.hang_up()
        self.li.retrieve()
        self.assertEqual(self.shop.heard_by(self.li.station), {f"outside {OUTSIDE}"})

    def test_emergency_while_he_consults(self) -> None:
        """The colleague he consults is left, ringing or talking, by either way to dial; his customer stays held."""
        for talks in (False, True):
            for call_for_help in (lambda: self.dial(self.li, "120"), lambda: self.consult(self.li, "number 120")):
                self.setUp()
                self.dial(self.li, OUTSIDE)
                self.person().answers()
                self.consult(self.li, "seat 802")
                if talks:
                    self.wang.answer()
                call_for_help()
                self.assertEqual((self.states()[:2], self.li.status.kept is not None), (["DIALING", "IDLE_PC"], True))
                self.person("120").answers()
                self.assertEqual(self.shop.heard_by(self.li.station), {"outside 120"})
                self.assertTrue(self.shop.hears_music(self.person()))

    def test_emergency_while_he_dials(self) -> None:
        """What he dials is given up, whether it rings or not, in the house or outside."""
        for number in (OUTSIDE, "802"):
            self.setUp()
            self.dial(self.li, number)
            self.dial(self.li, "110")
            self.person("110").answers()
            self.assertEqual(self.states()[:2], ["TALKING", "IDLE_PC"])
            self.assertEqual(self.shop.heard_by(self.li.station), {"outside 110"})

    def test_one_emergency_after_the_other(self) -> None:
        """At a seat where nobody is logged in: the police, and from that talk the ambulance."""
        self.li.log_out()
        self.dial(self.li, "110")
        self.person("110").answers()
        self.dial(self.li, "120")
        self.person("120").answers()
        self.assertEqual(self.shop.heard_by(self.li.station), {"outside 120"})
        self.li.hang_up()
        self.person("110").hangs_up()
        self.assertEqual((self.states()[0], len(self.shop.calls)), ("OFF", 0))

    def test_emergency_on_the_only_line(self) -> None:
        """He has just dialled on the shop's one line: that is given up, and 110 goes out on it when it is free."""
        shop = self.shop
        dialling = Dialling(shop.seats, shop.staff, shop.calls, shop.calls_out, shop)
        dialling.dial(self.li, OUTSIDE)
        shop.wait(0.1)
        dialling.dial(self.li, "110")
        shop.wait(3)
        shop.dial_tone()
        self.assertEqual((shop.lines[0].far_end.dialled, self.states()[0]), (["110"], "DIALING"))

    def test_hung_up_in_an_emergency(self) -> None:
        """The same when it is he who hangs up."""
        self.li.log_out()
        self.dial(self.li, "119")
        self.li.hang_up()
        self.assertEqual((self.states()[0], len(self.shop.calls)), ("OFF", 0))

    def test_program_lost(self) -> None:
        """While it is being dialled, the call is given up; a party that talks waits, and is found somebody else."""
        self.dial(self.li, OUTSIDE)
        self.li.client_lost()
        self.assertEqual(len(self.shop.calls), 0)
        self.li.client_back()
        self.dial(self.li, OUTSIDE)
        self.person().answers()
        self.li.client_lost()
        self.shop.let_pass(31)
        self.assertEqual([call.first.name for call in self.shop.lost], [f"outside {OUTSIDE}"])

    def test_emergency_on_a_real_line(self) -> None:
        """Without a log-in and without any right, through the guard: the line dials 110, and they talk."""
        self.li.log_out()
        self.shop.staff.held["801"] = frozenset()
        dialling = Dialling(self.shop.seats, self.shop.staff, self.shop.calls, self.shop.calls_out, self.shop)
        dialling.dial(self.li, "110")
        self.shop.dial_tone()
        self.assertEqual(self.shop.lines[0].far_end.dialled, ["110"])
        self.shop.exchange("ringback", 6)
        self.shop.answer_there()
        self.assertEqual(self.states()[0], "TALKING")
        self.assertEqual(self.shop.heard_by(self.li.station), {"line 1"})
        self.li.hang_up()
        self.assertEqual((self.states()[0], len(self.shop.calls)), ("OFF", 0))
