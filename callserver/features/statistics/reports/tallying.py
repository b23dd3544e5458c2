"""Counts of what happened, added up by the database: by whom or what it is of, by its kind, by interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import Case, fn

from callserver.features.statistics.folding.calls import MISSED, SERVED, TO_CALL
from callserver.features.statistics.folding.told import OF_BOTH, OF_SHOP
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.counting import quarter_of, rows_of
from callserver.features.statistics.reports.intervals import LABELS, label
from callserver.features.statistics.tables import CallStat, CountStat, PartStat, WaitStat

Counts = Mapping[str, tuple[int, int]]  # how many, and what they come to


def counts(ask: Ask, what: str, by: str, *, whose: str = "", which: tuple[str, ...] = ()) -> Counts:
    """
    Of one thing, by "whose", "which", "" or an interval.

    :param whose: only his; "" is everybody's
    :param which: only these
    """
    c = CountStat
    first, behind = ask.period.quarters
    key = {"whose": c.whose, "which": c.which, "": c.what}.get(by, c.quarter)
    quarter = c.quarter + 0 if ask.is_long and by in ("whose", "which", "") else c.quarter
    query = c.select(key, fn.SUM(c.n), fn.SUM(c.amount)).where(c.what == what, quarter >= first, quarter < behind)
    if whose:
        query = query.where(c.whose == whose)
    if which:
        query = query.where(c.which.in_(which))
    found: dict[str, tuple[int, int]] = {}
    for name, n, amount in rows_of(query.group_by(key)):
        named = _named(ask, by, name)
        so_far = found.get(named, (0, 0))
        found[named] = so_far[0] + int(n), so_far[1] + int(amount)
    return found


def results(ask: Ask) -> Mapping[str, Counter[str]]:
    """
    Calls by line, menu, agent, queue or interval: how many of each direction and result, and with a menu.

    Those within the house are none: they would be lines of noughts, of seats.
    """
    c = CallStat
    columns = {"line": c.line, "menu": c.menu, "agent": c.agent, "queue": c.queue, "": c.direction}
    key = columns.get(ask.by, quarter_of(c.began_ms))
    served = fn.SUM(Case(None, [(c.menu != "", 1)], 0))
    query = (
        c.select(key, c.direction, c.result, fn.COUNT(c.call_id), served)
        .where(
            c.began_ms >= ask.period.since_ms,
            c.began_ms < ask.period.until_ms,
            c.direction.in_(("in", "out")),
        )
        .group_by(key, c.direction, c.result)
    )
    found: dict[str, Counter[str]] = {}
    for name, direction, result, n, with_menu in rows_of(query):
        of = found.setdefault(_named(ask, ask.by, name), Counter())
        of[direction] += int(n)
        of[f"{direction} {result}"] += int(n)
        if direction == "in":
            of["menu"] += int(with_menu)
    return found


def repeats(ask: Ask) -> tuple[int, int]:
    """Callers, and those of them with a further call within the days that are asked for; withheld numbers left out."""
    c, within_ms = CallStat, ask.repeat_days * 86_400_000
    period, began_ms = ask.period, c.began_ms + 0 if ask.is_long else c.began_ms
    following = fn.LEAD(c.began_ms).over(partition_by=[c.number], order_by=[c.began_ms])
    inner = c.select(c.number.alias("number"), c.began_ms.alias("began_ms"), following.alias("next_ms")).where(
        c.direction == "in",
        c.number != "",
        began_ms >= period.since_ms,
        began_ms < period.until_ms + within_ms,
    )
    again = Case(None, [(inner.c.next_ms - inner.c.began_ms <= within_ms, inner.c.number)], None)
    query = (
        CallStat.select(fn.COUNT(fn.DISTINCT(inner.c.number)), fn.COUNT(fn.DISTINCT(again)))
        .from_(inner)
        .where(inner.c.began_ms < ask.period.until_ms)
    )
    ((callers, with_further),) = rows_of(query)
    return int(callers), int(with_further)


def parts(ask: Ask) -> Mapping[str, Counter[str]]:
    """What agents had of calls, milliseconds: all of them, and "queued" those that they took from queues."""
    p = PartStat
    sums = [fn.SUM(field) for field in (p.talk_ms, p.hold_ms, p.wrap_ms, p.transferred)]
    is_queued = (p.queue != "").alias("is_queued")
    query = (
        p.select(p.agent, is_queued, fn.COUNT(p.call_id), *sums)
        .where(p.began_ms >= ask.period.since_ms, p.began_ms < ask.period.until_ms)
        .group_by(p.agent, is_queued)
    )
    if ask.only:
        query = query.where(p.agent == ask.only)
    found: dict[str, Counter[str]] = {}
    for agent, queued, *figures in rows_of(query):
        of = found.setdefault(agent, Counter())
        for name, value in zip(("n", "talk", "hold", "wrap", "transferred"), figures, strict=True):
            of[name] += int(value)
            if queued:
                of[f"queued {name}"] += int(value)
    return found


@dataclass
class Missed:
    """
    A caller whom nobody has served since.

    :param last_ms: when he called last, which is when `queue` had him
    :param why: how his wait ended then, as the event log has it; "": he was in no queue, or not let in
    :param to_call: of his `n` calls, in so many he wanted to be called
    """

    number: str
    last_ms: int
    queue: str
    why: str = ""
    n: int = 0
    to_call: int = 0


def missed(ask: Ask) -> list[Missed]:
    """The newest first. Who was called back and reached, or has called again and was served, is not in it."""
    c, later = CallStat, CallStat.alias()
    served = later.select(later.call_id).where(
        later.number == c.number, later.began_ms > c.began_ms, later.result.in_(SERVED)
    )
    waited = WaitStat.call_id == c.call_id, WaitStat.scope.in_((OF_SHOP, OF_BOTH))
    why = fn.COALESCE(WaitStat.select(WaitStat.outcome).where(*waited).limit(1), "")
    query = (
        c.select(c.number, c.began_ms, c.queue, why, c.result)
        .where(
            c.began_ms >= ask.period.since_ms,
            c.began_ms < ask.period.until_ms,
            c.result.in_((MISSED, TO_CALL)),
            c.direction == "in",
            c.number != "",
            ~fn.EXISTS(served),
        )
        .order_by(c.began_ms.desc(), c.number)
    )
    found: dict[str, Missed] = {}
    for number, at_ms, queue, why_last, result in rows_of(query):
        one = found.setdefault(number, Missed(number, int(at_ms), queue, why_last))
        one.n, one.to_call = one.n + 1, one.to_call + (result == TO_CALL)
    return list(found.values())


def _named(ask: Ask, by: str, name: Any) -> str:
    if by in LABELS:
        return label(by, int(name), ask.zone)
    return str(name) if by else ""
