"""Penalty levels: who stands on a higher one is asked when a caller has waited for so long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callserver.acd.routing.candidates import Candidate, Member, serves


def opening_s(group: Mapping[str, Member], seats: Iterable[Candidate], step_s: float) -> dict[int, float]:
    """
    After so much waiting each level of a group opens.

    The lowest at once, the k-th after (k - 1) steps, or at once if nobody of the lower ones is logged in with the right
    to queued calls. Levels are counted over the group as it is configured, not over who is there.
    """
    manned = {group[seat.number].level for seat in seats if serves(seat, group.get(seat.number))}
    opens: dict[int, float] = {}
    nobody_below = True
    for k, level in enumerate(sorted({member.level for member in group.values()})):
        opens[level] = 0.0 if nobody_below else k * step_s
        nobody_below = nobody_below and level not in manned
    return opens
