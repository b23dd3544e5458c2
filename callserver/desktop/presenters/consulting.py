"""What the row of buttons and the panel of transfers both do while a third party is consulted."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.desktop.client import AgentClient
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState


def cancel_consult(client: AgentClient, seat: SeatStatus) -> Deferred[None]:
    """Back with the first party; while the second is only dialled, that is given up, and the first fetched."""
    if seat.state is SeatState.DIALING:
        return client.hang_up().addCallback(lambda _: client.retrieve())
    return client.cancel()
