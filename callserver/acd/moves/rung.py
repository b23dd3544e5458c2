"""
The seats at which one call rings: one, or all of a group who are ready; the first to answer has it.

Whoever takes it, at one of them or by picking it up, stops it at all the others in the same turn of the reactor:
"taken elsewhere", no miss. It has failed when the last of them has declined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Party
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused


class RungSeats:
    """Where one offer rings."""

    def __init__(self) -> None:
        self._seats: list[Seat] = []

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._seats))

    def ring(self, offer: Offer, seats: Sequence[Seat], why: Reason) -> None:
        """
        At those that can ring now.

        :raises Refused: none of them can; as the last one says, or NOT_AVAILABLE where there is none
        """
        refusal = Refused(Refusal.NOT_AVAILABLE)
        for seat in seats:
            try:
                seat.offer(offer, why)
            except Refused as refused:  # a caller of a queue has been quicker
                refusal = refused
            else:
                self._seats.append(seat)
        if not self._seats:
            raise refusal

    def withdraw(self, offer: Offer, reason: Reason) -> None:
        """Nowhere any more."""
        seats, self._seats = self._seats, []
        for seat in seats:
            seat.withdraw(offer, reason)

    def taken(self, offer: Offer) -> None:
        """Somebody has it."""
        self.withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))

    def declined(self, station: Party) -> bool:
        """Not at this one any more; whether it rings nowhere now."""
        self._seats = [seat for seat in self._seats if seat.station is not station]
        return not self._seats
