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

from twisted.internet.interfaces import IReactorTime

from callserver.calls.call import Call, Stage
from callserver.calls.dial_guard import DialClass, DialGuard
from callserver.calls.event_log import EventLog
from callserver.calls.line_choice import LineTally, Trunk, choose, for_an_emergency, free_trunks
from callserver.calls.outgoing import DialListener
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller, DialPermit
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

OF_THE_LINE = (DialResult.NO_DIAL_TONE, DialResult.LINE_LOST)
ENDED_FOR_AN_EMERGENCY = (Stage.MENU, Stage.QUEUE)


@dataclass(frozen=True)
class Dialler:
    """
    Who dials, with what he may do at this moment.

    `allowed`: exact numbers that the shop has configured for this (offices, a seat's own telephone); no right needed.
    `may_use_reserve`: people may, transfers and call-backs may not. `group`: of lines; "" is any.
    """

    who: str
    rights: frozenset[Right] = frozenset()
    allowed: frozenset[str] = frozenset()
    may_use_reserve: bool = True
    group: str = ""


class CallsOut:
    """
    :param trunks: the shop's lines with their settings, as they are now
    :param reserve: so many lines stay free of calls that may not use the reserve, as it is set now
    """

    def __init__(
        self,
        clock: IReactorTime,
        events: EventLog,
        guard: DialGuard,
        trunks: Callable[[], Sequence[Trunk]],
        reserve: Callable[[], int] = lambda: 0,
    ) -> None:
        self._clock, self._events, self._guard, self._trunks, self._reserve = clock, events, guard, trunks, reserve
        self._tallies: dict[str, LineTally] = {}

    def classify(self, number: str) -> DialClass:
        """What it would be to dial this."""
        return self._guard.classify(number)

    def dial(self, number: str, asks: Dialler, told: DialListener) -> Call:
        """
        Call a number outside; the call begins at once, with the line in the role CALLED.

        Who joins in the role TALKS hears what the line hears; he is heard there from the answer on. Who gives up ends
        the call.

        :param told: not told of what is refused here
        :raises Refused: NO_RIGHT, BAD_ARGUMENT "number", LIMIT (which), NOT_NOW "no_line"
        """
        kind = self.classify(number)
        try:
            permit = self._guard.may_dial(asks.who, asks.rights, number, self._clock.seconds(), asks.allowed)
            trunk = self._trunk(kind, asks)
        except Refused as refused:
            no_line = refused.code is Refusal.NOT_NOW
            result = DialResult.NO_LINE if no_line else DialResult.REFUSED
            self._write(None, asks, number, kind, result, str(refused))
            raise
        return self._dial_on(trunk, permit, number, kind, asks, told)

    def _dial_on(
        self, trunk: Trunk, permit: DialPermit, number: str, kind: DialClass, asks: Dialler, told: DialListener
    ) -> Call:
        attempt = _Attempt(told, lambda result: self._came_of_it(trunk, call, asks, number, kind, result))
        self._count(trunk)
        call = trunk.line.dial(Caller(number), permit, attempt)
        return call

    def _trunk(self, kind: DialClass, asks: Dialler) -> Trunk:
        if kind is DialClass.EMERGENCY:
            chosen = self._for_an_emergency()
        else:
            reserve = 0 if asks.may_use_reserve else self._reserve()
            chosen = choose(free_trunks(self._trunks(), asks.group), self._tallies, reserve)
        if chosen is None:
            raise Refused(Refusal.NOT_NOW, DialResult.NO_LINE.value)
        return chosen

    def _for_an_emergency(self) -> Trunk | None:
        chosen = for_an_emergency(self._trunks(), self._tallies)
        if chosen is None:
            served = [call for stage in ENDED_FOR_AN_EMERGENCY for call in self._in_stage(stage)]
            if served:
                served[0].end("server", Reason(Cause.EMERGENCY))
            chosen = for_an_emergency(self._trunks(), self._tallies)
        return chosen

    def _in_stage(self, stage: Stage) -> Iterable[Call]:
        """The calls of our lines in a stage, oldest first; of those alone the end frees a line."""
        calls = [trunk.line.call for trunk in self._trunks()]
        alive = [call for call in calls if call is not None and call.stage is stage and call.is_answered]
        return sorted(alive, key=lambda call: call.began_s)

    def _count(self, trunk: Trunk) -> None:
        tally = self._tallies.get(trunk.line.name, LineTally())
        self._tallies[trunk.line.name] = replace(tally, calls=tally.calls + 1)

    def _came_of_it(
        self, trunk: Trunk, call: Call, asks: Dialler, number: str, kind: DialClass, result: DialResult
    ) -> None:
        tally = self._tallies[trunk.line.name]
        failures = tally.failures + 1 if result in OF_THE_LINE else 0
        self._tallies[trunk.line.name] = replace(tally, failures=failures)
        self._write(call, asks, number, kind, result)

    def _write(
        self, call: Call | None, asks: Dialler, number: str, kind: DialClass, result: DialResult, detail: str = ""
    ) -> None:
        self._events.write(
            Kind.DIAL_RESULT,
            call_id=call.id if call else None,
            channel=call.first.name if call else None,
            person=asks.who,
            result=result.value,
            number=number,
            dial_class=kind.name.lower(),
            detail=detail,
        )


class _Attempt:
    """A DialListener between the line and who dials: writes the result down before he hears of it."""

    def __init__(self, told: DialListener, on_result: Callable[[DialResult], None]) -> None:
        self._told, self._on_result = told, on_result

    def rings_there(self) -> None:
        self._told.rings_there()

    def answered_there(self) -> None:
        self._on_result(DialResult.ANSWERED)
        self._told.answered_there()

    def not_reached(self, result: DialResult) -> None:
        self._on_result(result)
        self._told.not_reached(result)
