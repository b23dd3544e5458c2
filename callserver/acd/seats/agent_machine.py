"""
The life of an agent at work: logged out, ready, not ready, wrap-up; his calls have a machine of their own.

    out --log_in--> ready <--ready/pause--> not ready
    not ready --pause--> not ready, for another reason
    ready, not ready --busy--> busy, then the same --free--> back, or --wrap_up--> wrap-up, then the same
    wrap-up --ready, wrap_up_over--> what comes after it

Invariants:

- `busy` and `free` come from his calls: an agent in a call cannot log out nor be logged out by force.
- A pause asked for in a call or in wrap-up, or taken back, changes at once what comes after it, and nothing else.
- Wrap-up has a deadline. A call in wrap-up stops its clock; what was left follows after the call, and what it has
  lasted before counts for the longest that it may last: a call is no way round that. A call with a longer wrap-up of
  its own than was left has that, which counts from its own beginning.
- An input that a state does not expect raises automat.NoTransition and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from automat import TypeMachineBuilder
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.wire.refusals import Refusal, Refused


class Work(Enum):
    """What an agent does between his calls."""

    OUT = "logged out"
    READY = "ready"
    NOT_READY = "not ready"
    WRAP_UP = "wrap-up"


class AgentInputs(Protocol):
    """What can happen to an agent."""

    def log_in(self) -> None: ...
    def log_out(self) -> None: ...
    def pause(self, reason: str) -> None: ...
    def ready(self) -> None: ...
    def busy(self) -> None:
        """A call begins."""

    def free(self) -> None:
        """No call is left, and no wrap-up is due."""

    def wrap_up(self, seconds: float) -> None:
        """No call is left; so long until the next."""

    def prolong(self, seconds: float) -> None: ...
    def wrap_up_over(self) -> None: ...


@dataclass
class AgentCore:
    """
    What the machine remembers.

    :param longest_wrap_up_s: prolonging included
    :param on_deadline: the wrap-up is over; called by the clock
    """

    clock: IReactorTime
    longest_wrap_up_s: float
    on_deadline: Callable[[], None]
    work: Work = Work.OUT
    pause_reason: str = ""  # not ready, or to be after call or wrap-up
    is_busy: bool = False  # a call of his has begun, and what comes after it has not
    wrap_up_due_s: float = 0.0  # left when a call stopped its clock
    _timer: IDelayedCall | None = field(default=None, init=False)
    _began_s: float = field(default=0.0, init=False)
    _lasted_s: float = field(default=0.0, init=False)  # before the call that stopped its clock

    def left_s(self) -> float:
        """Seconds of wrap-up still to come."""
        return self._timer.getTime() - self.clock.seconds() if self._timer and self._timer.active() else 0.0

    def begin_wrap_up(self, seconds: float) -> None:
        if seconds > self.wrap_up_due_s:
            self._lasted_s = 0.0  # it is another one
        self.wrap_up_due_s, self._began_s = 0.0, self.clock.seconds()
        self._timer = self.clock.callLater(seconds, self.on_deadline)

    def stop_clock(self) -> float:
        left_s = self.left_s()
        if self._timer and self._timer.active():
            self._timer.cancel()
            self._lasted_s += self.clock.seconds() - self._began_s
        self._timer = None
        return left_s

    def prolong(self, seconds: float) -> None:
        wanted_s = self.left_s() + seconds
        lasted_s = self._lasted_s + self.clock.seconds() - self._began_s
        if self._timer is None or lasted_s + wanted_s > self.longest_wrap_up_s:
            raise Refused(Refusal.LIMIT, f"{self.longest_wrap_up_s:.0f} s")
        self._timer.reset(wanted_s)


def _log_in(core: AgentCore) -> None:
    core.pause_reason = ""


def _log_out(core: AgentCore) -> None:
    core.stop_clock()
    core.pause_reason, core.wrap_up_due_s = "", 0.0


def _pause(core: AgentCore, reason: str) -> None:
    core.pause_reason = reason


def _ready(core: AgentCore) -> None:
    core.pause_reason = ""


def _busy(core: AgentCore) -> None:
    core.wrap_up_due_s = core.stop_clock()


def _end_wrap_up(core: AgentCore) -> None:
    core.stop_clock()


def _nothing(core: AgentCore) -> None:
    """The state says it all."""


OUT, READY, NOT_READY, BUSY, BUSY_PAUSE, WRAP_UP, WRAP_UP_PAUSE = (
    "out",
    "ready",
    "not ready",
    "busy, then ready",
    "busy, then not ready",
    "wrap-up, then ready",
    "wrap-up, then not ready",
)
WORK = {OUT: Work.OUT, NOT_READY: Work.NOT_READY, BUSY_PAUSE: Work.NOT_READY} | {
    READY: Work.READY,
    BUSY: Work.READY,
    WRAP_UP: Work.WRAP_UP,
    WRAP_UP_PAUSE: Work.WRAP_UP,
}
I = AgentInputs  # noqa: E741 - the table reads better
TRANSITIONS: tuple[tuple[str, Callable[..., None], str, Callable[..., None]], ...] = (
    (OUT, I.log_in, READY, _log_in),
    (READY, I.log_out, OUT, _log_out),
    (READY, I.pause, NOT_READY, _pause),
    (READY, I.busy, BUSY, _busy),
    (NOT_READY, I.log_out, OUT, _log_out),
    (NOT_READY, I.ready, READY, _ready),
    (NOT_READY, I.pause, NOT_READY, _pause),
    (NOT_READY, I.busy, BUSY_PAUSE, _busy),
    (BUSY, I.pause, BUSY_PAUSE, _pause),
    (BUSY, I.ready, BUSY, _nothing),
    (BUSY, I.free, READY, _nothing),
    (BUSY, I.wrap_up, WRAP_UP, AgentCore.begin_wrap_up),
    (BUSY_PAUSE, I.pause, BUSY_PAUSE, _pause),
    (BUSY_PAUSE, I.ready, BUSY, _ready),
    (BUSY_PAUSE, I.free, NOT_READY, _nothing),
    (BUSY_PAUSE, I.wrap_up, WRAP_UP_PAUSE, AgentCore.begin_wrap_up),
    (WRAP_UP, I.log_out, OUT, _log_out),
    (WRAP_UP, I.ready, READY, _end_wrap_up),
    (WRAP_UP, I.wrap_up_over, READY, _nothing),
    (WRAP_UP, I.prolong, WRAP_UP, AgentCore.prolong),
    (WRAP_UP, I.pause, WRAP_UP_PAUSE, _pause),
    (WRAP_UP, I.busy, BUSY, _busy),
    (WRAP_UP_PAUSE, I.log_out, OUT, _log_out),
    (WRAP_UP_PAUSE, I.ready, NOT_READY, _end_wrap_up),
    (WRAP_UP_PAUSE, I.wrap_up_over, NOT_READY, _nothing),
    (WRAP_UP_PAUSE, I.prolong, WRAP_UP_PAUSE, AgentCore.prolong),
    (WRAP_UP_PAUSE, I.pause, WRAP_UP_PAUSE, _pause),
    (WRAP_UP_PAUSE, I.busy, BUSY_PAUSE, _busy),
)


def _build() -> Callable[[AgentCore], AgentInputs]:
    builder = TypeMachineBuilder(AgentInputs, AgentCore)
    states = {name: builder.state(name) for name in WORK}

    def move(after: str, act: Callable[..., None]) -> Callable[..., None]:
        def perform(inputs: AgentInputs, core: AgentCore, *args: object) -> None:
            act(core, *args)
            core.work, core.is_busy = WORK[after], after in (BUSY, BUSY_PAUSE)

        return perform

    for before, happening, after, act in TRANSITIONS:
        states[before].upon(happening).to(states[after])(move(after, act))
    return builder.build()


agent_machine = _build()  # agent_machine(core) is an agent who is logged out
