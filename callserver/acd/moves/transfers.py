"""Blind transfer: an agent sends on whom he talks with, and is out of the call."""

from __future__ import annotations

from collections import Counter

from callserver.acd.moves.coming_back import Sender, come_back
from callserver.acd.moves.destinations import NO_FAULT, Destinations, Fault
from callserver.acd.moves.moved import Flows, Moved
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.targets import Target, TargetKind

TRANSFERS_MAX = 10  # of one call: who is passed round in a circle stays where he is


class Transfers:
    """Transfers of agents, by their rights at that moment."""

    def __init__(self, destinations: Destinations, flows: Flows, rights: Rights) -> None:
        self._destinations, self._flows, self._rights = destinations, flows, rights
        self._counts: Counter[str] = Counter()  # by call

    def transfer(self, seat: Seat, to: str) -> None:
        """
        Send on whom this agent talks with or holds; if that fails, the party comes back to him.

        :param to: a Target, as its `str` gives it
        :raises Refused: no such right, place or call, or the target takes no call now; nothing has changed
        """
        self._send_on(seat, Target.parse(to))

    def report_fault(self, seat: Seat, where: str, text: str) -> None:
        """
        A fault of whom this agent talks with or holds: it is written down, and he is put through to the nearest office.

        If no office takes it he comes back to the agent; the fault stays in the list of cases.

        :param where: a region, a telephone whose region counts, or "": the region of the caller's number
        :param text: what the fault is
        :raises Refused: as `transfer`
        """
        is_region = bool(where) and not where.isdecimal()
        target = Target(TargetKind.OFFICE, where if is_region else "")
        self._send_on(seat, target, Fault(text.strip(), "" if is_region else where))

    def _send_on(self, seat: Seat, target: Target, fault: Fault = NO_FAULT) -> None:
        moved, sender, named = Moved.of(seat), Sender(seat, seat.talk), self._destinations.named(target)
        self._check(seat, target, moved.call)

        def failed(why: str) -> None:
            moved.call.log(Kind.TRANSFER_FAILED, target=named, reason=why)
            come_back(moved, sender, Reason(Cause.CAME_BACK, why), self._flows)

        asks = Dialler(seat.number, self._rights.rights(seat.number), may_use_reserve=False)
        complete = self._destinations.prepare(moved, target, seat.station.name, failed, asks, fault)
        self._count(moved.call)
        moved.call.recording.mark(Kind.TRANSFER.value)
        moved.call.log(Kind.TRANSFER, person=seat.number, by=seat.station.name, target=named)
        seat.let_go(Reason(Cause.SENT_ON, named))
        complete()

    def _check(self, seat: Seat, target: Target, call: Call) -> None:
        internal = target.kind in (TargetKind.SEAT, TargetKind.QUEUE, TargetKind.BOX, TargetKind.OFFICE)
        if internal and Right.DIAL_INTERNAL not in self._rights.rights(seat.number):
            raise Refused.no_right(Right.DIAL_INTERNAL)
        if target == Target(TargetKind.SEAT, seat.number):
            raise Refused(Refusal.ONESELF)
        if self._counts[call.id] >= TRANSFERS_MAX:
            raise Refused(Refusal.LIMIT, str(TRANSFERS_MAX))

    def _count(self, call: Call) -> None:
        if not self._counts[call.id]:
            call.when_ended().addCallback(lambda _: self._counts.pop(call.id))
        self._counts[call.id] += 1
