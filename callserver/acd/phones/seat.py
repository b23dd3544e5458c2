"""
An agent at his telephone: he hears what his seat does, and what he keys is done by the same acts as a program's.

    a key --> star codes (`phone_keys`) --> the register of acts (right, arguments) --> the seat
    the seat shows something --> a tone or a word in his ear

It ends once, in one of two ways: the line's call is over, then the seat has lost its telephone; or the seat does not
use it any more (logged out, another telephone), then he is told and the line is put on hook.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.phones import sounds as phone_sounds
from callserver.acd.phones.keys import PhoneKeys
from callserver.acd.phones.star_codes import Event, Keyed, Plain, Unknown
from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

log = Logger()

TAKE, LEAVE = "1", "2"  # while it rings
IN_CALL = (SeatState.DIALING, SeatState.RINGBACK, SeatState.TALKING, SeatState.HELD)
IDLE = (SeatState.IDLE_PHONE, SeatState.IDLE_PC)
WORDS = {
    Refusal.NO_RIGHT: "seat-not-allowed",
    Refusal.NOT_YOURS: "seat-not-allowed",
    **dict.fromkeys((Refusal.BAD_ARGUMENT, Refusal.UNKNOWN_ACT, Refusal.NOWHERE, Refusal.ONESELF), "invalid-keys"),
}
OURS = (Refusal.SERVER, Refusal.STOPPING, Refusal.NO_RECORDING)  # the server cannot, whatever he keys


def words_of(refused: Refused) -> str:
    """The prompt that says why something is not done."""
    return "system-trouble" if refused.code in OURS else WORDS.get(refused.code, "seat-not-now")


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
        do: Callable[[str, Sequence[str | int]], Any],
        arguments: Callable[[Keyed], Sequence[str | int] | None],
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        at_once: bool,
        on_lost: Callable[[PhoneSeat, Reason], None],
    ) -> None:
        self.number, self.call = number, call
        self._do, self._arguments, self._say = do, arguments, say
        self._at_once, self._on_lost = at_once, on_lost
        self._keys = PhoneKeys(call, clock, self._keyed)
        self._state = SeatState.OFF
        self._acts = False  # an act of his is at work: what the seat shows is its answer
        self._over = False

    def begin(self) -> None:
        """The line is his: nothing of it is recorded but the calls it serves, and it may stay up for half a day."""
        self.call.recording.over()
        self.call.enter(Stage.SEAT)
        self.call.log(Kind.TELEPHONE, seat=self.number, on=True)
        self.call.when_ended().addCallback(self._ended)
        self._keys.listen()

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
        if status.state is SeatState.RINGING and before is not SeatState.RINGING:
            self._ring(status)
        elif before is SeatState.RINGING and status.state is not SeatState.RINGING:
            self._be_quiet()
        if status.cause in (Cause.LOGGED_IN.value, Cause.ON_TELEPHONE.value):
            self._tell("seat-logged-in" if status.state in IDLE else "seat-is-paused")
        elif not self._acts and status.state is not before:
            self._tell_change(before, status)

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

    def _tell_change(self, before: SeatState, status: SeatStatus) -> None:
        """It was not he: the other side has hung up, a supervisor or the clock lets him pause or work again."""
        if before in IN_CALL and status.state not in IN_CALL:
            self._signal(phone_sounds.OVER)
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

    def _keyed(self, event: Event) -> None:
        if isinstance(event, Keyed):
            self._carry_out(event)
        elif isinstance(event, Unknown):
            self._refused(Refused(Refusal.BAD_ARGUMENT, "keys"))
        elif isinstance(event, Plain) and self._state is SeatState.RINGING and event.key in (TAKE, LEAVE):
            self._act("answer" if event.key == TAKE else "reject", ())

    def _carry_out(self, keyed: Keyed) -> None:
        self.call.log(Kind.INPUT, digits=str(keyed), prompts=[])
        args = self._arguments(keyed)
        if args is None:
            self._refused(Refused(Refusal.BAD_ARGUMENT, "keys"))
            return
        self._act(keyed.code.act, args, keyed.code.said)

    def _act(self, name: str, args: Sequence[str | int], said: str = "") -> None:
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
        self._keys.stop()
