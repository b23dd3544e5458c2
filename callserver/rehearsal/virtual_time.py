"""A reactor on virtual time: from one thing that is due to the next, however long nothing happens between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from types import FrameType
from typing import Any

from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

Delay = Callable[[], float]


@implementer(IReactorTime)
class VirtualReactor:
    """
    Timers, threads that are none, and children of its own making.

    What is due at the same instant happens in the order in which it was asked for, so that two runs are alike.
    Twisted's `task.Clock` sorts all that waits at each change, which costs a busy shop more than what is done.

    :param thread_s: draws how long a job in a thread takes
    :param spawn: starts a child, as IReactorProcess.spawnProcess does
    `n`: so many things have been begun, each a turn as `callserver.server.turns` counts those of a real reactor
    """

    def __init__(self, thread_s: Delay, spawn: Callable[..., Any]) -> None:
        self.spawnProcess = spawn
        self.n = 0
        self._now_s, self._n, self._n_cancelled = 0.0, 0, 0
        self._waiting: list[tuple[float, int, DelayedCall]] = []
        self._threads = InlineThreads(self, thread_s)

    # IReactorTime

    def seconds(self) -> float:
        return self._now_s

    def callLater(self, delay: float, callable: Callable[..., Any], *args: object, **kw: object) -> IDelayedCall:
        call = DelayedCall(self._now_s + delay, callable, args, kw, self._cancelled, self._put, self.seconds)
        self._put(call)
        return call

    def getDelayedCalls(self) -> Sequence[IDelayedCall]:
        return [call for _, _, call in sorted(self._waiting, key=lambda entry: entry[:2]) if call.active()]

    # Turns

    def waits(self, frame: FrameType) -> bool:
        """Whether it waits for work, which it never does."""
        return False

    # Threads

    def getThreadPool(self) -> InlineThreads:
        return self._threads

    def callFromThread(self, f: Callable[..., Any], *args: object, **kw: object) -> None:
        self.callLater(0, f, *args, **kw)

    # Time passes

    def run_until(self, done: Callable[[], bool], limit_s: float) -> bool:
        """Do what is due, one thing after the other, until so; False if the time came to its limit before."""
        while not done():
            if not self._step(limit_s):
                self._now_s = max(self._now_s, limit_s)
                return done()
        return True

    def run_for(self, span_s: float) -> None:
        """So much time passes."""
        until_s = self._now_s + span_s
        while self._step(until_s):
            pass
        self._now_s = max(self._now_s, until_s)

    def stall(self, span_s: float) -> None:
        """The program stands still: what falls due meanwhile comes late."""
        self._now_s += span_s

    def _step(self, limit_s: float) -> bool:
        """The next thing that is due by then."""
        while self._waiting:
            due_s, _, call = self._waiting[0]
            if due_s > limit_s:
                return False
            heappop(self._waiting)
            if call.active() and call.getTime() == due_s:
                self._now_s = max(self._now_s, due_s)
                self.n += 1
                call.called = 1
                call.func(*call.args, **call.kw)
                return True
            if call.active() and call.delayed_time:  # put off; one that was put forward stands here twice
                call.activate_delay()
                self._put(call)
        return False

    def _put(self, call: DelayedCall) -> None:
        self._n += 1
        heappush(self._waiting, (call.getTime(), self._n, call))

    def _cancelled(self, call: DelayedCall) -> None:
        self._n_cancelled += 1
        if self._n_cancelled > len(self._waiting) // 2:
            self._n_cancelled = 0
            self._waiting = [entry for entry in self._waiting if entry[2].active()]
            heapify(self._waiting)


class InlineThreads:
    """
    Stands for a thread pool: a job is done in the reactor, all at once, after the time it was drawn to take.

    `blocked_s`: until then nothing moves here, as a thread that waits for a lock of another program.
    """

    def __init__(self, reactor: VirtualReactor, delay_s: Delay, name: str = "pool") -> None:
        self.name, self.blocked_s = name, 0.0
        self._reactor, self._delay_s, self._free_s = reactor, delay_s, 0.0

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def callInThreadWithCallback(
        self, onResult: Callable[[bool, Any], None], f: Callable[..., Any], *args: object, **kw: object
    ) -> None:
        now_s = self._reactor.seconds()
        self._free_s = max(now_s, self._free_s, self.blocked_s) + self._delay_s()
        self._reactor.callLater(self._free_s - now_s, self._do, onResult, f, args, kw)

    def _do(self, on_result: Callable[[bool, Any], None], f: Callable[..., Any], args: Any, kw: Any) -> None:
        if self._reactor.seconds() < self.blocked_s:
            self._reactor.callLater(self.blocked_s - self._reactor.seconds(), self._do, on_result, f, args, kw)
            return
        try:
            result = f(*args, **kw)
        except Exception:
            on_result(False, Failure())  # type: ignore[no-untyped-call]
        else:
            on_result(True, result)
