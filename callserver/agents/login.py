"""
The only thing a stranger can reach: a log-in that tells nobody what was wrong.

A password takes a sixth of a second in a thread, and waits for its turn behind others. Races until it is judged, and
what holds in them:

- *The connection is lost, or cut off for being too slow.* Nobody is seated: the broker is over, and no later
  disconnect would ever free the seat.
- *The server stops.* Nobody is seated any more once the seats are logged out: his log-in would have no end in the
  event log. He is told that it stops, and comes back.
- *A second try on the same connection.* Refused at once: guesses are not worked on side by side.
- *The same person at two programs.* The one that is judged last has the seat: his headset is plugged in, he is told of
  changes, the other is told ELSEWHERE and closed. The other's disconnect comes later, at whatever moment, and finds
  that its session is not the seat's any more: the newer one's headset stays plugged in, and the seat is not lost.
- *Logged out, not yet disconnected.* The seat is free while the old connection closes; the person may log in again
  by another one in between, which is the case above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.spread import pb
from zope.interface import Interface, implementer

from callserver.acd.acts import Act
from callserver.acd.seat import Seat
from callserver.acd.seats import Rights, Seats
from callserver.agents.broker import GuardedBroker
from callserver.agents.perspective import AgentPerspective, Complain, plain
from callserver.agents.screen import Screen
from callserver.agents.session import AgentSession
from callserver.calls.board import Board
from callserver.wire.refusals import Refusal, Refused

log = Logger()

TRIES = 3  # a connection
NUMBER_CHARACTERS, PASSWORD_CHARACTERS = 24, 128


class StaffDirectory(Rights, Protocol):
    """Who works here, whether it is really them, and what they may do at this moment."""

    def log_in(self, number: str, password: str, address: str) -> Deferred[Any]:
        """Fires with a Person, fails with Refused."""


@dataclass(frozen=True)
class Desk:
    """What a program that has logged in works with."""

    staff: StaffDirectory
    seats: Seats
    board: Board
    acts: Mapping[str, Act]
    complain: Complain


class IStaffCredentials(ICredentials):
    """A staff number, the password that goes with it, and where it was typed."""


@implementer(IStaffCredentials)
@dataclass(frozen=True, repr=False)
class StaffCredentials:
    number: str
    password: str
    address: str


@dataclass(frozen=True)
class ConnectedProgram:
    """The desktop program at the other end, and the connection to it."""

    program: pb.RemoteReference
    broker: GuardedBroker


@implementer(ICredentialsChecker)
class StaffChecker:
    """Asks the staff book, which hashes in a thread and locks out who guesses."""

    credentialInterfaces = (IStaffCredentials,)  # noqa: N815 - cred's name

    def __init__(self, staff: StaffDirectory) -> None:
        self._staff = staff

    def requestAvatarId(self, credentials: StaffCredentials) -> Deferred[Any]:
        return self._staff.log_in(credentials.number, credentials.password, credentials.address)


@implementer(IRealm)
class SeatRealm:
    """Gives each person his seat, and his seat one program: the newest that knows the password."""

    def __init__(self, clock: IReactorTime, desk: Desk) -> None:
        self._sessions: dict[str, AgentSession] = {}  # by staff number; the newest of each
        self._clock, self._desk = clock, desk
        self._closed: Refused | None = None

    def close(self, why: Refused) -> None:
        """Say good-bye to all programs; nobody is seated any more."""
        self._closed = why
        for session in self._sessions.values():
            session.close(why)

    def requestAvatar(
        self, person: Any, mind: object, *interfaces: type[Interface]
    ) -> tuple[Any, AgentPerspective, Callable[[], None]]:
        assert isinstance(mind, ConnectedProgram)
        if self._closed is not None:
            raise Refused.from_wire(str(self._closed))
        if mind.broker.is_over:
            raise Refused(Refusal.NOT_NOW, "connection lost")
        session = AgentSession(mind.program, mind.broker, self._clock)
        try:
            seat = self._desk.seats.log_in(person, session)
        except Refused:
            session.gone()
            raise
        before, self._sessions[person.number] = self._sessions.get(person.number), session
        if before is not None:
            before.close(Refused(Refusal.ELSEWHERE))
        desk, rights = self._desk, partial(self._desk.staff.rights, person.number)
        screen = Screen(session, seat, desk.seats, desk.board, rights)
        avatar = AgentPerspective(person, seat, session, screen, acts=desk.acts, rights=rights, complain=desk.complain)
        return pb.IPerspective, avatar, partial(self._leave, seat, session, screen)

    def _leave(self, seat: Seat, session: AgentSession, screen: Screen) -> None:
        screen.close()
        session.gone()
        if self._sessions.get(seat.number) is session:
            del self._sessions[seat.number]
            seat.station.plug_in(None)
            seat.client_lost()


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
            _, avatar, leave = await self._portal.login(who, ConnectedProgram(mind, broker), pb.IPerspective)
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
