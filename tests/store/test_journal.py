"""Call records and events: acknowledged when safe, in order, and never a reason to refuse a call."""

import json
import os
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.store import journal as journal_module
from callserver.store.journal import Journal, append_event, close_open_calls
from callserver.store.reading import call, list_calls, timeline
from callserver.store.spool import Spool
from callserver.store.tables import CallRow, EventRow
from callserver.wire.records import CallRecord, EventRecord, Value
from tests.store.inline import InlineWorker, StubbornStore

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
GRAVEYARD: list[object] = []  # what a killed process leaves must not come to its `finally` when it is collected


class Bench:
    """A journal on a store and a spool in virtual time."""

    def __init__(self, folder: Path) -> None:
        self.store = StubbornStore()
        self.clock = self.store.reactor
        self.spool = Spool(folder / "spool.jsonl")
        self.closed: list[CallRecord] = []
        self.journal = self.start()

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.clock.seconds())

    def start(self, node: str = "shop") -> Journal:
        with patch.object(journal_module, "Worker", InlineWorker):
            self.journal = Journal(self.store, self.clock, self.spool.path, node, self.now)  # type: ignore[arg-type]
        self.journal.start().addCallback(self.closed.extend)
        return self.journal

    def die(self, n_done: int) -> None:
        """kill -9: of the transactions that wait, the first few were committed; nothing else goes on."""
        GRAVEYARD.extend((self.journal, *self.clock.calls, *self.store.die(n_done)))
        self.clock.calls = []

    def open(self, call_id: str, **known: Any) -> Deferred[None]:
        return self.journal.open_call(CallRecord(call_id, "in", "line 1", "139", None, self.now(), **known))

    def event(self, kind: str, call_id: str | None = "one", **data: Value) -> EventRecord:
        return EventRecord(self.now(), self.clock.seconds(), "shop", kind, call_id, "line 1", None, data)

    def write(self, kind: str, call_id: str | None = "one", **data: Value) -> None:
        self.journal.write(self.event(kind, call_id, **data))

    def kinds(self, call_id: str = "one") -> list[str]:
        return [event.kind for event in self.store.run(timeline, call_id)]

    def calls(self) -> dict[str, CallRecord]:
        return {record.id: record for record in self.store.run(list_calls, 1000)}


class HeldWorker(InlineWorker):
    """A Worker that does its next job when told."""

    def __init__(self) -> None:
        self._jobs: deque[tuple[Deferred[Any], Callable[..., Any], tuple[Any, ...]]] = deque()

    def run(self, job: Callable[..., Any], *args: Any) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()
        self._jobs.append((done, job, args))
        return done

    def do_one(self) -> None:
        if self._jobs:
            done, job, args = self._jobs.popleft()
            maybeDeferred(job, *args).chainDeferred(done)


