"""What agents may ask for: their own figures freely, others' by right 1 and noted; files part by part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.seat import Seat
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.statistics.child import Task
from callserver.features.statistics.children import AT_ONCE, WAITING_MAX, Children
from callserver.features.statistics.desk import FILES_KEPT, PART_OCTETS, StatisticsDesk
from callserver.features.statistics.request import Request
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

DAYS = {"first": "2026-03-02", "last": "2026-03-02"}


@dataclass
class Noted:
    """An event log that remembers who did what."""

    acts: list[tuple[Any, ...]] = field(default_factory=list)

    def write(self, kind: Kind, **data: Any) -> None:
        self.acts.append((data["person"], data["act"], data["target"], data["result"]))


@dataclass
class At:
    """A seat, as far as statistics look at it."""

    number: str


class DeskTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rights: dict[str, set[Right]] = {"801": {Right.SUPERVISOR}}
        self.log, self.asked = Noted(), list[Request]()
        self.file, self.table = bytes(range(256)) * 300, dict[str, Any]()
        self.desk = StatisticsDesk(
            self.make, lambda who: self.rights.get(who, set()), cast(EventLog, self.log), lambda: date(2026, 3, 2)
        )

    def make(self, request: Request) -> Deferred[Any]:
        self.asked.append(request)
        return succeed(self.file if request.file or request.report == "day" else [self.table])

    def report(self, who: str, report: str, **more: Any) -> Any:
        told = {"report": report} | DAYS | more
        return self.successResultOf(self.desk.report(cast(Seat, At(who)), told))

    def part(self, who: str, at: int, **more: Any) -> Any:
        told = {"report": "agents", "file": "csv"} | DAYS | more
        return self.successResultOf(self.desk.report_file(cast(Seat, At(who)), told, at))

    def test_own(self) -> None:
        """Of oneself sheet, agents, ratings and outcomes are free, whoever is named or nobody; nothing is noted."""
        for report in ("sheet", "agents", "ratings", "outcomes"):
            for only in ("", "802"):
                self.report("802", report, only=only)
        self.assertEqual({request.only for request in self.asked}, {"802"})
        self.report("801", "sheet")
        self.assertEqual(self.asked[-1].only, "801")
        self.assertEqual(self.log.acts, [])

    def test_others(self) -> None:
        """Others' take right 1: that is noted with what was asked, and so is who was refused."""
        for report, only in (("queue", ""), ("agents", "801")):
            with self.assertRaises(Refused):
                self.report("802", report, only=only)
        self.assertEqual(self.asked, [])
        self.report("801", "agents", only="802")
        self.report("801", "agents")
        self.assertEqual([request.only for request in self.asked], ["802", ""])
        lacks = str(Refused.no_right(Right.SUPERVISOR))
        self.assertEqual(
            self.log.acts,
            [
                ("802", "report", "queue", lacks),
                ("802", "report", "agents", lacks),
                ("801", "report", "agents 2026-03-02 2026-03-02 802", "done"),
                ("801", "report", "agents 2026-03-02 2026-03-02", "done"),
            ],
        )

    def test_missed(self) -> None:
        """Who was missed is for who serves callers, by right 1, 3 or 5; others are told of nobody, and of no sum."""
        self.table = {"title": "missed", "rows": [["13800138000"]], "total": ["total", 1]}
        self.rights["803"] = set(Right) - {Right.SUPERVISOR, Right.ANSWER_QUEUED, Right.GRAB}
        self.rights |= {"804": {Right.ANSWER_QUEUED}, "805": {Right.GRAB}}
        for who, rows, total in (
            *((who, self.table["rows"], self.table["total"]) for who in ("801", "804", "805")),
            *((who, [], None) for who in ("802", "803")),
        ):
            told = self.successResultOf(self.desk.missed_calls(cast(Seat, At(who)), "en"))
            self.assertEqual((told["rows"], told["total"]), (rows, total), who)

    def test_part_by_part(self) -> None:
        """A file comes in parts, made and noted once, and made anew by who begins again; others have their own."""
        first = self.part("801", 0)
        self.part("802", 0)
        self.file = b"other"
        self.assertEqual(self.part("802", 0), {"octets": b"other", "total": 5})
        rest = self.part("801", PART_OCTETS)
        self.assertEqual(first["octets"] + rest["octets"], bytes(range(256)) * 300)
        self.assertEqual(first["total"], 76_800)
        self.assertEqual(len(self.asked), 3)
        self.assertEqual([act[:2] for act in self.log.acts], [("801", "report_file")])
        with self.assertRaises(Refused):
            self.part("802", 0, report="queue")

    def test_files_kept(self) -> None:
        """However many files are begun and left, a few are kept."""
        for within_s in range(10):
            self.part("801", 0, within_s=within_s)
        self.assertEqual(len(self.desk.files), FILES_KEPT)
        self.successResultOf(self.desk.day_sheet(cast(Seat, At("801")), "2026-03-02", "zh", 0))
        self.assertEqual(len(self.desk.files), FILES_KEPT)


class ChildrenTests(SynchronousTestCase):
    def test_a_few_at_once(self) -> None:
        """Two are made, the others wait; who comes when too many wait is told to come again; each has an answer."""
        running: list[Deferred[Any]] = []

        def in_thread(job: object, task: object) -> Deferred[Any]:
            running.append(Deferred())
            return running[-1]

        children, task = Children(in_thread), cast(Task, None)
        answers = [children.ask(task) for _ in range(AT_ONCE + WAITING_MAX)]
        self.assertEqual(len(running), AT_ONCE)
        self.failureResultOf(children.ask(task), Complaint)
        for n in range(len(answers)):
            running[n].callback(n)
        self.assertEqual([self.successResultOf(one) for one in answers], [*range(len(answers))])
