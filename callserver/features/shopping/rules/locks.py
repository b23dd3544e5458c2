"""
Two writers at once.

SQLite has one: `store.write` begins by taking the whole database. On PostgreSQL another process (a command beside the
server, a second node) may write meanwhile, and what a rule has read may be old when it writes. So a rule first locks
the rows that its answer depends on, and then reads them; nobody else changes them until it commits.

All take their locks in one order, so that no two wait for each other: an order, items by their numbers (with an item
its leases and reservations), a customer, and last the feed of changes. What has no row to lock yet, an order or a
reservation of this name, is inserted where there is none, and then looked at: a second insert waits for the first.

Telephone numbers go from one customer to another, and two lists may give each other's away: no order of rows would do.
So whoever says whose they are does that alone, and asks for it before anything else.
"""

from typing import Any

from callserver.store.opening import is_sqlite
from callserver.store.tables import database

TELEPHONES = 0x7E1E  # names a lock among those of this database that are no rows


def lock(rows: Any) -> None:
    """Nobody else changes these rows until this transaction ends; they may be referred to."""
    if not is_sqlite(database.obj):
        rows.for_update("FOR NO KEY UPDATE").execute()


def lock_telephones() -> None:
    """Nobody else changes which telephone is whose until this transaction ends; before any other lock."""
    if not is_sqlite(database.obj):
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (TELEPHONES,))
