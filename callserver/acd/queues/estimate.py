"""How long a caller will wait (call-centre.md section 5): told only where it is likely to hold."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

SAMPLES_MIN, SAMPLES_MAX = 5, 20  # handle times: fewer say nothing, older ones no more


def estimate_s(place: int, handled_s: Sequence[float], n_agents: int) -> float | None:
    """
    place * mean handle time / agents at work; None where too little is known.

    :param place: 1 is next
    :param handled_s: handle times (talk, hold and wrap-up) of the last answered calls
    :param n_agents: logged in, and not paused except in wrap-up
    """
    if len(handled_s) < SAMPLES_MIN or n_agents < 1:
        return None
    return place * sum(handled_s) / len(handled_s) / n_agents


def minutes(seconds: float | None, ceiling_s: float, told: int | None) -> int | None:
    """
    What a caller hears of an estimate: whole minutes, rounded up before the ceiling is looked at.

    :param told: what he was told before: more is not said
    :return: None: nothing is said
    """
    if seconds is None:
        return None
    rounded = max(1, ceil(round(seconds / 60, 9)))
    if rounded * 60 > ceiling_s or (told is not None and rounded > told):
        return None
    return rounded
