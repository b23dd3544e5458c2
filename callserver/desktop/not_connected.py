"""Why there is no connection to the server, in words for the person who wants one."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from twisted.internet import defer, error
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.wire.catalogue import N_, Complaint, told

NO_CONNECTION = N_("there is no connection to the server")
NO_ANSWER = N_("the server does not answer")
NOT_UNDERSTOOD = N_("the server says what this program does not understand")
CLOSED = N_("the server has closed the connection")
BROKEN = N_("the connection to the server is broken")
NO_TLS = N_("what answers there does not speak TLS, and nothing is said without it: is it the agents' port?")
REFUSED = N_("nothing answers at {host}, port {port}: the server does not run, or its port is another one")
UNKNOWN_HOST = N_("there is no computer called {host}")
UNREACHABLE = N_("{host} cannot be reached: it is off, or the network in between")


class NotConnected(Complaint):
    """There is no connection, or it broke, or the server does not answer; the sentence says which."""

    def text(self, language: str) -> str:
        """One line for a person, in "zh" or "en"."""
        return told(self, language)


class NotPinned(NotConnected):
    """Who answers holds another certificate than the one that is pinned: nothing is said to him."""


class CertificateRefused(SSL.Error):
    """The server shows a certificate that is not taken; of OpenSSL's kind, so that the connection ends with it."""

    def __init__(self, why: NotConnected) -> None:
        super().__init__([("callserver", "", str(why))])
        self.why = why


def not_reached(problem: BaseException, host: str, port: int) -> NotConnected:
    """Why a connection did not come about."""
    if isinstance(problem, error.DNSLookupError):
        return NotConnected(UNKNOWN_HOST, host=host)
    if isinstance(problem, error.ConnectionRefusedError | ConnectionRefusedError):
        return NotConnected(REFUSED, host=host, port=port)
    if isinstance(problem, error.ConnectError | error.TimeoutError | TimeoutError):
        return NotConnected(UNREACHABLE, host=host)
    return why(problem)


def why(problem: BaseException) -> NotConnected:
    """Why a connection broke, or a command on it came to nothing."""
    if isinstance(problem, NotConnected):
        return problem
    if isinstance(problem, CertificateRefused):
        return problem.why
    if isinstance(problem, pb.PBConnectionLost):
        return why(problem.args[0].value)
    if isinstance(problem, error.ConnectionDone):
        return NotConnected(CLOSED)
    if isinstance(problem, SSL.Error):
        return NotConnected(NO_TLS if _is_no_tls(problem) else BROKEN)
    if isinstance(problem, error.ConnectionClosed | OSError):
        return NotConnected(BROKEN)
    if isinstance(problem, defer.TimeoutError):
        return NotConnected(NO_ANSWER)
    return NotConnected("the connection failed: {problem}", problem=_one_line(problem))


def value_of(failure: Failure) -> BaseException:
    """What failed."""
    return failure.value or Exception()


def _is_no_tls(problem: SSL.Error) -> bool:
    """OpenSSL has a reason for each way in which what came was no TLS."""
    reasons = {entry[-1] for entry in problem.args[0]} if problem.args and isinstance(problem.args[0], list) else set()
    return bool(reasons & {"wrong version number", "record layer failure", "packet length too long", "http request"})


def _one_line(problem: Any) -> str:
    return " ".join(str(problem).split()) or type(problem).__name__
