"""What in an organisation is as it was set, and may not be as it was meant: said, and never refused. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from callserver.acd.organisation.faults import Fault
from callserver.acd.organisation.parts import Organisation, Part
from callserver.acd.organisation.references import TARGETS
from callserver.acd.organisation.surroundings import Surroundings
from callserver.config import Unfit
from callserver.wire.targets import Target, TargetKind


def remarks(
    all_: Organisation, around: Surroundings, part: Part | None = None, only: Collection[str] = ()
) -> Iterator[Fault]:
    """
    What is as it was set, and may be a slip.

    :param part: what concerns one of this kind; None: of any
    :param only: what concerns one of these; nothing: all, each once
    """
    if part in (None, Part.REGION):
        yield from _regions_overlap(all_, only)
    for kind, name, key, number in _dialled(all_):
        problem = around.not_possible(number)
        if problem is not None and part in (None, kind) and (not only or name in only):
            yield Fault(kind, name, key, problem)


def _dialled(all_: Organisation) -> Iterator[tuple[Part, str, str, str]]:
    """Numbers outside, with the settings they stand in."""
    for office in all_.offices.values():
        yield Part.OFFICE, office.number, "phone", office.phone
    for queue in all_.queues.values():
        for key in TARGETS:
            target: Target | None = getattr(queue, key)
            if target is not None and target.kind is TargetKind.NUMBER:
                yield Part.QUEUE, queue.name, key, target.name


def _regions_overlap(all_: Organisation, only: Collection[str]) -> Iterator[Fault]:
    """The longer code counts, which is right for a town in its province, and may be a slip."""
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
