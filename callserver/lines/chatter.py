"""How much a modem may say beside its answers and its sound; more than any sound one says is a fault of its own."""

from dataclasses import dataclass

from twisted.internet.interfaces import IReactorTime

from callserver.lines.link import Unfit
from callserver.modem.keys import KeyReport
from callserver.modem.reader import ModemEvent
from callserver.modem.results import Ring


@dataclass
class Limit:
    """So many in so many seconds."""

    most: int
    span_s: float
    _since_s: float = float("-inf")
    _n: int = 0

    def exceeded(self, now_s: float, n: int = 1) -> bool:
        """Count `n` more; whether that is too much."""
        if now_s - self._since_s >= self.span_s:
            self._since_s, self._n = now_s, 0
        self._n += n
        return self._n > self.most


class Chatter:
    """
    What one modem says, counted.

    Text outside of sound: a long answer has 2 KB, and a modem left in a stream by a crash sends up to 16 KB a second
    until it is freed.
    Sound: 16 bits a sample, every <DLE> doubled, are 32 KB a second.
    Events: no stream runs dry more often than 20 times a second, nobody keys faster than 20 keys a second, no bell
    rings faster than twice. What is over such a rate is dropped; who goes on with it is unfit.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._text, self._sound = Limit(64 * 1024, 10.0), Limit(400 * 1024, 10.0)
        self._events = Limit(1000, 10.0)
        self._keys, self._rings = Limit(20, 1.0), Limit(2, 1.0)
        self._dropped = Limit(100, 60.0)

    def read(self, n_bytes: int, in_stream: bool) -> None:
        """
        So many bytes came.

        :raises Unfit: it talks without end
        """
        limit = self._sound if in_stream else self._text
        if limit.exceeded(self._clock.seconds(), n_bytes):
            raise Unfit("the modem talks without end: more than {n} bytes in ten seconds", n=limit.most)

    def passes(self, event: ModemEvent) -> bool:
        """
        Whether an event is to be told.

        :raises Unfit: there is no end of them
        """
        now_s = self._clock.seconds()
        if self._events.exceeded(now_s):
            raise Unfit("the modem reports without end: more than {n} events in ten seconds", n=self._events.most)
        limit = self._keys if isinstance(event, KeyReport) else self._rings if isinstance(event, Ring) else None
        if limit is None or not limit.exceeded(now_s):
            return True
        if self._dropped.exceeded(now_s):
            raise Unfit("the modem reports keys or rings faster than there can be any")
        return False
