"""In the server: reports from a child process, tables that follow the log, the sheet that goes out at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import StatisticsConfig
from callserver.features.statistics import child, keeping, keeping_up
from callserver.features.statistics.child import Task, ask_child
from callserver.features.statistics.desk import file_request, iso_day, report_request
from callserver.features.statistics.keeping_up import BETWEEN_S, EVERY_S, KeepingUp
from callserver.features.statistics.reports import waits_report
from callserver.features.statistics.request import Request
from callserver.features.statistics.timetable import Timetable
from callserver.store import tables
from callserver.store.opening import database_at, open_database
from callserver.wire.catalogue import Complaint
from tests.alarms import Alarms
from tests.features.statistics.shop_log import keep
from tests.features.statistics.story import check_data
from tests.store.inline import StubbornStore

KEYS = st.sampled_from(["report", "first", "last", "by", "only", "within_s", "x"])
VALUES = st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


class ChildTests(SynchronousTestCase):
    def setUp(self) -> None:
        file = Path(self.mktemp()).absolute()
        database = database_at(str(file))
        tables.database.initialize(database)
        open_database(database, str(file))
        with database.atomic():
            keep(check_data())
        database.close()
        self.where = str(file)

    def ask(self, report: str, **more: Any) -> Any:
        request = Request(report, "2026-03-02", more.pop("last", "2026-03-02"), language="en", **more)
        return ask_child(Task(self.where, "cn", "Asia/Shanghai", "示范商店", request.told()))

    def test_report(self) -> None:
        """The same figures as at the command line; the child counts what is new in the log first."""
        (table,) = self.ask("queue", by="queue")
        self.assertEqual(table["rows"][0][:5], ["sales", 11, 6, 3, 2])
        self.assertEqual(table["rows"][0][6], 0.5)
        (again,) = self.ask("queue", by="queue")
        self.assertEqual(again, table)

    def test_day_sheet(self) -> None:
        """A PDF comes as it is."""
        self.assertTrue(self.ask("day").startswith(b"%PDF"))

    def test_files(self) -> None:
        """The same report as a file, by the ending that is asked for; what has no chart says so."""
        told = self.ask("queue", by="queue", file="csv").decode("utf-8-sig").splitlines()
        self.assertTrue(told[1].startswith("sales,11,6,3,2"), told)
        ask = Request("queue", "2026-03-02", "2026-03-02", by="queue", language="en").ask(SHANGHAI)
        with tables.database.connection_context():
            made = [waits_report.grouped(ask)]
        for file, begins in (("xlsx", b"PK"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
            self.assertTrue(child._file(made, Request("queue", "", "", language="en", file=file)).startswith(begins))

    def test_complaint(self) -> None:
        """What cannot be done comes back as the sentence it is."""
        problem = self.assertRaises(Complaint, self.ask, "queue", last="2026-03-01")
        self.assertEqual(str(problem), "2026-03-01 is before 2026-03-02")

    def test_no_database(self) -> None:
        """A child that dies is a complaint, not silence."""
        self.where = "/no/such/folder/db"
        self.assertRaises(Complaint, self.ask, "queue")


class RequestTests(SynchronousTestCase):
    @given(st.dictionaries(KEYS, VALUES, max_size=6))
    @settings(max_examples=200, deadline=None)
    def test_anything(self, told: Any) -> None:
        """Whatever a program sends is a request or is none; nothing breaks."""
        if report_request(told):
            Request.read(told)

    def test_some(self) -> None:
        """What is one, and what is none: no such report, no such grouping, no day, a limit that is no number."""
        good = {"report": "queue", "first": "2026-03-02", "last": "2026-03-02"}
        self.assertTrue(report_request(good | {"by": "hour", "within_s": 30}))
        self.assertTrue(report_request(good | {"report": "staffing", "agents": 3}))
        self.assertFalse(report_request(good | {"report": "staffing"}))
        self.assertTrue(file_request(good | {"file": "svg"}))
        self.assertFalse(file_request(good) or report_request(good | {"file": "svg"}))
        bad: dict[str, object] = {
            "report": "all",
            "by": "moon",
            "first": "soon",
            "within_s": float("nan"),
            "only": "x" * 65,
            "agents": 501,
            "again_days": 0,
            "target_percent": 100,
            "file": "doc",
        }
        for key, value in bad.items():
            self.assertFalse(report_request(good | {key: value}), key)
        self.assertFalse(iso_day("2026-02-30"))


class KeepingUpTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = StubbornStore()
        self.addCleanup(self.store.database.close)
        self.store.run(keep, check_data())
        self.service = KeepingUp(self.store.reactor, self.store, "cn")  # type: ignore[arg-type]
        self.service.startService()

    def test_in_small_pieces(self) -> None:
        """Once a minute, a piece at a time, until all is counted; others' work goes between two pieces."""
        self.patch(keeping_up, "PIECE", 20)
        self.store.reactor.advance(EVERY_S)
        behind = [self.store.run(keeping.behind)]
        while behind[-1]:
            self.store.reactor.advance(BETWEEN_S)
            behind.append(self.store.run(keeping.behind))
        self.assertGreater(len(behind), 3)
        self.assertEqual({a - b for a, b in pairwise(behind[:-1])}, {20})
        self.service.stopService()
        self.assertEqual(self.store.reactor.getDelayedCalls(), [])

    def test_full_disk(self) -> None:
        """A piece that fails is tried in the next turn; nothing is lost or counted twice."""
        self.store.full = True
        self.store.reactor.advance(EVERY_S)
        self.store.full = False
        self.store.reactor.advance(EVERY_S)
        self.store.reactor.advance(BETWEEN_S)
        self.assertLess(self.store.run(keeping.behind), len(check_data().events))
        self.service.stopService()


