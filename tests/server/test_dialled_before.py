"""What was dialled before a restart counts for the limits of that day, as it counted then."""

from datetime import UTC, datetime, timedelta

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.dial_caps import DialCaps
from callserver.calls.dial_guard import DialClass
from callserver.config import DiallingConfig
from callserver.server.dialled_before import restore
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, call_columns
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refused
from tests.store.inline import InlineStore

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ABROAD = "0012125550123"


class DialledBeforeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.settings = DiallingConfig(person_calls={"": 1}, line_calls={"": 1}, international_hours=())

    def dialled(self, dial_class: str = "local", number: str = "62345678", **fields: object) -> None:
        """At nine, by 801 on line 1."""
        known = {"id": "old", "direction": "out", "channel": "line 1", "caller_number": number, "started_at": NINE}
        self.store.run(lambda: CallRow.insert(call_columns(known | fields) | {"node": "shop"}).execute())
        self.told("dialled", dial_class, number)

    def told(self, kind: str, dial_class: str = "local", number: str = "62345678") -> None:
        data = {"number": number, "dial_class": dial_class}
        event = EventRecord(NINE, 0.0, "shop", kind, "old", "line 1", "801", data)
        self.store.run(append_event, event)

    def caps(self, days: int = 0) -> DialCaps:
        """An hour later, or some days."""
        now = NINE + timedelta(hours=1, days=days)
        caps = DialCaps(lambda: self.settings, lambda: 0.0, lambda: now)
        self.successResultOf(Deferred.fromCoroutine(restore(caps, self.store, now)))  # type: ignore[arg-type]
        return caps

    def may_dial(self, caps: DialCaps, kind: DialClass = DialClass.LOCAL, number: str = "62345678") -> bool:
        try:
            caps.check("801", (), kind, number)
        except Refused:
            return False
        return True

    def test_a_call(self) -> None:
        """For who dialled it and the line it went out on, that day."""
        self.dialled()
        self.assertFalse(self.may_dial(self.caps()))
        self.assertFalse(self.caps().has_room("line 1", DialClass.LOCAL))
        self.assertTrue(self.caps().has_room("line 2", DialClass.LOCAL))
        self.assertTrue(self.may_dial(self.caps(days=1)))

    def test_an_emergency(self) -> None:
        """Counts for nobody, as when it was dialled."""
        self.dialled("emergency", "110")
        self.assertTrue(self.may_dial(self.caps()))
        self.assertTrue(self.caps().has_room("line 1", DialClass.LOCAL))

    def test_transferred_by_the_exchange(self) -> None:
        """A number that the exchange was given by a hook flash is a call, too."""
        self.told("handed_over")
        self.assertFalse(self.may_dial(self.caps()))

    def test_minutes(self) -> None:
        """Of a talk, from the answer to its end; where the end is not known, or the clock was set back, none."""
        self.settings = DiallingConfig(person_minutes={"": 10})
        answered, ten = NINE + timedelta(seconds=20), timedelta(minutes=10)
        for ended_at, may_dial in ((answered + ten, False), (answered + ten / 2, True), (None, True)):
            self.store = InlineStore()
            self.dialled(answered_at=answered, ended_at=ended_at)
            self.assertIs(self.may_dial(self.caps()), may_dial, ended_at)
        self.store = InlineStore()
        self.dialled(answered_at=answered, ended_at=NINE - timedelta(hours=1))
        used = self.caps().begin("801", "line 1", DialClass.LOCAL)
        self.assertEqual(self.caps().left_s(used), 600.0)

    def test_countries(self) -> None:
        """One that has answered before, on whatever day, needs no supervisor any more; one that has not does."""
        self.dialled("international", ABROAD, answered_at=NINE, ended_at=NINE)
        self.settings = DiallingConfig()
        self.assertTrue(self.may_dial(self.caps(days=7), DialClass.INTERNATIONAL, ABROAD))
        self.assertFalse(self.may_dial(self.caps(days=7), DialClass.INTERNATIONAL, "00442071234567"))
