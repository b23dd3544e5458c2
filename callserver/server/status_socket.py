"""Where a running server tells how it is: a Unix socket in the shop's folder, one JSON object a connection."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress, IDelayedCall, IListeningPort
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.server.status_client import FILE_NAME, address

log = Logger()

AT_ONCE = 20  # who asks; more are sent away unanswered
READ_S = 5.0  # so long a client may take to read
FRESH_S = 0.25  # so long one snapshot serves all who ask
BACKLOG = 128


class Answer(Protocol):
    """To one who asks: the snapshot, and the connection is over."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def connectionMade(self) -> None:
        self._limit: IDelayedCall | None = None
        transport: Any = self.transport
        if not self._answers.come(self):
            transport.abortConnection()
            return
        self._limit = self._answers.reactor.callLater(READ_S, transport.abortConnection)
        try:
            transport.write(self._answers.snapshot())
        except Exception:  # a mistake in it is no reason to serve no calls, and who asks sees that there is no answer
            log.failure("no status could be told")
        transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._answers.asking.discard(self)
        if self._limit is not None and self._limit.active():
            self._limit.cancel()


class Answers(Factory):
    """
    :param take: a snapshot of the server, as bytes
    """

    noisy = False

    def __init__(self, reactor: Any, take: Callable[[], bytes]) -> None:
        self.reactor, self._take = reactor, take
        self.asking: set[Answer] = set()
        self._taken, self._taken_s = b"", 0.0

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return Answer(self)

    def come(self, answer: Answer) -> bool:
        """Whether there is room for one more."""
        if len(self.asking) >= AT_ONCE:
            return False
        self.asking.add(answer)
        return True

    def snapshot(self) -> bytes:
        """At most a quarter of a second old."""
        now_s = self.reactor.seconds()
        if not self._taken or now_s - self._taken_s > FRESH_S:
            self._taken, self._taken_s = self._take(), now_s
        return self._taken


class StatusSocket(Service):
    """Listens from its start to its stop; whoever has locked the shop's folder may replace what a kill has left."""

    def __init__(self, reactor: Any, folder: Path, snapshot: Callable[[], bytes]) -> None:
        self._reactor, self._folder = reactor, folder
        self._answers = Answers(reactor, snapshot)
        self._port: IListeningPort | None = None
        self._folder_fd = -1

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        try:
            self._listen()
        except (
            OSError,
            CannotListenError,
        ) as problem:  # a disk without room or sockets keeps no telephone from being answered
            log.warn("callserver status cannot ask: {problem}", problem=problem)

    def stopService(self) -> Deferred[None]:
        super().stopService()  # type: ignore[no-untyped-call]
        closed: Deferred[Any] = maybeDeferred(self._port.stopListening) if self._port else succeed(None)
        for answer in tuple(self._answers.asking):
            transport: Any = answer.transport
            transport.abortConnection()
        return closed.addBoth(lambda _: self._forget())

    def _listen(self) -> None:
        self._folder_fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        (self._folder / FILE_NAME).unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._port = self._reactor.listenUNIX(address(self._folder_fd), self._answers, BACKLOG, 0o600)
        finally:
            os.umask(before)

    def _forget(self) -> None:
        if self._folder_fd >= 0:
            os.close(self._folder_fd)
            self._folder_fd = -1
