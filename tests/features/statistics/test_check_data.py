"""The check data of the reference, from events in a store to every printed digit."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.statistics.metrics import Worked, occupancy, utilisation
from callserver.features.statistics.reports import counting, waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import Period
from callserver.features.statistics.reports.shown import lines, shown
from callserver.features.statistics.reports.table import Figure, Unit
from callserver.store.tables import to_ms
from callserver.wire.cells import cells
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import BEGIN, check_data
from tests.store.inline import InlineStore

PRINTED = {
    "entered": "11",
    "answered": "6",
    "abandoned": "3",
    "left otherwise": "2",
    "still waiting": "0",
    "rings that nobody answered": "0",
    "service level offered": "36.36 %",
    "service level answered": "66.67 %",
    "service level all": "44.44 %",
    "service level credit": "66.67 %",
    "service level exclude": "57.14 %",
    "service level short": "50.00 %",
    "abandoned, share raw": "27.27 %",
    "abandoned, share net": "20.00 %",
    "abandoned, share answered_base": "33.33 %",
    "connection rate": "54.55 %",
    "average speed of answer": "19.00 s",
    "time to abandon": "27.33 s",
    "longest wait": "120.00 s",
    "average talk time": "172.50 s",
    "average handle time": "213.33 s",
    "transfer rate": "0.00 %",
}
ASK = Ask(Period(to_ms(BEGIN), to_ms(BEGIN) + 3_600_000), ZoneInfo("UTC"))


class CheckDataTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.store.run(keep, check_data())
        self.store.run(fold)

    def test_waits(self) -> None:
        """Every metric in every variant, as the reference prints it."""
        table = self.store.run(waits_report.report, ASK)
        printed = {}
        for name, variant, value in table.rows:
            key = shown(name, Unit.WORD, "en") + " " + shown(variant, Unit.WORD, "en").partition(":")[0]
            printed[key.strip()] = shown(value, Unit.WORD, "en")
        self.assertEqual(printed, PRINTED)

    def test_accounts(self) -> None:
        """Occupancy of each agent and of both, utilisation of both."""
        of = self.store.run(counting.worked, Ask(ASK.period, ASK.zone, by="agent"))
        both = Worked()
        for one in of.values():
            both.add(one)
        self.assertEqual(
            [shown(Figure(occupancy(one), Unit.SHARE), Unit.WORD, "en") for one in (of["801"], of["802"], both)],
            ["51.79 %", "22.78 %", "36.78 %"],
        )
        self.assertEqual(shown(Figure(utilisation(both), Unit.SHARE), Unit.WORD, "en"), "35.56 %")

    def test_on_eighty_columns(self) -> None:
        """The table fits a terminal in both languages."""
        for ask in (ASK, replace(ASK, by="hour"), replace(ASK, by="queue")):
            for language in ("en", "zh"):
                found = list(lines(self.store.run(waits_report.report, ask), language, 80))
                self.assertEqual([line for line in found if cells(line) > 80 or "…" in line], [])
