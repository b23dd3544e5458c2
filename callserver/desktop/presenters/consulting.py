"""What the row of buttons and the panel of transfers both do while a third party is consulted."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.desktop.client import AgentClient
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState


def cancel_consult(client: AgentClient, seat: SeatStatus) -> Deferred[None]:
    """Back with the first party; while the second is only dialled, that is given up, and the first fetched."""
    call_id = seat.call.call_id if seat.call else ""
    if seat.state is SeatState.DIALING:
        kept_id = seat.kept.call_id if seat.kept else ""
        return client.hang_up(call_id=call_id).addCallback(lambda _: client.retrieve(call_id=kept_id))
    return client.cancel(call_id=call_id)
