"""
Whether memory grows with calls: a thousand of them in virtual time.

    python -m benchmarks.memory [--calls 1000]

Real channels, patch bay, detectors, menus and queue on four lines; every call is answered, presses two keys while a
prompt plays, waits for a person, talks, and is hung up. Prints this process's memory after 10 calls and after all.
"""

import gc
import json
import platform
from itertools import count
from pathlib import Path
from typing import Any

import click
import psutil
from rich.progress import track
from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.wire.states import SeatState
from tests.shop import Agent, FewPrompts, VirtualShop, people

RESULTS = Path(__file__).parent / "results" / "memory.json"
FIRST = 10


@implementer(IMenu)
class Ask:
    """Asks for two keys, then for a person."""

    name = "ask"

    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.collect("question", max_digits=2)
        await call.transfer_to_queue("operator")


class House:
    """The shop, one call at a time."""

    def __init__(self) -> None:
        self.shop = VirtualShop(n_lines=4)
        queue = people(self.shop, wrap_up_s=0)
        voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)
        self.runner = MenuRunner(
            {"ask": Ask()}, lambda call: MenuCall(call, voice, OneQueue(queue), self.shop.clock), "operator"
        )
        self.agent = Agent("801")
        self.seat = self.shop.seats.log_in(self.agent, self.agent)
        self.numbers = count()

    def serve(self) -> None:
        """One call from ring to idle line."""
        line = next(self.numbers) % len(self.shop.lines)
        self.shop.lines[line].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        self.runner.serve(self.shop.incoming.pop(), "ask")
        self.shop.wait(0.1)
        self.shop.press("15", line)
        self.shop.wait(1.2)
        assert self.seat.status.state is SeatState.RINGING, self.seat.status
        self.seat.answer()
        self.shop.wait(1.0)
        self.shop.lines[line].far_end.hang_up()
        self.shop.wait(1.2)
        self.agent.heard.clear()
        self.shop.book.events.clear()  # a real book has them on disk
        self.shop.book.calls.clear()


class OneQueue:
    """People, for menus."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    async def enter(self, queue: str, call: Any) -> str:
        return str(await self._queue.enter(call))


def memory_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


@click.command()
@click.option("--calls", default=1000, show_default=True)
def main(calls: int) -> None:
    """Serve calls in virtual time and compare memory."""
    house = House()
    for _ in range(FIRST):
        house.serve()
    first_mb = memory_mb()
    for _ in track(range(calls - FIRST), "calls"):
        house.serve()
    last_mb = memory_mb()
    figures = {
        "machine": platform.platform(),
        "calls": calls,
        f"after_{FIRST}_mb": round(first_mb, 1),
        "after_all_mb": round(last_mb, 1),
        "growth_kb_per_call": round(1024 * (last_mb - first_mb) / (calls - FIRST), 2),
        "objects_left": {"legs": len(house.shop.bay.legs), "timers": len(house.shop.clock.getDelayedCalls())},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
