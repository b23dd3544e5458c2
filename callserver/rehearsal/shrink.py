"""Less that is still wrong: visits and faults are left out as long as a rehearsal breaks the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callserver.rehearsal.rehearsal import Rehearsal, Result
from callserver.rehearsal.script import Script


@dataclass(frozen=True)
class LeftOut:
    """Numbers of visits and faults that do not take place."""

    visits: frozenset[int] = frozenset()
    faults: frozenset[int] = frozenset()


def shrink(script: Script, found: Result, left_out: LeftOut, on_step: Callable[[int, int, bool], object]) -> LeftOut:
    """
    The least that still breaks one of the invariants that `found` broke, or lets a caller fail as there.

    :param left_out: already, when that was found
    :param on_step: told visits, faults, and whether it is still wrong, after each trial
    """
    wrong = complaints(found)
    n_faults: dict[LeftOut, int] = {left_out: found.n_faults}

    def still_wrong(less: LeftOut) -> bool:
        result = Rehearsal(script, without=less.visits, without_faults=less.faults).run()
        n_faults[less] = result.n_faults
        same = bool(wrong & complaints(result))
        on_step(len(result.visits), len(result.faults), same)
        return same

    visits = [visit.n for visit in found.visits]
    faults = [fault.n for fault in found.faults]
    kept = fewest(visits, lambda kept: still_wrong(LeftOut(left_out.visits | {*visits} - {*kept}, left_out.faults)))
    without = left_out.visits | {*visits} - {*kept}
    kept = fewest(faults, lambda kept: still_wrong(LeftOut(without, left_out.faults | {*faults} - {*kept})))
    least = LeftOut(without, left_out.faults | {*faults} - {*kept})
    return LeftOut(without, frozenset(n for n in least.faults if n <= n_faults[least]))  # of the others none is drawn


def complaints(result: Result) -> set[str]:
    """What is wrong, by name."""
    return {broken.name for broken in result.broken} | {f"caller {v.outcome}" for v in result.failed_visits}


def fewest(numbers: Sequence[int], holds: Callable[[Sequence[int]], bool]) -> Sequence[int]:
    """
    A small part of the numbers for which it holds: halves are left out, then quarters, down to single ones.

    A. Zeller, R. Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28 (2002): ddmin, complements
    only.
    """
    kept, n_parts = list(numbers), 2
    while kept:
        size = -(-len(kept) // n_parts)
        starts = range(0, len(kept), size)
        less = next((kept[:at] + kept[at + size :] for at in starts if holds(kept[:at] + kept[at + size :])), None)
        if less is not None:
            kept, n_parts = less, max(n_parts - 1, 2)
        elif size == 1:
            break
        else:
            n_parts = min(2 * n_parts, len(kept))
    return kept
