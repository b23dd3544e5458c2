"""The staff: who they are, what they may do, and whether it is really them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

from callserver.acd.organisation.noted import Noted, Stamps
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.staff import passwords
from callserver.acd.staff import rules as staff_rules
from callserver.acd.staff.attempts import Secret
from callserver.acd.staff.form import STAFF_FORM
from callserver.acd.staff.log_ins import LogIns
from callserver.acd.staff.rules import Staff, StaffError, staff_name, staff_number
from callserver.store.database import Store
from callserver.store.following import Follower
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.typed import typed_password, typed_text

__all__ = ["Staff", "StaffBook", "StaffError"]

NOT_A_NEW_ONE = N_("it is the old one")

log = Logger()
T = TypeVar("T")


class StaffBook(Follower):
    """
    The staff in the database, and a living copy of it; passwords are checked in a thread, one at a time.

    Rights are asked of the copy at the moment of an act. It follows every change: one made here at once, one made by
    another process (`callserver staff rights`) within two seconds.

    :param on_rights: told who has other rights now, those before and those after
    :param on_gone: told who may not work here any more: disabled, or not in the book
    :param events: who changes something is noted there; `by` is his staff number, None the server's command line
    :param around: which numbers lines dial, asked at each change
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_rights: Callable[[str, frozenset[Right], frozenset[Right]], None] = lambda number, before, after: None,
        on_gone: Callable[[str], None] = lambda number: None,
        events: Stamps | None = None,
        around: Callable[[], Surroundings] = Surroundings,
    ) -> None:
        super().__init__(clock)
        self._store, self._noted = store, Noted(store, events)
        self._on_rights, self._on_gone, self._around = on_rights, on_gone, around
        self._log_ins = LogIns(store, clock, now, self._in_thread)
        self._people: dict[str, Staff] = {}

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

    def wrap_up_s(self, number: str) -> float:
        """After each call, at least."""
        person = self._people.get(number)
        return float(person.wrap_up_s or 0) if person is not None else 0.0

    def person(self, number: str) -> Staff | None:
        """As the book has him at this moment; None, if nobody of this number may log in."""
        return self._people.get(number)

    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is."""
        try:
            people = {person.number: person for person in await self.everybody() if not person.disabled}
        except Exception:
            log.failure("the staff cannot be read; rights stay as they were")
            return
        before, self._people = self._people, people
        for number, person in sorted(before.items()):
            if number not in people or people[number].uid != person.uid:  # or the number is another's now
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

    def check_pin(self, number: str, pin: str, address: str) -> Deferred[Staff]:
        """
        The person, if it is him, at a telephone; fails as `log_in` does, and counts to the same limits.

        :param address: where he calls from: a line, and the number if it is known
        """
        return Deferred.fromCoroutine(self._check_pin(number, pin, address))

    async def _log_in(self, number: str, password: str, address: str) -> Staff:
        person, _ = await self._log_ins.proved(number, password, address, Secret.PASSWORD)
        if person.must_change:
            raise Refused(Refusal.MUST_CHANGE)
        return await self._let_in(person)

    async def _check_pin(self, number: str, pin: str, address: str) -> Staff:
        person, _ = await self._log_ins.proved(number, pin, address, Secret.PIN)
        return await self._let_in(person)

    async def _let_in(self, person: Staff) -> Staff:
        await self.follow()  # disabled meanwhile: it was told before he had a seat, and will not be told again
        if person.number not in self._people:
            raise Refused(Refusal.LOG_IN)
        return person

    async def _change_password(self, number: str, password: str, new: str, address: str) -> None:
        person, before = await self._log_ins.proved(number, password, address, Secret.PASSWORD)
        if typed_password(new) == typed_password(password):
            raise Refused(Refusal.WEAK_PASSWORD, NOT_A_NEW_ONE)
        passwords.check(new, person.number, person.rights)
        kept = await self._in_thread(passwords.stored, new)
        await self._store.write(staff_rules.change_password, person.number, before, new, kept)

    # The book

    def everybody(self) -> Deferred[list[Staff]]:
        """By number, also those who may not log in."""
        return self._store.read(staff_rules.everybody)

    def one(self, number: str) -> Deferred[Staff]:
        """As the database has him; fails with StaffError for a number nobody has."""
        return self._store.read(staff_rules.one, number)

    def add(
        self,
        number: str,
        name: str,
        password: str,
        rights: Iterable[Right],
        skills: Mapping[str, int] | None = None,
        *,
        must_change: bool = False,
        settings: Mapping[str, str] | None = None,
        by: str | None = None,
    ) -> Deferred[Staff]:
        """
        Somebody new; `must_change`: somebody else has chosen his password.

        Fails with Refused WEAK_PASSWORD, or with a Complaint for a number that is taken or none, a name, a setting.

        :param settings: what else is set of him, as `staff_form` reads it
        """
        person = Staff(number, name, frozenset(rights), dict(skills or {}), must_change=must_change)
        return Deferred.fromCoroutine(self._add(person, password, settings or {}, by))

    def save(self, number: str, settings: Mapping[str, str], *, by: str | None = None) -> Deferred[Staff]:
        """
        Set something of a person, as `staff_form` reads it; what is not named stays. Fails with a Complaint.

        Who is disabled so is logged out, as by `disable`; nobody does that to himself.
        """
        rule = _save, number, settings, self._around(), by
        return self._change("save_staff", number, by, *rule, settings=dict(settings))

    def set_password(self, number: str, password: str, *, by: str | None = None) -> Deferred[Staff]:
        """By somebody else, so it has to be changed. Fails with Refused WEAK_PASSWORD, or StaffError."""
        return Deferred.fromCoroutine(self._set_password(number, password, by))

    def set_pin(self, number: str, pin: str | None, *, by: str | None = None) -> Deferred[Staff]:
        """With which he logs in at a telephone; None: not at all. Fails with Refused WEAK_PASSWORD, or StaffError."""
        return Deferred.fromCoroutine(self._set_pin(number, pin, by))

    def set_rights(self, number: str, rights: Iterable[Right], *, by: str | None = None) -> Deferred[Staff]:
        """Hold at once, and end at once what those carry that are gone. Fails with StaffError."""
        chosen = frozenset(rights)
        return self._change("save_staff", number, by, staff_rules.set_rights, number, chosen, rights=sorted(chosen))

    def delete(self, number: str, *, by: str | None = None) -> Deferred[Staff]:
        """Out of the book; who is logged in is logged out. Fails with a Complaint."""
        return self._change("delete_staff", number, by, staff_rules.delete_staff, number)

    def disable(self, number: str, *, by: str | None = None) -> Deferred[Staff]:
        """He stays in the book and may not log in; who is logged in is logged out. Fails with StaffError."""
        return self._change("disable_staff", number, by, lambda: staff_rules.let_in(number, disabled=True))

    def enable(self, number: str, *, by: str | None = None) -> Deferred[Staff]:
        """He may log in again. Fails with StaffError."""
        return self._change("enable_staff", number, by, lambda: staff_rules.let_in(number, disabled=False))

    def unlock(self, number: str, *, by: str | None = None) -> Deferred[Staff]:
        """All his wrong passwords are forgiven. Fails with StaffError for a number nobody has."""
        return self._change("unlock_staff", number, by, staff_rules.unlock, number)

    def unlock_address(self, address: str) -> Deferred[int]:
        """All wrong passwords from there are forgiven; fires with how many there were."""
        noting = self._noted.write("unlock_address", address, None, staff_rules.unlock_address, address)
        return Deferred.fromCoroutine(noting)

    async def _add(self, person: Staff, password: str, settings: Mapping[str, str], by: str | None) -> Staff:
        person = replace(person, number=staff_number(person.number), name=staff_name(person.name))
        person = STAFF_FORM.filled(person, settings)
        passwords.check(password, person.number, person.rights)
        kept = await self._in_thread(passwords.stored, password)
        rule = staff_rules.add_staff, person, kept, self._around()
        await self._noted.write("save_staff", _target(person.number), by, *rule)
        await self.follow()
        return person

    async def _set_password(self, number: str, password: str, by: str | None) -> Staff:
        passwords.check(password, "", ())
        kept = await self._in_thread(passwords.stored, password)
        return await self._change("new_password", number, by, staff_rules.set_password, number, password, kept)

    async def _set_pin(self, number: str, pin: str | None, by: str | None) -> Staff:
        if pin is None:
            return await self._change("new_pin", number, by, staff_rules.set_pin, number, None)
        typed = typed_text(pin)
        passwords.check_pin(typed, typed_text(number))
        kept = await self._in_thread(passwords.stored, typed)
        return await self._change("new_pin", number, by, staff_rules.set_pin, number, kept)

    def _change(
        self, act: str, number: str, by: str | None, change: Callable[..., Staff], *args: object, **data: Any
    ) -> Deferred[Staff]:
        async def story() -> Staff:
            person: Staff = await self._noted.write(act, _target(number), by, change, *args, **data)
            await self.follow()
            return person

        return Deferred.fromCoroutine(story())

    def _in_thread(self, f: Callable[..., T], *args: object) -> Deferred[T]:
        done: Deferred[T] = deferToThreadPool(self._store.reactor, self._store.reactor.getThreadPool(), f, *args)
        return done


def _save(number: str, settings: Mapping[str, str], around: Surroundings, by: str | None) -> Staff:
    """In the database's thread."""
    person = staff_rules.one(number)
    new: Staff = STAFF_FORM.filled(person, settings)
    if new.disabled and person.number == by:
        raise StaffError("nobody disables himself: another supervisor can")
    return staff_rules.change(person.number, new, around)


def _target(number: str) -> str:
    return f"seat {number}"
