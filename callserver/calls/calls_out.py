"""
Calls out: who may dial what, on which line, and what has come of it.

Nothing else in the server makes a line dial. One call out goes through here in this order, and stops at the first that
says no: the number's class; the guard (right, or a configured number), which makes the permit; the caps; a free line
within the reserve. Then the line dials, and what comes of it is told to who asked and written down, one event each.

An emergency goes before all that: it needs no right and no cap, no line is reserved from it, and where none is free the
oldest call that a menu serves is ended for it (else the oldest that waits); its line dials when the guard time is over.

呼出：号码类别、拨号许可、限额、空闲线路，依次检查；紧急号码不受任何限制。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.calls.call import Call
from callserver.calls.dial_caps import DialCaps, Use
from callserver.calls.dial_guard import DialClass, DialGuard
from callserver.calls.event_log import EventLog
from callserver.calls.line_choice import LineTally, Trunk, choose, for_an_emergency, free_trunks
from callserver.calls.outgoing import DialListener
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.config import DiallingConfig
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller, DialPermit
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

OF_THE_LINE = (DialResult.NO_DIAL_TONE, DialResult.LINE_LOST)
SHORTEST_LOOK_S = 1.0
ENDED_FOR_AN_EMERGENCY = (Stage.MENU, Stage.QUEUE, Stage.SEAT)


class Flashes(Protocol):
    """A line in a call, whose exchange may take a flash."""

    name: str

    @property
    def call(self) -> Call | None: ...
    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        """Flash and digits; fails with LineFailure, and the call goes on."""


@dataclass(frozen=True)
class Dialler:
    """
    Who dials, with what he may do at this moment.

    `allowed`: exact numbers that the shop has configured for this (offices, a seat's own telephone); no right needed.
    `may_use_reserve`: people may, transfers and call-backs may not. `group`: of lines; "" is any.
    `speaks_by`: the call that keeps up his own telephone, which is never ended to make room for what he dials.
    """

    who: str
    rights: frozenset[Right] = frozenset()
    allowed: frozenset[str] = frozenset()
    may_use_reserve: bool = True
    group: str = ""
    speaks_by: Call | None = None


class CallsOut:
    """
    :param trunks: the shop's lines with their settings, as they are now
    :param settings: as they are now
    """

    def __init__(
        self,
        clock: IReactorTime,
        events: EventLog,
        guard: DialGuard,
        caps: DialCaps,
        trunks: Callable[[], Sequence[Trunk]],
        settings: Callable[[], DiallingConfig],
    ) -> None:
        self._clock, self._events, self._guard, self._caps = clock, events, guard, caps
        self._trunks, self._settings = trunks, settings
        self._tallies: dict[str, LineTally] = {}
        self._bounds: dict[Use, IDelayedCall] = {}

    def classify(self, number: str) -> DialClass:
        """What it would be to dial this."""
        return self._guard.classify(number)

    def dial(self, number: str, asks: Dialler, told: DialListener, calling_tone: FloatArray | None = None) -> Call:
        """
        Call a number outside; the call begins at once, with the line in the role CALLED.

        Who joins in the role TALKS hears what the line hears; he is heard there from the answer on. Who gives up ends
        the call.

        :param told: not told of what is refused here
        :param calling_tone: a machine is called, and no person: see `OutgoingCall`
        :raises Refused: NO_RIGHT, BAD_ARGUMENT "number", LIMIT (which), NOT_NOW "no_line"
        """
        kind = self.classify(number)
        try:
            permit = self._permit(number, kind, asks)
            trunk = self._trunk(kind, asks)
        except Refused as refused:
            result = DialResult.NO_LINE if refused.code is Refusal.NOT_NOW else DialResult.REFUSED
            self._write(None, Attempt(number, kind, asks.who), result, str(refused))
            raise
        use = self._caps.begin(asks.who, trunk.line.name, kind)
        return self._dial_on(trunk, permit, Attempt(number, kind, asks.who), use, told, calling_tone)

    def has_line_for(self, asks: Dialler) -> bool:
        """Whether a line outside the reserve is free now, for who can wait until one is."""
        return len(self._free(asks)) > self._reserve(asks)

    def hand_over(self, number: str, asks: Dialler, line: Flashes) -> Deferred[None]:
        """
        Let the exchange connect a line's far end with a number, by a hook flash; the line is free after it.

        What becomes of the number is not heard any more, so no result of it is written down; for the caps it is one
        call out, and has no minutes.

        :raises Refused: as `dial`
        """
        kind = self.classify(number)
        try:
            permit = self._permit(number, kind, asks)
        except Refused as refused:
            self._write(None, Attempt(number, kind, asks.who), DialResult.REFUSED, str(refused))
            raise
        self._caps.ended(self._caps.begin(asks.who, line.name, kind))
        if line.call is not None:
            line.call.log(Kind.HANDED_OVER, **Attempt(number, kind, asks.who).told)
        return line.flash_transfer(permit)

    def _permit(self, number: str, kind: DialClass, asks: Dialler) -> DialPermit:
        permit = self._guard.may_dial(asks.who, asks.rights, number, self._clock.seconds(), asks.allowed)
        self._caps.check(asks.who, asks.rights, kind, number)
        return permit

    def _dial_on(
        self,
        trunk: Trunk,
        permit: DialPermit,
        attempt: Attempt,
        use: Use,
        told: DialListener,
        calling_tone: FloatArray | None,
    ) -> Call:
        def came_of_it(result: DialResult) -> None:
            self._count_failures(trunk, result)
            self._write(call, attempt, result)
            if result is DialResult.ANSWERED:
                self._caps.answered(use, attempt.number)
                self._bound(trunk, use)

        self._count(trunk)
        told_first = ToldFirst(came_of_it, told)
        try:
            called = Caller(attempt.number)
            call = trunk.line.dial(called, permit, told_first, lambda: self._over(use), calling_tone)
        except Exception:  # nothing will tell of its end, and it would count as live for ever
            self._over(use)
            raise
        call.log(Kind.DIALLED, **attempt.told)
        return call

    def _bound(self, trunk: Trunk, use: Use) -> None:
        """
        The talk ends when its minutes are over, whichever call the line is in by then.

        Looked at again then: others' talks may have used some up meanwhile.
        """
        left_s = self._caps.left_s(use)
        if left_s is not None:
            self._bounds[use] = self._clock.callLater(max(left_s, SHORTEST_LOOK_S), self._minutes_over, trunk, use)

    def _over(self, use: Use) -> None:
        self._caps.ended(use)
        bound = self._bounds.pop(use, None)
        if bound is not None and bound.active():
            bound.cancel()

    def _minutes_over(self, trunk: Trunk, use: Use) -> None:
        if self._caps.left_s(use) == 0 and trunk.line.call is not None:
            trunk.line.call.end("server", Reason(Cause.LIMIT_REACHED, "dialling"))
        else:
            self._bound(trunk, use)

    # Which line

    def _trunk(self, kind: DialClass, asks: Dialler) -> Trunk:
        if kind is DialClass.EMERGENCY:
            chosen = self._for_an_emergency(asks)
        else:
            with_room = [trunk for trunk in self._free(asks) if self._caps.has_room(trunk.line.name, kind)]
            chosen = choose(with_room, self._tallies, self._reserve(asks))
        if chosen is None:
            raise Refused(Refusal.NOT_NOW, DialResult.NO_LINE.value)
        return chosen

    def _free(self, asks: Dialler) -> list[Trunk]:
        settings = self._settings()
        group = asks.group or (settings.group if asks.may_use_reserve else settings.transfer_group)
        return free_trunks(self._trunks(), group)

    def _reserve(self, asks: Dialler) -> int:
        return 0 if asks.may_use_reserve else self._settings().reserve

    def _for_an_emergency(self, asks: Dialler) -> Trunk | None:
        chosen = for_an_emergency(self._trunks(), self._tallies)
        if chosen is None:
            served = [call for stage in ENDED_FOR_AN_EMERGENCY for call in self._served_in(stage)]
            others = [call for call in served if call is not asks.speaks_by]
            if others:
                others[0].end("server", Reason(Cause.EMERGENCY))
            chosen = for_an_emergency(self._trunks(), self._tallies)
        return chosen

    def _served_in(self, stage: Stage) -> Iterable[Call]:
        """The answered calls of our lines in a stage, oldest first: the end of one of those frees a line."""
        calls = [trunk.line.call for trunk in self._trunks()]
        served = [call for call in calls if call is not None and call.stage is stage and call.is_answered]
        return sorted(served, key=lambda call: call.began_s)

    def _count(self, trunk: Trunk) -> None:
        tally = self._tallies.get(trunk.line.name, LineTally())
        self._tallies[trunk.line.name] = replace(tally, calls=tally.calls + 1)

    def _count_failures(self, trunk: Trunk, result: DialResult) -> None:
        tally = self._tallies[trunk.line.name]
        failures = tally.failures + 1 if result in OF_THE_LINE else 0
        self._tallies[trunk.line.name] = replace(tally, failures=failures)

    def _write(self, call: Call | None, attempt: Attempt, result: DialResult, detail: str = "") -> None:
        self._events.write(
            Kind.DIAL_RESULT,
            call_id=call.id if call else None,
            channel=call.first.name if call else None,
            result=result.value,
            detail=detail,
            **attempt.told,
        )


@dataclass(frozen=True)
class Attempt:
    """What is dialled, and for whom."""

    number: str
    kind: DialClass
    who: str

    @property
    def told(self) -> dict[str, str]:
        """In events."""
        return {"person": self.who, "number": self.number, "dial_class": self.kind.name.lower()}


@dataclass(frozen=True)
class ToldFirst:
    """A DialListener between the line and who dials: the result is written down before he hears of it."""

    came_of_it: Callable[[DialResult], None]
    told: DialListener

    def rings_there(self) -> None:
        self.told.rings_there()

    def answered_there(self) -> None:
        self.came_of_it(DialResult.ANSWERED)
        self.told.answered_there()

    def not_reached(self, result: DialResult) -> None:
        self.came_of_it(result)
        self.told.not_reached(result)
