"""
The only things a stranger can reach: a log-in that tells nobody what was wrong, and a change of password before it.

A password that somebody else has chosen opens nothing: the log-in with it is refused, until it was changed here. That
is judged as a log-in, and counts as one.

A password takes a sixth of a second in a thread, and waits for its turn behind others. Races until it is judged, and
what holds in them:

- *The connection is lost, or cut off for being too slow.* Nobody is seated: the broker is over, and no later
  disconnect would ever free the seat.
- *The server stops.* Nobody is seated any more once the seats are logged out: his log-in would have no end in the
  event log. He is told that it stops, and comes back.
- *A second try on the same connection.* Refused at once: guesses are not worked on side by side.
- *The same person at two programs.* While one is connected another log-in is refused with ELSEWHERE, unless he takes
  over, with the password again. The one that takes over last has the seat: his headset is plugged in, he is told of
  changes, the other is told ELSEWHERE and closed. The other's disconnect comes later, at whatever moment, and finds
  that its session is not the seat's any more: the newer one's headset stays plugged in, and the seat is not lost.
- *Logged out, not yet disconnected.* The seat is free while the old connection closes; the person may log in again
  by another one in between, which is the case above.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.spread import pb
from zope.interface import Interface, implementer

from callserver.acd.seats.seat import Seat
from callserver.agents.board_feed import BoardFeed
from callserver.agents.broker import GuardedBroker
from callserver.agents.desk import Complain, Desk, StaffDirectory
from callserver.agents.perspective import AgentPerspective, arguments
from callserver.agents.screen import Screen
from callserver.agents.session import AgentSession
from callserver.wire.convert import to_wire
from callserver.wire.messages import AlarmNotice, MailMark, Phrase, Said
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.typed import is_password

log = Logger()

TRIES = 3  # a connection
NUMBER_CHARACTERS = 24


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
    takes_over: bool = False


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
    """Gives each person his seat, and his seat one program: the newest that was let in."""

    def __init__(self, clock: IReactorTime, desk: Desk) -> None:
        self._sessions: dict[str, AgentSession] = {}  # by staff number; the newest of each
        self._marks: dict[str, dict[str, MailMark]] = {}  # as they were told, by staff number
        self._clock, self._desk = clock, desk
        self._feed = BoardFeed(clock, desk.board, desk.waiting)
        self._closed: Refused | None = None
        self._notice: Phrase | None = None  # the newest for all

    def tell_all(self, notice: Phrase) -> None:
        """A sentence for every screen."""
        self._notice = notice
        for session in self._sessions.values():
            session.tell("notice", to_wire(notice))

    def tell_supervisors(self, alarm: AlarmNotice) -> None:
        """An alarm, for the screens of those who have right 1 at this moment."""
        for number, session in self._sessions.items():
            if Right.SUPERVISOR in self._desk.staff.rights(number):
                session.tell("alarm", to_wire(alarm))

    def tell_person(self, number: str, said: Said) -> bool:
        """A message of a colleague; False: no program is there that reads."""
        session = self._sessions.get(number)
        if session is None or session.closed is not None or not session.reads:
            return False
        session.tell("said", to_wire(said))
        return True

    def close(self, why: Refused) -> None:
        """Say good-bye to all programs; nobody is seated any more."""
        self._closed = why
        for session in self._sessions.values():
            session.close(why)

    def tell_marks(self) -> None:
        """What is in mailboxes has changed: those who may open them are told, at once."""
        for number, session in self._sessions.items():
            now = {mark.box: mark for mark in self._desk.marks(number)}
            before, self._marks[number] = self._marks.get(number, {}), now
            gone = [MailMark(box) for box in before if box not in now]
            for mark in [*(mark for mark in now.values() if mark != before.get(mark.box)), *gone]:
                session.tell("mail", to_wire(mark))

    def requestAvatar(
        self, person: Any, mind: object, *interfaces: type[Interface]
    ) -> tuple[Any, AgentPerspective, Callable[[], None]]:
        assert isinstance(mind, ConnectedProgram)
        if self._closed is not None:
            raise Refused.from_wire(str(self._closed))
        if mind.broker.is_over:
            raise Refused(Refusal.NOT_NOW, "connection lost")
        before = self._sessions.get(person.number)
        if before is not None and before.closed is None and not mind.takes_over:
            raise Refused(Refusal.ELSEWHERE)
        session = AgentSession(mind.program, mind.broker, self._clock)
        try:
            seat = self._desk.seats.log_in(person, session)
        except Refused:
            session.gone()
            raise
        self._sessions[person.number] = session
        if before is not None:
            before.close(Refused(Refusal.ELSEWHERE))
        self._marks[person.number] = {mark.box: mark for mark in self._desk.marks(person.number)}
        if self._notice is not None:
            session.tell("notice", to_wire(self._notice))
        screen = Screen(session, seat, self._desk.seats, self._feed, partial(self._desk.staff.rights, seat.number))
        avatar = AgentPerspective(person, seat, session, screen, self._desk)
        return pb.IPerspective, avatar, partial(self._leave, seat, session, screen)

    def _leave(self, seat: Seat, session: AgentSession, screen: Screen) -> None:
        screen.close()
        session.gone()
        if self._sessions.get(seat.number) is session:
            del self._sessions[seat.number]
            self._marks.pop(seat.number, None)
            seat.station.plug_in(None)
            seat.client_lost()


class Login(pb.Referenceable):
    """The root object of one connection."""

    def __init__(
        self,
        portal: Portal,
        broker: GuardedBroker,
        clock: IReactorTime,
        complain: Complain,
        staff: StaffDirectory,
    ) -> None:
        self._portal, self._broker, self._clock, self._complain = portal, broker, clock, complain
        self._staff = staff
        self._tries, self._busy = 0, False
        self._acts: dict[str, Callable[..., Coroutine[Any, Any, Any]]] = {
            "login": partial(self._log_in, takes_over=False),
            "take_over": partial(self._log_in, takes_over=True),
            "change_password": self._change_password,
        }

    def remoteMessageReceived(self, broker: GuardedBroker, message: str, args: Any, kw: Any) -> Any:
        """
        Only three things are understood; whatever else is said, and however it is said, is refused and not logged.

        `login` and `take_over(number, password, mind)`, and `change_password(number, password, new)`.
        """
        if broker.logged_in or message not in self._acts:
            raise Refused(Refusal.UNKNOWN_ACT)
        given = arguments(broker, args, kw)
        logs_in = message != "change_password"
        if len(given) != 3 or not (fits(*given) if logs_in else fits_change(*given)):
            raise Refused(Refusal.BAD_ARGUMENT, "number, password, mind" if logs_in else "number, password, new")
        if self._busy or self._tries >= TRIES:
            raise Refused(Refusal.TOO_MANY_TRIES)
        self._tries, self._busy = self._tries + 1, True
        answer = Deferred.fromCoroutine(self._try(given[0], self._acts[message], *given))
        return broker.serialize(answer)  # type: ignore[no-untyped-call]

    async def _try(self, number: str, act: Callable[..., Coroutine[Any, Any, Any]], *given: Any) -> Any:
        try:
            return await act(*given)
        except Refused as refused:
            if refused.code not in (Refusal.MUST_CHANGE, Refusal.WEAK_PASSWORD):  # then it was him
                self._complain(number if number.isalnum() else "?", self._broker.address, "log in", refused)
            self._part_after_last_try()
            raise
        except Exception:
            log.failure("log-in failed")
            raise Refused(Refusal.SERVER) from None
        finally:
            self._busy = False

    async def _change_password(self, number: str, password: str, new: str) -> None:
        await self._staff.change_password(number, password, new, self._broker.address)

    async def _log_in(self, number: str, password: str, mind: pb.RemoteReference, *, takes_over: bool) -> Any:
        broker = self._broker
        who = StaffCredentials(number, password, broker.address)
        _, avatar, leave = await self._portal.login(who, ConnectedProgram(mind, broker, takes_over), pb.IPerspective)
        broker.welcome()
        broker.notifyOnDisconnect(leave)  # type: ignore[no-untyped-call]
        return pb.AsReferenceable(avatar, "perspective")  # type: ignore[no-untyped-call]

    def _part_after_last_try(self) -> None:
        if self._tries >= TRIES:
            self._clock.callLater(0, self._broker.part)  # after the answer


def fits(number: object, password: object, mind: object) -> bool:
    """Whether the arguments of a log-in can be what they should be."""
    return _is_number(number) and is_password(password) and isinstance(mind, pb.RemoteReference)


def fits_change(number: object, password: object, new: object) -> bool:
    """Those of a change of password."""
    return _is_number(number) and is_password(password) and is_password(new)


def _is_number(number: object) -> bool:
    return isinstance(number, str) and 0 < len(number) <= NUMBER_CHARACTERS
