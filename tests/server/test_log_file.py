"""The log has bounds, one time zone, and survives what happens to its file."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import Logger, LogLevel
from twisted.trial.unittest import SynchronousTestCase

from callserver.server.log_file import EVENT_CHARACTERS, LOOK_S, BoundedLog, line, observer


class BoundedLogTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path, self.now_s = self.folder / "callserver.log", 0.0
        self.log = BoundedLog(self.path, 1000, 3, lambda: self.now_s)

    def text(self) -> str:
        return self.path.read_text("utf-8")

    def test_bounds(self) -> None:
        """However much is written, size and number of the files have a limit."""
        for n in range(1000):
            self.log.write(f"line {n} 电话\n")
        files = sorted(path.name for path in self.folder.iterdir())
        self.assertEqual(files, ["callserver.log", *(f"callserver.log.{n}" for n in (1, 2, 3))])
        self.assertLess(sum(path.stat().st_size for path in self.folder.iterdir()), 4 * 1100)
        self.assertIn("line 999", self.text())

    def test_a_long_event(self) -> None:
        """One event cannot fill the disk."""
        self.log.write("x" * 10 * EVENT_CHARACTERS + "\n")
        self.assertLess(self.path.stat().st_size, EVENT_CHARACTERS + 100)
        self.assertTrue(self.text().endswith(" ...\n"))

    def test_mode(self) -> None:
        """Callers' numbers are in it: nobody else reads it."""
        self.log.write("x\n")
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_file_taken_away(self) -> None:
        """Deleted or moved by somebody: a new one is made."""
        self.log.write("before\n")
        self.path.unlink()
        self.now_s += LOOK_S
        self.log.write("after\n")
        self.assertEqual(self.text(), "after\n")

    def test_folder_taken_away(self) -> None:
        """Nothing is raised; when the folder is back, the log says how much it lacks."""
        self.log.write("before\n")
        self.folder.rename(self.folder.with_suffix(".gone"))
        self.now_s += LOOK_S
        self.log.write("lost\n")
        self.log.write("lost\n")
        self.folder.mkdir()
        self.now_s += LOOK_S
        self.log.write("after\n")
        self.assertEqual(self.text(), "(2 events before this one could not be written)\nafter\n")

    def test_full_disk(self) -> None:
        """The same with a disk that has no room."""
        full = BoundedLog(Path("/dev/full"), seconds=lambda: self.now_s)
        for _ in range(3):
            full.write("x\n")
            self.now_s += LOOK_S
        self.assertEqual(full._lost, 3)

    @given(st.text())
    def test_any_text(self, text: str) -> None:
        """What callers and modems send can be no text that cannot be written."""
        self.log.write(text + "\ud800\n")
        self.assertEqual(self.log._lost, 0)


class LineTests(SynchronousTestCase):
    def line(self, zone: str, **data: Any) -> str | None:
        event = {"log_level": LogLevel.info, "log_namespace": "callserver.test", "log_format": "{line}: caller {name}"}
        return line({"log_time": 1772416800.25} | event | data, ZoneInfo(zone))

    def test_time_zone(self) -> None:
        """Times are the shop's, with their offset."""
        text = "2026-03-02 10:00:00.250+08:00 [callserver.test#info] line 3: caller Li\n"
        self.assertEqual(self.line("Asia/Shanghai", line="line 3", name="Li"), text)

    def test_braces(self) -> None:
        """A caller named {log_level} is no format."""
        self.assertIn("caller {log_level}\n", self.line("UTC", line="line 3", name="{log_level}") or "")

    def test_observer(self) -> None:
        """What is logged arrives."""
        path = Path(self.mktemp())
        Logger("callserver.test", observer=observer(path, ZoneInfo("UTC"))).info("hello")
        self.assertTrue(path.read_text("utf-8").endswith("+00:00 [callserver.test#info] hello\n"))
