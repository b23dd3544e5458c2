"""
Whom to ask first of those that may be asked (call-centre.md section 5).

Each strategy is a rank: the smallest is rung. Equal ranks fall back on the order of seats (level, position, staff
number), never on chance, so that a day can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from callserver.acd.routing.candidates import Candidate, Member, QueueView, Waiting, rank
from callserver.acd.routing.settings import Strategy

SEVERAL = (Strategy.RING_ALL, Strategy.PROGRESSIVE)  # more than one seat rings at once
Free = Sequence[tuple[Candidate, Member]]
Rank = Callable[[Candidate, Member], Any]


def ordered(free: Free, view: QueueView, waiting: Waiting, seed: str) -> list[str]:
    """The staff numbers of seats that may ring, best first."""
    by = _rank(view, waiting, seed, free)
    return [seat.number for seat, _ in sorted(free, key=lambda one: (by(*one), rank(one[1])))]


def _rank(view: QueueView, waiting: Waiting, seed: str, free: Free) -> Rank:
    strategy = view.settings.strategy
    if strategy is Strategy.ROUND_ROBIN:
        return _behind(view)
    if strategy is Strategy.RANDOM:
        return _drawn(waiting, seed, free)
    return RANKS.get(strategy, lambda seat, member: 0)


RANKS: dict[Strategy, Rank] = {
    Strategy.LONGEST_IDLE: lambda seat, member: (seat.last_end_s is not None, seat.last_end_s or 0.0),
    Strategy.FEWEST_CALLS: lambda seat, member: seat.n_answered,
    Strategy.LEAST_TALK: lambda seat, member: seat.talk_s,
}


def _behind(view: QueueView) -> Rank:
    """Those behind the seat that was offered last come before the others; all of them if it is in the group no more."""
    last = next((rank(one) for one in view.members or () if one.number == view.last_offered), None)
    if view.members is None and view.last_offered:
        last = rank(Member(view.last_offered))
    return lambda seat, member: last is not None and rank(member) <= last


def _drawn(waiting: Waiting, seed: str, free: Free) -> Rank:
    """Each draws in 0 ... (1 + penalty) * 1000, the smallest wins; the same again for the same offer of one seed."""
    chance = Random(f"{seed} {waiting.sequence} {waiting.n_offers}")
    in_row = sorted(free, key=lambda one: rank(one[1]))
    drawn = {seat.number: chance.random() * (1 + member.level) * 1000 for seat, member in in_row}
    return lambda seat, member: drawn[seat.number]
