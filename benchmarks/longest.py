"""What a reactor did in one piece, and how long: each timer, each input, each call from a thread, each collection."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

WORTH_S = 0.002  # shorter pieces are not named


class Longest:
    """
    From `watch` on, in the reactor's thread.

    Counted is the thread's own time on the processor, which other programs cannot lengthen, beside the wall's.
    """

    def __init__(self) -> None:
        self._pieces: dict[str, tuple[int, float, float]] = {}  # how many, the longest of its own, on the wall
        self._gc_began = (0.0, 0.0)

    def watch(self, reactor: Any) -> None:
        """Its entries are replaced, for good."""
        call_later, from_thread, input_ready = reactor.callLater, reactor.callFromThread, reactor._doReadOrWrite

        def later(delay_s: float, f: Callable[..., Any], *args: Any, **named: Any) -> Any:
            return call_later(delay_s, self._timed(f), *args, **named)

        def thread(f: Callable[..., Any], *args: Any, **named: Any) -> None:
            from_thread(self._timed(f), *args, **named)

        def ready(selectable: Any, fd: int, event: int) -> None:
            name = type(getattr(selectable, "protocol", None) or selectable).__name__
            self._run(f"input of {name}", input_ready, (selectable, fd, event), {})

        reactor.callLater, reactor.callFromThread, reactor._doReadOrWrite = later, thread, ready
        gc.callbacks.append(self._collected)

    def forget(self) -> None:
        """Count from here."""
        self._pieces.clear()

    def told(self, limit_s: float = WORTH_S) -> list[tuple[str, int, float, float]]:
        """What took longer at least once: its name, how many such, ms of the longest: its own, and on the wall."""
        rows = [
            (name, n, round(1000 * own_s, 1), round(1000 * wall_s, 1))
            for name, (n, own_s, wall_s) in self._pieces.items()
            if own_s >= limit_s
        ]
        return sorted(rows, key=lambda row: -row[2])

    def _timed(self, f: Callable[..., Any]) -> Callable[..., Any]:
        name = _name(f)

        def run(*args: Any, **named: Any) -> Any:
            return self._run(name, f, args, named)

        return run

    def _run(self, name: str, f: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        own_s, wall_s = time.thread_time(), time.monotonic()
        try:
            return f(*args, **named)
        finally:
            self._add(name, time.thread_time() - own_s, time.monotonic() - wall_s)

    def _add(self, name: str, own_s: float, wall_s: float) -> None:
        if own_s >= WORTH_S or wall_s >= WORTH_S:
            n, longest_s, on_wall_s = self._pieces.get(name, (0, 0.0, 0.0))
            self._pieces[name] = n + 1, max(longest_s, own_s), max(on_wall_s, wall_s)

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        now = time.thread_time(), time.monotonic()
        if phase == "start":
            self._gc_began = now
        else:
            self._add(f"gc {info['generation']}", now[0] - self._gc_began[0], now[1] - self._gc_began[1])


def _name(f: Callable[..., Any]) -> str:
    """Of a Deferred that is to fire: what waits for it first."""
    waiting = getattr(getattr(f, "__self__", None), "callbacks", None)
    if waiting:
        f = waiting[0][0][0]
    return getattr(f, "__qualname__", None) or repr(f)[:60]
