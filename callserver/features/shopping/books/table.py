"""Rows of a sheet with known columns: read one by one, and everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from callserver.acd.organisation.fields import Field
from callserver.config import Unfit, all_of
from callserver.config.values import likest
from callserver.store.sheets.sheet import Cell, Cells, Sheet, Unusable
from callserver.wire.catalogue import LANGUAGES, N_, Complaint, known, text
from callserver.wire.typed import typed_text

T = TypeVar("T")

SHOWN_MAX = 40  # characters of a cell, in a mistake
PLACES = {
    (False, False): N_("{file}, row {row}: {problem}"),
    (True, False): N_("{file}, row {row}, {column_word}: {problem}"),
    (False, True): N_("{file}, row {row}, {shown}: {problem}"),
    (True, True): N_("{file}, row {row}, {column_word}, {shown}: {problem}"),
}


@dataclass(frozen=True)
class Column:
    """
    One of a list.

    :param title: as a person sees it, a sentence of the catalogue
    :param field: what may stand in it; None: it is only told, and what it says changes nothing
    """

    key: str
    title: str
    field: Field | None = None


@dataclass(frozen=True)
class Fault:
    """
    One mistake in a file: where it is, what stands there, what to do.

    :param problem: a sentence of the catalogue
    :param column: its title
    :param shown: what stands in the cell
    """

    row: int
    problem: Any
    column: str = ""
    shown: str = ""

    def told(self, language: str, file: str) -> str:
        """In a line that begins with its place."""
        where: dict[str, Any] = {
            "file": file,
            "row": self.row,
            "column_word": self.column,
            "shown": self.shown[:SHOWN_MAX],
        }
        place = PLACES[bool(self.column), bool(self.shown)]
        return text(language, place, problem=self.problem, **where)


@dataclass(frozen=True)
class Entry:
    """What one row says: values by the keys of columns; an empty cell says nothing."""

    row: int
    key: str
    values: Mapping[str, Any]


@dataclass
class Table:
    """The rows that can be read, and what is wrong with the others."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_table(
    sheet: Sheet, columns: Sequence[Column], key: str, on_row: Callable[[int], None] = lambda row: None
) -> Table:
    """
    Read a sheet; its first row has the titles, in any language of ours and any order.

    :param key: of the column by which a row is known, which has to be there
    :param on_row: told the number of each row
    """
    table = Table()
    if not sheet.rows:
        table.faults.append(Fault(1, Complaint("there is nothing in it: the first row has the titles")))
        return table
    (first, titles), *rows = sheet.rows
    found = _columns(first, titles, columns, key, table.faults)
    if not any(column is not None and column.key == key for column in found):
        return table
    seen: dict[str, int] = {}
    for number, cells in rows:
        on_row(number)
        values = dict(_values(number, cells, found, table.faults))
        name, title = values.get(key), _of(columns, key).title
        if name is None:
            if not any(fault.row == number and fault.column == title for fault in table.faults[-len(columns) :]):
                table.faults.append(Fault(number, Complaint("is empty: every row needs it"), title))
        elif name in seen:
            again = Complaint("stands in row {first} already: delete one of the two", first=seen[name])
            table.faults.append(Fault(number, again, title, name))
        else:
            seen[name] = number
            table.entries.append(Entry(number, name, values))
    return table


@dataclass
class Plan(Generic[T]):
    """
    What a list would do with what there is.

    :param changed: before, after
    :param kept: keys of those of which the list says a sum or a stock that it does not change
    """

    new: list[T] = field(default_factory=list)
    changed: list[tuple[T, T]] = field(default_factory=list)
    same: int = 0
    kept: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def change(self, before: T, after: T) -> None:
        """One that there is."""
        if after == before:
            self.same += 1
        else:
            self.changed.append((before, after))


def titles_of(columns: Sequence[Column], language: str) -> list[str]:
    return [known(language, column.title) for column in columns]


def _columns(row: int, titles: Cells, columns: Sequence[Column], key: str, faults: list[Fault]) -> list[Column | None]:
    """By place in a row; None for one without a title."""
    by_title = {name: column for column in columns for name in _names(column)}
    by_plain = {_plain(name): column for name, column in by_title.items()}
    found: list[Column | None] = []
    for title in titles:
        shown = title.shown if isinstance(title, Unusable) else title
        column = by_plain.get(_plain(shown))
        if shown and column is None:
            hint = likest(shown, by_title) or all_of(titles_of(columns, _language(titles)))
            faults.append(Fault(row, Complaint("there is no such column; {hint}", hint=hint), shown=shown))
        elif column is not None and column in found:
            faults.append(Fault(row, Complaint("stands there twice: delete one"), column.title))
        found.append(column)
    wanted = _of(columns, key)
    if wanted not in found:
        faults.append(Fault(row, Complaint("there is no column {title_word}", title_word=wanted.title)))
    return found


def _language(titles: Cells) -> str:
    """That in which whoever wrote the titles would look for another one."""
    shown = (title.shown if isinstance(title, Unusable) else title for title in titles)
    return "en" if all(title.isascii() for title in shown) else "zh"


def _names(column: Column) -> list[str]:
    return [*(known(language, column.title) for language in LANGUAGES), column.key]


def _values(row: int, cells: Cells, columns: Sequence[Column | None], faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    for n, cell in enumerate(cells):
        column = columns[n] if n < len(columns) else None
        if cell == "" or (column is not None and column.field is None):
            continue
        if column is None:
            faults.append(Fault(row, Complaint("column {n} has no title: give it one", n=n + 1)))
            continue
        try:
            yield column.key, _read(column, cell)
        except Unfit as problem:
            faults.append(Fault(row, problem, column.title, cell.shown if isinstance(cell, Unusable) else cell))


def _read(column: Column, cell: Cell) -> Any:
    assert column.field is not None
    if isinstance(cell, Unusable):
        raise Unfit(cell.why)
    return column.field.read(" ".join(cell.split()))


def _of(columns: Sequence[Column], key: str) -> Column:
    return next(column for column in columns if column.key == key)


def _plain(title: str) -> str:
    return typed_text(title).lower().replace(" ", "").replace("_", "")
