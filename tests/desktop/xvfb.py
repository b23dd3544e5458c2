"""A screen of a test's own, with a window manager and a keyboard; nobody sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import IO
from unittest import SkipTest, TestCase

WANTED = ("Xvfb", "openbox", "xdotool")
SHOOT = "app.primaryScreen().grabWindow(0).save(sys.argv[1])"
COPIED = "print(app.clipboard().text())"


class Screen:
    """Gone at the test's end; its programs are ended by their ids."""

    def __init__(self, case: TestCase, log: Path) -> None:
        missing = [one for one in WANTED if which(one) is None]
        if missing:
            raise SkipTest(f"not installed: {' '.join(missing)}")
        self._log: IO[bytes] = log.open("ab")
        case.addCleanup(self._log.close)
        read, write = os.pipe()
        self._start(case, ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"], write)
        os.close(write)
        with os.fdopen(read) as said:
            self.name = f":{said.readline().strip()}"
        self._start(case, ["openbox", "--sm-disable"])

    @property
    def environment(self) -> dict[str, str]:
        """For programs that shall show themselves here."""
        return os.environ | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def start(self, case: TestCase, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """A program; what it says is in the log."""
        return self._start(case, command, environment=environment)

    def do(self, *words: str) -> str:
        """What xdotool does; what it says."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout.strip()

    def shoot(self, file: Path) -> None:
        """A picture of all that is seen."""
        self._look(SHOOT, str(file))

    def copied(self) -> str:
        """What the person has copied last, in any program."""
        return self._look(COPIED)

    def title(self) -> str:
        """Of the window that has the focus."""
        return self.do("getactivewindow", "getwindowname")

    def _look(self, what: str, *words: str) -> str:
        """In a process of its own, which is another client of the screen."""
        program = f"import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]); {what}"
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            env=self.environment, capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def _start(
        self, case: TestCase, command: list[str], keep: int | None = None, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        where = os.environ if keep is not None else self.environment
        child = subprocess.Popen(
            command, env=where | (environment or {}), stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL,
            pass_fds=() if keep is None else (keep,),
        )  # fmt: skip
        case.addCleanup(_end, child)
        return child


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()
