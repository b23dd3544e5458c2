"""
The life of a line in service: eleven states, and just the transitions of the table below.

Each busy state has a twin in which the line is draining: it serves its call to the end and takes no other. The twins
follow from the table: what would lead to IDLE leads to LOADED, everything else to the twin of where it leads;
`disable` and `enable` go to and fro between the two. So whether a line drains can be asked, forgotten or taken twice
by nobody: it is the state.

Invariants:

- Every end of a call passes through WAIT_HANGUP, in which the line is put on hook and rests for the guard time: the
  exchange must have seen the hook before the line is used again. Only a call that was never answered ends in IDLE.
- Each state that waits for somebody has a bound (`LineCore.bounds`); a new state, or the same input again (another
  ring), starts its clock anew.
- A ring on a line that clears is the next caller, who calls as soon as the exchange has seen the hook; on one that is
  out of service it is a caller whom nobody answers. Both are ordinary, and change nothing: a clearing line answers to
  the rings that follow when its guard time is over. (`UNHEARD`)
- An input that a state does not expect raises automat.NoTransition and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from automat import TypeMachineBuilder
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.wire.causes import Reason
from callserver.wire.states import LineState
from callserver.wire.states import LineState as S


class LineInputs(Protocol):
    """What can happen to a line; `reason` is shown with the new state and kept in the event log."""

    def load(self, reason: Reason | None = None) -> None: ...
    def unload(self, reason: Reason | None = None) -> None: ...
    def enable(self, reason: Reason | None = None) -> None: ...
    def enable_dead(self, reason: Reason | None = None) -> None: ...
    def disable(self, reason: Reason | None = None) -> None: ...
    def ring(self, reason: Reason | None = None) -> None: ...
    def ring_stopped(self, reason: Reason | None = None) -> None: ...
    def answered(self, reason: Reason | None = None) -> None:
        """We answered, or the party we dialled did."""

    def seize(self, reason: Reason | None = None) -> None: ...
    def digits_sent(self, reason: Reason | None = None) -> None: ...
    def hold(self, reason: Reason | None = None) -> None: ...
    def retrieve(self, reason: Reason | None = None) -> None: ...
    def recall(self, reason: Reason | None = None) -> None:
        """Held for too long: who holds it is told, and the clock starts anew."""

    def fax(self, reason: Reason | None = None) -> None: ...
    def fax_over(self, reason: Reason | None = None) -> None:
        """The session is over and the voice goes on."""

    def over(self, reason: Reason | None = None) -> None:
        """The call or the attempt ends, whoever ends it and why, and the line is off hook or on its way there."""

    def on_hook(self, reason: Reason | None = None) -> None: ...
    def guard_over(self, reason: Reason | None = None) -> None: ...
    def line_lost(self, reason: Reason | None = None) -> None: ...
    def line_back(self, reason: Reason | None = None) -> None: ...


I = LineInputs  # noqa: E741 - the table reads better
Happening = Callable[..., None]  # one of the inputs, as LineInputs.ring
Transition = tuple[LineState, Happening, LineState]
RESTING = (S.NOT_LOADED, S.LOADED, S.IDLE)
BUSY = tuple(state for state in S if state not in RESTING)
TRANSITIONS: tuple[Transition, ...] = (
    (S.NOT_LOADED, I.load, S.LOADED),
    (S.LOADED, I.unload, S.NOT_LOADED),
    (S.LOADED, I.ring, S.LOADED),
    (S.LOADED, I.enable, S.IDLE),
    (S.LOADED, I.enable_dead, S.DISCONNECTED),
    (S.IDLE, I.ring, S.RINGING_IN),
    (S.IDLE, I.seize, S.DIALING),
    (S.IDLE, I.disable, S.LOADED),
    (S.IDLE, I.line_lost, S.DISCONNECTED),
    (S.RINGING_IN, I.ring, S.RINGING_IN),
    (S.RINGING_IN, I.answered, S.TALKING),
    (S.RINGING_IN, I.ring_stopped, S.IDLE),
    (S.RINGING_IN, I.over, S.WAIT_HANGUP),  # the caller gave up while the line went off hook
    (S.DIALING, I.digits_sent, S.RINGBACK),
    (S.DIALING, I.answered, S.TALKING),
    (S.DIALING, I.over, S.WAIT_HANGUP),
    (S.RINGBACK, I.answered, S.TALKING),
    (S.RINGBACK, I.over, S.WAIT_HANGUP),
    (S.TALKING, I.hold, S.HELD),
    (S.TALKING, I.fax, S.FAXING),
    (S.TALKING, I.over, S.WAIT_HANGUP),
    (S.HELD, I.retrieve, S.TALKING),
    (S.HELD, I.recall, S.HELD),
    (S.HELD, I.over, S.WAIT_HANGUP),
    (S.FAXING, I.fax_over, S.TALKING),
    (S.FAXING, I.over, S.WAIT_HANGUP),
    (S.WAIT_HANGUP, I.ring, S.WAIT_HANGUP),
    (S.WAIT_HANGUP, I.on_hook, S.WAIT_HANGUP),
    (S.WAIT_HANGUP, I.guard_over, S.IDLE),
    (S.DISCONNECTED, I.line_back, S.IDLE),
    *((state, I.line_lost, S.DISCONNECTED) for state in BUSY if state is not S.DISCONNECTED),
)
UNHEARD = ((S.WAIT_HANGUP, I.ring), (S.LOADED, I.ring))  # they start no clock anew


@dataclass(frozen=True)
class Situation:
    """A state of the machine: what the board shows, and whether the line is draining."""

    state: LineState
    draining: bool = False


@dataclass
class LineCore:
    """
    What the machine acts on.

    Each state of `bounds` has a limit in seconds and what is done when it is reached.
    """

    clock: IReactorTime
    show: Callable[[Situation, Reason | None], None]
    hang_up: Callable[[], None]  # put the line on hook, then tell the machine `on_hook`
    bounds: Mapping[LineState, tuple[float, Callable[[], None]]]
    guard: tuple[float, Callable[[], None]]  # on hook: so long until the line may be used again
    _timer: IDelayedCall | None = field(default=None, init=False)

    def enter(self, after: Situation, reason: Reason | None) -> None:
        """A new state begins."""
        self.bound(self.bounds.get(after.state))
        self.show(after, reason)
        if after.state is LineState.WAIT_HANGUP:
            self.hang_up()

    def again(self, state: LineState) -> None:
        """The state goes on: another ring, or the line is on hook at last."""
        self.bound(self.guard if state is LineState.WAIT_HANGUP else self.bounds.get(state))

    def bound(self, limit: tuple[float, Callable[[], None]] | None) -> None:
        """Let the present state last so long at most."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = self.clock.callLater(*limit) if limit else None


