"""Of those who were missed each is called by one agent at a time, and all see by whom and what came of it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from callserver.acd.seats.acts import perform
from callserver.features.contacts.missed import MissedDesk
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.features.recordings.log_case import LogCase

WANG = "13800138000"


class MissedTests(LogCase):
    def setUp(self) -> None:
        super().setUp()
        store: Any = self.store
        self.desk = MissedDesk(store, self.events, lambda: "cn", lambda number: self.held)
        self.held = frozenset({Right.ANSWER_QUEUED})

    def ask(self, act: str, *args: Any, person: str = "801") -> Any:
        """The answer, or the refusal's code."""
        seat: Any = SimpleNamespace(number=person)
        try:
            answer = perform(self.desk.acts(), (), seat, act, args)
        except Refused as refused:
            return refused.code
        found: list[Any] = []
        answer.addBoth(lambda result: found.append(getattr(result, "value", result)))
        return found[0].code if isinstance(found[0], Refused) else found[0]

    def taken(self) -> list[tuple[str, str, str]]:
        return [(one["number"], one["by"], one["result"]) for one in self.ask("list_missed_taken")]

    def test_one_at_a_time(self) -> None:
        """Whoever has taken him calls him; another is refused, in whatever spelling, until it is settled."""
        self.assertIsNone(self.ask("take_missed", WANG))
        self.assertEqual(self.ask("take_missed", f"86{WANG}", person="802"), Refusal.NOT_SAVED)
        self.assertEqual(self.ask("done_missed", WANG, "reached", person="802"), Refusal.NOT_SAVED)
        self.assertEqual(self.taken(), [(WANG, "801", "")])
        self.assertIsNone(self.ask("done_missed", WANG, "not reached"))
        self.assertIsNone(self.ask("take_missed", WANG, person="802"))
        self.assertIsNone(self.ask("done_missed", WANG, "reached", person="802"))
        self.assertEqual(self.taken(), [(WANG, "802", "reached")])

    def test_whose_numbers(self) -> None:
        """The list is of numbers, and so for who serves callers; others see nobody in it."""
        self.ask("take_missed", WANG)
        for right in (Right.SUPERVISOR, Right.ANSWER_QUEUED, Right.GRAB):
            self.held = frozenset({right})
            self.assertEqual(self.taken(), [(WANG, "801", "")])
        self.held = frozenset(Right) - {Right.SUPERVISOR, Right.ANSWER_QUEUED, Right.GRAB}
        self.assertEqual(self.taken(), [])

    def test_forgotten(self) -> None:
        """Who has taken him and done nothing for a quarter of an hour keeps nobody from calling him."""
        self.ask("take_missed", WANG)
        self.now += timedelta(minutes=16)
        self.assertEqual(self.taken(), [])
        self.assertIsNone(self.ask("take_missed", WANG, person="802"))

    def test_nonsense(self) -> None:
        """What is no number, and no result."""
        for args in (("take_missed", "member 1"), ("take_missed", "1"), ("done_missed", WANG, "perhaps")):
            self.assertEqual(self.ask(*args), Refusal.BAD_ARGUMENT)
