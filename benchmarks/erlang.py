"""
Does the centre wait and lose as queueing theory says? Real code on virtual time against Erlang's formulas.

    python -m benchmarks.erlang                     # 10^6 calls in each scene
    python -m benchmarks.erlang --calls 20000       # a short run; its figures scatter

*Waits* (Erlang C): four agents, exponential times between calls and of talks, nobody gives up, no wrap-up. What runs
is the server's own: calls (`Call`, roles, event log), queues, matching, routing, seats with their machines, the board.
Left out: sound (legs and patch bay), the database, the agents' channel; an agent answers in the instant in which it
rings.

*Losses* (Erlang B): four lines in service; a caller who finds none idle is lost. What runs: the lines with their
machine, bell, guard time, calls, event log, board. Left out: sound, the modem. The formula holds for any distribution
of holding times, so the load is the measured time a line is taken, from the first ring to the end of the guard time.

Exit code 1 if a figure is further from the formula than the tolerance.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from math import exp
from random import Random
from typing import Any

import click
from twisted.internet.defer import Deferred, succeed

from callserver.acd.queues.house import House
from callserver.acd.queues.queues import Queues
from callserver.acd.queues.wait import Speaking
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.seats import SeatChange, Seats
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.live_calls import LiveCalls
from callserver.calls.vocabulary import Kind
from callserver.dsp.ear import LineFigures
from callserver.lines.interfaces import Caller
from callserver.lines.memory_line import MemoryLine
from callserver.rehearsal.virtual_time import VirtualReactor
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.records import EventRecord
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

N = 4
TALK_S, CALLS_AN_HOUR = 180.0, 50.0  # 2.5 erlangs for four agents
HOLD_S, RINGS_AN_HOUR = 90.0, 80.0  # 2 erlangs for four lines
TARGET_S = 20.0
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Figure:
    """One measured figure beside the formula's."""

    name: str
    measured: float
    theory: float

    @property
    def off(self) -> float:
        """Relative."""
        return self.measured / self.theory - 1

    def __str__(self) -> str:
        return f"{self.name:28} {self.measured:10.4f}  Erlang {self.theory:10.4f}  {self.off:+7.2%}"


def erlang_b(n: int, load: float) -> float:
    """Share of calls that find all n busy (A. K. Erlang, 1917)."""
    loss = 1.0
    for k in range(1, n + 1):
        loss = load * loss / (k + load * loss)
    return loss


def erlang_c(n: int, load: float) -> float:
    """Share of calls that wait for one of n."""
    loss = erlang_b(n, load)
    return loss / (1 - load / n * (1 - loss))


# What is left out


SILENCE = LineFigures(-90.0, -90.0, -90.0, 0.0, 0.0)


class NoLeg:
    """A leg without sound."""

    figures, underruns, overruns, speaks = SILENCE, 0, 0, False

    def __init__(self, name: str) -> None:
        self.name, self.call_id = name, None
        self.is_open = True

    def serve(self, call_id: str) -> None:
        self.call_id = call_id

    def music(self, samples: object) -> None: ...
    def play(self, sounds: object) -> Deferred[bool]:
        return succeed(True)

    def stop(self) -> None: ...
    def close(self) -> None: ...
    def receive(self, data: bytes) -> None: ...
    def mute(self, on: bool) -> None: ...
    def take_back(self) -> None: ...


class NoBay:
    """A patch bay without sound."""

    def open_leg(self, name: str, *args: object, **more: object) -> NoLeg:
        return NoLeg(name)

    def set_gains(self, call_id: str, *gains: object) -> None: ...


class NoBook:
    """Records and events are counted, not kept."""

    def __init__(self) -> None:
        self.n: dict[str, int] = {}

    def open_call(self, record: object) -> Deferred[None]:
        return succeed(None)

    def change_call(self, call_id: str, **fields: object) -> None: ...

    def write(self, event: EventRecord) -> None:
        self.n[event.kind] = self.n.get(event.kind, 0) + 1


class OnTheLine:
    """A caller whose line does nothing but be there. Implements FirstParty."""

    name, leg = "line 1", None

    async def answer(self, call: Call) -> None: ...
    def stage_changed(self, call: Call) -> None: ...
    def role_given(self, call: Call, role: object) -> None: ...
    def left(self, call: Call, reason: object) -> None: ...
    def recalled(self, call: Call) -> None: ...


@dataclass
class Agent:
    """Who sits at a seat."""

    number: str
    name: str = ""

    def send_audio(self, block: bytes) -> None: ...


class Everything:
    """Everybody may do everything."""

    def rights(self, number: str) -> frozenset[Right]:
        return ALL


ALL = frozenset(Right)


