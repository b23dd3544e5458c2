"""
What agents dial: a colleague, or a number outside; on its own, or to consult while their caller is kept held.

The dial guard classifies the whole number, the right to it is asked at the moment of the act, and nothing rings or is
held before all of that is settled: what is refused has changed nothing.

Nor does anybody dial afterwards, behind the guard: where lines are left alone with each other, because their agent has
joined them or has left a call of three, the first dial tone ends the call, before the other's keys dial on it; and
half an hour ends it in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from callserver.acd.moves.dialled import DialledCall, InternalOffer
from callserver.acd.moves.moved import Flows
from callserver.acd.moves.queue_consultation import QueueConsultation, Queued
from callserver.acd.seats.acts import Act, number, on_screen, target
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights, Seats
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.dial_guard import DialClass
from callserver.calls.live_calls import LiveCalls
from callserver.calls.operations import LINES_ALONE_S, PRESENT
from callserver.calls.stages import Stage
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.targets import Target, TargetKind

Begin = Callable[[DialledCall], None]


class Dialling:
    """
    Brings calls about that begin at seats.

    :param flows: find somebody for a party outside whose agent does not come back
    :param queues: whose people can be consulted; None: none
    """

    def __init__(
        self,
        seats: Seats,
        rights: Rights,
        calls: LiveCalls,
        out: CallsOut,
        flows: Flows,
        queues: Queued | None = None,
    ) -> None:
        self._queues = queues
        self._seats, self._rights, self._calls, self._out, self._flows = seats, rights, calls, out, flows
        calls.watch(self._look_who_is_left)

    def acts(self) -> dict[str, Act]:
        """What agents may ask for."""
        return {
            "dial": Act(self.dial, (number,)),
            "consult": Act(self.consult, (target,), of_call=self._keeps_the_one),
            "dial_class": Act(self.dial_class, (number,)),
        }

    def dial(self, seat: Seat, number: str) -> None:
        """
        Call a colleague, a group, or a number outside; an emergency always: also from a seat where nobody is logged in,
        in a call, and whatever else the agent does.

        :raises Refused: NOT_NOW, NO_RIGHT, NOT_AVAILABLE, ONESELF, or what the dial guard says
        """
        kind = self._out.classify(number)
        if kind is DialClass.EMERGENCY:
            self._call_for_help(seat, number)
        else:
            seat.check_dial()
            self._seek(seat, number, kind, seat.dial)

    def dial_class(self, seat: Seat, number: str) -> str:
        """
        What a number is, before anybody dials it; nothing is dialled.

        :return: "emergency", "internal", "local", "national", "international", or "refused": nobody may dial it
        """
        return self._out.classify(number).name.lower()

    def consult(self, seat: Seat, to: str) -> None:
        """
        Call a third party; the first hears music meanwhile, from the moment on at which it is certain that one dials.

        :param to: a `Target`: NUMBER, QUEUE (its next free agent), or SEAT, which a group's number is too
        :raises Refused: as `dial`, or BAD_ARGUMENT for another kind of target
        """
        wanted = Target.parse(to)
        if wanted.kind is TargetKind.QUEUE and self._queues is not None:
            seat.check_consult()
            self._wait_in_queue(seat, wanted, self._queues)
            return
        if wanted.kind not in (TargetKind.SEAT, TargetKind.NUMBER):
            raise Refused(Refusal.BAD_ARGUMENT, "target")
        internal = wanted.kind is TargetKind.SEAT
        kind = DialClass.INTERNAL if internal else self._out.classify(wanted.name)
        if kind is DialClass.EMERGENCY:
            self._call_for_help(seat, wanted.name)
        else:
            seat.check_consult()
            self._seek(seat, wanted.name, kind, seat.consult)

    def _keeps_the_one(self, seat: Seat, call_id: str, to: str) -> None:
        """Before a consultation, as `on_screen`; an emergency is called in any case."""
        wanted = Target.parse(to)
        calls_help = wanted.kind is TargetKind.NUMBER and self._out.classify(wanted.name) is DialClass.EMERGENCY
        if not calls_help:
            on_screen(seat, call_id)

    def _call_for_help(self, seat: Seat, number: str) -> None:
        """
        Nobody has to make his seat free first: that is done for him, and whom he talks with is held.

        Before the line is chosen: what he has just dialled may be on the only one.
        """
        seat.make_way(Reason(Cause.EMERGENCY))
        if seat.has_one_party:
            self._call_out(seat, number, partial(seat.consult, emergency=True))
        else:
            self._call_out(seat, number, partial(seat.dial, emergency=True))

    def _look_who_is_left(self, call: Call) -> None:
        present = [party for party, part in call.parts.items() if part.role in PRESENT]
        alone = len(present) > 1 and not any(map(self._seats.has_station, present))
        if alone is not call.lines_alone:
            call.lines_alone = alone
            if call.stage is Stage.TALK:
                call.enter(Stage.TALK, LINES_ALONE_S if alone else None)

    def _seek(self, seat: Seat, number: str, kind: DialClass, begin: Begin) -> None:
        if kind is DialClass.INTERNAL:
            self._call_seat(seat, number, begin)
        else:
            self._call_out(seat, number, begin)

    def _call_out(self, seat: Seat, number: str, begin: Begin) -> None:
        dialled = DialledCall(seat, number, flows=self._flows)
        asks = Dialler(seat.number, self._rights.rights(seat.number), speaks_by=seat.station.own_call)
        dialled.made(self._out.dial(number, asks, dialled))
        begin(dialled)

    def _call_seat(self, seat: Seat, number: str, begin: Begin) -> None:
        seat.require(Right.DIAL_INTERNAL)
        if number == seat.number:
            raise Refused(Refusal.ONESELF)
        caller, free = seat.person, self._free(seat, number)
        if caller is None or not free:
            raise Refused(Refusal.NOT_AVAILABLE, Target(TargetKind.SEAT, number))
        call = self._calls.begin("internal", seat.station, Caller(seat.number, caller.name))
        dialled = DialledCall(seat, number, self._name(number))
        dialled.made(call)
        offer = InternalOffer(dialled, self._seats, Card(call.id, seat.number, caller.name))
        begin(dialled)
        try:
            offer.ring_at(free)
        except Refused:  # a caller of a queue has been quicker
            dialled.not_reached(DialResult.BUSY)
            raise Refused(Refusal.NOT_AVAILABLE, Target(TargetKind.SEAT, number)) from None
        dialled.rings_there()

    def _wait_in_queue(self, seat: Seat, queue: Target, queues: Queued) -> None:
        seat.require(Right.DIAL_INTERNAL)
        caller = seat.person
        if caller is None or not queues.may_consult(queue.name, seat.number):
            raise Refused(Refusal.NOT_AVAILABLE, queue)
        call = self._calls.begin("internal", seat.station, Caller(seat.number, caller.name))
        dialled = DialledCall(seat, queue.name)
        dialled.made(call)
        card = Card(call.id, seat.number, caller.name, queue=queue.name)
        seat.consult(dialled)
        if call.ended is None:  # his own telephone may be gone
            QueueConsultation(self._calls.clock, dialled, self._seats, queues, card).wait_in(queue.name)

    def _free(self, caller: Seat, number: str) -> list[Seat]:
        """Those that would ring now."""
        try:
            reached = self._seats.reached_by(number)
        except LookupError:
            return []
        return [one for one in reached if one is not caller and one.would_ring(Right.ANSWER_INTERNAL)]

    def _name(self, number: str) -> str | None:
        """Of who sits there; a group has none."""
        callee = self._seats.find(number)
        return callee.person.name if callee is not None and callee.person is not None else None
