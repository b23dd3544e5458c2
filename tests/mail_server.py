"""A mail server on this computer that takes what it is sent, or does one of the things that mail servers do."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred, succeed
from twisted.internet.protocol import ServerFactory
from twisted.mail import smtp
from zope.interface import implementer


class LocalMail(ServerFactory):
    """
    At `where`, until `close`.

    `letters`: as they came, newest last. `refused`: addresses it knows nothing of. `mood`: "takes"; "silent": not a
    word to who comes; "stuck": takes all of a letter and never says so (`n_stuck`); "drops": hangs up on who names a
    receiver. `answer`: what it says to each sender instead of taking his letter. `greeting`:
    what it says first. `certificate`: STARTTLS is offered.
    """

    def __init__(self, port: int = 0) -> None:
        self.letters: list[EmailMessage] = []
        self.commands: list[bytes] = []
        self.refused: set[str] = set()
        self.n_stuck, self.greeting = 0, b""
        self.mood, self.answer, self.certificate = "takes", (0, b""), None
        self._open: list[Incoming] = []
        self._port: Any = reactor.listenTCP(port, self, interface="127.0.0.1")  # type: ignore[attr-defined]
        self.where = f"127.0.0.1:{self._port.getHost().port}"

    def buildProtocol(self, address: object) -> Incoming:
        incoming = Incoming(self)
        self._open.append(incoming)
        return incoming

    async def stop(self) -> None:
        """It is away; who is connected stays."""
        await maybeDeferred(self._port.stopListening)

    async def close(self) -> None:
        """It is gone, and so is everybody."""
        await self.stop()
        for one in self._open:
            one.transport.abortConnection()
        await gatherResults([one.gone for one in self._open])


class Incoming(smtp.ESMTP):
    """One connection; `gone` fires when it is over."""

    def __init__(self, server: LocalMail) -> None:
        super().__init__(contextFactory=server.certificate)
        self._server, self.gone = server, Deferred[None]()
        self.delivery = _Delivery(server)

    def connectionMade(self) -> None:
        greeting = self._server.greeting
        if greeting:
            self.transport.write(greeting)
        elif self._server.mood != "silent":
            super().connectionMade()

    def state_COMMAND(self, line: bytes) -> None:
        self._server.commands.append(line[:4].upper())
        super().state_COMMAND(line)

    def do_MAIL(self, rest: bytes) -> None:
        code, words = self._server.answer
        if code:
            self.sendCode(code, words)
        else:
            super().do_MAIL(rest)

    def do_RCPT(self, rest: bytes) -> None:
        if self._server.mood == "drops":
            self.transport.abortConnection()
        else:
            super().do_RCPT(rest)

    def connectionLost(self, reason: object) -> None:
        super().connectionLost(reason)
        self.gone.callback(None)


@implementer(smtp.IMessageDelivery)
class _Delivery:
    def __init__(self, server: LocalMail) -> None:
        self._server = server

    def receivedHeader(self, helo: object, origin: object, recipients: object) -> bytes:
        return b"Received: by a test"

    def validateFrom(self, helo: object, origin: object) -> object:
        return origin

    def validateTo(self, user: smtp.User) -> object:
        if str(user.dest) in self._server.refused:
            raise smtp.SMTPBadRcpt(user)
        return lambda: _Message(self._server)


@implementer(smtp.IMessage)
class _Message:
    def __init__(self, server: LocalMail) -> None:
        self._server, self._lines = server, BytesIO()

    def lineReceived(self, line: bytes) -> None:
        self._lines.write(line + b"\r\n")

    def eomReceived(self) -> Deferred[None]:
        if self._server.mood == "stuck":
            self._server.n_stuck += 1
            return Deferred()
        letter = message_from_bytes(self._lines.getvalue(), policy=default)
        assert isinstance(letter, EmailMessage)
        self._server.letters.append(letter)
        return succeed(None)

    def connectionLost(self) -> None: ...