def transitions() -> list[tuple[Situation, Happening, Situation]]:
    """The whole table, with the draining twins."""
    serving = [(Situation(before), happening, Situation(after)) for before, happening, after in TRANSITIONS]
    draining = [
        (Situation(before, True), happening, Situation(S.LOADED) if after in RESTING else Situation(after, True))
        for before, happening, after in TRANSITIONS
        if before in BUSY
    ]
    to_and_fro = [
        change
        for state in BUSY
        for change in (
            (Situation(state), I.disable, Situation(state, True)),
            (Situation(state, True), I.disable, Situation(state, True)),
            (Situation(state, True), I.enable, Situation(state)),
        )
    ]
    return [*serving, *draining, *to_and_fro]


def _build() -> Callable[[LineCore], LineInputs]:
    builder = TypeMachineBuilder(LineInputs, LineCore)
    situations = [Situation(state) for state in S] + [Situation(state, True) for state in BUSY]
    states = {one: builder.state(f"{one.state.value}{', draining' * one.draining}") for one in situations}

    def move(before: Situation, after: Situation, happening: Happening) -> Happening:
        def act(inputs: LineInputs, core: LineCore, reason: Reason | None = None) -> None:
            if (before.state, happening) in UNHEARD:
                return
            if happening in (I.disable, I.enable) and before.state is after.state:
                core.show(after, reason)
            elif before == after:
                core.again(after.state)
            else:
                core.enter(after, reason)

        return act

    for before, happening, after in transitions():
        states[before].upon(happening).to(states[after])(move(before, after, happening))
    return builder.build()


line_machine = _build()  # line_machine(core) is a new line, NOT_LOADED
