"""Which line a call out takes: pure, from how the lines are and what the shop has set for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from callserver.calls.call import Call
from callserver.calls.outgoing import DialListener
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller, DialPermit


class Direction(Enum):
    """What a line is for."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


class LineOut(Protocol):
    """A line in service, as far as calls out go."""

    name: str

    @property
    def is_free(self) -> bool:
        """It may be seized now."""

    @property
    def clears(self) -> bool:
        """Its call is just over: what is dialled now is dialled in a moment."""

    @property
    def call(self) -> Call | None:
        """The one it takes part in."""

    def dial(
        self,
        called: Caller,
        permit: DialPermit,
        told: DialListener,
        on_left: Callable[[], None],
        calling_tone: FloatArray | None = None,
    ) -> Call:
        """
        Seize it, when it is free or clears.

        :param called: whose number it is, for the record
        :param on_left: told when the line is in no call any more
        :param calling_tone: a machine is called, see `OutgoingCall`
        """


@dataclass(frozen=True)
class Trunk:
    """One line with its settings."""

    number: int
    line: LineOut
    direction: Direction = Direction.BOTH
    group: str = ""


@dataclass(frozen=True)
class LineTally:
    """What a line has been used for since the start."""

    calls: int = 0
    failures: int = 0  # in a row: no dial tone, lost; what has failed lately comes last


def free_trunks(trunks: Iterable[Trunk], group: str = "") -> list[Trunk]:
    """Those that may be seized for a call out; of one group, if it is named."""
    return [
        trunk
        for trunk in trunks
        if trunk.direction is not Direction.IN and group in ("", trunk.group) and trunk.line.is_free
    ]


def choose(free: Sequence[Trunk], tallies: Mapping[str, LineTally], reserve: int = 0) -> Trunk | None:
    """
    The least used of the free lines, so that all grow old together and each one's faults are seen.

    :param tallies: by the line's name
    :param reserve: so many must be free afterwards
    :return: None: none is left for this call
    """
    if len(free) <= reserve:
        return None

    def use(trunk: Trunk) -> tuple[int, int, int]:
        tally = tallies.get(trunk.line.name, LineTally())
        return tally.failures, tally.calls, trunk.number

    return min(free, key=use)


def for_an_emergency(trunks: Sequence[Trunk], tallies: Mapping[str, LineTally]) -> Trunk | None:
    """Any line that is free, whatever it is for; else one that clears."""
    free = [trunk for trunk in trunks if trunk.line.is_free] or [trunk for trunk in trunks if trunk.line.clears]
    return choose(free, tallies)
