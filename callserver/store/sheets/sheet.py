"""A sheet of rows and columns as people keep it, whatever program wrote it: all its cells are text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from callserver.wire.catalogue import N_, Complaint

BYTES_MAX = 5_000_000
ROWS_MAX = 100_000  # beside the titles
COLUMNS_MAX = 64

FORMULA = N_("is a formula: write what it gives")
TOO_MANY_ROWS = N_("has more than {n} rows: make several files of it")
TOO_MANY_COLUMNS = N_("row {row} has more than {n} columns: delete what does not belong to the list")


class SheetError(Complaint):
    """A file that cannot be read as a sheet at all."""


@dataclass(frozen=True)
class Unusable:
    """A cell that holds no text; `why` says what to do."""

    shown: str
    why: str


Cell = str | Unusable
Cells = Sequence[Cell]
Written = str | int | Decimal | None
"""A cell to write: a text stays a text in whatever program opens it, a number is one; money is a Decimal of yuan."""


@dataclass(frozen=True)
class Sheet:
    """
    What a file holds.

    :param rows: number as the person's program counts them, from 1, and cells; rows without anything are left out
    :param read_as: of a text: "UTF-8" or "GB18030"; of a workbook with several sheets the one that was read
    """

    rows: Sequence[tuple[int, Cells]]
    read_as: str = ""


def kept(row: int, cells: Sequence[Cell]) -> tuple[int, Cells] | None:
    """
    A row without the empty cells at its end; None if nothing is left.

    :raises SheetError: too many rows or columns
    """
    width = len(cells)
    while width and cells[width - 1] == "":
        width -= 1
    if width > COLUMNS_MAX:
        raise SheetError(TOO_MANY_COLUMNS, row=row, n=COLUMNS_MAX)
    if row > ROWS_MAX + 1:
        raise SheetError(TOO_MANY_ROWS, n=ROWS_MAX)
    return (row, tuple(cells[:width])) if width else None
