"""A report as rows and columns of typed values: what shows it, on a screen, in a file or a chart, knows how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from callserver.wire.messages import Phrase


class Unit(Enum):
    """What a column's values are."""

    WORD = "word"
    COUNT = "count"
    SECONDS = "seconds"
    SPAN = "span"  # seconds that are shown as hours, minutes, seconds
    SHARE = "share"  # 0 to 1, shown in percent
    FEN = "fen"  # shown in yuan
    NUMBER = "number"


@dataclass(frozen=True)
class Figure:
    """A value with a unit of its own, where those of a column differ."""

    value: float | None
    unit: Unit


@dataclass(frozen=True)
class Code:
    """A word of the event log, as "line 3" or "break", which each screen tells in its own language."""

    word: str


Value = str | int | float | Phrase | Code | Figure | None  # None: the denominator is empty, or nothing is known


@dataclass(frozen=True)
class Column:
    """
    One column.

    :param title: of the catalogue
    :param drawn: whether a chart shows it
    :param variant: of the metric, where there are several
    """

    title: str
    unit: Unit = Unit.COUNT
    drawn: bool = False
    variant: str = ""


def drawn(title: str, unit: Unit = Unit.COUNT) -> Column:
    """One that a chart shows."""
    return Column(title, unit, True)


def of_variant(title: str, unit: Unit, variant: str) -> Column:
    """A metric that there are several of under one name."""
    return Column(title, unit, False, variant)


@dataclass(frozen=True)
class Table:
    """
    One report.

    :param columns: the first names the rows
    :param total: the last line, if there is a sum that means something
    :param notes: which variants the figures are of, and what else is to be known
    :param days: that it is of, as 2026-03-02 or 2026-03-02 – 2026-03-08
    :param by: what its rows are, of the catalogue; "" where that is plain
    """

    title: Phrase
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value] | None = None
    notes: Sequence[Phrase] = ()
    days: str = ""
    by: str = ""
