"""The certificate is made once, its key is nobody else's, and programs talk to no other server."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.agents.tls import CERTIFICATE_FILE, KEY_FILE, CertificateError, own_certificate
from callserver.desktop.client import AgentClient
from callserver.desktop.connection import CertificateUnusable, pinned_endpoint
from callserver.desktop.not_connected import NotConnected
from callserver.wire.catalogue import told
from callserver.wire.messages import Card, Hello
from callserver.wire.refusals import Refused
from tests.agents.channel_case import BLOCK, Diary
from tests.agents.small_centre import PASSWORD, SmallCentre, certificate, channel


class CertificateTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def test_made_once(self) -> None:
        """The second start shows the same certificate, or every program would have to be visited."""
        first, second = own_certificate(self.folder), own_certificate(self.folder)
        self.assertEqual(first.fingerprint, second.fingerprint)
        self.assertRegex(first.fingerprint, "^([0-9A-F]{2}:){31}[0-9A-F]{2}$")
        self.assertEqual({path.name for path in self.folder.iterdir()}, {KEY_FILE, CERTIFICATE_FILE})

    def test_key_is_secret(self) -> None:
        """Only the server's own user can read the key."""
        own_certificate(self.folder)
        self.assertEqual(stat.S_IMODE((self.folder / KEY_FILE).stat().st_mode), 0o600)

    def test_interrupted_first_start(self) -> None:
        """A first start that was cut off in between is made good by the next."""
        (self.folder / (KEY_FILE + ".part")).write_bytes(b"half a k")
        (self.folder / KEY_FILE).write_bytes(b"a key without certificate")
        own_certificate(self.folder)

    def test_key_lost(self) -> None:
        """A certificate without its key is not silently replaced: the programs have pinned it."""
        own_certificate(self.folder)
        (self.folder / KEY_FILE).unlink()
        error = self.assertRaises(CertificateError, own_certificate, self.folder)
        self.assertIn(CERTIFICATE_FILE, str(error))
        self.assertIn("无法使用", told(error, "zh"))

    def test_pin_that_is_none(self) -> None:
        """A pinned file that is missing or something else is named in one line."""
        other = self.folder / "other.pem"
        self.assertRaises(CertificateUnusable, pinned_endpoint, Clock(), "localhost", 1, other)
        other.write_text("no certificate")
        error = self.assertRaises(CertificateUnusable, pinned_endpoint, Clock(), "localhost", 1, other)
        self.assertEqual(str(error), f"{other}: there is no certificate in it")


