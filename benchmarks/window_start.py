"""
How long the agents' window takes from its start to the log-in screen: prints a table, writes
benchmarks/results/window_start.json.

    python -m benchmarks.window_start [--starts 5]

Each start is a process of its own, as a person starts it, without bin/'s look at the environment; on the screen of
$DISPLAY, or on none (QT_QPA_PLATFORM=offscreen). Counted until the panel is painted, and until one can type;
beside it the work of a core alone, which does not depend on what else the computer does.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results" / "window_start.json"
AIM_S = 2.0
CHILD = """
import sys, time
began = float(sys.argv[1])
from PySide6.QtCore import QTimer
from callserver.desktop import program
from callserver.desktop.views import log_in

class Timed(log_in.PasswordField):
    painted_s = 0.0

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted_s:
            self.painted_s = time.time() - began
            QTimer.singleShot(0, self.ready)

    def ready(self):
        if self.isVisible():
            print(self.painted_s, time.time() - began, time.process_time(), flush=True)
            self.window().close()

log_in.PasswordField = Timed
program.run("zh", "localhost:1", "801")
"""


@click.command()
@click.option("--starts", type=click.IntRange(min=1), default=5, show_default=True)
def main(starts: int) -> None:
    found = [start() for _ in range(starts)]
    painted_s, ready_s, busy_s = (median(times) for times in zip(*found, strict=True))
    table = Table("from the start to", "median", "slowest", "aim")
    table.add_row(
        "log-in screen painted", f"{painted_s:.2f} s", f"{max(one for one, *_ in found):.2f} s", f"{AIM_S:g} s"
    )
    table.add_row("and ready to type", f"{ready_s:.2f} s", f"{max(one for _, one, _ in found):.2f} s", f"{AIM_S:g} s")
    table.add_row("of which a core works", f"{busy_s:.2f} s", f"{max(one for *_, one in found):.2f} s", "")
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    RESULTS.write_text(json.dumps({"machine": machine, "painted_ready_and_busy_s": found}, indent=1), "utf-8")


def start() -> tuple[float, float, float]:
    """Seconds until it was painted, until it waited for keys, and of a core's work."""
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {"XDG_CONFIG_HOME": own}
        if not environment.get("DISPLAY"):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-c", CHILD, str(time.time())]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    painted_s, ready_s, busy_s = map(float, done.stdout.split())
    return painted_s, ready_s, busy_s


if __name__ == "__main__":
    main()
