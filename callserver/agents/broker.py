"""
Perspective Broker as strangers may meet it: bounded in bytes, time and words.

What comes is measured before it is parsed, and parsed before anything is asked of it: bytes > meter > banana > words
we know > plain types. Races, and what holds in them:

- *More in the same chunk than the log-in.* A chunk is measured whole, under the limits that hold when it comes; only
  what comes after the welcome is measured as an agent's.
- *Cut off while it speaks.* From `cut_off` on the broker `is_over`: the rest of the chunk, and what the transport still
  delivers, goes nowhere. `connectionLost` comes later and once; until then it counts as one of the connections, so
  who is cut off again and again does not get more of them.
- *Lost while somebody waits for it to read.* Everybody who waits is told, also who began to wait afterwards; the list
  of connections hears of the loss last, when all of this connection is tidied up.
- *Reads again, for a moment.* Those who wait are told one by one, as long as it reads: what the first one sends may be
  as much as it takes.
"""

from __future__ import annotations

from typing import Any, Protocol

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.spread.jelly import SecurityOptions, unjelly

from callserver.agents.banana_meter import BananaMeter, Limits, TooMuch
from callserver.wire.broker import PacedBroker
from callserver.wire.packed import DIALECT

STRANGER = Limits(message_bytes=4096, message_items=128, total_bytes=4096)
AGENT = Limits(message_bytes=256 * 1024, message_items=1024)
LOG_IN_S = 10.0
STRANGER_MESSAGES = 16  # three log-ins and what belongs to them; each that is refused costs a quarter of a millisecond
# A desktop program sends 50 audio blocks a second and a few commands. One that stalls is given up after 9 s of
# unanswered pings, so no more than 450 blocks can have piled up.
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 100, 500
PLAIN = frozenset({b"None", b"boolean", b"unicode", b"list", b"tuple", b"dictionary", b"remote"})
WORDS = frozenset({b"version", b"message", b"answer", b"error", b"decref"})


class PlainTypes(SecurityOptions):
    """Only what desktop programs send: no classes, no caches, not even those that pb registers for itself."""

    def isTypeAllowed(self, typeName: object) -> bool:
        return typeName in PLAIN


class ConnectionList(Protocol):
    """Who keeps the list of connections: told of each that is made and lost, and of what is cut off."""

    def opened(self, broker: GuardedBroker) -> None: ...
    def closed(self, broker: GuardedBroker) -> None: ...
    def cut_off(self, address: str, why: str) -> None: ...


# Anybody who reaches the port may send; only who has logged in is trusted with more than a log-in.
#
#                      stranger                       agent (`welcome`)
#     a message        4 KiB, 128 items               256 KiB, 1024 items
#     all of them      4 KiB, 16 messages             100 messages a second, 500 at once
#     time             10 s to log in                 as long as he answers pings
#
# What is sent passes five gates, each before anything behind it has work: BananaMeter counts bytes, items and depth of
# the raw chunk; `_spend` counts messages; then banana parses; `expressionReceived` lets five words of pb through;
# `unserialize` makes plain types only. A chunk is measured whole before any of it is parsed, so that of a chunk that
# goes too far no message is done, not even one that was complete. Whatever is raised on the way ends the connection: a
# peer whose stream is broken has no next message. Its text may hold what was sent, a password too, and stays out of the
# log.
#
# Races. `cut_off` inside `dataReceived` aborts, and the transport may deliver once more before it is lost: `is_over` is
# asked first. The log-in timer ends with the log-in or the connection, whichever comes first. Waiting for the peer to
# read (`when_reads`) ends with the connection too; the waiting are told one by one, and no further once the peer has
# stopped again.
#
# 陌生人只许做登录一件事；字节在解析之前计量，整块超限则其中一条消息也不执行；异常文本可能含口令，不入日志。


