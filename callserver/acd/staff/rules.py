"""
What can be done with the staff book; each function runs in the database's thread, inside one transaction.

So all that a decision stands on is looked at in the same transaction as what comes of it: of two who change the same
person at once, the second finds what the first has left, or is told that nobody is there any more. A shop that has a
supervisor is not left without one.
"""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from peewee import IntegrityError

from callserver.acd.organisation import rules
from callserver.acd.organisation.staff_tables import AttemptRow, StaffRow
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.staff import passwords
from callserver.acd.staff.day_caps import DayCaps, read_caps, show_caps
from callserver.calls.dial_guard import CHINA
from callserver.config import all_of
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.typed import typed_text

NUMBER = re.compile(r"[0-9]{1,8}")
NAME_MAX = 64


class StaffError(Complaint):
    """What was asked of the staff book cannot be done, and nothing has changed; one line that says why."""


@dataclass(frozen=True)
class Staff:
    """One person, as the book had it when it was asked; for what he may do now, ask `StaffBook.rights`."""

    number: str
    name: str
    rights: frozenset[Right]
    skills: Mapping[str, int] = field(default_factory=dict)  # level by skill; languages are skills: "zh", "en"
    must_change: bool = False  # his password, before anything else
    disabled: bool = False  # he may not log in
    locked: bool = False  # after too many wrong passwords
    phone: str = ""  # of his seat, as one dials it from the shop
    has_pin: bool = False  # with which he logs in from a telephone
    caps: DayCaps = field(default_factory=dict)
    language: str = ""  # in which he is spoken to; "": the shop's
    wrap_up_s: int | None = None  # his own, at least; None: his queue's
    uid: str = field(default="", compare=False)  # of the person: his number may be another's later


def staff_number(text: str) -> str:
    """
    A staff number as it was typed, as the book has it.

    :raises StaffError: it is none
    """
    number = typed_text(text)
    if not NUMBER.fullmatch(number):
        raise StaffError("{number} is no staff number: that is 1 to 8 digits", number=repr(text))
    return number


def staff_name(text: str) -> str:
    """
    A name as it was typed, as the book has it.

    :raises StaffError: it is none
    """
    name = typed_text(text)
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise StaffError(
            "{name} is no name: that is 1 to {most} readable characters", name=repr(text[:NAME_MAX]), most=NAME_MAX
        )
    return name


def everybody() -> list[Staff]:
    """By number."""
    return [person_of(row) for row in StaffRow.select().order_by(StaffRow.number)]


def add_staff(person: Staff, kept: str, around: Surroundings = rules.UNKNOWN) -> None:
    """
    Write a new person into the book.

    :param kept: his password, as `passwords.stored` gives it; it was checked before
    :param around: which numbers lines dial, and which are menus'
    :raises StaffError: somebody has this number already, or number, name or telephone are none
    """
    number = staff_number(person.number)
    if number in CHINA.emergency:
        raise StaffError("{number} is an emergency number: choose another", number=number)
    rules.person_comes(number, person.name, around)
    _require_telephone(number, person.phone, around)
    try:
        StaffRow.insert(
            number=number,
            name=staff_name(person.name),
            password=kept,
            rights=_rights_text(person.rights),
            skills=json.dumps(dict(person.skills)),
            must_change=person.must_change,
            disabled=person.disabled,
            phone=person.phone,
            caps=show_caps(person.caps),
            language=person.language,
            wrap_up_s=person.wrap_up_s,
            uid=secrets.token_hex(8),
        ).execute()
    except IntegrityError:
        raise StaffError("there is somebody with the number {number} already", number=number) from None


def delete_staff(number: str) -> Staff:
    """
    Take a person out of the book; what he did stays in the records.

    :raises StaffError: nobody has this number, or no supervisor would be left
    """
    person = one(number)
    rules.person_goes(person.number)
    _keep_a_supervisor(person)
    StaffRow.delete().where(StaffRow.number == person.number).execute()
    _forgive(person.number)
    return person


def let_in(number: str, *, disabled: bool) -> Staff:
    """
    Keep a person from logging in, or let him in again; his password and his rights stay.

    :raises StaffError: as `delete_staff`
    """
    person = one(number)
    if disabled:
        _keep_a_supervisor(person)
    _change(person.number, disabled=disabled)
    return person


def set_rights(number: str, rights: Iterable[Right]) -> Staff:
    """
    These and no others. Who becomes supervisor has to change his password: a supervisor's is longer.

    :raises StaffError: as `delete_staff`
    """
    person, chosen = one(number), frozenset(rights)
    if Right.SUPERVISOR not in chosen:
        _keep_a_supervisor(person)
    promoted = Right.SUPERVISOR in chosen - person.rights
    _change(person.number, rights=_rights_text(chosen), must_change=person.must_change or promoted)
    return person