class Posted:
    """Mail and Post that remember; `problem` makes mail fail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, ...]] = []
        self.problem: Exception | None = None

    def send(
        self, to: str, subject: object, text: object, attachment: tuple[str, bytes] | None = None
    ) -> Deferred[Any]:
        if self.problem is not None:
            return fail(self.problem)
        assert attachment is not None
        self.sent.append(("mail", to, attachment[0], attachment[1].decode()))
        return succeed(None)

    async def by_fax(self, number: str, title: str, pdf: bytes) -> None:
        self.sent.append(("fax", number, title, pdf.decode()))


class TimetableTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.post, self.alarms = Clock(), Posted(), Alarms()
        self.began = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # four in the morning in Shanghai
        self.asked: list[Request] = []
        self.fails, self.seen = False, self.began

    def make(self, request: Request) -> Deferred[Any]:
        self.asked.append(request)
        return fail(Complaint("no font")) if self.fails else succeed(b"a sheet")

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.clock.seconds())

    def start(self, **config: str) -> Timetable:
        settings = StatisticsConfig(**{"sheet_at": "07:00", **config})
        timetable = Timetable(
            self.clock,
            self.now,
            lambda: SHANGHAI,
            settings,
            self.make,
            self.post,
            lambda: self.post,
            self.alarms,
            lambda: succeed(self.seen),
        )
        timetable.startService()
        return timetable

    def hours(self, n: int) -> None:
        for _ in range(n * 60):
            self.clock.advance(60)

    def test_every_morning(self) -> None:
        """At seven of the shop's clock the sheet of the day before goes by mail and by fax, each day once."""
        timetable = self.start(mail_to="boss@example.com", fax_to="81234567")
        self.hours(2)
        self.assertEqual(self.post.sent, [])
        self.hours(48)
        days = ["2026-03-02.pdf", "2026-03-03.pdf"]
        self.assertEqual([one[2] for one in self.post.sent if one[0] == "mail"], days)
        self.assertEqual([one[2] for one in self.post.sent if one[0] == "fax"], days)
        timetable.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_clock_set_forward(self) -> None:
        """When the computer's clock is set days ahead, one sheet is sent, and then each morning's again."""
        self.start(mail_to="boss@example.com")
        self.began += timedelta(days=3)
        self.hours(4)
        self.assertEqual(len(self.post.sent), 2)

    def test_nothing_to_do(self) -> None:
        """Without a time, or without anybody to send it to, nothing is made."""
        self.start(sheet_at="", mail_to="boss@example.com")
        self.start()
        self.hours(30)
        self.assertEqual(self.asked, [])

    def test_cannot(self) -> None:
        """A sheet that cannot be made or sent is an alarm that names the day; the next day it is tried again."""
        self.start(mail_to="boss@example.com")
        self.fails = True
        self.hours(4)
        self.fails, self.post.problem = False, OSError("refused")
        self.hours(24)
        self.assertEqual(
            self.alarms,
            [
                "the day sheet of 2026-03-02 could not be sent: no font",
                "the day sheet of 2026-03-03 could not be sent: refused",
            ],
        )
        self.post.problem = None
        self.hours(24)
        self.assertEqual(len(self.post.sent), 1)

    def test_one_way_fails(self) -> None:
        """A mail server that is down does not keep the fax from going out; it is told."""
        self.start(mail_to="boss@example.com", fax_to="81234567")
        self.post.problem = OSError("refused")
        self.hours(4)
        self.assertEqual([one[0] for one in self.post.sent], ["fax"])
        self.assertEqual(self.alarms, ["the day sheet of 2026-03-02 could not be sent: refused"])

    def test_server_was_down(self) -> None:
        """The sheet that was due while no server ran is sent at the next start, the last one; none in a new shop."""
        self.start(mail_to="boss@example.com")
        self.seen = self.began - timedelta(hours=22)
        self.start(mail_to="boss@example.com")
        self.assertEqual([request.first for request in self.asked], ["2026-03-01"])
        self.seen = self.began - timedelta(days=9)
        self.start(mail_to="boss@example.com")
        self.assertEqual([request.first for request in self.asked], ["2026-03-01"] * 2)
        self.seen = None  # type: ignore[assignment]
        self.start(mail_to="boss@example.com")
        self.assertEqual(len(self.asked), 2)
