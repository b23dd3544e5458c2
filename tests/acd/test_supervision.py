"""What supervisors do with other people's calls, and that nobody notices whom nobody should."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queue import Queue
from callserver.acd.seat import Seat
from callserver.acd.supervision import Supervision
from callserver.calls.call import Call
from callserver.dsp.tones import tone
from callserver.wire.states import SeatState
from tests.hearing import Room, all_to_all, with_listener
from tests.shop import VirtualShop, people


class Shop:
    """A caller who talks with 801; 900 is a supervisor; 802 and a second line are there too."""

    def __init__(self) -> None:
        self.shop = VirtualShop(n_lines=2, n_seats=5)
        self.room = Room(self.shop)
        self.queue: Queue = people(self.shop)
        self.found: list[tuple[str, str]] = []  # who was sent to which queue
        self.supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=tone([1400], 2400, -15.0),
            queues=("operator",),
            find_person=lambda call, queue: self.found.append((call.id, queue)),
            set_priority=lambda call_id, priority: None,
        )
        self.agent = self.room.seat("801")
        self.call = self.talk(self.agent)
        self.supervisor = self.room.seat("900")

    def talk(self, seat: Seat, line: int = 0) -> Call:
        """A caller comes by the queue and talks with this agent."""
        call = self.shop.answered_call(line)
        Deferred.fromCoroutine(self.queue.enter(call)).addErrback(lambda failure: None)
        self.room.talk(0.5)
        seat.answer()
        return call

    def hears(self) -> dict[str, set[str]]:
        return self.room.hears()

    def audits(self) -> list[tuple[str | None, ...]]:
        """Who did what to whom, in which call, and what came of it."""
        return [
            (event.person, str(event.data["act"]), str(event.data["target"]), event.call_id, str(event.data["result"]))
            for event in self.shop.book.events
            if event.kind == "audit"
        ]

    def looks(self, seat: Seat) -> tuple[SeatState, str]:
        return seat.status.state, seat.status.reason


TALK = all_to_all("line 1", "seat 801")


class ListenTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = Shop()
        self.supervision, self.supervisor = self.world.supervision, self.world.supervisor

    def test_listen(self) -> None:
        """He hears both sides of a seat's call, and nobody hears him."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.assertEqual(self.world.hears(), with_listener(TALK, "seat 900"))
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.TALKING, "listens"))
        self.assertEqual(self.world.audits(), [("900", "listen", "seat 801", self.world.call.id, "done")])

    def test_ends_with_the_call(self) -> None:
        """When the caller hangs up there is nothing to hear any more, and his place in the patch bay is free."""
        self.supervision.listen(self.supervisor, "seat 801")
        self.world.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.world.looks(self.supervisor), (SeatState.IDLE_PC, ""))
        self.assertEqual([leg.name for leg in self.world.shop.bay.legs], [])