def set_password(number: str, password: str, kept: str) -> Staff:
    """
    Somebody else has chosen it, so it has to be changed at the next log-in; what locked the account is forgiven.

    :raises StaffError: nobody has this number
    :raises Refused: WEAK_PASSWORD
    """
    person = one(number)
    passwords.check(password, person.number, person.rights)
    _change(person.number, password=kept, must_change=True)
    unlock(person.number)
    return person


def change_password(number: str, before: str, password: str, kept: str) -> None:
    """
    A person's own choice.

    :param before: what the book had as his password when it was looked at; another by now is another's change
    :raises Refused: WEAK_PASSWORD; LOG_IN, when the book has another one by now
    """
    row = StaffRow.get_or_none((StaffRow.number == number) & (StaffRow.password == before))
    if row is None:
        raise Refused(Refusal.LOG_IN)
    passwords.check(password, number, person_of(row).rights)
    _change(number, password=kept, must_change=False)


def change(number: str, new: Staff, around: Surroundings = rules.UNKNOWN) -> Staff:
    """
    All that can be set of a person but secrets; who becomes supervisor has to change his password.

    :param around: which numbers lines dial, and which are menus'
    :raises StaffError: as `delete_staff`; or for a telephone that is never dialled
    """
    let_in(number, disabled=new.disabled)
    before = set_rights(number, new.rights)
    _change(
        new.number,
        name=staff_name(new.name),
        skills=json.dumps(dict(new.skills)),
        phone=new.phone,
        language=new.language,
        caps=show_caps(new.caps),
        wrap_up_s=new.wrap_up_s,
    )
    if new.phone != before.phone:
        _require_telephone(number, new.phone, around)
    return one(number)


def set_pin(number: str, kept: str | None) -> Staff:
    """
    With which he logs in from a telephone; None: from none.

    :param kept: as `passwords.stored` gives it; it was checked before
    :raises StaffError: nobody has this number
    """
    person = one(number)
    _change(person.number, pin=kept)
    return person


def _require_telephone(number: str, phone: str, around: Surroundings) -> None:
    problem = around.not_dialled(phone, rules.internal_numbers(around)) if phone else None
    if problem is not None:
        where = {"part_word": N_("person"), "name": number, "key": "phone"}
        raise StaffError("{part_word} {name}, {key}: {problem}", **where, problem=problem)


def stored_passwords() -> list[tuple[str, str]]:
    """By staff number, as they are stored."""
    return [(row.number, row.password) for row in StaffRow.select().order_by(StaffRow.number)]


def must_change(number: str) -> None:
    """Somebody else knows this person's password."""
    _change(number, must_change=True)


def unlock(number: str) -> Staff:
    """
    Forgive all wrong passwords.

    :raises StaffError: nobody has this number
    """
    person = one(number)
    _change(person.number, locked=False)
    _forgive(person.number)
    return person


def unlock_address(address: str) -> int:
    """Forgive all wrong passwords that came from an address; how many there were."""
    return int(AttemptRow.delete().where(AttemptRow.address == address, ~AttemptRow.ok).execute())


def one(number: str) -> Staff:
    """
    The person with this number.

    :raises StaffError: there is none
    """
    wanted = staff_number(number)
    row = StaffRow.get_or_none(StaffRow.number == wanted)
    if row is None:
        known = [person.number for person in everybody()]
        if not known:
            raise StaffError("there is no staff yet")
        raise StaffError("nobody has the number {number}; {hint}", number=wanted, hint=all_of(known))
    return person_of(row)


def person_of(row: StaffRow) -> Staff:
    """A row as a person."""
    return Staff(
        row.number,
        row.name,
        frozenset(Right(number) for number in json.loads(row.rights)),
        json.loads(row.skills),
        must_change=row.must_change,
        disabled=row.disabled,
        locked=row.locked,
        phone=row.phone,
        has_pin=row.pin is not None,
        caps=read_caps(row.caps),
        language=row.language,
        wrap_up_s=row.wrap_up_s,
        uid=row.uid,
    )


def _keep_a_supervisor(leaving: Staff) -> None:
    if Right.SUPERVISOR not in leaving.rights or leaving.disabled:
        return
    others = (one for one in everybody() if one.number != leaving.number and not one.disabled)
    if not any(Right.SUPERVISOR in one.rights for one in others):
        raise StaffError(
            "{number} {name} is the only supervisor: give the right to somebody else first",
            number=leaving.number,
            name=leaving.name,
        )


def _forgive(number: str) -> None:
    AttemptRow.delete().where(AttemptRow.account == number, ~AttemptRow.ok).execute()


def _change(number: str, **columns: str | int | None) -> None:
    StaffRow.update(columns).where(StaffRow.number == number).execute()


def _rights_text(rights: Iterable[Right]) -> str:
    return json.dumps(sorted(int(right) for right in set(rights)))
