"""
What the sending and the receiving terminal share: time, turns, the bound of a session and its end.

Everything that happens from outside is done to its end before the next begins, also when somebody answers within a
callback (a modem that says `Sent` at once, a store that keeps a page while it is handed over).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from automat import NoTransition

from callserver.fax.signals import Asked, Heard, SendFrames
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.frames import Frame, Name, burst
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.timers import GOODBYE_S, MAX_SESSION_S
from callserver.fax.t30.trace import Trace
from callserver.fax.t30.turns import Listener, Turns
from callserver.wire.fax_results import FaxResult


@dataclass(frozen=True)
class Station:
    """We ourselves: what the machine can do, and the number it shows."""

    capabilities: Capabilities
    number: str = ""


class CommonInputs(Protocol):
    """What both roles' machines understand."""

    def begin(self) -> None: ...
    def silence(self) -> None:
        """Nothing was heard within the wait."""

    def dcn(self) -> None: ...
    def end(self, result: FaxResult) -> None:
        """Say DCN, then be over."""

    def gone(self, result: FaxResult) -> None:
        """Be over at once: nobody is there to be told."""


class Core:
    """What both machines act on."""

    turns: Turns  # given by the terminal

    def __init__(self, own: Station, on_over: Callable[[Outcome], None]) -> None:
        self.own, self.trace = own, Trace()
        self.now_s = 0.0
        self._began_s: float | None = None
        self.n_confirmed = 0
        self.far_identity = self.agreed = ""
        self.is_over = False
        self._on_over = on_over

    def begin(self, now_s: float) -> None:
        """Times of the session count from here."""
        self._began_s = now_s
        self.trace.begin(now_s)

    @property
    def elapsed_s(self) -> float:
        """Since the session began, if it has."""
        return 0.0 if self._began_s is None else self.now_s - self._began_s

    def say_goodbye(self, *, from_sender: bool) -> None:
        """DCN has no answer: when it is sent, `silence` follows at once."""
        self.turns.say(SendFrames(burst([Frame(Name.DCN)], from_sender=from_sender)), wait_s=0.0)

    def finish(self, result: FaxResult) -> None:
        """The session is over, and is told so."""
        self.is_over = True
        self.turns.stop()
        self.trace.note(f"over: {result.value}")
        lines = tuple(self.trace.lines)
        seconds = self.elapsed_s
        self._on_over(Outcome(result, self.n_confirmed, self.far_identity, self.agreed, seconds, lines))


class Terminal:
    """One session; when it is over, nothing is heard any more."""

    def __init__(self, core: Core, inputs: CommonInputs, listener: Listener, on_ask: Callable[[Asked], None]) -> None:
        core.turns = Turns(on_ask, listener, core.trace)
        self._common, self._common_inputs = core, inputs
        self._happenings: deque[tuple[float, Callable[[], None]]] = deque()
        self._is_busy = False
        self._bounds: deque[tuple[float, Callable[[], None]]] = deque()  # of the session: until when, and what then

    def start(self, now_s: float) -> None:
        """The line is ours from now on."""
        self._common.begin(now_s)
        inputs = self._common_inputs
        self._bounds.append((now_s + MAX_SESSION_S - GOODBYE_S, lambda: inputs.end(FaxResult.TOO_LONG)))
        self._bounds.append((now_s + MAX_SESSION_S, lambda: inputs.gone(FaxResult.TOO_LONG)))
        self._happens(now_s, self._common_inputs.begin)

    def feed(self, heard: Heard, now_s: float) -> None:
        """What the modem below has heard or done."""
        self._happens(now_s, lambda: self._common.turns.feed(heard))

    def on_time(self, now_s: float) -> None:
        """The clock has come as far as `next_deadline_s`, or further."""
        self._happens(now_s, lambda: None)

    @property
    def n_confirmed(self) -> int:
        """So many pages, by now."""
        return self._common.n_confirmed

    @property
    def next_deadline_s(self) -> float | None:
        """When `on_time` is wanted, on the clock of the others' `now_s`; `None` before and after the session."""
        if self._common.is_over or not self._bounds:
            return None
        bound_s, deadline_s = self._bounds[0][0], self._common.turns.next_deadline_s
        return bound_s if deadline_s is None else min(bound_s, deadline_s)

    def line_gone(self, now_s: float) -> None:
        """The call has ended: nothing can be said any more."""
        self._happens(now_s, lambda: self._common_inputs.gone(FaxResult.LINE_LOST))

    def cancel(self, now_s: float) -> None:
        """We do not want it any longer: the far end is told so."""
        self._happens(now_s, lambda: self._common_inputs.end(FaxResult.CANCELLED))

    def _happens(self, now_s: float, act: Callable[[], None]) -> None:
        self._happenings.append((now_s, act))
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._happenings:
                self._act(*self._happenings.popleft())
        finally:
            self._is_busy = False

    def _act(self, now_s: float, act: Callable[[], None]) -> None:
        core = self._common
        core.now_s = core.trace.now_s = core.turns.now_s = max(now_s, core.now_s)
        for step in (act, self._keep_bounds, core.turns.on_time):
            if core.is_over:
                return
            try:
                step()
            except NoTransition as refused:
                core.trace.note(f"not expected while {refused.state.name}: {refused.symbol}")

    def _keep_bounds(self) -> None:
        while self._bounds and self._common.now_s >= self._bounds[0][0]:
            _, act = self._bounds.popleft()
            act()
