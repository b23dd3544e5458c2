"""What one logged-in agent can ask for; who asks is the object, not an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.logger import Logger
from twisted.spread import pb

from callserver.acd.acts import Act
from callserver.acd.seat import Person, Seat
from callserver.agents.broker import GuardedBroker
from callserver.agents.screen import Screen
from callserver.agents.session import AgentSession
from callserver.wire.convert import to_wire
from callserver.wire.messages import AUDIO_BLOCK_BYTES, Hello
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

Complain = Callable[[str, str, str, Refused], None]
"""Called with staff number, address, act and refusal, for each act that is refused."""


class AgentPerspective(pb.Avatar):
    """
    The acts of an agent at his own seat. The seat refuses what its state or the person's rights do not allow.

    :param acts: by name, those of the seat and of the features
    :param rights: what this person may do at this moment
    """

    def __init__(
        self,
        person: Person,
        seat: Seat,
        session: AgentSession,
        screen: Screen,
        *,
        acts: Mapping[str, Act],
        rights: Callable[[], frozenset[Right]],
        complain: Complain,
    ) -> None:
        self._person, self._seat, self._session, self._screen = person, seat, session, screen
        self._acts, self._rights, self._complain = acts, rights, complain

    def perspectiveMessageReceived(self, broker: GuardedBroker, message: str, args: Any, kw: Any) -> Any:
        """As pb's, but arguments that do not fit are refused, and never logged with their values."""
        try:
            given, named = plain(broker, args, self), plain(broker, kw, self)
            return broker.serialize(self._answer(message, given, named), self)  # type: ignore[no-untyped-call]
        except Refused as refused:
            self._complain(self._person.number, self._session.address, name_of(message), refused)
            raise
        except Exception:
            log.failure("agent {number}: {act} failed", number=self._person.number, act=name_of(message))
            raise Refused(Refusal.SERVER) from None

    def _answer(self, message: str, args: Any, kw: Any) -> Any:
        if not self._session.open:
            raise Refused(Refusal.ELSEWHERE)
        if message == "audio":
            return self._audio(args, kw)
        if message == "hello":
            return self._hello()
        act = self._acts.get(message)
        if act is None:
            raise Refused(Refusal.UNKNOWN_ACT)
        fits = len(args) == len(act.takes) and all(check(arg) for check, arg in zip(act.takes, args, strict=True))
        if kw or not fits:
            raise Refused(Refusal.BAD_ARGUMENT, ", ".join(check.__name__ for check in act.takes))
        if act.right is not None and act.right not in self._rights():
            raise Refused.no_right(act.right)
        return act.do(self._seat, *args)

    def _hello(self) -> dict[str, Any]:
        """Who he is, what he may do, and how his seat and the board look."""
        person, status = self._person, self._seat.status
        self._session.take_up(status)
        return to_wire(Hello(person.number, person.name, self._rights(), status, board=self._screen.rows()))

    def _audio(self, args: Any, kw: Any) -> None:
        """20 ms that the agent says."""
        if kw or len(args) != 1 or not isinstance(args[0], bytes) or len(args[0]) != AUDIO_BLOCK_BYTES:
            raise Refused(Refusal.BAD_ARGUMENT, "block")
        self._seat.station.receive(args[0])


def plain(broker: GuardedBroker, jelly: Any, perspective: Any = None) -> Any:
    """Arguments as they were sent; what is no plain value is refused without a word of what it was."""
    try:
        return broker.unserialize(jelly, perspective)
    except Exception:
        raise Refused(Refusal.BAD_ARGUMENT, "arguments") from None


def name_of(message: str) -> str:
    """An act's name as it may be logged: the peer has chosen it."""
    return message[:32] if message.isidentifier() else "?"
