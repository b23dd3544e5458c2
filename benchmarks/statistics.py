"""
A year of a busy shop, a million calls: how long a report takes, and how late the reactor is meanwhile.

    python -m benchmarks.statistics                       # 10^6 calls folded, then every report over the whole year
    python -m benchmarks.statistics --keep year           # day and database stay there, and are used the next time

The calls are copies of one rehearsed day (`benchmarks.rehearsed_day`): what the server itself has told of them is
folded as it is from the log. Reports run as the server's do, in a process of their own, on the database's file.
"""

from __future__ import annotations

import heapq
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater, react
from twisted.internet.threads import deferToThread

from benchmarks.rehearsed_day import Day, branches, rehearsed
from callserver.features.statistics import keeping
from callserver.features.statistics.child import Task, ask_child
from callserver.features.statistics.folding.fold import Fold, State
from callserver.features.statistics.reports.named import REPORTS, STAFFING
from callserver.features.statistics.request import Request
from callserver.features.statistics.tables import CallStat
from callserver.store import tables
from callserver.store.opening import database_at, open_database

YEAR, MONTH = ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-01-31")
TICK_S, IDLE_S = 0.02, 5.0
N_AGENTS = 30  # are tried for the next day


def fold_year(day: Day, n_calls: int) -> int:
    """Copies of the day, straight into the tables; how many events."""
    n_copies = -(-n_calls // len(day.opened))
    n_branches = branches(n_copies)
    state, n, until_ms = State(), 0, 0
    for first in range(0, n_copies, n_branches):
        copies = [day.copy(nth, n_branches) for nth in range(first, min(first + n_branches, n_copies))]
        opened = {call: record for copy in copies for call, record in day.calls(copy).items()}
        fold = Fold(state, opened.get)
        for event in heapq.merge(*map(day.events, copies), key=lambda one: one.at_ms):
            fold.feed(event)
            n, until_ms = n + 1, event.at_ms
        fold.settle()
        with tables.database.atomic():
            keeping.write(fold.rows)
    with tables.database.atomic():
        keeping.stand(state, 0, until_ms)
    return n


class Ticks:
    """A reactor's 20-ms tick, as the server's sound has it: how late each was."""

    def __init__(self, clock: Any) -> None:
        self.late_ms: list[float] = []
        self._clock, self._due_s = clock, clock.seconds() + TICK_S
        self._looping = LoopingCall(self._tick)
        self._looping.start(TICK_S, now=False)

    def _tick(self) -> None:
        now_s = self._clock.seconds()
        self.late_ms.append(max(now_s - self._due_s, 0.0) * 1000)
        self._due_s = now_s + TICK_S

    def stop(self) -> str:
        """What there is to tell."""
        self._looping.stop()
        late = sorted(self.late_ms)
        return f"{len(late)} ticks, p99 {late[len(late) * 99 // 100]:.1f} ms late, the latest {late[-1]:.1f} ms"


async def every_report(reactor: Any, file: Path) -> None:
    """Over the whole year, one after the other, while the reactor ticks."""
    ticks = Ticks(reactor)
    await deferLater(reactor, IDLE_S)
    click.echo(f"without reports: {ticks.stop()}")
    ticks = Ticks(reactor)
    for name, report in REPORTS.items():
        for by in ("", *report.by):
            period = MONTH if name == STAFFING else YEAR  # more is not played again
            only, agents = "801" if name == "sheet" else "", N_AGENTS if name == STAFFING else 0
            request = Request(name, *period, by=by, only=only, agents=agents, language="en")
            task = Task(str(file), "cn", "Asia/Shanghai", "", request.told())
            before, began_s = children_s(), time.monotonic()
            await deferToThread(ask_child, task)
            took_s, cpu_s = time.monotonic() - began_s, children_s() - before
            click.echo(f"{name:8} {by:8} {took_s:6.2f} s, {cpu_s:5.2f} s of a processor, its process with it")
    click.echo(f"meanwhile: {ticks.stop()}")


def children_s() -> float:
    """Of a processor, that children that have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@click.command()
@click.option("--calls", type=click.IntRange(100), default=1_000_000, show_default=True)
@click.option("--visits", type=click.IntRange(5), default=250, show_default=True, help="Of the day that is rehearsed.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave day and database there, or use them as they are.")
def main(calls: int, visits: int, seed: int, keep: Path | None) -> None:
    """See the module."""
    with TemporaryDirectory() as folder:
        place = keep or Path(folder)
        file = place / "year.db"
        if not file.exists():
            make(file, rehearsed(place / "day", visits, seed), calls)
        react(lambda reactor: Deferred.fromCoroutine(every_report(reactor, file)))


def make(file: Path, day: Day, n_calls: int) -> None:
    """The year's tables."""
    database = database_at(str(file))
    tables.database.initialize(database)
    open_database(database, str(file))
    began_s = time.process_time()
    n = fold_year(day, n_calls)
    took_s = time.process_time() - began_s
    n_rows = CallStat.select().count()
    click.echo(f"{n} events of {n_rows} calls folded in {took_s:.0f} s, {took_s / n * 1e6:.0f} µs each")
    database.close()


if __name__ == "__main__":
    main()
