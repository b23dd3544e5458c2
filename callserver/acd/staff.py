"""The staff: who they are, what they may do, and whether it is really them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from peewee import IntegrityError
from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

from callserver.acd import passwords
from callserver.acd.lockout import ACCOUNT_FAILURES, DAY_S, Attempt, obstacle
from callserver.acd.staff_tables import AttemptRow, StaffRow
from callserver.store.database import Store
from callserver.store.tables import clean, to_ms
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

NUMBER = re.compile(r"[0-9]{1,8}")
NAME_MAX = 64
DAY_MS = int(DAY_S * 1000)
FOLLOW_S = 2.0
REFUSED_AFTER_S = 0.5  # whatever is wrong takes this long: wrong, unknown and locked look alike

log = Logger()
T = TypeVar("T")


@dataclass(frozen=True)
class Staff:
    """One person, as the book had it when it was asked; for what he may do now, ask `StaffBook.rights`."""

    number: str
    name: str
    rights: frozenset[Right]
    skills: Mapping[str, int] = field(default_factory=dict)  # level by skill; languages are skills: "zh", "en"
    groups: frozenset[str] = frozenset()


class StaffBook(Service):
    """
    The staff in the database, and a living copy of it; passwords are checked in a thread, one at a time.

    Rights are asked of the copy at the moment of an act. It follows every change: one made here at once, one made by
    another process (`callserver staff rights`) within two seconds.

    :param on_rights: told who has other rights now, those before and those after
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_rights: Callable[[str, frozenset[Right], frozenset[Right]], None] = lambda number, before, after: None,
    ) -> None:
        self._store, self._clock, self._now, self._on_rights = store, clock, now, on_rights
        self._turn = DeferredLock()  # guesses side by side would not yet see each other's failures
        self._people: dict[str, Staff] = {}
        self._following = LoopingCall(self.follow)
        self._following.clock = clock

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._following.start(FOLLOW_S).addErrback(lambda failure: log.failure("staff is not followed", failure))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._following.running:
            self._following.stop()

    def rights(self, number: str) -> frozenset[Right]:
        """What this person may do at this moment; nothing, if there is nobody of this number."""
        person = self._people.get(number)
        return person.rights if person is not None else frozenset()

    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is."""
        try:
            people = {person.number: person for person in await self.everybody()}
        except Exception:
            log.failure("the staff cannot be read; rights stay as they were")
            return
        before, self._people = self._people, people
        for number in sorted(before.keys() | people.keys()):
            had = before[number].rights if number in before else frozenset()
            if had != self.rights(number):
                self._rights_changed(number, had)

    def _rights_changed(self, number: str, had: frozenset[Right]) -> None:
        try:
            self._on_rights(number, had, self.rights(number))
        except Exception:  # the others' rights are followed all the same, now and later
            log.failure("what the changed rights of {number} carry could not be ended", number=number)

    def log_in(self, number: str, password: str, address: str) -> Deferred[Staff]:
        """
        The person, if it is him.

        Fails with Refused LOG_IN, after the same time and with the same words whether the number is unknown, the
        password wrong, or one of the limits of `lockout` is reached.
        """
        return Deferred.fromCoroutine(self._log_in(number, password, address))

    def add(
        self,
        number: str,
        name: str,
        password: str,
        rights: Iterable[Right],
        skills: Mapping[str, int] | None = None,
        groups: Iterable[str] = (),
    ) -> Deferred[Staff]:
        """Fails with Refused: WEAK_PASSWORD, or BAD_ARGUMENT for a number that is taken or no number, or for a name."""
        person = Staff(number, name, frozenset(rights), dict(skills or {}), frozenset(groups))
        return Deferred.fromCoroutine(self._add(person, password))

    def everybody(self) -> Deferred[list[Staff]]:
        """By number."""
        return self._store.read(_everybody)

    def set_password(self, number: str, password: str) -> Deferred[None]:
        """Fails with Refused: WEAK_PASSWORD, or BAD_ARGUMENT for a number nobody has."""
        return Deferred.fromCoroutine(self._set_password(number, password))

    def set_rights(self, number: str, rights: Iterable[Right]) -> Deferred[None]:
        """Hold at once, and end at once what those carry that are gone. Fails with Refused BAD_ARGUMENT as above."""
        return Deferred.fromCoroutine(self._set_rights(number, rights))

    def unlock(self, number: str) -> Deferred[None]:
        """A supervisor forgives all failures. Fails with Refused BAD_ARGUMENT for a number nobody has."""
        return self._store.write(_unlock, number)

    async def _log_in(self, number: str, password: str, address: str) -> Staff:
        account = number if NUMBER.fullmatch(number) else ""
        await self._turn.acquire()
        try:
            began_s = self._clock.seconds()
            person, why = await self._judge(account, password, address)
        finally:
            self._turn.release()
        if person is not None:
            return person
        log.warn("log-in as {account} from {address} refused: {why}", account=account, address=address, why=why)
        await deferLater(self._clock, max(0.0, began_s + REFUSED_AFTER_S - self._clock.seconds()))
        raise Refused(Refusal.LOG_IN)

    async def _judge(self, account: str, password: str, address: str) -> tuple[Staff | None, str]:
        person, kept, why = await self._store.read(_look_up, account, address, self._now())
        right = await self._in_thread(passwords.matches, password, kept)
        if why is not None:
            return None, why
        await self._store.write(_note, Attempt(self._now().timestamp(), account, address, right))
        return (person, "") if right else (None, "wrong password" if kept else "unknown number")

    async def _add(self, person: Staff, password: str) -> Staff:
        if not NUMBER.fullmatch(person.number):
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        if not 0 < len(person.name) <= NAME_MAX or not person.name.isprintable():
            raise Refused(Refusal.BAD_ARGUMENT, "name")
        passwords.check(password, person.number, person.rights)
        kept = await self._in_thread(passwords.stored, password)
        await self._store.write(_insert, person, kept)
        await self.follow()
        return person

    async def _set_rights(self, number: str, rights: Iterable[Right]) -> None:
        await self._store.write(_change, number, {"rights": _rights_text(rights)})
        await self.follow()

    async def _set_password(self, number: str, password: str) -> None:
        people = {person.number: person for person in await self.everybody()}
        if number not in people:
            raise Refused(Refusal.BAD_ARGUMENT, "number")
        passwords.check(password, number, people[number].rights)
        await self._store.write(_change, number, {"password": await self._in_thread(passwords.stored, password)})

    def _in_thread(self, f: Callable[..., T], *args: object) -> Deferred[T]:
        done: Deferred[T] = deferToThreadPool(self._store.reactor, self._store.reactor.getThreadPool(), f, *args)
        return done


# In the database thread


def _look_up(account: str, address: str, now: datetime) -> tuple[Staff | None, str | None, str | None]:
    """The person, the stored password, and what stands against judging a log-in now."""
    row = StaffRow.get_or_none(StaffRow.number == account)
    why = obstacle(_attempts(account, address, now), account, address, now.timestamp())
    if row is None:
        return None, None, why
    return _staff(row), row.password, "account locked" if row.locked else why


def _attempts(account: str, address: str, now: datetime) -> list[Attempt]:
    concerned = (AttemptRow.account == account) | (AttemptRow.address == address)
    last_day = AttemptRow.at_ms > to_ms(now) - DAY_MS
    rows = AttemptRow.select().where(concerned, last_day).order_by(AttemptRow.id)
    return [Attempt(row.at_ms / 1000, row.account, row.address, row.ok) for row in rows]


def _note(attempt: Attempt) -> None:
    at_ms = int(attempt.at_s * 1000)
    AttemptRow.delete().where(AttemptRow.at_ms < at_ms - DAY_MS).execute()
    AttemptRow.create(account=attempt.account, address=attempt.address, at_ms=at_ms, ok=attempt.ok)
    failures = AttemptRow.select().where(AttemptRow.account == attempt.account, ~AttemptRow.ok).count()
    if failures >= ACCOUNT_FAILURES:
        StaffRow.update(locked=True).where(StaffRow.number == attempt.account).execute()


def _insert(person: Staff, kept: str) -> None:
    try:
        StaffRow.insert(
            number=person.number,
            name=clean(person.name),
            password=kept,
            rights=_rights_text(person.rights),
            skills=json.dumps(dict(person.skills)),
            groups=json.dumps(sorted(person.groups)),
        ).execute()
    except IntegrityError:
        raise Refused(Refusal.BAD_ARGUMENT, "number") from None


def _change(number: str, columns: dict[str, str | bool]) -> None:
    if StaffRow.update(columns).where(StaffRow.number == number).execute() != 1:
        raise Refused(Refusal.BAD_ARGUMENT, "number")


def _unlock(number: str) -> None:
    _change(number, {"locked": False})
    AttemptRow.delete().where(AttemptRow.account == number, ~AttemptRow.ok).execute()


def _everybody() -> list[Staff]:
    return [_staff(row) for row in StaffRow.select().order_by(StaffRow.number)]


def _rights_text(rights: Iterable[Right]) -> str:
    return json.dumps(sorted(int(right) for right in set(rights)))


def _staff(row: StaffRow) -> Staff:
    rights = frozenset(Right(number) for number in json.loads(row.rights))
    return Staff(row.number, row.name, rights, json.loads(row.skills), frozenset(json.loads(row.groups)))
