"""What names what in an organisation: nothing names what is not there, and nothing goes that is named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.routing.settings import QueueSettings
from callserver.config import nearest
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase
from callserver.wire.targets import Target, TargetKind

PERSON = "person"
AT_ONCE = ("on_closed", "on_nobody", "on_full")  # a caller is sent on without having waited
TARGETS = (*AT_ONCE, "on_timeout", "on_exit")


@dataclass(frozen=True)
class Reference:
    """`part` `by` names in its setting `key` a `wanted` of the name `name`."""

    part: Part
    by: str
    key: str
    wanted: str  # a Part's value, or PERSON
    name: str


def references(all_: Organisation) -> Iterator[Reference]:
    """All there are."""
    for group in all_.groups.values():
        for member in group.members:
            yield Reference(Part.GROUP, group.name, "members", PERSON, member.number)
    for queue in all_.queues.values():
        yield from _of_queue(queue)
    for office in all_.offices.values():
        yield Reference(Part.OFFICE, office.number, "calendar", Part.CALENDAR.value, office.calendar)
    for region in all_.regions.values():
        yield Reference(Part.REGION, region.name, "parent", Part.REGION.value, region.parent)
        for number in region.offices:
            yield Reference(Part.REGION, region.name, "offices", Part.OFFICE.value, number)
    for callers in all_.callers.values():
        yield Reference(Part.CALLERS, callers.name, "queue", Part.QUEUE.value, callers.queue)


def _of_queue(queue: QueueSettings) -> Iterator[Reference]:
    yield Reference(Part.QUEUE, queue.name, "group", Part.GROUP.value, queue.group)
    yield Reference(Part.QUEUE, queue.name, "calendar", Part.CALENDAR.value, queue.calendar)
    for key in TARGETS:
        target: Target | None = getattr(queue, key)
        if target is not None and target.kind is TargetKind.QUEUE:
            yield Reference(Part.QUEUE, queue.name, key, Part.QUEUE.value, target.name)
        elif target is not None and target.kind is TargetKind.SEAT:
            yield Reference(Part.QUEUE, queue.name, key, PERSON, target.name)


def check(all_: Organisation, people: Mapping[str, str]) -> None:
    """
    Whether an organisation can be so.

    :param people: names by staff number
    :raises OrganisationError: something names what is not there, two have one number, or callers would go round
    """
    if not all_.queues:
        raise OrganisationError("a shop needs a queue: callers wait there for a person")
    for one in references(all_):
        if one.name and not _is_there(one, all_, people):
            raise _missing(one, all_, people)
    check_numbers(all_, people)
    _no_region_in_itself(all_)
    _nobody_goes_round(all_)


def who_names(wanted: str, name: str, all_: Organisation) -> list[Reference]:
    """What would be left without it; what names itself goes with it."""
    naming = [one for one in references(all_) if (one.wanted, one.name) == (wanted, name)]
    return [one for one in naming if (one.part.value, one.by) != (wanted, name)]


def refuse_if_named(wanted: str, name: str, all_: Organisation) -> None:
    """
    :raises OrganisationError: it is named, and where
    """
    if found := who_names(wanted, name, all_):
        first, *more = found
        where = Phrase(
            "{part_word} {name} ({key})", {"part_word": first.part.value, "name": first.by, "key": first.key}
        )
        others = ", ".join(dict.fromkeys(one.by for one in more))
        raise OrganisationError(
            N_("{part_word} {name} is named by {where} and {others}: change that first")
            if others
            else N_("{part_word} {name} is named by {where}: change that first"),
            part_word=wanted,
            name=name,
            where=where,
            others=others,
        )


def _known(wanted: str, all_: Organisation, people: Mapping[str, str]) -> Collection[str]:
    if wanted == PERSON:
        return people
    return all_.of(Part(wanted))


def _is_there(one: Reference, all_: Organisation, people: Mapping[str, str]) -> bool:
    if one.part is Part.QUEUE and one.wanted == PERSON:  # a seat's number may be a group's
        return one.name in people or any(group.number == one.name for group in all_.groups.values())
    return one.name in _known(one.wanted, all_, people)


def _missing(one: Reference, all_: Organisation, people: Mapping[str, str]) -> OrganisationError:
    known = _known(one.wanted, all_, people)
    here = {"part_word": one.part.value, "by": one.by, "key": one.key, "wanted_word": one.wanted, "name": one.name}
    if not known:
        return OrganisationError(
            "{part_word} {by}, {key}: there is no {wanted_word} {name}, nor any other; make it first", **here
        )
    return OrganisationError(
        "{part_word} {by}, {key}: there is no {wanted_word} {name}; {hint}", **here, hint=nearest(one.name, known)
    )


def check_numbers(all_: Organisation, people: Mapping[str, str]) -> None:
    """
    Internal numbers are of people, groups, queues and offices; a caller's number is of one class, a code of one region.

    :raises OrganisationError: two have one number
    """
    _unique(
        N_("number {number} is {other}'s already: {one} needs another"),
        [*people.items(), *_numbered(all_)],
    )
    _unique(
        N_("number {number} is in class {other} already: take it out there, or leave it out of {one}"),
        [(number, one.name) for one in all_.callers.values() for number in one.numbers],
    )
    _unique(
        N_("code {number} is region {other}'s already: take it out there, or leave it out of {one}"),
        [(code, region.name) for region in all_.regions.values() for code in region.codes],
    )


def _numbered(all_: Organisation) -> Iterator[tuple[str, str]]:
    """An office is known by its number, so it is always the other that needs another one."""
    for office in all_.offices.values():
        yield office.number, office.name or office.number
    groups = [(group.number, group.name) for group in all_.groups.values()]
    queues = [(queue.number, queue.name) for queue in all_.queues.values()]
    yield from (one for one in (*groups, *queues) if one[0])


def _unique(msgid: str, owners: Collection[tuple[str, str]]) -> None:
    first: dict[str, str] = {}
    for number, owner in owners:
        if number in first:
            raise OrganisationError(msgid, number=number, other=first[number], one=owner)
        first[number] = owner


def _no_region_in_itself(all_: Organisation) -> None:
    for name in all_.regions:
        way = _way(name, lambda one: [all_.regions[one].parent] if all_.regions[one].parent else [])
        if way:
            raise OrganisationError("region {name} would lie in itself: {way}", name=name, way=" > ".join(way))


def _nobody_goes_round(all_: Organisation) -> None:
    """Queues that send each other their callers at once: nobody would ever come out."""
    for name in all_.queues:
        way = _way(name, lambda one: _sent_at_once(all_.queues[one]))
        if way:
            raise OrganisationError("callers would go round and round: {way}", way=" > ".join(way))


def _sent_at_once(queue: QueueSettings) -> list[str]:
    targets: list[Target | None] = [getattr(queue, key) for key in AT_ONCE]
    return [one.name for one in targets if one is not None and one.kind is TargetKind.QUEUE]


def _way(start: str, steps: Callable[[str], Sequence[str]]) -> list[str]:
    """From a name over others back to it, if there is such a way."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for name in steps(way[-1]):
            if name == start:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
