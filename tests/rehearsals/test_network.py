"""Connections in memory: bytes cross, wait, or are lost, as on a network."""

from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.rehearsal.network import BUFFER_BYTES, Network


class Diary(Protocol):
    """Writes down what it is told, also as a producer."""

    def __init__(self) -> None:
        self.heard, self.lost, self.paused = b"", "", False

    def dataReceived(self, data: bytes) -> None:
        self.heard += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost = reason.type.__name__

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False


class NetworkTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.network = Network(self.clock)
        self.servers: list[Diary] = []
        listening = Factory.forProtocol(Diary)
        listening.buildProtocol = self.accept  # type: ignore[method-assign]
        self.port = self.successResultOf(self.network.listen(listening))
        self.way = self.network.way("10.0.0.7")
        self.client = self.successResultOf(self.way.connect(Factory.forProtocol(Diary)))
        self.server = self.servers[0]

    def accept(self, address: object) -> Diary:
        self.servers.append(Diary())
        return self.servers[-1]

    def pass_time(self, seconds: float = 1.0) -> None:
        self.clock.pump([0.001] * 10 + [seconds])

    def test_both_ways(self) -> None:
        """Bytes arrive whole and in order, and each end knows the other's address."""
        self.client.transport.write(b"an")
        self.client.transport.writeSequence([b"sw", b"er"])
        self.server.transport.write(b"hello")
        self.pass_time()
        self.assertEqual((self.server.heard, self.client.heard), (b"answer", b"hello"))
        self.assertEqual(self.server.transport.getPeer().host, "10.0.0.7")

    def test_good_bye(self) -> None:
        """What was said before closing is read; then both know that it is over."""
        self.client.transport.write(b"good-bye")
        self.client.transport.loseConnection()
        self.pass_time()
        self.assertEqual(self.server.heard, b"good-bye")
        self.assertEqual((self.server.lost, self.client.lost), (ConnectionDone.__name__, ConnectionDone.__name__))

    def test_abort(self) -> None:
        """An end that aborts is told at once, the other as soon as it could read."""
        self.server.transport.abortConnection()
        self.assertEqual((self.server.lost, self.client.lost), (ConnectionAborted.__name__, ""))
        self.pass_time()
        self.assertEqual(self.client.lost, ConnectionLost.__name__)

    def test_cut_and_mended(self) -> None:
        """A cut holds everything back; mended, everything arrives."""
        assert self.way.wire is not None
        self.client.transport.write(b"before ")
        self.pass_time()
        self.way.wire.cut()
        self.client.transport.write(b"after")
        self.server.transport.write(b"ping")
        self.pass_time(60.0)
        self.assertEqual((self.server.heard, self.client.heard), (b"before ", b""))
        self.assertFalse(self.way.is_well)
        self.way.wire.mend()
        self.pass_time()
        self.assertEqual((self.server.heard, self.client.heard), (b"before after", b"ping"))

    def test_a_peer_that_does_not_read(self) -> None:
        """A producer is paused when too much waits, and goes on when it has been read."""
        assert self.way.wire is not None
        self.server.transport.registerProducer(self.server, True)
        self.way.wire.cut()
        self.server.transport.write(bytes(BUFFER_BYTES))
        self.assertFalse(self.server.paused)
        self.server.transport.write(b"x")
        self.assertTrue(self.server.paused)
        self.way.wire.mend()
        self.pass_time()
        self.assertFalse(self.server.paused)

    def test_nobody_listens(self) -> None:
        """A connection to a closed port is refused; one over a cut way never comes about."""
        self.way.is_cut = True
        self.assertNoResult(self.way.connect(Factory.forProtocol(Diary)))
        self.way.is_cut = False
        self.port.stopListening()
        self.failureResultOf(self.way.connect(Factory.forProtocol(Diary)), ConnectionRefusedError)