class JournalTests(SynchronousTestCase):
    def setUp(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        self.bench = Bench(folder)
        self.store, self.clock, self.journal = self.bench.store, self.bench.clock, self.bench.journal

    def test_a_call_is_acknowledged_when_committed(self) -> None:
        """Its row is in the database when the line may go off hook."""
        self.successResultOf(self.bench.open("one"))
        self.assertEqual(self.store.run(call, "one").caller_number, "139")

    def test_events_share_a_transaction(self) -> None:
        """Many events cost one commit, which comes well within 250 ms."""
        before = self.store.n_transactions
        for n in range(50):
            self.bench.write("key", digit=str(n))
        self.clock.advance(0.09)
        self.assertEqual(self.store.n_transactions, before)
        self.clock.advance(0.06)
        self.assertEqual(self.store.n_transactions, before + 1)
        digits = [event.data["digit"] for event in self.store.run(timeline, "one")]
        self.assertEqual(digits, [str(n) for n in range(50)])

    def test_closed(self) -> None:
        """What waits is written at the end, at once; what is told after that leaves nothing that would wait."""
        self.successResultOf(self.bench.open("one"))
        self.bench.write("key", digit="1")
        self.successResultOf(self.journal.close())
        self.bench.write("key", digit="2")
        self.assertEqual((self.bench.kinds(), self.clock.getDelayedCalls()), (["key"], []))

    def test_told_while_closing(self) -> None:
        """What is told while the rest is being written at the end is written too."""
        self.successResultOf(self.bench.open("one"))
        self.store.locked = True
        self.bench.write("key", digit="1")
        closing = self.journal.close()
        self.bench.write("key", digit="2")
        self.assertNoResult(closing)
        self.store.unlock()
        self.successResultOf(closing)
        self.assertEqual((self.bench.kinds(), self.clock.getDelayedCalls()), (["key", "key"], []))

    def test_no_event_waits_for_the_next(self) -> None:
        """Events that keep coming do not put off those before them."""
        for _ in range(25):
            self.bench.write("key")
            self.clock.advance(0.04)
        self.clock.advance(0.1)
        self.assertEqual(len(self.bench.kinds()), 25)

    def test_changes_keep_their_place(self) -> None:
        """What is changed twice ends as the second says, with the call opened in the same batch."""
        self.bench.open("one")
        self.journal.change_call("one", agent="801", answered_at=BEGAN)
        self.journal.change_call("one", agent="802")
        self.clock.advance(0.2)
        record = self.bench.calls()["one"]
        self.assertEqual((record.agent, record.answered_at), ("802", BEGAN))

    def test_a_change_of_nothing_known(self) -> None:
        """A misspelt field is the programmer's error, told to him at once."""
        self.assertRaises(TypeError, self.journal.change_call, "one", anwsered_at=BEGAN)

    def test_locked(self) -> None:
        """A locked database holds a call up for less than 100 ms; then the record is safe in the spool."""
        self.store.locked = True
        opened = self.bench.open("one")
        self.clock.advance(0.07)
        self.assertNoResult(opened)
        self.clock.advance(0.03)
        self.successResultOf(opened)
        self.assertEqual([entry["call"]["id"] for entry in self.bench.spool.read().entries], ["one"])
        self.bench.write("ring")
        self.clock.advance(0.15)
        self.assertEqual(len(self.bench.spool.read().entries), 2)
        self.successResultOf(self.bench.open("two"))

    def test_unlocked_again(self) -> None:
        """All of it reaches the database, once and in order, and the spool is gone."""
        self.store.locked = True
        self.bench.open("one")
        self.journal.change_call("one", agent="801")
        for n in range(10):
            self.bench.write("key", digit=str(n))
            self.clock.advance(0.15)
        self.journal.change_call("one", agent="802")
        self.clock.advance(0.15)
        self.store.unlock()
        self.bench.write("end")
        self.clock.advance(0.15)
        self.assertEqual(self.bench.calls()["one"].agent, "802")
        self.assertEqual(self.bench.kinds(), ["key"] * 10 + ["end"])
        self.assertFalse(self.bench.spool.path.exists())

    def test_full(self) -> None:
        """A full database sends records to the spool at once, and is tried again every second."""
        self.store.full = True
        self.successResultOf(self.bench.open("one"))
        self.clock.pump([1.0] * 5)
        self.assertEqual(self.bench.calls(), {})
        self.store.full = False
        self.clock.advance(1.0)
        self.assertEqual(list(self.bench.calls()), ["one"])
        self.assertFalse(self.bench.spool.path.exists())

    def test_spool_unreadable_for_a_while(self) -> None:
        """A disk that fails while the spool is being emptied is tried again: records go on to the database after it."""
        for failing in ("read", "clear"):
            self.store.full = True
            self.bench.open(failing)
            self.clock.advance(1.0)
            self.store.full = False
            with patch.object(Spool, failing, side_effect=OSError(5, "Input/output error")):
                self.clock.pump([1.0] * 3)
            self.clock.pump([1.0] * 3)
            self.assertIn(failing, self.bench.calls())
            self.assertFalse(self.bench.spool.path.exists())
            self.bench.open(f"after {failing}")
            self.assertIn(f"after {failing}", self.bench.calls())

    def test_damaged_line_while_full(self) -> None:
        """What somebody has scribbled into the spool is told and laid aside once, however long the database is full."""
        self.store.full = True
        self.bench.open("one")
        with self.bench.spool.path.open("ab") as file:
            file.write(b"scribble\n")
        self.clock.pump([1.0] * 10)
        self.store.full = False
        self.clock.pump([1.0] * 3)
        self.assertEqual(list(self.bench.calls()), ["one"])
        self.assertEqual(self.store.alarms, ["1 damaged lines of the spool are in spool.refused.jsonl"])
        self.assertEqual(self.bench.spool.path.with_suffix(".refused.jsonl").read_bytes(), b"scribble\n")

    def test_no_room_for_the_spool_either(self) -> None:
        """The call is served all the same, the admin is told, and the record is kept until there is room."""
        self.store.full = True
        with patch.object(Spool, "append", side_effect=OSError(28, "No space left on device")):
            self.successResultOf(self.bench.open("one"))
            self.bench.write("ring")
            self.clock.pump([0.2] * 20)
        self.assertEqual(self.store.alarms, ["call records cannot be written: [Errno 28] No space left on device"])
        self.store.full = False
        self.clock.pump([1.0] * 3)
        self.assertEqual((list(self.bench.calls()), self.bench.kinds()), (["one"], ["ring"]))

    def test_order_when_the_spool_has_no_room(self) -> None:
        """What was written while the spool was being tried, and had no room, comes after what had to wait for it."""
        self.bench.open("one")
        self.journal._disk = disk = HeldWorker()  # type: ignore[assignment]
        self.store.full = True
        with patch.object(Spool, "append", side_effect=OSError(28, "No space left on device")):
            self.journal.change_call("one", agent="801")
            self.clock.advance(0.15)
            self.journal.change_call("one", agent="802")
            disk.do_one()
        self.store.full = False
        for _ in range(20):
            disk.do_one()
            self.clock.advance(0.25)
        self.assertEqual(self.bench.calls()["one"].agent, "802")
        self.assertFalse(self.bench.spool.path.exists())

    def test_order_while_catching_up(self) -> None:
        """What is written while the spool is being brought in goes behind it, not past it into the database."""
        self.store.full = True
        self.bench.open("one")
        self.journal.change_call("one", agent="0")
        self.clock.advance(0.15)
        self.journal._disk = disk = HeldWorker()  # type: ignore[assignment]
        self.store.full = False
        newest = 0
        for n in range(1, 21):
            self.journal.change_call("one", agent=str(n))
            disk.do_one()
            self.clock.advance(0.25)
            agents = [record.agent for record in self.bench.calls().values()]
            self.assertTrue(not agents or int(agents[0]) >= newest, "an older word over a newer one")
            newest = int(agents[0]) if agents else 0
        while self.bench.spool.path.exists():
            disk.do_one()
            self.clock.advance(0.25)
        self.assertEqual(self.bench.calls()["one"].agent, "20")

    def test_late_commit(self) -> None:
        """A commit that comes too late for the call, but comes, is not brought again over what was written since."""
        self.bench.open("one")
        self.store.locked = True
        self.journal.change_call("one", agent="801")
        self.clock.advance(0.25)
        self.journal.change_call("one", agent="802")
        self.clock.advance(0.25)
        self.store.unlock()
        self.clock.pump([0.25] * 8)
        self.assertEqual(self.bench.calls()["one"].agent, "802")
        self.assertFalse(self.bench.spool.path.exists())

    def poison(self) -> None:
        """A change that no database takes, among others that it does."""
        self.bench.open("one")
        self.journal.change_call("one", started_at=None)
        self.journal.change_call("one", agent="801")
        self.bench.write("ring")
        self.clock.advance(0.15)

    def refused(self) -> list[dict[str, Any]]:
        path = self.bench.spool.path.with_suffix(".refused.jsonl")
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def test_poison(self) -> None:
        """A record that the database refuses for what is in it is laid aside, and nothing waits behind it."""
        self.poison()
        self.bench.write("end")
        self.clock.pump([0.25] * 8)
        self.assertEqual((self.bench.kinds(), self.bench.calls()["one"].agent), (["ring", "end"], "801"))
        self.assertEqual(self.refused(), [{"change": {"started_ms": None}, "id": "one"}])
        self.assertIn("1 records that the database refuses are in spool.refused.jsonl", self.store.alarms[-1])
        self.assertFalse(self.bench.spool.path.exists())
        before = self.store.n_transactions
        self.bench.write("key")
        self.clock.advance(0.15)
        self.assertEqual(self.store.n_transactions, before + 1, "straight to the database again")

    def test_poison_at_start(self) -> None:
        """Nor does it hinder the next start."""
        no_uid = {"event": {"at_ms": 1, "uptime_s": 1.0, "node": "shop", "kind": "key", "data": "{}"}}
        poison: list[dict[str, Any]] = [
            {"change": {"no_such_column": "1"}, "id": "one"},
            {"change": {"agent": "801"}},
            {"event": {}},
            no_uid,
            {"call": {"id": "three", "started_ms": 2**70}},
        ]
        self.bench.spool.append(poison)
        self.bench.open("two")
        self.bench.start()
        self.assertEqual(self.refused(), poison)
        self.assertEqual([record.id for record in self.bench.closed], ["two"])

    def spool_lines(self, *garbage: bytes) -> None:
        """What stands in the spool at the next start: two events, and between and around them what is no entry."""
        self.store.full = True
        self.bench.open("one")
        self.bench.write("ring")
        self.bench.write("key")
        self.clock.advance(0.15)
        first, second, third = self.bench.spool.path.read_bytes().splitlines()
        self.bench.die(n_done=0)
        self.store.full = False
        lines = [*garbage, first, *garbage, second, third, *garbage]
        self.bench.spool.path.write_bytes(b"\n".join(lines) + b"\n")

    def test_damaged_spool(self) -> None:
        """Lines that are no entry keep no start from the rest; they are kept as they were, and the admin is told."""
        garbage = (
            b"",
            b"{}",
            b"[]",
            b"5",
            b"null",
            b'"event"',
            b'{"event": 5}',
            b'{"unheard of": {}}',
            b"\0\0\0",
            b"\xff{",
        )
        self.spool_lines(*garbage, b"[" * 100_000, b'{"event": {"uid": "x"')
        self.bench.start()
        self.assertEqual(self.bench.kinds(), ["ring", "key", "end"])
        refused = self.bench.spool.path.with_suffix(".refused.jsonl").read_bytes().split(b"\n")
        self.assertEqual(refused.count(b"\0\0\0"), 3)
        self.assertEqual(self.store.alarms[-1], "33 damaged lines of the spool are in spool.refused.jsonl")
        self.assertFalse(self.bench.spool.path.exists())

    @given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 40))
    @settings(max_examples=60, deadline=None)
    def test_spool_overwritten_anywhere(self, scribble: bytes, at: int, cut: int) -> None:
        """Whatever bytes a bad disk leaves in the spool, the next start comes, and takes calls."""
        self.setUp()
        self.spool_lines()
        whole = bytearray(self.bench.spool.path.read_bytes())
        whole[at : at + cut] = scribble
        self.bench.spool.path.write_bytes(whole)
        self.bench.start()
        self.successResultOf(self.bench.open("two"))
        self.assertFalse(self.bench.spool.path.exists())

    def test_unreadable_spool(self) -> None:
        """A spool that cannot be read at all is moved aside, twice if need be, and told."""
        for n in (1, 2):
            self.bench.spool.path.mkdir()
            self.bench.start()
            aside = self.bench.spool.path.with_suffix(f".unreadable-{n}")
            self.assertTrue(aside.is_dir())
            self.assertIn(f"the spool cannot be read and was moved to {aside.name}", self.store.alarms[-1])
            self.successResultOf(self.bench.open(str(n)))

    def test_reserve(self) -> None:
        """On a full disk what is kept in reserve is given up before a record has to wait in memory."""
        reserve = [True]
        self.journal._make_room = lambda: bool(reserve and reserve.pop())
        self.store.full = True
        full, append = OSError(28, "No space left on device"), Spool.append_lines

        def while_full(spool: Spool, lines: Any) -> None:
            if reserve:
                raise full
            append(spool, lines)

        with patch.object(Spool, "append_lines", while_full):
            self.successResultOf(self.bench.open("one"))
        self.assertEqual((reserve, self.store.alarms), ([], []))
        self.assertEqual(len(self.bench.spool.read().entries), 1)

    def test_poison_while_full(self) -> None:
        """A database that is full refuses nothing: all is tried again."""
        self.store.full = True
        self.poison()
        self.clock.pump([0.5] * 10)
        self.assertEqual(self.refused(), [])
        self.store.full = False
        self.clock.pump([0.5] * 6)
        self.assertEqual((self.bench.kinds(), len(self.refused())), (["ring"], 1))

    def test_start_brings_in_the_spool(self) -> None:
        """What only the spool knew is in the database after the next start, and nothing is there twice."""
        self.store.locked = True
        self.bench.open("one")
        self.bench.write("ring")
        self.clock.pump([0.2] * 3)
        self.bench.die(n_done=1)
        self.bench.start()
        self.assertEqual(self.bench.kinds(), ["ring", "end"])
        self.assertFalse(self.bench.spool.path.exists())

    def test_start_closes_what_was_open(self) -> None:
        """A call that the last run left open ended at its last event; others, and other nodes' calls, stay."""
        self.bench.open("one", recording="one.wav")
        self.bench.open("two")
        self.clock.advance(7.5)
        self.bench.write("key")
        self.journal.change_call("two", ended_at=self.bench.now(), end_reason="caller hung up")
        self.clock.advance(60)
        self.bench.start("another node")
        self.bench.start()
        (closed,) = self.bench.closed
        self.assertEqual((closed.id, closed.recording), ("one", "one.wav"))
        self.assertEqual((closed.end_reason, closed.ended_at), ("server_stopped", BEGAN + timedelta(seconds=7.5)))
        self.assertEqual(self.bench.calls()["one"], closed)
        self.assertEqual(self.bench.calls()["two"].end_reason, "caller hung up")
        end = self.store.run(timeline, "one")[-1]
        self.assertEqual((end.kind, end.data), ("end", {"by": "server", "reason": "server_stopped"}))

    def test_a_call_without_events(self) -> None:
        """It ended when it began."""
        self.bench.open("one")
        self.bench.start()
        self.assertEqual(self.bench.closed[0].ended_at, BEGAN)

    def test_close_flushes(self) -> None:
        """Nothing waits in memory when the server is stopped."""
        self.bench.write("ring")
        self.successResultOf(self.journal.close())
        self.assertEqual(self.bench.kinds(), ["ring"])

    def test_close_while_locked(self) -> None:
        """Then it waits in the spool."""
        self.store.locked = True
        self.bench.write("ring")
        closed = self.journal.close()
        self.clock.advance(0.1)
        self.successResultOf(closed)
        self.assertEqual([entry["event"]["kind"] for entry in self.bench.spool.read().entries], ["ring"])

    def test_garbage_from_a_line(self) -> None:
        """Text that no database takes does not stop the records behind it."""
        self.journal.open_call(CallRecord("one", "in", "line 1", "1\x003", "Li\ud800", BEGAN))
        self.bench.write("caller_id", name="\x00\udfff李", number=2**70, what={"deep": ["\ud800"]})
        self.clock.advance(0.2)
        self.assertEqual(
            (self.bench.calls()["one"].caller_number, self.bench.calls()["one"].caller_name), ("13", "Li?")
        )
        (event,) = self.store.run(timeline, "one")
        self.assertEqual(event.data, {"name": "?李", "number": 2**70, "what": {"deep": ["?"]}})

    def test_an_event_of_a_transaction(self) -> None:
        """It is stored with what it tells of, or not at all, and stands in the timeline where it happened."""

        def sell_then_crash() -> None:
            append_event(self.bench.event("order"))
            raise RuntimeError

        self.bench.write("key")
        self.clock.advance(0.01)
        self.failureResultOf(self.store.write(sell_then_crash), RuntimeError)
        self.successResultOf(self.store.write(append_event, self.bench.event("order")))  # the key still waits
        self.clock.advance(0.01)
        self.bench.write("end")
        self.clock.advance(0.2)
        self.assertEqual(self.bench.kinds(), ["key", "order", "end"])

    def test_timeline_over_a_restart_of_the_machine(self) -> None:
        """The monotonic clock begins anew; what the next run adds still comes last."""
        self.clock.advance(1000)
        self.bench.open("one")
        self.bench.write("key")
        self.clock.advance(0.2)
        with patch("callserver.store.tables.RUN", "nextrun"):
            self.store.run(close_open_calls, "shop", BEGAN + timedelta(days=1), 3.0)
        self.assertEqual(self.bench.kinds(), ["key", "end"])

    def test_times(self) -> None:
        """Milliseconds, aware, UTC, whatever zone they came in."""
        beijing = datetime.fromisoformat("2026-01-05T17:00:00.123999+08:00")
        self.journal.write(EventRecord(beijing, 1.5, "shop", "ring", "one"))
        self.clock.advance(0.2)
        self.assertEqual(self.store.run(timeline, "one")[0].at, BEGAN + timedelta(milliseconds=123))


