"""
What in an organisation cannot be as it is: each fault with the setting it stands in. Pure.

A change is refused for what it would break, and for nothing that was broken before: a menu that has gone must keep
nobody from adding a group. What is broken already is told by `callserver check`, and at each start.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.organisation.references import PERSON, TARGETS, UNASKED, Reference, references
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Unfit, nearest, overlap
from callserver.wire.targets import Target, TargetKind


@dataclass(frozen=True)
class Fault:
    """What is wrong with the setting `key` of `part` `by`, and what to do."""

    part: Part
    by: str
    key: str
    problem: Unfit

    def error(self) -> OrganisationError:
        """For who wants to have it so."""
        where = {"part_word": self.part.value, "name": self.by, "key": self.key}
        return OrganisationError("{part_word} {name}, {key}: {problem}", **where, problem=self.problem)


def faults(all_: Organisation, people: Mapping[str, str], around: Surroundings) -> Iterator[Fault]:
    """
    All there are.

    :param people: names by staff number
    """
    yield from _missing(all_, people)
    yield from _numbers(all_, people)
    yield from _in_itself(all_)
    yield from _round_and_round(all_)
    yield from _twice_open(all_)
    yield from _nowhere(all_, people, around)


def refuse_new(before: Iterable[Fault], after: Iterable[Fault]) -> None:
    """
    :raises OrganisationError: with the first that was not there before
    """
    known = {str(fault.error()) for fault in before}
    for error in map(Fault.error, after):
        if str(error) not in known:
            raise error


# Names


def _missing(all_: Organisation, people: Mapping[str, str]) -> Iterator[Fault]:
    for one in references(all_):
        if one.name and not _is_there(one, all_, people):
            known = people if one.wanted == PERSON else all_.of(Part(one.wanted))
            yield Fault(one.part, one.by, one.key, _no_such(one, known))


def _is_there(one: Reference, all_: Organisation, people: Mapping[str, str]) -> bool:
    if one.wanted != PERSON:
        return one.name in all_.of(Part(one.wanted))
    return one.name in people or (one.part is Part.QUEUE and one.name in group_numbers(all_))  # a seat may be a group


def _no_such(one: Reference, known: Collection[str]) -> Unfit:
    there = {"wanted_word": one.wanted, "name": one.name}
    if not known:
        return Unfit("there is no {wanted_word} {name}, nor any other; make it first", **there)
    return Unfit("there is no {wanted_word} {name}; {hint}", **there, hint=nearest(one.name, known))


def group_numbers(all_: Organisation) -> Mapping[str, str]:
    """Groups' names by their internal numbers."""
    return {group.number: group.name for group in all_.groups.values() if group.number}


# Numbers: people, groups, queues and offices have different ones, a caller's is of one class, a code of one region


def numbered(all_: Organisation) -> Iterator[tuple[str, str, Part]]:
    """Internal numbers, whose they are, and of what kind that is; without people's."""
    for part in (Part.OFFICE, Part.GROUP, Part.QUEUE):  # an office is known by its number: the other needs another
        for name, one in all_.of(part).items():
            if one.number:
                yield one.number, one.name or name, part


def _numbers(all_: Organisation, people: Mapping[str, str]) -> Iterator[Fault]:
    first = dict(people)
    for number, name, part in numbered(all_):
        if number in first:
            other = first[number]
            said = Unfit("{number} is {other}'s already: choose another", number=number, other=other)
            yield Fault(part, number if part is Part.OFFICE else name, "number", said)
        first.setdefault(number, name)
    callers = ((number, one.name) for one in all_.callers.values() for number in one.numbers)
    for number, one, other in _twice(callers):
        there = Unfit("{number} is in class {other} already: take it out of one of them", number=number, other=other)
        yield Fault(Part.CALLERS, one, "numbers", there)
    codes = ((code, region.name) for region in all_.regions.values() for code in region.codes)
    for code, one, other in _twice(codes):
        there = Unfit("{number} is region {other}'s already: take it out of one of them", number=code, other=other)
        yield Fault(Part.REGION, one, "codes", there)