class GuardedBroker(PacedBroker):
    """One connection of a desktop program, or of whoever says it is one."""

    knownDialects = [DIALECT]  # noqa: N815, RUF012 - banana's

    def __init__(self, connections: ConnectionList, clock: IReactorTime) -> None:
        super().__init__(clock, is_client=False)
        self.address = ""
        self.logged_in = False
        self._until_reads: list[Deferred[None]] = []
        self._connections = connections
        self._meter = BananaMeter(STRANGER)
        self._log_in_timer: IDelayedCall | None = None
        self._allowance, self._allowance_at_s = float(STRANGER_MESSAGES), 0.0

    def connectionMade(self) -> None:
        peer = self.transport.getPeer()
        self.address = peer.host if isinstance(peer, IPv4Address | IPv6Address) else str(peer)
        self._log_in_timer = self._clock.callLater(LOG_IN_S, self.cut_off, f"not logged in after {LOG_IN_S:.0f} s")
        self._connections.opened(self)
        super().connectionMade()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._stop_log_in_timer()
        super().connectionLost(reason)
        while self._until_reads:
            self._until_reads.pop(0).errback(reason)
        self._connections.closed(self)  # last: who waits for that finds all tidied up

    def welcome(self) -> None:
        """He has shown who he is: other limits from now on."""
        self.logged_in = True
        self._meter.limits = AGENT
        self._allowance, self._allowance_at_s = float(MESSAGES_AT_ONCE), self._clock.seconds()
        self._stop_log_in_timer()

    def resumeProducing(self) -> None:
        super().resumeProducing()
        while self._until_reads and self.peer_reads:  # one by one: what the first sends may be too much for the next
            self._until_reads.pop(0).callback(None)

    def when_reads(self) -> Deferred[None]:
        """Fires when the peer takes what it is sent again, at once if it does; fails when the connection is lost."""
        if self.is_over:
            return fail(ConnectionDone())
        if self.peer_reads:
            return succeed(None)
        reads: Deferred[None] = Deferred(self._until_reads.remove)
        self._until_reads.append(reads)
        return reads

    def cut_off(self, why: str) -> None:
        """Close at once and say why in the log."""
        if not self.is_over:
            self._connections.cut_off(self.address, why)
            self.abort()

    def dataReceived(self, chunk: bytes) -> None:
        if self.is_over:
            return
        try:
            self._spend(self._meter.feed(chunk))
            super().dataReceived(chunk)  # type: ignore[no-untyped-call]
        except TooMuch as too_much:
            self.cut_off(str(too_much))
        except Exception as broken:  # its text may hold what was sent
            self.cut_off(f"broken protocol ({type(broken).__name__})")

    def _spend(self, messages: int) -> None:
        if self.logged_in:
            now_s = self._clock.seconds()
            earned = (now_s - self._allowance_at_s) * MESSAGES_A_SECOND
            self._allowance, self._allowance_at_s = min(self._allowance + earned, MESSAGES_AT_ONCE), now_s
        self._allowance -= messages
        if self._allowance < 0:
            limit = f"{MESSAGES_A_SECOND} messages a second" if self.logged_in else f"{STRANGER_MESSAGES} messages"
            raise TooMuch(f"more than {limit}")

    def expressionReceived(self, sexp: Any) -> None:
        if not isinstance(sexp, list) or not sexp or sexp[0] not in WORDS:
            raise TooMuch("a word no desktop program says")
        super().expressionReceived(sexp)  # type: ignore[no-untyped-call]

    def unserialize(self, sexp: Any, perspective: Any = None) -> Any:
        """As pb's, plain types only."""
        return unjelly(sexp, PlainTypes(), None, self)  # type: ignore[no-untyped-call]

    def proto_message(
        self, request_id: int, object_id: Any, message: bytes, answer_required: int, args: Any, kw: Any
    ) -> None:
        """As pb's, but all except sound is answered, wanted or not: a refusal nobody takes would fill the log."""
        wanted = answer_required or message != b"audio"
        super().proto_message(request_id, object_id, message, wanted, args, kw)  # type: ignore[no-untyped-call]

    def proto_error(self, request_id: int, fail: object) -> None:
        """As pb's, but what failed there is not taken apart here."""
        answers: Any = self.waitingForAnswers  # pb says None, and means a dict of Deferreds
        answers.pop(request_id).errback(pb.Error("failed at the desktop program"))

    def _stop_log_in_timer(self) -> None:
        if self._log_in_timer is not None and self._log_in_timer.active():
            self._log_in_timer.cancel()
