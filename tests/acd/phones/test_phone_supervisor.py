"""A supervisor who works by telephone hears and is heard as one at a program."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.supervision.supervision import Supervision
from callserver.wire.states import SeatState
from tests.acd.phones.test_phones import AGENT, PhoneShop
from tests.hearing import Room, all_to_all, with_listener

PHONE, CUSTOMER, SEAT = "line 1", "line 2", "seat 802"
TALK = all_to_all(CUSTOMER, SEAT)


class PhoneSupervisorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.centre = PhoneShop(n_seats=5)
        self.shop, self.room = self.centre.shop, Room(self.centre.shop)
        self.supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=None,
            queues=("operator",),
            find_person=lambda call, queue: None,
            set_priority=lambda call_id, priority: None,
        )
        self.supervisor = self.centre.logs_in()
        self.supervisor.pause("watching")
        agent = self.room.seat("802")
        self.centre.customer()
        agent.answer()

    def test_all_ways(self) -> None:
        """Listening, whispering, in the talk, and out again."""
        self.supervision.listen(self.supervisor, SEAT)
        self.assertEqual(self.room.hears(), with_listener(TALK, PHONE))
        self.supervision.whisper(self.supervisor)
        self.assertEqual(self.room.hears(), with_listener(TALK, PHONE) | {SEAT: {CUSTOMER, PHONE}})
        self.supervision.barge_in(self.supervisor)
        self.assertEqual(self.room.hears(), all_to_all(CUSTOMER, SEAT, PHONE))
        self.supervision.stop_listening(self.supervisor)
        self.assertEqual(self.room.hears(), TALK)
        self.assertEqual(self.supervisor.status.reason, "watching")

    def test_take_over(self) -> None:
        """The agent is out; the supervisor talks on his telephone."""
        self.supervision.listen(self.supervisor, CUSTOMER)
        self.supervision.take_over(self.supervisor)
        self.assertEqual(self.room.hears(), all_to_all(CUSTOMER, PHONE))

    def test_he_hangs_up(self) -> None:
        """His telephone goes on hook: he is logged out, and the others talk on."""
        for act in ("listen", "barge_in"):
            self.setUp()
            getattr(self.supervision, act)(self.supervisor, SEAT)
            self.shop.lines[AGENT].far_end.hang_up()
            self.assertEqual(self.room.hears(), TALK)
            self.assertIs(self.supervisor.status.state, SeatState.OFF)
