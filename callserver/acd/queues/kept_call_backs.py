"""Open call-backs in the shop's database, and who talked with a caller last."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from twisted.internet.defer import Deferred

from callserver.acd.queues import call_back_tables
from callserver.acd.queues.call_back_tables import CallBack
from callserver.store.database import Store
from callserver.store.tables import CallRow, to_ms


class KeptCallBacks:
    """A call_backs.Book on a Store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, one: CallBack) -> Deferred[None]:
        return self._store.write(partial(call_back_tables.save, one))

    def close(self, call_id: str) -> Deferred[None]:
        return self._store.write(partial(call_back_tables.close, call_id))

    def still_open(self) -> Deferred[list[CallBack]]:
        return self._store.read(call_back_tables.still_open)


def last_agent(number: str, now: datetime, days: int) -> str:
    """In `store.read`: the staff number of who talked last with this caller, within so many days; "" for nobody."""
    since_ms = to_ms(now - timedelta(days=days))
    rows = CallRow.select(CallRow.agent).where(
        CallRow.caller_number == number, CallRow.agent.is_null(False), CallRow.started_ms >= since_ms
    )
    row = rows.order_by(CallRow.started_ms.desc()).first()
    return str(row.agent) if row is not None else ""
