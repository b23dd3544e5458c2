"""Which caller comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import merge

from callserver.acd.routing.candidates import Waiting
from callserver.acd.routing.settings import Order, QueueSettings

SAME_SCORE_DIGITS = 3  # scores closer than a millisecond are equal


def key(waiting: Waiting, settings: QueueSettings) -> tuple[float, float, int]:
    """
    What the callers of one queue are sorted by; the smallest comes first.

    `aging` compares seconds waited with the bonus of the priority in them: of two callers the difference of both
    scores is the same at every moment, so the moment is no part of it.
    """
    if settings.order is Order.AGING:
        behind = round(waiting.entered_s - waiting.priority * settings.aging_bonus_s, SAME_SCORE_DIGITS)
    else:
        behind = -waiting.priority
    return behind, waiting.entered_s, waiting.sequence


def in_order(waiting: Iterable[Waiting], queues: Mapping[str, QueueSettings]) -> list[Waiting]:
    """
    All callers, who comes first in front: by the weight of their queues, then by the order of these.

    Queues of one weight that go by the same rule are one row; rows of different rules, whose keys cannot be compared,
    are merged by the moments of arrival, each in its own order.
    """
    rows: dict[float, dict[tuple[Order, float], list[Waiting]]] = defaultdict(lambda: defaultdict(list))
    for one in waiting:
        settings = queues[one.queue]
        rule = settings.order, settings.aging_bonus_s if settings.order is Order.AGING else 0.0
        rows[-settings.weight][rule].append(one)
    ordered: list[Waiting] = []
    for _, by_rule in sorted(rows.items(), key=lambda item: item[0]):
        each = [sorted(row, key=lambda one: key(one, queues[one.queue])) for row in by_rule.values()]
        ordered += each[0] if len(each) == 1 else merge(*each, key=lambda one: (one.entered_s, one.sequence))
    return ordered
