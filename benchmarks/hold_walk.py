"""Which files a 'hold' runs through, traced in a rehearsal: from the agent's perspective to the gains and the board."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import callserver
from callserver.agents.perspective import AgentPerspective
from callserver.rehearsal.rehearsal import Rehearsal
from callserver.rehearsal.script import read
from callserver.server.assembly import CallServer
from callserver.wire.states import SeatState

HOUSE = str(Path(callserver.__file__).parent) + "/"
SCRIPT = """
[rehearsal]
seed = 1
visits = 1
byte_modems = 0
[line 1]
device = emulated
[callers shoppers]
wants_person = 1
hang_up = 0
[agent 801]
misses = 0
holds = 1
"""


class NotWalked(Exception):
    """The act did not take place, or did not do what it is for."""


Reached = Callable[[], bool]


@dataclass
class Walk:
    """Files of callserver/, in the order in which they were entered."""

    ways: dict[str, list[str]] = field(default_factory=dict)  # to each goal: those on the stack when it was reached
    all: list[str] = field(default_factory=list)  # that ran until then: also what was told by the way


def trace(act: Callable[[], Any], goals: Mapping[str, Reached]) -> tuple[Walk, Any]:
    """
    Run an act and note the files it enters.

    :param goals: asked at each call and return of a function, until they say yes
    :return: and what the act returned
    :raises NotWalked: some goal was not reached
    """
    walk, outside = Walk(), sys._getframe()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event not in ("call", "return") or len(walk.ways) == len(goals):
            return
        if event == "call":
            walk.all += [name for name in _files(frame, outside)[-1:] if name not in walk.all]
        at = frame.f_back if event == "call" else frame  # what is only being called has not reached anything
        for goal in goals.keys() - walk.ways.keys():
            if goals[goal]():
                walk.ways[goal] = _files(at, outside)

    sys.setprofile(note)
    try:
        result = act()
    finally:
        sys.setprofile(None)
    if missing := goals.keys() - walk.ways.keys():
        raise NotWalked(f"not reached: {', '.join(sorted(missing))}")
    return walk, result


def _files(frame: FrameType | None, outside: FrameType) -> list[str]:
    """Of the functions that one from outside has called, the outermost first; the rehearsal is no part of the house."""
    files: list[str] = []
    while frame is not None and frame is not outside:
        name = frame.f_code.co_filename.removeprefix(HOUSE)
        if not name.startswith(("/", "<", "rehearsal/")) and name not in files:
            files.insert(0, name)
        frame = frame.f_back
    return files


def goals_of_hold(server: CallServer) -> dict[str, Reached]:
    """Who hears whom has changed since now; the board shows a seat that holds its call."""

    def gains() -> list[float]:
        return [server.bay.gain(source, sink) for source in server.bay.legs for sink in server.bay.legs]

    before, shown = gains(), server.board.statuses
    return {
        "gains": lambda: gains() != before,
        "board": lambda: any(status.state is SeatState.HELD for status in shown.values()),
    }


def hold() -> Walk:
    """
    The first 'hold' of an agent in a rehearsed visit.

    :raises NotWalked: the agent did not hold
    """
    walks: list[Walk] = []
    received = AgentPerspective.perspectiveMessageReceived

    def traced(self: AgentPerspective, broker: Any, message: str, args: Any, kw: Any) -> Any:
        def act() -> Any:
            return received(self, broker, message, args, kw)

        if message != "hold" or walks:
            return act()
        walk, result = trace(act, goals_of_hold(rehearsal.server))
        walks.append(walk)
        return result

    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "hold.ini"
        script.write_text(SCRIPT)
        rehearsal = Rehearsal(read(script))
        with patch.object(AgentPerspective, "perspectiveMessageReceived", traced):
            rehearsal.run()
    if not walks:
        raise NotWalked("the agent did not hold the call")
    return walks[0]
