"""A report as plain values for another program: its words in one language, its figures as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callserver.features.statistics.reports.shown import heading, shown, whole_heads
from callserver.features.statistics.reports.table import Figure, Table, Unit, Value
from callserver.wire.catalogue import told


def plain(table: Table, language: str) -> dict[str, Any]:
    """{"title", "columns": [[title, unit]], "rows", "total", "notes"}; a figure with its own unit is [value, unit]."""
    units = [column.unit for column in table.columns]

    def row(values: Sequence[Value]) -> list[Any]:
        return [_plain(value, unit, language) for value, unit in zip(values, units, strict=True)]

    return {
        "title": heading(table, language),
        "columns": [
            list(one) for one in zip(whole_heads(table.columns, language), (u.value for u in units), strict=True)
        ],
        "rows": [row(values) for values in table.rows],
        "total": row(table.total) if table.total is not None else None,
        "notes": [told(note, language) for note in table.notes],
    }


def _plain(value: Value, unit: Unit, language: str) -> Any:
    if isinstance(value, Figure):
        return [value.value, value.unit.value]
    return value if value is None or isinstance(value, int | float) else shown(value, unit, language)
