"""
How an organisation is changed; each function runs in the database's thread, inside one transaction.

Invariants. A change first takes its turn: it counts the one row `organisation` up, and whoever comes second waits for
the first to have written (SQLite lets in one writer at a time; PostgreSQL keeps the row locked until the end). So all
that a decision stands on, read after that, stays as it is until what comes of it is written: no calendar goes between
the look at it and the queue that names it. The staff book takes the same turn before somebody leaves it or comes into
it, for groups name people.

What is complained of here has changed nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from callserver.acd.organisation import references, rows
from callserver.acd.organisation.faults import faults, owners, refuse_new
from callserver.acd.organisation.forms import FORMS, OrganisationError
from callserver.acd.organisation.parts import Organisation, Part, key_of
from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.organisation.tables import OrganisationRow
from callserver.config import Sentence, nearest

UNKNOWN = Surroundings()


def take_turn() -> None:
    """Nobody else changes it until this transaction is over."""
    OrganisationRow.update(revision=OrganisationRow.revision + 1).where(OrganisationRow.id == 1).execute()


def load() -> Organisation:
    """All of it."""
    return rows.load()


def load_if_new(known: int) -> Organisation | None:
    """All of it, if it is another than that of this revision."""
    return None if rows.revision() == known else rows.load()


def save(
    part: Part,
    name: str,
    settings: Mapping[str, str],
    new: bool | None = None,
    around: Surroundings = UNKNOWN,
) -> Any:
    """
    Make one, or set something of one; what is not named stays as it is.

    :param new: it must not be there yet, or must be; None: either
    :param around: what it may name beside what is in the database
    :raises OrganisationError: as it says
    """
    return save_all(part, {name: settings}, new, around)[0]


def save_all(
    part: Part,
    wanted: Mapping[str, Mapping[str, str]],
    new: bool | None = None,
    around: Surroundings = UNKNOWN,
) -> list[Any]:
    """
    Several of one kind at once, which may name each other: all of them, or none.

    :raises OrganisationError: as `save`
    """
    take_turn()
    before = after = rows.load()
    saved = []
    for name, settings in wanted.items():
        saved.append(_filled(part, name, settings, after, new))
        after = after.with_one(part, saved[-1])
    if after != before:
        _refuse_what_breaks(before, after, around, [(part, key_of(part, one)) for one in saved])
    for one_ in saved:
        rows.write(part, one_)
    return saved


def _filled(part: Part, name: str, settings: Mapping[str, str], all_: Organisation, new: bool | None) -> Any:
    known, form = all_.of(part), FORMS[part]
    name = name if name in known else form.name(name)
    if new and name in known:
        raise OrganisationError("there is {part_word} {name} already", part_word=part.value, name=name)
    is_new = new or (new is None and name not in known)
    return form.filled(form.new(name) if is_new else one(part, name, all_), settings)


def delete(part: Part, name: str, around: Surroundings = UNKNOWN) -> list[Sentence]:
    """
    Take one away.

    :param around: what else may name it
    :return: what is otherwise from now on, for who did it
    :raises OrganisationError: there is none, or something names it
    """
    take_turn()
    all_ = rows.load()
    key = name if name in all_.of(part) else FORMS[part].name(name)
    one(part, key, all_)
    references.refuse_if_named(part.value, key, all_)
    _refuse_if_named_by_menu(part, key, around)
    left = all_.without(part, key)
    if not left.queues:
        raise OrganisationError("a shop needs a queue: callers wait there for a person")
    _refuse_what_breaks(all_, left, UNKNOWN)
    rows.remove(part, key)
    first, now_first = next(iter(all_.queues)), next(iter(left.queues))
    if first == now_first:
        return []
    return [Sentence("Callers whom no menu sends to a queue wait in {name} from now on.", name=now_first)]


def _refuse_if_named_by_menu(part: Part, name: str, around: Surroundings) -> None:
    place = around.named().get(f"{part.value} {name}") if part in (Part.QUEUE, Part.OFFICE) else None
    if place is not None:
        said = {"part_word": part.value, "name": name, "where": place}
        raise OrganisationError("{part_word} {name} is named by {where}: change that first", **said)


def one(part: Part, name: str, all_: Organisation) -> Any:
    """
    :raises OrganisationError: there is none of this name; with the likest
    """
    known = all_.of(part)
    if name in known:
        return known[name]
    if not known:
        raise OrganisationError("there is no {part_word} yet", part_word=part.value)
    raise OrganisationError(
        "there is no {part_word} {name}; {hint}", part_word=part.value, name=name, hint=nearest(name, known)
    )


def person_comes(number: str, name: str, around: Surroundings = UNKNOWN) -> None:
    """
    Before somebody comes into the staff book.

    :raises OrganisationError: a group, a queue, an office or a menu has his number
    """
    take_turn()
    other = owners(rows.load(), around).get(number)
    if other is not None:
        said = {"number": number, "other": other, "one": name}
        raise OrganisationError("number {number} is {other}'s already: {one} needs another", **said)


def person_goes(number: str) -> None:
    """
    Before somebody leaves it.

    :raises OrganisationError: he is named, and where
    """
    take_turn()
    references.refuse_if_named(references.PERSON, number, rows.load())


def internal_numbers(around: Surroundings) -> Collection[str]:
    """Those of people, groups, queues, offices and menus."""
    return {*people(), *owners(rows.load(), around)}


def _refuse_what_breaks(
    before: Organisation, after: Organisation, around: Surroundings, changed: Collection[tuple[Part, str]] = ()
) -> None:
    who = people()
    refuse_new(faults(before, who, around, changed), faults(after, who, around, changed))


def people() -> dict[str, str]:
    """The staff: names by number."""
    return {row.number: row.name for row in StaffRow.select(StaffRow.number, StaffRow.name)}
