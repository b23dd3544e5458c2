"""
A transfer that the exchange makes: hook flash, the number, and the line is free again.

It takes some seconds, in which the agent hears nothing; then his call is over, or he has the caller back and sees that
the exchange has refused. Whoever ends the call meanwhile ends the flash with it (the line's part).
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from callserver.acd.moves.moved import Moved
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.line import LineInService
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import LineFailure
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.targets import Target, TargetKind


class FlashTransfer:
    """
    Flashes for agents.

    :param out: None: no number is dialled
    """

    def __init__(self, out: CallsOut | None, rights: Rights) -> None:
        self._out, self._rights = out, rights
        self._under_way: set[Call] = set()

    def transfer(self, seat: Seat, number: str) -> None:
        """
        Let the exchange connect whom he talks with.

        :raises Refused: the line cannot, it is under way already, or as `CallsOut.dial`; nothing has changed
        """
        moved = Moved.of(seat)
        call, line = moved.call, moved.party
        if self._out is None or not isinstance(line, LineInService) or not line.can_flash or call in self._under_way:
            raise Refused(Refusal.NO_FLASH)
        target = str(Target(TargetKind.NUMBER, number))
        flashed = self._out.hand_over(number, Dialler(seat.number, self._rights.rights(seat.number)), line)
        self._under_way.add(call)
        call.log(Kind.TRANSFER, person=seat.number, by=seat.station.name, target=target)
        flashed.addBoth(self._done, seat, call, target)

    def _done(self, result: Failure | None, seat: Seat, call: Call, target: str) -> None:
        self._under_way.discard(call)
        if isinstance(result, Failure):
            result.trap(LineFailure, CancelledError)  # type: ignore[no-untyped-call]
            call.log(Kind.TRANSFER_FAILED, target=target, reason=result.getErrorMessage())
            if call.ended is None:
                seat.card_changed(Reason(Cause.CAME_BACK, result.getErrorMessage()))
        else:
            call.end(f"agent {seat.number}", Reason(Cause.SENT_ON, target))
