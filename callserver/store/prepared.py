"""
Questions whose SQL is made once: for what callers ask again and again.

peewee makes a statement's text anew each time it is asked, which takes longer than SQLite takes to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import BaseQuery, Value

from callserver.store.tables import database


@dataclass(frozen=True)
class _Hole:
    """Where the nth value of a question belongs."""

    n: int


class Prepared:
    """
    One question with values that change.

    Its text is made once for each kind of database and number of values, so `in_` may be asked of any number of them.

    :param query: makes the question of stand-ins for its values, which it may compare columns with and nothing else
    """

    def __init__(self, query: Callable[..., BaseQuery]) -> None:
        self._query = query
        self._made: dict[tuple[type, int], tuple[str, list[Any]]] = {}

    def rows(self, *values: str | int | None) -> list[tuple[Any, ...]]:
        """
        What is found, as tuples of the columns that were selected.

        :param values: as the database keeps them
        """
        key = type(database.obj), len(values)
        if key not in self._made:
            holes = [Value(_Hole(n), converter=False, unpack=False) for n in range(len(values))]
            self._made[key] = self._query(*holes).sql()
        sql, parts = self._made[key]
        filled = [values[part.n] if isinstance(part, _Hole) else part for part in parts]
        found: list[tuple[Any, ...]] = database.execute_sql(sql, filled).fetchall()
        return found
