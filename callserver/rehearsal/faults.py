"""What goes wrong in a rehearsal, drawn from its seed: begun and ended at the seams of the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from twisted.internet.interfaces import IDelayedCall

from callserver.rehearsal.agents import Rehearsed
from callserver.rehearsal.exchange_line import ExchangeLine
from callserver.rehearsal.fault_kinds import FAULTS
from callserver.rehearsal.memory_modem import MemoryModem
from callserver.rehearsal.script import Fault
from callserver.rehearsal.world import RehearsalWorld

STALL_S = (0.03, 0.6)
LOCKED_MAX_S = 20.0  # a write is given up after 30 s
AFTER_S = 15.0  # what a fault has begun may go on for so long: a ladder of retries, a reconnection
CLOCK_STEPS_S = (-86400.0, -3600.0, -61.0, 61.0, 3600.0, 86400.0)
SINGLE_KINDS = [kind for kind in FAULTS if kind != "any"]

Undo = Callable[[], None]


def nothing() -> None:
    """It needs no mending."""


@dataclass
class Injected:
    """A fault that was there, on the rehearsal's clock; `until_s`: what came of it may show for so long."""

    n: int
    kind: str
    where: str
    at_s: float
    until_s: float


class Faults:
    """
    Draws the faults of a script and injects them.

    :param agents: whose programs and connections may suffer
    :param on_fault: told of each as it begins
    :param left_out: numbers of faults that are drawn and not injected, to find out which one matters
    `n_drawn`: so far, with those
    """

    def __init__(
        self,
        world: RehearsalWorld,
        agents: Sequence[Rehearsed],
        faults: Sequence[Fault],
        seed: int,
        on_fault: Callable[[Injected], None],
        left_out: frozenset[int] = frozenset(),
    ) -> None:
        self.injected: list[Injected] = []
        self._world, self._agents, self._seed, self._on_fault, self._left_out = world, agents, seed, on_fault, left_out
        self._faults, self.n_drawn = faults, 0
        self._undone: dict[int, Undo] = {}
        self._coming: list[IDelayedCall] = []  # beginnings and ends
        self._begin: dict[str, Callable[[Random], tuple[str, Undo]]] = {
            "deaf": self._deaf,
            "unplugged": self._unplugged,
            "babble": self._babble,
            "locked": self._locked,
            "statement": self._statement,
            "disk-full": self._disk_full,
            "frozen": self._frozen,
            "killed": self._killed,
            "cut": self._cut,
            "late": self._late,
            "clock": self._clock_set,
        }

    def start(self) -> None:
        """From now on things may go wrong."""
        for at, fault in enumerate(self._faults):
            random = Random(f"{self._seed} fault {at}")
            if fault.at_s is not None:
                self._coming.append(self._world.reactor.callLater(fault.at_s, self._happen, fault, random))
            if fault.per_hour:
                self._next(fault, random)

    def stop(self) -> None:
        """No more faults, and none is left."""
        for coming in self._coming:
            if coming.active():
                coming.cancel()
        for n in tuple(self._undone):
            self._mend(n)

    def concern(self, from_s: float, to_s: float) -> bool:
        """Whether a fault was there between these moments."""
        return any(fault.at_s <= to_s and from_s <= fault.until_s for fault in self.injected)

    def _next(self, fault: Fault, random: Random) -> None:
        delay_s = random.expovariate(fault.per_hour / 3600)
        self._coming = [coming for coming in self._coming if coming.active()]
        self._coming.append(self._world.reactor.callLater(delay_s, self._happen_again, fault, random))

    def _happen_again(self, fault: Fault, random: Random) -> None:
        self._happen(fault, random)
        self._next(fault, random)

    def _happen(self, fault: Fault, random: Random) -> None:
        self.n_drawn += 1
        kind = random.choice(SINGLE_KINDS) if fault.kind == "any" else fault.kind
        lasts_s = fault.lasts_s.draw(random)
        if kind == "locked":
            lasts_s = min(lasts_s, LOCKED_MAX_S)
        chance = Random(random.random())  # however much of it this fault needs
        if self.n_drawn not in self._left_out:
            self._inject(kind, lasts_s, chance)

    def _inject(self, kind: str, lasts_s: float, chance: Random) -> None:
        now_s = self._world.reactor.seconds()
        n = self.n_drawn
        self._lasts_s = lasts_s
        where, undo = self._begin[kind](chance)
        injected = Injected(n, kind, where, now_s, now_s + lasts_s + AFTER_S)
        self.injected.append(injected)
        self._undone[n] = undo
        self._coming.append(self._world.reactor.callLater(lasts_s, self._mend, n))
        self._on_fault(injected)

    def _mend(self, n: int) -> None:
        undo = self._undone.pop(n, None)
        if undo is not None:
            undo()

    # Each begins, and gives where and what ends it

    def _line(self, random: Random) -> tuple[str, ExchangeLine | MemoryModem]:
        name = random.choice(list(self._world.lines))
        return name, self._world.lines[name]

    def _deaf(self, random: Random) -> tuple[str, Undo]:
        name, line = self._line(random)
        if isinstance(line, ExchangeLine):
            line.go_deaf()
            return name, line.plug_in
        line.deaf = True
        return name, lambda: setattr(line, "deaf", False)

    def _unplugged(self, random: Random) -> tuple[str, Undo]:
        name, line = self._line(random)
        line.unplug()
        return name, line.plug_in

    def _babble(self, random: Random) -> tuple[str, Undo]:
        name, line = self._line(random)
        if isinstance(line, MemoryModem):
            line.babble()
        return name, nothing

    def _locked(self, random: Random) -> tuple[str, Undo]:
        store = self._world.threads["store"]
        store.blocked_s = max(store.blocked_s, self._world.reactor.seconds() + self._lasts_s)
        return "database", nothing

    def _statement(self, random: Random) -> tuple[str, Undo]:
        self._world.failing_statements = 1
        return "database", nothing

    def _disk_full(self, random: Random) -> tuple[str, Undo]:
        self._world.disk_full = True
        return "recordings", lambda: setattr(self._world, "disk_full", False)

    def _agent(self, random: Random) -> Rehearsed | None:
        return random.choice(self._agents) if self._agents else None

    def _frozen(self, random: Random) -> tuple[str, Undo]:
        return self._cut_wire(random, also_new=False)

    def _cut(self, random: Random) -> tuple[str, Undo]:
        return self._cut_wire(random, also_new=True)

    def _cut_wire(self, random: Random, also_new: bool) -> tuple[str, Undo]:
        """Of a frozen program the server sees the same as of a cut network, but that a new connection comes through."""
        agent = self._agent(random)
        if agent is None or agent.way.wire is None:
            return "nobody", nothing
        wire, way = agent.way.wire, agent.way
        wire.cut()
        way.is_cut = way.is_cut or also_new

        def mend() -> None:
            way.is_cut = False
            wire.mend()

        return f"agent {agent.agent.number}", mend

    def _killed(self, random: Random) -> tuple[str, Undo]:
        agent = self._agent(random)
        if agent is None or not agent.is_connected:
            return "nobody", nothing
        agent.kill()
        return f"agent {agent.agent.number}", agent.restart

    def _late(self, random: Random) -> tuple[str, Undo]:
        self._world.reactor.stall(random.uniform(*STALL_S))
        return "server", nothing

    def _clock_set(self, random: Random) -> tuple[str, Undo]:
        self._world.wall_ahead_s += random.choice(CLOCK_STEPS_S)
        return "wall clock", nothing
