"""Rows added up by the database, into what the metrics are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from peewee import Case, fn

from callserver.features.statistics.folding.told import OF_BOTH, OF_QUEUE, OF_SHOP, QUARTER_MS
from callserver.features.statistics.folding.waits import ANSWERED
from callserver.features.statistics.metrics import Counted, Worked
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import LABELS, between, label
from callserver.features.statistics.reports.names import by_name
from callserver.features.statistics.tables import AccountStat, WaitStat

T = TypeVar("T", Counted, Worked)


def waits(ask: Ask) -> dict[str, Counted]:
    """By line, agent or interval; of one queue, or of all together, where a call counts once."""
    return _added(ask, Counted, _waits(ask, (OF_QUEUE, OF_BOTH) if ask.only else (OF_SHOP, OF_BOTH)))


def waits_by_queue(ask: Ask) -> tuple[dict[str, Counted], Counted]:
    """And of all queues together: a call that was in two counts once there."""
    by_queue, total = replace(ask, by="queue"), Counted()
    queues: list[tuple[Counted, Sequence[Any]]] = []
    for counted, (name, scope) in _waits(by_queue, (OF_QUEUE, OF_SHOP, OF_BOTH), WaitStat.scope):
        if scope & OF_SHOP:
            total.add(counted)
        if scope & OF_QUEUE:
            queues.append((counted, (name,)))
    return _added(by_queue, Counted, queues), total


def _waits(ask: Ask, scopes: Sequence[int], *more: Any) -> Iterator[tuple[Counted, Sequence[Any]]]:
    """What the database has added up, with what it is of."""
    w = WaitStat
    key = _key(ask.by, {"queue": w.queue, "line": w.line, "agent": w.agent}, quarter_of(w.entered_ms))
    within_ms, short_ms = round(ask.within_s * 1000), round(ask.short_s * 1000)
    query = (
        w.select(
            w.outcome,
            fn.COUNT(w.call_id),
            fn.SUM(Case(None, [(w.wait_ms <= within_ms, 1)], 0)),
            fn.SUM(Case(None, [(w.wait_ms <= short_ms, 1)], 0)),
            *(fn.SUM(field) for field in (w.wait_ms, w.talk_ms, w.hold_ms, w.wrap_ms, w.transferred)),
            fn.MAX(w.longest_ms),
            *key,
            *more,
        )
        .where(w.entered_ms >= ask.period.since_ms, w.entered_ms < ask.period.until_ms, w.scope.in_(scopes))
        .group_by(w.outcome, *key, *more)
    )
    if ask.only:
        query = query.where(w.queue == ask.only)
    return ((_counted(*row[:10]), row[10:]) for row in rows_of(query))


def worked(ask: Ask) -> dict[str, Worked]:
    """Agents' accounts, by agent or interval; split at the edges of quarters of an hour."""
    a = AccountStat
    first, behind = ask.period.quarters
    key = _key(ask.by, {"agent": a.agent}, a.quarter)
    quarter = a.quarter + 0 if ask.is_long and ask.by not in LABELS else a.quarter
    query = a.select(a.kind, fn.SUM(a.ms), *key).where(quarter >= first, quarter < behind).group_by(*key, a.kind)
    if ask.only:
        query = query.where(a.agent == ask.only)
    return _added(ask, Worked, ((Worked(**{kind: int(ms)}), key) for kind, ms, *key in rows_of(query)))


def pauses(ask: Ask) -> dict[tuple[str, str], int]:
    """Milliseconds by agent and reason."""
    a = AccountStat
    first, behind = ask.period.quarters
    query = (
        a.select(a.agent, a.reason, fn.SUM(a.ms))
        .where(a.quarter >= first, a.quarter < behind, a.kind == "paused")
        .group_by(a.agent, a.reason)
    )
    if ask.only:
        query = query.where(a.agent == ask.only)
    return {(agent, reason): int(ms) for agent, reason, ms in rows_of(query)}


def quarter_of(moment: Any) -> Any:
    """
    Of a column of milliseconds.

    Under a name, by which rows are grouped: to PostgreSQL the same sum with a parameter is another sum each time.
    """
    return (moment / QUARTER_MS).alias("quarter_of_it")


def rows_of(query: Any) -> Iterable[tuple[Any, ...]]:
    """What a query answers, as tuples."""
    return query.tuples()  # type: ignore[no-any-return]


def _key(by: str, columns: Mapping[str, Any], quarter: Any) -> tuple[Any, ...]:
    """What the database groups by: intervals of the shop's clock are put together of quarters afterwards."""
    if not by:
        return ()
    return (quarter if by in LABELS else columns[by],)


def _added(ask: Ask, kind: type[T], found: Iterable[tuple[T, Sequence[Any]]]) -> dict[str, T]:
    """By the names of groups, which sort as the shop reads them; one group without a name where there is no key."""
    sums: dict[str, T] = {}
    quarters: list[int] = []
    for one, key in found:
        name = "" if not key else str(key[0])
        if key and ask.by in LABELS:
            quarters.append(int(key[0]))
            name = label(ask.by, quarters[-1], ask.zone)
        sums.setdefault(name, kind()).add(one)
    for name in between(ask.by, ask.period, quarters, ask.zone):  # in which nothing happened
        sums.setdefault(name, kind())
    return dict(sorted(sums.items(), key=by_name))


def _counted(
    outcome: str,
    n: int,
    within: int,
    short: int,
    wait: int,
    talk: int,
    hold: int,
    wrap: int,
    transferred: int,
    longest: int,
) -> Counted:
    times = {"talk_ms": talk, "hold_ms": hold, "wrap_ms": wrap, "transferred": transferred, "longest_ms": longest}
    times = {name: int(value) for name, value in times.items()}
    if outcome in ANSWERED:
        return Counted(n, answered=n, in_time=int(within), wait_ms=int(wait), **times)
    if outcome == "abandoned":
        return Counted(
            n,
            abandoned=n,
            abandoned_in_time=int(within),
            abandoned_short=int(short),
            abandoned_wait_ms=int(wait),
            **times,
        )
    return Counted(n, waiting=n, **times) if not outcome else Counted(n, others=n, **times)
