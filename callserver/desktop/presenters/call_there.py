"""Whether there is a call."""

from __future__ import annotations

from callserver.desktop.listener import IN_CALL
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState


class CallThere(Presenter[bool]):
    """Offered, or in hand."""

    def data(self) -> bool:
        return self.model.seat.state in (*IN_CALL, SeatState.RINGING)

    def status(self, status: SeatStatus) -> None:
        self.refresh()
