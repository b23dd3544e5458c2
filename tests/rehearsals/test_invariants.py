"""The invariants have teeth: each complains of what it stands against, and of nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.rehearsal.invariants import AT_END, GUARANTEES, QUIET, WATCHED, Rows, Seen, check
from callserver.wire.records import CallRecord, EventRecord, Value
from callserver.wire.states import LineState, SeatState

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def event(at_s: float, kind: Kind, call: str | None = None, channel: str | None = None, **data: Value) -> EventRecord:
    return EventRecord(NOW + timedelta(seconds=at_s), at_s, "test", kind.value, call, channel, None, data)


def state(at_s: float, channel: str, before: SeatState | LineState, after: SeatState | LineState) -> EventRecord:
    return event(at_s, Kind.STATE, None, channel, **{"from": before.value, "to": after.value, "reason": ""})


SEAT = "seat 801"
STORY = [
    event(0, Kind.LOG_IN, None, SEAT),
    state(0, SEAT, SeatState.OFF, SeatState.IDLE_PC),
    event(1, Kind.CALLER_ID, "one", number="139", name=None, withheld=False),
    event(2, Kind.ANSWER, "one"),
    event(2, Kind.RECORDING, "one", file="one.wav"),
    event(3, Kind.ORDER_WANTED, "one", number="139", claimed=False, items=[]),
    event(3, Kind.ORDER, "one", order="123"),
    event(4, Kind.ENTRY, "one", queue="operator", place=1),
    event(4, Kind.OFFER, "one", seat="801"),
    state(4, SEAT, SeatState.IDLE_PC, SeatState.TALKING),
    event(5, Kind.LEAVE, "one", queue="operator", outcome="answered", wait_s=1.0),
    event(5, Kind.CONNECT, "one", seat="801", wait_s=1.0),
    event(9, Kind.END, "one", by="caller", reason="caller hung up"),
    event(9, Kind.LOG_OUT, None, SEAT, reason=""),
    state(9, SEAT, SeatState.TALKING, SeatState.OFF),
]
RECORD = CallRecord(
    "one", "in", "line 1", "139", None, NOW, NOW + timedelta(seconds=2), NOW + timedelta(seconds=9), "caller hung up",
    "801", "123", "one.wav",
)  # fmt: skip
ROWS = Rows({"one": RECORD}, len(STORY), [("123", "one"), ("9", None)], {"1001": (48, 48)}, "{}")


def house(**changes: Any) -> Any:
    """A server in which nothing is left."""
    parts = {
        "bay": SimpleNamespace(legs=[], gains=[]),
        "exchange": SimpleNamespace(lines=[]),
        "board": SimpleNamespace(statuses={"line 1": SimpleNamespace(state=LineState.IDLE)}),
        "lines": {1: SimpleNamespace(name="line 1", call=None)},
        "centre": SimpleNamespace(queues=SimpleNamespace(by_name={})),
        "config": SimpleNamespace(exchange=SimpleNamespace(number="8008")),
    }
    return SimpleNamespace(**parts | changes)


class InvariantsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world: Any = SimpleNamespace(files={}, permits=set())
        self.seen = Seen(house(), self.world, ("secret-word",), list(STORY), rows=ROWS)

    def broken(self, events: list[EventRecord] | None = None, **rows: Any) -> set[str]:
        """The names of those that complain."""
        self.seen.events = STORY if events is None else events
        n_events = len(self.seen.events)
        self.seen.rows = replace(ROWS, **{"n_events": n_events} | rows)
        return {broken.name for broken in check((*WATCHED, *QUIET, *AT_END), self.seen, 0.0)}

    def test_a_good_story(self) -> None:
        """Nobody complains of a call as it should be, and each stands for a guarantee."""
        self.assertEqual(self.broken(), set())
        self.assertEqual({one.__name__ for one in (*WATCHED, *QUIET, *AT_END)}, GUARANTEES.keys())

    def test_ends(self) -> None:
        """A call without an end, with two, with a life after it, and one that took too long."""
        end = next(one for one in STORY if one.kind == "end")
        without = [one for one in STORY if one is not end]
        self.assertIn("each_call_ends_once", self.broken(without))
        self.assertIn("each_call_ends_once", self.broken([*STORY, end]))
        self.assertIn("nothing_answers_after_the_end", self.broken([*STORY, event(10, Kind.ANSWER, "one")]))
        self.assertIn("each_call_ends_within_bounds", self.broken([*without, replace(end, uptime_s=20000.0)]))

    def test_queue(self) -> None:
        """An entry without an outcome, an outcome without an entry, a seat that rings for two."""
        leave = next(one for one in STORY if one.kind == "leave")
        name = "queue_entries_have_one_outcome"
        self.assertIn(name, self.broken([one for one in STORY if one is not leave]))
        self.assertIn(name, self.broken([*STORY, leave]))
        offers = [event(1, Kind.OFFER, call, seat="801") for call in ("a", "b")]
        self.assertIn("seats_have_one_offer", self.broken([*STORY, *offers]))

    def test_called_back(self) -> None:
        """Who wants to be called is offered after the end of his call, and rings until it is told what came of it."""
        wanted = replace(STORY[12], data={"by": "queue", "reason": "call_back_wanted: 139"})
        rings, told = event(9, Kind.OFFER, "one", seat="801"), event(9, Kind.CALLED_BACK, "one", outcome="answered")
        another = event(9, Kind.OFFER, "two", seat="801")
        story = [*STORY[:12], wanted, rings, told, another, *STORY[13:]]
        about_offers = {"nothing_answers_after_the_end", "seats_have_one_offer"}
        self.assertFalse(about_offers & self.broken(story))
        self.assertIn("seats_have_one_offer", self.broken([one for one in story if one is not told]))

    def test_times(self) -> None:
        """States that do not follow each other, and a seat whose states do not fill its time."""
        wrong = state(6, SEAT, SeatState.PAUSED, SeatState.PAUSED)
        self.assertIn("states_follow_each_other", self.broken([*STORY[:10], wrong, *STORY[10:]]))
        self.assertIn("agents_times_sum", self.broken([*STORY, event(20, Kind.LOG_IN, None, SEAT)]))

    def test_shop(self) -> None:
        """An order that was told and is not there, one bought twice, stock that is not its movements."""
        self.assertIn("orders_are_in_the_database", self.broken(orders=[]))
        self.assertIn("orders_are_in_the_database", self.broken(orders=[("123", "one"), ("124", "one")]))
        self.assertIn("stock_equals_its_movements", self.broken(stock={"1001": (48, 47)}))
        self.assertIn("stock_equals_its_movements", self.broken(stock={"1001": (-1, -1)}))

    def test_records(self) -> None:
        """A record that is not what the log says, one that is missing, an event that was lost."""
        wrong = replace(RECORD, agent="802")
        self.assertEqual(self.broken(calls={"one": wrong}), {"the_log_gives_the_records"})
        self.assertEqual(self.broken(calls={}), {"the_log_gives_the_records"})
        self.assertEqual(self.broken(n_events=14), {"the_log_is_in_the_database"})

    def test_secrets(self) -> None:
        """A secret in the database, or in the log."""
        self.assertEqual(self.broken(written="secret-word"), {"no_secret_is_written"})
        self.assertIn("no_secret_is_written", self.broken([*STORY, event(1, Kind.ALARM, text="secret-word")]))

    def test_leftovers(self) -> None:
        """A line that is not idle, a leg, a file, a timer left; an error inside."""
        self.seen.server = house(board=SimpleNamespace(statuses={"line 1": SimpleNamespace(state=LineState.TALKING)}))
        self.assertEqual(self.broken(), {"lines_are_idle"})
        self.seen.server = house(bay=SimpleNamespace(legs=["leg"]))
        with self.subTest("leg"):
            self.assertEqual({broken.name for broken in check(QUIET, self.seen, 0.0)}, {"the_house_is_empty"})
        self.seen.server, self.seen.leftovers, self.seen.logged = house(), ["a timer"], ["it broke"]
        self.assertEqual(self.broken(), {"no_timer_is_left", "nothing_broke_inside"})

    def test_wrong_party(self) -> None:
        """A gain between legs of two calls, or of none."""
        legs = [SimpleNamespace(slot=0, call_id="one"), SimpleNamespace(slot=1, call_id="two")]
        hears = {(0, 1): 1.0}
        bay = SimpleNamespace(legs=legs, gain=lambda source, sink: hears.get((source.slot, sink.slot), 0.0))
        self.seen.server = house(bay=bay)
        self.assertEqual({one.name for one in check(WATCHED, self.seen, 0.0)}, {"no_gain_between_calls"})
        legs[1].call_id = "one"
        self.assertEqual(check(WATCHED, self.seen, 0.0), [])

    def test_a_screen_that_lags(self) -> None:
        """A program that shows its seat otherwise is given a moment, then it is wrong."""
        client = SimpleNamespace(seat=SimpleNamespace(state=SeatState.IDLE_PC))
        way = SimpleNamespace(is_well=True)
        agent: Any = SimpleNamespace(is_connected=True, way=way, client=client, agent=SimpleNamespace(number="801"))
        self.seen.agents = [agent]
        self.seen.server = house(board=SimpleNamespace(statuses={SEAT: SimpleNamespace(state=SeatState.RINGING)}))
        self.assertEqual(check(WATCHED, self.seen, 0.0), [])
        self.assertEqual([one.name for one in check(WATCHED, self.seen, 0.1)], ["screens_show_the_seats"])
