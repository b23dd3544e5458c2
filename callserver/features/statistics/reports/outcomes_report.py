"""What talks came to, as the agents have said: of calls that began in a period, the newest word of each agent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from peewee import Table as AnyTable
from peewee import fn

from callserver.features.statistics.metrics import ratio
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.counting import quarter_of, rows_of
from callserver.features.statistics.reports.intervals import LABELS, label
from callserver.features.statistics.reports.names import natural, row_name
from callserver.features.statistics.reports.table import Column, Table, Unit, Value, drawn
from callserver.features.statistics.reports.waits_report import BY
from callserver.features.statistics.tables import CallStat
from callserver.store.tables import database
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

OUTCOMES_BY = {name: BY[name] for name in ("agent", "queue", "hour", "day", "month", "time", "weekday")}


def outcomes(ask: Ask) -> Table:
    """All of them with their shares, or by agent, queue, interval with shares of that; `ask.only` is one agent."""
    found, names = _counted(ask)
    groups: Counter[str] = Counter()
    for (group, _), n in found.items():
        groups[group] += n
    by_group = sorted(found.items(), key=lambda item: (natural(item[0][0]), item[0][1]))
    rows: list[tuple[Value, ...]] = [
        ((row_name(ask.by, group),) if ask.by else ()) + (names[code], n, ratio(n, groups[group]))
        for (group, code), n in by_group
    ]
    columns = [Column(N_("outcome"), Unit.WORD), drawn(N_("times")), Column(N_("share"), Unit.SHARE)]
    if ask.by:
        columns.insert(0, Column(OUTCOMES_BY[ask.by], Unit.WORD))
    blank: tuple[Value, ...] = ("",) if ask.by else ()
    total = (Phrase(N_("total")), *blank, groups.total(), None) if rows else None
    return Table(Phrase(N_("What came of talks")), columns, rows, total, by=OUTCOMES_BY.get(ask.by, ""))


def _counted(ask: Ask) -> tuple[Counter[tuple[str, int]], dict[int, Phrase]]:
    """
    How often by group and code; and the codes' names, as the shop called them last.

    Asked of the contacts by their table's name: no feature imports another.
    """
    told: Any = AnyTable("call_outcomes", ("call_id", "person", "code", "zh", "en", "at_ms")).bind(database)
    c = CallStat
    key = {"agent": told.person, "queue": c.queue}.get(ask.by, quarter_of(c.began_ms) if ask.by else c.direction)
    query = (
        c.select(key, told.code, told.zh, told.en, fn.COUNT(told.call_id), fn.MAX(told.at_ms))
        .join(told, on=(told.call_id == c.call_id))
        .where(c.began_ms >= ask.period.since_ms, c.began_ms < ask.period.until_ms)
        .group_by(key, told.code, told.zh, told.en)
    )
    if ask.only:
        query = query.where(told.person == ask.only)
    found: Counter[tuple[str, int]] = Counter()
    newest: dict[int, tuple[int, Phrase]] = {}
    for name, code, zh, en, n, at_ms in rows_of(query):
        group = label(ask.by, int(name), ask.zone) if ask.by in LABELS else str(name) if ask.by else ""
        found[group, int(code)] += int(n)
        called = int(at_ms), Phrase("{name}", {"name_zh": zh, "name_en": en})
        newest[int(code)] = max(newest.get(int(code), called), called, key=lambda one: one[0])
    return found, {code: name for code, (_, name) in newest.items()}
