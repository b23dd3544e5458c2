"""Planning: Erlang C as the reference prints it, and a day played again on the server's own routing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.statistics import keeping
from callserver.features.statistics.reports import staffing_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import days
from callserver.features.statistics.staffing import erlang
from callserver.features.statistics.staffing.replay import Arrival, replay
from callserver.store.tables import CallRow, EventRow
from callserver.wire.catalogue import Complaint
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import BEGIN, Story, check_data
from tests.store.inline import InlineStore

AHT_S, N = 213.0, 4


class ErlangTests(SynchronousTestCase):
    def test_check_data(self) -> None:
        """n = 4, 213 s: 30, 45 and 60 calls an hour, to every printed digit."""
        printed = []
        for calls in (30, 45, 60):
            load = calls / 3600 * AHT_S
            asa_s, level = erlang.asa_s(N, load, AHT_S), erlang.in_time(N, load, AHT_S, 20)
            printed.append((f"{erlang.waits(N, load):.4f}", f"{asa_s:.1f}", f"{100 * (level or 0):.1f}"))
        self.assertEqual(printed[0], ("0.1234", "11.8", "90.0"))
        self.assertEqual(printed[1], ("0.3769", "60.0", "66.8"))
        self.assertEqual((printed[2][0], round(float(printed[2][1])), printed[2][2]), ("0.7626", 361, "26.9"))

    def test_too_few(self) -> None:
        """Fewer agents than erlangs never catch up: no figure, and not a wrong one."""
        self.assertIsNone(erlang.asa_s(4, 4.0, AHT_S))
        self.assertIsNone(erlang.in_time(3, 3.5, AHT_S, 20))

    def test_needed(self) -> None:
        """The fewest that are enough: one less is not."""
        load = 45 / 3600 * AHT_S
        n = erlang.needed(load, AHT_S, 20, 0.8)
        assert n is not None
        self.assertGreaterEqual(erlang.in_time(n, load, AHT_S, 20) or 0, 0.8)
        self.assertLess(erlang.in_time(n - 1, load, AHT_S, 20) or 0, 0.8)


class ReplayTests(SynchronousTestCase):
    def play(self, n_agents: int, *arrivals: Arrival) -> tuple[int, int, int, int]:
        found = replay(arrivals, n_agents, within_s=20, short_s=5)
        return found.answered, found.abandoned, found.wait_ms, found.in_time

    def test_one_agent(self) -> None:
        """The second waits until the first is served; who has less patience than that gives up."""
        first, second = Arrival(0, "a", 60), Arrival(10, "a", 60)
        self.assertEqual(self.play(1, first, second), (2, 0, 50_000, 1))
        self.assertEqual(self.play(2, first, second), (2, 0, 0, 2))
        self.assertEqual(self.play(1, Arrival(0, "a", 20), Arrival(0, "a", 20)), (2, 0, 20_000, 2))
        self.assertEqual(self.play(1, first, Arrival(10, "a", 60, patience_s=30)), (1, 1, 0, 1))

    def test_at_the_same_moment(self) -> None:
        """Who is patient until exactly the moment when an agent is free is answered or not, but counted once."""
        answered, abandoned, _, _ = self.play(1, Arrival(0, "a", 30), Arrival(0, "a", 30, patience_s=30))
        self.assertEqual(answered + abandoned, 2)

    def test_as_erlang_says(self) -> None:
        """Callers at random, talks of exponential length: the routing waits as the formula does."""
        chance, at_s, arrivals = Random(1), 0.0, []
        for _ in range(20_000):
            at_s += chance.expovariate(45 / 3600)
            arrivals.append(Arrival(at_s, "a", chance.expovariate(1 / AHT_S)))
        found = replay(arrivals, N, within_s=20, short_s=5)
        load = 45 / 3600 * AHT_S
        self.assertLess(abs(found.in_time / found.answered - (erlang.in_time(N, load, AHT_S, 20) or 0)), 0.03)


class ReportTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.store.run(keep, check_data())
        self.store.run(fold)
        zone = ZoneInfo("UTC")
        self.ask = Ask(days(date(2026, 3, 2), date(2026, 3, 2), zone), zone, n_agents=3)

    def test_own_data(self) -> None:
        """The hour of the check data: its calls and handle time; with more agents nobody waits longer."""
        hours, played = staffing_report.report(self.ask)
        self.assertEqual([hours.rows[0][0], hours.rows[0][1]], ["09:00", 11])
        self.assertAlmostEqual(float(hours.rows[0][2]), 213.33, places=2)  # type: ignore[arg-type]
        self.assertEqual([row[0] for row in played.rows], ["1", "2", "3", "4", "5"])
        waits = [float(row[5]) for row in played.rows]  # type: ignore[arg-type]
        self.assertEqual(waits, sorted(waits, reverse=True))
        self.assertEqual({row[1] for row in played.rows}, {11})

    def test_what_is_played(self) -> None:
        """Who gave up has that much patience, others have no end of it; who was not answered then talks the mean."""
        ((*arrivals,),) = staffing_report.arrivals(self.ask)
        self.assertEqual(sorted(one.patience_s for one in arrivals if one.patience_s is not None), [3, 18, 61])
        handled = sorted(round(one.handle_s, 2) for one in arrivals)
        self.assertEqual(handled, sorted([210, 145, 320, 75, 190, 340, *[213.33] * 5]))
        alone = staffing_report.replayed(replace(self.ask, n_agents=1))
        self.assertEqual([row[0] for row in alone.rows], ["1", "2", "3"])

    def test_mean_of_days(self) -> None:
        """Calls of an hour are the mean of its days."""
        story = Story(BEGIN + timedelta(days=1))
        story.enters(0, "next")
        self.store.run(keep, story)
        self.store.run(fold)
        zone = ZoneInfo("UTC")
        two_days = replace(self.ask, period=days(date(2026, 3, 2), date(2026, 3, 3), zone))
        self.assertEqual(staffing_report.hours(two_days).rows[0][1], 6)

    def test_an_empty_day(self) -> None:
        """Nothing to play, nothing wanted."""
        zone = ZoneInfo("UTC")
        ask = Ask(days(date(2026, 1, 1), date(2026, 1, 1), zone), zone, n_agents=3)
        self.assertEqual([list(table.rows) for table in staffing_report.report(ask)], [[], []])

    def test_an_hour_in_which_nobody_was_answered(self) -> None:
        """Its callers would have talked as long as others; where nobody was answered at all there are dashes."""
        story = Story(BEGIN + timedelta(hours=3))
        story.enters(0, "lost")
        story.leaves(30, "lost", "abandoned", 30)
        self.store.run(keep, story)
        self.store.run(fold)
        rows = {row[0]: row for row in staffing_report.hours(self.ask).rows}
        self.assertEqual(rows["12:00"][2], staffing_report.hours(self.ask).rows[0][2])
        self.assertLess(float(rows["12:00"][5]), 0.01)  # type: ignore[arg-type]
        self.store.run(keeping.start_again)
        CallRow.delete().execute()
        EventRow.delete().where(EventRow.call_id != "lost").execute()
        self.store.run(fold)
        ((_, calls, *others),) = staffing_report.hours(self.ask).rows
        self.assertEqual((calls, set(others)), (1, {None}))

    def test_too_many_days(self) -> None:
        """A year is not played again: that would take the evening."""
        zone = ZoneInfo("UTC")
        ask = Ask(days(date(2025, 1, 1), date(2026, 1, 1), zone), zone)
        self.assertRaises(Complaint, staffing_report.arrivals, ask)
