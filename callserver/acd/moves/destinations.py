"""
Where a party can be sent: to a seat, a queue, a menu; each kind of target once, whoever sends.

Sending has two steps, and whoever had the party is out between them: `prepare` refuses while nothing has changed yet,
so that a target that cannot take the party at once costs nobody his talk; what it gives completes it. What fails after
that is told once, by `on_failed`; the party hears music then, and belongs to who is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.moves.moved import Flows, Moved, WaitingOffer, to_queue
from callserver.acd.moves.outside import Outside
from callserver.acd.offices.regions import Known
from callserver.acd.offices.transfer import OfficeTransfers, Outcome
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.targets import Target, TargetKind

log = Logger()

Failed = Callable[[str], None]
"""Called once with why a party was not taken: a Reason, a queue's outcome or a DialResult's value, as its `str`."""
Complete = Callable[[], None]
STORIES = (TargetKind.MENU, TargetKind.QUEUE, TargetKind.BOX)


@dataclass(frozen=True)
class Fault:
    """
    What an office is told of, where somebody has asked the caller.

    :param note: in words
    :param telephone: whose region counts; "": the caller's
    """

    note: str = ""
    telephone: str = ""


NO_FAULT = Fault()


class Places(Protocol):
    """The queues that there are."""

    def __contains__(self, queue: str) -> bool: ...


class Destinations:
    """
    The places of one house, and the numbers outside.

    :param out: None: nothing is dialled
    :param offices: None: this house has none
    """

    def __init__(
        self,
        clock: IReactorTime,
        seats: Seats,
        queues: Places,
        flows: Flows,
        out: CallsOut | None = None,
        offices: OfficeTransfers | None = None,
    ) -> None:
        self._clock, self._seats, self._queues, self._flows, self._out = clock, seats, queues, flows, out
        self._offices = offices

    def named(self, target: Target) -> str:
        """As it is written down: a group is no seat."""
        is_group = target.kind is TargetKind.SEAT and self._seats.is_group(target.name)
        return f"group {target.name}" if is_group else str(target)

    async def send(self, call: Call, target: Target, asks: Dialler | None = None) -> None:
        """
        Take a caller where a queue or menu of the shop sends him.

        Returns when he could not be served there.

        :param asks: for a number outside; None: with nobody's rights but the setting's
        """
        failed: Deferred[str] = Deferred()
        card = Card(call.id, call.caller.number, call.caller.name, language=call.language, path=tuple(call.path))
        asks = asks or Dialler(target.name, allowed=frozenset((target.name,)), may_use_reserve=False)
        try:
            complete = self.prepare(Moved(call, call.first, card), target, "queue", failed.callback, asks)
        except Refused as refused:
            log.info("call {call} cannot be sent to {target}: {refused}", call=call.id, target=target, refused=refused)
            return
        call.log(Kind.TRANSFER, by="queue", target=self.named(target))
        if target.kind in STORIES:  # a story of its own, which ends the one that waits here
            self._clock.callLater(0, complete)
        else:
            complete()
        call.log(Kind.TRANSFER_FAILED, target=self.named(target), reason=await failed)
        call.enter(Stage.MENU)
        call.give(call.first, Role.ALONE)

    def prepare(
        self, moved: Moved, target: Target, by: str, on_failed: Failed, asks: Dialler, fault: Fault = NO_FAULT
    ) -> Complete:
        """
        Make sure of the target, or make it ring.

        :param by: who sends: "seat 801"
        :param asks: for a number outside
        :param fault: for an office
        :return: to be called in the same turn of the reactor, when nobody has the party any more
        :raises Refused: it cannot be sent there now; nothing has changed
        """
        if target.kind is TargetKind.SEAT:
            return self._to_seat(moved, target, by, on_failed)
        if target.kind is TargetKind.QUEUE:
            return self._to_queue(moved, target, on_failed)
        if target.kind is TargetKind.MENU:
            return self._to_menu(moved, target)
        if target.kind is TargetKind.BOX:
            return self._to_box(moved, target)
        if target.kind is TargetKind.NUMBER and self._out is not None:
            outside = Outside(moved, on_failed, from_line=not self._seats.has_station(moved.party))
            outside.dial(target.name, asks, self._out)
            return outside.wait
        if target.kind is TargetKind.OFFICE and self._offices is not None:
            return self._to_office(moved, target, on_failed, self._offices, fault)
        raise Refused(Refusal.NOWHERE, target)

    def _to_seat(self, moved: Moved, target: Target, by: str, on_failed: Failed) -> Complete:
        try:
            seats = self._seats.reached_by(target.name)
        except LookupError:
            raise Refused(Refusal.NOWHERE, target) from None
        offer = WaitingOffer(
            moved,
            right=Right.ANSWER_INTERNAL,
            on_declined=lambda reason: on_failed(str(reason)),
            on_given_back=lambda: to_queue(moved, self._flows),
        )
        try:
            offer.ring_at(seats, Reason(Cause.SENT_HERE, by))
        except Refused:
            raise Refused(Refusal.NOT_AVAILABLE, target) from None
        return lambda: moved.wait_with_music(Stage.TRANSFER)

    def _to_queue(self, moved: Moved, target: Target, on_failed: Failed) -> Complete:
        if target.name not in self._queues:
            raise Refused(Refusal.NOWHERE, target)
        _require_caller(moved)
        return lambda: to_queue(moved, self._flows, target.name, on_failed)

    def _to_menu(self, moved: Moved, target: Target) -> Complete:
        if not self._flows.has_menu(target.name):
            raise Refused(Refusal.NOWHERE, target)
        _require_caller(moved)

        def go_on_there() -> None:
            moved.call.enter(Stage.MENU)
            moved.call.give(moved.party, Role.ALONE)
            self._flows.serve(moved.call, target.name)

        return go_on_there

    def _to_box(self, moved: Moved, target: Target) -> Complete:
        if not self._flows.has_box(target.name):
            raise Refused(Refusal.NOWHERE, target)
        _require_caller(moved)

        def leave_a_message() -> None:
            moved.call.enter(Stage.MENU)
            moved.call.give(moved.party, Role.ALONE)
            self._flows.take_message(moved.call, target.name)

        return leave_a_message

    def _to_office(
        self, moved: Moved, target: Target, on_failed: Failed, offices: OfficeTransfers, fault: Fault
    ) -> Complete:
        _require_caller(moved)
        known = Known(number=fault.telephone or moved.call.caller.known_by or "")
        if offices.has_region(target.name):
            known = Known(asked=target.name)
        elif target.name:
            if not offices.has_office(target.name):
                raise Refused(Refusal.NOWHERE, target)
            known = replace(known, office=target.name)

        def back(outcome: Outcome) -> None:
            if outcome is not Outcome.ANSWERED:
                moved.wait_with_music(Stage.TRANSFER)
                on_failed(outcome.value)

        def broken(failure: Failure) -> None:
            if moved.call.ended is None:  # else he has gone, and that is what has ended it
                log.failure("call {call} was not brought to an office", failure, call=moved.call.id)
                back(Outcome.NOT_REACHED)

        def go_there() -> None:
            moved.call.give(moved.party, Role.ALONE)
            offices.transfer(moved.call, known, fault.note).addCallbacks(back, broken)

        return go_there


def _require_caller(moved: Moved) -> None:
    if not moved.is_caller:
        raise Refused(Refusal.NOT_THE_CALLER)
