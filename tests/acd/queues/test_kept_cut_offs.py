"""What the event log tells of places that were lost before a start, over several runs of the server."""

from datetime import UTC, datetime, timedelta

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.cut_offs import LostPlace
from callserver.acd.queues.kept_cut_offs import lost_places
from callserver.store import tables
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, call_columns
from callserver.wire.records import EventRecord
from tests.store.inline import InlineStore

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBER, OTHER = "13912345678", "13800000001"
KEPT_S = {"operator": 120.0, "service": 60.0}


class LostPlacesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.run_of_server("first")

    def run_of_server(self, name: str) -> None:
        self.patch(tables, "RUN", name)

    def call(self, name: str, number: str | None = NUMBER) -> None:
        fields = {"id": name, "direction": "in", "channel": "line 1", "caller_number": number, "started_at": NINE}
        self.store.run(lambda: CallRow.insert(call_columns(fields) | {"node": "shop"}).execute())

    def happens(self, at_s: float, kind: str, call: str | None, **data: str) -> None:
        at = NINE + timedelta(seconds=at_s)
        self.store.run(append_event, EventRecord(at, at_s, "shop", kind, call, "line 1", data=dict(data)))

    def enters(self, at_s: float, call: str, queue: str = "operator") -> None:
        self.happens(at_s, "entry", call, queue=queue)

    def leaves(self, at_s: float, call: str, outcome: str, queue: str = "operator") -> None:
        self.happens(at_s, "leave", call, queue=queue, outcome=outcome)

    def places(self, began_s: float) -> list[LostPlace]:
        """As a start knows them."""
        found: list[LostPlace] = self.store.run(lost_places, KEPT_S, NINE + timedelta(seconds=began_s), "cn")
        return found

    def place(self, entered_s: float, lost_s: float, queue: str = "operator", number: str = NUMBER) -> LostPlace:
        return LostPlace(queue, number, NINE + timedelta(seconds=entered_s), NINE + timedelta(seconds=lost_s))

    def test_killed_twice(self) -> None:
        """Who waited at the first kill lost his place then, and not at the second one an hour later."""
        self.call("old")
        self.call("new", OTHER)
        self.enters(0, "old")
        self.happens(10, "tone", None)
        self.assertEqual(self.places(60), [self.place(0, 10)])
        self.run_of_server("second")
        self.happens(60, "end", "old", by="server")
        self.enters(3600, "new")
        self.happens(3610, "tone", None)
        self.assertEqual(self.places(3700), [self.place(3600, 3610, number=OTHER)])

    def test_of_this_run(self) -> None:
        """Who has come in since this start waits, and has lost nothing."""
        for name, number in (("old", NUMBER), ("new", OTHER)):
            self.call(name, number)
        self.enters(0, "old")
        self.run_of_server("second")
        self.enters(70, "new")
        self.assertEqual(self.places(60), [self.place(0, 0)])

    def test_known_however_it_is_written(self) -> None:
        """An exchange that writes a 0, or the country, in front: the caller is the same one."""
        self.call("gone", "013912345678")
        self.call("again", "+8613912345678")
        self.enters(0, "gone")
        self.leaves(10, "gone", "abandoned")
        self.assertEqual([place.number for place in self.places(20)], [NUMBER])
        self.enters(30, "again")
        self.leaves(40, "again", "answered")
        self.assertEqual(self.places(60), [])

    def test_withheld(self) -> None:
        """Who has withheld his number has no place that could be known again."""
        self.call("unknown", None)
        self.enters(0, "unknown")
        self.leaves(10, "unknown", "abandoned")
        self.assertEqual(self.places(20), [])

    def test_had_again(self) -> None:
        """Who has called again has had his place, whatever became of him; it is his only once."""
        for name in ("gone", "again"):
            self.call(name)
        self.enters(0, "gone")
        self.leaves(20, "gone", "abandoned")
        self.enters(30, "again")
        self.leaves(40, "again", "answered")
        self.assertEqual(self.places(60), [])

    def test_lost_again(self) -> None:
        """Gone again, also by a kill: the place is the one of his first call, if he has called again in time."""
        for in_time, again_s, entered_s in ((True, 130, 0), (False, 150, 150)):
            self.store = InlineStore()
            self.run_of_server("first")
            for name in ("gone", "again"):
                self.call(name)
            self.enters(0, "gone")
            self.leaves(20, "gone", "cut_off")
            self.enters(again_s, "again")
            self.happens(160, "tone", None)
            self.assertEqual(self.places(200), [self.place(entered_s, 160)], in_time)

    def test_each_in_its_queue(self) -> None:
        """Sent on to another queue he has waited since he came; each queue keeps places as long as it is set to."""
        self.call("gone")
        self.enters(0, "gone")
        self.leaves(30, "gone", "timed_out")
        self.enters(30, "gone", "service")
        self.leaves(50, "gone", "abandoned", "service")
        self.assertEqual(self.places(110), [self.place(0, 50, "service")])
        self.assertEqual(self.places(111), [])

    def test_never_waited(self) -> None:
        """Refused at the door, answered, or called back: no place is lost."""
        for outcome in ("closed", "answered", "callback"):
            self.call(outcome)
            if outcome != "closed":
                self.enters(0, outcome)
            self.leaves(10, outcome, outcome)
        self.assertEqual(self.places(20), [])
