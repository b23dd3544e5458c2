"""
What a talk costs the agents' window as a whole: prints shares of a core, writes benchmarks/results/window_talk.json.

    python -m twisted.trial benchmarks.window_talk

As in life: the real window as a process on a screen of Xvfb, TLS to a real server in another process, PulseAudio with
its headset; a caller's voice comes 50 times a second, and the agent's goes. Shares are of processor time of the
window's process alone, by thread; unlike `benchmarks.window` and `benchmarks.headset`, which measure the parts.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.task import deferLater

from callserver.commands.visit import when_idle
from callserver.wire.states import SeatState
from tests.desktop.pulse import sound_server
from tests.whole.test_window_real import RealWindowCase

RESULTS = Path(__file__).parent / "results" / "window_talk.json"
SETTLES_S, WATCHED_S = 3.0, 15.0
TICKS_A_S = os.sysconf("SC_CLK_TCK")


class WholeTalk(RealWindowCase):
    """Not a test: what is measured."""

    async def test_talk(self) -> None:
        """Idle, then in a talk."""
        sound_server()
        load = os.getloadavg()[0]
        await self.sits_down()
        await self.do("key", "Return")
        await self.until(lambda: self.screen.title().startswith("801 "))
        found = {"idle": await self.shares()}
        call = self.is_called()
        await self.until(lambda: self.state is SeatState.RINGING)
        await self.do("key", "F2")
        await self.until(lambda: self.state is SeatState.TALKING)
        found["talk"] = await self.shares()
        for what, shares in found.items():
            parts = ", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share >= 0.001)
            print(
                f"\n{what}: {sum(shares.values()):.1%} of a core ({parts}); load {load:.1f} on {os.cpu_count()} cores"
            )
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"load": load, "cores": os.cpu_count(), "shares": found}, indent=1), "utf-8")
        await self.do("key", "F4")
        await call
        await when_idle(self.server)
        await self.goes_home()

    async def shares(self) -> dict[str, float]:
        """Of a core, by thread, for a while."""
        await deferLater(reactor, SETTLES_S)
        before = threads(self.program.pid)
        await deferLater(reactor, WATCHED_S)
        return {name: (spent - before.get(name, 0)) / WATCHED_S for name, spent in threads(self.program.pid).items()}


def threads(pid: int) -> dict[str, float]:
    """Seconds of processor that each thread has had."""
    spent = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        before, _, after = (task / "stat").read_text().rpartition(")")
        name, fields = before.partition("(")[2], after.split()
        spent[f"{name} {task.name}"] = (int(fields[11]) + int(fields[12])) / TICKS_A_S
    return spent
