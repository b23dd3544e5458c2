"""Connections in memory: between programs and one agents' channel, and from strangers to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.test.iosim import FakeTransport, IOPump
from zope.interface import implementer


@implementer(IStreamClientEndpoint)
class Wires:
    """From programs to one agents' channel; nothing moves until `settle`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.factory: Any = None
        self.up = False
        self.pumps: list[IOPump] = []
        self.frozen: set[IOPump] = set()

    def connect(self, client_factory: Any) -> Deferred[Any]:
        if not self.up:
            return fail(ConnectionRefusedError("the server is down"))
        address = IPv4Address("TCP", "192.0.2.1", 50000 + len(self.pumps))
        client, server = client_factory.buildProtocol(None), self.factory.buildProtocol(address)
        to_server, to_client = FakeTransport(client, False), FakeTransport(server, True, peerAddress=address)
        server.makeConnection(to_client)
        client.makeConnection(to_server)
        self.pumps.append(IOPump(client, server, to_server, to_client, False, self.clock))
        return succeed(client)

    def settle(self) -> None:
        """Let everything that is under way arrive."""
        moved = True
        while moved:
            moved = any(pump.pump() for pump in self.pumps if pump not in self.frozen or pump.server.is_over)

    def pass_time(self, seconds: float, step_s: float = 0.5) -> None:
        """Time passes, and what is said meanwhile arrives."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            self.settle()


@dataclass
class Stranger:
    """Whoever has opened a connection; speaks bytes."""

    factory: Any
    host: str = "198.51.100.7"

    def __post_init__(self) -> None:
        self.address = IPv4Address("TCP", self.host, 40000)
        self.protocol = self.factory.buildProtocol(self.address)
        if self.protocol is not None:
            self.transport = FakeTransport(self.protocol, True, peerAddress=self.address)
            self.protocol.makeConnection(self.transport)

    def says(self, data: bytes, piece: int = 65536) -> None:
        """As the reactor would deliver it."""
        for start in range(0, len(data), piece):
            if not self.transport.disconnecting:
                self.protocol.dataReceived(data[start : start + piece])

    @property
    def cut_off(self) -> bool:
        return self.protocol is None or bool(self.transport.disconnecting)

    def leave(self) -> None:
        if not self.transport.disconnected:
            self.transport.disconnected = self.transport.disconnecting = True
            self.transport.reportDisconnect()
