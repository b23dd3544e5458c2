"""`callserver status`: what an admin sees, and what a monitor reads."""

import json
import os
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.__main__ import main
from callserver.commands import status as command
from callserver.commands.status import exit_code, look
from callserver.commands.status_words import WIDTH, numbers, report, span
from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.lines.interfaces import Caller, LineFailure
from callserver.server.lock import locked
from callserver.server.stalls import Place, Stall
from callserver.wire.causes import Cause, Reason
from callserver.wire.cells import cells
from tests.whole.virtual_shop import VirtualShop

PLACE = Place(
    "/a/very/long/path/of/a/shop/that/nobody/would/choose/plugins/goods.py", 12, "run", "goods", "line 2", "x"
)


class SnapshotTests(SynchronousTestCase):
    """Of a whole shop at work."""

    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=3)
        self.status = self.shop.server.status

    def found(self) -> dict[str, Any]:
        """As a program on the other side of the socket gets it."""
        found: dict[str, Any] = json.loads(self.status.as_bytes())
        return found

    def busy(self) -> dict[str, Any]:
        """A dead line, a call, an agent, an alarm and a stall."""
        self.shop.agent("801", AgentPlan())
        self.shop.wait(5)
        server = self.shop.server
        server.lines[1].line_lost(LineFailure("no such device {device}", device="/dev/ttyACM0"))
        self.shop.wait(3)
        server.lines[2].caller_id(Caller("13912345678", "Li Ming"))
        server.lines[2].ring()
        server.stalls.add(Stall(5.2, 0.0, PLACE, interrupted=True), self.shop.world.reactor.seconds())
        return self.found()

    def test_lines(self) -> None:
        """Which lines live, and why another does not."""
        found = self.busy()
        self.assertEqual([line["alive"] for line in found["lines"]], [False, True, True])
        self.assertEqual(found["lines"][0]["reason"]["details"], {"device": "/dev/ttyACM0"})
        self.assertIn("  1            line dead    0:03      no such device /dev/ttyACM0", report(found, "en"))
        self.assertIn("Lines: 2 of 3 alive", report(found, "en"))
        self.assertEqual(exit_code(found), 1)

    def test_calls_and_seats(self) -> None:
        """Who is on the telephone, and who sits where."""
        found = self.busy()
        (call,) = found["calls"]
        self.assertEqual((call["channel"], call["caller"]), ("line 2", "13912345678"))
        self.assertEqual([seat["person"] for seat in found["seats"]["here"]], ["801"])
        self.assertEqual(found["queues"], [{"queue": "operator", "waiting": 0, "longest_s": 0.0}])
        found["seats"]["here"][0]["state"] = "IDLE_PHONE"
        for language, words in (("en", "idle, at the telephone"), ("zh", "空闲（座席电话机）")):
            (row,) = [line for line in report(found, language) if line.startswith("  801 ")]
            self.assertIn(words, row)

    def test_how_long(self) -> None:
        """A call's length counts from its first ring."""
        server = self.shop.server
        assert server.exchange is not None
        calling = run_script(
            server.exchange, f"caller 13912345678\ndial {server.config.exchange.number}\nwait hang up within 90\n"
        )
        calling.addBoth(lambda _: None)
        self.shop.wait(15)
        (before,) = self.found()["calls"]
        self.shop.wait(5)
        (call,) = self.found()["calls"]
        self.assertGreater(before["for_s"], 5.0)
        self.assertAlmostEqual(call["for_s"] - before["for_s"], 5.0, delta=0.11)

    def test_seats_calls(self) -> None:
        """A call from seat to seat is ringing, and has a length; a seat whose program is lost is not idle."""
        for number in ("801", "802"):
            self.shop.agent(number, AgentPlan(answer_after_s=60))
        self.shop.wait(3)
        centre = self.shop.server.centre
        centre.dialling.dial(centre.seats["801"], "802")
        self.shop.wait(5)
        (call,) = self.found()["calls"]
        self.assertEqual(call["stage"], "ringing")
        self.assertApproximates(call["for_s"], 5, 0.2)
        (row,) = [line for line in report(self.found(), "en") if call["id"][:8] in line]
        self.assertNotIn("menu", row)
        self.shop.server.calls.end_all("admin", Reason(Cause.LINE_DISABLED))
        centre.seats["802"].client_lost()
        for language, idle in (("en", "idle"), ("zh", "空闲")):
            (row,) = [line for line in report(self.found(), language) if line.startswith("  802 ")]
            self.assertNotIn(idle, row)

    def test_alarms_and_stalls(self) -> None:
        """The last alarms in the reader's language, and what held up the server."""
        found = self.busy()
        self.assertEqual([alarm["channel"] for alarm in found["alarms"]][:2], ["line 2", "line 1"])
        self.assertIn("was broken off", found["alarms"][0]["text"])
        self.assertIn("no such device /dev/ttyACM0", found["alarms"][1]["text"])
        (stall,) = found["stalls"]["last"]
        self.assertEqual((stall["menu"], stall["channel"], stall["line"]), ("goods", "line 2", 12))
        self.assertIn("线路", " ".join(report(found, "zh")))

    def test_width(self) -> None:
        """80 columns are enough in both languages, however long names are."""
        found = self.busy()
        found["shop"] = "/srv/" + "店铺" * 20
        for language in ("en", "zh"):
            for row in report(found, language)[2:]:
                self.assertLessEqual(cells(row), WIDTH, row)

    def test_nothing_moves_the_cursor(self) -> None:
        """What came from a caller cannot."""
        found = self.busy()
        found["calls"][0]["caller"] = "\x1b[2J139"
        self.assertNotIn("\x1b", "\n".join(report(found, "en")))

    def test_any_text(self) -> None:
        """What is no text at all hinders no answer."""
        self.patch(self.status, "snapshot", lambda: {"caller": "\ud800"})
        self.assertEqual(self.found(), {"caller": "?"})

    def test_ticks(self) -> None:
        """Ticks, those lost and those late are told."""
        found = self.busy()
        self.assertEqual(set(found["ticks"]), {"n", "lost", "late", "p999_ms", "longest_ms"})
        self.shop.server.tick.lateness.add(0.033)
        self.assertEqual(self.found()["ticks"]["late"], found["ticks"]["late"] + 1)

    def test_healthy(self) -> None:
        """All lines alive: all right; 1-3 stand in one row."""
        found = self.found()
        self.assertEqual((exit_code(found), found["state"]), (0, "ready"))
        self.assertIn("  1-3          idle", report(found, "en"))

    def test_no_line_alive(self) -> None:
        """No line at all is grave; one that is not enabled is nobody's loss."""
        found = self.found()
        for line in found["lines"]:
            line["alive"] = False
        self.assertEqual(exit_code(found), 2)
        found["lines"][0] |= {"alive": True}
        found["lines"][1:] = [line | {"enabled": False} for line in found["lines"][1:]]
        self.assertEqual(exit_code(found), 0)


class WithoutServerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())

    def run_status(self, *options: str) -> Any:
        return CliRunner().invoke(main, ["status", "--shop", str(self.folder), "--language", "en", *options])

    def test_no_shop(self) -> None:
        """A folder that is not there, and one without a shop: nothing is made, the code is 3."""
        self.assertEqual(self.run_status().exit_code, 3)
        self.assertFalse(self.folder.exists())
        self.folder.mkdir()
        answer = self.run_status()
        self.assertEqual((answer.exit_code, "no shop here" in answer.output), (3, True))

    def test_not_running(self) -> None:
        """A shop whose server does not run: code 2, and JSON all the same."""
        self.folder.mkdir()
        (self.folder / "config.ini").write_text("")
        answer = self.run_status("--json")
        self.assertEqual((answer.exit_code, json.loads(answer.output)["state"]), (2, "not running"))
        self.assertIn("Start it", self.run_status().output)

    def test_starting(self) -> None:
        """One that has the folder and cannot be asked yet: it starts, says its process, code 1."""
        with locked(self.folder):
            answer = self.run_status()
        self.assertEqual(answer.exit_code, 1)
        self.assertIn(f"process {os.getpid()}) is starting", answer.output)

    def test_broken_answer(self) -> None:
        """One that was killed while it answered does not run."""
        self.folder.mkdir()
        (self.folder / "config.ini").write_text("")
        self.patch(command, "ask", lambda folder: command.Asked(False, 7, b'{"state": "rea'))
        self.assertEqual(look(self.folder)["state"], "not running")


class WordsTests(SynchronousTestCase):
    def test_numbers(self) -> None:
        self.assertEqual(numbers([1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8")

    def test_span(self) -> None:
        self.assertEqual([span(s) for s in (7, 725, 11525, 400_000)], ["0:07", "12:05", "3:12:05", "4 d 15:06"])
