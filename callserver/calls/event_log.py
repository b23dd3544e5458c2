"""Where everything that happens is told: stamped once, stored, and shown to whoever watches."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.vocabulary import Kind
from callserver.wire.alarms import alarm_data, alarm_text
from callserver.wire.records import CallRecord, EventRecord, Value

log = Logger()


class CallBook(Protocol):
    """Where call records and events are kept for ever (the store's journal)."""

    def open_call(self, record: CallRecord) -> Deferred[None]:
        """Fires when the record is safe on disk."""

    def change_call(self, call_id: str, **fields: object) -> None:
        """Set fields of a record, in order with the events around it."""

    def write(self, event: EventRecord) -> None:
        """Keep an event; safe on disk within 250 ms."""


class EventLog:
    """Stamps events and hands them on."""

    def __init__(
        self, book: CallBook, clock: IReactorTime, node: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.book, self._clock, self._node, self.now = book, clock, node, now
        self._watchers: list[Callable[[EventRecord], None]] = []

    def watch(self, watcher: Callable[[EventRecord], None]) -> Callable[[], None]:
        """Call `watcher` with every event from now on; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def stamp(
        self,
        kind: Kind,
        *,
        call_id: str | None = None,
        channel: str | None = None,
        person: str | None = None,
        **data: Value,
    ) -> EventRecord:
        """An event that happens now; for those that a feature stores inside its own transaction."""
        return EventRecord(self.now(), self._clock.seconds(), self._node, kind.value, call_id, channel, person, data)

    def write(
        self,
        kind: Kind,
        *,
        call_id: str | None = None,
        channel: str | None = None,
        person: str | None = None,
        **data: Value,
    ) -> None:
        """Stamp an event, keep it, show it."""
        self._keep(self.stamp(kind, call_id=call_id, channel=channel, person=person, **data))

    def show(self, event: EventRecord) -> None:
        """Tell the watchers of an event that is already kept."""
        for watcher in tuple(self._watchers):
            try:
                watcher(event)
            except Exception:
                log.failure("a watcher of the event log broke on {kind}", kind=event.kind)

    def alarm(self, msgid: str, /, channel: str | None = None, **details: object) -> None:
        """Something a person should see to: a sentence marked by `N_`, and its details."""
        data = alarm_data(msgid, details)
        log.warn("ALARM {channel}: {text}", channel=channel or "server", text=alarm_text(data, "en"))
        self._keep(replace(self.stamp(Kind.ALARM, channel=channel), data=data))

    def alarm_over(self, data: Mapping[str, Value], channel: str | None = None) -> None:
        """What an alarm with this data was given for is well again."""
        self._keep(replace(self.stamp(Kind.ALARM_OVER, channel=channel), data=dict(data)))

    def _keep(self, event: EventRecord) -> None:
        self.book.write(event)
        self.show(event)
