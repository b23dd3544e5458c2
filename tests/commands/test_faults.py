"""What a shop reads of the faults it has passed on."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices.cases import AtOffice, Case, open_case
from callserver.commands import faults as commands
from callserver.commands.faults import fault_lines, faults
from callserver.config import Config, RecordingConfig
from callserver.wire.cells import cells
from tests.store.inline import InlineStore

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

    def test_no_region(self) -> None:
        """A fault whose region nothing told has no gap in its line."""
        (said,) = fault_lines(replace(CASE, region="", found_by="nothing"), [], "en", UTC)
        self.assertIn("13912345678, region not known (nothing told it), no water", said)

    def test_eighty_columns(self) -> None:
        """Where nobody looks at a screen a line has 80 columns too; all of it is there."""
        store = InlineStore()
        store.run(open_case, replace(CASE, note="no water since Monday, and the pump in the yard is dry as well"))
        with patch.object(
            commands, "known_shop", lambda shop: nullcontext(Config(recording=RecordingConfig(announce=True)))
        ):
            for language in ("en", "zh"):
                result = store.run(lambda given: CliRunner().invoke(faults, given), ["--language", language])
                said = result.output
                self.assertEqual(result.exit_code, 0, repr(result.exception))
                self.assertLessEqual(max(map(cells, said.splitlines())), 80)
                self.assertIn("the pump in the yard is dry", " ".join(said.split()))
