"""`callserver stats`: what a shop's admin types, and what he reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo

from openpyxl import load_workbook

from callserver.acd.organisation.tables import QueueRow
from callserver.commands import stats as stats_commands
from callserver.commands.stats import stats
from callserver.features.statistics.drawing import fonts
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.tables import WaitStat
from tests.commands.shop_case import ShopCase
from tests.features.statistics.shop_log import keep
from tests.features.statistics.story import check_data

DAY = "--from 2026-03-02"


class StatsTests(ShopCase):
    group = stats

    def setUp(self) -> None:
        super().setUp()
        self.store.run(keep, check_data())

        def now(zone: tzinfo = UTC) -> datetime:
            return datetime(2026, 3, 3, 12, tzinfo=zone)

        self.replace(stats_commands, "now", now)

    def test_every_metric(self) -> None:
        """The check data through the command, from a log that nobody has counted before."""
        printed = self.done(f"queue {DAY}")
        for words in ("36.36 %", "66.67 %", "44.44 %", "57.14 %", "50.00 %", "27.27 %", "20.00 %", "33.33 %"):
            self.assertIn(words, printed)
        for words in ("19.00 s", "27.33 s", "120.00 s", "172.50 s", "213.33 s"):
            self.assertIn(words, printed)
        self.assertIn("51.8", self.done(f"agents {DAY}"))
        self.assertIn("51.79 %", self.done(f"sheet 801 {DAY}"))

    def test_every_report(self) -> None:
        """Each in both languages, grouped in every way, fits a terminal; and as JSON it is numbers."""
        for language in ("en", "zh"):
            self.language(language)
            for name, report in REPORTS.items():
                only = {"sheet": " 801", "staffing": " --agents 3"}.get(name, "")
                for by in ("", *(f" --by {one}" for one in report.by)):
                    self.assertTrue(self.done(f"{name}{only}{by} {DAY}"))
        found = json.loads(self.done(f"queue --by queue {DAY} --json --language en"))
        self.assertEqual(found[0]["rows"][0][:5], ["sales", 11, 6, 3, 2])
        self.assertEqual(found[0]["columns"][6], ["in time (short) %", "share"])
        self.assertIn("已接听", self.done(f"queue {DAY} --json --language zh"))

    def test_which_days(self) -> None:
        """A report tells of which days it is, a day of the week by its name, and that nothing happened."""
        self.assertIn(
            "Waiting callers of all queues · 2026-03-02 – 2026-03-03", self.done(f"queue {DAY} --to 2026-03-03")
        )
        self.assertIn("Waiting callers of all queues · by day · 2026-03-02", self.done(f"queue {DAY} --by day"))
        self.assertIn("Monday", self.done(f"queue {DAY} --by weekday"))
        self.assertIn("星期一", self.done(f"calls {DAY} --by weekday --language zh"))
        self.assertIn("(none)", self.done(f"calls {DAY} --by agent"))
        self.assertEqual(self.done("ratings"), "Ratings by callers · 2026-03-03\nnothing in these days\n")

    def test_counted_once(self) -> None:
        """Asked twice, nothing is counted twice; `fold` makes the same anew."""
        self.done(f"queue {DAY}")
        before = self.done(f"queue --by queue {DAY}")
        self.assertIn("events counted", self.told("fold"))
        self.assertEqual(self.done(f"queue --by queue {DAY}"), before)
        self.assertEqual(WaitStat.select().count(), 11)

    def test_files(self) -> None:
        """By a file's ending: a table for a spreadsheet, a chart, the day on paper."""
        for ending, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
            file = self.shop / f"report.{ending}"
            self.done(f"queue --by hour {DAY} --out {file}")
            self.assertTrue(file.read_bytes().startswith(begins), ending)
        self.done(f"sheet 801 {DAY} --out {self.shop / 'sheet.csv'}")
        sheet_csv = (self.shop / "sheet.csv").read_text("utf-8-sig")
        for words in ("ready s,810,", "occupancy %,51.79,", "agent,reason,paused s", "801,lunch,120"):
            self.assertIn(words, sheet_csv)
        self.done(f"agents {DAY} --out {self.shop / 'agents.xlsx'}")
        self.assertEqual(load_workbook(self.shop / "agents.xlsx").worksheets[0]["C6"].value, "answered")
        sheet = load_workbook(self.shop / "report.xlsx").worksheets[0]
        self.assertEqual(sheet["B2"].value, 11)
        for language in ("zh", "en"):
            file = self.shop / f"day-{language}.pdf"
            self.done(f"day 2026-03-02 --out {file} --language {language}")
            self.assertTrue(file.read_bytes().startswith(b"%PDF"))

    def test_what_cannot_be(self) -> None:
        """Days in the wrong order, a file of no kind, a chart of what has none: each says what to do."""
        self.assertIn("2026-03-01 is before 2026-03-02", self.refused(f"queue {DAY} --to 2026-03-01"))
        self.assertIn("name it .csv, .xlsx, .svg or .png", self.refused(f"queue {DAY} --out x.doc"))
        for day in ("9999-12-31", "0001-01-01"):
            self.assertIn("reports are of days from 1970-01-02", self.refused(f"queue --from {day}"))
        self.assertIn("'2026-02-30' is no day; write it as 2026-03-31", self.refused("queue --from 2026-02-30"))
        self.assertIn("'nan' is not a number", self.refused(f"queue {DAY} --within nan"))
        self.store.run(lambda: QueueRow.create(name="operator", position=1, settings="{}"))
        self.assertIn("there is no queue oprator; there is operator", self.refused("queue oprator"))
        self.assertIn("there is no agent 899", self.refused("sheet 899"))
        self.assertIn("no figures of a menu x", self.refused("steps x"))
        self.assertIn("leave --out away", self.refused(f"queue {DAY} --json --out x.csv"))
        nowhere = self.shop / "none"
        for command in (
            f"day 2026-03-02 --out {nowhere / 'x.pdf'}",
            f"queue --by hour {DAY} --out {nowhere / 'x.png'}",
        ):
            self.assertIn("cannot be written: No such file or directory", self.refused(command))
        self.assertIn("name it .pdf", self.refused("day 2026-03-02 --out x.txt"))
        self.assertIn("group it", self.refused(f"queue {DAY} --out {self.shop / 'x.png'}"))

    def test_no_chinese_font(self) -> None:
        """Where no font has Chinese characters, that is said instead of drawing boxes."""
        self.replace(fonts, "FAMILIES", ("No Such Font",))
        self.replace(fonts, "DEBIAN", self.shop / "none.ttc")
        command = f"queue --by hour {DAY} --out {self.shop / 'x.png'} --language"
        self.assertIn("fonts-wqy-microhei", self.refused(f"{command} zh"))
        self.done(f"{command} en")

    def test_staffing(self) -> None:
        """Yesterday with three agents, if no other day is asked for."""
        printed = self.done("staffing --agents 3")
        self.assertIn("17:00", printed)  # 09:00 in UTC is that in the shop
        self.assertIn("Erlang", printed)

    def refused(self, words: str, typed: bytes | None = None) -> str:
        """The log may have been counted before something is refused."""
        self.done(f"queue {DAY}")
        return super().refused(words, typed)
