"""Breaks off a menu that has blocked the reactor for five seconds."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any, Protocol

from twisted.logger import Logger

from callserver.ivr.interruption import Struggle, is_for_menu
from callserver.ivr.running import running
from callserver.server.stalls import place_of

log = Logger()

PERIOD_S = 0.5
PATIENCE = 10  # alarms in one turn, 5 s; time in which the whole process stood still is not counted


class CountsTurns(Protocol):
    """What tells apart what a reactor does; see `callserver.server.turns`."""

    n: int

    def waits(self, frame: FrameType) -> bool:
        """Whether the reactor waits for work."""


class MenuBreaker:
    """
    A timer of the operating system, whose signal Python handles between two steps of whatever blocks the reactor:
    also in a sleep, in a regular expression, in a loop.

    :param patience: so many alarms of the timer in one turn
    """

    def __init__(self, turns: CountsTurns, period_s: float = PERIOD_S, patience: int = PATIENCE) -> None:
        self._turns, self._period_s, self._patience = turns, period_s, patience
        self._turn, self._alarms = -1, 0
        self._struggle: Struggle | None = None
        self._interrupted = False
        self._before: Any = signal.SIG_DFL

    def start(self) -> None:
        """In the main thread."""
        self._before = signal.signal(signal.SIGALRM, self._alarm)
        signal.setitimer(signal.ITIMER_REAL, self._period_s, self._period_s)

    def keep(self) -> None:
        """Take signal and timer back from a menu that has used them for a time-out of its own; in the main thread."""
        if signal.getsignal(signal.SIGALRM) != self._alarm or not signal.getitimer(signal.ITIMER_REAL)[1]:
            log.warn("a menu has taken SIGALRM, which breaks off menus that block: it is taken back")
            signal.signal(signal.SIGALRM, self._alarm)
            signal.setitimer(signal.ITIMER_REAL, self._period_s, self._period_s)

    def stop(self) -> None:
        """Leave signal and timer as they were."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def take_interrupted(self) -> bool:
        """Whether a menu was broken off since this was asked last."""
        interrupted, self._interrupted = self._interrupted, False
        return interrupted

    def _alarm(self, signum: int, frame: FrameType | None) -> None:
        if frame is None or self._turn != self._turns.n or self._turns.waits(frame):
            self._begin_anew()
            return
        self._alarms += 1
        if self._alarms >= self._patience and is_for_menu(frame):
            self._break(frame)

    def _begin_anew(self) -> None:
        self._turn, self._alarms, self._struggle = self._turns.n, 0, None

    def _break(self, frame: FrameType) -> None:
        self._interrupted = True
        turn, menu = self._turns.n, running.get()
        if self._struggle is None or not self._struggle.goes_on():
            self._struggle = Struggle(
                str(place_of(frame)), goes_on=lambda: self._turns.n == turn and running.get() is menu
            )
        self._struggle.strike(frame)
