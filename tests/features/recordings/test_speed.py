"""However many recordings there are, a search walks one index and ends where the page is full."""

from __future__ import annotations

from benchmarks.recordings import CASES, fill
from benchmarks.rehearsed_day import DAY_MS, Day
from callserver.features.recordings.search import search
from callserver.features.recordings.tables import AGENT, RecordingRow, TagRow
from tests.features.recordings.log_case import LogCase


class PlanTests(LogCase):
    """The time itself is measured by `python -m benchmarks.recordings`: 300 ms of a million rows at most."""

    def setUp(self) -> None:
        super().setUp()
        self.talked(order="17", queue="operator")
        self.talked("02187654321", line="line 2", agents=("802",), outcome="abandoned", queue="operator")
        self.look()
        self.day = Day.of(self.store.database.connection())
        for table in (TagRow, RecordingRow):
            table.delete().execute()
        fill(self.day, 500)
        self.assertEqual(RecordingRow.select().count(), 500)
        self.asked: list[tuple[str, tuple[object, ...]]] = []
        execute = self.store.database.execute_sql

        def watched(sql: str, params: tuple[object, ...] | None = None) -> object:
            self.asked.append((sql, tuple(params or ())))
            return execute(sql, params)

        self.store.database.execute_sql = watched

    def test_copies(self) -> None:
        """A copy of the rehearsed day is that day, on another date or in another branch, with other people."""
        first, branch, next_day = (list(self.day.recorded(self.day.copy(n, 2))) for n in range(3))
        self.assertEqual(len({row["call_id"] for row, _ in first + branch + next_day}), 6)
        for one, other, later in zip(first, branch, next_day, strict=True):
            self.assertEqual(later[0]["started_ms"] - one[0]["started_ms"], DAY_MS)
            self.assertLess(other[0]["started_ms"] - one[0]["started_ms"], DAY_MS)
            self.assertEqual(one[0]["length_ms"], other[0]["length_ms"])
            self.assertEqual((one[0]["line"], one[0]["outcome"]), (later[0]["line"], later[0]["outcome"]))
            self.assertNotEqual(one[0]["line"], other[0]["line"])
            self.assertNotEqual(one[0]["caller"], later[0]["caller"])
        agents = [{value for _, tags in rows for kind, value in tags if kind == AGENT} for rows in (first, branch)]
        self.assertEqual(agents, [{"801", "802"}, {"80101", "80102"}])
        told = list(self.day.events(self.day.copy(1, 2)))
        self.assertEqual([one.kind for one in told], [one.kind for one in self.day.told])
        self.assertTrue({one.call_id for one in told} <= set(self.day.calls(self.day.copy(1, 2))))

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
