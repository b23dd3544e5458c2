"""How much a program may ask for, so that callers never wait for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """
    Of one server's interface.

    The database does one thing at a time, for callers too: so the interface asks it for one thing at a time, and what
    is one thing is small (`goods.ROWS`).
    """

    rate: float = 20.0  # requests a second of one key, in the long run
    burst: int = 60  # at once
    strange_rate: float = 1.0  # without a good key, of one address
    strange_burst: int = 20
    at_once: int = 8  # of one key, in work or waiting
    waiting: int = 24  # of all
    body_bytes: int = 131_072
    strange_bytes: int = 4_096
    connections: int = 32
    address_connections: int = 8  # from one address other than this computer's own
    request_s: float = 15.0  # from its first byte to its last


class Buckets:
    """
    Counts requests: each name may have `burst` at once and `rate` a second in the long run.

    :param seconds: monotonic
    """

    MOST = 1024  # names; the fullest is forgotten first: it has asked for least

    def __init__(self, seconds: Callable[[], float], rate: float, burst: int) -> None:
        self._seconds, self._rate, self._burst = seconds, rate, burst
        self._full_at: dict[str, float] = {}  # when each will be as good as new

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, name: str) -> float:
        """One more; 0 if it may be, else how many seconds it should wait."""
        now = self._seconds()
        full_at = max(self._full_at.pop(name, now), now) + 1 / self._rate
        over_s = full_at - now - self._burst / self._rate
        if over_s > 1e-9:
            self._full_at[name] = full_at - 1 / self._rate
            return over_s
        if len(self._full_at) >= self.MOST:
            del self._full_at[min(self._full_at, key=self._full_at.__getitem__)]
        self._full_at[name] = full_at
        return 0.0


class Lane:
    """
    Jobs one after the other, in the order they came; so many may wait.

    A job that was begun is ended, whoever has gone meanwhile: what it does is done or not done, never half. After each
    the lane rests half as long as that took: a third of the database's time at least is left to callers.
    """

    REST = 0.5

    def __init__(self, clock: IReactorTime, most: int, most_of_one: int) -> None:
        self._clock, self._most, self._most_of_one = clock, most, most_of_one
        self._waiting: deque[tuple[str, Callable[[], Deferred[object]], Deferred[object]]] = deque()
        self._counts: dict[str, int] = {}
        self._busy = False
        self._rested_at_s = 0.0
        self._rest: IDelayedCall | None = None

    def has_room(self, name: str) -> bool:
        """Whether one more of this name may wait."""
        return sum(self._counts.values()) < self._most and self._counts.get(name, 0) < self._most_of_one

    def run(self, name: str, job: Callable[[], Deferred[T]]) -> Deferred[T]:
        """Fires with what it gives; one that is cancelled before its turn is not done at all."""
        done: Deferred[T] = Deferred()
        self._counts[name] = self._counts.get(name, 0) + 1
        self._waiting.append((name, job, done))  # type: ignore[arg-type]
        self._next()
        return done

    def close(self) -> None:
        """Nothing that waits is begun any more."""
        self._most = 0
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        while self._waiting:
            name, _, done = self._waiting.popleft()
            self._count_down(name)
            done.cancel()

    def _next(self) -> None:
        while self._waiting and not self._busy and self._rest is None:
            tired_s = self._rested_at_s - self._clock.seconds()
            if tired_s > 0:
                self._rest = self._clock.callLater(tired_s, self._rested)
                return
            name, job, done = self._waiting.popleft()
            if done.called:  # cancelled
                self._count_down(name)
                continue
            self._busy = True
            maybeDeferred(job).addBoth(self._ended, name, done, self._clock.seconds())

    def _rested(self) -> None:
        self._rest = None
        self._next()

    def _ended(self, result: object | Failure, name: str, done: Deferred[object], began_s: float) -> None:
        self._busy = False
        now_s = self._clock.seconds()
        self._rested_at_s = now_s + self.REST * (now_s - began_s)
        self._count_down(name)
        if not done.called and isinstance(result, Failure):
            done.errback(result)
        elif not done.called:
            done.callback(result)
        self._next()

    def _count_down(self, name: str) -> None:
        self._counts[name] -= 1
        if not self._counts[name]:
            del self._counts[name]
