"""
The numbers of this day, cheap enough to be asked every few seconds: the same rows that reports add up.

What is new in the log is folded first, one piece at most; run in `store.write`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from callserver.features.statistics import keeping, metrics
from callserver.features.statistics.metrics import Counted, Worked
from callserver.features.statistics.reports import counting, tallying
from callserver.features.statistics.reports.asking import Ask

PIECE = 100  # events, as a turn of `KeepingUp` takes them
Limits = tuple[float, float]  # seconds: answered within is in time; who gives up sooner does not count


@dataclass(frozen=True)
class Today:
    """
    The waits of a day; whose callers wait still is in it, too.

    :param behind: so many events of the log are not counted yet
    """

    all: Counted
    queues: Mapping[str, Counted]
    behind: int


@dataclass(frozen=True)
class OwnDay:
    """
    What somebody has done on a day.

    :param talked, talk_ms: calls that he took from queues, and their talk; `others` calls of his own, or passed on
    :param until_ms: the log is counted so far; 0 where it is empty
    """

    answered: int
    missed: int
    talked: int
    talk_ms: int
    others: int
    worked: Worked
    until_ms: int
    behind: int


def waits_today(ask: Ask, country: str, limits: Mapping[str, Limits]) -> Today:
    """
    By queue and together.

    :param limits: of each queue. Where they are the same, a call that was in two queues counts once in all; where they
        differ, in each of them
    """
    keeping.fold_piece(PIECE, country)
    kinds = set(limits.values()) or {(ask.within_s, ask.short_s)}
    queues: dict[str, Counted] = {}
    together = Counted()
    for within_s, short_s in kinds:
        found, shop = counting.waits_by_queue(replace(ask, within_s=within_s, short_s=short_s))
        queues |= {name: one for name, one in found.items() if limits.get(name) == (within_s, short_s)}
        together = shop
    if len(kinds) > 1:
        together = Counted()
        for one in queues.values():
            together.add(one)
    return Today(together, queues, keeping.behind())


def own_day(ask: Ask, country: str) -> OwnDay:
    """Of the agent whom `ask.only` names; as the reports count, so that no two screens disagree."""
    keeping.fold_piece(PIECE, country)
    who = ask.only
    answered, _ = tallying.counts(ask, "answered", "whose", whose=who).get(who, (0, 0))
    missed, _ = tallying.counts(ask, "missed", "whose", whose=who, which=("missed",)).get(who, (0, 0))
    parts = tallying.parts(ask).get(who, Counter())
    worked = counting.worked(ask).get("", Worked())
    talked, talk_ms, others = parts["queued n"], parts["queued talk"], parts["n"] - parts["queued n"]
    until_ms, behind = keeping.folded_until_ms(), keeping.behind()
    return OwnDay(answered, missed, talked, talk_ms, others, worked, until_ms, behind)


def thousandths(share: float | None) -> int | None:
    """As shares go over the wire."""
    return None if share is None else round(1000 * share)


def service_level(counted: Counted) -> int | None:
    """As the reports count it, thousandths; None while nobody counts."""
    return thousandths(metrics.SERVICE_LEVELS[metrics.SERVICE_LEVEL](counted))


def abandoned(counted: Counted) -> int | None:
    """Likewise, of all who came."""
    return thousandths(metrics.ABANDONMENTS[metrics.ABANDONMENT](counted))
