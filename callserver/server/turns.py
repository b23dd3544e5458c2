"""Tells what the reactor does apart: each batch of due timers and each batch of input is one turn."""

from __future__ import annotations

from types import FrameType
from typing import Any

POLLS = ("doPoll", "doSelect", "doIteration", "doKEvent")


class Turns:
    """
    Counts the turns of a reactor.

    `n`: so many have begun; read by other threads and by signals
    """

    def __init__(self, reactor: Any) -> None:
        self.n = 0
        self._reactor = reactor

    def count(self) -> None:
        """From now on. Twisted's main loop calls both by their names at the reactor, so one of its own goes first."""
        timers, inputs = self._reactor.runUntilCurrent, self._reactor.doIteration

        def run_until_current() -> None:
            self.n += 1
            timers()

        def do_iteration(delay: float | None) -> None:
            self.n += 1
            inputs(delay)

        self._reactor.runUntilCurrent, self._reactor.doIteration = run_until_current, do_iteration

    def leave(self) -> None:
        """Leave the reactor as it was."""
        for name in ("runUntilCurrent", "doIteration"):
            vars(self._reactor).pop(name, None)

    def waits(self, frame: FrameType) -> bool:
        """Whether the reactor's thread, standing there, waits for work."""
        module = str(frame.f_globals.get("__name__", ""))
        return module.startswith("twisted.internet.") and frame.f_code.co_name in POLLS
