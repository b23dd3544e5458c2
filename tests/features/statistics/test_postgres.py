"""The same figures on PostgreSQL as on SQLite: every report, grouped in every way, over a day and over a year."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from callserver.calls.vocabulary import Kind
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.reports.plain import plain
from callserver.store.database import Store
from tests.alarms import Alarms
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import Story, check_data
from tests.store import postgres
from tests.store.inline import InlineStore

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, YEAR = days(date(2026, 3, 2), date(2026, 3, 2), SHANGHAI), days(date(2025, 4, 1), date(2026, 3, 31), SHANGHAI)


def busy_day() -> Story:
    """The check data, with orders, ratings, outcomes, steps, doors, offices, call-backs."""
    story = check_data()
    story.tell(120, Kind.ORDER, "1", None, items=[{"item": "1001", "quantity": 2, "price_fen": 50}], total_fen=100)
    story.tell(130, Kind.SAVED, "1", "line 1", name="rating", value="4")
    story.tell(135, Kind.OUTCOME, "1", None, "801", code=1, zh="成交", en="Sold")
    story.tell(140, Kind.STEP, "1", "line 1", menu="front", step="main")
    story.tell(150, Kind.OFFICE_RESULT, "1", "line 1", office="Pudong", result="answered")
    story.tell(160, Kind.MISS, "7", "line 1", seats=["801", "802"], reason="missed")
    story.opens(500, "door")
    story.tell(501, Kind.LEAVE, "door", "line 1", queue="sales", outcome="full", wait_s=0.0)
    story.ends(502, "door")
    story.tell(900, Kind.CALLED_BACK, "11", None, "801", queue="sales", outcome="answered")
    return story


def everything() -> list[Any]:
    """In the database's thread."""
    told = []
    for name, report in REPORTS.items():
        only = "801" if name == "sheet" else ""
        for period in (DAY, YEAR) if name != "staffing" else (DAY,):
            asks = [Ask(period, SHANGHAI, by=by, only=only, n_agents=2) for by in ("", *report.by)]
            told += [(name, ask.by, [plain(table, "en") for table in report.make(ask)]) for ask in asks]
    return told


class PostgresTests(TestCase):
    timeout = 60
    if reason := postgres.missing():
        skip = reason

    async def test_the_same(self) -> None:
        """Counted in pieces on one, at once on the other; then told."""
        ours = InlineStore()
        ours.run(keep, busy_day())
        ours.run(fold)
        expected = ours.run(everything)
        ours.database.close()
        store = Store(postgres.new_database(), reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        await store.write(keep, busy_day())
        for _ in range(2):
            await store.write(fold, 7)
        for theirs, one in zip(await store.read(everything), expected, strict=True):
            self.assertEqual(theirs, one)
        self.assertGreater(len(expected), 60)
