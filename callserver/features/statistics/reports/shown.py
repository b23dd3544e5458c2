"""A report's values as people read them, the same on the screen, in a chart and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from callserver.features.statistics.reports.intervals import common_day
from callserver.features.statistics.reports.table import Code, Column, Figure, Table, Unit, Value
from callserver.wire.catalogue import N_, known, text, told, yuan
from callserver.wire.cells import cells, column, cut, wrapped
from callserver.wire.messages import Phrase
from callserver.wire.words import code_text

EMPTY = N_("nothing in these days")
DASH = "–"  # of an empty denominator: never 0, never 100 %
GAP = 1
SIGNS = {Unit.SHARE: "%", Unit.SECONDS: "s", Unit.FEN: "¥"}
LEAST_COLUMNS = 8  # are shown, however narrow the terminal
DATED = re.compile(r"^\d{4}-(?=\d\d-\d\d \d\d:)")  # the year in front of an hour
NAME_ENOUGH, NAME_LEAST = 20, 10  # cells of a name: before a column goes, and where all is cut for


def shown(value: Value, unit: Unit, language: str) -> str:
    """One value: in a column, whose title has its unit, to a tenth; alone to the hundredth, with its unit."""
    if isinstance(value, Figure):
        if value.value is None:
            return DASH
        sign, words = SIGNS.get(value.unit, ""), _number(value.value, value.unit, 2)
        return f"{sign}{words}" if value.unit is Unit.FEN else f"{words} {sign}".rstrip()
    if value is None:
        return DASH
    if isinstance(value, Phrase):
        return told(value, language)
    if isinstance(value, Code):
        return code_text(value.word, language)
    return value if isinstance(value, str) else _number(value, unit, 1)


def _number(value: float, unit: Unit, digits: int) -> str:
    if unit is Unit.SHARE:
        return f"{100 * value:.{digits}f}"
    if unit is Unit.SECONDS or unit is Unit.NUMBER:
        return f"{value:.{digits}f}"
    if unit is Unit.SPAN:
        return span(round(value))
    return yuan(round(value)) if unit is Unit.FEN else f"{value:.0f}"


def span(seconds: int) -> str:
    """Hours, minutes, seconds."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def heads(columns: Sequence[Column], language: str) -> list[str]:
    """The titles of columns, as they stand over figures for people."""
    return [f"{known(language, one.title)} {SIGNS.get(one.unit, '')}".rstrip() for one in columns]


def whole_heads(columns: Sequence[Column], language: str) -> list[str]:
    """The same for a file that is read without the notes: which variant it is, and that a span is in seconds."""
    names = [f"{known(language, one.title)}{one.variant and f' ({one.variant})'}" for one in columns]
    return [f"{name} {sign(one.unit)}".rstrip() for name, one in zip(names, columns, strict=True)]


def sign(unit: Unit) -> str:
    """Of a bare number; a span is one of seconds."""
    return SIGNS.get(Unit.SECONDS if unit is Unit.SPAN else unit, "")


def heading(table: Table, language: str) -> str:
    """What it tells, grouped by what, and of which days."""
    by = text(language, "by {by_word}", by_word=table.by) if table.by else ""
    return " · ".join(filter(None, (told(table.title, language), by, table.days)))


def lines(table: Table, language: str, width: int) -> Iterator[str]:
    """
    Within so many cells.

    Where there is no room, hours lose their year, long names are cut, then the last columns go, which is said.
    """
    names = [row[0] for row in table.rows if isinstance(row[0], str)]
    day = common_day(names)
    yield from wrapped(heading(table if table.days else replace(table, days=day.rstrip()), language), width)
    if not table.rows:
        yield from wrapped(known(language, EMPTY), width)
        return
    units = [one.unit for one in table.columns]
    body = [[shown(value, unit, language) for value, unit in zip(row, units, strict=True)] for row in _rows(table)]
    for row in body:
        row[0] = row[0].removeprefix(day)
    titles = [_stacked(*one) for one in zip(heads(table.columns, language), units, strict=True)]
    n_high = max(len(one) for one in titles)
    titles = [[""] * (n_high - len(one)) + one for one in titles]
    grid = [[one[n] for one in titles] for n in range(n_high)] + body
    widths = _widths(grid, units, width)
    for row in grid:
        shown_cells = zip(row, widths, units, strict=False)
        yield (" " * GAP).join(_cell(*one) for one in shown_cells).rstrip()
    if left_out := ", ".join(heads(table.columns[len(widths) :], language)):
        yield from wrapped(text(language, "no room here for: {columns}", columns=left_out), width)
    for note in table.notes:
        yield from wrapped(told(note, language), width)


def _widths(grid: list[list[str]], units: Sequence[Unit], width: int) -> list[int]:
    """Of the columns that there is room for."""
    widths = [max(cells(row[n]) for row in grid) for n in range(len(units))]

    def over() -> int:
        return sum(widths) + GAP * (len(widths) - 1) - width

    if over() > 0 and all(DATED.match(row[0]) for row in grid if row[0][:1].isdecimal()):
        for row in grid:
            row[0] = DATED.sub("", row[0])
        widths[0] = max(cells(row[0]) for row in grid)
    _cut(widths, units, over(), NAME_ENOUGH)
    while over() > 0 and len(widths) > LEAST_COLUMNS and units[len(widths) - 1] is not Unit.WORD:
        widths.pop()
    _cut(widths, units, over(), NAME_LEAST)
    return widths


def _cut(widths: list[int], units: Sequence[Unit], over: int, least: int) -> None:
    """Columns of words give up what there is too much, down to so many cells."""
    for n, unit in enumerate(units[: len(widths)]):
        if unit is Unit.WORD and over > 0:
            cut_off = min(over, max(widths[n] - least, 0))
            widths[n] -= cut_off
            over -= cut_off


def _rows(table: Table) -> list[Sequence[Value]]:
    return [*table.rows, *([table.total] if table.total is not None else [])]


def _cell(words: str, width: int, unit: Unit) -> str:
    if unit is Unit.WORD:
        return column(cut(words, width), width)
    return " " * (width - cells(words)) + words


def _stacked(title: str, unit: Unit) -> list[str]:
    """A title over numbers is no wider than they are: its words stand one above the other."""
    return [title] if unit is Unit.WORD else wrapped(title, max(cells(word) for word in title.split()))
