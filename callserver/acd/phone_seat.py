"""
An agent at his telephone: he hears what his seat does, and what he keys is done by the same acts as a program's.

    a key --> star codes --> the register of acts (right, arguments) --> the seat
    the seat shows something --> a tone or a word in his ear

Invariants, and why:

- What is keyed is for us alone. From the first key of a code until shortly after its last one nobody else hears his
  leg, and none of his keys is written down but a whole code. Of the star itself others hear the 60 ms that it takes to
  know it. Keys that belong to no code are his own: a bank's menu hears them.
- Nobody hears him while his seat dials: keys would dial on behind the dial guard.
- It ends once, in one of two ways: the line's call is over, then the seat has lost its telephone; or the seat does
  not use it any more (logged out, another telephone), then he is told and the line is put on hook.
- A code that is not keyed to its end is forgotten after KEY_S, so the talk cannot stay mute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd import phone_sounds
from callserver.acd.star_codes import Keyed, Plain, StarCodeReader, Unknown
from callserver.calls.call import Call, Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

log = Logger()

KEY_S = 6.0  # the next key of a code comes within so long
HELD_S = 0.4  # a key is heard until it is let go
TAKE, LEAVE = "1", "2"  # while it rings
DIALS = (SeatState.DIALING, SeatState.RINGBACK)
IDLE = (SeatState.IDLE_PHONE, SeatState.IDLE_PC)
WORDS = {
    Refusal.NO_RIGHT: "seat-not-allowed",
    Refusal.BAD_ARGUMENT: "invalid-keys",
    Refusal.UNKNOWN_ACT: "invalid-keys",
    Refusal.NOT_NOW: "seat-not-now",
    Refusal.NO_CALL: "seat-not-now",
    Refusal.LIMIT: "seat-not-now",
}


def words_of(refused: Refused) -> str:
    """The prompt that says why something is not done."""
    return WORDS.get(refused.code, "system-trouble")


class PhoneSeat:
    """
    One telephone that is the voice of a seat, from log-in to its end.

    :param call: the line's own
    :param do: an act of this seat by its name, or a Refused; may answer with a Deferred
    :param arguments: what an act is given for what was keyed; None if that fits nothing
    :param say: prompts in his ear, in the language of the call
    :param at_once: a call is his after one tone, without a key
    :param on_lost: told why the line is no more
    """

    def __init__(
        self,
        number: str,
        call: Call,
        clock: IReactorTime,
        *,
        do: Callable[[str, Sequence[str]], Any],
        arguments: Callable[[Keyed], Sequence[str] | None],
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        at_once: bool,
        on_lost: Callable[[PhoneSeat, Reason], None],
    ) -> None:
        self.number, self.call = number, call
        self._clock, self._do, self._arguments, self._say = clock, do, arguments, say
        self._at_once, self._on_lost = at_once, on_lost
        self._reader = StarCodeReader()
        self._state = SeatState.OFF
        self._acts = False  # an act of his is at work: what the seat shows is its answer
        self._over = False
        self._patience: IDelayedCall | None = None
        self._muting: IDelayedCall | None = None

    def begin(self) -> None:
        """The line is his: nothing of it is recorded but the calls it serves, and it may stay up for half a day."""
        self.call.recording.over()
        self.call.enter(Stage.SEAT)
        self.call.log(Kind.TELEPHONE, seat=self.number, on=True)
        self.call.when_ended().addCallback(self._ended)
        self._listen()

    def part(self, *words: str) -> None:
        """The seat does not use it any more: he is told, and the line is put on hook. Harmless when it is over."""
        if self._over:
            return
        self._finish()
        self._be_quiet()
        self.call.log(Kind.TELEPHONE, seat=self.number, on=False)
        told = self._say(self.call, words)
        told.addBoth(lambda _: self.call.end("server", Reason(Cause.LOGGED_OUT)))

    def changed(self, status: SeatStatus) -> None:
        """The seat shows something else."""
        before, self._state = self._state, status.state
        if self._over:
            return
        self._set_mute()
        if status.state is SeatState.RINGING and before is not SeatState.RINGING:
            self._ring(status)
        elif before is SeatState.RINGING and status.state is not SeatState.RINGING:
            self._be_quiet()
        if status.cause in (Cause.LOGGED_IN.value, Cause.ON_TELEPHONE.value):
            self._tell("seat-logged-in" if status.state in IDLE else "seat-is-paused")
        elif not self._acts and status.state is not before:
            self._tell_work(before, status)

    # What he hears

    def _ring(self, status: SeatStatus) -> None:
        leg = self.call.leg
        if leg is None:
            return
        if self._at_once:
            leg.play([phone_sounds.CALL]).addCallback(lambda _: self._take_at_once())
            return
        leg.music(phone_sounds.RINGS)
        held = status.cause == Cause.RECALLED.value
        self._tell("seat-call-waits-held" if held else "seat-call-for-you")

    def _take_at_once(self) -> None:
        if self._state is SeatState.RINGING:
            self._act("answer", ())

    def _be_quiet(self) -> None:
        if self.call.leg is not None:
            self.call.leg.music(None)
            self.call.leg.stop()

    def _tell_work(self, before: SeatState, status: SeatStatus) -> None:
        """Somebody else, or the clock, has made him pause or let him work again."""
        if status.state is SeatState.PAUSED and not status.wrap_up:
            self._tell("seat-is-paused")
        elif before is SeatState.PAUSED and status.state in IDLE and status.cause == Cause.READY.value:
            self._tell("seat-is-ready")

    def _tell(self, *words: str) -> None:
        self._say(self.call, words).addErrback(lambda failure: log.failure("an agent was not told", failure))

    def _signal(self, sound: FloatArray) -> None:
        if self.call.leg is not None:
            self.call.leg.play([sound])

    # What he keys

    def _listen(self) -> None:
        if not self._over:
            self.call.keys.when_pressed().addCallbacks(self._pressed, lambda _: None)

    def _pressed(self, _: None) -> None:
        while self.call.keys:
            self._key(self.call.keys.take(secret=True))
        self._listen()

    def _key(self, key: str) -> None:
        event = self._reader.feed(key)
        self._wait_for_key()
        if isinstance(event, Plain):
            if self._state is SeatState.RINGING and key in (TAKE, LEAVE):
                self._act("answer" if key == TAKE else "reject", ())
            return
        if isinstance(event, Keyed):
            self._carry_out(event)
        elif isinstance(event, Unknown):
            self._refused(Refused(Refusal.BAD_ARGUMENT, "keys"))
        self._stay_mute()

    def _wait_for_key(self) -> None:
        _cancel(self._patience)
        if self._reader.is_keying:
            self._patience = self._clock.callLater(KEY_S, self._no_key)

    def _no_key(self) -> None:
        self._reader.reset()
        self._set_mute()
        self._signal(phone_sounds.REFUSED)

    def _stay_mute(self) -> None:
        """Nobody else hears him now, nor what is left of the last key."""
        _cancel(self._muting)
        self._muting = self._clock.callLater(HELD_S, self._set_mute)
        self._set_mute()

    def _set_mute(self) -> None:
        held = self._muting is not None and self._muting.active()
        if self.call.leg is not None:
            self.call.leg.mute(self._reader.is_keying or held or self._state in DIALS)

    def _carry_out(self, keyed: Keyed) -> None:
        self.call.log(Kind.INPUT, digits=keyed.code.keys + keyed.digits, prompts=[])
        args = self._arguments(keyed)
        if args is None:
            self._refused(Refused(Refusal.BAD_ARGUMENT, "keys"))
            return
        self._act(keyed.code.act, args, keyed.code.said)

    def _act(self, name: str, args: Sequence[str], said: str = "") -> None:
        self._acts = True
        try:
            answer = maybeDeferred(self._do, name, args)
        finally:
            self._acts = False
        answer.addCallbacks(self._done, self._failed, (said,), errbackArgs=(name,))

    def _done(self, answer: object, said: str) -> None:
        if self._over or (self._state is SeatState.TALKING and not said):
            return  # he hears what has come of it
        if isinstance(answer, str) and answer.isdecimal():
            self._tell("seat-parked-at", *(f"number-{digit}" for digit in answer))
        elif said and self._state in (*IDLE, SeatState.PAUSED):
            self._tell(said)
        else:
            self._signal(phone_sounds.DONE)

    def _failed(self, failure: Failure, name: str) -> None:
        why = failure.value
        if not isinstance(why, Refused):
            log.failure("seat {seat}: {act} by telephone failed", failure, seat=self.number, act=name)
            why = Refused(Refusal.SERVER)
        self._refused(why)

    def _refused(self, refused: Refused) -> None:
        if not self._over:
            self._tell(words_of(refused))

    # Its end

    def _ended(self, reason: Reason) -> None:
        if not self._over:
            self._finish()
            self._on_lost(self, Reason(Cause.TELEPHONE_LOST, reason.cause.value))

    def _finish(self) -> None:
        self._over = True
        _cancel(self._patience)
        _cancel(self._muting)
        self._reader.reset()


def _cancel(timer: IDelayedCall | None) -> None:
    if timer is not None and timer.active():
        timer.cancel()
