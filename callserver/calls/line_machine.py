"""
The life of a line: eleven states, and just the transitions of the table below.

An input that a state does not expect raises automat.NoTransition and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from automat import TypeMachineBuilder
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.wire.states import LineState
from callserver.wire.states import LineState as S


class LineInputs(Protocol):
    """What can happen to a line; `reason` is shown with the new state and kept in the event log."""

    def load(self, reason: str = "") -> None: ...
    def unload(self, reason: str = "") -> None: ...
    def enable(self, reason: str = "") -> None: ...
    def enable_dead(self, reason: str = "") -> None: ...
    def disable(self, reason: str = "") -> None: ...
    def ring(self, reason: str = "") -> None: ...
    def ring_stopped(self, reason: str = "") -> None: ...
    def ring_stopped_draining(self, reason: str = "") -> None: ...
    def answered(self, reason: str = "") -> None:
        """We answered, or the party we dialled did."""

    def seize(self, reason: str = "") -> None: ...
    def digits_sent(self, reason: str = "") -> None: ...
    def hold(self, reason: str = "") -> None: ...
    def retrieve(self, reason: str = "") -> None: ...
    def fax(self, reason: str = "") -> None: ...
    def fax_over(self, reason: str = "") -> None:
        """The session is over and the voice goes on."""

    def over(self, reason: str = "") -> None:
        """The call or the attempt ends, whoever ends it and why."""

    def on_hook(self, reason: str = "") -> None: ...
    def guard_over(self, reason: str = "") -> None: ...
    def guard_over_draining(self, reason: str = "") -> None: ...
    def line_lost(self, reason: str = "") -> None: ...
    def line_back(self, reason: str = "") -> None: ...
    def line_back_disabled(self, reason: str = "") -> None: ...


I = LineInputs  # noqa: E741 - the table reads better
TRANSITIONS: tuple[tuple[LineState, Callable[..., None], LineState], ...] = (
    (S.NOT_LOADED, I.load, S.LOADED),
    (S.LOADED, I.unload, S.NOT_LOADED),
    (S.LOADED, I.enable, S.IDLE),
    (S.LOADED, I.enable_dead, S.DISCONNECTED),
    (S.IDLE, I.ring, S.RINGING_IN),
    (S.IDLE, I.seize, S.DIALING),
    (S.IDLE, I.disable, S.LOADED),
    (S.RINGING_IN, I.ring, S.RINGING_IN),
    (S.RINGING_IN, I.answered, S.TALKING),
    (S.RINGING_IN, I.ring_stopped, S.IDLE),
    (S.RINGING_IN, I.ring_stopped_draining, S.LOADED),
    (S.DIALING, I.digits_sent, S.RINGBACK),
    (S.DIALING, I.answered, S.TALKING),
    (S.DIALING, I.over, S.WAIT_HANGUP),
    (S.RINGBACK, I.answered, S.TALKING),
    (S.RINGBACK, I.over, S.WAIT_HANGUP),
    (S.TALKING, I.hold, S.HELD),
    (S.TALKING, I.fax, S.FAXING),
    (S.TALKING, I.over, S.WAIT_HANGUP),
    (S.HELD, I.retrieve, S.TALKING),
    (S.HELD, I.over, S.WAIT_HANGUP),
    (S.FAXING, I.fax_over, S.TALKING),
    (S.FAXING, I.over, S.WAIT_HANGUP),
    (S.WAIT_HANGUP, I.on_hook, S.WAIT_HANGUP),
    (S.WAIT_HANGUP, I.guard_over, S.IDLE),
    (S.WAIT_HANGUP, I.guard_over_draining, S.LOADED),
    (S.DISCONNECTED, I.line_back, S.IDLE),
    (S.DISCONNECTED, I.line_back_disabled, S.LOADED),
    *((state, I.line_lost, S.DISCONNECTED) for state in S if state not in (S.NOT_LOADED, S.LOADED, S.DISCONNECTED)),
)


@dataclass
class LineCore:
    """
    What the machine acts on.

    Each state of `bounds` has a limit in seconds and what is done when it is reached; a new state, or the same
    input again (another ring), starts the clock anew.
    """

    clock: IReactorTime
    show: Callable[[LineState, str], None]
    hang_up: Callable[[], None]  # put the line on hook, then tell the machine `on_hook`
    bounds: Mapping[LineState, tuple[float, Callable[[], None]]]
    guard: tuple[float, Callable[[], None]]  # on hook: so long until the line may be used again
    _timer: IDelayedCall | None = field(default=None, init=False)

    def enter(self, state: LineState, reason: str) -> None:
        """A new state begins."""
        self.bound(self.bounds.get(state))
        self.show(state, reason)
        if state is LineState.WAIT_HANGUP:
            self.hang_up()

    def again(self, state: LineState) -> None:
        """The state goes on: another ring, or the line is on hook at last."""
        self.bound(self.guard if state is LineState.WAIT_HANGUP else self.bounds.get(state))

    def bound(self, limit: tuple[float, Callable[[], None]] | None) -> None:
        """Let the present state last so long at most."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = self.clock.callLater(*limit) if limit else None


def _build() -> Callable[[LineCore], LineInputs]:
    builder = TypeMachineBuilder(LineInputs, LineCore)
    states = {state: builder.state(state.value) for state in LineState}

    def move(after: LineState, *, loop: bool) -> Callable[..., None]:
        def act(inputs: LineInputs, core: LineCore, reason: str = "") -> None:
            if loop:
                core.again(after)
            else:
                core.enter(after, reason)

        return act

    for before, happening, after in TRANSITIONS:
        states[before].upon(happening).to(states[after])(move(after, loop=before is after))
    return builder.build()


line_machine = _build()  # line_machine(core) is a new line, NOT_LOADED
