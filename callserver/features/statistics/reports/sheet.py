"""A report as rows for a spreadsheet: numbers stay numbers, a text stays a text in whatever program opens it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from callserver.features.statistics.reports.shown import shown, sign, whole_heads
from callserver.features.statistics.reports.table import Figure, Table, Unit, Value

Cell = str | int | Decimal | None


def sheet_of(tables: Sequence[Table], language: str) -> tuple[list[str], list[list[Cell]]]:
    """Titles and rows of a report's tables, one below the other, an empty line between; all rows are as wide."""
    listed: list[list[Cell]] = []
    for table in tables:
        listed += [*([[]] if listed else []), [*whole_heads(table.columns, language)], *_body(table, language)]
    wide = max(len(row) for row in listed)
    titles, *rows = [[*row, *[None] * (wide - len(row))] for row in listed]
    return ["" if one is None else str(one) for one in titles], rows


def _body(table: Table, language: str) -> list[list[Cell]]:
    rows: list[Sequence[Value]] = [*table.rows, *([table.total] if table.total is not None else [])]
    units = [column.unit for column in table.columns]
    body = []
    for row in rows:
        cells = [_cell(value, unit, language) for value, unit in zip(row, units, strict=True)]
        for value in row:
            if isinstance(value, Figure):  # it has a unit of its own, which stands beside its name
                cells[0] = f"{cells[0]} {sign(value.unit)}".rstrip()
        body.append(cells)
    return body


def _cell(value: Value, unit: Unit, language: str) -> Cell:
    if isinstance(value, Figure):
        return _cell(value.value, value.unit, language)
    if value is None or not isinstance(value, int | float):
        return shown(value, unit, language)
    if unit is Unit.FEN:
        return Decimal(round(value)) / 100
    if unit is Unit.SHARE:
        return round(Decimal(100 * value), 2)
    return value if isinstance(value, int) else round(Decimal(value), 3)
