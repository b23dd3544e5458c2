"""
The fax engines of a shop: lent to one call each, in the order in which they were asked for.

- *Fair*: who asks first gets the first that is free. Faxes that are sent by themselves take one only where nobody
  waits, so that a caller never waits behind the shop's own post.
- *Bounded*: no more wait than `WAITING_MAX`; nobody keeps an engine beyond `LENT_MAX_S`.
- *Always back*: an engine is given back once, by whatever ends first: its session, however that ends, or the limit.
  Who waits no more cancels his request; one that was granted in the same moment goes to the next.

传真资源：先到先得；会话无论如何结束都会归还。
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

WAITING_MAX = 40
LENT_MAX_S = 1300.0  # 20 minutes of a session, and what it takes to end


class NoEngine(Exception):
    """There is none, or too many wait already."""


class Engine:
    """One engine while it is lent."""

    def __init__(self, on_release: Callable[[Engine], None]) -> None:
        self._on_release: Callable[[Engine], None] | None = on_release
        self.limit: IDelayedCall | None = None

    def release(self) -> None:
        """Back to the others; harmless when it is."""
        on_release, self._on_release = self._on_release, None
        if on_release is not None:
            on_release(self)


class Engines:
    """
    :param n: so many
    :param alarm: told of an engine that had to be taken back
    """

    def __init__(self, n: int, clock: IReactorTime, alarm: Alarm) -> None:
        self.n, self._clock, self._alarm = n, clock, alarm
        self._lent: set[Engine] = set()
        self._waiting: deque[Deferred[Engine]] = deque()

    @property
    def n_free(self) -> int:
        return self.n - len(self._lent)

    @property
    def n_waiting(self) -> int:
        return len(self._waiting)

    def request(self) -> Deferred[Engine]:
        """
        An engine, as soon as it is this one's turn; cancel it to wait no more.

        :raises NoEngine: there are none at all, or too many wait
        """
        if not self.n or len(self._waiting) >= WAITING_MAX:
            raise NoEngine
        request: Deferred[Engine] = Deferred(self._forget)
        self._waiting.append(request)
        self._serve()
        return request

    def take_if_free(self) -> Engine | None:
        """For who can wait until nobody else does."""
        return self._lend() if self.n_free > 0 and not self._waiting else None

    def place(self, request: Deferred[Engine]) -> int:
        """How many are served before this one; 0 is next, and who has his."""
        return self._waiting.index(request) if request in self._waiting else 0

    def _serve(self) -> None:
        while self._waiting and self.n_free > 0:
            self._waiting.popleft().callback(self._lend())

    def _lend(self) -> Engine:
        engine = Engine(self._released)
        engine.limit = self._clock.callLater(LENT_MAX_S, self._kept_too_long, engine)
        self._lent.add(engine)
        return engine

    def _released(self, engine: Engine) -> None:
        self._lent.discard(engine)
        if engine.limit is not None and engine.limit.active():
            engine.limit.cancel()
        self._serve()

    def _kept_too_long(self, engine: Engine) -> None:
        self._alarm(N_("a fax engine was not given back and is taken back"))
        engine.release()

    def _forget(self, request: Deferred[Engine]) -> None:
        if request in self._waiting:
            self._waiting.remove(request)
