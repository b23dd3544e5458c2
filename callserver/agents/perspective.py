"""What one logged-in agent can ask for; who asks is the object, not an argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.logger import Logger
from twisted.spread import pb

from callserver.acd.seat import Seat
from callserver.acd.seat_calls import Person
from callserver.agents.broker import GuardedBroker
from callserver.agents.session import AgentSession
from callserver.wire.convert import Wire, to_wire
from callserver.wire.messages import AUDIO_BLOCK_BYTES, Hello
from callserver.wire.refusals import Refusal, Refused

log = Logger()

Check = Callable[[Any], bool]
Act = TypeVar("Act", bound=Callable[..., Any])

Complain = Callable[[str, str, str, Refused], None]
"""Called with staff number, address, act and refusal, for each act that is refused."""


def word(value: Any) -> bool:
    """A short text for people."""
    return isinstance(value, str) and 1 <= len(value) <= 32 and value.isprintable()


def seconds(value: Any) -> bool:
    """A whole number of seconds, an hour at most."""
    return type(value) is int and 1 <= value <= 3600


def block(value: Any) -> bool:
    """20 ms of sound."""
    return isinstance(value, bytes) and len(value) == AUDIO_BLOCK_BYTES


def takes(*checks: Check) -> Callable[[Act], Act]:
    """What the arguments of a remote method must be; nothing else reaches it."""

    def declare(act: Act) -> Act:
        act.checks = checks  # type: ignore[attr-defined]
        return act

    return declare


class AgentPerspective(pb.Avatar):
    """The acts of an agent at his own seat. The seat refuses what its state or the person's rights do not allow."""

    def __init__(self, person: Person, seat: Seat, session: AgentSession, complain: Complain) -> None:
        self._person, self._seat, self._session, self._complain = person, seat, session, complain

    def perspectiveMessageReceived(self, broker: GuardedBroker, message: str, args: Any, kw: Any) -> Any:
        """As pb's, but arguments that do not fit are refused, and never logged with their values."""
        try:
            act = self._act(message, given := plain(broker, args, self), plain(broker, kw, self))
            return broker.serialize(act(*given), self)  # type: ignore[no-untyped-call]
        except Refused as refused:
            self._complain(self._person.number, self._session.address, name_of(message), refused)
            raise
        except Exception:
            log.failure("agent {number}: {act} failed", number=self._person.number, act=name_of(message))
            raise Refused(Refusal.SERVER) from None

    def _act(self, message: str, args: Any, kw: Any) -> Callable[..., Any]:
        if not self._session.open:
            raise Refused(Refusal.ELSEWHERE)
        act = getattr(self, f"perspective_{message}", None)
        if act is None:
            raise Refused(Refusal.UNKNOWN_ACT)
        fits = len(args) == len(act.checks) and all(check(arg) for check, arg in zip(act.checks, args, strict=True))
        if kw or not fits:
            raise Refused(Refusal.BAD_ARGUMENT, ", ".join(check.__name__ for check in act.checks))
        return act  # type: ignore[no-any-return]

    @takes()
    def perspective_hello(self) -> Wire:
        """Who he is, what he may do, and how his seat looks."""
        person, status = self._person, self._seat.status
        self._session.take_up(status)
        return to_wire(Hello(person.number, person.name, frozenset(person.rights), status))

    @takes()
    def perspective_answer(self) -> None:
        self._seat.answer()

    @takes()
    def perspective_reject(self) -> None:
        self._seat.reject()

    @takes()
    def perspective_hang_up(self) -> None:
        self._seat.hang_up()

    @takes()
    def perspective_hold(self) -> None:
        self._seat.hold()

    @takes()
    def perspective_retrieve(self) -> None:
        self._seat.retrieve()

    @takes(word)
    def perspective_pause(self, reason: str) -> None:
        self._seat.pause(reason)

    @takes()
    def perspective_ready(self) -> None:
        self._seat.ready()

    @takes(seconds)
    def perspective_prolong_wrap_up(self, longer_s: int) -> None:
        self._seat.prolong_wrap_up(longer_s)

    @takes()
    def perspective_log_out(self) -> None:
        self._seat.log_out()

    @takes(block)
    def perspective_audio(self, sound: bytes) -> None:
        self._session.heard(sound)


def plain(broker: GuardedBroker, jelly: Any, perspective: Any = None) -> Any:
    """Arguments as they were sent; what is no plain value is refused without a word of what it was."""
    try:
        return broker.unserialize(jelly, perspective)
    except Exception:
        raise Refused(Refusal.BAD_ARGUMENT, "arguments") from None


def name_of(message: str) -> str:
    """An act's name as it may be logged: the peer has chosen it."""
    return message[:32] if message.isidentifier() else "?"
