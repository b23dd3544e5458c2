"""
One desktop program that is logged in: what it hears, whether it still answers, and the end of its connection.

Races, and what holds in them:

- *The program freezes.* TCP knows nothing of it for minutes. Every 3 s it is pinged, and after two pings without an
  answer it is cut off: known 9 s after its last answer at the latest. Meanwhile nothing piles up for it: sound is
  dropped here, looks wait in its `screen`, the newest of each only.
- *Closed by the server, gone by the network.* `close` says good-bye and parts when the answer to whatever was asked is
  out; from that moment every act is refused with the same words, so an act that was under way when another program
  took over, or the server stopped, changes nothing. `gone` comes once for each connection, after `close` or without it.
- *A log-out it does not read.* The good-bye says it too: a program that missed the last look of its seat does not
  take the end for a bad connection, and stays out.
"""

from __future__ import annotations

import math

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.agents.broker import GuardedBroker
from callserver.wire.packed import PackedCall
from callserver.wire.refusals import Refused

log = Logger()

PING_S = 3.0
MISSES = 2  # frozen or gone: known 9 s after the last answer at the latest


class AgentSession:
    """
    The agent's ear, and the way to his program while it is connected. Implements callserver.acd.seats.station.Headset.

    `in_call`: he hears; set by whoever knows how his seat looks.
    `closed`: why the server has ended it, None while it has not.
    """

    def __init__(self, mind: pb.RemoteReference, broker: GuardedBroker, clock: IReactorTime) -> None:
        self.in_call = False
        self.closed: Refused | None = None
        self._mind, self._broker, self._clock = mind, broker, clock
        self._round_trip: tuple[int, ...] = ()  # milliseconds that the ping before took, which the next one tells
        self._connected = True
        self._watching = Deferred.fromCoroutine(self._watch()).addErrback(watched)

    @property
    def address(self) -> str:
        """Where the program runs."""
        return self._broker.address

    @property
    def reads(self) -> bool:
        """Whether the program takes what it is sent."""
        return self._broker.peer_reads

    def when_reads(self) -> Deferred[None]:
        """Fires when it does; fails when the connection is lost."""
        return self._broker.when_reads()

    def send_audio(self, block: bytes) -> None:
        """20 ms for the agent to hear, in a call; dropped when his program does not keep up."""
        if self.in_call and self.reads:
            self.tell_packed(PackedCall.audio(block))

    def tell(self, what: str, *args: object) -> None:
        """Call the program; it does not answer."""
        if self._is_open:
            self._mind.callRemote(what, *args, pbanswer=False)  # type: ignore[no-untyped-call]

    def tell_packed(self, call: PackedCall) -> None:
        """The same, with what is told to others too."""
        if self._is_open:
            self._broker.send_packed(call, self._mind.luid)

    def close(self, why: Refused) -> None:
        """Say good-bye and close the connection; harmless when it is closed already."""
        if self._is_open:
            self.tell("bye", str(why))
            self.closed = why
            self._clock.callLater(0, self._broker.part)  # after the answer to whatever was asked

    def gone(self) -> None:
        """The connection is lost."""
        self._connected = False
        self._watching.cancel()

    @property
    def _is_open(self) -> bool:
        return self._connected and self.closed is None

    async def _watch(self) -> None:
        missed = 0
        while self._is_open and missed < MISSES:
            if not missed:
                await deferLater(self._clock, PING_S)
            missed = 0 if not self._is_open or await self._ping() else missed + 1
        if missed:
            self._broker.cut_off("its program does not answer any more")

    async def _ping(self) -> bool:
        asked_s, told = self._clock.seconds(), self._round_trip
        try:
            answer: Deferred[object] = self._mind.callRemote("ping", *told)  # type: ignore[no-untyped-call]
            await answer.addTimeout(PING_S, self._clock)
            self._round_trip = (math.ceil(1000 * (self._clock.seconds() - asked_s)),)
        except TimeoutError:
            return False
        except Exception:  # it answered, if only with an error; or the connection is lost, and the session over
            return True
        return True


def watched(failure: Failure) -> None:
    """Watching ends with the connection; anything else is an error here."""
    if not isinstance(failure.value, CancelledError):
        log.failure("watching a program failed", failure)
