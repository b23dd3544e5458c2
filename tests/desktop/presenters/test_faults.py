"""Faults at the window: those that were passed on, and a new one by which the caller is put through."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.faults import Faults, FaultsData
from callserver.wire.messages import Card, Identity
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.order_rows import LI
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

LI_CALLS = Card("call-1", "13800138000", identity=Identity("600001", "李明"))
STRANGER = Card("call-2", "13700001111")
OFFICES = {"offices": [{"regions": ["Beijing", "Tianjin"]}, {"regions": ["Beijing"]}]}


def case(number: str, result: str = "answered", **more: Any) -> dict[str, Any]:
    """A row of `list_cases`."""
    row = {
        "case": f"case {number}",
        "call": "c",
        "at": f"2026-11-2{number}T10:00:00+00:00",
        "number": "13800138000",
        "region": "Beijing",
        "found_by": "number",
        "note": "no water",
        "result": result,
        "office": "1" if result == "answered" else "",
        "attempts": [{"office": "2", "at": "", "result": "busy"}],
    }
    return row | more


class FaultsTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[FaultsData] = []
        self.faults = Faults(self.work, self.shown.append)
        self.faults.start()
        self.addCleanup(self.faults.stop)
        self.work.record.begin()
        self.addCleanup(self.work.record.end)

    @property
    def now(self) -> FaultsData:
        return self.shown[-1]

    def acts(self, *names: str) -> list[Any]:
        """What was asked of these, and is forgotten."""
        acts, self.client.asked = self.client.asked, []
        return [act for act in acts if act[0] in names]

    def open(self, call: Card = STRANGER, *cases: Any, more: str = "") -> None:
        """In this call the tab is opened."""
        self.seat(SeatState.TALKING, call)
        self.client.waiting.clear()
        self.faults.see()
        self.client.answers({"found": list(cases), "next": more})
        self.client.answers(OFFICES)

    def test_cases(self) -> None:
        """When, where, what, and what came of it; while it is under way, who was tried."""
        self.open(STRANGER, case("0"), case("1", ""))
        newest, oldest = self.now.cases
        self.assertEqual(newest[1:], ("13800138000", "Beijing", "no water", "under way", "2 busy"))
        self.assertEqual(oldest[4:], ("answered", "1"))

    def test_all_his_numbers(self) -> None:
        """A customer's faults are those of all his telephones, and of the one that he calls from."""
        self.seat(SeatState.TALKING, LI_CALLS)
        self.work.record.show(LI | {"telephones": ["13800138000", "01062345678"]})
        self.acts()
        self.faults.see()
        self.assertEqual(
            self.acts("list_cases"), [("list_cases", "13800138000", ""), ("list_cases", "01062345678", "")]
        )

    def test_somebody_else_is_looked_at(self) -> None:
        """The caller's faults are not shown as another customer's."""
        self.seat(SeatState.TALKING, STRANGER)
        self.work.record.show(LI)
        self.acts()
        self.faults.see()
        self.assertEqual(self.acts("list_cases"), [("list_cases", "13800138000", "")])

    def test_report(self) -> None:
        """What it is, and the region of the caller's number unless another is chosen; then he is put through."""
        self.open()
        self.assertEqual([region for region, _ in self.now.regions], ["", "Beijing", "Tianjin"])
        self.assertEqual(self.now.regions[0][1], "Nearest to 13700001111")
        self.faults.report()
        self.faults.type(" no water ")
        self.faults.choose("Tianjin")
        self.acts()
        self.faults.report()
        self.assertEqual(self.acts("report_fault"), [("report_fault", "Tianjin", "no water")])
        self.client.answers()
        self.assertEqual((self.now.draft, self.now.told[:8]), ("", "Reported"))

    def test_consulting(self) -> None:
        """While a colleague is consulted no fault can be reported: it would be he who is put through."""
        self.open()
        self.faults.type("no water")
        self.assertTrue(self.now.may_report)
        self.seat(SeatState.TALKING, Card("call-3", "802"), kept=STRANGER)
        self.assertEqual((self.now.draft, self.now.may_report), ("no water", False))
        self.faults.report()
        self.assertEqual(self.acts("report_fault"), [])

    def test_refused(self) -> None:
        """Why is said, and what was typed stays."""
        self.open()
        self.faults.type("no water")
        self.faults.report()
        self.refuses(Refused(Refusal.LIMIT, "5"))
        self.assertTrue(self.now.problem)
        self.assertEqual(self.now.draft, "no water")

    def test_only_in_a_call(self) -> None:
        """Nobody is put through who is not there; and not by who may not dial colleagues and offices."""
        self.open()
        self.faults.type("no water")
        self.assertTrue(self.now.may_report)
        self.seat(SeatState.PAUSED)
        self.assertEqual((self.now.may_report, self.now.why_not), (False, "Only in a call"))
        self.model.rights = EVERY_RIGHT - {Right.DIAL_INTERNAL}
        self.faults.refresh()
        self.assertIn("dial internal numbers", self.now.why_not)

    def test_draft_stays_with_its_call(self) -> None:
        """What was typed for one caller is not reported as the next one's."""
        self.open()
        self.faults.type("no water")
        self.seat(SeatState.TALKING, LI_CALLS)
        self.assertEqual(self.now.draft, "")
        self.assertTrue(self.faults.has_draft)

    def test_under_way(self) -> None:
        """It is looked at again until an office has it, and then no more."""
        self.open(STRANGER, case("1", ""))
        self.acts()
        self.clock.pump([1] * 5)
        self.assertEqual(self.acts("list_cases"), [("list_cases", "13700001111", "")])
        self.client.answers({"found": [case("1")], "next": ""})
        self.assertEqual(self.now.cases[0][4], "answered")
        self.clock.pump([1] * 20)
        self.assertEqual(self.acts("list_cases"), [])

    def test_reported_meanwhile(self) -> None:
        """What is reported while the list is under way is in it: it is asked for once more."""
        self.open()
        self.acts()
        self.faults.logged_in(self.model.hello)
        self.faults.type("no water")
        self.faults.report()
        self.client.answers(act="report_fault")
        self.assertEqual(len(self.acts("list_cases")), 1)
        self.client.answers({"found": [], "next": ""}, "list_cases")
        self.assertEqual(len(self.acts("list_cases")), 1)
        self.client.answers({"found": [case("0", "")], "next": ""}, "list_cases")
        self.assertEqual((len(self.acts("list_cases")), len(self.now.cases)), (0, 1))

    def test_pages(self) -> None:
        """Fifty at a time."""
        self.open(STRANGER, case("1"), more="5:x")
        self.acts()
        self.faults.more()
        self.faults.more()
        self.assertEqual(self.acts("list_cases"), [("list_cases", "13700001111", "5:x")])