def _twice(owners: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Number, its later owner, its first."""
    first: dict[str, str] = {}
    for number, owner in owners:
        if number in first:
            yield number, owner, first[number]
        first.setdefault(number, owner)


# Circles


def _in_itself(all_: Organisation) -> Iterator[Fault]:
    def up(name: str) -> Sequence[str]:
        parent = all_.regions[name].parent
        return [parent] if parent in all_.regions else []

    for name in all_.regions:
        way = _way(name, up)
        if way:
            yield Fault(Part.REGION, name, "parent", Unfit("it would lie in itself: {way}", way=" > ".join(way)))


def _round_and_round(all_: Organisation) -> Iterator[Fault]:
    """Queues that send each other their callers, unasked: nobody would ever come out."""

    def on(name: str) -> Sequence[str]:
        return [to for _, to in _sent_on(all_.queues[name]) if to in all_.queues]

    for name, queue in all_.queues.items():
        way = _way(name, on)
        if way:
            key = next(key for key, to in _sent_on(queue) if to == way[1])
            yield Fault(
                Part.QUEUE,
                name,
                key,
                Unfit("callers would go round and round: {way}; send them elsewhere", way=" > ".join(way)),
            )


def _sent_on(queue: QueueSettings) -> list[tuple[str, str]]:
    targets: list[tuple[str, Target | None]] = [(key, getattr(queue, key)) for key in UNASKED]
    return [(key, one.name) for key, one in targets if one is not None and one.kind is TargetKind.QUEUE]


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


# Hours


def _twice_open(all_: Organisation) -> Iterator[Fault]:
    """Hours that overlap are a slip: the shop is open all the same, and perhaps not when it was meant to be."""
    for calendar in all_.calendars.values():
        for first, second in overlap(calendar.hours):
            both = Unfit("{second} overlaps {first}: write each hour once", first=str(first), second=str(second))
            yield Fault(Part.CALENDAR, calendar.name, "hours", both)
        for day, special in calendar.days.items():
            spans = sorted(special.on(day) for special in special.spans)
            if any(begins < ended for (_, ended), (begins, _) in pairwise(spans)):
                both = Unfit("hours of {day} overlap: write each hour once", day=day.isoformat())
                yield Fault(Part.CALENDAR, calendar.name, "days", both)


# What is not in the database


def _nowhere(all_: Organisation, people: Mapping[str, str], around: Surroundings) -> Iterator[Fault]:
    internal = {*people, *group_numbers(all_)}
    for office in all_.offices.values():
        problem = around.not_dialled(office.phone, internal) if office.phone else None
        if problem is not None:
            yield Fault(Part.OFFICE, office.number, "phone", problem)
    for queue in all_.queues.values():
        for key in TARGETS:
            problem = _nothing_at(getattr(queue, key), internal, around)
            if problem is not None:
                yield Fault(Part.QUEUE, queue.name, key, problem)


def _nothing_at(target: Target | None, internal: Collection[str], around: Surroundings) -> Unfit | None:
    if target is None:
        return None
    if target.kind is TargetKind.MENU:
        return around.no_menu(target.name)
    if target.kind is TargetKind.BOX:
        return around.no_box(target.name)
    return around.not_dialled(target.name, internal) if target.kind is TargetKind.NUMBER else None


# What may be meant


def remarks(all_: Organisation, part: Part = Part.REGION, only: Collection[str] = ()) -> Iterator[Fault]:
    """
    Regions that overlap: the longer code counts, which is right for a town in its province, and may be a slip.

    :param only: what concerns one of these; nothing: all, each once
    """
    if part is not Part.REGION:
        return
    owner = {code: region.name for region in all_.regions.values() for code in region.codes}
    for code, region in owner.items():
        for shorter in (code[:n] for n in range(1, len(code))):
            other = owner.get(shorter, region)
            if other not in _line_of(region, all_):
                yield from _overlapping(code, shorter, region, other, only)


def _overlapping(code: str, shorter: str, region: str, other: str, only: Collection[str]) -> Iterator[Fault]:
    for by in [one for one in (region, other) if one in only] if only else [region]:
        said = Unfit(
            "overlaps region {other}: {code} begins with {shorter}, so its callers are {region}'s; "
            "if {region} lies in {wider}, set its parent",
            other=other if by == region else region,
            code=code,
            shorter=shorter,
            region=region,
            wider=other,
        )
        yield Fault(Part.REGION, by, "codes", said)


def _line_of(region: str, all_: Organisation) -> Collection[str]:
    """It, the region it lies in, and so on."""
    line: dict[str, None] = {}
    while region in all_.regions and region not in line:
        line[region] = None
        region = all_.regions[region].parent
    return line
