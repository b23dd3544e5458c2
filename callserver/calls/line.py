"""
A line in service: what the line reports becomes the machine's inputs, and what its call asks becomes the line's acts.

Races, and what holds in them:

- *The caller gives up while the modem goes off hook.* The call ends while `answer` waits; the machine goes to
  WAIT_HANGUP and not to IDLE, because the line may be off hook by now or a moment later, and `hang_up` is sent behind
  the answer. The waiting menu gets CancelledError; it may get it, and stop waiting for the modem, before `left` comes.
- *The line is lost in a call.* The machine is told before the call ends, so that nothing tries to put it on hook.
- *A number comes before its ring.* See CallerHint.
- *Glare.* A line on which somebody is about to call in is not seized: see `is_free`. What comes in while it is seized:
  see `outgoing`.
- *Seized while it clears.* An emergency does not wait for a free line: its call begins on one whose last call is just
  over, and dials when the guard time has passed (`_guard_over`).
"""

from __future__ import annotations

from collections.abc import Callable

from automat import NoTransition
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.bell import Bell
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.call import Call
from callserver.calls.dead_alarms import DeadAlarms
from callserver.calls.hanging_up import OFF_HOOK_S, ON_HOOK_S, HangingUp
from callserver.calls.line_machine import RESTING, Happening, LineCore, LineInputs, Situation, line_machine
from callserver.calls.line_signs import LineSigns
from callserver.calls.line_sound import LineSound
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import hang_up
from callserver.calls.outgoing import DialListener, OutgoingCall
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.dsp.frames import FloatArray
from callserver.fax.signals import Heard
from callserver.lines.interfaces import Caller, Capabilities, DialPermit, IFaxModem, ILine, LineFailure
from callserver.media.leg import Leg
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Phrase
from callserver.wire.states import LineState

log = Logger()

SERVES = (LineState.TALKING, LineState.FAXING)
DIALING_S, RINGBACK_S, HELD_S = 30.0, 60.0, 300.0
NOT_SET_UP = N_("not set up yet")  # why a line cannot be used, until its modem has answered or failed


