"""What others may do with an agent's call: take it from where it rings, or out of his hand for somebody else."""

from __future__ import annotations

from callserver.acd.seats.calls import SeatCalls
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.offers import Offer
from callserver.calls.call import Call
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused


class HandingOver(SeatCalls):
    """
    A call that leaves a seat while it lives.

    The seat moves first: it is out of the call, and may be offered another, before the party has anybody else. So who
    lets a party go gives it its next role in the same turn of the reactor: no tick comes between.
    """

    @property
    def ringing(self) -> Offer | None:
        """What rings here."""
        return self._calls.ringing

    @property
    def rings_since_s(self) -> float:
        """When that began to ring, on the monotonic clock."""
        return self._ringing.since_s

    @property
    def in_hand(self) -> Offer:
        """
        The call in hand, also while another is kept held.

        :raises Refused: there is none
        """
        if self._calls.in_hand is None:
            raise Refused(Refusal.NOT_NOW, self.status.state)
        return self._calls.in_hand

    @property
    def talk(self) -> Offer:
        """
        The one call that he talks in or holds.

        :raises Refused: he does neither, or another call is kept held
        """
        offer = self._calls.in_hand
        if offer is None or self._calls.phase not in (Phase.TALKING, Phase.HELD):
            raise Refused(Refusal.NOT_NOW, self.status.state)
        return offer

    def secret_changed(self, call: Call) -> None:
        """Whether a secret is being told in this call is otherwise now; he sees it if the call is in his hand."""
        if self._calls.in_hand is not None and self._calls.in_hand.call is call:
            self._show(Reason(Cause.SECRET_BEGINS if call.in_secret else Cause.SECRET_ENDS))

    def let_go(self, reason: Reason) -> None:
        """The call that he talks in or holds leaves him, and goes on without him."""
        offer = self.talk
        if self._calls.phase is Phase.HELD:
            self._retrieve()
        self._happen(self._calls_machine.ended)
        offer.call.leave(self.station, reason)
        self._after_call(offer, reason)
