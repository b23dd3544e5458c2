"""
Erlang C: callers who wait for one of n agents (A. K. Erlang, 1917); exponential service, nobody gives up.

`load` is in erlangs: calls a second times the handle time. n agents cannot carry a load of n or more: None.
"""

from __future__ import annotations

from math import exp

AGENTS_MAX = 500


def waits(n: int, load: float) -> float | None:
    """Share of callers who wait at all."""
    if load >= n:
        return None
    loss = 1.0
    for k in range(1, n + 1):
        loss = load * loss / (k + load * loss)
    return loss / (1 - load / n * (1 - loss))


def asa_s(n: int, load: float, aht_s: float) -> float | None:
    """Average speed of answer."""
    share = waits(n, load)
    return None if share is None else share * aht_s / (n - load)


def in_time(n: int, load: float, aht_s: float, within_s: float) -> float | None:
    """Share of callers answered within so long."""
    share = waits(n, load)
    return None if share is None else 1 - share * exp(-(n - load) * within_s / aht_s)


def needed(load: float, aht_s: float, within_s: float, target: float) -> int | None:
    """The fewest agents that answer such a share within so long; None: more than any shop has."""
    for n in range(max(1, int(load) + (load > 0)), AGENTS_MAX + 1):
        level = in_time(n, load, aht_s, within_s)
        if level is not None and level >= target:
            return n
    return None
