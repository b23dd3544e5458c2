"""
What happened to orders and reservations, for shops on the web that ask by and by.

A sequence number is given under a lock that is held until the commit. So numbers have no gaps and appear in their
order: who has read up to n has missed nothing below n, though two processes write.
"""

from dataclasses import dataclass
from datetime import datetime

from callserver.features.shopping.tables import Change, LastChange
from callserver.store.tables import from_ms, to_ms

ORDER, RESERVATION = "order", "reservation"


@dataclass(frozen=True)
class Changed:
    """An order or a reservation has come to a state."""

    sequence: int
    kind: str  # ORDER, RESERVATION
    number: str
    state: str
    at: datetime


def changes_since(sequence: int, n: int = 100) -> list[Changed]:
    """At most n changes after this one, the oldest first; from 0 on, all."""
    newer = Change.select().where(Change.sequence > sequence).order_by(Change.sequence).limit(n)
    return [Changed(row.sequence, row.kind, row.number, row.state, from_ms(row.at_ms)) for row in newer]


def last_sequence() -> int:
    """Of the newest change; 0 before the first."""
    return int(LastChange.get_by_id(1).sequence)


def append_change(kind: str, number: str, state: str, at: datetime) -> None:
    """Part of a transaction; the last lock that it takes."""
    LastChange.update(sequence=LastChange.sequence + 1).where(LastChange.id == 1).execute()
    Change.create(sequence=last_sequence(), kind=kind, number=number, state=state, at_ms=to_ms(at))
