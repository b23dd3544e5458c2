"""
A day of before, played again with another number of agents: the server's own routing on virtual time.

Callers come when they came and wait as long as they would have: who gave up then has that much patience, of the others
nobody knows, and they wait. A talk takes what it took; for who was not answered then, the mean. Agents are there all
the time, answer at once, and may serve every queue; hours, overflow and limits of queues are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import islice

from callserver.acd.routing.candidates import Candidate, QueueView, Waiting
from callserver.acd.routing.matching import match
from callserver.acd.routing.settings import QueueSettings
from callserver.features.statistics.metrics import Counted
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

RIGHTS = frozenset({Right.ANSWER_QUEUED})


@dataclass(frozen=True)
class Arrival:
    """
    A caller.

    :param patience_s: he gives up then; None: it is not known that he would
    :param handle_s: talk, hold and wrap-up
    """

    at_s: float
    queue: str
    handle_s: float
    patience_s: float | None = None


@dataclass
class _Day:
    """What is under way: who waits, which agents are free, what happens next."""

    seats: dict[str, Candidate]
    queues: dict[str, QueueView]
    waiting: dict[int, Waiting] = field(default_factory=dict)
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    next: list[tuple[float, int, int, str]] = field(default_factory=list)  # when, order, whose turn (ARRIVES ...), who


ARRIVES, FREE, GIVES_UP = range(3)


def replay(arrivals: Sequence[Arrival], n_agents: int, *, within_s: float, short_s: float) -> Counted:
    """What would have come of them."""
    day, counted = _begin(arrivals, n_agents), Counted(entered=len(arrivals))
    while day.next:
        now_s, _, what, who = heappop(day.next)
        if what == FREE:
            day.seats[who] = replace(day.seats[who], state=SeatState.IDLE_PC)
        elif what == ARRIVES:
            nth = int(who)
            day.waiting[nth] = Waiting(nth, day.arrivals[nth].queue, now_s)
        elif day.waiting.pop(int(who), None) is not None:
            _count(counted, day.arrivals[int(who)].patience_s or 0.0, within_s, short_s, is_answered=False)
        if not day.next or day.next[0][0] > now_s:  # all that happens at this moment has
            _match(day, counted, now_s, within_s, short_s)
    return counted


def _begin(arrivals: Iterable[Arrival], n_agents: int) -> _Day:
    numbers = [f"{n + 1}" for n in range(n_agents)]
    day = _Day({number: Candidate(number, SeatState.IDLE_PC, RIGHTS, None) for number in numbers}, {})
    for nth, one in enumerate(arrivals):
        day.arrivals[nth] = one
        day.queues.setdefault(one.queue, QueueView(QueueSettings(one.queue)))
        heappush(day.next, (one.at_s, nth, ARRIVES, str(nth)))
        if one.patience_s is not None:
            heappush(day.next, (one.at_s + one.patience_s, nth, GIVES_UP, str(nth)))
    return day


def _match(day: _Day, counted: Counted, now_s: float, within_s: float, short_s: float) -> None:
    # one agent is as good as another here: who waits needs no more than one each to choose from
    free = list(islice((seat for seat in day.seats.values() if seat.state is SeatState.IDLE_PC), len(day.waiting)))
    if not free:
        return
    for nth, seat in _offers(day, free, now_s):
        arrival = day.arrivals[nth]
        del day.waiting[nth]
        day.seats[seat] = replace(day.seats[seat], state=SeatState.TALKING)
        heappush(day.next, (now_s + arrival.handle_s, nth, FREE, seat))
        _count(counted, now_s - arrival.at_s, within_s, short_s, is_answered=True)
        counted.talk_ms += round(arrival.handle_s * 1000)


def _offers(day: _Day, free: Sequence[Candidate], now_s: float) -> list[tuple[int, str]]:
    """Who gets which agent."""
    if len(day.waiting) == 1:  # by whatever rule, and much sooner found: most of a day is so
        return [(nth, free[0].number) for nth in day.waiting]
    return [(one.sequence, one.rings[0]) for one in match(day.waiting.values(), free, day.queues, now_s)]


def _count(counted: Counted, wait_s: float, within_s: float, short_s: float, *, is_answered: bool) -> None:
    wait_ms, is_in_time = round(wait_s * 1000), wait_s <= within_s
    counted.longest_ms = max(counted.longest_ms, wait_ms)
    if is_answered:
        counted.answered += 1
        counted.in_time += is_in_time
        counted.wait_ms += wait_ms
    else:
        counted.abandoned += 1
        counted.abandoned_in_time += is_in_time
        counted.abandoned_short += wait_s <= short_s
        counted.abandoned_wait_ms += wait_ms
