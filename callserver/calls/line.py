"""A line in service: what the line reports becomes the machine's inputs, a call, its leg and its recording."""

from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from uuid import uuid4

from automat import NoTransition
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.line_machine import LineCore, LineInputs, line_machine
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller, Capabilities, ILine, LineFailure
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.recording import Recording
from callserver.wire.states import LineState

log = Logger()

CALLER_ID_GRACE_S = 0.5  # after the second ring: a caller number that has not come by then will not come
DIALING_S, RINGBACK_S, HELD_S, ON_HOOK_S = 30.0, 60.0, 300.0, 5.0
GONE_TONES = {"busy", "congestion", "unobtainable", "dial", "howler"}


class LineChannel:
    """One line, its state machine and the call that is on it. Implements ILineListener, LegListener and Channel."""

    def __init__(
        self,
        line: ILine,
        *,
        clock: IReactorTime,
        bay: PatchBay,
        board: Board,
        events: EventLog,
        on_call: Callable[[Call], None],
        new_id: Callable[[], str] = lambda: str(uuid4()),
        recorder: Recorder | None = None,
        keys_from_sound: bool = True,
        ring_stop_s: float = 6.0,
        guard_s: float = 1.0,
    ) -> None:
        self.name = line.name
        self.line_ok = False
        self.call: Call | None = None
        self._line, self._clock, self._bay, self._board, self._events = line, clock, bay, board, events
        self._new_id = new_id
        self._on_call, self._recorder, self._keys_from_sound = on_call, recorder, keys_from_sound
        self._recording: Recording | None = None
        self._state = LineState.NOT_LOADED
        self._draining = False
        self._rings, self._offered = 0, False
        self._call_id: str | None = None  # of the call that the line's states still belong to
        self._known_caller: Caller | None = None  # told before the first ring
        self._offer: IDelayedCall | None = None  # waits for the caller's number
        self._machine: LineInputs = line_machine(
            LineCore(
                clock,
                self._show,
                self._put_on_hook,
                bounds={
                    LineState.RINGING_IN: (ring_stop_s, self._ring_stopped),
                    LineState.DIALING: (DIALING_S, self._dialing_too_long),
                    LineState.RINGBACK: (RINGBACK_S, self._dialing_too_long),
                    LineState.HELD: (HELD_S, self._recall),
                    LineState.WAIT_HANGUP: (ON_HOOK_S, self._stuck),
                },
                guard=(guard_s, self._guard_over),
            )
        )
        line.attach(self)

    # In and out of service

    def load(self, menu: str) -> None:
        """Bind the line to a menu."""
        self._tell(self._machine.load, f"menu {menu}")

    def unload(self) -> None:
        """Take the menu off a line that is not enabled."""
        self._tell(self._machine.unload)

    def enable(self) -> None:
        """Let the line answer; one that is draining simply stays in service."""
        if self._draining:
            self._draining = False
        else:
            self._tell(self._machine.enable if self.line_ok else self._machine.enable_dead, "enabled")

    def disable(self, *, now: bool = False) -> None:
        """Take the line out of service: at once when idle, else after its call; `now` ends the call first."""
        if self._state is LineState.IDLE:
            self._tell(self._machine.disable, "disabled")
            return
        self._draining = True
        if now and self.call is not None:
            self.call.end("admin", "line disabled")

    # ILineListener

    def line_up(self, capabilities: Capabilities) -> None:
        self.line_ok = True
        if self._state is LineState.DISCONNECTED:
            self._tell(self._machine.line_back_disabled if self._draining else self._machine.line_back, "line is back")
            self._draining = False

    def line_lost(self, reason: str) -> None:
        self.line_ok = False
        call = self.call
        self._release()
        if self._state not in (LineState.NOT_LOADED, LineState.LOADED, LineState.DISCONNECTED):
            self._tell(self._machine.line_lost, reason)
        self._events.alarm(f"line dead: {reason}", self.name)
        if call is not None and call.ended is None:
            call.finish("line", f"line lost: {reason}")

    def ring(self) -> None:
        if self._state is LineState.IDLE:
            self._new_call()
        self._tell(self._machine.ring)
        if self._state is LineState.RINGING_IN and self.call is not None:
            self._rings += 1
            self.call.log(Kind.RING, count=self._rings)
            if self._known_caller is not None:
                self._offer_in(0)
            elif self._rings == 2:
                self._offer_in(CALLER_ID_GRACE_S)

    def caller_id(self, caller: Caller) -> None:
        if self._state is LineState.RINGING_IN and self.call is not None:
            self.call.identify(caller)
            self._offer_in(0)
        else:
            self._known_caller = caller

    def sound(self, data: bytes) -> None:
        if self.call is not None and self.call.leg is not None:
            self.call.leg.receive(data)

    def far_end_gone(self, reason: str) -> None:
        if self.call is not None:
            self.call.end("caller", f"caller hung up ({reason})")

    def sound_trouble(self, kind: str) -> None:
        self._events.write(Kind.ALARM, call_id=self.call.id if self.call else None, channel=self.name, text=kind)

    # ILineListener and LegListener both report keys; a line has one source of them

    def key(self, digit: str, at_s: float | None = None) -> None:
        from_sound = at_s is not None
        if self.call is not None and from_sound is self._keys_from_sound:
            self.call.key(digit, "sound" if from_sound else "modem")

    def tone(self, name: str) -> None:
        if self.call is not None:
            self.call.log(Kind.TONE, name=name)
            if name in GONE_TONES:
                self.far_end_gone(f"{name} tone")

    # Channel, for the call

    async def answer(self, call: Call) -> None:
        try:
            await self._line.answer()
        except LineFailure as problem:
            self._events.alarm(f"does not answer: {problem}", self.name)
            raise
        if call.ended is not None:  # the caller gave up meanwhile
            await self._line.hang_up()
            raise CancelledError
        self._cancel_offer()
        self._tell(self._machine.answered)
        call.leg = self._bay.open_leg(
            self.name, self._line.codec, send=self._line.send, flush=self._line.flush, listener=self
        )
        call.leg.call_id = call.id
        self._start_recording(call)

    def phase(self, call: Call, text: str) -> None:
        if call is self.call and self._state is LineState.TALKING:
            self._board.show(self.name, LineState.TALKING, text, call.id)

    def hold(self, call: Call) -> None:
        self._tell(self._machine.hold)

    def retrieve(self, call: Call) -> None:
        self._tell(self._machine.retrieve)

    def over(self, call: Call, reason: str) -> None:
        if call is self.call:
            self._release()
            if self._state is LineState.RINGING_IN:
                self._machine_ring_stopped(reason)
            else:
                self._tell(self._machine.over, reason)

    # The parts

    def _new_call(self) -> None:
        caller, self._rings, self._offered = self._known_caller or Caller(), 0, False
        self.call = Call(self, caller, self._events, self._clock, self._new_id())
        self._call_id = self.call.id

    def _offer_in(self, delay_s: float) -> None:
        self._cancel_offer()
        if not self._offered:
            self._offer = self._clock.callLater(delay_s, self._offer_now)

    def _offer_now(self) -> None:
        if self.call is not None:
            self._offered = True
            self._on_call(self.call)

    def _cancel_offer(self) -> None:
        if self._offer is not None and self._offer.active():
            self._offer.cancel()

    def _start_recording(self, call: Call) -> None:
        if self._recorder is None or call.leg is None:
            return
        self._recording = self._recorder.start(call.id, call.leg)
        if self._recording is not None:
            self._events.book.change_call(call.id, recording=self._recording.file_name)
            call.log(Kind.RECORDING, file=self._recording.file_name)

    def _stop_recording(self, call: Call) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            stopped = recording.stop()
            stopped.addCallback(
                lambda info: call.log(Kind.RECORDING_END, file=info.path.name, length_s=round(info.length_s, 3))
            )
            stopped.addErrback(lambda failure: log.failure("recording of {call} broke", failure, call=call.id))

    def _release(self) -> None:
        """Take leg and recording off the call that leaves this line."""
        call, self.call, self._known_caller = self.call, None, None
        self._cancel_offer()
        if call is not None:
            self._stop_recording(call)
            if call.leg is not None:
                self._log_figures(call, call.leg)
                call.leg.close()
                call.leg = None

    def _log_figures(self, call: Call, leg: Leg) -> None:
        """What the line was like in this call, for the line check."""
        figures = {name: value for name, value in asdict(leg.figures).items() if isfinite(value)}
        call.log(Kind.LINE_FIGURES, **figures, underruns=leg.underruns, overruns=leg.overruns)

    def _show(self, state: LineState, reason: str) -> None:
        self._state = state
        self._board.show(self.name, state, reason, self._call_id)
        if state in (LineState.IDLE, LineState.LOADED, LineState.DISCONNECTED):
            self._call_id = None

    def _tell(self, happening: Callable[..., None], reason: str = "") -> None:
        try:
            happening(reason)
        except NoTransition as refused:
            log.error("{channel}: {refused} (refused)", channel=self.name, refused=refused)

    def _ring_stopped(self) -> None:
        if self.call is not None:
            self.call.end("caller", "missed at line")

    def _machine_ring_stopped(self, reason: str) -> None:
        self._tell(self._machine.ring_stopped_draining if self._draining else self._machine.ring_stopped, reason)
        self._draining = False

    def _dialing_too_long(self) -> None:
        if self.call is not None:
            self.call.end("server", "no answer")

    def _recall(self) -> None:
        if self.call is not None:
            self.call.log(Kind.HOLD, recall=True)
            self.call.on_recall()

    def _put_on_hook(self) -> None:
        on_hook: Deferred[None] = self._line.hang_up()
        on_hook.addCallbacks(lambda _: self._tell(self._machine.on_hook), self._hang_up_failed)

    def _hang_up_failed(self, failure: object) -> None:
        self._events.alarm(f"does not go on hook: {failure}", self.name)

    def _stuck(self) -> None:
        self._events.alarm(f"not on hook after {ON_HOOK_S:g} s", self.name)

    def _guard_over(self) -> None:
        self._tell(self._machine.guard_over_draining if self._draining else self._machine.guard_over)
        self._draining = False
