"""From the log to rows: any cut gives the same, accounts sum, a killed run is closed, a call counts once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import fn
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.features.statistics import keeping
from callserver.features.statistics.folding.accounts import KINDS, LOGGED_IN
from callserver.features.statistics.folding.fold import Fold, State
from callserver.features.statistics.folding.told import Opened, Rows, Told
from callserver.features.statistics.tables import FOLDED, AccountStat, CallStat, CountStat, FoldRow, PartStat, WaitStat
from callserver.store.tables import CallRow, EventRow, to_ms
from callserver.wire.messages import WRAP_UP
from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import BEGIN, IDLE, Story, check_data
from tests.store.inline import InlineStore

RUN = "run"
STATES = st.sampled_from([*SeatState])
SUBS = st.sampled_from(["", WRAP_UP, "lunch", "client lost"])
CALLS = st.sampled_from([None, "a", "b"])
STEP = st.tuples(st.integers(0, 4_000_000), st.sampled_from(["in", "out", "state"]), STATES, SUBS, CALLS)


def told(event: EventRecord, run: str = RUN) -> Told:
    mono_ms = round(event.uptime_s * 1000)
    return Told(run, to_ms(event.at), mono_ms, event.kind, event.call_id, event.channel, event.person, event.data)


def opened(call_id: str) -> Opened:
    return Opened("in", "line 1", "13912345678", to_ms(BEGIN))


def folded(events: list[Told], cuts: list[int]) -> list[Any]:
    """The rows of all pieces together."""
    state, rows = State(), Rows()
    for since, until in zip([0, *cuts], [*cuts, len(events)], strict=True):
        one = Fold(state, opened)
        for event in events[since:until]:
            one.feed(event)
        one.settle()
        for name in ("calls", "waits", "parts"):
            getattr(rows, name).update({key: asdict(row) for key, row in getattr(one.rows, name).items()})
        for name in ("accounts", "counts", "amounts"):
            getattr(rows, name).update(getattr(one.rows, name))
    return [rows.calls, rows.waits, rows.parts, +rows.accounts, +rows.counts, +rows.amounts]


def seat_events(steps: list[tuple[int, str, SeatState, str, str | None]]) -> list[Told]:
    """Of one agent, with whatever in whatever order."""
    events, at_ms = [], to_ms(BEGIN)
    for after_ms, what, state, sub, call in steps:
        at_ms += after_ms
        kind = {"in": Kind.LOG_IN, "out": Kind.LOG_OUT, "state": Kind.STATE}[what]
        data = {"to": state.value, "sub": sub} if what == "state" else {}
        events.append(Told(RUN, at_ms, at_ms, kind.value, call, "seat 801", "801", data))
    return events


class AnyCutTests(SynchronousTestCase):
    @given(st.lists(st.integers(0, len(check_data().events)), max_size=6).map(sorted))
    @settings(max_examples=60, deadline=None)
    def test_any_cut(self, cuts: list[int]) -> None:
        """However the log is cut into pieces, the rows are the same."""
        events = [told(one) for one in check_data().events]
        self.assertEqual(folded(events, cuts), folded(events, []))

    @given(st.lists(STEP, max_size=40), st.lists(st.integers(0, 40), max_size=4).map(sorted))
    @settings(max_examples=200, deadline=None)
    def test_accounts_sum(self, steps: list[tuple[int, str, SeatState, str, str | None]], cuts: list[int]) -> None:
        """Whatever an agent's seat shows in whatever order, his accounts sum to his time logged in, each quarter's."""
        events = seat_events(steps)
        accounts = folded(events, [min(cut, len(events)) for cut in cuts])[3]
        for quarter in {key[1] for key in accounts}:
            of = dict.fromkeys((*KINDS, LOGGED_IN), 0)
            for (_, place, kind, _), ms in accounts.items():
                of[kind] += ms if place == quarter else 0
            self.assertEqual(sum(of[kind] for kind in KINDS), of[LOGGED_IN])
            self.assertLessEqual(of[LOGGED_IN], 900_000)


class StoredTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    def rows(self) -> list[Any]:
        return [sorted(map(repr, table.select().dicts())) for table in FOLDED]

    def test_recomputed(self) -> None:
        """Rows that were kept up piece by piece are those that the log gives anew."""
        self.store.run(keep, check_data())
        self.store.run(fold, 7)
        kept_up = self.rows()
        self.store.run(keeping.start_again)
        self.assertEqual(self.rows(), [[]] * len(FOLDED))
        self.store.run(fold)
        self.assertEqual(self.rows(), kept_up)
        self.assertGreater(len(kept_up[0]), 10)

    def test_another_version(self) -> None:
        """After an upgrade that reads the log otherwise, all is made anew; after a restore too."""
        self.store.run(keep, check_data())
        self.store.run(fold)
        before = self.rows()
        self.patch(keeping, "VERSION", keeping.VERSION + 1)
        self.assertGreater(self.store.run(keeping.fold_piece, 1000, "cn"), 0)
        self.assertEqual(self.rows(), before)
        EventRow.delete().where(EventRow.seq > 10).execute()
        self.assertEqual(self.store.run(keeping.fold_piece, 1000, "cn"), 10)
        self.assertLess(len(self.rows()[0]), len(before[0]))

    def test_a_call_counts_once(self) -> None:
        """Overflow to another queue is a row in each, and one call of the shop, with its first moment."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a", "sales")
        story.tell(40, Kind.LEAVE, "a", "line 1", queue="sales", outcome="timed_out", wait_s=30.0)
        story.enters(40, "a", "service")
        story.tell(50, Kind.LEAVE, "a", "line 1", queue="service", outcome="answered", wait_s=40.0)
        story.tell(50, Kind.CONNECT, "a", "line 1", "801", seat="801", wait_s=40.0)
        story.seat(50, "801", SeatState.TALKING, "a")
        story.seat(80, "801", SeatState.IDLE_PC)
        story.ends(80, "a")
        self.store.run(keep, story)
        self.store.run(fold, 3)
        found = {row.queue: (row.scope, row.outcome, row.wait_ms, row.talk_ms) for row in WaitStat.select()}
        self.assertEqual(
            found,
            {
                "sales": (1, "timed_out", 30_000, 0),
                "service": (1, "answered", 40_000, 30_000),
                "": (2, "answered", 40_000, 30_000),
            },
        )
        self.assertEqual({row.entered_ms for row in WaitStat.select()}, {to_ms(BEGIN + timedelta(seconds=10))})

    def test_killed(self) -> None:
        """A server that was killed: time ends with its last event, who waited was cut off then and gave not up."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a")
        story.tell(70, Kind.ALARM, text="")
        self.store.run(keep, story)
        later = Story(BEGIN + timedelta(hours=1))
        later.tell(0, Kind.END, "a", "line 1", by="server", reason="server_stopped")
        later.tell(0, Kind.SERVER, state="started")
        later.tell(0, Kind.LOG_OUT, None, "seat 801", "801", reason="server_stopped", until="")
        last = EventRow.select().order_by(EventRow.seq.desc()).get().seq
        self.store.run(keep, later)
        for row in EventRow.select().where(EventRow.seq > last):
            EventRow.update(uid=f"other-{row.seq}").where(EventRow.seq == row.seq).execute()
        self.store.run(fold, 2)
        spent = {row.kind: row.ms for row in AccountStat.select()}
        self.assertEqual(spent, {"ready": 70_000, LOGGED_IN: 70_000})
        (wait,) = WaitStat.select()
        self.assertEqual((wait.outcome, wait.wait_ms), ("cut_off", 60_000))
        self.assertEqual(CallStat.get().result, "missed")

    def test_next_run(self) -> None:
        """Without a word of those who were there when the server was killed, their time ends with that run."""
        for next_run in ("started", "log in"):
            for table in (EventRow, CallRow):
                table.delete().execute()
            self.store.run(keeping.start_again)
            story, later = Story(), Story(BEGIN + timedelta(hours=1))
            story.log_in(0, "801")
            story.enters(10, "a")
            story.tell(70, Kind.ALARM, text="")
            if next_run == "started":
                later.tell(0, Kind.SERVER, state="started")
            else:
                later.log_in(0, "801")  # he is quicker than the database
                later.log_out(30, "801")
            self.store.run(keep, story)
            EventRow.update(uid=fn.REPLACE(EventRow.uid, "-", "x-")).execute()  # of another run
            self.store.run(keep, later)
            self.store.run(fold, 1)
            spent = sum(row.ms for row in AccountStat.select().where(AccountStat.kind == LOGGED_IN))
            self.assertEqual(spent, 70_000 if next_run == "started" else 100_000)
            if next_run == "started":
                self.assertEqual((WaitStat.get().outcome, WaitStat.get().wait_ms), ("cut_off", 60_000))

    def test_clock_set_back(self) -> None:
        """The wall clock set back while an agent works moves none of his time, and none of a wait's."""
        story = Story()
        story.log_in(0, "801")
        story.seat(600, "801", SeatState.PAUSED, sub="lunch")
        story.log_out(900, "801")
        self.store.run(keep, story)
        EventRow.update(at_ms=EventRow.at_ms - 7_200_000).where(EventRow.at_ms > to_ms(BEGIN)).execute()
        self.store.run(fold)
        spent = {row.kind: row.ms for row in AccountStat.select()}
        self.assertEqual(spent, {"ready": 600_000, "paused": 300_000, LOGGED_IN: 900_000})

    def test_consultation(self) -> None:
        """Who is held while his agent consults waits on hold, whatever the consultation is at; agents' parts differ."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a")
        story.tell(10, Kind.LEAVE, "a", "line 1", queue="sales", outcome="answered", wait_s=0.0)
        story.tell(10, Kind.CONNECT, "a", "line 1", "801", seat="801", wait_s=0.0)
        story.seat(10, "801", SeatState.TALKING, "a")
        story.seat(40, "801", SeatState.HELD, "a")
        story.tell(45, Kind.CONSULT, "a", "line 1", by="seat 801", call="b", to="802")
        story.seat(45, "801", SeatState.DIALING, "b")
        story.seat(50, "801", SeatState.TALKING, "b")
        story.tell(60, Kind.JOINED, "a", "line 1", by="seat 801", call="b")
        story.seat(60, "801", SeatState.PAUSED, sub=WRAP_UP)
        story.seat(70, "801", SeatState.IDLE_PC)
        story.ends(300, "a")
        self.store.run(keep, story)
        self.store.run(fold, 2)
        row = WaitStat.get()
        self.assertEqual((row.talk_ms, row.hold_ms, row.wrap_ms, row.transferred), (30_000, 20_000, 10_000, 1))

    def test_swapped(self) -> None:
        """Time with the caller while the third is kept is talk; back with the third, the caller is on hold again."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a")
        story.tell(10, Kind.LEAVE, "a", "line 1", queue="sales", outcome="answered", wait_s=0.0)
        story.tell(10, Kind.CONNECT, "a", "line 1", "801", seat="801", wait_s=0.0)
        story.seat(10, "801", SeatState.TALKING, "a")
        story.tell(40, Kind.CONSULT, "a", "line 1", by="seat 801", call="b", to="802")
        story.seat(40, "801", SeatState.TALKING, "b")
        story.tell(45, Kind.SWAP, "a", "line 1", by="seat 801", call="a")
        story.seat(45, "801", SeatState.TALKING, "a")
        story.tell(60, Kind.SWAP, "a", "line 1", by="seat 801", call="b")
        story.seat(60, "801", SeatState.TALKING, "b")
        story.tell(67, Kind.JOINED, "a", "line 1", by="seat 801", call="b")
        story.seat(67, "801", SeatState.PAUSED, sub=WRAP_UP)
        story.seat(77, "801", SeatState.IDLE_PC)
        story.ends(300, "a")
        self.store.run(keep, story)
        self.store.run(fold, 2)
        row = WaitStat.get()
        self.assertEqual((row.talk_ms, row.hold_ms), (45_000, 12_000))

    def test_rating(self) -> None:
        """Points keyed after the talk go to who talked, and to his queue; what is no rating is none."""
        story = Story()
        story.log_in(0, "801")
        story.talk(10, "a", "801", 5, 60)
        for value in ("5", "77", "x"):
            story.tell(69, Kind.SAVED, "a", "line 1", name="rating", value=value)
        self.store.run(keep, story)
        self.store.run(fold)
        rows = [
            (row.whose, row.which, row.n, row.amount) for row in CountStat.select().where(CountStat.what == "rating")
        ]
        self.assertEqual(rows, [("801", "sales", 1, 5)])
        self.assertEqual(CallStat.get().rating, 5)

    def test_ring_all_is_missed_once(self) -> None:
        """A call that three seats have let ring is missed once by the team, and stands in the row of each."""
        story = Story()
        story.enters(0, "a")
        story.tell(15, Kind.MISS, "a", "line 1", seats=["801", "802", "803"], reason="missed")
        self.store.run(keep, story)
        self.store.run(fold)
        found = sorted(
            (row.what, row.whose, row.n) for row in CountStat.select().where(CountStat.what.contains("missed"))
        )
        self.assertEqual(
            found, [("missed", "801", 1), ("missed", "802", 1), ("missed", "803", 1), ("team_missed", "sales", 1)]
        )

    def test_over_is_over(self) -> None:
        """What is told of a call behind its end changes it no more, in whatever piece of the log it stands."""
        story = Story()
        story.opens(0, "a")
        story.tell(0, Kind.ANSWER, "a", "line 1")
        story.tell(0, Kind.MENU, "a", "line 1", name="shop", version="")
        story.ends(20, "a")
        story.tell(20, Kind.MENU_END, "a", "line 1", menu="shop", why="caller_hung_up")
        story.tell(21, Kind.RESERVATION, "a", None, item="1001", quantity=2)
        story.tell(22, Kind.OFFICE_RESULT, "a", "line 1", office="Pudong", result="gave_up")
        self.store.run(keep, story)
        self.store.run(fold, 1)
        call = CallStat.get()
        self.assertEqual((call.menu, call.result, call.ended_ms), ("shop", "other", to_ms(BEGIN) + 20_000))
        self.assertEqual(json.loads(FoldRow.get().state)["calls"], {})
        found = {(row.what, row.whose, row.n) for row in CountStat.select()}
        self.assertEqual(found, {("reserved", "1001", 2), ("office", "Pudong", 1)})

    def test_shown_behind_its_end(self) -> None:
        """A seat that shows a call behind its end gives it no time, whether it is forgotten by then or not."""
        story = Story()
        story.log_in(0, "801")
        story.opens(1, "a")
        story.ends(20, "a")
        story.seat(21, "801", SeatState.TALKING, "a")
        story.seat(30, "801", IDLE)
        self.store.run(keep, story)
        for piece in (1, 100):
            self.store.run(keeping.start_again)
            self.store.run(fold, piece)
            self.assertEqual(list(PartStat.select()), [])

    def test_waits_again(self) -> None:
        """Who comes to a queue for the second time waits, and is not counted as one who has left it."""
        story = Story()
        story.enters(0, "a")
        story.tell(30, Kind.LEAVE, "a", "line 1", queue="sales", outcome="timed_out", wait_s=30.0)
        story.enters(60, "a")
        self.store.run(keep, story)
        self.store.run(fold)
        self.assertEqual([(row.queue, row.outcome) for row in WaitStat.select()], [("sales", "")])

    def test_comes_back(self) -> None:
        """Who comes back from an agent begins to wait anew; of several waits in a queue the longest is told."""
        story = Story()
        story.log_in(0, "801")
        story.enters(10, "a")
        for at_s, outcome, wait_s in ((40, "timed_out", 30.0), (50, "answered", 10.0)):
            story.enters(at_s - wait_s, "a")
            story.tell(at_s, Kind.LEAVE, "a", "line 1", queue="sales", outcome=outcome, wait_s=wait_s)
        story.enters(100, "a", "service")
        self.store.run(keep, story)
        self.store.run(fold, 2)
        found = {row.queue: (row.entered_ms - to_ms(BEGIN), row.longest_ms) for row in WaitStat.select()}
        self.assertEqual(found, {"sales": (10_000, 30_000), "service": (100_000, 0), "": (10_000, 30_000)})

    def test_every_state_has_its_account(self) -> None:
        """What a seat shows is the account its time goes to; somebody else's call that is listened to is no talk."""
        story, at_s = Story(), 10
        story.log_in(0, "801")
        shown = [(SeatState.RINGING, "a", "", 1), (SeatState.DIALING, "a", "", 2), (SeatState.RINGBACK, "a", "", 4)]
        shown += [(SeatState.TALKING, "a", "", 8), (SeatState.HELD, "a", "", 16)]
        for state, call, sub, spent_s in (
            *shown,
            (SeatState.TALKING, None, "listens", 32),
            (SeatState.PAUSED, None, "lunch", 64),
            (SeatState.PAUSED, None, WRAP_UP, 128),
        ):
            story.seat(at_s, "801", state, call, sub)
            at_s += spent_s
        story.log_out(at_s, "801")
        self.store.run(keep, story)
        self.store.run(fold)
        spent = {(row.kind, row.reason): row.ms // 1000 for row in AccountStat.select()}
        states = {"ready": 10, "ringing": 1, "dialling": 6, "talking": 8, "held": 16, "listening": 32, "wrap_up": 128}
        expected = {(kind, ""): ms for kind, ms in (states | {LOGGED_IN: at_s}).items()}
        self.assertEqual(spent, expected | {("paused", "lunch"): 64})

    def test_late_event(self) -> None:
        """An order that the database has kept before or behind its turn counts no agent's time twice."""
        story = Story()
        story.log_in(0, "801")
        story.tell(100, Kind.ORDER, None, None, "801", total_fen=1)
        story.log_out(200, "801")
        self.store.run(keep, story)
        EventRow.update(uptime_s=1000.0 + 90).where(EventRow.kind == Kind.ORDER.value).execute()
        EventRow.update(uptime_s=1000.0 + 95).where(EventRow.kind == Kind.STATE.value, EventRow.seq < 3).execute()
        self.store.run(fold, 1)
        self.assertEqual({row.kind: row.ms for row in AccountStat.select()}, {"ready": 200_000, LOGGED_IN: 200_000})

    def test_rated_twice(self) -> None:
        """Who goes back in the survey and keys other points has given those, once."""
        story = Story()
        story.talk(10, "a", "801", 5, 60)
        story.calls.pop("a")
        for value in ("2", "5"):
            story.tell(69, Kind.SAVED, "a", "line 1", name="rating", value=value)
        self.store.run(keep, story)
        self.store.run(fold)
        (row,) = CountStat.select().where(CountStat.what == "rating")
        self.assertEqual((row.whose, row.n, row.amount), ("801", 1, 5))

    def test_steps_of_the_next_file(self) -> None:
        """Who hangs up in a menu that another one led to has left that one's step; in a plugin, no step."""
        story = Story()
        for n, kind in enumerate((Kind.STEP, Kind.PLUGIN)):
            call = f"c{n}"
            story.opens(n, call)
            story.tell(n, Kind.MENU, call, "line 1", name="front", version="1")
            story.tell(n, Kind.STEP, call, "line 1", menu="front", step="main", visit=1)
            story.tell(n + 5, kind, call, "line 1", menu="reserve", step="people", name="shop", visit=1)
            story.ends(n + 9, call)
        self.store.run(keep, story)
        self.store.run(fold)
        left = [row.whose for row in CountStat.select().where(CountStat.which == "left")]
        self.assertEqual(left, ["reserve.people"])
