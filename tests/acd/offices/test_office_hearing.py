"""Who hears whom while a caller is connected with an office, measured by a tone of its own on every line."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.supervision.supervision import Supervision
from tests.acd.offices import test_offices
from tests.hearing import Room, all_to_all, with_listener

CALLER, OFFICE = "line 1", "line 2"
TALK = all_to_all(CALLER, OFFICE)


class OfficeHearingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.transfers = test_offices.TransferTests()
        self.transfers.setUp()
        self.addCleanup(self.transfers.doCleanups)
        shop = self.shop = self.transfers.shop
        self.room = Room(shop)
        self.supervisor = self.room.seat("900")
        self.supervision = Supervision(
            shop.seats,
            shop.calls,
            shop.staff,
            tone=None,
            queues=(),
            find_person=lambda call, queue: None,
            set_priority=lambda call_id, priority: None,
        )

    def test_before_and_after_the_yes(self) -> None:
        """Before the office has pressed its key neither hears the other; then both do, until one hangs up."""
        self.transfers.caller()
        self.transfers.lifts(1, key="")
        self.assertEqual(self.room.hears(), {})
        self.shop.press("1", 1)
        self.shop.wait(0.3)
        self.assertEqual(self.room.hears(), TALK)
        self.shop.lines[1].far_end.hang_up()
        self.assertEqual(self.room.hears(), {})

    def test_listened_to(self) -> None:
        """Who listens to the caller's line goes along into the talk with the office."""
        self.transfers.caller()
        self.supervision.listen(self.supervisor, CALLER)
        self.transfers.lifts(1)
        self.assertEqual(self.room.hears(), with_listener(TALK, "seat 900"))
        self.supervision.break_off(self.supervisor, OFFICE, "hang up")
        self.assertEqual(self.room.hears(), {})
