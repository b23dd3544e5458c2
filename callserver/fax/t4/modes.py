"""
The modes of two-dimensional coding (T.4 clause 4.2, T.6 clause 2.2), for all rows of a band at once.

Coding walks along a row from one changing element a0 to the next, or over one. At an a0 everything follows from the row
and the row above: b1, the first changing element of the row above right of a0 and of the other colour; how often b2,
the one after b1, lies left of a1 (pass mode); whether a1 is at most 3 pels from the b1 then found (vertical) or
not (horizontal). How the walk came to a0 does not matter. So the modes are found for each changing element as if the
walk met it. Which of them it does meet: the next one after a vertical mode, the next but one after a horizontal mode.
So one is skipped exactly if the one before it is met and horizontal; and in a row of horizontal ones after one that is
not, every other is met: a count of what is in front, no walk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callserver.fax.t4.codes import VERTICAL
from callserver.fax.t4.runs import Booleans, Integers, Runs

_REACH = max(VERTICAL)


@dataclass(frozen=True)
class Modes:
    """For each run of `Runs` as the one from a0 to a1."""

    met: Booleans  # the walk comes to it
    plain: Booleans  # its row is coded in one dimension
    passes: Integers  # so many pass modes first
    horizontal: Booleans
    right_of_b1: Integers  # where a1 is, if vertical
    a0: Integers  # after the passes
    a2: Integers


def modes_of(runs: Runs, above: Runs, one_dimensional: Booleans) -> Modes:
    """
    :param above: for each row the one above it
    :param one_dimensional: of each row
    """
    plain = one_dimensional[runs.row]
    if plain.all():
        nothing = np.zeros_like(runs.start)
        return Modes(plain, plain, nothing, ~plain, nothing, runs.start, runs.end)
    b1, b2 = _opposite_changes(above)
    key = runs.row * (runs.width + 1)
    is_first = np.zeros(len(runs.start), np.bool_)
    is_first[runs.first] = True  # its a0 is the white pel left of the row
    passes, a0, right = np.zeros_like(runs.start), runs.start.copy(), np.zeros_like(runs.start)
    for black in (0, 1):
        one = np.flatnonzero(runs.black == black)
        begun = np.searchsorted(b1[black], (key + runs.start + ~is_first)[one])
        passed = np.maximum(np.searchsorted(b2[black], (key + runs.end)[one]), begun)
        passes[one] = passed - begun
        right[one] = (key + runs.end)[one] - b1[black][passed]
        a0[one] = np.where(passed > begun, b2[black][passed - 1] - key[one], runs.start[one])
    horizontal = (np.abs(right) > _REACH) & ~plain
    a2 = np.append(runs.end[1:], runs.width)
    a2[runs.first[1:] - 1] = runs.width
    return Modes(_met(horizontal, is_first), plain, np.where(plain, 0, passes), horizontal, right, a0, a2)


def _opposite_changes(above: Runs) -> tuple[tuple[Integers, Integers], tuple[Integers, Integers]]:
    """
    Every changing element that can be b1, and that which then is b2; for an a0 in white, and for one in black.

    :return: in order, as row * (width + 1) + column; each row ends with enough of them at its width
    """
    n_rows, n_changes = len(above.first), np.diff(above.first, append=len(above.start)) - 1
    n_padded = n_changes + 2 + n_changes % 2
    first = np.cumsum(n_padded) - n_padded
    end_of_row = np.arange(n_rows) * (above.width + 1) + above.width
    all_changes = np.repeat(end_of_row, n_padded)
    is_change = np.ones(len(above.start), np.bool_)
    is_change[above.first] = False
    row = above.row[is_change]
    place = (np.arange(len(above.start)) - above.first[above.row])[is_change] - 1 + first[row]
    all_changes[place] = row * (above.width + 1) + above.start[is_change]
    to_black, to_white = all_changes[0::2], all_changes[1::2]
    past_all = n_rows * (above.width + 1)
    return (to_black, to_white), (to_white, np.append(to_black[1:], past_all))


def _met(horizontal: Booleans, is_first: Booleans) -> Booleans:
    index = np.arange(len(horizontal))
    sure = is_first | ~np.append(False, horizontal[:-1])
    last_sure = np.maximum.accumulate(np.where(sure, index, 0))
    met: Booleans = (index - last_sure) % 2 == 0
    return met
