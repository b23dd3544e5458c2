"""Calls and what comes of them: who was missed, sales, menus, offices, points, and agents' work sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from callserver.calls.vocabulary import Kind
from callserver.features.shopping import sample
from callserver.features.shopping.tables.customers import Customer, CustomerNumber
from callserver.features.statistics.reports import agents_report, calls_report, counting, tallying
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.reports.plain import plain
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.wire.catalogue import told
from callserver.wire.states import SeatState
from tests.features.statistics.report_case import SHANGHAI, ReportCase
from tests.features.statistics.story import BEGIN, Story, check_data


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
        seconds = [row[1] for row in table.rows]  # 10.4 each
        self.assertEqual((sorted(seconds), table.total and table.total[1]), ([10, 10, 11], 31))

    def test_calls_again(self) -> None:
        """Exactly seven days later is within seven days; a call out to a number is no further call of its caller."""
        story = Story()
        for call, at_s, number in (("a", 0, "13900000001"), ("b", 7 * 86_400, "13900000001"), ("c", 0, "13900000002")):
            story.opens(at_s, call, number)
            story.ends(at_s + 5, call)
        story.tell(60, Kind.DIAL_RESULT, "out", "line 2", result="busy", number="13900000002")
        story.ends(70, "out")
        self.happened(story)
        self.assertEqual(tallying.repeats(self.day(date(2026, 3, 2))), (2, 1))
        self.assertEqual(tallying.repeats(self.day(date(2026, 3, 2), repeat_days=6)), (2, 0))

    def test_long_and_short(self) -> None:
        """A year that has one day of work in it comes to what that day does."""
        self.happened(check_data())
        day = self.day(date(2026, 3, 2), by="agent")
        year = replace(day, period=days(date(2026, 3, 2), date(2026, 9, 1), SHANGHAI))
        before = replace(day, period=days(date(2025, 9, 1), date(2026, 3, 1), SHANGHAI))
        self.assertEqual(counting.worked(year), counting.worked(day))
        self.assertEqual(counting.worked(before), {})

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
        self.assertEqual((one.n, one.to_call, one.queue, one.why), (2, 1, "alpha", "abandoned"))

    def test_missed_who_and_why(self) -> None:
        """Whose number it is, and why he was not served; who came to no queue has no reason of a wait."""
        story = Story()
        story.opens(0, "m0", "13912345678")
        story.enters(0, "m0")
        story.leaves(90, "m0", "timed_out", 90)
        story.opens(200, "m1", "13900000001")
        story.ends(220, "m1")
        self.happened(story)
        customer = Customer.insert(member_number="1007", name="李明", address="").execute
        number = CustomerNumber.insert(number="13912345678", customer="1007").execute
        self.store.run(lambda: (customer(), number()))
        rows = plain(calls_report.missed(self.day(date(2026, 3, 2))), "en")["rows"]
        self.assertEqual([row[5:] for row in rows if row[0] == "13912345678"], [["waited too long", "李明"]])
        self.assertEqual([row[6] for row in rows if row[0] == "13900000001"], [""])

    def test_missed_within_the_house(self) -> None:
        """A colleague whom nobody answered is not on the list of callers to be called back, nor among calls."""
        story = Story()
        story.opens(0, "a", "801")
        story.calls["a"] = replace(story.calls["a"], direction="internal")
        story.tell(5, Kind.TRANSFER, "a", "line 1", by="seat 801", target="seat 802")
        story.ends(9, "a")
        self.happened(story)
        self.assertEqual(tallying.missed(self.day(date(2026, 3, 2))), [])
        self.assertEqual(list(calls_report.calls(self.day(date(2026, 3, 2), by="line")).rows), [])

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
        self.assertEqual(sheet_of([table], "zh")[1][0], ["9", "", 2, 0, 10])  # in yuan

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
        for n, (reason, spent_s) in enumerate((("lunch", 1.5), ("desk", 1.5), ("training", 1.6))):
            story.seat(10 + 2 * n, "801", SeatState.PAUSED, sub=reason)
            story.seat(10 + 2 * n + spent_s, "801", SeatState.IDLE_PC)
        story.log_out(60.5, "801")
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
