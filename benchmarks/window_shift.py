"""
An agent's shift at the window, accelerated: prints a table, writes benchmarks/results/window_shift.json.

    python -m benchmarks.window_shift [--calls 200] [--look-each 50]

Outcomes, notes, orders, consultations, transfers, holds, pauses, panels and tabs, as tests/whole/window_shift_case.py
plays them: the real server and the real window in one process on virtual time, nobody looks at the screen. Memory is
that of both, so what the server keeps of its calls counts, too; objects are those of the window's classes, and Qt's.
Flat: no more objects of ours or of Qt's at the end than at the first look, and less than 3 % more memory.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import tempfile
import time
import unittest
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import click
from rich.console import Console
from rich.table import Table

from tests.whole.window_shift_case import ShiftCase, of_qt, ours, rss_kb

RESULTS = Path(__file__).parent / "results" / "window_shift.json"
GROWTH, SLACK = 0.03, 2  # of memory; of objects of one class that may be there by chance


@dataclass
class Look:
    """After so many calls."""

    calls: int
    cpu_s: float
    rss_mb: float
    python_objects: int  # of the whole process
    ours: Counter[str]
    qt: Counter[str]


class Shift(ShiftCase):
    """Not a test: what is measured."""

    calls, look_each = 200, 50
    looks: tuple[Look, ...] = ()

    def runTest(self) -> None:
        """All calls."""
        self.begin()
        for n in range(self.calls):
            self.one_call(n)
            if (n + 1) % self.look_each == 0:
                Shift.looks += (self.look(n + 1),)
                click.echo(f"{n + 1} calls: {Shift.looks[-1].rss_mb:.1f} MB, {time.process_time():.0f} s of processor")

    def look(self, n_calls: int) -> Look:
        """What is there now."""
        mine, kinds = ours(), of_qt(self.at)
        return Look(n_calls, time.process_time(), round(rss_kb() / 1024, 1), len(gc.get_objects()), mine, kinds)


@click.command(help="Measure what a shift leaves in the window's memory.")
@click.option("--calls", default=200, show_default=True)
@click.option("--look-each", default=50, show_default=True)
def main(calls: int, look_each: int) -> None:
    """Play, show, write."""
    Shift.calls, Shift.look_each = calls, look_each
    RESULTS.parent.mkdir(exist_ok=True)
    os.chdir(tempfile.mkdtemp())  # where the shop and the settings are made
    done = unittest.TextTestRunner().run(Shift("runTest"))
    if not done.wasSuccessful() or not Shift.looks:
        raise SystemExit(1)
    Console().print(table(Shift.looks))
    grown = growth(Shift.looks[0], Shift.looks[-1])
    click.echo("flat" if not grown else f"not flat: {', '.join(grown)}")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    found = {"machine": machine, "looks": [vars(one) for one in Shift.looks], "grown": grown}
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")


def growth(first: Look, last: Look) -> list[str]:
    """What there is more of than there should be, in words."""
    grown = [
        f"{name} {before[name]} -> {after[name]}"
        for before, after in ((first.ours, last.ours), (first.qt, last.qt))
        for name in after
        if after[name] > before[name] + SLACK
    ]
    if last.rss_mb > first.rss_mb * (1 + GROWTH):
        grown.append(f"memory {first.rss_mb} -> {last.rss_mb} MB")
    return grown


def table(looks: tuple[Look, ...]) -> Table:
    """For people."""
    shown = Table(title="an agent's shift, accelerated")
    for heading in ("calls", "processor s", "memory MB", "objects of ours", "of Qt", "of Python"):
        shown.add_column(heading, justify="right")
    for one in looks:
        counts = str(one.ours.total()), str(one.qt.total()), str(one.python_objects)
        shown.add_row(str(one.calls), f"{one.cpu_s:.0f}", f"{one.rss_mb:.1f}", *counts)
    return shown


if __name__ == "__main__":
    main()
