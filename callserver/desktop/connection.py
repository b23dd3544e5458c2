"""One connection to the server: to the certificate that is pinned, and to no other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.wire.broker import PacedBroker
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import CERTIFICATE_NAME

NOT_PINNED = N_("the server does not hold the certificate that is pinned here")
SILENCE_S = 10.0  # the server asks each 3 s whether we are there


class NotConnected(Exception):
    """There is no connection, or it broke, or the server does not answer; the text says which."""


class CertificateUnusable(Complaint):
    """The file of the pinned certificate cannot be used; the text says why."""


def pinned_endpoint(reactor: Any, host: str, port: int, certificate_file: Path) -> IStreamClientEndpoint:
    """
    The way to the server that holds this certificate, whatever name or address it is reached by.

    :raises CertificateUnusable: if the file is missing or holds none
    """
    try:
        pinned = Certificate.loadPEM(certificate_file.read_bytes())
    except OSError as error:
        raise CertificateUnusable("{file}: {problem}", file=str(certificate_file), problem=error.strerror) from None
    except Exception:
        raise CertificateUnusable("{file}: there is no certificate in it", file=str(certificate_file)) from None
    options = optionsForClientTLS(CERTIFICATE_NAME, trustRoot=pinned)
    return wrapClientTLS(options, HostnameEndpoint(reactor, host, port))


class ClientBroker(PacedBroker):
    """A connection that notices when the server falls silent."""

    def __init__(self, clock: IReactorTime) -> None:
        super().__init__(clock, is_client=True)
        self._silence: IDelayedCall | None = None
        self._lost: str | None = None
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
        self._silence = self._clock.callLater(SILENCE_S, self.abort)
        super().connectionMade()

    def dataReceived(self, chunk: bytes) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.reset(SILENCE_S)
        super().dataReceived(chunk)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.cancel()
        super().connectionLost(reason)
        self._lost = words_for(reason)
        self._fail_waiting(self._lost)

    def _fail_waiting(self, why: str) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.called:
                waiter.errback(NotConnected(why))


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


def words_for(reason: Failure) -> str:
    """Why a connection broke, in one line."""
    if "certificate verify failed" in str(reason.value):
        return NOT_PINNED
    return str(reason.value).splitlines()[0]
