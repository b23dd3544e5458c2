"""What one logged-in agent can ask for; who asks is the object, not an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.acd.seats.acts import perform
from callserver.acd.seats.parts import Person
from callserver.acd.seats.seat import Seat
from callserver.agents.broker import GuardedBroker
from callserver.agents.desk import Desk
from callserver.agents.screen import Screen
from callserver.agents.session import AgentSession
from callserver.wire.convert import to_wire
from callserver.wire.messages import AUDIO_BLOCK_BYTES, Hello
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.typed import is_password
from callserver.wire.versions import CHANNEL_NUMBER, own_version

log = Logger()


class AgentPerspective(pb.Avatar):
    """
    The acts of an agent at his own seat. The seat refuses what its state or the person's rights do not allow.

    :param desk: its acts are those of the seat and of the features
    """

    def __init__(self, person: Person, seat: Seat, session: AgentSession, screen: Screen, desk: Desk) -> None:
        self._person, self._seat, self._session, self._screen, self._desk = person, seat, session, screen, desk

    def perspectiveMessageReceived(self, broker: GuardedBroker, message: str, args: Any, kw: Any) -> Any:
        """As pb's, but arguments that do not fit are refused, and never logged with their values."""
        try:
            answer = self._answer(message, arguments(broker, args, kw, self))
            if isinstance(answer, Deferred):
                return answer.addCallback(answer_of, broker).addErrback(self._failed, name_of(message))
            return answer_of(answer, broker)
        except Exception:
            self._failed(Failure(), name_of(message))  # type: ignore[no-untyped-call]

    def _failed(self, failure: Failure, act: str) -> NoReturn:
        """What did not come about, now or later: a refusal is complained of; of all else only the log says why."""
        number, refused = self._person.number, failure.value
        if not isinstance(refused, Refused):
            log.failure("agent {number}: {act} failed", failure, number=number, act=act)
            raise Refused(Refusal.SERVER) from None
        self._desk.complain(number, self._session.address, act, refused)
        raise refused

    def _answer(self, message: str, args: Sequence[Any]) -> Any:
        if self._session.closed is not None:
            raise Refused.from_wire(str(self._session.closed))  # a fresh one: each raise adds to a traceback
        if message == "audio":
            return self._audio(args)
        if message == "hello":
            return self._hello()
        if message == "change_password":
            return self._change_password(args)
        return perform(self._desk.acts, self._desk.staff.rights(self._person.number), self._seat, message, args)

    def _hello(self) -> dict[str, Any]:
        """Who he is, what he may do, and how his seat and the board look."""
        status, access = self._screen.everything()
        person = self._person
        hello = Hello(person.number, person.name, access.rights, status, board=access.board, demo=self._desk.demo)
        marks = tuple(self._desk.marks(person.number))
        self._desk.arrived(person.number)
        hello = replace(hello, queues=access.queues, mail=marks)
        return to_wire(replace(hello, version=own_version(), channel=CHANNEL_NUMBER))

    def _change_password(self, args: Sequence[Any]) -> Deferred[None]:
        """His own, from the one he has to another; who has found his program open does not know the first."""
        if len(args) != 2 or not all(map(is_password, args)):
            raise Refused(Refusal.BAD_ARGUMENT, "password, new")
        password, new = args
        return self._desk.staff.change_password(self._person.number, password, new, self._session.address)

    def _audio(self, args: Sequence[Any]) -> None:
        """20 ms that the agent says."""
        if len(args) != 1 or not isinstance(args[0], bytes) or len(args[0]) != AUDIO_BLOCK_BYTES:
            raise Refused(Refusal.BAD_ARGUMENT, "block")
        self._seat.station.receive(args[0])


def arguments(broker: GuardedBroker, args: Any, kw: Any, perspective: Any = None) -> Sequence[Any]:
    """
    Arguments as they were sent, in order.

    :raises Refused: BAD_ARGUMENT, without a word of what it was: they are no plain values, no list, or have names
    """
    try:
        given, named = broker.unserialize(args, perspective), broker.unserialize(kw, perspective)
    except Exception:
        raise Refused(Refusal.BAD_ARGUMENT, "arguments") from None
    if not isinstance(given, tuple | list) or not isinstance(named, dict):
        raise Refused(Refusal.BAD_ARGUMENT, "arguments")
    if named:
        raise Refused(Refusal.BAD_ARGUMENT, "arguments by name")
    return given


def answer_of(value: Any, broker: GuardedBroker) -> Any:
    """
    An answer as pb sends it.

    :raises TypeError: it is nothing plain; pb would find that out too late to answer anything
    """
    if not is_plain(value):
        raise TypeError(f"an act answered with a {type(value).__name__}, or one is in its answer")
    return broker.serialize(value)  # type: ignore[no-untyped-call]


def is_plain(value: Any) -> bool:
    """Whether a value is of those that acts may answer, and so are all in it."""
    if type(value) in (list, tuple):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    return value is None or type(value) in (bool, int, float, str, bytes)


def name_of(message: str) -> str:
    """An act's name as it may be logged: the peer has chosen it."""
    return message[:32] if message.isidentifier() else "?"
