"""
HTTP as far as a stranger can go: how much, how long, how many at once.

Twisted's own server takes a body of any length, to a file if need be, and parses forms. Here a body stays in memory,
ends at its limit (a small one before there is a good key), and is nothing but octets to whoever asked for them; a
request has so many seconds from its first octet to its last; connections are counted before any handshake.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote_to_bytes

from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import CertificateOptions
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.iweb import IRequest
from twisted.web.resource import IResource
from twisted.web.server import Request, Site

from callserver.features.shopping.web.limits import Limits
from callserver.features.shopping.web.problems import Problem
from callserver.wire.catalogue import Complaint

HEADER_BYTES, HEADERS = 8_192, 60
TURNED_AWAY = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"


class LimitedRequest(Request):
    """A request whose body has a limit."""

    channel: ShopChannel
    site: ShopSite
    content: Any

    def gotLength(self, length: int | None) -> None:
        self.content = BytesIO()
        self._most = self.channel.site.body_bytes(self)
        if length is not None and length > self._most:
            self._too_long()

    def handleContentChunk(self, data: bytes) -> None:
        if self._most >= 0 and self.content.tell() + len(data) > self._most:
            self._too_long()
        elif self._most >= 0:
            self.content.write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._most < 0:
            return
        self._parsePOSTFormSubmission = False
        super().requestReceived(command, path, version)  # type: ignore[no-untyped-call]

    def process(self) -> None:
        """The answer is JSON for programs, whatever they ask for; a path is UTF-8."""
        self.setHeader("Cache-Control", "no-store")  # type: ignore[no-untyped-call]
        self.setHeader("X-Content-Type-Options", "nosniff")  # type: ignore[no-untyped-call]
        host: bytes = self.getRequestHostname()  # type: ignore[no-untyped-call]
        if _is_utf8(unquote_to_bytes(self.path)) and _is_utf8(host):
            super().process()  # type: ignore[no-untyped-call]
        else:
            body = Problem(400, "unfit", Complaint("the path is not UTF-8")).as_json()
            self.channel.turn_away(400, b"Bad Request", body)

    def _too_long(self) -> None:
        self._most = -1
        problem = Problem(413, "too_long", Complaint("the body is too long: send it in smaller parts"))
        self.channel.turn_away(413, b"Content Too Large", problem.as_json())


class ShopChannel(HTTPChannel):
    """One connection."""

    requestFactory = LimitedRequest  # noqa: N815 - Twisted's names
    totalHeadersSize = HEADER_BYTES  # noqa: N815
    maxHeaders = HEADERS  # noqa: N815
    site: ShopSite
    transport: Any
    _arriving = False

    def connectionMade(self) -> None:
        self.site.connections.add(self)
        super().connectionMade()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.site.connections.discard(self)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def resetTimeout(self) -> None:
        """Only with the first octets of a request: the rest has to come in time."""
        if not self._arriving:
            self._arriving = True
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:
        self._arriving = False
        super().allContentReceived()  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:
        self.transport.abortConnection()

    def turn_away(self, status: int, reason: bytes, body: bytes) -> None:
        """Say why before the whole request is here, and hang up."""
        self.transport.write(TURNED_AWAY % (status, reason, len(body), body))
        self.loseConnection()  # type: ignore[no-untyped-call]


class ShopSite(Site):
    """
    :param knows: whether a request comes with a good key
    """

    protocol = ShopChannel  # type: ignore[assignment]
    noisy = False

    def __init__(
        self, resource: IResource, clock: IReactorTime, limits: Limits, knows: Callable[[IRequest], bool]
    ) -> None:
        super().__init__(resource, LimitedRequest, timeout=limits.request_s, reactor=clock)  # type: ignore[no-untyped-call]
        self._limits, self._knows = limits, knows
        self.connections: set[ShopChannel] = set()

    def startFactory(self) -> None:
        """Twisted's would keep the date for its access log, once a second."""

    def stopFactory(self) -> None: ...

    def log(self, request: object) -> None:
        """What changes something is in the event log."""

    def body_bytes(self, request: IRequest) -> int:
        """So long a body may be."""
        return self._limits.body_bytes if self._knows(request) else self._limits.strange_bytes

    def buildProtocol(self, addr: IAddress | None) -> Any:
        if not self.room_for(getattr(addr, "host", "")):
            return None
        return super().buildProtocol(addr)  # type: ignore[no-untyped-call]

    def room_for(self, address: str) -> bool:
        """Whether one more connection may come from there; a proxy on this computer brings many people's."""
        if len(self.connections) >= self._limits.connections:
            return False
        same = sum(one.transport.getPeer().host == address for one in self.connections)
        return is_loopback(address) or same < self._limits.address_connections

    def close_all(self) -> None:
        for connection in tuple(self.connections):
            connection.transport.abortConnection()


class EncryptedSite(TLSMemoryBIOFactory):
    """Turns away, before the handshake, whom there is no room for."""

    noisy = False
    wrappedFactory: ShopSite  # noqa: N815 - Twisted's name

    def __init__(self, certificate: CertificateOptions, site: ShopSite) -> None:
        super().__init__(certificate, False, site)

    def buildProtocol(self, addr: Any) -> Any:
        return super().buildProtocol(addr) if self.wrappedFactory.room_for(addr.host) else None


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether nobody but this computer is there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
