"""
What in an organisation cannot be as it is: each fault with the setting it stands in. Pure.

A change is refused for what it would break, and for nothing that was broken before: a menu that has gone must keep
nobody from adding a group. What is broken already is told by `callserver check`, and at each start.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.organisation.references import PERSON, TARGETS, UNASKED, Reference, references
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Unfit, nearest, overlap, whole_or_nothing
from callserver.wire.numbers import normal
from callserver.wire.targets import Target, TargetKind


@dataclass(frozen=True)
class Fault:
    """What is wrong with the setting `key` of `part` `by`, and what to do; "": with what it is known by."""

    part: Part
    by: str
    key: str
    problem: Unfit

    def error(self) -> OrganisationError:
        """For who wants to have it so."""
        where = {"part_word": self.part.value, "name": self.by, "key": self.key}
        if not self.key:
            return OrganisationError("{part_word} {name}: {problem}", **where, problem=self.problem)
        return OrganisationError("{part_word} {name}, {key}: {problem}", **where, problem=self.problem)


def faults(
    all_: Organisation, people: Mapping[str, str], around: Surroundings, changed: Collection[tuple[Part, str]] = ()
) -> Iterator[Fault]:
    """
    All there are.

    :param people: names by staff number
    :param changed: of two that have one number, the one of these needs another
    """
    yield from _missing(all_, people)
    yield from _numbers(all_, people, around, changed)
    yield from _known_twice(all_, around)
    yield from _in_itself(all_)
    yield from _one_key(all_)
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


# Numbers: people, groups, queues, offices, menus have different ones; a caller's is of one class, a code of one region


def numbered(all_: Organisation) -> Iterator[tuple[str, Part, str]]:
    """Internal numbers, and whose they are; without those of people and menus."""
    for part in (Part.OFFICE, Part.GROUP, Part.QUEUE):  # an office is known by its number: the other needs another
        for name, one in all_.of(part).items():
            if one.number:
                yield one.number, part, name


def owners(all_: Organisation, around: Surroundings) -> dict[str, Unfit]:
    """Whose an internal number is, in words; without those of people."""
    found = {number: Unfit("menu {name}", name=menu) for number, menu in around.menu_numbers.items()}
    for number, part, name in numbered(all_):
        found.setdefault(number, _called(all_, part, name))
    return found


def _called(all_: Organisation, part: Part, name: str) -> Unfit:
    called = all_.offices[name].name or name if part is Part.OFFICE else name
    return Unfit("{part_word} {name}", part_word=part.value, name=called)


def _numbers(
    all_: Organisation, people: Mapping[str, str], around: Surroundings, changed: Collection[tuple[Part, str]]
) -> Iterator[Fault]:
    menus = {number: Unfit("menu {name}", name=menu) for number, menu in around.menu_numbers.items()}
    first: dict[str, object] = {**menus, **people}
    for number, part, name in sorted(numbered(all_), key=lambda one: one[1:] in changed):
        if number in first:
            said = {"number": number, "other": first[number]}
            if part is Part.OFFICE:
                yield Fault(part, name, "", Unfit("the number is {other}'s already: choose another", **said))
            else:
                yield Fault(part, name, "number", Unfit("{number} is {other}'s already: choose another", **said))
        first.setdefault(number, _called(all_, part, name))


def _known_twice(all_: Organisation, around: Surroundings) -> Iterator[Fault]:
    """Callers are known by the normal form of their numbers, however exchange and shop write them."""
    callers = (
        (normal(number, around.country), one.name, number) for one in all_.callers.values() for number in one.numbers
    )
    for number, one, other in _twice(callers):
        if one == other:
            said = Unfit("{item} is in the list twice: write it once", item=number)
        else:
            said = Unfit("{number} is in class {other} already: take it out of one of them", number=number, other=other)
        yield Fault(Part.CALLERS, one, "numbers", said)
    codes = ((code, region.name, code) for region in all_.regions.values() for code in region.codes)
    for code, one, other in _twice(codes):
        there = Unfit("{number} is region {other}'s already: take it out of one of them", number=code, other=other)
        yield Fault(Part.REGION, one, "codes", there)


def _twice(owned: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Number as its later owner writes it, he, its first owner; of numbers, owners, and the numbers as written."""
    first: dict[str, str] = {}
    for number, owner, written in owned:
        if number in first:
            yield written, owner, first[number]
        first.setdefault(number, owner)


def _one_key(all_: Organisation) -> Iterator[Fault]:
    """Who presses it can have one of two things, and is never told which."""
    for queue in all_.queues.values():
        if queue.exit_key and queue.exit_key == queue.call_back_key:
            said = Unfit("{key} is its call_back_key too: one key does one thing", key=queue.exit_key)
            yield Fault(Part.QUEUE, queue.name, "exit_key", said)


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


def unclear(span: str) -> Unfit:
    """Of hours that end at the time they begin."""
    return Unfit("{span} ends when it begins: write 00:00-24:00 for a whole day", span=span)


def _twice_open(all_: Organisation) -> Iterator[Fault]:
    """Hours that overlap, or end when they begin, are a slip: perhaps the shop is open when it was not meant to be."""
    for calendar in all_.calendars.values():
        for one in filter(whole_or_nothing, calendar.hours):
            yield Fault(Part.CALENDAR, calendar.name, "hours", unclear(str(one)))
        for first, second in overlap(calendar.hours):
            both = Unfit("{second} overlaps {first}: write each hour once", first=str(first), second=str(second))
            yield Fault(Part.CALENDAR, calendar.name, "hours", both)
        for day, special in calendar.days.items():
            for span in (span for span in special.spans if span.opens == span.closes != time(0)):
                yield Fault(Part.CALENDAR, calendar.name, "days", unclear(f"{day.isoformat()} {span}"))
            spans = sorted(special.on(day) for special in special.spans)
            if any(begins < ended for (_, ended), (begins, _) in pairwise(spans)):
                both = Unfit("hours of {day} overlap: write each hour once", day=day.isoformat())
                yield Fault(Part.CALENDAR, calendar.name, "days", both)


# What is not in the database


def _nowhere(all_: Organisation, people: Mapping[str, str], around: Surroundings) -> Iterator[Fault]:
    internal = {*people, *owners(all_, around)}
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
