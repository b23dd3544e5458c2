"""
A year of a busy shop, a million calls: how long a report takes, and how late the reactor is meanwhile.

    python -m benchmarks.statistics                       # 10^6 calls folded, then every report over the whole year
    python -m benchmarks.statistics --keep year.db        # the database stays, and is used again the next time

The calls are made up by a seed: queues, talks, wrap-up, callers who give up, orders, ratings, as the server's events
tell them. Reports run as the server's do, in a process of their own, on the database's file.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall, deferLater, react
from twisted.internet.threads import deferToThread

from callserver.calls.vocabulary import Kind
from callserver.features.statistics import keeping
from callserver.features.statistics.child import Task, ask_child
from callserver.features.statistics.folding.fold import Fold, State
from callserver.features.statistics.folding.told import Opened, Told
from callserver.features.statistics.reports.named import REPORTS, STAFFING
from callserver.features.statistics.request import Request
from callserver.store import tables
from callserver.store.opening import database_at, open_database
from callserver.store.tables import to_ms
from callserver.wire.messages import WRAP_UP
from callserver.wire.states import SeatState

N_AGENTS, N_LINES, DAYS = 30, 60, 365
QUEUES = ("sales", "service", "orders")
BEGIN = datetime(2025, 1, 1, 1, tzinfo=UTC)  # nine in the morning in Shanghai
WORK_S = 9 * 3600
YEAR, MONTH = ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-01-31")
TICK_S, IDLE_S = 0.02, 5.0


class Year:
    """Its events, a day at a time, in order."""

    def __init__(self, n_calls: int, seed: int) -> None:
        self._chance = Random(seed)
        self._a_day = max(n_calls // DAYS, N_AGENTS)
        self._left = n_calls
        self.opened: dict[str, Opened] = {}
        self._n = 0

    def days(self) -> Iterator[list[Told]]:
        """Until all calls have come."""
        day = 0
        while self._left:
            n = min(self._a_day, self._left)
            self._left -= n
            yield self._day(BEGIN + timedelta(days=day), n)
            day += 1

    def _day(self, begin: datetime, n_calls: int) -> list[Told]:
        self.opened.clear()
        events: list[Told] = []
        for agent in range(N_AGENTS):
            number, share = f"8{agent:02}", n_calls // N_AGENTS + (agent < n_calls % N_AGENTS)
            events += self._agent(to_ms(begin), number, share)
        return sorted(events, key=lambda one: one.at_ms)

    def _agent(self, begin_ms: int, number: str, n_calls: int) -> Iterator[Told]:
        seat, pick = f"seat {number}", self._chance

        def told(s: float, kind: Kind, call: str | None, channel: str, who: str | None = None, **data: Any) -> Told:
            at_ms = begin_ms + round(s * 1000)
            return Told("year", at_ms, at_ms, kind.value, call, channel, who, data)

        def look(s: float, state: SeatState, call: str | None = None, sub: str = "") -> Told:
            return told(s, Kind.STATE, call, seat, number, to=state.value, sub=sub)

        yield told(0, Kind.LOG_IN, None, seat, number)
        yield look(0, SeatState.IDLE_PC)
        s, step_s = 1.0, WORK_S / max(n_calls, 1)
        for nth in range(n_calls):
            s = max(s, nth * step_s) + pick.random()
            self._n += 1
            call, line, queue = f"call-{self._n}", f"line {pick.randrange(N_LINES)}", pick.choice(QUEUES)
            wait_s = pick.expovariate(1 / 15)
            caller = f"139{pick.randrange(300_000):08}"
            self.opened[call] = Opened("in", line, caller, begin_ms + round(s * 1000))
            yield told(s, Kind.RING, call, line, count=1)
            yield told(s, Kind.ANSWER, call, line)
            yield told(s, Kind.MENU, call, line, name="shop", version="")
            yield told(s, Kind.ENTRY, call, line, queue=queue, place=1)
            s += wait_s
            if pick.random() < 0.15:
                yield told(s, Kind.LEAVE, call, line, queue=queue, outcome="abandoned", wait_s=wait_s)
                yield told(s, Kind.END, call, line, by="caller", reason="caller_hung_up")
                continue
            yield told(s, Kind.OFFER, call, line, queue=queue, seat=number)
            yield look(s, SeatState.RINGING, call)
            yield told(s, Kind.LEAVE, call, line, queue=queue, outcome="answered", wait_s=wait_s)
            yield told(s, Kind.CONNECT, call, line, number, seat=number, wait_s=wait_s)
            yield look(s, SeatState.TALKING, call)
            s += min(pick.expovariate(1 / 150), step_s / 2)
            if pick.random() < 0.2:
                items = [{"item": f"1{pick.randrange(100):03}", "quantity": 1, "price_fen": 9900}]
                yield told(s, Kind.ORDER, call, line, number, order=call, items=items, total_fen=9900)
            yield told(s, Kind.END, call, line, by="caller", reason="caller_hung_up")
            yield look(s, SeatState.PAUSED, sub=WRAP_UP)
            s += 15
            yield look(s, SeatState.IDLE_PC)
        yield told(max(s, WORK_S), Kind.LOG_OUT, None, seat, number, reason="logged_out")
        yield look(max(s, WORK_S), SeatState.OFF)


def fold_year(year: Year) -> int:
    """Straight into the tables; how many events."""
    state, n, until_ms = State(), 0, 0
    for events in year.days():
        fold = Fold(state, year.opened.get)
        for event in events:
            fold.feed(event)
        fold.settle()
        with tables.database.atomic():
            keeping.write(fold.rows)
        n, until_ms = n + len(events), events[-1].at_ms
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
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the database there, or use it as it is.")
def main(calls: int, seed: int, keep: Path | None) -> None:
    """See the module."""
    with TemporaryDirectory() as folder:
        file = keep or Path(folder) / "year.db"
        if not file.exists():
            make(file, calls, seed)
        react(lambda reactor: Deferred.fromCoroutine(every_report(reactor, file)))


def make(file: Path, calls: int, seed: int) -> None:
    """The year's tables."""
    database = database_at(str(file))
    tables.database.initialize(database)
    open_database(database, str(file))
    began_s = time.process_time()
    n = fold_year(Year(calls, seed))
    took_s = time.process_time() - began_s
    click.echo(f"{n} events of {calls} calls folded in {took_s:.0f} s, {took_s / n * 1e6:.0f} µs each")
    database.close()


if __name__ == "__main__":
    main()
