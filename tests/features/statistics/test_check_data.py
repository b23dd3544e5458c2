"""The check data of the reference, from events in a store to every printed digit."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.statistics import keeping
from callserver.features.statistics.metrics import Counted, Worked, occupancy, utilisation
from callserver.features.statistics.reports import counting, waits_report
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import Period
from callserver.features.statistics.reports.shown import lines, shown
from callserver.features.statistics.reports.table import Figure, Unit
from callserver.store.tables import CallRow, EventRow, to_ms
from callserver.wire.cells import cells
from tests.features.statistics.shop_log import fold, keep
from tests.features.statistics.story import BEGIN, Story, check_data
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


CALLS = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(["answered", "abandoned", "timed_out"]),
        *[st.integers(1, 300)] * 2,
        st.integers(0, 60),
        st.sampled_from(["801", "802"]),
    ),
    max_size=12,
)  # wait, outcome, talk, hold, wrap-up, agent


class AnyDayTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)

    @given(CALLS)
    @settings(max_examples=25, deadline=None)
    def test_adds_up(self, calls: list[tuple[int, str, int, int, int, str]]) -> None:
        """A day of any calls comes to what adding them up by hand gives; each agent's time to what he did in it."""
        story, free_s = Story(), {"801": 200.0, "802": 200.0}
        whole, handled = Counted(entered=len(calls)), {"801": 0, "802": 0}
        for agent in free_s:
            story.log_in(0, agent)
            story.log_out(20_000, agent)
        for n, (wait_s, outcome, talk_s, hold_s, wrap_s, agent) in enumerate(calls):
            whole.longest_ms = max(whole.longest_ms, 1000 * wait_s)
            if outcome == "answered":
                free_s[agent] = story.talk(free_s[agent], f"{n}", agent, wait_s, talk_s, hold_s, wrap_s) + 1
                handled[agent] += talk_s + hold_s + wrap_s
                talk_ms, hold_ms, wrap_ms = 1000 * talk_s, 1000 * hold_s, 1000 * wrap_s
                times = {"wait_ms": 1000 * wait_s, "talk_ms": talk_ms, "hold_ms": hold_ms, "wrap_ms": wrap_ms}
                whole.add(Counted(answered=1, in_time=wait_s <= 20, **times))
                continue
            story.enters(10, f"{n}")
            story.leaves(10 + wait_s, f"{n}", outcome, wait_s)
            if outcome == "abandoned":
                in_time, short = wait_s <= 20, wait_s <= 5
                whole.add(Counted(abandoned=1, abandoned_in_time=in_time, abandoned_short=short))
                whole.abandoned_wait_ms += 1000 * wait_s
            else:
                whole.others += 1
        self.store.run(self.forget)
        self.store.run(keep, story)
        self.store.run(fold, 9)
        ask = Ask(Period(to_ms(BEGIN), to_ms(BEGIN) + 36_000_000), ZoneInfo("UTC"))
        self.assertEqual(self.store.run(counting.waits, ask).get("", Counted()), whole)
        for agent, worked in self.store.run(counting.worked, replace(ask, by="agent")).items():
            self.assertEqual((worked.logged_in, worked.handling), (20_000_000, 1000 * handled[agent]))

    def forget(self) -> None:
        for table in (EventRow, CallRow):
            table.delete().execute()
        keeping.start_again()
