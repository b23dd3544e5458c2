"""Calls out of a seat, and the consultation of a third party while the first is kept held."""

from __future__ import annotations

from callserver.acd.offers import Offer
from callserver.acd.seat_parts import SeatParts
from callserver.calls import operations
from callserver.calls.roles import Role
from callserver.wire.causes import Cause, Reason


class Consulting(SeatParts):
    """What an agent does who has dialled; whoever dials for him has asked the dial guard before."""

    def dial(self, offer: Offer) -> None:
        """A call out begins, or the consultation of a third party while the first is held."""
        self._begin(self._calls_machine.dial, offer)
        self.station.off_hook()
        offer.call.give(self.station, Role.ALONE)
        self._show(Reason(Cause.CONSULTS if self._calls.kept is not None else Cause.DIALS))
        self._leave_what_is_over(offer.call)

    def rings_there(self) -> None:
        """What was dialled rings; `call_over` if it cannot."""
        self._happen(self._calls_machine.rings_there)
        self._show(Reason(Cause.RINGS_THERE))

    def answered_there(self) -> None:
        """The dialled party is there; `call_over` if it does not come."""
        self._happen(self._calls_machine.answered_there)
        self._accept(Reason(Cause.ANSWERED))

    def join(self) -> None:
        """The held and the consulted party talk to each other."""
        first, second = self._calls.kept, self._calls.in_hand
        self._happen(self._calls_machine.join)
        assert first is not None
        assert second is not None
        operations.join(first.call, second.call, self.station)
        self._after_call(first, Reason(Cause.TRANSFERRED))

    def cancel(self) -> None:
        """The consulted party is left, the first is back."""
        consulted = self._calls.in_hand
        self._happen(self._calls_machine.cancel)
        assert consulted is not None
        reason = Reason(Cause.CONSULT_CANCELLED)
        operations.hang_up(consulted.call, self.station, f"agent {self.number}", reason)
        operations.retrieve(self._in_hand.call, self.station)
        self._show(reason)
