"""A database with calls and what happened in them, as the server writes it down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.recordings import index
from callserver.features.recordings.records import Records
from callserver.features.recordings.search import Page, Recorded, Wanted, find, search
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, call_columns
from callserver.wire.records import CallRecord, EventRecord
from tests.store.inline import InlineStore

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class Book:
    """Keeps events as the journal does, at once."""

    def __init__(self, store: InlineStore) -> None:
        self._store = store

    def write(self, event: EventRecord) -> None:
        self._store.run(append_event, event)


class LogCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.now = NOON
        book: Any = Book(self.store)
        self.events = EventLog(book, self.store.reactor, "test", lambda: self.now)
        self.records = Records(self.store, self.events)  # type: ignore[arg-type]
        self._n = count(1)

    def tell(self, kind: Kind, call_id: str | None, channel: str = "line 1", **data: Any) -> None:
        self.events.write(kind, call_id=call_id, channel=channel, **data)

    def talked(
        self,
        number: str | None = "13912345678",
        *,
        at: datetime | None = None,
        line: str = "line 1",
        agents: tuple[str, ...] = ("801",),
        queue: str = "",
        outcome: str = "answered",
        length_s: float = 60.0,
        order: str = "",
        direction: str = "in",
        by: str | None = None,
        name: str = "",
        result: str = "",
    ) -> str:
        """A call that was recorded and is over; its recording's file."""
        self.now = at or self.now + timedelta(minutes=5)
        call_id = f"call-{next(self._n)}"
        file = f"{call_id}-recorded.wav"
        record = CallRecord(call_id, direction, line, number, name or None, self.now)
        self.store.run(CallRow.insert(call_columns(vars(record)) | {"node": "test"}).execute)
        self.tell(Kind.RECORDING, call_id, line, file=file, person=by)
        if queue:
            self.tell(Kind.ENTRY, call_id, line, queue=queue)
        for agent in agents:
            self.tell(Kind.CONNECT, call_id, line, person=agent, seat=agent)
        if queue:
            self.tell(Kind.LEAVE, call_id, line, queue=queue, outcome=outcome)
        if result:
            self.tell(Kind.DIAL_RESULT, call_id, line, result=result, number=number)
        if order:
            self.tell(Kind.ORDER, call_id, line, order=order)
        self.now += timedelta(seconds=length_s)
        self.tell(Kind.RECORDING_END, call_id, line, file=file, length_s=length_s)
        self.tell(Kind.END, call_id, line, by="caller", reason="caller_gone")
        return file

    def look(self) -> None:
        """The index follows."""
        self.store.run(index.catch_up_all)

    def page(self, after: str = "", limit: int = 50, **wanted: Any) -> Page:
        self.look()
        found = self.store.run(search, Wanted(**wanted), after, limit)
        assert isinstance(found, Page)
        return found

    def found(self, **wanted: Any) -> list[str]:
        """The files, the newest first."""
        return [one.file for one in self.page(**wanted).found]

    def one(self, file: str) -> Recorded:
        self.look()
        found = self.store.run(find, file)
        assert isinstance(found, Recorded)
        return found
