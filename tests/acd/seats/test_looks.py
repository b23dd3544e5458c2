"""Who has looked at which customers stands in the event log, once for each talk."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.looks import REMEMBERED, Looks


def call(call_id: str) -> Any:
    return SimpleNamespace(id=call_id)


class LooksTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events = Mock()
        self.looks = Looks(self.events)
        self.seat: Any = SimpleNamespace(number="801", shown_calls=[], recent=[])

    def look(self, *members: str) -> None:
        self.looks.note(self.seat, "list_contacts", members)

    def noted(self) -> list[tuple[str, str | None]]:
        """Of whom, and in which talk."""
        return [(one.kwargs["target"], one.kwargs["call_id"]) for one in self.events.write.mock_calls]

    def test_each_talk(self) -> None:
        """Each customer once a talk, and in the next talk again; all that are new at once are one line."""
        self.seat.shown_calls = [call("c1")]
        self.look("1", "2")
        self.look("2", "3")
        self.seat.shown_calls = [call("c2")]
        self.look("2")
        self.assertEqual(self.noted(), [("customer 1, 2", "c1"), ("customer 3", "c1"), ("customer 2", "c2")])

    def test_after_it(self) -> None:
        """What is looked up after a talk is still of that one; before any it is of none."""
        self.look("1")
        self.seat.recent = [call("c1")]
        self.look("2")
        self.assertEqual(self.noted(), [("customer 1", None), ("customer 2", "c1")])

    def test_bounded(self) -> None:
        """Who has seen all of the shop is noted again, and not remembered without an end."""
        self.look(*map(str, range(REMEMBERED + 1)))
        self.look("1")
        self.assertEqual(len(self.noted()), 2)
