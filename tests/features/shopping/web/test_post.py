"""One message over a real network: what went wrong is told as it happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.internet.protocol import Factory, Protocol
from twisted.trial.unittest import TestCase

from callserver.features.shopping.web.webhooks.post import Poster


class Target(Protocol):
    """A program that hears a message and answers what `then` does."""

    then: Callable[[Any], None]

    def dataReceived(self, data: bytes) -> None:
        self.factory.then(self.transport)  # type: ignore[union-attr]


class PosterTests(TestCase):
    timeout = 30

    def send_to(self, then: Callable[[Any], None]) -> Deferred[int]:
        factory = Factory.forProtocol(Target)
        factory.then = then  # type: ignore[attr-defined]
        port: Any = reactor.listenTCP(0, factory, interface="127.0.0.1")  # type: ignore[attr-defined]
        self.addCleanup(port.stopListening)
        return self.post(port.getHost().port)

    def post(self, port: int) -> Deferred[int]:
        return Poster(reactor)(f"http://127.0.0.1:{port}/changes", {"Callserver-Sequence": "1"}, b"{}")

    def test_never_answers(self) -> Deferred[Any]:
        """Whoever waits no longer is told just that: a time limit becomes `no answer in 10 s`."""
        sent = self.send_to(lambda transport: sent.cancel())
        return self.assertFailure(sent, CancelledError)

    def test_hangs_up(self) -> Deferred[Any]:
        """A target that hangs up without an answer is told in words, not as a list of failures."""
        return self.assertFailure(self.send_to(lambda transport: transport.loseConnection()), ConnectionDone)

    def test_not_there(self) -> Deferred[Any]:
        return self.assertFailure(self.post(1), ConnectionRefusedError)

    def test_status(self) -> Deferred[Any]:
        """Its status is all that counts; what it says beside is not waited for."""
        sent = self.send_to(lambda transport: transport.write(b"HTTP/1.1 503 No\r\nContent-Length: 99\r\n\r\nlater"))
        return sent.addCallback(self.assertEqual, 503)
