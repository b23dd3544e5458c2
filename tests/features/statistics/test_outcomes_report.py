"""What talks came to: times and shares, by agent, queue, day; a correction counts for what it corrects."""

from __future__ import annotations

from datetime import date

from callserver.calls.vocabulary import Kind
from callserver.features.statistics.reports.outcomes_report import outcomes
from callserver.features.statistics.reports.plain import plain
from callserver.features.statistics.reports.table import Value
from tests.features.statistics.report_case import ReportCase
from tests.features.statistics.story import Story

DAY = date(2026, 3, 2)
SOLD, ASKED = {"code": 1, "zh": "成交", "en": "Sold"}, {"code": 2, "zh": "咨询", "en": "Enquiry"}


class OutcomesTests(ReportCase):
    def setUp(self) -> None:
        super().setUp()
        story = Story()
        for agent in ("801", "802"):
            story.log_in(0, agent)
        for n, (agent, said) in enumerate([("801", [SOLD]), ("801", [SOLD, ASKED]), ("802", [SOLD]), ("802", [])]):
            over_s = story.talk(100 * n + 10, f"c{n}", agent, 5, 60)
            for one in said:
                story.tell(over_s + 1, Kind.OUTCOME, f"c{n}", None, agent, **one)
        self.happened(story)

    def rows(self, **ask: str) -> list[list[Value]]:
        return plain(outcomes(self.day(DAY, **ask)), "en")["rows"]  # type: ignore[no-any-return]

    def test_all(self) -> None:
        """The newest word of an agent on a call counts, once; calls of which nothing was said are not in it."""
        table = plain(outcomes(self.day(DAY)), "en")
        self.assertEqual(table["rows"], [["Sold", 2, 2 / 3], ["Enquiry", 1, 1 / 3]])
        self.assertEqual(table["total"][:2], ["total", 3])
        self.assertEqual(plain(outcomes(self.day(DAY)), "zh")["rows"][0][0], "成交")

    def test_by_agent(self) -> None:
        """Shares are of the agent's own; who asks for one agent sees no other's."""
        both = [["801", "Sold", 1, 0.5], ["801", "Enquiry", 1, 0.5], ["802", "Sold", 1, 1.0]]
        self.assertEqual(self.rows(by="agent"), both)
        self.assertEqual(self.rows(by="agent", only="802"), both[2:])
        self.assertEqual(self.rows(only="802"), [["Sold", 1, 1.0]])

    def test_other_groups(self) -> None:
        """By queue and by the shop's day."""
        self.assertEqual({row[0] for row in self.rows(by="queue")}, {"sales"})
        self.assertEqual(
            [row[:3] for row in self.rows(by="day")], [["2026-03-02", "Sold", 2], ["2026-03-02", "Enquiry", 1]]
        )

    def test_another_day(self) -> None:
        """Nothing was said, so there is nothing, also no sum."""
        for other in (date(2026, 3, 1), date(2026, 3, 3)):
            table = outcomes(self.day(other))
            self.assertEqual((table.rows, table.total), ([], None))

    def test_renamed(self) -> None:
        """A code that the shop has renamed goes by its newest name."""
        story = Story()
        story.tell(900, Kind.OUTCOME, "c3", None, "802", code=1, zh="卖出", en="Bought")
        self.happened(story)
        self.assertEqual(self.rows()[0], ["Bought", 3, 0.75])
