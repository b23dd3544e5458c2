"""The server's own log, counted: what it comes to is what happened in front of us."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.script_run import run_script
from callserver.fax.tiff.reader import read_tiff
from callserver.features.faxing import rules
from callserver.features.statistics import keeping
from callserver.features.statistics.folding.accounts import KINDS, LOGGED_IN
from callserver.features.statistics.keeping_up import EVERY_S
from callserver.features.statistics.tables import AccountStat, CallStat, FoldRow, WaitStat
from callserver.store.tables import to_ms
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.server.test_line_menus import EXAMPLES
from tests.whole.fax_case import FaxShop
from tests.whole.hall import Hall

MACHINE = "62345678"
TO_A_PERSON_AND_RATES = """caller 13912345678
dial 8008
wait answer
wait silence 1.2 within 60
press 1
wait silence 1.2 within 60
press 0
wait 30
press 4
wait 20
hang up
wait 20"""


class CountedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.hall = Hall(self)
        self.agent = self.hall.comes("801")
        self.began_s = self.hall.shop.world.reactor.seconds()

    def spent(self) -> Counter[str]:
        """Milliseconds of 801 by account, all of the log counted."""
        store = self.hall.shop.server.store
        self.hall.shop.wait(1)
        while self.hall.shop.until(store.write(keeping.fold_piece, 1000, "cn")):
            pass
        rows = self.hall.shop.until(store.read(lambda: list(AccountStat.select().dicts())))
        found: Counter[str] = Counter()
        for row in rows:
            found[row["kind"]] += row["ms"] if row["agent"] == "801" else 0
        return found

    def rows(self, table: Any) -> list[dict[str, Any]]:
        return self.hall.shop.until(self.hall.shop.server.store.read(lambda: list(table.select().dicts())))

    def test_a_talk(self) -> None:
        """A caller waits, talks, is held; the agent wraps up, pauses, logs out: every second is in one account."""
        hall = self.hall
        hall.does(self.agent, "pause", "lunch")
        hall.calls()
        hall.shop.wait(5)
        hall.does(self.agent, "ready")
        hall.until(lambda: hall.seat("801").status.state is SeatState.RINGING)
        hall.shop.wait(4)
        hall.does(self.agent, "answer")
        hall.shop.wait(30)
        hall.does(self.agent, "hold")
        hall.shop.wait(10)
        hall.does(self.agent, "retrieve")
        hall.does(self.agent, "hang_up")
        hall.shop.wait(30)
        hall.does(self.agent, "log_out")
        spent = self.spent()
        self.assertEqual(sum(spent[kind] for kind in KINDS), spent[LOGGED_IN])
        for kind, least_s in (("talking", 30), ("held", 10), ("wrap_up", 10), ("ringing", 4)):
            self.assertGreaterEqual(spent[kind], 1000 * least_s, kind)
            self.assertLess(spent[kind], 1000 * (least_s + 2), kind)
        self.assertGreaterEqual(spent["paused"], 5000)
        (wait,) = self.rows(WaitStat)
        told = {event.kind: event for event in hall.events if event.kind in ("leave", "connect")}
        self.assertEqual((wait["outcome"], wait["agent"]), ("answered", "801"))
        self.assertEqual(wait["wait_ms"], round(float(told["leave"].data["wait_s"]) * 1000))  # type: ignore[arg-type]
        self.assertEqual(wait["talk_ms"], spent["talking"])
        self.assertEqual((wait["hold_ms"], wait["wrap_ms"]), (spent["held"], spent["wrap_up"]))
        (call,) = (row for row in self.rows(CallStat) if row["direction"] == "in")
        self.assertEqual((call["result"], call["agent"]), ("talked", "801"))

    def test_kept_up(self) -> None:
        """The running server counts by itself, once a minute."""
        self.hall.shop.wait(EVERY_S + 5)
        (row,) = self.rows(FoldRow)
        behind_ms = to_ms(self.hall.shop.world.now()) - row["until_ms"]
        self.assertLess(behind_ms, 1000 * (EVERY_S + 10))

    def test_own_figures(self) -> None:
        """An agent without right 1 sees his own sheet, and his own when he asks for everybody's."""
        self.hall.give("801", ())
        day = {"first": "2026-03-02", "last": "2026-03-02", "language": "en"}
        self.hall.tries(self.agent, "report", {"report": "sheet", "only": "801"} | day)
        self.assertIn("Work sheet of agent 801", self.hall.tried[0]["title"])
        self.hall.tries(self.agent, "report", {"report": "agents"} | day)
        self.assertLessEqual({row[0] for row in self.hall.tried[0]["rows"]}, {"801"})
        for report, only in (("ratings", ""), ("ratings", "802"), ("agents", "")):
            told = {"report": report, "only": only, "file": "csv"} | day
            self.hall.tries(self.agent, "report_file", told, 0)
            self.assertEqual(isinstance(self.hall.tried, Refused), only == "802")
        self.assertNotIn(b"802", self.hall.tried["octets"])
        self.hall.tries(self.agent, "missed_calls", "zh")
        self.assertEqual(self.hall.tried["rows"], [])


class SurveyTests(SynchronousTestCase):
    def test_points_after_the_talk(self) -> None:
        """A caller whom the agent has left is asked by the menu, and his points stand in that agent's figures alone."""
        plugins = Path(self.mktemp()).absolute()
        copytree(EXAMPLES, plugins, ignore=ignore_patterns("*.py", "__pycache__"))
        settings = {
            "plugins = plugins": f"plugins = {plugins}",
            "menu = shop": "menu = front",
            "time_zone =": "time_zone = Asia/Shanghai",
        }
        hall = Hall(self, 2, settings)
        agent, other = hall.comes("801"), hall.comes("802")
        hall.does(other, "pause", "lunch")
        exchange = hall.shop.server.exchange
        assert exchange is not None
        calling = run_script(exchange, TO_A_PERSON_AND_RATES)
        hall.until(lambda: hall.seat("801").status.state is SeatState.RINGING)
        hall.does(agent, "answer")
        hall.shop.wait(20)
        hall.does(agent, "hang_up")
        hall.shop.until(calling)
        day = {"report": "ratings", "first": "2026-03-02", "last": "2026-03-02", "language": "en"}
        hall.tries(agent, "report", day)
        self.assertEqual(hall.tried[0]["rows"], [["801", 1, 4.0]])
        hall.give("802", ())
        hall.tries(other, "report", day)
        self.assertEqual(hall.tried[0]["rows"], [])


class SheetByFaxTests(SynchronousTestCase):
    def test_on_its_way(self) -> None:
        """At its time the sheet of the day before is drawn, made into pages, and waits in the outbox to be dialled."""
        settings = {"time_zone =": "time_zone = Asia/Shanghai", "sheet_at =": "sheet_at = 09:01"}
        shop = FaxShop(self, 2, settings | {"fax_to =": f"fax_to = {MACHINE}"})
        shop.until_so(lambda: bool(shop.happened("fax_queued")))
        (job,) = shop.ask(rules.list_jobs)
        self.assertEqual((job.number, job.title, job.pages), (MACHINE, "2026-03-01.pdf", 1))
        (page,) = read_tiff(shop.folder.faxes / job.file)
        self.assertGreater(np.count_nonzero(page.rows), 1000)  # it is not blank
