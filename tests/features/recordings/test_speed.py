"""However many recordings there are, a search walks one index and ends where the page is full."""

from __future__ import annotations

from itertools import islice
from random import Random

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.recordings import CASES, rows
from callserver.features.recordings.search import search
from callserver.features.recordings.tables import RecordingRow, TagRow
from tests.store.inline import InlineStore


class PlanTests(SynchronousTestCase):
    """The time itself is measured by `python -m benchmarks.recordings`: 300 ms of a million rows at most."""

    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        for row, tags in islice(rows(500, Random(1)), 500):
            RecordingRow.insert(row).execute()
            for kind, value in tags:
                TagRow.insert(kind=kind, value=value, started_ms=row["started_ms"], number=row["number"]).execute()
        self.asked: list[tuple[str, tuple[object, ...]]] = []
        execute = self.store.database.execute_sql

        def watched(sql: str, params: tuple[object, ...] | None = None) -> object:
            self.asked.append((sql, tuple(params or ())))
            return execute(sql, params)

        self.store.database.execute_sql = watched

    def plan(self, sql: str, params: tuple[object, ...]) -> list[str]:
        return [row[3] for row in self.store.database.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]

    def test_each_filter(self) -> None:
        """No filter has the table itself gone through, or what was found sorted."""
        for name, wanted in CASES.items():
            self.asked.clear()
            search(wanted)
            sql, params = self.asked[0]
            steps = self.plan(sql, params)
            self.assertFalse([step for step in steps if "TEMP B-TREE" in step], f"{name}: {steps}")
            self.assertIn("COVERING INDEX", steps[0], f"{name}: {steps}")
