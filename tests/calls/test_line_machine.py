"""The life of a line, as the reference's table has it."""

from automat import NoTransition
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.line_machine import LineCore, LineInputs, Situation, line_machine
from callserver.wire.causes import Cause, Reason
from callserver.wire.states import LineState as S

# How to bring a new line into each state.
WAY = {
    S.NOT_LOADED: "",
    S.LOADED: "load",
    S.IDLE: "load enable",
    S.RINGING_IN: "load enable ring",
    S.DIALING: "load enable seize",
    S.RINGBACK: "load enable seize digits_sent",
    S.TALKING: "load enable ring answered",
    S.HELD: "load enable ring answered hold",
    S.FAXING: "load enable ring answered fax",
    S.WAIT_HANGUP: "load enable ring answered over",
    S.DISCONNECTED: "load enable_dead",
}
# The reference's table, row by row; whatever is not here must be refused.
TABLE = {
    (S.NOT_LOADED, "load"): S.LOADED,
    (S.LOADED, "unload"): S.NOT_LOADED,
    (S.LOADED, "ring"): S.LOADED,  # nobody answers it
    (S.LOADED, "enable"): S.IDLE,
    (S.LOADED, "enable_dead"): S.DISCONNECTED,
    (S.IDLE, "ring"): S.RINGING_IN,
    (S.IDLE, "seize"): S.DIALING,
    (S.IDLE, "disable"): S.LOADED,
    (S.IDLE, "line_lost"): S.DISCONNECTED,
    (S.RINGING_IN, "ring"): S.RINGING_IN,
    (S.RINGING_IN, "answered"): S.TALKING,
    (S.RINGING_IN, "ring_stopped"): S.IDLE,
    (S.RINGING_IN, "over"): S.WAIT_HANGUP,
    (S.RINGING_IN, "line_lost"): S.DISCONNECTED,
    (S.DIALING, "digits_sent"): S.RINGBACK,
    (S.DIALING, "answered"): S.TALKING,
    (S.DIALING, "over"): S.WAIT_HANGUP,
    (S.DIALING, "line_lost"): S.DISCONNECTED,
    (S.RINGBACK, "answered"): S.TALKING,
    (S.RINGBACK, "over"): S.WAIT_HANGUP,
    (S.RINGBACK, "line_lost"): S.DISCONNECTED,
    (S.TALKING, "hold"): S.HELD,
    (S.TALKING, "fax"): S.FAXING,
    (S.TALKING, "over"): S.WAIT_HANGUP,
    (S.TALKING, "line_lost"): S.DISCONNECTED,
    (S.HELD, "retrieve"): S.TALKING,
    (S.HELD, "recall"): S.HELD,
    (S.HELD, "over"): S.WAIT_HANGUP,
    (S.HELD, "line_lost"): S.DISCONNECTED,
    (S.FAXING, "fax_over"): S.TALKING,
    (S.FAXING, "over"): S.WAIT_HANGUP,
    (S.FAXING, "line_lost"): S.DISCONNECTED,
    (S.WAIT_HANGUP, "ring"): S.WAIT_HANGUP,  # the next caller: he rings on until the line is idle
    (S.WAIT_HANGUP, "on_hook"): S.WAIT_HANGUP,
    (S.WAIT_HANGUP, "guard_over"): S.IDLE,
    (S.WAIT_HANGUP, "line_lost"): S.DISCONNECTED,
    (S.DISCONNECTED, "line_back"): S.IDLE,
}
RESTING = (S.NOT_LOADED, S.LOADED, S.IDLE)
WHY = Reason(Cause.LINE_LOST, "why")
HAPPENINGS = [name for name in vars(LineInputs) if not name.startswith("_")]


