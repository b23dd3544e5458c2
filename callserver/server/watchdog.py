"""
Watches the reactor from outside, because while it is blocked nothing in it can: four eyes, each for what the one before
does not see.

- A thread looks every 20 ms what the reactor's thread does: what takes over 50 ms is named in log and `status`.
- A signal, twice a second: what has blocked the reactor for 5 s is broken off if it is a menu (`menu_breaker`).
- faulthandler writes all stacks into a file when the reactor has not moved for 10 s: it needs no Python, so it also
  sees what holds Python's lock.
- The service manager is told that the reactor moves; it restarts a server that does not (`notify`).
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from callserver.server.menu_breaker import MenuBreaker
from callserver.server.notify import notify
from callserver.server.stalls import PERIOD_S, Look, Stall, StallMeter, Stalls
from callserver.server.turns import Turns

log = Logger()

BEAT_S = 1.0
FROZEN_S = 10.0
TELL_S = 1.0  # what goes on for so long is told while it does


class Watchdog(Service):
    """
    Of this process's reactor; started in its thread.

    :param stacks: file for the stacks of a frozen server
    """

    def __init__(self, reactor: Any, stalls: Stalls, stacks: Path) -> None:
        self._reactor, self._stalls, self._stacks = reactor, stalls, stacks
        self._turns = Turns(reactor)
        self._breaker = MenuBreaker(self._turns)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._file: IO[str] | None = None
        self._beating: IDelayedCall | None = None

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._turns.count()
        self._breaker.start()
        self._open_stacks()
        self._beat()
        look = LoopWatch(self._turns, threading.get_ident(), threading.get_native_id(), self._stalled, self._over)
        self._thread = threading.Thread(target=look.run, name="watchdog", daemon=True)
        self._thread.start()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        self._over.set()
        if self._thread is not None:
            self._thread.join(1.0)
        if self._beating is not None and self._beating.active():
            self._beating.cancel()
        faulthandler.cancel_dump_traceback_later()
        if self._file is not None:
            self._file.close()
        self._breaker.stop()
        self._turns.leave()

    def _beat(self) -> None:
        self._beating = self._reactor.callLater(BEAT_S, self._beat)
        notify("WATCHDOG=1")
        self._breaker.keep()
        if self._file is not None:
            faulthandler.dump_traceback_later(FROZEN_S, file=self._file)

    def _open_stacks(self) -> None:
        try:
            self._file = os.fdopen(os.open(self._stacks, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")
        except OSError as problem:  # a full disk keeps no server from starting
            log.warn("stacks of a frozen server cannot be written: {problem}", problem=problem)

    def _stalled(self, stall: Stall) -> None:
        """In the watching thread."""
        interrupted = self._breaker.take_interrupted()
        over = Stall(stall.busy_s, stall.machine_s, stall.place, interrupted)
        self._reactor.callFromThread(self._stalls.add, over, self._reactor.seconds())


class LoopWatch:
    """
    The thread that looks.

    :param ident, native_id: of the reactor's thread
    :param on_stall: told of each stall that is over
    """

    def __init__(
        self, turns: Turns, ident: int, native_id: int, on_stall: Callable[[Stall], None], over: threading.Event
    ) -> None:
        self._turns, self._ident, self._on_stall, self._over = turns, ident, on_stall, over
        self._schedule = Path(f"/proc/self/task/{native_id}/schedstat")
        self._meter, self._told = StallMeter(), False

    def run(self) -> None:
        """Until it is over."""
        while not self._over.wait(PERIOD_S):
            try:
                self.look()
            except Exception:
                log.failure("a look at the reactor failed; the next one comes")

    def look(self) -> None:
        """Once."""
        turn, frame = self._turns.n, sys._current_frames().get(self._ident)
        frame = None if frame is None or self._turns.waits(frame) else frame
        over = self._meter.feed(Look(time.monotonic(), turn, frame, self._waited_s()))
        goes_on = self._meter.so_far()
        del frame  # held any longer, it would keep alive what the reactor has let go of
        if over is not None:
            self._told = False
            self._on_stall(over)
        if goes_on is not None and goes_on.busy_s > TELL_S and not self._told:
            self._told = True
            log.warn("the server has been held up for {n} s by {place}", n=goes_on.busy_s, place=goes_on.place)

    def _waited_s(self) -> float:
        try:
            return int(self._schedule.read_text().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):  # no Linux
            return 0.0
