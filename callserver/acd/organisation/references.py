"""What names what in an organisation: nothing goes that is named. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Unfit
from callserver.wire.targets import Target, TargetKind

PERSON = "person"
UNASKED = ("on_closed", "on_nobody", "on_full", "on_timeout")  # a caller is sent on, whatever he does
TARGETS = (*UNASKED, "on_exit")


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
        yield from _of_queue(queue, all_)
    for office in all_.offices.values():
        yield Reference(Part.OFFICE, office.number, "calendar", Part.CALENDAR.value, office.calendar)
    for region in all_.regions.values():
        yield Reference(Part.REGION, region.name, "parent", Part.REGION.value, region.parent)
        for number in region.offices:
            yield Reference(Part.REGION, region.name, "offices", Part.OFFICE.value, number)
    for callers in all_.callers.values():
        yield Reference(Part.CALLERS, callers.name, "queue", Part.QUEUE.value, callers.queue)


def _of_queue(queue: QueueSettings, all_: Organisation) -> Iterator[Reference]:
    yield Reference(Part.QUEUE, queue.name, "group", Part.GROUP.value, queue.group)
    yield Reference(Part.QUEUE, queue.name, "calendar", Part.CALENDAR.value, queue.calendar)
    for key in TARGETS:
        target: Target | None = getattr(queue, key)
        if target is not None and target.kind is TargetKind.QUEUE:
            yield Reference(Part.QUEUE, queue.name, key, Part.QUEUE.value, target.name)
        elif target is not None and target.kind is TargetKind.SEAT:
            yield Reference(Part.QUEUE, queue.name, key, PERSON, target.name)
        elif target is not None and target.kind is TargetKind.OFFICE:
            wanted = Part.OFFICE if target.name in all_.offices.keys() - all_.regions.keys() else Part.REGION
            yield Reference(Part.QUEUE, queue.name, key, wanted.value, target.name)


def who_names(wanted: str, name: str, all_: Organisation) -> list[Reference]:
    """What would be left without it; what names itself goes with it."""
    naming = [one for one in references(all_) if (one.wanted, one.name) == (wanted, name)]
    return [one for one in naming if (one.part.value, one.by) != (wanted, name)]


def refuse_if_named(wanted: str, name: str, all_: Organisation) -> None:
    """
    :raises OrganisationError: it is named, and where
    """
    found = [
        Unfit("{part_word} {name} ({key})", part_word=one.part.value, name=one.by, key=one.key)
        for one in who_names(wanted, name, all_)
    ]
    if found:
        where = reduce(lambda first, more: Unfit("{first}, {more}", first=first, more=more), found)
        raise OrganisationError(
            "{part_word} {name} is named by {where}: change that first", part_word=wanted, name=name, where=where
        )
