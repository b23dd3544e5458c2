"""Every report by its name: what a command, an agent or a timetable asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from callserver.features.statistics.reports import (
    agents_report,
    calls_report,
    outcomes_report,
    staffing_report,
    waits_report,
)
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.table import Table
from callserver.wire.catalogue import N_


@dataclass(frozen=True)
class Report:
    """
    One kind of report.

    :param tables: run where the database can be read
    :param words: what it tells, for people
    :param by: how it can be grouped
    :param only: what one can ask for alone: "queue", "agent", "menu", "office"; "" is nothing
    """

    tables: Callable[[Ask], Sequence[Table]]
    words: str
    by: Sequence[str] = ()
    only: str = ""

    def make(self, ask: Ask) -> list[Table]:
        """Its tables, which tell of which days they are; run where the database can be read."""
        return [replace(table, days=ask.told_days()) for table in self.tables(ask)]


STAFFING = "staffing"  # the one that asks for a number of agents


def _one(make: Callable[[Ask], Table]) -> Callable[[Ask], Sequence[Table]]:
    return lambda ask: [make(ask)]


REPORTS: Mapping[str, Report] = {
    "queue": Report(
        _one(waits_report.report),
        N_("Callers of queues: every metric of one queue or of all, or the chief ones by group."),
        tuple(waits_report.BY),
        "queue",
    ),
    "agents": Report(
        agents_report.report,
        N_("Where agents' time went, and what they did with it."),
        agents_report.BY_AGENT,
        "agent",
    ),
    "sheet": Report(
        lambda ask: [agents_report.sheet(ask), agents_report.pause_table(ask)],
        N_("The work sheet of one agent: accounts that sum to the time logged in, calls, points, sales."),
        (),
        "agent",
    ),
    "calls": Report(
        _one(calls_report.calls),
        N_("All calls: talked, served by a menu, missed, out; who calls again."),
        tuple(calls_report.CALLS_BY),
    ),
    "sales": Report(
        _one(calls_report.sales),
        N_("Orders beside calls, or by product or seller."),
        tuple(calls_report.SALES_BY),
    ),
    "steps": Report(
        _one(calls_report.steps), N_("Steps of menus: visits, where callers hang up, wrong keys."), (), "menu"
    ),
    "offices": Report(
        _one(calls_report.offices), N_("Faults passed on, by office."), tuple(calls_report.OFFICES_BY), "office"
    ),
    "ratings": Report(
        _one(calls_report.ratings),
        N_("Points that callers gave after the talk."),
        ("agent", "queue", "hour", "day", "month"),
        "agent",
    ),
    "outcomes": Report(
        _one(outcomes_report.outcomes),
        N_("What talks came to, as the agents have said."),
        tuple(outcomes_report.OUTCOMES_BY),
        "agent",
    ),
    "callbacks": Report(
        _one(calls_report.callbacks), N_("What came of those who wanted to be called back."), (), "queue"
    ),
    "doors": Report(_one(calls_report.doors), N_("Callers who were not let into a queue."), (), "queue"),
    STAFFING: Report(
        staffing_report.report,
        N_("What if: so many agents, by Erlang C, and the days of before played again with them."),
        (),
        "queue",
    ),
    "missed": Report(_one(calls_report.missed), N_("Who was missed, and neither called back nor served since.")),
}
