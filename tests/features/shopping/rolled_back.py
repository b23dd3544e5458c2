"""The books in PostgreSQL, for tests that leave nothing behind: all of them is one transaction that is rolled back."""

from collections.abc import Callable
from functools import cache
from typing import Any

from playhouse.migrations import Runner

from callserver.store import tables
from callserver.store.opening import MIGRATIONS, database_at
from tests.store import postgres


class RolledBack:
    """As InlineStore; each write is a savepoint, so one that fails leaves nothing."""

    def __init__(self) -> None:
        self.database = _database()
        tables.database.initialize(self.database)
        self._all = self.database.transaction()
        self._all.__enter__()

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        with self.database.atomic():
            return f(*args)

    def close(self) -> None:
        """Nothing of it stays."""
        self._all.rollback()
        self._all.__exit__(None, None, None)


@cache
def _database() -> Any:
    database = database_at(postgres.new_database())
    tables.database.initialize(database)
    database.connect()
    Runner(database, str(MIGRATIONS)).up()
    return database
