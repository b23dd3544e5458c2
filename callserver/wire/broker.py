"""What both ends of the agent channel do with a connection."""

from typing import Any

from twisted.spread import pb


class PacedBroker(pb.Broker):
    """
    Perspective Broker that knows whether the other side reads.

    Small messages leave at once. While `peer_reads` is false some 64 KiB wait to be taken: send nothing that grows
    old. It holds the transport's one producer, so pb's pagers cannot be used on it.
    """

    transport: Any  # ITCPTransport and IConsumer
    peer_reads = True

    def connectionMade(self) -> None:
        self.transport.setTcpNoDelay(True)  # else a command waits for the answer to the audio block before it
        self.transport.registerProducer(self, True)
        super().connectionMade()  # type: ignore[no-untyped-call]

    def pauseProducing(self) -> None:
        self.peer_reads = False

    def resumeProducing(self) -> None:
        self.peer_reads = True

    def stopProducing(self) -> None:
        self.peer_reads = False

    def close(self) -> None:
        """Send what waits, then close; a peer that does not read keeps it open until it is aborted."""
        self.transport.unregisterProducer()  # TLS does not close under a producer
        self.transport.loseConnection()
