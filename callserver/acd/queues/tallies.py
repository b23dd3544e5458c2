"""What strategies and estimates count of queued calls: answered and talked by whom, how long each took."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from twisted.internet.interfaces import IReactorTime

from callserver.acd.queues.estimate import SAMPLES_MAX
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState

IN_CALL = (SeatState.TALKING, SeatState.HELD, SeatState.DIALING, SeatState.RINGBACK, SeatState.RINGING)


@dataclass
class Tally:
    """Of one agent, since the counter's reset at midnight."""

    n_answered: int = 0
    talk_s: float = 0.0


@dataclass
class _Handling:
    """A queued call an agent has answered, until its wrap-up is over."""

    queue: str
    answered_s: float
    talked: bool = False  # the talk is over


class Tallies:
    """
    Counts what queues tell, and when the seats show that a call or its wrap-up is over.

    :param today: the shop's day: counters begin anew with it
    """

    def __init__(self, clock: IReactorTime, today: Callable[[], date]) -> None:
        self._clock, self._today, self._day = clock, today, today()
        self._tallies: dict[str, Tally] = {}
        self._handling: dict[str, _Handling] = {}
        self._handled_s: dict[str, deque[float]] = {}

    def of(self, seat: str) -> Tally:
        """Of this staff number."""
        if self._day != self._today():
            self._day = self._today()
            self._tallies.clear()
        return self._tallies.setdefault(seat, Tally())

    def handled_s(self, queue: str) -> Sequence[float]:
        """How long the last calls of a queue took: talk, hold and wrap-up."""
        return self._handled_s.get(queue, ())

    def answered(self, seat: str, queue: str) -> None:
        """An agent takes a queued call."""
        self.of(seat).n_answered += 1
        self._handling[seat] = _Handling(queue, self._clock.seconds())

    def seat_changed(self, status: SeatStatus) -> None:
        """A seat looks otherwise now."""
        handling = self._handling.get(status.number)
        if handling is None or status.state in IN_CALL:
            return
        took_s = self._clock.seconds() - handling.answered_s
        if not handling.talked:
            handling.talked = True
            self.of(status.number).talk_s += took_s
        if not status.wrap_up:
            del self._handling[status.number]
            self._handled_s.setdefault(handling.queue, deque(maxlen=SAMPLES_MAX)).append(took_s)
