"""
The log-ins of the last day, as the database has them; each function runs in its thread.

The clock on the wall may be set in both directions. What is stamped later than now was written under another clock: it
counts for nothing, also not when that time comes, for it is deleted with what is too old. So a clock that was years
ahead locks nobody out for years.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from callserver.acd.organisation.staff_tables import AttemptRow, StaffRow
from callserver.acd.staff.lockout import ACCOUNT_FAILURES, DAY_S, Attempt, obstacle
from callserver.acd.staff.rules import Staff, person_of
from callserver.store.tables import to_ms

DAY_MS = int(DAY_S * 1000)


class Secret(Enum):
    """With what somebody proves who he is; the values are columns of the staff book."""

    PASSWORD = "password"
    PIN = "pin"  # at a telephone


def look_up(
    account: str, address: str, now: datetime, secret: Secret = Secret.PASSWORD
) -> tuple[Staff | None, str | None, str | None]:
    """The person, the stored secret, and what stands against judging a log-in now."""
    row = StaffRow.get_or_none(StaffRow.number == account)
    why = obstacle(_last_day(account, address, now), account, address, now.timestamp())
    if row is None:
        return None, None, why
    kept: str | None = getattr(row, secret.value)
    return person_of(row), kept, "account disabled" if row.disabled else "account locked" if row.locked else why


def note(attempt: Attempt) -> None:
    """Remember one that was judged; the hundredth failure of a day locks the account."""
    at_ms = int(attempt.at_s * 1000)
    AttemptRow.delete().where((AttemptRow.at_ms < at_ms - DAY_MS) | (AttemptRow.at_ms > at_ms)).execute()
    AttemptRow.create(account=attempt.account, address=attempt.address, at_ms=at_ms, ok=attempt.ok)
    failures = AttemptRow.select().where(AttemptRow.account == attempt.account, ~AttemptRow.ok).count()
    if failures >= ACCOUNT_FAILURES:
        StaffRow.update(locked=True).where(StaffRow.number == attempt.account).execute()


def _last_day(account: str, address: str, now: datetime) -> Sequence[Attempt]:
    concerned = (AttemptRow.account == account) | (AttemptRow.address == address)
    last_day = AttemptRow.at_ms.between(to_ms(now) - DAY_MS, to_ms(now))
    rows = AttemptRow.select().where(concerned, last_day).order_by(AttemptRow.id)
    return [Attempt(row.at_ms / 1000, row.account, row.address, row.ok) for row in rows]
