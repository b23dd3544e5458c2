"""What is written down of faxes: a database that is away for a while takes no fax out of the list."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.trace import Side, TraceLine
from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.records import ON_DISK_S, Records
from callserver.features.faxing.rules import Job
from callserver.wire.fax_results import FaxResult
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TRACE = (TraceLine(120, Side.FAR, "DIS"), TraceLine(1500, Side.US, "DCS"))


class RecordsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.store = Clock(), InlineStore()
        self.addCleanup(self.store.database.close)
        self.alarms: list[str] = []
        house: Any = SimpleNamespace(
            clock=self.clock, new_id=lambda: "fax-1", alarm=lambda told, **about: self.alarms.append(told)
        )
        events: Any = SimpleNamespace(now=lambda: NOW)
        self.records = Records(house, self.store, events)
        self.logged: list[tuple[Any, dict[str, Any]]] = []
        self.call: Any = SimpleNamespace(
            id="call-1",
            caller=SimpleNamespace(known_by="021"),
            first=SimpleNamespace(name="line 1"),
            log=lambda kind, **data: self.logged.append((kind, data)),
        )

    def ended(self) -> rules.Fax:
        return self.store.run(rules.find_fax, "fax-1")

    def test_a_fax(self) -> None:
        """Where, whose, how many pages, what the other machine is, and each step of both."""
        fax = self.records.new("in", self.call, person="801")
        self.successResultOf(Deferred.fromCoroutine(self.records.begin(fax)))
        self.records.kept(fax, 1)
        self.assertEqual((self.ended().pages, self.ended().result), (1, None))
        outcome = Outcome(FaxResult.SUCCESS, 2, "8610", "V.17 14400", 60.0, TRACE)
        self.records.end(self.call, fax, "success", 2, outcome)
        one = self.ended()
        self.assertEqual((one.line, one.number, one.person, one.file), ("line 1", "021", "801", "fax-1.tif"))
        self.assertEqual((one.pages, one.result, one.remote_id, one.detail), (2, "success", "8610", "V.17 14400"))
        steps = self.store.run(rules.trace, "fax-1")
        self.assertEqual(
            [(step.at_ms, step.heard, step.detail) for step in steps], [(120, True, "DIS"), (1500, False, "DCS")]
        )
        [(kind, data)] = self.logged
        self.assertEqual((kind, data["pages"], data["remote_id"]), (Kind.FAX_END, 2, "8610"))

    def test_sent(self) -> None:
        """Only what comes has a file; of a job's fax each page that is confirmed is never sent again."""
        job = Job("job", "021", "offer", "offer.tif", 3, NOW, NOW, pages_sent=1)
        self.store.run(rules.add_job, job)
        fax = self.records.new("out", self.call, job="job", title="offer")
        self.assertEqual((fax.file, fax.title), (None, "offer"))
        self.successResultOf(Deferred.fromCoroutine(self.records.begin(fax)))
        self.records.confirmed(fax, Letter("offer.tif", "offer", first=1, job="job"), 1)
        self.assertEqual((self.ended().pages, self.store.run(rules.find_job, "job").pages_sent), (1, 2))
        self.records.confirmed(fax, Letter("offer.tif", "offer"), 2)
        self.assertEqual((self.ended().pages, self.store.run(rules.find_job, "job").pages_sent), (2, 2))

    def test_begin_not_written(self) -> None:
        """A fax whose record cannot be begun goes on, people are told; and it is in the list when it is over."""
        fax = self.records.new("in", self.call)
        for away in (lambda *about: fail(OSError("locked")), lambda *about: Deferred()):
            broken = self.patch(self.store, "write", away)
            began = Deferred.fromCoroutine(self.records.begin(fax))
            self.clock.advance(ON_DISK_S + 0.1)
            self.successResultOf(began)
            broken.restore()
        self.assertEqual(len(self.alarms), 2)
        self.records.end(self.call, fax, "success", 1, None)
        self.assertEqual((self.ended().result, self.ended().pages, self.ended().file), ("success", 1, "fax-1.tif"))

    def test_end_not_written(self) -> None:
        """What cannot be written later is in the log, and breaks nothing."""
        fax = self.records.new("in", self.call)
        self.patch(self.store, "write", lambda *about: fail(OSError("locked")))
        self.records.kept(fax, 1)
        self.records.end(self.call, fax, "success", 1, None)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 2)
