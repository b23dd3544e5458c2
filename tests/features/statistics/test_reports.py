"""What reports say on days that are not like others: empty ones, changes of clocks, nights; names that bite."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from callserver.calls.vocabulary import Kind
from callserver.features.statistics import metrics
from callserver.features.statistics.folding.told import Rows, WaitRow
from callserver.features.statistics.keeping import write
from callserver.features.statistics.metrics import Counted
from callserver.features.statistics.reports import agents_report, calls_report, counting, waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import Period, days, label
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.features.statistics.reports.shown import DASH, lines
from callserver.store.sheets.csv_sheets import write_csv
from callserver.store.sheets.xlsx_sheets import write_xlsx
from callserver.store.tables import to_ms
from callserver.wire.catalogue import Complaint
from callserver.wire.cells import cells
from callserver.wire.states import SeatState
from tests.features.statistics.report_case import SHANGHAI, ReportCase
from tests.features.statistics.story import BEGIN, Story, check_data

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_MS = 3_600_000
OUTCOMES = st.sampled_from(["answered", "grabbed", "abandoned", "timed_out", ""])


class OddDayTests(ReportCase):
    def test_empty_day(self) -> None:
        """A day on which nothing happened: noughts for counts, a dash for every share and mean, in every report."""
        for name, report in REPORTS.items():
            for by in ("", *report.by):
                for table in report.make(self.day(date(2026, 3, 1), by=by, only="801" if name == "sheet" else "")):
                    shown = "\n".join(lines(table, "en", 80))
                    self.assertNotRegex(shown, r"\b(0\.00?|100\.00?)( %| s|$)")
        summary = list(lines(waits_report.report(self.day(date(2026, 3, 1))), "en", 80))
        self.assertIn(DASH, next(line for line in summary if line.startswith("service level")))

    def test_over_midnight(self) -> None:
        """A call that waits from before midnight belongs to the day before; the agent's time is split there."""
        night = Story(datetime(2026, 3, 2, 15, 59, tzinfo=UTC))  # a minute before midnight in Shanghai
        night.log_in(0, "801")
        night.talk(90, "a", "801", 45, 100)
        night.log_out(300, "801")
        self.happened(night)
        before, after = date(2026, 3, 2), date(2026, 3, 3)
        self.assertEqual(counting.waits(self.day(before))[""].answered, 1)
        self.assertEqual(counting.waits(self.day(after)), {})
        spent = [counting.worked(self.day(day, by="agent"))["801"] for day in (before, after)]
        self.assertEqual([one.logged_in for one in spent], [60_000, 240_000])
        self.assertEqual([one.talking for one in spent], [0, 100_000])

    def test_an_hour_that_comes_twice(self) -> None:
        """When Berlin sets its clocks back, two hours have one name: two rows, with their offsets, in their order."""
        begin = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 summer time
        story = Story(begin)
        for n, at_s in enumerate((0, 3600, 7200)):
            story.enters(at_s, f"call-{n}")
            story.leaves(at_s + 10, f"call-{n}", "abandoned", 10)
        self.happened(story)
        table = waits_report.grouped(self.day(date(2026, 10, 25), BERLIN, by="hour"))
        self.assertEqual(
            self.names(table), ["2026-10-25 02:00 ① +0200", "2026-10-25 02:00 ② +0100", "2026-10-25 03:00"]
        )
        self.assertEqual(days(date(2026, 10, 25), date(2026, 10, 25), BERLIN).quarters[1] - to_ms(begin) // 900_000, 92)

    def test_an_hour_left_out(self) -> None:
        """When they are set forward, a day has 23 hours, and no row for the one that is not."""
        period = days(date(2026, 3, 29), date(2026, 3, 29), BERLIN)
        self.assertEqual(period.until_ms - period.since_ms, 23 * HOUR_MS)
        first, behind = period.quarters
        hours = dict.fromkeys(label("hour", quarter, BERLIN) for quarter in range(first, behind))
        self.assertEqual(len(hours), 23)
        self.assertNotIn("2026-03-29 02:00", hours)

    @given(st.datetimes(datetime(1992, 1, 1), datetime(2037, 1, 1)), st.sampled_from([SHANGHAI, BERLIN]))
    @settings(max_examples=60, deadline=None)
    def test_days_follow_each_other(self, at: datetime, zone: ZoneInfo) -> None:
        """Where a day ends the next begins, and the labels of its quarters are its own."""
        day = at.date()
        today, tomorrow = days(day, day, zone), days(day + timedelta(days=1), day + timedelta(days=1), zone)
        self.assertEqual(today.until_ms, tomorrow.since_ms)
        first, behind = today.quarters
        self.assertEqual({label("day", quarter, zone) for quarter in range(first, behind)}, {day.isoformat()})

    def test_no_period(self) -> None:
        """The last day before the first is refused in words."""
        self.assertRaises(Complaint, days, date(2026, 3, 2), date(2026, 3, 1), SHANGHAI)
        self.assertRaises(Complaint, days, date(1990, 3, 2), date(2026, 3, 1), SHANGHAI)

    def test_still_waiting(self) -> None:
        """Who waits is counted, and is in no share but the one of all who entered: O = A + B + X + W."""
        story = check_data()
        story.enters(1700, "waits")
        self.happened(story)
        c = counting.waits(Ask(Period(to_ms(BEGIN), to_ms(BEGIN) + HOUR_MS), UTC))[""]
        self.assertEqual((c.entered, c.waiting), (12, 1))
        self.assertEqual(c.entered, c.answered + c.abandoned + c.others + c.waiting)
        self.assertEqual(metrics.SERVICE_LEVELS["short"](c), 0.5)

    def test_limits_are_within(self) -> None:
        """Exactly 20 s is in time and exactly 5 s is at once, a thousandth later is not."""
        story = Story()
        for n, (outcome, wait_s) in enumerate(
            (("answered", 20.0), ("answered", 20.001), ("abandoned", 5.0), ("abandoned", 5.001))
        ):
            story.enters(n, f"c{n}")
            story.tell(n + wait_s, Kind.LEAVE, f"c{n}", "line 1", queue="sales", outcome=outcome, wait_s=wait_s)
        self.happened(story)
        c = counting.waits(self.day(date(2026, 3, 2)))[""]
        self.assertEqual((c.in_time, c.abandoned_short, c.abandoned_in_time), (1, 1, 2))

    def test_to_the_last_moment(self) -> None:
        """Who comes at midnight belongs to the new day alone, in a queue's own figures as in the shop's."""
        story = Story(datetime(2026, 3, 2, 16, tzinfo=UTC))
        story.enters(0, "a")
        story.enters(60, "a", "service")
        self.happened(story)
        for only, by in (("", ""), ("service", ""), ("", "queue")):
            found = counting.waits(self.day(date(2026, 3, 2), only=only, by=by))
            self.assertEqual(sum(one.entered for one in found.values()), 0)
        self.assertEqual(counting.waits(self.day(date(2026, 3, 3), only="service"))[""].entered, 1)
        by_queue, total = counting.waits_by_queue(self.day(date(2026, 3, 3)))
        self.assertEqual((len(by_queue), total.entered), (2, 1))

    def test_an_hour_without_calls(self) -> None:
        """An hour in which nobody called stands between the others, so that a chart shows the gap."""
        story = Story()
        for n, at_s in enumerate((0, 3 * 3600)):
            story.enters(at_s, f"call-{n}")
        self.happened(story)
        table = waits_report.grouped(self.day(date(2026, 3, 2), by="hour"))
        self.assertEqual([row[1] for row in table.rows], [1, 0, 0, 1])

    @given(st.lists(st.tuples(*[st.one_of(st.just(0), st.integers(0, 90_000))] * 4), max_size=40))
    @settings(max_examples=60, deadline=None)
    def test_rows_that_sum(self, rows_ms: list[tuple[int, ...]]) -> None:
        """Hours of seconds below each other come to what the day has, in each account; none is made of nothing."""
        rows = metrics.rows_of_seconds(rows_ms)
        for shown, row_ms in zip(rows, rows_ms, strict=True):
            self.assertLess(abs(sum(shown) - sum(row_ms) / 1000), 1.01)
            self.assertTrue(all(0 <= s <= ms * 1000 for s, ms in zip(shown, row_ms, strict=True)))
        for shown, column_ms in zip(zip(*rows, strict=True), zip(*rows_ms, strict=True), strict=True):
            self.assertLess(abs(sum(shown) - sum(column_ms) / 1000), 4)

    @given(st.lists(st.integers(0, 10**7), max_size=9))
    def test_seconds_that_sum(self, parts_ms: list[int]) -> None:
        """Accounts shown in whole seconds sum to the whole, and none is a second or more off."""
        seconds = metrics.whole_seconds(parts_ms)
        self.assertEqual(sum(seconds), round(sum(parts_ms) / 1000))
        for shown, ms in zip(seconds, parts_ms, strict=True):
            self.assertLess(abs(shown - ms / 1000), 1)


class BadNameTests(ReportCase):
    def test_formula(self) -> None:
        """A name that a spreadsheet would calculate stays a text in CSV and XLSX; a number stays a number."""
        story = Story()
        story.enters(0, "a", "=HYPERLINK(1)")
        story.leaves(5, "a", "abandoned", 5, "=HYPERLINK(1)")
        self.happened(story)
        titles, rows = sheet_of([waits_report.grouped(self.day(date(2026, 3, 2), by="queue"))], "en")
        self.assertIn("'=HYPERLINK(1)", write_csv(titles, rows).decode("utf-8-sig"))
        sheet = load_workbook(BytesIO(write_xlsx(titles, rows))).worksheets[0]
        self.assertEqual((sheet["A2"].value, sheet["A2"].data_type), ("=HYPERLINK(1)", "s"))
        self.assertEqual((sheet["B2"].value, sheet["B2"].data_type), (1, "n"))

    def test_long_name(self) -> None:
        """However long a name, no line is wider than the terminal."""
        name = "很长的队列名称" * 9
        story = Story()
        story.enters(0, "a", name)
        self.happened(story)
        table = waits_report.grouped(self.day(date(2026, 3, 2), by="queue"))
        found = list(lines(table, "zh", 80))
        self.assertEqual([line for line in found if cells(line) > 80], [])
        self.assertIn("处理", "".join(found))  # the last column is there; where it is not, that is said
        self.assertIn("此宽度下未显示：应答 s, 通话 s, 处理 s", list(lines(table, "zh", 60)))

    def test_lines_and_pauses(self) -> None:
        """Lines, and what the house calls pauses, stand in the reader's language; an agent's own word as it is."""
        story = Story()
        story.log_in(0, "801")
        for n, word in enumerate(("break", "Yoga")):
            story.seat(10 + 10 * n, "801", SeatState.PAUSED, sub=word)
        story.log_out(30, "801")
        story.enters(0, "a")
        self.happened(story)
        day = self.day(date(2026, 3, 2), by="line")
        self.assertIn("线路 1", "\n".join(lines(calls_report.calls(day), "zh", 80)))
        pauses = "\n".join(lines(agents_report.pause_table(day), "zh", 80))
        self.assertIn("小休", pauses)
        self.assertIn("Yoga", pauses)


class SqlTests(ReportCase):
    @given(
        st.lists(
            st.tuples(OUTCOMES, st.integers(0, 60_000)),
            max_size=30,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_the_database_adds_as_we_do(self, found: list[tuple[str, int]]) -> None:
        """What SQL adds up is what adding one by one gives."""
        rows = Rows()
        counted = Counted()
        for n, (outcome, wait_ms) in enumerate(found):
            rows.waits[f"c{n}", "q"] = WaitRow(f"c{n}", "q", 3, to_ms(BEGIN), "line 1", outcome, wait_ms, wait_ms)
            answered, abandoned = outcome in ("answered", "grabbed"), outcome == "abandoned"
            counted.add(
                Counted(
                    1,
                    answered=answered,
                    in_time=answered and wait_ms <= 20_000,
                    abandoned=abandoned,
                    abandoned_in_time=abandoned and wait_ms <= 20_000,
                    abandoned_short=abandoned and wait_ms <= 5_000,
                    others=outcome == "timed_out",
                    waiting=outcome == "",
                    wait_ms=wait_ms if answered else 0,
                    abandoned_wait_ms=wait_ms if abandoned else 0,
                    longest_ms=wait_ms,
                )
            )
        self.store.database.execute_sql("DELETE FROM stat_waits")
        self.store.run(write, rows)
        self.assertEqual(counting.waits(self.day(date(2026, 3, 2))).get("", Counted()), counted)
