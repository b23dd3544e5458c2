"""
What one agent's program is shown: his own seat at once, and of the board what he may see.

Who may see what (`Sight`) is asked of the living staff book at each telling.

Nothing is kept for a program that does not read but the news that there is news: of the seat its newest look, of the
board the names of the channels and queues that have changed. What they look like is looked up when the program reads
again, so a frozen program costs one name a channel, however long it stays frozen, and never gets an old age of a state.

When the person's rights have changed, the program is told all of them and the whole board anew (`Access`): a program
that has only to replace what it shows needs no rule about which rows go when a right goes. What waited of the board is
part of that, so no row can slip through from before a right was taken.
"""

from __future__ import annotations

from collections.abc import Callable

from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import SeatChange, Seats
from callserver.acd.supervision.sight import Sight
from callserver.agents.board_feed import BoardFeed
from callserver.agents.session import AgentSession
from callserver.wire.convert import to_wire
from callserver.wire.messages import Access, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

IN_CALL = (SeatState.DIALING, SeatState.RINGBACK, SeatState.TALKING, SeatState.HELD)


class Screen:
    """
    Feeds one session from its seat and the board until it is closed. Implements Watcher.

    :param rights: what this person may do at this moment
    """

    def __init__(
        self, session: AgentSession, seat: Seat, seats: Seats, feed: BoardFeed, rights: Callable[[], frozenset[Right]]
    ) -> None:
        self._session, self._seat, self._feed, self._rights = session, seat, feed, rights
        self._told_rights = rights()
        self._sight = Sight.of(self._told_rights)
        self._status: SeatStatus | None = None  # waits to be told, as the four below
        self._all_anew = False
        self._channels: dict[str, None] = {}
        self._queues: dict[str, None] = {}
        self._waits = False  # for the program to read
        self._stop_watching = (seats.watch(self._seat_changed), feed.watch(self))

    def everything(self) -> tuple[SeatStatus, Access]:
        """How the seat and the board look now; whoever asks tells it, so that no row waits any more."""
        self._look(self._seat.status)
        return self._seat.status, self._access()

    def close(self) -> None:
        """The program has gone."""
        for stop in self._stop_watching:
            stop()

    def channel_changed(self, channel: str) -> None:
        """It looks otherwise."""
        self._channels[channel] = None

    def queue_changed(self, queue: str) -> None:
        """Others wait there, or in another order."""
        self._queues[queue] = None

    def tell(self) -> None:
        """All that waits while the program reads; the rest when it reads again."""
        self._tell(lambda: self._tell_own() or self._tell_board())

    def _seat_changed(self, change: SeatChange) -> None:
        status = change.status
        if status.number != self._seat.number:
            return
        self._status = status
        self._look(status)
        self._tell(self._tell_own)
        if status.state is SeatState.OFF:
            self._session.close(Refused(Refusal.NOT_NOW, SeatState.OFF))

    def _look(self, status: SeatStatus) -> None:
        self._session.in_call = status.state in IN_CALL

    def _tell(self, one_more: Callable[[], bool]) -> None:
        self._all_anew = self._all_anew or self._rights() != self._told_rights
        while self._session.reads and one_more():
            pass
        if not self._session.reads and not self._waits:
            self._waits = True
            self._session.when_reads().addCallbacks(self._reads_again, lambda lost: None)

    def _reads_again(self, _: None) -> None:
        self._waits = False
        self.tell()

    def _tell_own(self) -> bool:
        """Whether there was something to tell of the seat or the rights, which wait for nothing."""
        if self._all_anew:
            self._session.tell("access", to_wire(self._access()))
        elif self._status is not None:
            status, self._status = self._status, None
            self._session.tell("status", to_wire(self._seat.timed(status)))
        else:
            return False
        return True

    def _tell_board(self) -> bool:
        """Whether there was something to tell of the board."""
        if self._channels:
            channel = _pop_first(self._channels)
            if self._feed.shows(channel, self._sight):
                self._session.tell_packed(self._feed.channel(channel, self._sight))
        elif self._queues:
            self._session.tell_packed(self._feed.queue(_pop_first(self._queues), self._sight))
        else:
            return False
        return True

    def _access(self) -> Access:
        self._told_rights, self._all_anew = self._rights(), False
        self._sight = Sight.of(self._told_rights)
        self._channels.clear()
        self._queues.clear()
        return Access(self._told_rights, self._feed.rows(self._sight), self._feed.queues(self._sight))


def _pop_first(names: dict[str, None]) -> str:
    name = next(iter(names))
    del names[name]
    return name
