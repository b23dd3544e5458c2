"""What a shop reads of the faults it has passed on."""

from datetime import UTC, datetime

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices.cases import AtOffice, Case
from callserver.commands.faults import fault_lines

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CASE = Case("c1", "call-1", AT, "13912345678", "北京", "number", "no water", "answered", "2")
TRIED = [AtOffice("c1", 1, "1", "62345678", AT, "busy"), AtOffice("c1", 2, "2", "63345678", AT)]


class FaultsTests(SynchronousTestCase):
    def test_words(self) -> None:
        """When, who, where, what, and each office with what came of it; one that is being dialled is under way."""
        self.assertEqual(
            list(fault_lines(CASE, TRIED, "en", UTC)),
            [
                "2026-03-02 01:00  13912345678, region 北京 (by the caller's number), no water: answered",
                "    office 1, 62345678: busy",
                "    office 2, 63345678: under way",
            ],
        )
        self.assertEqual(list(fault_lines(CASE, TRIED, "zh", UTC))[1], "    网点 1，62345678：占线")
