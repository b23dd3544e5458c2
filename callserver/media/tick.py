"""A fixed schedule: the same work again and again, on time, whatever happens in it."""

from collections.abc import Callable
from threading import Event

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.dsp.frames import BLOCK_MS

log = Logger()

CATCH_UP_TICKS = 5  # 100 ms; what a modem's own buffer bridges


class Lateness:
    """How late ticks came, as a histogram of milliseconds."""

    def __init__(self, limit_ms: int = 1000) -> None:
        self._counts = [0] * (limit_ms + 1)
        self.n_ticks = 0
        self.max_ms = 0.0

    def add(self, late_s: float) -> None:
        """Count one tick."""
        late_ms = max(0.0, late_s * 1000)
        self._counts[min(int(late_ms), len(self._counts) - 1)] += 1
        self.n_ticks += 1
        self.max_ms = max(self.max_ms, late_ms)

    def over(self, limit_ms: int) -> int:
        """So many ticks were later than that, to the millisecond."""
        return sum(self._counts[limit_ms + 1 :])

    def percentile_ms(self, share: float) -> float:
        """At most so late were `share` of the ticks (0.999: p99.9), to the millisecond above; 0 without ticks."""
        seen, wanted = 0, share * self.n_ticks
        for late_ms, count in enumerate(self._counts):
            seen += count
            if seen >= wanted and seen:
                return min(late_ms + 1.0, self.max_ms)
        return self.max_ms


class Tick(Service):
    """
    Calls `work` at start + k * interval of the given clock.

    Late ticks are made up for, one in each turn of the reactor so that what has arrived meanwhile is read first;
    of more than five the rest is given up and counted in `lost`.

    :param needed: whether there is work already: see `need`
    `over`: set but while the work is done; what other threads may wait for
    """

    def __init__(
        self,
        clock: IReactorTime,
        work: Callable[[], None],
        interval_s: float = BLOCK_MS / 1000,
        needed: bool = True,
    ) -> None:
        self.lateness = Lateness()
        self.lost = 0
        self.over = Event()
        self.over.set()
        self._clock, self._work, self._interval_s = clock, work, interval_s
        self._start_s = 0.0
        self._n = 0
        self._needed = needed
        self._call: IDelayedCall | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._go_on()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        self._go_on()

    def need(self, needed: bool) -> None:
        """Whether there is work at all: while there is none nothing waits in the clock. It begins an interval later."""
        if needed != self._needed:
            self._needed = needed
            self._go_on()

    def _go_on(self) -> None:
        """Begin a schedule, or end it; either may be asked by the work itself."""
        if self.running and self._needed:
            if self._call is None:
                self._start_s, self._n = self._clock.seconds(), 0
                self._wait()
        elif self._call:
            self._call.cancel()
            self._call = None

    @property
    def _due_s(self) -> float:
        return self._start_s + self._n * self._interval_s

    def _wait(self) -> None:
        self._n += 1
        self._call = self._clock.callLater(max(0.0, self._due_s - self._clock.seconds()), self._ring)

    def _ring(self) -> None:
        self._call = None
        late_s = self._clock.seconds() - self._due_s
        self.lateness.add(late_s)
        given_up = int(late_s / self._interval_s) - CATCH_UP_TICKS
        if given_up > 0:
            self.lost += given_up
            self._n += given_up
        self.over.clear()
        try:
            self._work()
        except Exception:
            log.failure("a tick failed; the next one comes")
        finally:
            self.over.set()
        if self.running and self._needed and self._call is None:
            self._wait()
