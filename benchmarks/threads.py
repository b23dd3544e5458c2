"""
How much longer a tick takes beside a thread that computes, by how soon Python makes a thread give way.

A tick here is what the server's is for twenty lines: some milliseconds of work with a read and a write for each line.
At each of those the other thread may take Python's lock, and keeps it for `sys.getswitchinterval()`. Told are ratios to
a tick with no other thread, measured in the same minutes, so that a busy machine is in both. Short rounds of all
settings take turns. Beside: what else computes in the server's threads (the database, a report: plain Python), and
pages.

    python -m benchmarks.threads
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from callserver.fax.page import Coding
from callserver.fax.t4.encoding import encode_in_bands
from callserver.fax.t4.turns import resting
from tests.fax.pages import text_like

RESULTS = Path(__file__).parent / "results" / "threads.json"
INTERVALS_MS = [5.0, 1.0, 0.5, 0.2]
N_LINES, N_TICKS, TICK_S = 20, 40, 0.02
PAGE = text_like(2200)


def python_loop(stop: Event) -> None:
    """A report, the database: plain Python, without a rest."""
    while not stop.is_set():
        sum(number * number for number in range(1000))


def pages(stop: Event) -> None:
    """Pages of a fax, one after the other, with their rests."""
    while not stop.is_set():
        for _ in resting(encode_in_bands(PAGE, Coding.MMR)):
            if stop.is_set():
                return


BESIDE: dict[str, list[Callable[[Event], None]]] = {
    "nothing": [],
    "plain Python": [python_loop],
    "two faxes' pages": [pages, pages],
    "both": [python_loop, pages],
}


@contextmanager
def running(work: list[Callable[[Event], None]]) -> Iterator[None]:
    stop = Event()
    threads = [Thread(target=one, args=(stop,)) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def ticks_ms(beside: str, interval_ms: float, ends: tuple[int, int]) -> list[float]:
    """From when each tick was due to its end."""
    sys.setswitchinterval(interval_ms / 1000)
    took = []
    with running(BESIDE[beside]):
        due_s = time.monotonic()
        for _ in range(N_TICKS):
            due_s = max(due_s + TICK_S, time.monotonic())
            time.sleep(max(0.0, due_s - time.monotonic()))
            tick(ends)
            took.append(1000 * (time.monotonic() - due_s))
    return took


def tick(ends: tuple[int, int]) -> None:
    """For each line 0.2 ms of work, a write, a read."""
    read, write = ends
    for _ in range(N_LINES):
        os.write(write, bytes(160))
        sum(number * number for number in range(3000))
        os.read(read, 160)


def measure(rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    """Of each setting: median and 99 % of its ticks, in those of a tick with nothing beside it."""
    took: dict[tuple[str, float], list[float]] = {}
    ends = os.pipe()
    for _ in range(rounds):
        for interval_ms in INTERVALS_MS:
            for beside in BESIDE:
                took.setdefault((beside, interval_ms), []).extend(ticks_ms(beside, interval_ms, ends))
    alone = np.median([one for (beside, _), all_of in took.items() if beside == "nothing" for one in all_of])
    results: dict[str, dict[str, dict[str, float]]] = {}
    for (beside, interval_ms), all_of in took.items():
        p50, p99 = (round(float(value / alone), 2) for value in np.percentile(all_of, [50, 99]))
        results.setdefault(beside, {})[f"{interval_ms:g} ms"] = {"p50": p50, "p99": p99}
    return results


def table(results: dict[str, dict[str, dict[str, float]]]) -> Table:
    """For people."""
    shown = Table(title="a tick beside threads that compute, 1 = alone: median / 99 %")
    for heading in ("beside", *(f"{interval:g} ms" for interval in INTERVALS_MS)):
        shown.add_column(heading, justify="right")
    for beside, by_interval in results.items():
        shown.add_row(beside, *(f"{one['p50']:.1f} / {one['p99']:.1f}" for one in by_interval.values()))
    return shown


@click.command(help=__doc__)
@click.option("--rounds", default=12, show_default=True, help="Of all settings.")
def main(rounds: int) -> None:
    """Measure, show, write."""
    results = measure(rounds)
    Console().print(table(results))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
