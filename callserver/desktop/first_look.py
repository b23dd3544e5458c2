"""A look at a server before anything is said to it: does it answer, and with which certificate."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from OpenSSL import SSL
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IHandshakeListener, IOpenSSLClientConnectionCreator
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.ssl import Certificate, CertificateOptions
from twisted.python.failure import Failure
from zope.interface import implementer

from callserver.desktop.not_connected import not_reached, value_of
from callserver.wire.messages import CERTIFICATE_NAME

LOOK_S = 8.0


class ShownCertificate(NamedTuple):
    """What a server shows of itself; the fingerprint is what two people read to each other."""

    pem: bytes
    fingerprint: str  # SHA-256, as "3F:9A:..."


def shown_certificate(reactor: Any, host: str, port: int) -> Deferred[ShownCertificate]:
    """Which certificate whoever answers there has; nothing is said to him. Fails with NotConnected."""
    shown: Deferred[ShownCertificate] = Deferred()
    endpoint = wrapClientTLS(_AnyTLS(), HostnameEndpoint(reactor, host, port, timeout=LOOK_S))
    look = _Look(shown)
    factory = Factory.forProtocol(lambda: look)
    factory.noisy = False  # it is looked again and again, as long as the log-in screen is seen
    connecting = endpoint.connect(factory)

    def not_there(failure: Failure) -> None:
        if not shown.called:
            shown.errback(failure)

    def not_seen(failure: Failure) -> NoReturn:
        connecting.cancel()
        look.end()  # who says nothing is left, too
        if failure.check(CancelledError):  # type: ignore[no-untyped-call]
            failure.raiseException()
        raise not_reached(value_of(failure), host, port) from None

    connecting.addErrback(not_there)
    return shown.addTimeout(LOOK_S, reactor).addErrback(not_seen)


@implementer(IOpenSSLClientConnectionCreator)
class _AnyTLS:
    """With anybody: only his certificate is looked at."""

    def clientConnectionForTLS(self, protocol: object) -> SSL.Connection:
        connection = SSL.Connection(CertificateOptions().getContext(), None)
        connection.set_tlsext_host_name(CERTIFICATE_NAME.encode())
        return connection


@implementer(IHandshakeListener)
class _Look(Protocol):
    def __init__(self, shown: Deferred[ShownCertificate]) -> None:
        self._shown = shown

    def handshakeCompleted(self) -> None:
        assert self.transport is not None
        certificate = Certificate.peerFromTransport(self.transport)  # type: ignore[no-untyped-call]
        if not self._shown.called:
            self._shown.callback(ShownCertificate(certificate.dumpPEM(), certificate.digest("sha256").decode()))
        self.transport.abortConnection()  # type: ignore[attr-defined]

    def end(self) -> None:
        """Hang up, if there is a connection."""
        if self.transport is not None:
            self.transport.abortConnection()  # type: ignore[attr-defined]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self._shown.called:
            self._shown.errback(reason)
