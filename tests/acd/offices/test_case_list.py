"""What agents see of faults that were passed on: those of a number, page by page."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices import cases
from callserver.acd.offices.cases import AtOffice, Case
from callserver.acd.offices.desk import PAGE, CaseList
from callserver.acd.seats.acts import perform
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from tests.features.recordings.log_case import NOON
from tests.store.inline import InlineStore


class CaseListTests(SynchronousTestCase):
    def setUp(self) -> None:
        store: Any = InlineStore()
        self.addCleanup(store.database.close)
        self.store, self.list = store, CaseList(store, lambda: "cn", self)
        self.held = frozenset({Right.ANSWER_QUEUED})

    def rights(self, number: str) -> frozenset[Right]:
        """Of whoever asks."""
        return self.held

    def open(self, n: int, number: str) -> None:
        case = Case(f"case-{n}", f"call-{n}", NOON + timedelta(minutes=n // 2), number, "北京", "number", "no picture")
        self.store.run(cases.open_case, case)

    def listed(self, telephone: str, after: str = "") -> dict[str, Any]:
        seat: Any = SimpleNamespace(number="801")
        found: dict[str, Any] = self.successResultOf(
            perform(self.list.acts(), (), seat, "list_cases", (telephone, after))
        )
        return found

    def test_of_a_number(self) -> None:
        """However it is written, with every office that was dialled and what came of it."""
        self.open(1, "13912345678")
        self.open(2, "13800138000")
        self.store.run(cases.begin_attempt, AtOffice("case-1", 1, "7", "01012345678", NOON))
        self.store.run(cases.end_attempt, "case-1", 1, "answered")
        self.store.run(cases.close_case, "case-1", "answered", "7")
        (found,) = self.listed("8613912345678")["found"]
        self.assertEqual((found["note"], found["result"], found["office"]), ("no picture", "answered", "7"))
        self.assertEqual([(one["office"], one["result"]) for one in found["attempts"]], [("7", "answered")])

    def test_whose_numbers(self) -> None:
        """Who serves no callers sees that there are faults, and not whose; who asks by a number knows it already."""
        self.open(1, "13912345678")
        for right, seen in ((Right.SUPERVISOR, True), (Right.ANSWER_QUEUED, True), (Right.GRAB, True), (None, False)):
            self.held = frozenset() if right is None else frozenset({right})
            (found,) = self.listed("")["found"]
            self.assertEqual((found["number"], found["note"]), ("13912345678" if seen else None, "no picture"))
        self.assertEqual(self.listed("13912345678")["found"][0]["number"], "13912345678")

    def test_pages(self) -> None:
        """The newest first; none twice, none left out, also of one moment."""
        for n in range(PAGE + 5):
            self.open(n, "13912345678")
        first = self.listed("")
        second = self.listed("", first["next"])
        seen = [one["case"] for one in first["found"] + second["found"]]
        self.assertEqual((len(first["found"]), len(set(seen)), second["next"]), (PAGE, PAGE + 5, ""))
        self.assertEqual(seen[-1], "case-0")

    def test_nonsense(self) -> None:
        """What is no number and no place."""
        for args in (("12", ""), ("x", ""), ("13912345678", "'"), (5, "")):
            self.assertRaises(Refused, self.listed, *args)
