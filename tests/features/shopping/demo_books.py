"""The demo shop's books in memory, for tests of its rules; they can be killed at any statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules, sample
from callserver.features.shopping.rules import OrderRefused, OrderTaken, Reserved
from callserver.features.shopping.tables import Product
from callserver.store import tables
from callserver.store.tables import Table
from callserver.wire.records import EventRecord
from tests.store.inline import InlineStore

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LI_MING, LI_MINGS_NUMBER = "600001", "13912345678"  # 500.00 yuan with the shop
TEA, POT = "1001", "1004"  # 50 pieces at 68.00, one piece at 268.00


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def stamp(call_id: str, at: datetime = NOW) -> EventRecord:
    return EventRecord(at, 1.0, "shop", "order", call_id, "line 1")


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, as the database has them."""
    there = set(tables.database.get_tables())
    mine = [table for table in Table.__subclasses__() if table._meta.table_name in there]
    return {table.__name__: sorted(_rows(table._meta.table_name), key=repr) for table in mine}


def _rows(table: str) -> list[Any]:
    return list(tables.database.execute_sql(f'SELECT * FROM "{table}"').fetchall())


class Crash(Exception):
    """The process dies here."""


@contextmanager
def crash_at_statement(database: Any, n: int) -> Iterator[None]:
    counted, real = count(), database.execute_sql

    def execute_sql(*args: Any, **kw: Any) -> Any:
        if next(counted) == n:
            raise Crash
        return real(*args, **kw)

    with patch.object(database, "execute_sql", execute_sql):
        yield


class BooksCase(SynchronousTestCase):
    """One test in the demo shop."""

    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.do(sample.load, NOW)

    def do(self, f: Any, *args: Any, **named: Any) -> Any:
        return self.store.run(lambda: f(*args, **named))

    def refusal(self, kind: type[OrderRefused], f: Any, *args: Any, **named: Any) -> Any:
        """Refused so, and nothing was changed."""
        before = everything()
        refused = self.assertRaises(kind, self.do, f, *args, **named)
        self.assertEqual(everything(), before)
        return refused

    def stock(self, item: str) -> int:
        return int(Product.get_by_id(item).stock)

    def buy(
        self, call_id: str, *lines: tuple[str, int], number: str | None = LI_MINGS_NUMBER, **how: Any
    ) -> OrderTaken:
        taken = self.do(rules.confirm, call_id, rules.find_buyer(number), lines, stamp(call_id), number, **how)
        assert isinstance(taken, OrderTaken)
        return taken

    def reserve(self, call_id: str, item: str, quantity: int, at: datetime = NOW, **how: Any) -> Reserved:
        """By somebody the shop does not know, whose number is of the call's own."""
        number = f"0201234{sum(call_id.encode()):04}"
        kept = self.do(rules.reserve, call_id, None, item, quantity, stamp(call_id, at), number, **how)
        assert isinstance(kept, Reserved)
        return kept

    def killed_anywhere(self, f: Any, *args: Any, **named: Any) -> Any:
        """Killed at each statement in turn nothing of it is left; then, once, all of it is done."""
        before = everything()
        for n in count():
            try:
                with crash_at_statement(self.store.database, n):
                    answer = self.do(f, *args, **named)
            except Crash:
                self.assertEqual(everything(), before, f"statement {n}")
            else:
                self.assertGreater(n, 2)
                self.assertNotEqual(everything(), before)
                return answer
        raise AssertionError  # count() never ends