class Teller(Diary):
    """Lets a test wait for what a program is told."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, Deferred[Any]] = {}

    def until(self, what: str) -> Deferred[Any]:
        waiter: Deferred[Any] = Deferred()
        self._waiting[what] = waiter
        return waiter.addTimeout(10, reactor)  # type: ignore[arg-type]

    def _told(self, what: str, detail: object) -> None:
        waiter = self._waiting.pop(what, None)
        if waiter is not None:
            waiter.callback(detail)

    def logged_in(self, hello: Hello) -> None:
        self._told("logged in", hello)

    def offered(self, card: Card) -> None:
        self._told("offered", card)

    def audio(self, block: bytes) -> None:
        self._told("audio", block)

    def lost(self, why: NotConnected | Refused) -> None:
        self._told("lost", why.text("en"))

    def refused(self, why: Refused) -> None:
        self._told("refused", why)


class NoTls(Protocol):
    """Some other service: greets whoever comes."""

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(b"220 mail.example ESMTP ready\r\n" * 4)


class Listener(Protocol):
    """Hears bytes, and when the connection ends."""

    def __init__(self) -> None:
        self.ended: Deferred[None] = Deferred()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended.callback(None)


class LoopbackTests(TestCase):
    """Over real sockets and real TLS."""

    async def open(self) -> None:
        self.centre = SmallCentre(reactor)  # type: ignore[arg-type]
        self.own = certificate(self.mktemp())
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.channel = channel(reactor, self.centre, self.own, endpoint)  # type: ignore[arg-type]
        await self.channel.startService()
        self.addCleanup(self.channel.stopService)

    def program(self, pin: Path, now: datetime | None = None, port: int | None = None) -> tuple[AgentClient, Teller]:
        teller = Teller()
        port = self.channel.port_number if port is None else port
        endpoint = pinned_endpoint(reactor, "127.0.0.1", port, pin, lambda: now or datetime.now(UTC))
        client = AgentClient(reactor, endpoint, "801", PASSWORD, teller)  # type: ignore[arg-type]
        self.addCleanup(client.stop)
        return client, teller

    async def test_a_talk_over_tls(self) -> None:
        """Log in by address though the certificate names a host, see the card, talk and hear."""
        await self.open()
        client, teller = self.program(self.own.file)
        logged_in = teller.until("logged in")
        client.start()
        self.assertEqual((await logged_in).name, "Li Mei")
        offered = teller.until("offered")
        caller = self.centre.ring("801").caller
        self.assertEqual((await offered).caller_name, "王小明")
        await client.answer()
        caller.says(BLOCK * 3)
        for heard in (False, True):  # faded in, and then as it came
            hearing = teller.until("audio")
            self.centre.bay.tick()
            self.assertEqual(await hearing == BLOCK, heard)
        said: Deferred[bytes] = Deferred()
        self.patch(self.centre.seats["801"].station, "receive", said.callback)
        client.send_audio(BLOCK)
        self.assertEqual(await said, BLOCK)
        await client.hang_up()
        await client.log_out()
        await self.end_of(client)

    async def test_another_server(self) -> None:
        """A server that cannot show the pinned certificate never sees the password."""
        await self.open()
        client, teller = self.program(certificate(self.mktemp()).file)
        lost = teller.until("lost")
        client.start()
        self.assertIn("certificate that is pinned", await lost)
        self.assertEqual(self.centre.staff.tries, [])
        await self.end_of(client)

    async def why_not(self, now: datetime | None = None, port: int | None = None) -> str:
        """What a program that holds the right certificate is told, by a clock and at a port."""
        client, teller = self.program(self.own.file, now, port)
        lost = teller.until("lost")
        client.start()
        said: str = await lost
        self.assertEqual(self.centre.staff.tries, [])
        await self.end_of(client)
        return said

    async def test_clocks(self) -> None:
        """A certificate that holds no more or not yet is told from a wrong one, with the dates: the clock may be it."""
        await self.open()
        self.assertIn("the clock is wrong", await self.why_not(datetime(1970, 1, 1, tzinfo=UTC)))
        too_late = await self.why_not(datetime(2080, 5, 1, 12, tzinfo=UTC))
        self.assertIn("it is 2080-05-01", too_late)
        self.assertIn("set the clock, or have a new certificate made", too_late)

    async def test_nobody_there(self) -> None:
        """A port where nothing listens, and one where something else does, are told apart."""
        await self.open()
        something = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(Factory.forProtocol(NoTls))
        self.addCleanup(something.stopListening)
        port = something.getHost().port
        self.assertIn("does not speak TLS", await self.why_not(port=port))
        await something.stopListening()
        self.assertIn(f"nothing answers at 127.0.0.1, port {port}", await self.why_not(port=port))

    async def test_clear_text(self) -> None:
        """Without TLS nothing is said: the connection is closed."""
        await self.open()
        stranger = Listener()
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", self.channel.port_number)
        await connectProtocol(endpoint, stranger)
        assert stranger.transport is not None
        stranger.transport.write(b"GET / HTTP/1.1\r\n\r\n")
        await stranger.ended.addTimeout(10, reactor)  # type: ignore[arg-type]

    async def end_of(self, client: AgentClient) -> None:
        """Closed on both sides, so that nothing is left in the reactor."""
        await client.stop()
        while self.channel.factory.wrappedFactory.brokers:
            gone: Deferred[None] = Deferred()
            reactor.callLater(0.01, gone.callback, None)  # type: ignore[attr-defined]
            await gone
