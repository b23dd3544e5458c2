"""
An agent takes a call that is not his: one that rings at another seat (right 4), or waits in a queue (right 5).

The one who takes moves first: if he may not, or is in a call himself, nothing has changed and the other telephone rings
on. Two who take the same call at once: the second finds none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.calls.audit import audited
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.targets import Target, TargetKind

Members = Callable[[str], Collection[str]]
"""The staff numbers of a group; raises LookupError if there is no such group."""


class Waits(Protocol):
    """The queues, to who takes a caller out of one."""

    def __contains__(self, queue: str) -> bool: ...

    def take(self, call_id: str, seat: Seat) -> Offer:
        """
        A caller who waits, also one who rings at a seat; he waits on until the offer is accepted.

        :raises LookupError: he does not wait
        """


class PickUp:
    """Calls taken from where they ring or wait."""

    def __init__(self, seats: Seats, queues: Waits, members: Members, events: EventLog) -> None:
        self._seats, self._queues, self._members, self._events = seats, queues, members, events

    def pick_up(self, seat: Seat, number: str) -> None:
        """
        What rings at the seat of this number; it stops there, "taken elsewhere".

        :raises Refused: nothing rings there, or as `Seat.take`
        """
        rung = self._seats.find(number)
        if rung is None:
            raise Refused(Refusal.NOWHERE, Target(TargetKind.SEAT, number))
        if rung is seat:
            raise Refused(Refusal.ONESELF)
        self._take_from(rung, seat)

    def pick_up_group(self, seat: Seat, group: str) -> None:
        """
        What has rung longest at a member of the group; "" is the whole house.

        :raises Refused: there is no such group, nothing rings there, or as `Seat.take`
        """
        try:
            members = {other.number for other in self._seats} if not group else self._members(group)
        except LookupError:
            raise Refused(Refusal.BAD_ARGUMENT, "group") from None
        rung = [other for other in self._seats if other.number in members and other.ringing and other is not seat]
        if not rung:
            raise Refused(Refusal.NO_CALL)
        self._take_from(min(rung, key=lambda other: other.rings_since_s), seat)

    def grab(self, seat: Seat, call_id: str) -> None:
        """
        A chosen caller out of the queue in which he waits; the others keep their order.

        :raises Refused: he waits no more, or as `Seat.take`
        """
        with audited(self._events, seat.number, "grab", call_id=call_id):
            try:
                offer = self._queues.take(call_id, seat)
            except LookupError:
                raise Refused(Refusal.NO_CALL) from None
            seat.take(offer, Right.GRAB, Reason(Cause.GRABBED))

    def _take_from(self, rung: Seat, seat: Seat) -> None:
        offer = rung.ringing
        if offer is None:
            raise Refused(Refusal.NO_CALL)
        seat.take(offer, Right.PICK_UP, Reason(Cause.PICKED_UP, rung.station.name))
        offer.call.log(Kind.PICK_UP, person=seat.number, by=seat.station.name, seat=rung.number)
        rung.withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))
