"""`callserver rehearse` as a person or a program uses it."""

import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path
from subprocess import run
from unittest.mock import patch

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.rehearse import rehearse
from callserver.rehearsal.world import RehearsalWorld
from tests.run import TOP

PROGRESS = re.compile(r"[\r\n]\d+ of \d+ visits, [^\r\n]*\n?")  # a slow machine's progress is told
SCRIPT = """
[rehearsal]
seed = 5
visits = 1
[line 1]
device = emulated
[callers listeners]
script = listener.txt
per_hour = 600
"""


class RehearseTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.script = self.folder / "day.ini"
        self.script.write_text(SCRIPT)
        self.listener("dial 8008\nwait answer\nwait sound\nhang up\n")

    def listener(self, text: str) -> None:
        (self.folder / "listener.txt").write_text(text)

    def run_it(self, *options: str) -> tuple[int, str]:
        done = CliRunner().invoke(rehearse, [str(self.script), *options])
        self.result = done.stdout  # without the progress that a slow machine is told of
        return done.exit_code, done.output

    def test_a_table(self) -> None:
        """What happened, readable at 80 columns; exit code 0."""
        code, text = self.run_it()
        self.assertEqual(code, 0, text)
        self.assertIn("visits                        1 ", text)
        self.assertIn("invariants broken             0", text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 80)

    def test_for_programs(self) -> None:
        """The same as JSON, and files in the folder that was named, which must be a new one."""
        out = self.folder / "out"
        code, _ = self.run_it("--json", "--seed=9", f"--out={out}")
        figures = json.loads(self.result)
        self.assertEqual((code, figures["seed"], figures["visits"], figures["broken"]), (0, 9, 1, 0))
        events = [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]
        self.assertEqual(len(events), figures["events"])
        self.assertEqual(sha256((out / "events.jsonl").read_bytes()).hexdigest(), figures["event_log_sha256"])
        self.assertEqual(json.loads((out / "figures.json").read_text("utf-8"))["seed"], 9)

    def test_the_timeline(self) -> None:
        """What callers and agents did, in the order in which it happened, in words."""
        self.listener("dial 8008\nwait answer\nwait sound\npress 1\nwait 2\npress 0\nwait hang up within 60\n")
        self.script.write_text(SCRIPT + "[agent 801]\nlogs_in_s = 0\ntalks_s = 3\nmisses = 0\nholds = 0\n")
        out = self.folder / "out"
        self.assertEqual(self.run_it(f"--out={out}")[0], 0)
        lines = (out / "timeline.txt").read_text("utf-8").splitlines()
        happened = [line[13:] for line in lines]
        at = happened.index("caller 1      dial 8008")
        self.assertEqual(happened[at + 1], "caller 1      ring-back")
        self.assertIn("caller 1      the other end has hung up", happened)
        self.assertIn("agent 801     call ended: agent hung up", happened)
        self.assertEqual([line[:11] for line in lines], sorted(line[:11] for line in lines))

    def test_where_nothing_can_be_kept(self) -> None:
        """A folder that holds a rehearsal, or cannot be made: one sentence and exit code 2, before anybody calls."""
        used = self.folder / "used"
        (used / "shop").mkdir(parents=True)
        code, text = self.run_it(f"--out={used}")
        self.assertEqual((code, text), (2, f"Error: {used} holds a rehearsal already; name another folder\n"))
        code, text = self.run_it(f"--out={self.script}/below")
        self.assertEqual((code, text), (2, f"Error: {self.script}/below cannot be made (Not a directory)\n"))

    def test_a_caller_fails(self) -> None:
        """Exit code 1, who failed and why, and the command that repeats it."""
        self.listener("dial 8008\nwait answer\nwait tone busy within 2\nhang up\n")
        code, text = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("failed: line 3: waited 2 s for busy tone", text)
        self.assertIn(f"bin/callserver rehearse {self.script} --seed 5 --visits 1", text)

    def test_a_mistake(self) -> None:
        """Exit code 2, and one line that says where it is and what would be right."""
        self.script.write_text(SCRIPT.replace("per_hour", "per_hur"))
        code, text = self.run_it()
        self.assertEqual(code, 2)
        place = f"{self.script}, line 9, column 1: [callers listeners] per_hur"
        self.assertEqual(text.strip(), f"Error: {place}: no such setting; did you mean 'per_hour'?")

    def test_who_is_left_out(self) -> None:
        """Only visits and faults that there are can be left out; how many faults come is known at the end only."""
        for option, complaint in (
            ("--without=2", "--without 2: there are 1 to 1"),
            ("--without=0", "--without 0: there are 1 to 1"),
            ("--without-faults=1", "--without-faults 1: there are none"),
        ):
            self.assertEqual(self.run_it(option), (2, f"Error: {complaint}\n"))
        self.script.write_text(SCRIPT + "[fault late]\nat_s = 0\n")
        self.assertEqual(self.run_it("--without-faults=2"), (2, "Error: --without-faults 2: there are 1 to 1\n"))
        self.script.write_text(SCRIPT + "[fault late]\nper_hour = 36000\n")
        code, text = self.run_it("--without-faults=9999")
        self.assertEqual(code, 2)
        self.assertRegex(
            text, r"invariants broken             0[^$]*Error: --without-faults 9999: there are 1 to \d+\n$"
        )

    def test_nothing_to_shrink(self) -> None:
        """When all is well that is said."""
        code, text = self.run_it("--shrink")
        self.assertEqual((code, text.splitlines()[-1]), (0, "Nothing is wrong, so there is nothing to shrink."))

    def test_errors_of_the_server(self) -> None:
        """What a fault makes the server log is in the shop's log, never on the terminal."""
        self.script.write_text(SCRIPT + "[agent 801]\n[fault statement]\nper_hour = 7200\n")
        out = self.folder / "out"
        command = [sys.executable, "-m", "callserver", "rehearse", str(self.script), f"--out={out}"]
        done = run(command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(TOP)})
        self.assertEqual((done.returncode, PROGRESS.sub("", done.stderr)), (0, ""), done.stdout)
        log = (out / "shop" / "callserver.log").read_text("utf-8")
        self.assertIn("disk I/O error (rehearsed)", log)
        self.assertTrue(log.startswith("2026-03-02 09:00:"), log[:100])

    def test_the_rehearsal_itself_breaks(self) -> None:
        """That is no news of the shop: it shows."""
        with patch.object(RehearsalWorld, "disk_room", side_effect=MemoryError("no room")):
            done = CliRunner().invoke(rehearse, [str(self.script)])
        self.assertIsInstance(done.exception, MemoryError)

    def test_numbers(self) -> None:
        """Visits to leave out are numbers."""
        code, text = self.run_it("--without=1,x")
        self.assertEqual(code, 2)
        self.assertIn("needs numbers, as in 3,17", text)
