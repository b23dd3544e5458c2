"""Screens of what changes by itself: seats, lines, queues."""

from __future__ import annotations

from callserver.desktop.presenters.presenter import Data, Presenter
from callserver.wire.messages import Access, ChannelRow, QueueRow, SeatStatus


class LivePresenter(Presenter[Data]):
    """What the server tells of the house may make it look otherwise; what was refused stands until the next call."""

    _refused_in: object = None

    def start(self) -> None:
        self._refused_in = _situation(self.model.seat)
        super().start()

    def access(self, access: Access) -> None:
        self.refresh()

    def row(self, row: ChannelRow) -> None:
        self.refresh()

    def queue(self, row: QueueRow) -> None:
        self.refresh()

    def status(self, status: SeatStatus) -> None:
        situation = _situation(status)
        if situation != self._refused_in:
            self._refused_in, self.problem = situation, ""
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()


def _situation(seat: SeatStatus) -> object:
    """The calls in hand; where there is none, what the seat does."""
    return [card.call_id for card in (seat.call, seat.kept) if card is not None] or seat.state
