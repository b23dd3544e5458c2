"""Reports of stories that have happened in a shop in Shanghai."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.table import Table
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import Story
from tests.store.inline import InlineStore

SHANGHAI = ZoneInfo("Asia/Shanghai")


class ReportCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    def happened(self, *stories: Story) -> None:
        for story in stories:
            self.store.run(keep, story)
        self.store.run(fold, 50)

    def day(self, day: date, zone: ZoneInfo = SHANGHAI, **ask: Any) -> Ask:
        return Ask(days(day, day, zone), zone, **ask)

    def names(self, table: Table) -> list[object]:
        return [row[0] for row in table.rows]