class Scene:
    """What both scenes stand on."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.clock = VirtualReactor(lambda: 0.0, lambda *_: None)
        self.book = NoBook()
        self.events = EventLog(self.book, self.clock, "erlang", lambda: NOON)
        self.board = Board(self.events, self.clock.seconds)
        ids = count()
        self.bay: Any = NoBay()
        self.calls = LiveCalls(self.clock, self.bay, self.events, lambda: str(next(ids)))  # type: ignore[arg-type]

    def arrivals(self, n: int, an_hour: float, come: Callable[[], object]) -> None:
        """So many come, at random."""
        left = n
        mean_s = 3600 / an_hour

        def one() -> None:
            nonlocal left
            left -= 1
            if left:
                self.clock.callLater(self.chance.expovariate(1 / mean_s), one)
            come()

        one()
        self.clock.run_until(lambda: not left and not len(self.calls), float("inf"))


class Waits(Scene):
    """Four agents, one queue."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.seats = Seats(
            self.clock, board=self.board, events=self.events, bay=self.bay, rights=Everything(), n_seats=N
        )
        quiet = Speaking(lambda call, words: succeed(None), *[lambda language, n: ()] * 3)
        self.queues = Queues(self.clock, self.seats, quiet, House(card=self.card, today=NOON.date))
        self.queues.set({"a": QueueSettings("a", wrap_up_s=0, max_wait_s=7 * 86400, place_s=0, comfort_s=7 * 86400)})
        for n in range(N):
            agent = Agent(f"80{n}")
            self.seats.log_in(agent, agent)
        self.seats.watch(self.rings)
        self.events.watch(self.happened)
        self.waits_s: list[float] = []

    def card(self, call: Call, queue: str) -> Deferred[Card]:
        return succeed(Card(call.id, call.caller.number))

    def rings(self, change: SeatChange) -> None:
        """An agent answers at once, and talks as long as it takes."""
        if change.status.state is SeatState.RINGING and change.before is not SeatState.RINGING:
            seat = self.seats[change.status.number]
            seat.answer()
            self.clock.callLater(self.chance.expovariate(1 / TALK_S), seat.hang_up)

    def happened(self, event: EventRecord) -> None:
        if event.kind == Kind.CONNECT.value:
            self.waits_s.append(float(event.data["wait_s"]))  # type: ignore[arg-type]

    def calls_in(self) -> None:
        call = self.calls.begin("in", OnTheLine(), Caller("13912345678"))
        waiting = Deferred.fromCoroutine(self.queues.enter("a", call))
        call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addErrback(lambda failure: None)

    def run(self, n: int) -> list[Figure]:
        """What came of so many calls."""
        self.arrivals(n, CALLS_AN_HOUR, self.calls_in)
        load = CALLS_AN_HOUR / 3600 * TALK_S
        waits, mean_s = erlang_c(N, load), TALK_S / (N - load)
        within = 1 - waits * exp(-(N - load) * TARGET_S / TALK_S)
        assert len(self.waits_s) == n, (len(self.waits_s), n)
        return [
            Figure("C: share that waits", sum(s > 0 for s in self.waits_s) / n, waits),
            Figure("C: mean wait, s", sum(self.waits_s) / n, waits * mean_s),
            Figure(f"C: answered in {TARGET_S:g} s", sum(s <= TARGET_S for s in self.waits_s) / n, within),
        ]


class Losses(Scene):
    """Four lines that are answered at once, and held as long as it takes."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lost = 0
        self.far = [MemoryLine(f"line {n}") for n in range(1, N + 1)]
        self.busy_s, self.since_s = 0.0, dict.fromkeys((line.name for line in self.far), 0.0)
        self.n_held = 0
        self.board.watch(self.line_changed)
        for line in self.far:
            in_service = LineInService(line, clock=self.clock, board=self.board, calls=self.calls, on_call=self.answer)
            in_service.load("menu")
            in_service.enable()
            line.startService()

    def answer(self, call: Call) -> None:
        Deferred.fromCoroutine(call.answer()).addErrback(lambda failure: None)
        self.clock.callLater(self.chance.expovariate(1 / HOLD_S), call.end, "caller", Reason(Cause.CALLER_HUNG_UP))

    def line_changed(self, status: Any) -> None:
        """A line is taken from its first ring to the end of its guard time."""
        if status.state is LineState.RINGING_IN:
            self.since_s[status.channel] = self.clock.seconds()
        elif status.state is LineState.IDLE and self.since_s[status.channel]:
            self.busy_s += self.clock.seconds() - self.since_s[status.channel]
            self.n_held += 1

    def calls_in(self) -> None:
        """The exchange hunts for an idle line."""
        for line in self.far:
            if self.board.statuses[line.name].state is LineState.IDLE:
                line.far_end.ring(Caller("13912345678"))
                return
        self.lost += 1

    def run(self, n: int) -> list[Figure]:
        """What came of so many callers."""
        self.clock.run_for(1)
        self.arrivals(n, RINGS_AN_HOUR, self.calls_in)
        load = RINGS_AN_HOUR / 3600 * self.busy_s / self.n_held
        return [Figure("B: share that is lost", self.lost / n, erlang_b(N, load))]


@click.command()
@click.option("--calls", type=click.IntRange(100), default=1_000_000, show_default=True, help="In each scene.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--tolerance", type=float, default=0.03, show_default=True, help="Relative.")
def main(calls: int, seed: int, tolerance: float) -> None:
    """See the module."""
    figures = []
    for scene in (Waits, Losses):
        began_s = time.process_time()
        figures += scene(seed).run(calls)
        took_s = time.process_time() - began_s
        click.echo(f"{scene.__name__}: {calls} calls in {took_s:.0f} s of a core, {took_s / calls * 1e3:.3f} ms each")
    for figure in figures:
        click.echo(str(figure))
    sys.exit(int(any(abs(figure.off) > tolerance for figure in figures)))


if __name__ == "__main__":
    main()
