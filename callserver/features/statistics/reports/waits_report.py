"""Callers of queues: all metrics of one or all queues, or the chief ones by queue, line, agent, hour, day, month."""

from __future__ import annotations

from collections.abc import Iterator

from callserver.features.statistics import metrics
from callserver.features.statistics.metrics import Counted
from callserver.features.statistics.reports import counting, tallying
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.names import row_name
from callserver.features.statistics.reports.table import Code, Column, Figure, Table, Unit, Value, drawn, of_variant
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

VARIANTS = {
    "offered": N_("of all who entered"),
    "answered": N_("of those answered"),
    "all": N_("of answered and abandoned"),
    "credit": N_("abandoned in time count as served"),
    "exclude": N_("without those abandoned in time"),
    "short": N_("without those abandoned at once"),
    "raw": N_("of all who entered"),
    "net": N_("without those abandoned at once"),
    "answered_base": N_("of answered and abandoned"),
}
BY = {
    "queue": N_("queue"),
    "line": N_("line"),
    "agent": N_("agent"),
    "hour": N_("hour"),
    "day": N_("day"),
    "month": N_("month"),
    "time": N_("time of day"),
    "weekday": N_("day of the week"),
}


def report(ask: Ask) -> Table:
    """One of the two."""
    return grouped(ask) if ask.by else summary(ask)


def summary(ask: Ask) -> Table:
    """Every metric of waits, with each of its variants."""
    counted = counting.waits(ask).get("", Counted())
    (n_missed, _) = tallying.counts(ask, "team_missed", "", whose=ask.only, which=("missed",)).get("", (0, 0))
    rows = [(Phrase(name), variant, value) for name, variant, value in _all(counted, n_missed)]
    columns = (Column(N_("metric"), Unit.WORD), Column(N_("variant"), Unit.WORD), Column(N_("value"), Unit.WORD))
    return Table(_title(ask), columns, rows, notes=(_limits(ask),))


def _all(c: Counted, n_missed: int) -> Iterator[tuple[str, Value, Value]]:
    counts = {
        N_("entered"): c.entered,
        N_("answered"): c.answered,
        N_("abandoned"): c.abandoned,
        N_("left otherwise"): c.others,
        N_("still waiting"): c.waiting,
        N_("rings that nobody answered"): n_missed,  # several that rang at once have missed it once, together
    }
    for name, n in counts.items():
        yield name, "", Figure(n, Unit.COUNT)
    for variant, level in metrics.SERVICE_LEVELS.items():
        yield N_("service level"), _variant(variant), _share(level(c))
    for variant, rate in metrics.ABANDONMENTS.items():
        yield N_("abandoned, share"), _variant(variant), _share(rate(c))
    yield N_("connection rate"), "", _share(metrics.connection_rate(c))
    yield N_("average speed of answer"), "", _seconds(metrics.asa_s(c))
    yield N_("time to abandon"), "", _seconds(metrics.time_to_abandon_s(c))
    yield N_("longest wait"), "", _seconds(c.longest_ms / 1000 if c.entered else None)
    yield N_("average talk time"), "", _seconds(metrics.att_s(c))
    yield N_("average handle time"), "", _seconds(metrics.aht_s(c))
    yield N_("transfer rate"), "", _share(metrics.transfer_rate(c))


def _share(value: float | None) -> Figure:
    return Figure(value, Unit.SHARE)


def _seconds(value: float | None) -> Figure:
    return Figure(value, Unit.SECONDS)


def _variant(name: str) -> Phrase:
    return Phrase("{variant}: {words_word}", {"variant": name, "words_word": VARIANTS[name]})


def grouped(ask: Ask) -> Table:
    """A row a group, and all together."""
    if ask.by == "queue":
        found, total = counting.waits_by_queue(ask)
    else:
        found, total = counting.waits(ask), Counted()
        for one in found.values():
            total.add(one)
    columns = (
        Column(BY[ask.by], Unit.WORD),
        Column(N_("came")),
        drawn(N_("answered")),
        drawn(N_("gave up")),
        drawn(N_("other")),
        drawn(N_("waits")),
        of_variant(N_("in time"), Unit.SHARE, ask.service_level),
        of_variant(N_("gave up"), Unit.SHARE, ask.abandonment),
        Column(N_("ASA"), Unit.SECONDS),
        Column(N_("ATT"), Unit.SECONDS),
        Column(N_("AHT"), Unit.SECONDS),
    )
    rows = [_row(ask, row_name(ask.by, name), one) for name, one in found.items()]
    whole = _row(ask, Phrase(N_("total")), total) if found else None
    return Table(_title(ask), columns, rows, whole, (_limits(ask), _chosen(ask)), by=BY[ask.by])


def _row(ask: Ask, name: str | Phrase | Code, c: Counted) -> tuple[Value, ...]:
    return (
        name,
        c.entered,
        c.answered,
        c.abandoned,
        c.others,
        c.waiting,
        metrics.SERVICE_LEVELS[ask.service_level](c),
        metrics.ABANDONMENTS[ask.abandonment](c),
        metrics.asa_s(c),
        metrics.att_s(c),
        metrics.aht_s(c),
    )


def _title(ask: Ask) -> Phrase:
    if ask.only:
        return Phrase(N_("Waiting callers of queue {queue}"), {"queue": ask.only})
    return Phrase(N_("Waiting callers of all queues"))


def _limits(ask: Ask) -> Phrase:
    details = {"within_s": f"{ask.within_s:g}", "short_s": f"{ask.short_s:g}"}
    return Phrase(N_("in time: within {within_s} s; at once: within {short_s} s"), details)


def _chosen(ask: Ask) -> Phrase:
    details = {"level": ask.service_level, "rate": ask.abandonment}
    return Phrase(N_("service level: variant {level}; abandoned: variant {rate}"), details)
