"""Who was paused when the server ended is paused at his next log-in, that day."""

from datetime import UTC, datetime, timedelta

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.server.paused_before import PausedBefore
from callserver.store.journal import append_event
from callserver.wire.records import EventRecord
from tests.store.inline import InlineStore

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
REASONS = {"801": "lunch", "802": "missed", "803": "telephone lost", "804": "wrap-up"}


class PausedBeforeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store, self.now = InlineStore(), MORNING + timedelta(minutes=5)
        for at_s, (person, reason) in enumerate(REASONS.items()):
            self.stored(at_s, "log_in", person)
            self.stored(at_s, "state", person, to="paused", sub=reason)
        self.paused = PausedBefore(lambda: self.now)

    def stored(self, at_s: float, kind: str, person: str, **data: str) -> None:
        at = MORNING + timedelta(seconds=at_s)
        self.store.run(append_event, EventRecord(at, at_s, "shop", kind, None, f"seat {person}", person, dict(data)))

    def restore(self) -> None:
        restoring = self.paused.restore(self.store, self.now)  # type: ignore[arg-type]
        self.successResultOf(Deferred.fromCoroutine(restoring))

    def test_what_somebody_wished(self) -> None:
        """A pause of his own, once; who had missed calls, or lost his telephone, is there when he logs in."""
        self.restore()
        self.assertEqual([self.paused.take(number) for number in REASONS], ["lunch", "", "", ""])
        self.assertEqual(self.paused.take("801"), "")

    def test_of_this_run(self) -> None:
        """What happens while the last run's events are still read is of this run: it ends no pause of before."""
        self.stored(330, "log_out", "801", reason="agent")
        self.restore()
        self.assertEqual(self.paused.take("801"), "lunch")

    def test_next_day(self) -> None:
        """A new day begins ready: he logs in after midnight, or the server starts then."""
        self.restore()
        self.now += timedelta(hours=15)
        self.assertEqual(self.paused.take("801"), "")
        self.restore()
        self.assertEqual(self.paused.take("801"), "")

    def test_not_known_yet(self) -> None:
        """Before the database is open nobody is kept from his work."""
        self.assertEqual(self.paused.take("801"), "")
