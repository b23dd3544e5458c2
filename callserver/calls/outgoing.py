"""
A call out on one line, from its seizing until somebody answers or nobody does.

What can happen, and what holds in it:

- *Exactly one result.* Whoever dialled is told `answered_there` or `not_reached`, once, whatever comes first: the ear's
  judgement, the line's refusal, a bound of the line's states, a lost line, a caller who comes in, or his own giving up.
  `_told` is None from then on.
- *Nothing is told before `dial` has returned*, so who dials knows the call by then.
- *The record before the digits.* Nothing is asked of the line before the call's record is safe on disk (G1). The call
  may be over by then, and is then never dialled.
- *Given up while the line dials.* The call is over and the line is hung up behind its dialling; that fails then, or
  succeeds for nobody: both are looked at only while the call lives.
- *A key is an answer*, also where nothing has been heard before it, and it is the first key of the call that is
  answered by it: an office may press its accept key before it is asked.
- *A machine is called* (`calling_tone`): a voice or music is no answer, only a machine's own signals are, or silence
  after ring-back. The calling tone is played to whoever speaks, so that a person knows what to do and a machine that
  answers for him does; not before, for the line's own echo of it would be a voice, and would spoil ring-back.
- *Glare, on hook.* What rings, or tells a caller's number, before the line is off hook comes in: this call is over as
  GLARE, the line rests its guard time on hook, and the ringing goes on and is served as any other.
- *Glare, off hook.* Who was about to ring is there when the line is seized. So no digit is sent before dial tone is
  heard; a voice in its place is a caller, whose own call begins on the line as it is, off hook. On a line that brings
  nothing at all nothing is dialled (`no_dial_tone`).
- *A result ends the call of which this line is the first party.* In a call that it was merged into somebody waits for
  the answer: the line only leaves that, and who dialled, told while it lives, finds the others somebody else.

呼出：结果只告知一次；记录落盘之后才拨号；摘机前有来电则让来电进入（同抢）。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.call import Call, FirstParty
from callserver.calls.line_machine import Happening, LineInputs
from callserver.calls.line_sound import LineSound
from callserver.calls.operations import LINES_ALONE_S
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.dsp.ear import EarEvent
from callserver.dsp.fax_tones.bank import FaxHeard
from callserver.dsp.frames import FloatArray
from callserver.dsp.progress.answer import AnswerJudge, DialOutcome
from callserver.dsp.progress.events import ToneGone, ToneHeard
from callserver.lines.interfaces import DialFailure, DialPermit, ILine, LineFailure
from callserver.media.leg import LegListener
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import WORDS, DialResult

log = Logger()

DIAL_TONE_S = 5.0  # call-centre.md section 2, rule 5
RESULTS = {
    DialOutcome.ANSWERED: DialResult.ANSWERED,
    DialOutcome.BUSY: DialResult.BUSY,
    DialOutcome.CONGESTION: DialResult.CONGESTION,
    DialOutcome.UNALLOCATED: DialResult.UNALLOCATED,
    DialOutcome.SECOND_DIAL_TONE: DialResult.UNALLOCATED,  # it asks for more digits: it is no whole number
    DialOutcome.SILENCE: DialResult.SILENCE,
    DialOutcome.RINGBACK_THEN_SILENCE: DialResult.RINGBACK_THEN_SILENCE,
    DialOutcome.NO_ANSWER: DialResult.NO_ANSWER,
    DialOutcome.NO_MACHINE: DialResult.NO_MACHINE,
}
OF_CAUSES = {Cause.LINE_LOST: DialResult.LINE_LOST}  # when something else has ended the call


class DialListener(Protocol):
    """Whoever dials: told how the call gets on, and exactly once whether it was answered."""

    def rings_there(self) -> None:
        """Ring-back is heard."""

    def answered_there(self) -> None:
        """Somebody, or something, has answered; whoever is in the call and talks, talks to him from now on."""

    def not_reached(self, result: DialResult) -> None:
        """The call is over; or the line has left the call that it was merged into, whose others hear nobody now."""


class DialledLine(FirstParty, Protocol):
    """The line in service, as its call out knows it."""

    @property
    def call(self) -> Call | None:
        """Which it takes part in now: the call out, or one that it has been merged into."""

    @property
    def inputs(self) -> LineInputs:
        """Of its machine, for `happens`."""

    def happens(self, what: Happening, reason: Reason) -> None:
        """One of its inputs: its state changes."""

    def caller_came_in(self) -> None:
        """Somebody was met on the line as it was seized: his call begins."""

    def alarm(self, msgid: str, /, **details: object) -> None:
        """A person should see to the line."""


class OutgoingCall:
    """
    One number dialled on one line.

    :param told: whoever dials
    :param on_left: told when the line is in no call any more, also if that is another by then
    :param calling_tone: with its pause; a machine is called
    """

    def __init__(
        self,
        in_service: DialledLine,
        line: ILine,
        sound: LineSound,
        listener: LegListener,
        clock: IReactorTime,
        permit: DialPermit,
        told: DialListener,
        on_left: Callable[[], None],
        calling_tone: FloatArray | None = None,
    ) -> None:
        self._listener, self._clock = listener, clock
        self._in_service, self._line, self._sound, self._permit = in_service, line, sound, permit
        self._told: DialListener | None = told
        self._on_left = on_left
        self._dial_tone, self._judge = (
            AnswerJudge(silence_s=DIAL_TONE_S),
            AnswerJudge(for_machine=calling_tone is not None),
        )
        self._calling_tone = calling_tone
        self._rings = False
        self._dialled_s: float | None = None  # when the digits were sent

    @property
    def is_pending(self) -> bool:
        """Nobody has answered yet."""
        return self._told is not None

    def seize(self, call: Call) -> None:
        """The line is idle: off hook, as soon as the call's record is on disk."""
        self._in_service.happens(self._in_service.inputs.seize, Reason(Cause.DIALS))
        Deferred.fromCoroutine(self._dial(call)).addErrback(self._broke)

    def timed_out(self) -> None:
        """The line has dialled, or has waited for an answer, as long as it may."""
        if self._judge.spoken_to:
            self._result(DialResult.NO_MACHINE)
        elif self._rings:
            self._result(DialResult.NO_ANSWER)
        else:
            self._result(DialResult.SILENCE if self._dialled_s is not None else DialResult.NO_DIAL_TONE)

    def rang_in(self) -> None:
        """Somebody calls in on the line."""
        self._result(DialResult.GLARE)

    def key_pressed(self, at_s: float) -> None:
        """
        Somebody has answered without a word, and presses a key: no exchange does.

        :param at_s: when it began; one of before the end of dialling is the line's own
        """
        if self._dialled_s is not None and at_s > self._dialled_s:
            self._result(DialResult.ANSWERED)

    def line_reports(self, reason: str) -> None:
        """The line's own report that nobody is there, before anybody was."""
        if self._judge.spoken_to:
            self._result(DialResult.NO_MACHINE)
        elif "busy" in reason:
            self._result(DialResult.BUSY)
        else:
            self._result(DialResult.RINGBACK_THEN_SILENCE if self._rings else DialResult.SILENCE)

    def line_lost(self, reason: Reason) -> None:
        """It is dead."""
        self._result(DialResult.LINE_LOST, reason)

    def over(self, reason: Reason) -> None:
        """The line is in the call no more."""
        told, self._told = self._told, None
        if told is not None:
            told.not_reached(OF_CAUSES.get(reason.cause, DialResult.GAVE_UP))
        self._on_left()

    async def _dial(self, call: Call) -> None:
        await deferLater(self._clock, 0)
        await call.opened
        if self._told is not None and await self._done(self._line.seize()):
            self._off_hook(self._in_service.call or call)

    def _off_hook(self, call: Call) -> None:
        leg = self._sound.open(call, self._listener)
        call.give(self._in_service, Role.CALLED)
        leg.attend(self._hear_before_digits)

    async def _done(self, asked: Deferred[None]) -> bool:
        """Whether the line has done it, and somebody still wants it; one that does not is told to people."""
        try:
            await asked
        except LineFailure as problem:
            if self._told is not None:  # else it was hung up meanwhile, and fails for that
                self._in_service.alarm(N_("cannot dial: {problem}"), problem=problem)
                self._result(problem.result if isinstance(problem, DialFailure) else DialResult.LINE_LOST)
        return self._told is not None

    def _hear_before_digits(self, events: Sequence[EarEvent], voiced: bool, tone_like: bool) -> None:
        """20 ms of what a line that is off hook brings: dial tone, a caller, or nothing."""
        outcome = self._dial_tone.hear(_signs(events), voiced=voiced, tone_like=tone_like)
        if outcome is None or self._sound.leg is None:
            return
        self._sound.leg.attend(None)
        if outcome is DialOutcome.SECOND_DIAL_TONE:
            Deferred.fromCoroutine(self._send_digits()).addErrback(self._broke)
        elif outcome is DialOutcome.ANSWERED:
            self._came_in()
        else:
            self._in_service.alarm(WORDS[DialResult.NO_DIAL_TONE])
            self._result(DialResult.NO_DIAL_TONE)

    async def _send_digits(self) -> None:
        if await self._done(self._line.dial(self._permit)) and self._sound.leg is not None:
            self._dialled_s = self._clock.seconds()
            self._in_service.happens(self._in_service.inputs.digits_sent, Reason(Cause.DIALS))
            self._sound.leg.attend(self._hear)

    def _hear(self, events: Sequence[EarEvent], voiced: bool, tone_like: bool) -> None:
        """20 ms of what the line hears after the digits."""
        if self._told is None:
            return
        outcome = self._judge.hear(_signs(events), voiced=voiced, tone_like=tone_like)
        if self._judge.ringing and not self._rings:
            self._rings = True
            if self._in_service.call is not None:
                self._in_service.call.rings()
            self._told.rings_there()
        if self._judge.spoken_to and self._calling_tone is not None and self._sound.leg is not None:
            self._sound.leg.music(self._calling_tone)
            self._calling_tone = None
        if outcome is not None:
            self._result(RESULTS[outcome])

    def _came_in(self) -> None:
        """The line is another call's now; this one is over without it."""
        call, told = self._in_service.call, self._told
        if call is not None and told is not None:
            self._told = None
            self._in_service.caller_came_in()
            self._not_reached(call, Reason(Cause.NOT_REACHED, DialResult.GLARE.value))
            self._on_left()
            told.not_reached(DialResult.GLARE)

    def _result(self, result: DialResult, reason: Reason | None = None) -> None:
        told, self._told = self._told, None
        call = self._in_service.call
        if told is None or call is None:
            return
        if result is DialResult.ANSWERED:
            self._answered(call)
            told.answered_there()
        else:
            self._not_reached(call, reason or Reason(Cause.NOT_REACHED, result.value))
            told.not_reached(result)

    def _broke(self, failure: Failure) -> None:
        log.failure("dialling on {line} broke", failure, line=self._in_service.name)
        self._result(DialResult.LINE_LOST)

    def _answered(self, call: Call) -> None:
        if self._sound.leg is not None:
            self._sound.leg.attend(None)
        self._in_service.happens(self._in_service.inputs.answered, Reason(Cause.ANSWERED))
        call.begin_answered(Stage.TALK)
        if call.stage is Stage.TRANSFER:  # it was left to somebody who has waited for this
            call.enter(Stage.TALK, LINES_ALONE_S if call.lines_alone else None)
        call.give(self._in_service, Role.TALKS)

    def _not_reached(self, call: Call, reason: Reason) -> None:
        if call.first is self._in_service:
            call.end("server", reason)
        else:
            call.leave(self._in_service, reason)


def _signs(events: Sequence[EarEvent]) -> list[ToneHeard | ToneGone | FaxHeard]:
    return [event for event in events if isinstance(event, ToneHeard | ToneGone | FaxHeard)]