class LineInService:
    """
    One line, its state machine and the call it takes part in. Implements ILineListener and FirstParty.

    :param on_call: whoever serves callers, with each new call once
    :param fax_by_modem: faxes are made by the line's own modem, if it can
    `answers`: whether callers are let in; a line for calls out alone lets them ring.
    """

    def __init__(
        self,
        line: ILine,
        *,
        clock: IReactorTime,
        board: Board,
        calls: LiveCalls,
        on_call: Callable[[Call], None],
        keys_from_sound: bool = True,
        ring_stop_s: float = 6.0,
        guard_s: float = 1.0,
        answers: bool = True,
        fax_by_modem: bool = False,
    ) -> None:
        self.name = line.name
        self.line_ok = self.can_flash = self.can_fax = False
        self._fax_by_modem = fax_by_modem
        self._trouble: Phrase | None = Phrase(NOT_SET_UP)  # why it cannot be used
        self.call: Call | None = None
        self._line, self._clock, self._board, self._calls = line, clock, board, calls
        self._events = calls.events
        self._on_call = on_call
        self._now = Situation(LineState.NOT_LOADED)
        self._menu, self._notes = "", tuple[Phrase, ...]()
        self._last_call_id: str | None = None  # of the call that the line's states still belong to
        self._outgoing: OutgoingCall | None = None
        self._answering = False  # on its way off hook
        self._sound = LineSound(line, calls, clock, lambda: self._last_call_id)
        self._dead_alarms = DeadAlarms(clock)
        self.answers = answers
        self._bell = Bell(clock, ring_stop_s, on_call)
        self._hanging_up = HangingUp(line, clock, self.alarm, self._is_on_hook)
        self._signs = LineSigns(self, clock, keys_from_sound)
        self._core = LineCore(
            clock,
            self._show,
            self._hanging_up.begin,
            bounds={
                LineState.RINGING_IN: (ring_stop_s, self._ring_stopped),
                LineState.DIALING: (DIALING_S, self._dialled_too_long),
                LineState.RINGBACK: (RINGBACK_S, self._dialled_too_long),
                LineState.HELD: (HELD_S, self._held_too_long),
                LineState.WAIT_HANGUP: (ON_HOOK_S, self._not_on_hook),
            },
            guard=(guard_s, self._guard_over),
        )
        self.inputs: LineInputs = line_machine(self._core)
        line.attach(self)

    # In and out of service

    def load(self, menu: str) -> None:
        """Bind the line to a menu."""
        self.happens(self.inputs.load, Reason(Cause.LOADED, menu))

    @property
    def state(self) -> LineState:
        """As the board shows it."""
        return self._now.state

    def describe(self, menu: str, notes: tuple[Phrase, ...]) -> None:
        """What stands beside it on the board: its menu with the version, and what callers hear that is not written."""
        if (menu, notes) != (self._menu, self._notes):
            self._menu, self._notes = menu, notes
            self._show(self._now, None)

    def unload(self) -> None:
        """Take the menu off a line that is not enabled."""
        self.happens(self.inputs.unload, Reason(Cause.UNLOADED))

    def enable(self) -> None:
        """Let the line answer; one that is draining simply stays in service."""
        self._bell.forget()
        dead = self._now.state is LineState.LOADED and not self.line_ok
        self.happens(self.inputs.enable_dead if dead else self.inputs.enable, Reason(Cause.ENABLED))

    def disable(self, *, now: bool = False) -> None:
        """Take the line out of service: at once when idle, else after its call; `now` ends the call first."""
        self.happens(self.inputs.disable, Reason(Cause.DISABLED))
        if now and self.call is not None:
            self.call.end("admin", Reason(Cause.LINE_DISABLED))

    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        """
        The exchange connects the far end with a number as soon as the line is on hook after this.

        Fails with LineFailure; the call goes on then.
        """
        return self._line.flash_transfer(permit)

    @property
    def faxes_by_modem(self) -> bool:
        """Its modem makes the signals of a fax: that is wanted, and it can."""
        return self._fax_by_modem and self.can_fax

    def fax_modem(self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None]) -> Deferred[IFaxModem]:
        """In a call: see `ILine.fax`."""
        return self._line.fax(on_heard, on_lost)

    def rest(self, seconds: float) -> None:
        """Take no calls for so long: what rings meanwhile rings on, and the exchange may try the next line."""
        self._bell.rest(seconds)

    # Calls out

    @property
    def leg(self) -> Leg | None:
        """Its place in the patch bay; None while on hook."""
        return self._sound.leg

    @property
    def is_free(self) -> bool:
        """It may be seized: idle in service, and nobody has rung, or been announced, so lately that he may be there."""
        return self._now == Situation(LineState.IDLE) and not self._bell.is_about_to_ring

    @property
    def is_dialling(self) -> bool:
        """Nobody has answered its call out yet."""
        return self._outgoing is not None and self._outgoing.is_pending

    @property
    def clears(self) -> bool:
        """Its last call is over: it will be idle in a moment, and nobody has seized it for then."""
        return self._now == Situation(LineState.WAIT_HANGUP) and self.call is None

    def dial(
        self,
        called: Caller,
        permit: DialPermit,
        told: DialListener,
        on_left: Callable[[], None],
        calling_tone: FloatArray | None = None,
    ) -> Call:
        """A call out begins on this line, which is free or clears: see `OutgoingCall`."""
        self.call = call = self._calls.begin("out", self, called)
        call.give(self, Role.CALLED)
        self._outgoing = OutgoingCall(
            self, self._line, self._sound, self._signs, self._clock, permit, told, on_left, calling_tone
        )
        if self._now.state is not LineState.WAIT_HANGUP:
            self._outgoing.seize(call)
        return call

    def key_there(self, at_s: float) -> None:
        if self._outgoing is not None:
            self._outgoing.key_pressed(at_s)

    def caller_came_in(self) -> None:
        self._outgoing = None
        self._begin_incoming()
        self.happens(self.inputs.answered, Reason(Cause.GLARE))
        if self.leg is not None and self.call is not None:
            self.leg.serve(self.call.id)
            self.call.begin_answered(Stage.MENU)
            self._on_call(self.call)

    # ILineListener

    def line_up(self, capabilities: Capabilities) -> None:
        self.can_flash, self.can_fax = capabilities.flash, capabilities.fax
        self._up()

    def _up(self) -> None:
        self._hanging_up.stop()
        self.line_ok, self._trouble = True, None
        self._dead_alarms.up()
        self._bell.forget()
        if self._now.state is LineState.DISCONNECTED:
            self.happens(self.inputs.line_back, Reason(Cause.LINE_BACK))
        else:
            self._show(self._now, Reason(Cause.LINE_BACK))

    def line_lost(self, reason: Complaint) -> None:
        self._hanging_up.stop()
        self.line_ok, self._trouble = False, Phrase.of(reason)
        self._bell.forget()
        lost = Reason(Cause.LINE_LOST, str(reason))
        if self._now.state not in (LineState.NOT_LOADED, LineState.LOADED, LineState.DISCONNECTED):
            self.happens(self.inputs.line_lost, lost)
        else:
            self._show(self._now, lost)
        if self._dead_alarms.is_new(str(reason)):
            self.alarm(N_("line dead: {reason_word}"), reason_word=reason)
        if self._outgoing is not None and self._outgoing.is_pending:
            self._outgoing.line_lost(lost)
        elif self.call is not None:
            hang_up(self.call, self, "line", lost)

    def ring(self) -> None:
        rests = self._bell.rings_for_nobody() or not self.answers
        if self._outgoing is not None:
            self._outgoing.rang_in()
        elif self._now.state is not LineState.IDLE or not rests:
            self._take_ring()

    def _take_ring(self) -> None:
        if self._now == Situation(LineState.IDLE):
            self._bell.begin(self._begin_incoming())
        self.happens(self.inputs.ring, Reason(Cause.RINGS))
        if self._now.state is LineState.RINGING_IN:
            self._bell.ring()

    def _begin_incoming(self) -> Call:
        self.call = call = self._calls.begin("in", self, self._bell.announced() or Caller())
        self._last_call_id = call.id
        return call

    def caller_id(self, caller: Caller) -> None:
        self._bell.caller_id(caller)
        if self._outgoing is not None:
            self._outgoing.rang_in()

    def sound(self, data: bytes) -> None:
        self._sound.receive(data)

    def far_end_gone(self, reason: str) -> None:
        if self._outgoing is not None and self.is_dialling:
            self._outgoing.line_reports(reason)
        elif self._outgoing is not None and self.call is not None:
            hang_up(self.call, self, "called", Reason(Cause.CALLED_HUNG_UP, reason))
        elif self.call is not None:
            hang_up(self.call, self, "caller", Reason(Cause.CALLER_HUNG_UP, reason))

    def sound_trouble(self, kind: str) -> None:
        if self.call is not None:
            self._sound.trouble(kind)

    def key(self, digit: str) -> None:
        self._signs.key(digit)

    # FirstParty, for the call

    async def answer(self, call: Call) -> None:
        if call is not self.call:
            raise CancelledError
        self._answering = True
        try:
            await self._line.answer()
        except LineFailure as problem:
            if call.ended is None:  # else it has been put on hook meanwhile, as it should
                self.alarm(N_("does not answer: {problem}"), problem=problem)
                raise
        finally:
            if call.ended is None:  # else `left` has yet to know that the line may be off hook
                self._answering = False
        if call is not self.call:
            raise CancelledError
        self._bell.stop()
        self.happens(self.inputs.answered, Reason(Cause.ANSWERED))
        self._sound.open(call, self._signs)

    def stage_changed(self, call: Call) -> None:
        state, stage = self._now.state, call.stage
        role_next = (state is LineState.FAXING and stage is not Stage.FAX) or (
            state is LineState.HELD and stage is Stage.TALK
        )
        if call is self.call and state in (*SERVES, LineState.HELD) and not role_next:
            self._show(self._now, None)

    def role_given(self, call: Call, role: Role) -> None:
        before, self.call, self._last_call_id = self.call, call, call.id
        if role is Role.HELD and self._now.state is LineState.TALKING:
            self.happens(self.inputs.hold, Reason(Cause.HELD))
        elif role is not Role.HELD and self._now.state is LineState.HELD:
            self.happens(self.inputs.retrieve, Reason(Cause.RETRIEVED))
        elif role is Role.FAXES and self._now.state is LineState.TALKING:
            self.happens(self.inputs.fax, Reason(Cause.FAX_BEGINS))
        elif role is not Role.FAXES and self._now.state is LineState.FAXING:
            self.happens(self.inputs.fax_over, Reason(Cause.FAX_OVER))
            if role is Role.HELD:
                self.happens(self.inputs.hold, Reason(Cause.HELD))
        elif call is not before:  # its own has been merged into this one
            self._show(self._now, None)

    def left(self, call: Call, reason: Reason) -> None:
        if call is not self.call:
            return
        self.call = None
        self._bell.stop()
        self._signs.stop()
        self._sound.close(call)
        outgoing, self._outgoing = self._outgoing, None
        answering, self._answering = self._answering, False
        if self._now.state is LineState.RINGING_IN and not answering:
            self.happens(self.inputs.ring_stopped, reason)
        elif self._now.state not in (*RESTING, LineState.WAIT_HANGUP, LineState.DISCONNECTED):
            self.happens(self.inputs.over, reason)
        elif self._now.state is LineState.DISCONNECTED:
            self._last_call_id = None
            self._show(self._now, reason)  # dead, and nobody's any more
        if outgoing is not None:
            outgoing.over(reason)

    def recalled(self, call: Call) -> None:
        """A line holds nobody."""

    # The parts

    def _show(self, now: Situation, reason: Reason | None) -> None:
        self._now = now
        if now.state in RESTING:
            self._last_call_id = None
        self._board.show(
            ChannelStatus(
                self.name,
                now.state,
                sub=self._doing(now.state),
                draining=now.draining,
                call_id=self._last_call_id,
                caller=self.call.caller.number if self.call is not None else None,
                reason=self._trouble,
                menu=self._menu,
                notes=self._notes,
            ),
            reason,
        )

    def _doing(self, state: LineState) -> str:
        if self.call is None or state not in (*SERVES, LineState.HELD):
            return ""
        if state is LineState.HELD and self.call.stage is Stage.TALK:
            return ""  # by who talks with him; else he waits for somebody
        return self.call.doing or (Stage.FAX if state is LineState.FAXING else self.call.stage).value

    def happens(self, what: Happening, reason: Reason | None = None) -> None:
        """One of the machine's inputs; one that its state does not expect is refused and logged."""
        try:
            what(reason)
        except NoTransition as refused:
            log.error("{channel}: {refused} (refused)", channel=self.name, refused=refused)

    def _ring_stopped(self) -> None:
        if self._answering:
            self.happens(self.inputs.ring)  # a modem that takes so long may still say that it cannot
        elif self.call is not None:
            self.call.end("caller", Reason(Cause.MISSED_AT_LINE))

    def _dialled_too_long(self) -> None:
        if self._outgoing is not None:
            self._outgoing.timed_out()

    def _held_too_long(self) -> None:
        self.happens(self.inputs.recall)
        if self.call is not None:
            self.call.recall(self)

    def _is_on_hook(self) -> None:
        if self._now.state is LineState.WAIT_HANGUP:
            self.happens(self.inputs.on_hook, Reason(Cause.ON_HOOK))
        elif self._hanging_up.persists:
            self._up()

    def _not_on_hook(self) -> None:
        self._core.bound((OFF_HOOK_S - ON_HOOK_S, self._off_hook_for_good))
        self._hanging_up.late()

    def _off_hook_for_good(self) -> None:
        """It may not be used, and its modem sees nothing wrong in that: the line is dead until it goes on hook."""
        self.line_lost(LineFailure("not on hook after {limit_s} s", limit_s=f"{OFF_HOOK_S:g}"))
        self._hanging_up.persist()

    def alarm(self, msgid: str, /, **details: object) -> None:
        self._events.alarm(msgid, self.name, **details)

    def _guard_over(self) -> None:
        self.happens(self.inputs.guard_over)
        call, outgoing = self.call, self._outgoing
        if call is None or outgoing is None:
            return
        if self._now == Situation(LineState.IDLE):
            self._last_call_id = call.id
            outgoing.seize(call)
        else:
            call.end("admin", Reason(Cause.LINE_DISABLED))
