"""One message over the network."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IConsumer
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web.iweb import IBodyProducer
from zope.interface import implementer

CONNECT_S = 5.0
AGENT = b"callserver"


class Poster:
    """Sends messages by HTTP; what a target says beside its status is not read, redirections are not followed."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> Deferred[int]:
        from twisted.web.client import Agent  # installs a reactor where it is imported
        from twisted.web.http_headers import Headers

        agent = Agent(self._reactor, connectTimeout=CONNECT_S)  # type: ignore[no-untyped-call]
        sent = Headers({name: [value] for name, value in headers.items()})
        sent.addRawHeader(b"User-Agent", AGENT)
        answered: Deferred[Any] = agent.request(b"POST", url.encode("ascii"), sent, Whole(body))
        return answered.addCallbacks(_status, _cause)


@implementer(IBodyProducer)
class Whole:
    """A body that is short enough to be written at once."""

    def __init__(self, body: bytes) -> None:
        self._body, self.length = body, len(body)

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:
        consumer.write(self._body)
        return succeed(None)

    def stopProducing(self) -> None: ...
    def pauseProducing(self) -> None: ...
    def resumeProducing(self) -> None: ...


class Unread(Protocol):
    """What else is answered is not waited for."""

    transport: Any

    def connectionMade(self) -> None:
        self.transport.loseConnection()


def _status(response: Any) -> int:
    response.deliverBody(Unread())
    return int(response.code)


def _cause(failure: Failure) -> Failure:
    """What happened, out of the list that Twisted wraps it in: a time limit, a stop and a person want that itself."""
    reasons = getattr(failure.value, "reasons", None)
    return _cause(reasons[0]) if reasons else failure
