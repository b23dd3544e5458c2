"""
Who rings for whom at this moment: one pure function over all queues.

Callers choose, in their order over all queues, each his best seat; a seat that was chosen is gone for those behind.
So no seat is offered two calls, an agent in several queues serves by weight and then by order, and a caller whom no
free seat can serve does not block those behind him. A call-back is the exception: it is offered only when nobody of
its queue who stands before it is left without a seat, so it never overtakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from callserver.acd.routing.candidates import Candidate, Decision, Member, QueueView, Waiting, obstacle, places
from callserver.acd.routing.levels import opening_s
from callserver.acd.routing.order import in_order
from callserver.acd.routing.settings import QueueSettings, Strategy
from callserver.acd.routing.strategies import SEVERAL, Free, ordered
from callserver.wire.obstacles import Obstacle, PassedOver

SAME_MOMENT_DIGITS = 6  # at exactly its step a level is open, however the clock's sums are rounded
STICKY, OLDEST_MISS = "sticky", "oldest miss"


def match(
    waiting: Iterable[Waiting],
    seats: Sequence[Candidate],
    queues: Mapping[str, QueueView],
    now_s: float,
    seed: str = "",
) -> list[Decision]:
    """
    The offers to make now, in the order in which to make them.

    :param seats: all where somebody is logged in
    :param seed: of the random strategy's draws
    """
    if not any(seat.is_free for seat in seats):
        return []
    settings = {name: view.settings for name, view in queues.items()}
    groups: dict[str, _Group] = {}
    taken: set[str] = set()
    kept_waiting: set[str] = set()  # queues in which somebody in front has no seat
    decisions = []
    for one in in_order(waiting, settings):
        if one.queue not in groups:
            groups[one.queue] = _Group(queues[one.queue], seats)
        decision = None
        if not (one.is_call_back and one.queue in kept_waiting):
            decision = groups[one.queue].decide(one, taken, now_s, seed)
        if decision is not None:
            decisions.append(decision)
            taken.update(decision.rings)
        elif not one.rings:
            kept_waiting.add(one.queue)
    return decisions


class _Group:
    """One queue at this moment; remembers whom it has offered to."""

    def __init__(self, view: QueueView, seats: Sequence[Candidate]) -> None:
        self._view, self._seats = view, seats
        self._members = places(view, seats)
        self._opens_s = opening_s(self._members, seats, view.settings.level_step_s)

    def decide(self, one: Waiting, taken: set[str], now_s: float, seed: str) -> Decision | None:
        settings = self._view.settings
        if one.rings and not may_join(one, settings, now_s):
            return None
        free, passed_over = self._free(one, taken, round(now_s - one.entered_s, SAME_MOMENT_DIGITS))
        if not free:
            return None
        if _asks_alone(one, free):
            others = {seat.number: PassedOver(Obstacle.ASKED_ALONE) for seat, _ in free if seat.number != one.sticky}
            return Decision(one.sequence, (one.sticky,), (one.sticky,), passed_over | others, STICKY)
        order, why = self._order(one, free, passed_over, seed)
        rings = tuple(order if settings.strategy is Strategy.RING_ALL else order[:1])
        if not rings:
            return None
        self._view = replace(self._view, last_offered=rings[-1])
        return Decision(one.sequence, rings, tuple(order), passed_over, why)

    def _free(self, one: Waiting, taken: set[str], waited_s: float) -> tuple[Free, dict[str, PassedOver]]:
        """The seats that may ring for him now, and why the others may not."""
        free: list[tuple[Candidate, Member]] = []
        passed_over: dict[str, PassedOver] = {}
        for seat in self._seats:
            if seat.number in one.rings:
                continue
            member = self._members.get(seat.number)
            why = obstacle(seat, member, one, self._view.settings)
            if why is None and seat.number in taken:
                why = PassedOver(Obstacle.TAKEN)
            if why is None and member is not None:
                why = self._level(member, one, waited_s)
            if why is not None:
                passed_over[seat.number] = why
            elif member is not None and seat.number not in one.rung:
                free.append((seat, member))
        return free, passed_over

    def _level(self, member: Member, one: Waiting, waited_s: float) -> PassedOver | None:
        """Why the level of a seat keeps it from ringing now."""
        opens_s = self._opens_s[member.level]
        if waited_s < opens_s:
            return PassedOver(Obstacle.LEVEL_CLOSED, f"{opens_s:g}")
        if one.rings and self._view.settings.strategy is Strategy.RING_ALL:  # all at once: another level has its turn
            ringing = max((self._members[n].level for n in one.rings if n in self._members), default=member.level)
            if member.level > ringing and opens_s <= round(one.last_rung_s - one.entered_s, SAME_MOMENT_DIGITS):
                return PassedOver(Obstacle.LOWER_LEVEL_FIRST)
        return None

    def _order(self, one: Waiting, free: Free, passed_over: dict[str, PassedOver], seed: str) -> tuple[list[str], str]:
        """Fresh seats of the lowest level that has one; when all have missed him, the oldest miss first."""
        fresh = [place for place in free if place[0].number not in one.missed]
        if not fresh:
            missed = sorted((seat.number for seat, _ in free), key=one.missed.index)
            fresh_rings = any(number not in one.missed for number in one.rings)
            return ([] if fresh_rings else missed), OLDEST_MISS
        for seat, _ in free:
            if seat.number in one.missed:
                passed_over[seat.number] = PassedOver(Obstacle.MISSED)
        strategy = self._view.settings.strategy
        lowest = min(member.level for _, member in fresh)
        level = [place for place in fresh if strategy is Strategy.RANDOM or place[1].level == lowest]
        for seat, member in fresh:
            if strategy is not Strategy.RANDOM and member.level != lowest:
                passed_over[seat.number] = PassedOver(Obstacle.LOWER_LEVEL_FIRST)
        return ordered(level, self._view, one, seed), strategy.value


def may_join(one: Waiting, settings: QueueSettings, now_s: float) -> bool:
    """Whether another seat may ring beside those that ring for him already."""
    if one.alone or settings.strategy not in SEVERAL:
        return False
    return settings.strategy is Strategy.RING_ALL or now_s >= one.last_rung_s + settings.step_s


def _asks_alone(one: Waiting, free: Free) -> bool:
    """Whether the agent who talked with him last is asked, alone and once."""
    asks = bool(one.sticky) and one.sticky not in one.missed and not one.rings
    return asks and any(seat.number == one.sticky for seat, _ in free)
