"""One connection to the server: to the certificate that is pinned, and to no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from cryptography.x509 import Certificate as X509Certificate
from OpenSSL import SSL
from OpenSSL.crypto import X509
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IOpenSSLClientConnectionCreator,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import Certificate, CertificateOptions
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb
from zope.interface import implementer

from callserver.desktop.not_connected import (
    NO_ANSWER,
    CertificateRefused,
    NotConnected,
    NotPinned,
    not_reached,
    value_of,
    why,
)
from callserver.wire.broker import PacedBroker
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import CERTIFICATE_NAME
from callserver.wire.packed import read_audio

log = Logger()

NOT_PINNED = N_("the server does not hold the certificate that is pinned here")
NOT_YET_VALID = N_(
    "by this computer's clock it is {now}, and the server's certificate holds from {since} on: the clock is wrong"
)
EXPIRED = N_(
    "by this computer's clock it is {now}, and the server's certificate held until {until}: set the clock, or have a "
    "new certificate made at the server and copy it here"
)
SILENCE_S = 10.0  # the server asks each 3 s whether we are there
CONNECT_S = 8.0


class CertificateUnusable(Complaint):
    """The file of the pinned certificate cannot be used; the text says why."""


def pinned_endpoint(
    reactor: Any,
    host: str,
    port: int,
    certificate: Path | bytes,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> IStreamClientEndpoint:
    """
    The way to the server that holds this certificate, whatever name or address it is reached by.

    :param certificate: its file, or what would stand there (PEM)
    :raises CertificateUnusable: if the file is missing or holds none
    """
    file = str(certificate) if isinstance(certificate, Path) else f"{host}:{port}"
    try:
        pinned = Certificate.loadPEM(certificate.read_bytes() if isinstance(certificate, Path) else certificate)
    except OSError as error:
        raise CertificateUnusable("{file}: {problem}", file=file, problem=error.strerror) from None
    except Exception:
        raise CertificateUnusable("{file}: there is no certificate in it", file=file) from None
    return PinnedEndpoint(reactor, host, port, PinnedTLS(pinned, now))


@implementer(IOpenSSLClientConnectionCreator)
class PinnedTLS:
    """TLS to whoever holds this very certificate, by this computer's clock; what is not taken says why."""

    def __init__(self, pinned: Certificate, now: Callable[[], datetime]) -> None:
        self._pinned: X509Certificate = pinned.original.to_cryptography()
        self._now = now
        self._context: SSL.Context = CertificateOptions().getContext()
        self._context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, self._judge)

    def clientConnectionForTLS(self, protocol: object) -> SSL.Connection:
        """For one connection."""
        connection = SSL.Connection(self._context, None)
        connection.set_tlsext_host_name(CERTIFICATE_NAME.encode())
        return connection

    def _judge(self, connection: SSL.Connection, shown: X509, problem: int, depth: int, good: int) -> bool:
        """The pinned one, byte for byte, while it holds: what OpenSSL thinks of it otherwise is not asked."""
        if shown.to_cryptography() != self._pinned:
            raise CertificateRefused(NotPinned(NOT_PINNED))
        since, until, now = self._pinned.not_valid_before_utc, self._pinned.not_valid_after_utc, self._now()
        if now < since:
            raise CertificateRefused(NotConnected(NOT_YET_VALID, now=_minute(now), since=_minute(since)))
        if now > until:
            raise CertificateRefused(NotConnected(EXPIRED, now=_minute(now), until=_minute(until)))
        return True


@implementer(IStreamClientEndpoint)
class PinnedEndpoint:
    """Connects, or says in words why not."""

    def __init__(self, reactor: Any, host: str, port: int, tls: PinnedTLS) -> None:
        self._host, self._port = host, port
        self._endpoint = wrapClientTLS(tls, HostnameEndpoint(reactor, host, port, timeout=CONNECT_S))

    def connect(self, factory: IProtocolFactory) -> Deferred[Any]:
        """Fails with NotConnected."""
        connecting: Deferred[Any] = self._endpoint.connect(factory)
        return connecting.addErrback(self._not_reached)

    def _not_reached(self, failure: Failure) -> NoReturn:
        if failure.check(CancelledError):  # type: ignore[no-untyped-call]
            failure.raiseException()
        raise not_reached(value_of(failure), self._host, self._port) from None


class ClientBroker(PacedBroker):
    """A connection that notices when the server falls silent."""

    def __init__(self, clock: IReactorTime) -> None:
        super().__init__(clock, is_client=True)
        self._silence: IDelayedCall | None = None
        self._lost: NotConnected | None = None
        self._fell_silent = False
        self._waiting: list[Deferred[None]] = []

    def when_ready(self) -> Deferred[None]:
        """Fires when both sides have agreed on how to talk; fails with NotConnected if it does not come to that."""
        ready = self.when_lost()
        self.notifyOnConnect(partial(ready.callback, None))  # type: ignore[no-untyped-call]
        return ready

    def when_lost(self) -> Deferred[None]:
        """Fails with NotConnected when the connection breaks."""
        waiter: Deferred[None] = Deferred()
        self._waiting.append(waiter)
        if self._lost is not None:
            self._fail_waiting(self._lost)
        return waiter

    def connectionMade(self) -> None:
        self._silence = self._clock.callLater(SILENCE_S, self._fall_silent)
        super().connectionMade()

    def dataReceived(self, chunk: bytes) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.reset(SILENCE_S)
        if self.buffer or self.listStack or not self._heard(chunk):
            super().dataReceived(chunk)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.cancel()
        super().connectionLost(reason)
        self._lost = NotConnected(NO_ANSWER) if self._fell_silent else why(value_of(reason))
        self._fail_waiting(self._lost)

    def _heard(self, chunk: bytes) -> bool:
        """Whether this was a block of sound: fifty a second, which pb would take apart byte by byte."""
        told = read_audio(chunk)
        mind = self.localObjectForID(told.remote) if told else None  # type: ignore[no-untyped-call]
        if told is None or mind is None:
            return False
        try:
            mind.remote_audio(told.block)
        except Exception:  # as pb does
            log.failure("sound was not heard")
        return True

    def _fall_silent(self) -> None:
        self._fell_silent = True
        self.abort()

    def _fail_waiting(self, lost: NotConnected) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.called:
                waiter.errback(lost)


class ClientFactory(pb.PBClientFactory):
    """Makes the broker of one connection."""

    noisy = False

    def __init__(self, clock: IReactorTime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._clock = clock

    def buildProtocol(self, addr: IAddress | None) -> ClientBroker:
        broker = ClientBroker(self._clock)
        broker.factory = self  # type: ignore[assignment]
        return broker


def _minute(at: datetime) -> str:
    """As people here read it."""
    return at.astimezone().isoformat(" ", "minutes")
