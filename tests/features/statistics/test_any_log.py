"""Whatever stands in the log, in whatever order: counted in pieces or anew it comes to the same, and it adds up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.features.statistics import keeping
from callserver.features.statistics.folding.accounts import KINDS, LOGGED_IN
from callserver.features.statistics.folding.happenings import ANYWHERE, HEARD
from callserver.features.statistics.folding.told import OF_BOTH, OF_SHOP
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.tables import FOLDED, AccountStat, CallStat, WaitStat
from callserver.store.tables import CallRow, EventRow, event_columns
from callserver.wire.messages import WRAP_UP
from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState
from tests.features.statistics.shop_log import fold
from tests.features.statistics.story import BEGIN
from tests.store.inline import InlineStore

OF_AGENTS = [Kind.STATE.value] * 6 + [Kind.LOG_IN.value] * 3 + [Kind.LOG_OUT.value]
OF_CALLS = sorted(HEARD.keys() | ANYWHERE.keys()) + [Kind.ENTRY.value, Kind.LEAVE.value, Kind.CONNECT.value] * 3
AGENTS = st.sampled_from(["801", "802"])
CALLS = st.sampled_from(["a", "b", "c"])
DATA = st.fixed_dictionaries(
    {
        "to": st.sampled_from([state.value for state in SeatState]),
        "sub": st.sampled_from(["", WRAP_UP, "lunch"]),
        "queue": st.sampled_from(["sales", "service"]),
        "outcome": st.sampled_from(["answered", "grabbed", "abandoned", "timed_out", "callback", "full", "given_up"]),
        "name": st.sampled_from(["rating", "shop", "people"]),
        "value": st.sampled_from(["5", "2", "11", "x"]),
        "result": st.sampled_from(["answered", "busy", "wrong", "silence"]),
        "reason": st.sampled_from(["caller_hung_up", "missed", "rejected", ""]),
        "by": st.sampled_from(["seat 801", "seat 802", "menu"]),
        "seat": AGENTS,
        "step": st.sampled_from(["main", "night"]),
        "menu": st.sampled_from(["front", "shop"]),
        "office": st.just("Pudong"),
        "number": st.sampled_from(["13912345678", "62345678", ""]),
        "digits": st.sampled_from(["1", ""]),
        "why": st.sampled_from(["over", "person: key 0", "caller_hung_up"]),
        "item": st.just("1001"),
        "quantity": st.integers(1, 3),
        "total_fen": st.integers(0, 900),
    },
    optional={
        "wait_s": st.floats(0, 900),
        "seats": st.just(["801", "802"]),
        "items": st.just([{"item": "1001", "quantity": 2, "price_fen": 5}]),
    },
)
TOLD = st.tuples(
    st.integers(0, 600_000), st.sampled_from(OF_AGENTS + OF_CALLS), CALLS, AGENTS, st.booleans(), st.booleans(), DATA
)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def kept(log: list[Any]) -> None:
    """In the database's thread: a log of two runs, the second of which begins somewhere, told of or not."""
    for table in (EventRow, CallRow, *FOLDED):
        table.delete().execute()
    keeping.start_again()
    for call in ("a", "b"):  # c has no record
        started_ms = 1000 * round(BEGIN.timestamp())
        row = {"id": call, "node": "shop", "direction": "in", "channel": "line 1", "started_ms": started_ms}
        CallRow.insert(row | {"caller_number": "13912345678"}).execute()
    at, run = BEGIN, 1
    for n, (after_ms, kind, call, agent, is_bare, is_next_run, data) in enumerate(log):
        at += timedelta(milliseconds=after_ms)
        is_seats = kind in OF_AGENTS
        if is_next_run and run == 1 and n > len(log) // 2:
            run, kind, is_bare, data = 2, Kind.SERVER.value, True, {"state": "started"}
        channel = f"seat {agent}" if is_seats else "line 1"
        person = None if is_bare and not is_seats else agent
        event = EventRecord(at, at.timestamp(), "shop", kind, None if is_bare else call, channel, person, data)
        EventRow.insert(event_columns(event) | {"uid": f"run{run}-{n}"}).execute()


def rows() -> list[list[str]]:
    return [sorted(map(repr, table.select().dicts())) for table in FOLDED]


class AnyLogTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    @given(st.lists(TOLD, max_size=40), st.lists(st.integers(1, 9), min_size=1, max_size=5))
    @settings(max_examples=40, deadline=None)
    def test_counted_anew(self, log: list[Any], pieces: list[int]) -> None:
        """Kept up piece by piece is what the whole log gives; accounts sum; O = A + B + X + W; every report is made."""
        self.store.run(kept, log)
        nth = 0
        while self.store.run(keeping.fold_piece, pieces[nth % len(pieces)], "cn"):
            nth += 1
        kept_up = rows()
        self.store.run(keeping.start_again)
        self.store.run(fold)
        self.assertEqual(rows(), kept_up)
        self.accounts_sum()
        calls = [row.call_id for row in WaitStat.select().where(WaitStat.scope.in_((OF_SHOP, OF_BOTH)))]
        self.assertEqual(len(calls), len(set(calls)))
        self.assertEqual({row.call_id for row in WaitStat.select()}, set(calls))
        self.assertLessEqual(len(list(CallStat.select())), 3)
        for name, report in REPORTS.items():
            ask = Ask(days(date(2026, 3, 2), date(2026, 3, 3), SHANGHAI), SHANGHAI, n_agents=2)
            self.store.run(report.make, ask if name != "sheet" else Ask(ask.period, SHANGHAI, only="801"))

    def accounts_sum(self) -> None:
        spent: dict[tuple[str, int, bool], int] = {}
        for row in AccountStat.select():
            self.assertIn(row.kind, (*KINDS, LOGGED_IN))
            key = row.agent, row.quarter, row.kind == LOGGED_IN
            spent[key] = spent.get(key, 0) + row.ms
        for (agent, quarter, is_whole), ms in spent.items():
            self.assertEqual(spent.get((agent, quarter, not is_whole)), ms)
