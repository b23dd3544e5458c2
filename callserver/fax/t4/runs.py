"""The runs of all rows of a band at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callserver.fax.page import PelRows

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Runs:
    """
    Rows of pels as runs of white and black in turn, row after row in flat arrays.

    A row's first run is white and may have 0 pels; the others have at least one.
    """

    width: int
    first: Integers  # of each row: the index of its first run
    row: Integers  # of each run: its row
    start: Integers  # of each run: its first pel
    end: Integers  # of each run: the pel after its last
    black: Integers  # of each run: 1 for black


def runs_of(rows: PelRows) -> Runs:
    """:param rows: as in `Page`"""
    row, column = changes_of(rows)
    n_rows, width = len(rows), rows.shape[1] * 8
    n_runs = np.bincount(row, minlength=n_rows) + 1
    first = np.cumsum(n_runs) - n_runs
    start = np.zeros(int(n_runs.sum()), np.int64)
    start[np.arange(len(row)) + row + 1] = column
    end = np.append(start[1:], width)
    end[first[1:] - 1] = width
    run_row = np.repeat(np.arange(n_rows), n_runs)
    return Runs(width, first, run_row, start, end, (np.arange(len(start)) - first[run_row]) & 1)


def changes_of(rows: PelRows) -> tuple[Integers, Integers]:
    """
    The changing elements: pels of another colour than the one to their left; left of the first is white.

    :return: the row and the column of each, in reading order
    """
    flips: PelRows = np.bitwise_xor(rows, rows >> 1, dtype=np.uint8)
    flips[:, 1:] ^= rows[:, :-1] << 7
    place = np.flatnonzero(np.unpackbits(flips))
    row = place // (rows.shape[1] * 8)
    return row, place - row * rows.shape[1] * 8
