"""An agent calls somebody back before it is his turn, or has settled it: nobody is called twice, and nobody is lost."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail

from callserver.acd.queues.call_back_desk import CallBackDesk
from callserver.acd.queues.call_backs import CallBacks
from callserver.acd.seats.acts import perform
from callserver.acd.seats.seat import Seat
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.queues.test_call_backs import CallBackCase


class TakeCase(CallBackCase):
    def setUp(self) -> None:
        super().setUp()
        call_backs = self.centre.call_backs
        assert isinstance(call_backs, CallBacks)
        self.desk = CallBackDesk(call_backs, self.shop.staff, self.shop.events)
        self.busy = self.seat()
        self.busy.pause("lunch")
        self.call = self.wish()
        self.shop.wait(2)

    def ask(self, seat: Seat, act: str, *args: Any) -> Any:
        """The answer, or the refusal's code."""
        rights = self.shop.staff.rights(seat.number)
        try:
            answer = perform(self.desk.acts(), rights, seat, act, args)
        except Refused as refused:
            return refused.code
        if not isinstance(answer, Deferred):
            return answer
        found: list[Any] = []
        answer.addBoth(lambda result: found.append(getattr(result, "value", result)))
        self.assertTrue(found)
        return found[0].code if isinstance(found[0], Refused) else found[0]

    def state(self, seat: Seat) -> list[tuple[str, str]]:
        return [(one["state"], one["by"]) for one in self.ask(seat, "list_call_backs")]


class TakeTests(TakeCase):
    def test_taken_out_of_a_pause(self) -> None:
        """His number is dialled at once; all see who calls him, and another one is refused."""
        (row,) = self.ask(self.busy, "list_call_backs")
        self.assertEqual((row["id"], row["number"], row["state"]), (self.call.id, "62345678", "waiting"))
        self.assertIsNone(self.ask(self.busy, "take_call_back", row["id"]))
        self.assertIs(self.busy.status.state, SeatState.DIALING)
        other = self.seat("802")
        self.shop.wait(2)
        self.assertIs(other.status.state, SeatState.IDLE_PC)  # he is not offered to anybody else
        self.assertEqual(self.state(other), [("called", "801")])
        self.assertEqual(self.ask(other, "take_call_back", row["id"]), Refusal.NO_CALL)
        self.answer_there()
        self.assertTrue(self.shop.hears(self.line_out(), self.busy))
        self.assertEqual((self.tries(), self.kept.rows, self.state(other)), ([("answered", 0)], {}, []))

    def test_while_it_rings(self) -> None:
        """Taken from where it rings: that seat is free again, and one dial goes out."""
        other = self.seat("802")
        self.shop.wait(0.2)
        self.assertEqual(self.state(other), [("rings", "802")])
        self.assertIsNone(self.ask(self.busy, "take_call_back", self.call.id))
        self.assertIs(other.status.state, SeatState.IDLE_PC)
        self.answer_there()
        self.assertEqual(self.dialled(), ["62345678"])

    def test_not_reached(self) -> None:
        """He waits again, one try later, for whoever is free when it is time."""
        self.ask(self.busy, "take_call_back", self.call.id)
        self.exchange("busy", 6)
        self.shop.wait(3)
        self.assertEqual((self.tries(), self.state(self.busy)), ([("busy", 1)], [("waiting", "")]))
        other = self.seat("802")
        self.shop.wait(2)
        self.assertIs(other.status.state, SeatState.IDLE_PC)
        self.shop.wait(100)
        self.assertIs(other.status.state, SeatState.RINGING)

    def test_refused(self) -> None:
        """Without right 5, or in a talk, nothing changes: he is offered in his turn."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.GRAB}
        self.assertEqual(self.ask(self.busy, "take_call_back", self.call.id), Refusal.NO_RIGHT)
        self.assertEqual(self.ask(self.busy, "take_call_back", "nothing"), Refusal.NO_CALL)
        other = self.seat("802")
        self.shop.wait(0.2)
        self.assertIs(other.status.state, SeatState.RINGING)

    def test_store_that_fails(self) -> None:
        """What could not be written down is not dialled, and is offered in its turn."""
        save = self.kept.save
        self.patch(self.kept, "save", lambda one: fail(OSError("full")))
        self.assertIsInstance(self.ask(self.busy, "take_call_back", self.call.id), OSError)
        self.assertEqual(self.dialled(), [])
        self.kept.save = save  # type: ignore[method-assign]
        other = self.seat("802")
        self.shop.wait(1)
        self.assertIs(other.status.state, SeatState.RINGING)


class DoneTests(TakeCase):
    def test_settled(self) -> None:
        """He is called back no more, also after a restart; who has settled it is in the log."""
        self.assertIsNone(self.ask(self.busy, "done_call_back", self.call.id, "not wanted"))
        self.assertEqual((self.state(self.busy), self.kept.rows, self.tries()), ([], {}, [("given_up", 0)]))
        ((_, audit),) = self.shop.happened("audit")
        self.assertEqual((audit["act"], audit["target"], audit["result"]), ("done_call_back", "not wanted", "done"))
        other = self.seat("802")
        self.shop.wait(2)
        self.assertIs(other.status.state, SeatState.IDLE_PC)
        self.assertEqual(self.ask(self.busy, "done_call_back", self.call.id, "reached"), Refusal.NO_CALL)

    def test_who_may(self) -> None:
        """Who serves no queue sees no number, and settles nothing."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.GRAB, Right.ANSWER_QUEUED, Right.SUPERVISOR}
        (row,) = self.ask(self.busy, "list_call_backs")
        self.assertEqual((row["number"], row["name"]), (None, None))
        self.assertEqual(self.ask(self.busy, "done_call_back", self.call.id, "reached"), Refusal.NO_RIGHT)
        self.assertEqual(self.ask(self.busy, "done_call_back", self.call.id, "later"), Refusal.BAD_ARGUMENT)
