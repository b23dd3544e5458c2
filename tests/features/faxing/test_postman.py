"""The outbox: what has come of a try is written down, however long that takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import FaxConfig
from callserver.features.faxing import postman, rules
from callserver.features.faxing.engines import Engines
from callserver.features.faxing.postman import LOOK_S, Postman, Report
from callserver.features.faxing.rules import Job
from callserver.features.faxing.tables import JobState
from callserver.wire.refusals import Refusal, Refused
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class PostmanTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.store = Clock(), InlineStore()
        self.addCleanup(self.store.database.close)
        self.engines = Engines(1, self.clock, lambda *told, **more: None)
        self.reports: list[Report] = []
        self.n_dialled = 0
        out = SimpleNamespace(has_line_for=lambda dialler: True, dial=self.dial)
        house: Any = SimpleNamespace(clock=self.clock, calls_out=lambda: out)
        events: Any = SimpleNamespace(
            now=lambda: NOW + timedelta(seconds=self.clock.seconds()), write=lambda *about, **data: None
        )
        sessions: Any = None  # no machine is reached here
        self.postman = Postman(
            house,
            self.store,
            events,
            self.engines,
            sessions,
            FaxConfig(),
            UTC,
            self.reports.append,  # type: ignore[arg-type]
        )
        self.patch(self.postman, "_dialler", lambda job: None)

    def dial(self, number: str, *about: Any) -> Any:
        self.n_dialled += 1
        raise Refused(Refusal.BAD_ARGUMENT, "number")

    def away(self, *about: Any) -> Deferred[Any]:
        return fail(OSError("database is locked"))

    def job(self) -> Job:
        (job,) = self.store.run(rules.list_jobs)
        return job

    def test_database_away(self) -> None:
        """A fax is not left "under way" when its end cannot be written: it is tried on, and nobody is dialled twice."""
        self.store.run(rules.add_job, Job("job", "021", "offer", "offer.tif", 1, NOW, NOW))
        write = self.store.write

        def written(rule: Any, *about: Any) -> Deferred[Any]:
            return self.away() if rule is postman._keep else write(rule, *about)

        away = self.patch(self.store, "write", written)
        self.postman.startService()
        self.addCleanup(self.postman.stopService)
        self.clock.pump([LOOK_S] * 3)
        self.assertIs(self.job().state, JobState.UNDER_WAY)
        self.assertEqual((self.engines.n_free, self.reports), (1, []))
        away.restore()
        self.clock.pump([LOOK_S])
        self.assertIs(self.job().state, JobState.FAILED)
        self.assertEqual((self.n_dialled, [one.result for one in self.reports]), (1, ["not_reached: refused"]))
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 4)
