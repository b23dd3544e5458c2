"""A report as rows for a spreadsheet: numbers stay numbers, a text stays a text in whatever program opens it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from callserver.features.statistics.reports.shown import heads, shown
from callserver.features.statistics.reports.table import Figure, Table, Unit, Value

Cell = str | int | Decimal | None


def sheet_of(table: Table, language: str) -> tuple[list[str], list[list[Cell]]]:
    """Its titles, and its rows with the total."""
    rows: list[Sequence[Value]] = [*table.rows, *([table.total] if table.total is not None else [])]
    units = [column.unit for column in table.columns]
    return heads(table.columns, language), [
        [_cell(value, unit, language) for value, unit in zip(row, units, strict=True)] for row in rows
    ]


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
