"""Before anything is trusted: which certificate a server shows, and in words why none is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.desktop import first_look
from callserver.desktop.connection import CertificateUnusable, ClientFactory, pinned_endpoint
from callserver.desktop.first_look import shown_certificate
from callserver.desktop.not_connected import NO_ANSWER, NO_TLS, NotConnected, NotPinned
from callserver.wire.messages import CERTIFICATE_NAME
from tests.agents.small_centre import SmallCentre, certificate, channel

CLOCK = cast(IReactorTime, reactor)


class Stranger(Protocol):
    """Listens on the port that somebody has typed, and is no server of ours. `heard`: all that it was sent."""

    says = b""
    heard = b""

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(self.says)

    def dataReceived(self, data: bytes) -> None:
        Stranger.heard += data


class Talks(Stranger):
    says = b"220 mail.example.com ESMTP ready\r\n"


class Looked(Protocol):
    """Holds a certificate. `gone`: when who had come has hung up."""

    gone: Deferred[None]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        Looked.gone.callback(None)


class FirstLookTests(TestCase):
    timeout = 60

    async def server(self) -> tuple[int, Any]:
        """A real one on loopback: its port and its certificate."""
        self.centre, own = SmallCentre(CLOCK), certificate(self.mktemp())
        agents = channel(CLOCK, self.centre, own, TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1"))
        await agents.startService()
        self.addCleanup(agents.stopService)
        return int(str(agents.port_number)), own

    async def stranger(self, kind: type[Stranger]) -> int:
        """Somebody else on loopback."""
        Stranger.heard = b""
        port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(Factory.forProtocol(kind))
        self.addCleanup(port.stopListening)
        return int(port.getHost().port)

    async def why(self, looking: Deferred[Any]) -> str:
        """In which words it fails."""
        try:
            await looking
        except NotConnected as problem:
            return problem.text("en")
        raise AssertionError("a certificate was seen")

    async def test_says_nothing_of_itself(self) -> None:
        """The log-in screen looks twice a minute, all night: this computer's log tells what went wrong, not that."""
        port, _ = await self.server()
        said: list[LogEvent] = []
        globalLogPublisher.addObserver(said.append)
        self.addCleanup(globalLogPublisher.removeObserver, said.append)
        await shown_certificate(reactor, "127.0.0.1", port)
        self.assertEqual([one for one in said if one.get("log_namespace") == Factory.__module__ + ".Factory"], [])

    async def test_seen(self) -> None:
        """The certificate of the server's folder, with the fingerprint that openssl tells; nobody is logged in."""
        port, own = await self.server()
        shown = await shown_certificate(reactor, "127.0.0.1", port)
        kept = load_pem_x509_certificate(own.file.read_bytes())
        self.assertEqual(load_pem_x509_certificate(shown.pem), kept)
        self.assertEqual(shown.fingerprint, kept.fingerprint(SHA256()).hex(":").upper())
        self.assertEqual(self.centre.staff.tries, [])

    async def test_then_trusted(self) -> None:
        """What was seen and is trusted is the way to this server, and to no other, without a file."""
        port, _ = await self.server()
        shown = await shown_certificate(reactor, "127.0.0.1", port)
        broker = await pinned_endpoint(reactor, "127.0.0.1", port, shown.pem).connect(ClientFactory(CLOCK))
        await broker.when_ready()
        parted = broker.when_lost().addErrback(lambda failure: None)
        broker.part()
        await parted
        other = certificate(self.mktemp()).file.read_bytes()
        connecting = pinned_endpoint(reactor, "127.0.0.1", port, other).connect(ClientFactory(CLOCK))

        async def ready() -> None:
            await (await connecting).when_ready()

        problem = await self.assertFailure(Deferred.fromCoroutine(ready()), NotPinned)
        self.assertEqual(problem.text("en"), "the server does not hold the certificate that is pinned here")

    async def test_no_tls(self) -> None:
        """Another service on that port is told apart, and learns nothing but that somebody wants TLS."""
        port = await self.stranger(Talks)
        self.assertEqual(await self.why(shown_certificate(reactor, "127.0.0.1", port)), NO_TLS)

    async def test_hung_up(self) -> None:
        """Who has seen it hangs up: a log-in panel that stands there all night holds no connection of the server's."""
        Looked.gone, own = Deferred(), certificate(self.mktemp())
        endpoint = SSL4ServerEndpoint(reactor, 0, own.options, interface="127.0.0.1")
        port = await endpoint.listen(Factory.forProtocol(Looked))
        self.addCleanup(port.stopListening)
        shown = await shown_certificate(reactor, "127.0.0.1", int(port.getHost().port))
        self.assertEqual(shown.fingerprint, own.fingerprint)
        await Looked.gone.addTimeout(10, CLOCK)

    async def test_silent(self) -> None:
        """Who says nothing is not waited for."""
        self.patch(first_look, "LOOK_S", 0.3)
        port = await self.stranger(Stranger)
        self.assertEqual(await self.why(shown_certificate(reactor, "127.0.0.1", port)), NO_ANSWER)
        self.assertEqual(Stranger.heard[:1], b"\x16")  # a TLS hello, and nothing else
        self.assertIn(CERTIFICATE_NAME.encode(), Stranger.heard, "for the name under which it is called at the log-in")

    async def test_nobody(self) -> None:
        """Nothing listens there; or there is no such computer."""
        listening = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(Factory.forProtocol(Stranger))
        port = int(listening.getHost().port)
        await listening.stopListening()
        self.assertIn("nothing answers at 127.0.0.1", await self.why(shown_certificate(reactor, "127.0.0.1", port)))
        self.assertIn("there is no computer", await self.why(shown_certificate(reactor, "no.such.invalid", port)))

    async def test_given_up(self) -> None:
        """Who types another address meanwhile looks there."""
        looking = shown_certificate(reactor, "127.0.0.1", await self.stranger(Stranger))
        looking.cancel()
        with self.assertRaises(CancelledError):
            await looking


class PinnedTests(SynchronousTestCase):
    def test_no_certificate(self) -> None:
        """What is none, in a file or as it is, is said before anybody is called."""
        said = str(self.assertRaises(CertificateUnusable, pinned_endpoint, reactor, "shop", 8787, b"nothing"))
        self.assertEqual(said, "shop:8787: there is no certificate in it")
        missing = Path(self.mktemp())
        said = str(self.assertRaises(CertificateUnusable, pinned_endpoint, reactor, "shop", 8787, missing))
        self.assertIn("No such file", said)
