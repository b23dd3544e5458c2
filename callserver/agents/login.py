"""The only thing a stranger can reach: a log-in that tells nobody what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.spread import pb
from zope.interface import Interface, implementer

from callserver.acd.seat import Seat
from callserver.acd.seat_calls import Person
from callserver.agents.broker import GuardedBroker
from callserver.agents.perspective import AgentPerspective, Complain, plain
from callserver.agents.session import AgentSession
from callserver.wire.refusals import Refusal, Refused

log = Logger()

TRIES = 3  # a connection
NUMBER_CHARACTERS, PASSWORD_CHARACTERS = 24, 128

LogIn = Callable[[str, str, str], Deferred[Any]]
"""StaffBook.log_in(number, password, address): fires with a Person, fails with Refused."""
SitDown = Callable[[Person, AgentSession], Seat]
"""Floor.log_in(person, headset)."""


class IStaffCredentials(ICredentials):
    """A staff number, the password that goes with it, and where it was typed."""


@implementer(IStaffCredentials)
@dataclass(frozen=True, repr=False)
class StaffCredentials:
    number: str
    password: str
    address: str


@dataclass(frozen=True)
class Mind:
    """The desktop program at the other end, and the connection to it."""

    program: pb.RemoteReference
    broker: GuardedBroker


@implementer(ICredentialsChecker)
class StaffChecker:
    """Asks the staff book, which hashes in a thread and locks out who guesses."""

    credentialInterfaces = (IStaffCredentials,)  # noqa: N815 - cred's name

    def __init__(self, log_in: LogIn) -> None:
        self._log_in = log_in

    def requestAvatarId(self, credentials: StaffCredentials) -> Deferred[Any]:
        return self._log_in(credentials.number, credentials.password, credentials.address)


@implementer(IRealm)
class SeatRealm:
    """Gives each person his seat, and his seat one program: the newest that knows the password."""

    def __init__(self, clock: IReactorTime, sit_down: SitDown, complain: Complain) -> None:
        self.sessions: dict[str, AgentSession] = {}
        self._clock, self._sit_down, self._complain = clock, sit_down, complain

    def requestAvatar(
        self, person: Any, mind: object, *interfaces: type[Interface]
    ) -> tuple[Any, AgentPerspective, Callable[[], None]]:
        assert isinstance(mind, Mind)
        if mind.broker.is_over:
            raise Refused(Refusal.NOT_NOW, "connection lost")
        session = AgentSession(mind.program, mind.broker, self._clock)
        try:
            seat = self._sit_down(person, session)
        except Refused:
            session.gone()
            raise
        before, self.sessions[person.number] = self.sessions.get(person.number), session
        if before is not None:
            before.close(Refused(Refusal.ELSEWHERE))
        return pb.IPerspective, AgentPerspective(person, seat, session, self._complain), self._leave(seat, session)

    def _leave(self, seat: Seat, session: AgentSession) -> Callable[[], None]:
        def leave() -> None:
            session.gone()
            if self.sessions.get(seat.number) is session:
                del self.sessions[seat.number]
                if seat.person is not None:
                    seat.client_lost()

        return leave


class Login(pb.Referenceable):
    """The root object of one connection."""

    def __init__(self, portal: Portal, broker: GuardedBroker, clock: IReactorTime, complain: Complain) -> None:
        self._portal, self._broker, self._clock, self._complain = portal, broker, clock, complain
        self._tries, self._busy = 0, False

    def remoteMessageReceived(self, broker: GuardedBroker, message: str, args: Any, kw: Any) -> Any:
        """Only `login(number, password, mind)` is understood; whatever else is said is refused, not logged."""
        if message != "login" or broker.logged_in:
            raise Refused(Refusal.UNKNOWN_ACT)
        given, named = plain(broker, args), plain(broker, kw)
        if named or len(given) != 3 or not fits(*given):
            raise Refused(Refusal.BAD_ARGUMENT, "number, password, mind")
        if self._busy or self._tries >= TRIES:
            raise Refused(Refusal.TOO_MANY_TRIES)
        self._tries, self._busy = self._tries + 1, True
        answer = Deferred.fromCoroutine(self._log_in(*given))
        return broker.serialize(answer)  # type: ignore[no-untyped-call]

    async def _log_in(self, number: str, password: str, mind: pb.RemoteReference) -> Any:
        broker = self._broker
        who = StaffCredentials(number, password, broker.address)
        try:
            _, avatar, leave = await self._portal.login(who, Mind(mind, broker), pb.IPerspective)
        except Refused as refused:
            self._complain(number if number.isalnum() else "?", broker.address, "log in", refused)
            self._part_after_last_try()
            raise
        except Exception:
            log.failure("log-in failed")
            raise Refused(Refusal.SERVER) from None
        finally:
            self._busy = False
        broker.welcome()
        broker.notifyOnDisconnect(leave)  # type: ignore[no-untyped-call]
        return pb.AsReferenceable(avatar, "perspective")  # type: ignore[no-untyped-call]

    def _part_after_last_try(self) -> None:
        if self._tries >= TRIES:
            self._clock.callLater(0, self._broker.part)  # after the answer


def fits(number: object, password: object, mind: object) -> bool:
    """Whether the arguments of a log-in can be what they should be."""
    return (
        isinstance(number, str)
        and isinstance(password, str)
        and isinstance(mind, pb.RemoteReference)
        and 0 < len(number) <= NUMBER_CHARACTERS
        and 0 < len(password) <= PASSWORD_CHARACTERS
    )
