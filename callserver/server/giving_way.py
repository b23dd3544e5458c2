"""Threads that compute give way to the reactor."""

import sys
from threading import Event
from typing import Any

from callserver.dsp.frames import BLOCK_MS

GIVES_WAY_S = 0.0005


def give_way_soon() -> None:
    """
    Before the reactor runs.

    Python runs one thread at a time; one that computes gives way to another only after so long, at each of its system
    calls anew. With Python's own 5 ms a tick beside a report takes 3.7 times as long as alone, with half a millisecond
    2.3 times (`benchmarks.threads`).
    """
    sys.setswitchinterval(GIVES_WAY_S)


def let_ticks_go_first(database: Any, over: Event) -> Any:
    """
    Make a peewee database begin no statement while a tick is at work; at most a tick's time is waited.

    A tick writes to every line, and at each write the thread of the database could take Python's lock from it. The
    work around a statement is short; what lasts is many of them, as when goods are imported. With 20 callers beside
    10,000 goods, ticks are a third as late, and the import is sooner done: less time goes into changing places
    (`benchmarks.interface`).

    :param over: set but while a tick is at work
    """
    execute = database.execute_sql

    def execute_sql(*args: Any, **options: Any) -> Any:
        over.wait(BLOCK_MS / 1000)
        return execute(*args, **options)

    database.execute_sql = execute_sql
    return database
