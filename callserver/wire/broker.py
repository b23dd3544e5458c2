"""What both ends of the agent channel do with a connection."""

from typing import Any

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.wire.packed import PackedCall

PART_S = 2.0


class PacedBroker(pb.Broker):
    """
    Perspective Broker that knows whether the other side reads, and that can end.

    Small messages leave at once. While `peer_reads` is false some 64 KiB wait to be taken: send nothing that grows
    old. It holds the transport's one producer, so pb's pagers cannot be used on it.
    """

    transport: Any  # ITCPTransport and IConsumer

    def __init__(self, clock: IReactorTime, *, is_client: bool) -> None:
        super().__init__(isClient=is_client)  # type: ignore[no-untyped-call]
        self.peer_reads = True
        self.is_over = False
        self._clock = clock
        self._parting: IDelayedCall | None = None

    def connectionMade(self) -> None:
        self.transport.setTcpNoDelay(True)  # else a command waits for the answer to the audio block before it
        self.transport.registerProducer(self, True)
        super().connectionMade()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.is_over = True
        if self._parting is not None and self._parting.active():
            self._parting.cancel()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def pauseProducing(self) -> None:
        self.peer_reads = False

    def resumeProducing(self) -> None:
        self.peer_reads = True

    def stopProducing(self) -> None:
        self.peer_reads = False

    def send_packed(self, call: PackedCall, remote: int) -> None:
        """Call an object of the peer by its number; there is no answer."""
        if not self.disconnected:
            self.transport.write(call.to(self.newRequestID(), remote))  # type: ignore[no-untyped-call]

    def part(self) -> None:
        """Close when what was said has been read, or soon in any case: a frozen peer would keep us for ever."""
        if not self.is_over and self._parting is None:
            self._parting = self._clock.callLater(PART_S, self.abort)
            self.transport.unregisterProducer()  # TLS does not close under a producer
            self.transport.loseConnection()

    def abort(self) -> None:
        """Close at once, whether or not the peer reads."""
        self.is_over = True
        self.transport.abortConnection()
