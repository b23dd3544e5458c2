"""Whose record the tabs show, also when answers come late or not at all."""

from __future__ import annotations

from typing import Any

from callserver.desktop.not_connected import NO_CONNECTION, NOT_UNDERSTOOD, NotConnected
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.presenters.order_rows import LI as CUSTOMER
from tests.desktop.presenters.work_case import WorkCase

LI, WU = Card("call-1", "13800138000"), Card("call-2", "13700001111")


def found(*members: str, known_by: str = "number") -> dict[str, Any]:
    """What `caller_customers` answers."""
    return {"found": [customer(one) | {"known_by": known_by} for one in members]}


def customer(number: str, name: str = "李明") -> dict[str, Any]:
    """What `show_customer` answers."""
    return CUSTOMER | {"number": number, "name": name}


class RecordTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.record = self.work.record
        self.record.begin()
        self.addCleanup(self.record.end)

    def shows(self) -> tuple[str, int]:
        """Whose it is, and how many it may be."""
        return self.record.member, len(self.record.hits)

    def test_one_fits(self) -> None:
        """The caller's record is there without a key; several are hits, and who has proved himself is not."""
        self.seat(SeatState.RINGING, LI)
        self.client.answers(found("1"))
        self.client.answers(customer("1"))
        self.assertEqual(self.shows(), ("1", 0))
        self.seat(SeatState.RINGING, WU)
        self.assertEqual(self.shows(), ("", 0))
        self.client.answers(found("2", "3"))
        self.assertEqual(self.shows(), ("", 2))
        self.seat(SeatState.RINGING, LI)
        self.client.answers(found("1", "2", known_by="pin"))
        self.assertEqual(self.client.asked[-1], ("show_customer", "1"))

    def test_asked_once(self) -> None:
        """Whatever else the seat shows of a call, its caller is looked up once; who was chosen stays."""
        self.seat(SeatState.RINGING, LI)
        self.client.answers(found("1", "2"))
        self.record.choose("2")
        self.client.answers(customer("2"))
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.HELD, LI)
        self.assertEqual([one[0] for one in self.client.asked], ["caller_customers", "show_customer"])
        self.assertEqual(self.shows(), ("2", 0))

    def test_late_for_a_new_one(self) -> None:
        """A record that comes when a new customer is being written down is dropped: it would take his place."""
        self.seat(SeatState.TALKING, LI)
        self.client.answers(found("1", "2"))
        self.record.choose("1")
        self.record.clear()
        self.assertTrue(self.client.waiting.pop().called)
        self.assertEqual(self.shows(), ("", 0))

    def test_late_for_a_saved_one(self) -> None:
        """A record asked for before it was saved does not come after it."""
        self.record.choose("1")
        self.record.show(customer("1", "new"))
        self.assertTrue(self.client.waiting.pop().called)
        self.assertEqual(self.record.customer, customer("1", "new"))

    def test_asked_again(self) -> None:
        """Who called while the connection was lost is looked for when it is back; then nothing is wrong any more."""
        self.seat(SeatState.TALKING, LI)
        self.client.answers(NotConnected(NO_CONNECTION))
        self.assertIsNotNone(self.record.problem)
        self.log_in()
        self.assertEqual(self.client.asked[-1], ("caller_customers", "call-1"))
        self.client.answers(found("1", "2"))
        self.assertEqual((self.record.problem, len(self.record.hits)), (None, 2))

    def test_of_others(self) -> None:
        """Whom a supervisor listens to does not take the record; whom one consults does not either."""
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.TALKING, WU, kept=LI)
        self.assertEqual((self.record.call_id, self.record.telephone), ("call-1", "13800138000"))
        self.seat(SeatState.TALKING, WU, reason="listens")
        self.assertEqual(self.record.call_id, "call-1")

    def test_back(self) -> None:
        """When the connection is back, who is shown is asked for anew: others may have written on him meanwhile."""
        self.record.choose("1")
        self.client.answers(customer("1"))
        self.client.asked.clear()
        self.log_in()
        self.assertEqual(self.client.asked, [("show_customer", "1")])

    def test_not_understood(self) -> None:
        """A record of another shape is not shown; the tabs say so, and go on with the next."""
        self.seat(SeatState.TALKING, LI)
        self.client.answers({"found": [{"number": "1"}]})
        self.assertEqual(str(self.record.problem), NOT_UNDERSTOOD)
        self.record.choose("1")
        self.client.answers(customer("1") | {"orders": None})
        self.assertEqual((str(self.record.problem), self.record.member), (NOT_UNDERSTOOD, ""))
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 2)
        self.record.choose("1")
        self.client.answers(customer("1"))
        self.assertEqual((self.record.problem, self.record.member), (None, "1"))

    def test_told(self) -> None:
        """Several who may be the caller are told to the tabs as they come."""
        told: list[int] = []
        self.record.watch(lambda: told.append(len(self.record.hits)))
        self.seat(SeatState.TALKING, LI)
        self.client.answers(found("1", "2"))
        self.assertEqual(told, [0, 2])
