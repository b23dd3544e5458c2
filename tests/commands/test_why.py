"""Why did 804 not get the call? The answer, in sentences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.routing.matching import OLDEST_MISS, STICKY
from callserver.acd.routing.settings import Strategy
from callserver.calls.vocabulary import Kind
from callserver.commands.calls import Telling
from callserver.commands.why import RINGS, sentences, why, why_lines
from callserver.store import tables
from callserver.store.journal import append_event
from callserver.store.opening import MIGRATIONS
from callserver.store.tables import CallRow, call_columns
from callserver.wire.cells import cells
from callserver.wire.obstacles import WORDS, Obstacle, PassedOver, obstacle_text
from callserver.wire.records import CallRecord, EventRecord, Value

BEGAN = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)


def event(kind: Kind, at_s: float, person: str | None = None, **data: Value) -> EventRecord:
    return EventRecord(BEGAN + timedelta(seconds=at_s), at_s, "shop", kind.value, "call-1", "line 3", person, data)


PASSED: dict[str, Value] = {
    "801": "talking",
    "804": str(PassedOver(Obstacle.LEVEL_CLOSED, "30")),
    "805": str(PassedOver(Obstacle.LACKS_SKILL, "en 2")),
}
OFFER = event(
    Kind.OFFER, 4, queue="service", seat="802", candidates=["802", "803"], passed_over=PASSED, why="longest_idle"
)
DAY = [
    event(Kind.RING, 0, count=1),
    event(Kind.ENTRY, 3, queue="service", place=2),
    OFFER,
    event(Kind.MISS, 19, "802", seat="802", reason="missed"),
    event(
        Kind.OFFER, 19, queue="service", seats=["803", "806"], candidates=["803", "806"], passed_over={}, why="ring_all"
    ),
    event(Kind.LEAVE, 25, queue="service", outcome="answered", wait_s=22),
    event(Kind.CONNECT, 25, "803", seat="803", wait_s=22),
]


class WhyTests(SynchronousTestCase):
    def test_sentences(self) -> None:
        """Whom it was rung for and why, who came next, and why each other one was not rung; in both languages."""
        self.assertEqual(
            sentences(OFFER, "en"),
            [
                "Seat 802 is rung: of those who are free it has been idle longest.",
                "Next in turn would be: 803.",
                "Not rung: 801 (talking), 804 (stands on a level that opens after 30 s), "
                "805 (has not the skill that is needed: en 2).",
            ],
        )
        self.assertEqual(
            sentences(OFFER, "zh"),
            [
                "座席 802 振铃：在空闲座席中空闲最久。",
                "其次依序为：803。",
                "未振铃：801（通话中）、804（所在级别要等待 30 秒后才开放）、805（技能不够：需要 en 2）。",
            ],
        )

    def test_every_reason(self) -> None:
        """Each strategy has its sentence, each obstacle its words, in both languages."""
        self.assertEqual(set(RINGS), {strategy.value for strategy in Strategy} | {STICKY, OLDEST_MISS})
        self.assertEqual(set(WORDS), set(Obstacle) - {Obstacle.STATE})
        for obstacle in WORDS:
            stored = str(PassedOver(obstacle, "11"))
            self.assertNotEqual(obstacle_text(stored, "zh"), stored)
            self.assertNotIn("{", obstacle_text(stored, "en"))

    def test_80_columns(self) -> None:
        """A terminal of 80 columns is enough; what is of no concern to a wait is left out."""
        record = CallRecord("call-1", "in", "line 3", "13912345678", None, BEGAN)
        for language in ("zh", "en"):
            lines = list(why_lines(record, DAY, Telling(language, UTC, width=80)))
            self.assertLessEqual(max(map(cells, lines)), 80)
            heads = [line.split()[0] for line in lines if not line.startswith(" ")]
            self.assertEqual(heads, [f"09:00:{s:02}" for s in (3, 4, 19, 19, 25, 25)])


class CommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp())
        self.shop.mkdir()
        (self.shop / "config.ini").write_text("[recording]\nannounce = yes\n")
        database = SqliteDatabase(self.shop / "callserver.db")
        tables.database.initialize(database)
        with database.connection_context():
            Runner(database, str(MIGRATIONS)).up()
            for call_id in ("call-1", "other"):
                record = {"id": call_id, "direction": "in", "channel": "line 3", "started_at": BEGAN}
                CallRow.insert(call_columns(record) | {"node": "shop"}).execute()
            for one in DAY:
                append_event(one)

    def told(self, call_id: str) -> str:
        arguments = [call_id, "--shop", str(self.shop)]
        return CliRunner(env={"CALLSERVER_LANGUAGE": "en"}).invoke(why, arguments).output

    def test_called_back(self) -> None:
        """A call that was dialled for who wanted to be called back names the call in which he waited."""
        called = {"id": "back", "direction": "out", "channel": "line 3", "started_at": BEGAN}
        with tables.database.connection_context():
            CallRow.insert(call_columns(called) | {"node": "shop"}).execute()
            append_event(replace(event(Kind.CALL_BACK_OF, 0, call="call-1", queue="service"), call_id="back"))
        told = " ".join(self.told("back").split())
        self.assertIn("dialled for who wanted to be called back, from queue service, in call call-1", told)

    def test_asked(self) -> None:
        """The first characters of the call are enough; a call that has not waited says so."""
        told = " ".join(self.told("call").split())
        self.assertIn("Seat 802 is rung: of those who are free it has been idle longest.", told)
        self.assertIn("Seats 803, 806 are rung together", told)
        self.assertNotIn("ring 1", told)
        self.assertIn("this call has waited in no queue", self.told("oth"))
        self.assertIn("no call with an id that starts with", self.told("nobody"))
