"""What the next start reads of what was before, after a kill too; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from callserver.acd.queues.call_back_tables import CallBack
from callserver.acd.queues.kept_call_backs import KeptCallBacks
from callserver.store import reading
from callserver.store.database import Store
from callserver.store.journal import SERVER_STOPPED, append_event, close_open_calls, lasted_until
from callserver.store.tables import CallRow, call_columns
from callserver.wire.records import EventRecord, Value
from tests.alarms import Alarms
from tests.store import postgres

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
NINE, BEGAN = MIDNIGHT + timedelta(hours=9), MIDNIGHT + timedelta(hours=10)
WISH = CallBack("one", "operator", "62345678", NINE, "Li", 2, "en", {"en": 3})


class AnyDatabase:
    """What holds for every database; a test case below says which."""

    timeout = 30

    async def open_store(self) -> Store:
        self.place = self.where()
        return await self.open_again()

    async def open_again(self) -> Store:
        store = Store(self.place, reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        return store

    async def test_call_backs(self) -> None:
        """What is open is there after a restart as it was last, the oldest first; what is over is not."""
        store = await self.open_store()
        book = KeptCallBacks(store)
        older = CallBack("older", "service", "62345679", NINE - timedelta(minutes=5))
        for one in (WISH, older, CallBack("over", "operator", "62345670", NINE)):
            await book.save(one)
        tried = CallBack(**WISH.__dict__ | {"tries": 1, "not_before": BEGAN, "at_agent": True})
        await book.save(tried)
        await book.close("over")
        await store.stop()
        self.assertEqual(await KeptCallBacks(await self.open_again()).still_open(), [older, tried])

    async def test_in_order(self) -> None:
        """A wish that is saved and over before the first was on disk leaves nothing behind."""
        book = KeptCallBacks(await self.open_store())
        saved, closed = book.save(WISH), book.close(WISH.call_id)
        await saved
        await closed
        self.assertEqual(await book.still_open(), [])

    async def test_paused(self) -> None:
        """Who paused when the server ended, by a kill or in order; who had gone home, or was at work, did not."""
        store = await self.open_store()
        await store.write(lambda: list(map(append_event, day())))
        paused = await store.read(reading.paused_at_stop, MIDNIGHT, BEGAN)
        self.assertEqual(paused, {"801": "meal", "802": "lunch", "805": "wrap-up"})

    async def test_limits_of_the_day(self) -> None:
        """Each number that was dialled, answered or not, and each that the exchange was asked for; today's alone."""
        store = await self.open_store()
        called: dict[str, Value] = {"number": "62345678", "dial_class": "local"}
        events = events_of()
        await store.write(call, "out", "out", NINE)
        for at, kind in ((NINE, "dialled"), (NINE, "handed_over"), (MIDNIGHT - timedelta(hours=1), "handed_over")):
            await store.write(append_event, next(events)(at, kind, "801", "out", called))
        found = await store.read(reading.dialled, MIDNIGHT)
        self.assertEqual([(one.id, event.person) for one, event in found.calls], [("out", "801")])
        self.assertEqual([event.at for event in found.handed_over], [NINE])

    async def test_length_of_a_killed_call(self) -> None:
        """It ends with its last event, unless its recording says more; what ended by itself stays as it is."""
        store = await self.open_store()
        events = events_of()
        for one in ("killed", "whole"):
            await store.write(call, one, "in", NINE)
            await store.write(append_event, next(events)(NINE + timedelta(seconds=5), "answer", None, one, {}))
        await store.write(
            lambda: CallRow.update(ended_ms=0, end_reason="menu_over").where(CallRow.id == "whole").execute()
        )
        (closed,) = await store.write(close_open_calls, "shop", BEGAN, 0.0)
        self.assertEqual((closed.ended_at, closed.end_reason), (NINE + timedelta(seconds=5), SERVER_STOPPED))
        for one in ("killed", "whole"):
            for length_s in (60, 3):
                await store.write(lasted_until, one, NINE + timedelta(seconds=length_s))
        self.assertEqual((await store.read(reading.call, "killed")).ended_at, NINE + timedelta(seconds=60))
        self.assertEqual((await store.read(reading.call, "whole")).end_reason, "menu_over")


class SqliteTests(AnyDatabase, TestCase):
    def where(self) -> Path:
        return Path(self.mktemp())


class PostgresTests(AnyDatabase, TestCase):
    if reason := postgres.missing():
        skip = reason

    def where(self) -> str:
        return postgres.new_database()


def call(call_id: str, direction: str, at: datetime) -> None:
    """Somebody has called, or was."""
    record = {"id": call_id, "direction": direction, "channel": "line 1", "started_at": at}
    CallRow.insert(call_columns(record) | {"node": "shop"}).execute()


class OneEvent:
    """Events as the log numbers them."""

    def __init__(self, n: int) -> None:
        self._n = n

    def __call__(
        self, at: datetime, kind: str, person: str | None, call_id: str | None, data: dict[str, Value]
    ) -> EventRecord:
        return EventRecord(at, float(self._n), "shop", kind, call_id, f"seat {person}", person, data)


def events_of() -> Iterator[OneEvent]:
    return (OneEvent(n) for n in count())


def day() -> Iterator[EventRecord]:
    """Of five agents: 801 paused twice, 803 went home in a pause, 804 is ready again, 805 was in his wrap-up."""
    events, stopped = events_of(), {"reason": SERVER_STOPPED}
    for person in ("801", "802", "803", "804", "805"):
        yield next(events)(NINE, "log_in", person, None, {})
        yield look(next(events), person, "idle, computer")
    for person, reason in (("801", "lunch"), ("801", "meal"), ("802", "lunch"), ("803", "lunch"), ("804", "lunch")):
        yield look(next(events), person, "paused", reason)
    yield next(events)(NINE, "log_out", "803", None, {"reason": "logged_out"})
    yield look(next(events), "803", "off")
    yield look(next(events), "804", "idle, computer")
    yield look(next(events), "805", "paused", "wrap-up")
    yield next(events)(NINE, "log_out", "802", None, dict(stopped))  # in order; the others were killed
    yield look(next(events), "802", "off")
    yield next(events)(BEGAN, "log_out", "804", None, dict(stopped))  # of the start that is under way


def look(event: OneEvent, person: str, state: str, reason: str = "") -> EventRecord:
    return event(NINE, "state", person, None, {"to": state, "sub": reason})
