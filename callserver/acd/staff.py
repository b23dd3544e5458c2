"""The staff: who they are, what they may do, and whether it is really them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

from callserver.acd import attempts, passwords, staff_rules
from callserver.acd.few_lines import LINES_A_MINUTE, FewLines
from callserver.acd.lockout import Attempt
from callserver.acd.staff_rules import NUMBER, Staff, StaffError, staff_name, staff_number
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.typed import typed_password, typed_text

__all__ = ["Staff", "StaffBook", "StaffError"]

FOLLOW_S = 2.0
REFUSED_AFTER_S = 0.5  # whatever is wrong takes this long: wrong, unknown and locked look alike
NOT_A_NEW_ONE = N_("it is the old one")

log = Logger()
T = TypeVar("T")


class StaffBook(Service):
    """
    The staff in the database, and a living copy of it; passwords are checked in a thread, one at a time.

    Rights are asked of the copy at the moment of an act. It follows every change: one made here at once, one made by
    another process (`callserver staff rights`) within two seconds.

    :param on_rights: told who has other rights now, those before and those after
    :param on_gone: told who may not work here any more: disabled, or not in the book
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_rights: Callable[[str, frozenset[Right], frozenset[Right]], None] = lambda number, before, after: None,
        on_gone: Callable[[str], None] = lambda number: None,
    ) -> None:
        self._store, self._clock, self._now = store, clock, now
        self._on_rights, self._on_gone = on_rights, on_gone
        self._turn = DeferredLock()  # guesses side by side would not yet see each other's failures
        self._lines = FewLines(clock)
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
        """What this person may do at this moment; nothing, if nobody of this number may log in."""
        person = self._people.get(number)
        return person.rights if person is not None else frozenset()

    def __contains__(self, number: object) -> bool:
        return number in self._people

    def skills(self, number: str) -> Mapping[str, int]:
        """What this person can, with the levels."""
        person = self._people.get(number)
        return person.skills if person is not None else {}

    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is."""
        try:
            people = {person.number: person for person in await self.everybody() if not person.disabled}
        except Exception:
            log.failure("the staff cannot be read; rights stay as they were")
            return
        before, self._people = self._people, people
        for number, person in sorted(before.items()):
            if number not in people or people[number].name != person.name:  # or the number is another's now
                self._tell(self._on_gone, number)
        for number in sorted(before.keys() | people.keys()):
            had = before[number].rights if number in before else frozenset()
            if had != self.rights(number):
                self._tell(self._on_rights, number, had, self.rights(number))

    def _tell(self, told: Callable[..., None], number: str, *change: frozenset[Right]) -> None:
        try:
            told(number, *change)
        except Exception:  # the others' rights are followed all the same, now and later
            log.failure("what the changed rights of {number} carry could not be ended", number=number)

    # Log-ins

    def log_in(self, number: str, password: str, address: str) -> Deferred[Staff]:
        """
        The person, if it is him.

        Fails with Refused LOG_IN, after the same time and with the same words whether the number is unknown, the
        password wrong, or one of the limits of `lockout` is reached; and with MUST_CHANGE if it is him, but somebody
        else has chosen the password.
        """
        return Deferred.fromCoroutine(self._log_in(number, password, address))

    def change_password(self, number: str, password: str, new: str, address: str) -> Deferred[None]:
        """His own choice; judged as a log-in. Fails with Refused LOG_IN, or WEAK_PASSWORD with the rule it breaks."""
        return Deferred.fromCoroutine(self._change_password(number, password, new, address))

    async def _log_in(self, number: str, password: str, address: str) -> Staff:
        person, _ = await self._proved(number, password, address)
        if person.must_change:
            raise Refused(Refusal.MUST_CHANGE)
        await self.follow()  # disabled meanwhile: it was told before he had a seat, and will not be told again
        if person.number not in self._people:
            raise Refused(Refusal.LOG_IN)
        return person

    async def _change_password(self, number: str, password: str, new: str, address: str) -> None:
        person, before = await self._proved(number, password, address)
        if typed_password(new) == typed_password(password):
            raise Refused(Refusal.WEAK_PASSWORD, NOT_A_NEW_ONE)
        passwords.check(new, person.number, person.rights)
        kept = await self._in_thread(passwords.stored, new)
        await self._store.write(staff_rules.change_password, person.number, before, new, kept)

    async def _proved(self, number: str, password: str, address: str) -> tuple[Staff, str]:
        """The person and his password as the book has it; Refused LOG_IN if it is not him."""
        typed = typed_text(number)
        account = typed if NUMBER.fullmatch(typed) else ""
        await self._turn.acquire()
        try:
            began_s = self._clock.seconds()
            person, kept, why = await self._judge(account, password, address)
        finally:
            self._turn.release()
        if person is not None and kept is not None:
            return person, kept
        self._log_refused(account, address, why)
        await deferLater(self._clock, max(0.0, began_s + REFUSED_AFTER_S - self._clock.seconds()))
        raise Refused(Refusal.LOG_IN)

    def _log_refused(self, account: str, address: str, why: str) -> None:
        n_lines = self._lines.count(address)
        if n_lines <= LINES_A_MINUTE:
            log.warn("log-in as {account} from {address} refused: {why}", account=account, address=address, why=why)
        elif n_lines == LINES_A_MINUTE + 1:
            log.warn("log-ins from {address} are refused again and again", address=address)

    async def _judge(self, account: str, password: str, address: str) -> tuple[Staff | None, str | None, str]:
        person, kept, why = await self._store.read(attempts.look_up, account, address, self._now())
        right = await self._in_thread(passwords.matches, password, kept)
        if why is not None:
            return None, None, why
        await self._store.write(attempts.note, Attempt(self._now().timestamp(), account, address, right))
        return (person, kept, "") if right else (None, None, "wrong password" if kept else "unknown number")

    # The book

    def everybody(self) -> Deferred[list[Staff]]:
        """By number, also those who may not log in."""
        return self._store.read(staff_rules.everybody)

    def add(
        self,
        number: str,
        name: str,
        password: str,
        rights: Iterable[Right],
        skills: Mapping[str, int] | None = None,
        groups: Iterable[str] = (),
        *,
        must_change: bool = False,
    ) -> Deferred[Staff]:
        """
        Somebody new; `must_change`: somebody else has chosen his password.

        Fails with Refused WEAK_PASSWORD, or with StaffError for a number that is taken or no number, or for a name.
        """
        person = Staff(number, name, frozenset(rights), dict(skills or {}), frozenset(groups), must_change=must_change)
        return Deferred.fromCoroutine(self._add(person, password))

    def set_password(self, number: str, password: str) -> Deferred[Staff]:
        """By somebody else, so it has to be changed. Fails with Refused WEAK_PASSWORD, or StaffError."""
        return Deferred.fromCoroutine(self._set_password(number, password))

    def set_rights(self, number: str, rights: Iterable[Right]) -> Deferred[Staff]:
        """Hold at once, and end at once what those carry that are gone. Fails with StaffError."""
        return self._change(staff_rules.set_rights, number, frozenset(rights))

    def delete(self, number: str) -> Deferred[Staff]:
        """Out of the book; who is logged in is logged out. Fails with StaffError."""
        return self._change(staff_rules.delete_staff, number)

    def disable(self, number: str) -> Deferred[Staff]:
        """He stays in the book and may not log in; who is logged in is logged out. Fails with StaffError."""
        return self._change(lambda: staff_rules.let_in(number, disabled=True))

    def enable(self, number: str) -> Deferred[Staff]:
        """He may log in again. Fails with StaffError."""
        return self._change(lambda: staff_rules.let_in(number, disabled=False))

    def unlock(self, number: str) -> Deferred[Staff]:
        """All his wrong passwords are forgiven. Fails with StaffError for a number nobody has."""
        return self._store.write(staff_rules.unlock, number)

    def unlock_address(self, address: str) -> Deferred[int]:
        """All wrong passwords from there are forgiven; fires with how many there were."""
        return self._store.write(staff_rules.unlock_address, address)

    async def _add(self, person: Staff, password: str) -> Staff:
        person = replace(person, number=staff_number(person.number), name=staff_name(person.name))
        passwords.check(password, person.number, person.rights)
        kept = await self._in_thread(passwords.stored, password)
        await self._store.write(staff_rules.add_staff, person, kept)
        await self.follow()
        return person

    async def _set_password(self, number: str, password: str) -> Staff:
        passwords.check(password, "", ())
        kept = await self._in_thread(passwords.stored, password)
        return await self._store.write(staff_rules.set_password, number, password, kept)

    def _change(self, change: Callable[..., Staff], *args: object) -> Deferred[Staff]:
        async def story() -> Staff:
            person = await self._store.write(change, *args)
            await self.follow()
            return person

        return Deferred.fromCoroutine(story())

    def _in_thread(self, f: Callable[..., T], *args: object) -> Deferred[T]:
        done: Deferred[T] = deferToThreadPool(self._store.reactor, self._store.reactor.getThreadPool(), f, *args)
        return done
