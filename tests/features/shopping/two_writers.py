"""
Two programs that write into one shop in PostgreSQL, one held before each of its statements in turn.

The first goes as far as its nth statement and waits there; the second goes until it is done, or waits for a lock of
the first; then the first goes on. So the second comes in at every place there is, and no clock has a part in it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread, local
from typing import Any
from unittest.mock import patch

from playhouse.migrations import Runner

from callserver.features.shopping.rules import OrderRefused
from callserver.store import tables
from callserver.store.opening import MIGRATIONS, database_at
from tests.store import postgres

Act = Callable[[], Any]
BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"
PATIENCE_S = 30.0  # for a machine that does something else


class Writer:
    """One of the two, in a thread and with a connection of its own."""

    def __init__(self, database: Any, act: Act, gate: Callable[[], None]) -> None:
        self.done, self.outcome = Event(), None
        self._database, self._act, self._gate = database, act, gate
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self) -> Any:
        """What it got: an answer, or why not; anything else than a refusal is an error."""
        self._thread.join(PATIENCE_S)
        assert self.done.is_set(), "they wait for each other"
        if isinstance(self.outcome, BaseException) and not isinstance(self.outcome, OrderRefused):
            raise self.outcome
        return self.outcome

    def _run(self) -> None:
        try:
            with self._database.connection_context(), self._database.atomic():
                self._gate()
                self.outcome = self._act()
                self._gate()  # before the commit
        except BaseException as problem:
            self.outcome = problem
        self.done.set()


class Office:
    """A shop in PostgreSQL."""

    def __init__(self) -> None:
        self.database = database_at(postgres.new_database())
        tables.database.initialize(self.database)
        self.database.connect()
        Runner(self.database, str(MIGRATIONS)).up()
        self._held = local()

    def close(self) -> None:
        self.database.close()

    def run(self, f: Act) -> Any:
        """Alone."""
        with self.database.atomic():
            return f()

    def meet(self, acts: Callable[[int], tuple[Act, Act]]) -> Iterator[tuple[int, Any, Any]]:
        """Make both acts anew for each place at which the second may come in; what each of them got."""
        for n in count():
            first, second = acts(n)
            was_held, got, got_too = self._meet(first, second, n)
            yield n, got, got_too
            if not was_held:
                return

    def _meet(self, first: Act, second: Act, n: int) -> tuple[bool, Any, Any]:
        reached, go_on = Event(), Event()
        passed = count()

        def hold() -> None:
            if next(passed) == n:
                reached.set()
                go_on.wait(PATIENCE_S)

        with self._gated():
            one = Writer(self.database, self._holding(first, hold), hold)
            while not reached.wait(0.005) and not one.done.is_set():
                pass
            other = Writer(self.database, second, lambda: None)
            while not other.done.wait(0.005) and not self._blocked():
                pass
            go_on.set()
            return reached.is_set(), one.join(), other.join()

    def _holding(self, act: Act, hold: Callable[[], None]) -> Act:
        def held() -> Any:
            self._held.before = hold
            try:
                return act()
            finally:
                self._held.before = None

        return held

    @contextmanager
    def _gated(self) -> Iterator[None]:
        real = self.database.execute_sql

        def execute_sql(*args: Any, **kw: Any) -> Any:
            before = getattr(self._held, "before", None)
            if before is not None:
                before()
            return real(*args, **kw)

        with patch.object(self.database, "execute_sql", execute_sql):
            yield

    def _blocked(self) -> bool:
        ((n,),) = self.database.execute_sql(BLOCKED).fetchall()
        return bool(n)
