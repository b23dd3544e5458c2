"""A server can be asked how it is at any time, by many at once, and by whom it does not answer is not hurt."""

import os
import socket
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.server.status_client import FILE_NAME, Asked, ask
from callserver.server.status_socket import AT_ONCE, READ_S, Answers, StatusSocket

LONG = "x" * 100


class StatusSocketTests(TestCase):
    timeout = 60

    def open(self, folder: Path, snapshot: bytes = b'{"state": "ready"}') -> StatusSocket:
        folder.mkdir(parents=True, exist_ok=True)
        service = StatusSocket(reactor, folder, lambda: snapshot)
        service.startService()
        self.addCleanup(lambda: service.running and service.stopService())
        return service

    def asked(self, folder: Path) -> Deferred[Asked]:
        return deferToThread(ask, folder)

    async def test_answer(self) -> None:
        """One JSON object, with the pid of the server; the socket is for this user only and goes with the server."""
        folder = Path(self.mktemp())
        service = self.open(folder)
        self.assertEqual(await self.asked(folder), Asked(True, os.getpid(), b'{"state": "ready"}'))
        self.assertEqual((folder / FILE_NAME).stat().st_mode & 0o777, 0o600)
        await service.stopService()
        self.assertFalse((folder / FILE_NAME).exists())
        self.assertEqual(await self.asked(folder), Asked(False))

    async def test_long_path(self) -> None:
        """A folder whose path is longer than a socket's may be."""
        folder = Path(self.mktemp()) / LONG / LONG / "a shop's “folder” 店 %s"
        self.open(folder)
        self.assertEqual((await self.asked(folder)).answer, b'{"state": "ready"}')

    async def test_two_at_once(self) -> None:
        """Each gets the whole answer, also one that fills no socket's buffer."""
        folder = Path(self.mktemp())
        long = b"x" * 2_000_000
        self.open(folder, long)
        answers = await gatherResults([self.asked(folder), self.asked(folder)])
        self.assertEqual([answer.answer == long for answer in answers], [True, True])

    async def test_after_a_kill(self) -> None:
        """What a kill has left says that nobody is there, and is replaced by the next start."""
        folder = Path(self.mktemp())
        folder.mkdir()
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(folder / FILE_NAME))
        left.close()
        self.assertEqual(await self.asked(folder), Asked(False))
        self.open(folder)
        self.assertTrue((await self.asked(folder)).answer)

    async def test_frozen(self) -> None:
        """One that listens and does not answer is told apart from none, with its pid."""
        folder = Path(self.mktemp())
        folder.mkdir()
        frozen = socket.socket(socket.AF_UNIX)
        self.addCleanup(frozen.close)
        frozen.bind(str(folder / FILE_NAME))
        frozen.listen(1)
        asked = [deferToThread(ask, folder, 0.2) for _ in range(4)]
        for one in asked:
            found = await one
            self.assertTrue(found.listens)
            self.assertIn(found.pid, (os.getpid(), None))  # None: too many wait before it
            self.assertIsNone(found.answer)


class ManyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.taken = Clock(), 0
        self.answers = Answers(self.clock, self.take)

    def take(self) -> bytes:
        self.taken += 1
        return b"{}"

    def come(self) -> "Slow":
        protocol = self.answers.buildProtocol(None)
        transport = Slow(protocol)
        protocol.makeConnection(transport)
        return transport

    def test_never_reads(self) -> None:
        """One that connects and never reads has its connection for five seconds."""
        reader = self.come()
        self.clock.advance(READ_S - 0.1)
        self.assertFalse(reader.aborted)
        self.clock.advance(0.2)
        self.assertTrue(reader.aborted)
        self.assertEqual(len(self.answers.asking), 0)

    def test_a_mistake(self) -> None:
        """A snapshot that cannot be taken is logged, and nobody waits for it."""
        self.answers = Answers(self.clock, lambda: bytes([1 // 0]))
        reader = self.come()
        self.assertTrue(reader.disconnecting)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_thousand(self) -> None:
        """Of a thousand that never read the first twenty are answered, and one snapshot is enough for all."""
        readers = [self.come() for _ in range(1000)]
        self.assertEqual(sum(reader.aborted for reader in readers), 1000 - AT_ONCE)
        self.assertEqual((len(self.answers.asking), self.taken), (AT_ONCE, 1))
        self.clock.advance(READ_S + 1)
        self.assertEqual(self.come().value(), b"{}")
        self.assertEqual(self.taken, 2)


class Slow(StringTransport):
    """Its other end reads nothing."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__()
        self.protocol, self.aborted = protocol, False

    def loseConnection(self) -> None:
        """It would be closed when all is read."""
        self.disconnecting = True

    def abortConnection(self) -> None:
        self.aborted = True
        self.protocol.connectionLost()
