"""The agents' network in memory: connections that carry bytes between two protocols, and their faults."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from zope.interface import implementer

LATENCY_S = 0.001
BUFFER_BYTES = 65536  # as a kernel's and a transport's together: more waiting pauses the producer
SERVER = IPv4Address("TCP", "127.0.0.1", 8787)


@implementer(IStreamServerEndpoint)
class Network:
    """Where the agents' channel listens, and the ways to it."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._factory: IProtocolFactory | None = None

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        self._factory = protocolFactory
        return succeed(_Listening(self))

    def way(self, host: str) -> Way:
        """An endpoint for the computer at this address."""
        return Way(self, host)

    def close(self) -> None:
        """Nobody listens any more."""
        self._factory = None

    def connect(self, host: str, port: int, factory: IProtocolFactory) -> tuple[Any, Wire] | None:
        """The client's protocol and its wire, both ends connected; None if nobody listens or we are turned away."""
        address = IPv4Address("TCP", host, port)
        server: Any = self._factory.buildProtocol(address) if self._factory else None
        if server is None:
            return None
        client: Any = factory.buildProtocol(SERVER)
        wire = Wire(self._clock)
        wire.connect(client, server, address)
        return client, wire


@implementer(IListeningPort)
class _Listening:
    def __init__(self, network: Network) -> None:
        self._network = network

    def startListening(self) -> None: ...

    def stopListening(self) -> Deferred[None]:
        self._network.close()
        return succeed(None)

    def getHost(self) -> IPv4Address:
        return SERVER


@implementer(IStreamClientEndpoint)
class Way:
    """From one computer to the server. `wire`: the connection that was made last."""

    def __init__(self, network: Network, host: str) -> None:
        self.wire: Wire | None = None
        self.is_cut = False  # nothing new comes through
        self._network, self._host, self._port = network, host, 40000

    @property
    def is_well(self) -> bool:
        """Bytes get through."""
        return self.wire is not None and not self.is_cut and not self.wire.is_cut and not self.wire.server.is_over

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        if self.is_cut:
            return Deferred()  # the client's own time-out ends it
        self._port += 1
        connected = self._network.connect(self._host, self._port, protocolFactory)
        if connected is None:
            return fail(ConnectionRefusedError())  # type: ignore[no-untyped-call]
        protocol, self.wire = connected
        return succeed(protocol)


class Wire:
    """
    One connection: two ends, bytes on their way between them.

    Faults on demand: `cut` (bytes of both directions wait), `freeze` (the client does not read nor answer), `mend`,
    `kill` (the client's program is gone, and its computer says so).
    """

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock
        self.is_cut = False
        self.client, self.server = End(self), End(self)

    def connect(self, client: Protocol, server: Protocol, address: IPv4Address) -> None:
        """Both ends are connected."""
        for end, protocol, host, peer in (
            (self.server, server, SERVER, address),
            (self.client, client, address, SERVER),
        ):
            end.protocol, end.host, end.peer = protocol, host, peer
        self.server.other, self.client.other = self.client, self.server
        self.server.protocol.makeConnection(self.server)  # type: ignore[no-untyped-call]
        self.client.protocol.makeConnection(self.client)  # type: ignore[no-untyped-call]

    def cut(self) -> None:
        """Nothing arrives any more; what is sent waits."""
        self.is_cut = True

    def mend(self) -> None:
        """Everything arrives that waited."""
        self.is_cut = False
        self.client.deliver_soon()
        self.server.deliver_soon()

    def kill(self) -> None:
        """The client's end is gone at once."""
        self.client.abortConnection()


class End:
    """The transport of one protocol: ITCPTransport and IConsumer as far as Perspective Broker uses them."""

    protocol: Protocol
    other: End
    host: IPv4Address
    peer: IPv4Address

    def __init__(self, wire: Wire) -> None:
        self.disconnecting = self.is_over = False
        self._wire = wire
        self._producer: Any = None
        self._paused = False
        self._arrived: list[bytes] = []  # not yet read here
        self._n_arrived = 0
        self._reading = False
        self._closing: Failure | None = None  # the other end has closed, after what has arrived

    # What protocols call

    def write(self, data: bytes) -> None:
        if self.is_over or self.disconnecting or self.other.is_over:
            return
        self.other.arrive(data)
        if self._producer is not None and not self._paused and self.other.is_full:
            self._paused = True
            self._producer.pauseProducing()

    def writeSequence(self, data: list[bytes]) -> None:
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        if not self.is_over and not self.disconnecting:
            self.disconnecting = True
            self.other.hang_up(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def abortConnection(self) -> None:
        if not self.is_over:
            self.other.hang_up(Failure(ConnectionLost()), at_once=True)  # type: ignore[no-untyped-call]
            self.end(Failure(ConnectionAborted()))  # type: ignore[no-untyped-call]

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        self._producer = producer

    def unregisterProducer(self) -> None:
        self._producer = None

    def setTcpNoDelay(self, enabled: bool) -> None: ...

    def setTcpKeepAlive(self, enabled: bool) -> None: ...

    def getPeer(self) -> IPv4Address:
        return self.peer

    def getHost(self) -> IPv4Address:
        return self.host

    # What the other end and the wire call

    @property
    def is_full(self) -> bool:
        return self._n_arrived > BUFFER_BYTES

    def arrive(self, data: bytes) -> None:
        """Bytes are on their way to here."""
        self._arrived.append(data)
        self._n_arrived += len(data)
        self.deliver_soon()

    def hang_up(self, why: Failure, at_once: bool = False) -> None:
        """The other end closes, after what it has said; `at_once`: what is unread is lost."""
        if at_once:
            self._arrived.clear()
            self._n_arrived = 0
        self._closing = why
        self.deliver_soon()

    def deliver_soon(self) -> None:
        """Let the protocol read, if there is anything and nothing stands in the way."""
        if not self._reading and not self._wire.is_cut and not self.is_over:
            self._reading = True
            self._wire.clock.callLater(LATENCY_S, self._deliver)

    def end(self, why: Failure) -> None:
        """Over; the protocol is told."""
        if not self.is_over:
            self.is_over = self.disconnecting = True
            self.protocol.connectionLost(why)

    def _deliver(self) -> None:
        self._reading = False
        if self.is_over or self._wire.is_cut:
            return
        data, self._arrived, self._n_arrived = b"".join(self._arrived), [], 0
        if data:
            self.protocol.dataReceived(data)
            self.other.drained()
        if self._closing is not None and not self._arrived:
            closing = self._closing
            self.end(closing)
            self.other.end(closing)

    def drained(self) -> None:
        """What was sent from here has been read."""
        if self._paused:
            self._paused = False
            if self._producer is not None:
                self._producer.resumeProducing()