class LineMachineTests(SynchronousTestCase):
    def line_in(self, state: S, *, draining: bool = False) -> LineInputs:
        """A line that has come into `state`; self.shown is what it showed since."""
        self.clock, self.shown, self.done = Clock(), [], []
        core = LineCore(
            self.clock,
            lambda state, reason: self.shown.append((state, reason)),
            lambda: self.done.append("hang up"),
            bounds={
                bound: (seconds, lambda bound=bound: self.done.append(bound))
                for bound, seconds in ((S.RINGING_IN, 6), (S.DIALING, 30), (S.HELD, 300), (S.WAIT_HANGUP, 5))
            },
            guard=(1, lambda: self.done.append("guard over")),
        )
        machine = line_machine(core)
        for happening in WAY[state].split():
            getattr(machine, happening)()
        if draining:
            machine.disable()
        self.shown.clear()
        return machine

    def outcome(self, state: S, happening: str, *, draining: bool = False) -> Situation | None:
        """Where a line in this state goes, None if it refuses; what it shows on the way is checked."""
        machine = self.line_in(state, draining=draining)
        before = Situation(state, draining)
        try:
            getattr(machine, happening)(WHY)
        except NoTransition:
            self.assertEqual(self.shown, [], (state, happening))
            return None
        if not self.shown:
            return before
        ((after, reason),) = self.shown
        self.assertEqual(reason, WHY)
        return after

    def test_every_pair(self) -> None:
        """Each state takes just the inputs of the table; all others are refused and change nothing."""
        for state in S:
            for happening in HAPPENINGS:
                after = TABLE.get((state, happening))
                wanted = None if after is None else Situation(after)
                if happening == "disable" and state not in RESTING:
                    wanted = Situation(state, draining=True)
                self.assertEqual(self.outcome(state, happening), wanted, (state, happening))

    def test_every_pair_of_a_draining_line(self) -> None:
        """A line that drains serves its call as any other, and then is out of service instead of idle."""
        for state in (state for state in S if state not in RESTING):
            for happening in HAPPENINGS:
                after = TABLE.get((state, happening))
                wanted = None if after is None else Situation(after, draining=True)
                if after is S.IDLE:
                    wanted = Situation(S.LOADED)
                elif happening in ("disable", "enable"):
                    wanted = Situation(state, draining=happening == "disable")
                self.assertEqual(self.outcome(state, happening, draining=True), wanted, (state, happening))

    def test_draining_starts_no_clock_anew(self) -> None:
        """Disabling a line does not give its caller more time to be held."""
        machine = self.line_in(S.HELD)
        self.clock.advance(299)
        machine.disable()
        machine.enable()
        self.clock.advance(1.1)
        self.assertEqual(self.done, [S.HELD])

    def test_no_further_ring(self) -> None:
        """A caller who gives up is noticed 6 s after his last ring, not after his first."""
        machine = self.line_in(S.RINGING_IN)
        self.clock.advance(5)
        machine.ring()
        self.clock.advance(5.9)
        self.assertEqual(self.done, [])
        self.clock.advance(0.2)
        self.assertEqual(self.done, [S.RINGING_IN])

    def test_every_end_hangs_up(self) -> None:
        """However a call ends, the line is put on hook and rests for the guard time before it is used again."""
        for state in (S.TALKING, S.HELD, S.FAXING, S.DIALING, S.RINGBACK):
            machine = self.line_in(state)
            machine.over(Reason(Cause.CALLER_HUNG_UP))
            self.assertEqual(self.done, ["hang up"])
            self.clock.advance(3)
            machine.on_hook()
            self.clock.advance(0.9)
            self.assertEqual(self.done, ["hang up"])
            self.clock.advance(0.2)
            self.assertEqual(self.done, ["hang up", "guard over"])

    def test_ring_while_clearing(self) -> None:
        """Who rings a line that clears neither lengthens its guard time nor ends it."""
        machine = self.line_in(S.WAIT_HANGUP)
        machine.on_hook()
        self.clock.advance(0.9)
        machine.ring()
        self.clock.advance(0.2)
        self.assertEqual(self.done, ["hang up", "guard over"])

    def test_stuck_off_hook(self) -> None:
        """A line that does not go on hook within 5 s raises the alarm."""
        self.line_in(S.WAIT_HANGUP)
        self.clock.advance(5.1)
        self.assertEqual(self.done, ["hang up", S.WAIT_HANGUP])

    def test_bounds_end_with_their_state(self) -> None:
        """The limit of a state that is over no longer counts."""
        machine = self.line_in(S.HELD)
        machine.retrieve()
        self.clock.advance(1000)
        self.assertEqual(self.done, [])