class Troubles(RuleBasedStateMachine):
    """Whatever befalls the database and the server: what was acknowledged is there, once and in order."""

    folder: Path  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.folder.joinpath("spool.jsonl").unlink(missing_ok=True)
        self.bench = Bench(self.folder)
        self.acknowledged: set[str] = set()
        self.written: dict[str, list[tuple[float, int]]] = {}  # when each event of a call was written, and its number
        self.n_events = 0

    @rule()
    def open_call(self) -> None:
        call_id = f"call {len(self.written)}"
        self.written[call_id] = []
        self.bench.open(call_id).addCallback(lambda _: self.acknowledged.add(call_id))

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.written)))
        self.n_events += 1
        self.written[call_id].append((self.bench.clock.seconds(), self.n_events))
        self.bench.write("key", call_id, n=self.n_events)
        self.bench.journal.change_call(call_id, agent=str(self.n_events))

    @rule(seconds=st.sampled_from((0.01, 0.05, 0.1, 0.3, 2.0)))
    def wait(self, seconds: float) -> None:
        self.bench.clock.pump([seconds / 10] * 10)

    @rule()
    def lock(self) -> None:
        self.bench.store.locked = True

    @rule()
    def unlock(self) -> None:
        self.bench.store.unlock()

    @rule(full=st.booleans())
    def fill(self, full: bool) -> None:
        self.bench.store.full = full

    @rule(n_done=st.integers(0, 3))
    def kill(self, n_done: int) -> None:
        """The process dies and starts again; calls without acknowledgement may or may not be there."""
        self.bench.die(n_done)
        self.bench.start()
        for call_id in self.acknowledged:
            assert call_id in self.bench.calls(), call_id
        died_s = self.bench.clock.seconds()
        for call_id, written in self.written.items():
            kept = self.numbers(call_id)
            assert kept == [n for _, n in written[: len(kept)]], "events in order, none invented, none missing between"
            assert all(at_s > died_s - 0.25 for at_s, _ in written[len(kept) :]), "only the last 250 ms may be missing"
            del written[len(kept) :]

    @invariant()
    def nothing_twice(self) -> None:
        uids = [row.uid for row in EventRow.select(EventRow.uid)]
        assert len(uids) == len(set(uids))

    def numbers(self, call_id: str) -> list[Value]:
        return [event.data["n"] for event in self.bench.store.run(timeline, call_id) if event.kind == "key"]

    def teardown(self) -> None:
        self.bench.store.full = False
        self.bench.store.unlock()
        self.bench.clock.pump([0.5] * 6)
        for call_id, written in self.written.items():
            assert self.numbers(call_id) == [n for _, n in written]
            if written and call_id in self.bench.calls():
                assert CallRow.get_by_id(call_id).agent == str(written[-1][1])
        assert not self.bench.spool.path.exists()


