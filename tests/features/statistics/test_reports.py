"""What reports say on days that are not like others: empty ones, changes of clocks, nights; names that bite."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.features.shopping import sample
from callserver.features.statistics import metrics
from callserver.features.statistics.folding.told import Rows, WaitRow
from callserver.features.statistics.keeping import write
from callserver.features.statistics.metrics import Counted
from callserver.features.statistics.reports import agents_report, calls_report, counting, tallying, waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import Period, days, label
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.features.statistics.reports.shown import DASH, lines
from callserver.features.statistics.reports.table import Table
from callserver.store.sheets.csv_sheets import write_csv
from callserver.store.sheets.xlsx_sheets import write_xlsx
from callserver.store.tables import to_ms
from callserver.wire.catalogue import Complaint, told
from callserver.wire.cells import cells
from callserver.wire.states import SeatState
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import BEGIN, Story, check_data
from tests.store.inline import InlineStore

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR_MS = 3_600_000
OUTCOMES = st.sampled_from(["answered", "grabbed", "abandoned", "timed_out", ""])


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

    def test_an_hour_without_calls(self) -> None:
        """An hour in which nobody called stands between the others, so that a chart shows the gap."""
        story = Story()
        for n, at_s in enumerate((0, 3 * 3600)):
            story.enters(at_s, f"call-{n}")
        self.happened(story)
        table = waits_report.grouped(self.day(date(2026, 3, 2), by="hour"))
        self.assertEqual([row[1] for row in table.rows], [1, 0, 0, 1])

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


class CallsTests(ReportCase):
    def test_missed_list_clears_itself(self) -> None:
        """Missed callers go from the list when they are reached, or call again and are served; not before."""
        story = Story()
        for n, number in enumerate(("13900000001", "13900000002", "13900000003", "13900000004")):
            story.opens(n, f"m{n}", number)
            story.enters(n, f"m{n}")
            story.leaves(n + 30, f"m{n}", "abandoned", 30)
        story.log_in(0, "801")
        story.opens(100, "again", "13900000002")
        story.talk(100, "again", "801", 0, 60)
        story.tell(
            200, Kind.DIAL_RESULT, "out1", "line 2", result="answered", number="013900000003", dial_class="local"
        )
        story.ends(260, "out1")
        story.tell(300, Kind.DIAL_RESULT, "out2", "line 2", result="busy", number="13900000004")
        story.ends(310, "out2")
        self.happened(story)
        rows = tallying.missed(self.day(date(2026, 3, 2)))
        self.assertEqual([row.number for row in rows], ["13900000004", "13900000001"])
        self.assertEqual(len(calls_report.missed(self.day(date(2026, 3, 2))).rows), 2)

    def test_self_service_and_repeats(self) -> None:
        """Who bought in the menu has served himself; who calls again within the days counts once."""
        story = Story()
        for n, at_s in enumerate((0, 100, 8 * 86_400)):
            call = f"c{n}"
            story.opens(at_s, call)
            story.tell(at_s, Kind.ANSWER, call, "line 1")
            story.tell(at_s, Kind.MENU, call, "line 1", name="shop", version="")
            if n == 0:
                items = [{"item": "1001", "quantity": 2, "price_fen": 500}]
                story.tell(at_s + 20, Kind.ORDER, call, None, items=items, total_fen=1000)
            story.ends(at_s + 30, call)
        self.happened(story)
        ask = self.day(date(2026, 3, 2))
        found = tallying.results(ask)[""]
        self.assertEqual((found["in"], found["in self_service"], found["in other"], found["menu"]), (2, 1, 1, 2))
        self.assertEqual(tallying.repeats(ask), (1, 1))
        self.assertEqual(tallying.repeats(self.day(date(2026, 3, 10))), (1, 0))
        table = calls_report.sales(replace(ask, by="product"))
        self.assertEqual([*table.rows[0]][0::2], ["1001", 2, 1000])
        seller = calls_report.sales(replace(ask, by="seller"))
        self.assertEqual(list(seller.rows[0]), ["shop", 1, 1000])
        self.assertEqual(list(calls_report.sales(ask).rows[0]), ["2026-03-02", 2, 1, 0.5, 1000])

    def test_menu_steps_and_doors(self) -> None:
        """Where callers hang up in a menu, and who was not let into a queue."""
        story = Story()
        story.opens(0, "a")
        story.tell(0, Kind.MENU, "a", "line 1", name="shop", version="1")
        story.tell(1, Kind.STEP, "a", "line 1", menu="shop", step="main", visit=1)
        story.tell(9, Kind.REPLY, "a", "line 1", menu="shop", step="main", result="wrong")
        story.ends(12, "a")
        story.opens(20, "b")
        story.tell(21, Kind.LEAVE, "b", "line 1", queue="sales", outcome="closed", wait_s=0.0)
        story.ends(30, "b")
        self.happened(story)
        ask = self.day(date(2026, 3, 2))
        self.assertEqual([list(row) for row in calls_report.steps(ask).rows], [["shop.main", 1, 1, 1, 0, 1.0]])
        self.assertEqual([row[1] for row in calls_report.doors(ask).rows], [1])
        self.assertEqual(counting.waits(ask), {})

    def test_sheet_sums(self) -> None:
        """The accounts on an agent's work sheet sum to the line below them."""
        story = check_data()
        story.seat(1700, "801", SeatState.RINGING, "x")
        story.seat(1710, "801", SeatState.IDLE_PC)
        self.happened(story)
        table = agents_report.sheet(self.day(date(2026, 3, 2), only="801"))
        values = {row[0].msgid: row[1].value for row in table.rows}  # type: ignore[union-attr]
        accounts = [values[words] for words in agents_report.ACCOUNTS.values()]
        self.assertEqual(sum(accounts), values["together: logged in"])
        self.assertEqual(values["together: logged in"], 1800)

    def test_columns_sum(self) -> None:
        """Who adds up the seconds of all agents comes to the total that stands below them."""
        story = Story()
        for number in ("801", "802", "803"):
            story.log_in(0, number)
            story.log_out(10.4, number)
        self.happened(story)
        table = agents_report.time_table(self.day(date(2026, 3, 2), by="agent"))
        self.assertEqual([row[1:3] for row in [*table.rows, table.total or ()]], [(10, 10)] * 3 + [(30, 30)])

    def test_missed_again(self) -> None:
        """Who was missed, served and missed again has been missed once since; his queue is that of the last call."""
        story = Story()
        story.log_in(0, "801")
        for call, at_s, queue in (("m0", 0, "service"), ("m1", 200, "zeta"), ("m2", 300, "alpha")):
            story.opens(at_s, call)
            story.enters(at_s, call, queue)
            story.leaves(at_s + 9, call, "callback" if call == "m1" else "abandoned", 9, queue)
        story.opens(100, "served")
        story.talk(100, "served", "801", 0, 60)
        self.happened(story)
        (one,) = tallying.missed(self.day(date(2026, 3, 2)))
        self.assertEqual((one.n, one.to_call, one.queue), (2, 1, "alpha"))

    def test_missed_within_the_house(self) -> None:
        """A colleague whom nobody answered is not on the list of callers to be called back."""
        story = Story()
        story.opens(0, "a", "801")
        story.calls["a"] = replace(story.calls["a"], direction="internal")
        story.tell(5, Kind.TRANSFER, "a", "line 1", by="seat 801", target="seat 802")
        story.ends(9, "a")
        self.happened(story)
        self.assertEqual(tallying.missed(self.day(date(2026, 3, 2))), [])

    def test_offices_and_call_backs(self) -> None:
        """Attempts at offices by hour, also of a caller who has hung up; call-backs by what came of them."""
        story = Story()
        for n, (office, result) in enumerate((("Pudong", "busy"), ("Minhang", "answered"), ("Pudong", "gave_up"))):
            call = f"c{n}"
            story.opens(3600 * n, call)
            story.ends(3600 * n + 5, call)
            story.tell(
                3600 * n + (6 if result == "gave_up" else 4), Kind.OFFICE_RESULT, call, office=office, result=result
            )
        for outcome in ("busy", "busy", "answered", "called_again"):
            story.tell(9000, Kind.CALLED_BACK, "c0", None, "801", queue="sales", outcome=outcome)
        self.happened(story)
        ask = self.day(date(2026, 3, 2))
        rows = [list(row) for row in calls_report.offices(ask).rows]
        self.assertEqual(rows, [["Minhang", 1, 1, 1.0], ["Pudong", 2, 0, 0.0]])
        by_hour = calls_report.offices(replace(ask, by="hour", only="Pudong"))
        self.assertEqual([row[:3] for row in by_hour.rows], [("2026-03-02 17:00", 1, 0), ("2026-03-02 19:00", 1, 0)])
        self.assertEqual([row[1] for row in calls_report.callbacks(ask).rows], [1, 1, 0, 2])
        self.assertEqual(list(calls_report.callbacks(replace(ask, only="service")).rows), [])

    def test_names_of_goods(self) -> None:
        """Goods by number and by their name in the reader's language; what the books have no more by its number."""
        self.store.run(sample.load, BEGIN)
        story = Story()
        items = [{"item": item, "quantity": 2, "price_fen": 500} for item in ("1001", "9")]
        story.tell(0, Kind.ORDER, None, None, "web", items=items, total_fen=2000)
        story.tell(1, Kind.RESERVATION, None, None, "web", item="1001", quantity=3)
        self.happened(story)
        table = calls_report.sales(self.day(date(2026, 3, 2), by="product"))
        named = [(row[0], told(row[1], "zh"), *row[2:]) for row in table.rows]
        self.assertEqual(named, [("9", "", 2, 0, 1000), ("1001", "龙井绿茶", 2, 3, 1000)])
        self.assertEqual(list(table.total or ())[2:], [4, 3, 2000])

    def test_sold_without_a_call(self) -> None:
        """An agent who sells to somebody before him is among the agents; a menu that sells is not."""
        story = Story()
        story.log_in(0, "801")
        story.log_out(900, "801")
        story.tell(60, Kind.ORDER, None, None, "801", total_fen=500)
        story.opens(70, "a")
        story.tell(71, Kind.MENU, "a", "line 1", name="shop", version="")
        story.tell(80, Kind.ORDER, "a", None, total_fen=700)
        story.ends(90, "a")
        self.happened(story)
        rows = agents_report.work_table(self.day(date(2026, 3, 2))).rows
        self.assertEqual([(row[0], *row[-2:]) for row in rows], [("801", 1, 500)])

    def test_pauses_sum(self) -> None:
        """Pauses by reason are, to the second, the paused time on the work sheet above them."""
        story = Story()
        story.log_in(0, "801")
        for n, reason in enumerate(("lunch", "desk", "training")):
            story.seat(10 + 2 * n, "801", SeatState.PAUSED, sub=reason)
            story.seat(10 + 2 * n + 1.4, "801", SeatState.IDLE_PC)
        story.log_out(60.3, "801")
        self.happened(story)
        ask = self.day(date(2026, 3, 2), only="801")
        paused = {row[0].msgid: row[1].value for row in agents_report.sheet(ask).rows}["paused"]  # type: ignore[union-attr]
        spans = [row[2] for row in agents_report.pause_table(ask).rows]
        self.assertEqual((len(spans), sum(spans)), (3, paused))  # type: ignore[arg-type]
        self.assertEqual(paused, 4)

    def test_ratings_of_one(self) -> None:
        """Who asks for one agent's points sees no other's, however they are grouped."""
        story = Story()
        for n, agent in enumerate(("801", "802")):
            story.log_in(n, agent)
            story.opens(10, f"c{n}")
            story.talk(10, f"c{n}", agent, 0, 60)
            story.tell(69, Kind.SAVED, f"c{n}", "line 1", name="rating", value=f"{n + 2}")
        self.happened(story)
        for by in ("agent", "queue", "day"):
            table = calls_report.ratings(self.day(date(2026, 3, 2), by=by, only="802"))
            self.assertEqual([row[1:] for row in table.rows], [(1, 3.0)])


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
