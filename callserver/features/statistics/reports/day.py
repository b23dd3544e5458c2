"""What a day came to: the chief figures and the tables that go on its sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from callserver.features.statistics import metrics
from callserver.features.statistics.metrics import Counted, Worked
from callserver.features.statistics.reports import agents_report, calls_report, counting, tallying, waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.table import Figure, Table, Unit, Value
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

MISSED_SHOWN = 40


@dataclass(frozen=True)
class Day:
    """
    One day of the shop.

    :param chief: figures with their names
    :param hours: what its chart shows
    """

    day: date
    chief: Sequence[tuple[Phrase, Value]]
    hours: Table
    tables: Sequence[Table]


def of(ask: Ask, day: date) -> Day:
    """Run where the database can be read; `ask` is of that day."""
    hours = waits_report.grouped(replace(ask, by="hour"))
    queues, agents = replace(ask, by="queue"), replace(ask, by="agent")
    missed = calls_report.missed(ask)
    n_more = len(missed.rows) - MISSED_SHOWN
    notes = (Phrase(N_("… and {n} more"), {"n": n_more}),) if n_more > 0 else ()
    shown = replace(missed, rows=missed.rows[:MISSED_SHOWN], notes=notes)
    tables = [
        waits_report.grouped(queues),
        hours,
        *agents_report.report(agents),
        calls_report.sales(replace(ask, by="seller")),
        calls_report.calls(replace(ask, by="line")),
        shown,
    ]
    return Day(day, _chief(ask), hours, [table for table in tables if table.rows])


def _chief(ask: Ask) -> list[tuple[Phrase, Value]]:
    c = counting.waits(replace(ask, by="")).get("", Counted())
    worked = counting.worked(replace(ask, by="")).get("", Worked())
    came = tallying.results(replace(ask, by="")).get("", Counter())
    n_orders, fen = tallying.counts(ask, "order", "").get("", (0, 0))
    level = metrics.SERVICE_LEVELS[ask.service_level](c)
    return [
        (Phrase(N_("calls in")), Figure(came["in"], Unit.COUNT)),
        (Phrase(N_("answered from queues")), Figure(c.answered, Unit.COUNT)),
        (Phrase(N_("gave up")), Figure(c.abandoned, Unit.COUNT)),
        (Phrase(N_("service level ({variant})"), {"variant": ask.service_level}), Figure(level, Unit.SHARE)),
        (Phrase(N_("average speed of answer")), Figure(metrics.asa_s(c), Unit.SECONDS)),
        (Phrase(N_("occupancy")), Figure(metrics.occupancy(worked), Unit.SHARE)),
        (Phrase(N_("orders")), Figure(n_orders, Unit.COUNT)),
        (Phrase(N_("sales")), Figure(fen, Unit.FEN)),
    ]