class TroublesTests(SynchronousTestCase):
    def test_troubles(self) -> None:
        """Locks, full disks and kills in any order lose nothing that was acknowledged."""
        Troubles.folder = Path(self.mktemp())
        Troubles.folder.mkdir()
        case = Troubles.TestCase
        case.settings = settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        case("runTest").debug()


class SpoolTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.spool = Spool(Path(self.mktemp()))

    def test_cut_anywhere(self) -> None:
        """After a power cut the entries before the cut are there, and no broken one."""
        entries = [{"event": {"n": n, "text": "李明"}} for n in range(5)]
        self.spool.append(entries[:2])
        self.spool.append(entries[2:])
        whole = self.spool.path.read_bytes()
        for n_bytes in range(len(whole) + 1):
            self.spool.path.write_bytes(whole[:n_bytes])
            found = self.spool.read().entries
            self.assertEqual(found, entries[: whole[:n_bytes].count(b"\n")])

    def test_read_on(self) -> None:
        """From where the last reading ended."""
        self.spool.append([{"event": {"n": 1}}])
        end = self.spool.read().end
        self.spool.append([{"event": {"n": 2}}])
        self.assertEqual(self.spool.read(end).entries, [{"event": {"n": 2}}])

    def test_power_cut_after_coming_and_going(self) -> None:
        """The folder is on disk when the first entry is acknowledged, and again when the spool is gone."""
        synced: list[bool] = []
        fsync = os.fsync

        def folder_synced(handle: int) -> None:
            self.assertTrue(os.path.samestat(os.fstat(handle), self.spool.path.parent.stat()))
            synced.append(self.spool.path.exists())
            fsync(handle)

        with patch("callserver.store.spool.os.fsync", folder_synced):
            self.spool.append([{"event": {"n": 1}}])
            self.assertEqual(synced, [True])
            self.spool.append([{"event": {"n": 2}}])
            self.spool.clear()
            self.spool.clear()
        self.assertEqual(synced, [True, False])

    def test_disk_full_in_the_middle(self) -> None:
        """What did not fit as a whole is not there at all."""
        self.spool.append([{"event": {"n": 1}}])
        before = self.spool.path.read_bytes()
        from os import write

        def room_for_five_bytes(handle: int, data: bytes) -> int:
            if len(data) < 20:
                raise OSError(28, "No space left on device")
            return write(handle, data[:5])

        with patch("callserver.store.spool.os.write", room_for_five_bytes):
            self.assertRaises(OSError, self.spool.append, [{"event": {"n": 2, "text": "x" * 20}}])
        self.assertEqual(self.spool.path.read_bytes(), before)
        self.assertEqual([json.loads(line) for line in before.splitlines()], self.spool.read().entries)
