"""Qt's loop does Twisted's work too: what is due, what comes from sockets, what threads ask for, and the end of all."""

from collections.abc import Callable
from socket import socketpair

from PySide6.QtCore import QEventLoop, QSocketNotifier, QTimer
from twisted.internet.error import ConnectionDone, ConnectionFdescWentAway
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.qt_reactor import QtReactor
from tests.desktop.qt import application, flush

MOST_S = 20.0
HEAP = bytes(2_000_000)  # more than a socket takes at once


class Echo(Protocol):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)  # type: ignore[union-attr]


class Caller(Protocol):
    """Says much, and hangs up when it has heard as much."""

    def __init__(self, lost: Callable[[Failure], None]) -> None:
        self.heard, self.connectionLost = 0, lost  # type: ignore[method-assign]

    def connectionMade(self) -> None:
        self.transport.write(HEAP)  # type: ignore[union-attr]

    def dataReceived(self, data: bytes) -> None:
        self.heard += len(data)
        if self.heard == len(HEAP):
            self.transport.loseConnection()  # type: ignore[union-attr]


class Closed:
    """A socket that somebody has closed without a word to the reactor."""

    def __init__(self, watched: int, lost: Callable[[Failure], None]) -> None:
        self.number, self.connectionLost = watched, lost

    def fileno(self) -> int:
        return self.number

    def logPrefix(self) -> str:
        return "closed"


class QtReactorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = QtReactor(application())
        self.told: list[object] = []

    def run_it(self) -> None:
        """Until it is stopped."""
        self.reactor.callLater(MOST_S, self.reactor.crash)
        self.reactor.run(installSignalHandlers=False)
        self.assertFalse(self.reactor.running)
        flush()

    def test_what_is_due(self) -> None:
        """Each at its time, those that were put off or called off later or never."""
        off, sooner = (self.reactor.callLater(at_s, self.told.append, at_s) for at_s in (0.01, 5.0))
        self.reactor.callLater(0.15, self.reactor.stop)
        later = self.reactor.callLater(0.02, self.told.append, "later")
        self.reactor.callLater(0.04, self.told.append, 0.04)
        self.reactor.callLater(0, self.told.append, 0)
        off.cancel()
        sooner.reset(0.06)
        later.reset(0.1)
        began_s = self.reactor.seconds()
        self.run_it()
        self.assertEqual(self.told, [0, 0.04, 5.0, "later"])
        self.assertTrue(0.15 <= self.reactor.seconds() - began_s < MOST_S)

    def test_in_a_loop_within(self) -> None:
        """While a menu is open, which has a loop of its own, what is due is done."""
        within = QEventLoop()

        def open_menu() -> None:
            self.reactor.callLater(0.01, self.told.append, "meanwhile")
            self.reactor.callLater(0.02, within.quit)
            within.exec()
            self.told.append("closed")
            self.reactor.stop()

        self.reactor.callLater(0, open_menu)
        self.run_it()
        self.assertEqual(self.told, ["meanwhile", "closed"])

    def test_a_connection(self) -> None:
        """Much goes there and comes back, as fast as the sockets take it; afterwards nothing of it is left."""
        server = self.reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")

        def lost(reason: Failure) -> None:
            self.told.append(reason.type)
            server.stopListening()
            self.reactor.callLater(0.05, self.reactor.stop)

        factory = ClientFactory()
        caller = Caller(lost)
        factory.buildProtocol = lambda address: caller  # type: ignore[method-assign]
        self.reactor.connectTCP("127.0.0.1", server.getHost().port, factory)
        self.run_it()
        self.assertEqual((self.told, caller.heard), ([ConnectionDone], len(HEAP)))
        self.assertEqual((self.reactor.getReaders(), self.reactor.getWriters()), ([self.reactor.waker], []))
        self.assertEqual(len(self.reactor._timer.findChildren(QSocketNotifier)), 1)

    def test_nobody_listens(self) -> None:
        """A connection that does not come about is told, and nothing of it is left."""
        factory = ClientFactory()

        def failed(connector: object, reason: Failure) -> None:
            self.told.append("failed")
            self.reactor.callLater(0.05, self.reactor.stop)

        factory.clientConnectionFailed = failed  # type: ignore[method-assign, assignment]
        self.reactor.connectTCP("127.0.0.1", 1, factory)
        self.run_it()
        self.assertEqual((self.told, self.reactor.getReaders()), (["failed"], [self.reactor.waker]))
        self.assertEqual(len(self.reactor._timer.findChildren(QSocketNotifier)), 1)

    def test_a_thread(self) -> None:
        """What a thread has found out is told at once, though nothing else happens."""
        pool = self.reactor.getThreadPool()
        found = deferToThreadPool(self.reactor, pool, lambda: "found")  # type: ignore[arg-type]
        found.addCallback(self.told.append).addCallback(lambda _: self.reactor.stop())
        self.run_it()
        self.assertEqual(self.told, ["found"])

    def test_what_breaks(self) -> None:
        """In the log, and all goes on, in a socket's work as in what was due."""

        class Broken(Protocol):
            def connectionMade(self) -> None:
                raise ValueError("broken")

        server = self.reactor.listenTCP(0, Factory.forProtocol(Broken), interface="127.0.0.1")
        factory = ClientFactory.forProtocol(Protocol)
        self.reactor.connectTCP("127.0.0.1", server.getHost().port, factory)
        self.reactor.callLater(0.1, lambda: 1 // 0)
        QTimer.singleShot(300, self.reactor.stop)
        self.run_it()
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_closed(self) -> None:
        """A socket that was closed beside the reactor is lost once, and not told of for ever."""
        ours, theirs = socketpair()
        self.addCleanup(ours.close)
        closed = Closed(ours.fileno(), lambda reason: self.told.append(reason.type))
        self.reactor.addReader(closed)
        closed.number = -1
        theirs.close()
        self.reactor.callLater(0.1, self.reactor.stop)
        self.run_it()
        self.assertEqual((self.told, self.reactor.getReaders()), ([ConnectionFdescWentAway], [self.reactor.waker]))
