"""
What one agent's program is shown: his own seat, and what he may see of the board.

Who may see what is asked of the living staff book at each change: seats are working lists and seen by all, lines by
supervisors (call-centre.md sections 4 and 14, 20).

Nothing is kept for a program that does not read but the news that there is news: of the seat its newest look, of the
board the names of the channels that have changed. What they look like is looked up when the program reads again, so
a frozen program costs one name a channel, however long it stays frozen, and never gets an old age of a state.

When the person's rights have changed, the program is told all of them and the whole board anew (`Access`): a program
that has only to replace what it shows needs no rule about which rows go when a right goes. What waited of the board is
part of that, so no row can slip through from before a right was taken.
"""

from __future__ import annotations

from collections.abc import Callable

from callserver.acd.seat import Seat
from callserver.acd.seats import SeatChange, Seats
from callserver.agents.session import AgentSession
from callserver.calls.board import Board, ChannelStatus
from callserver.wire.convert import Wire, to_wire
from callserver.wire.messages import Access, ChannelRow, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

IN_CALL = (SeatState.DIALING, SeatState.RINGBACK, SeatState.TALKING, SeatState.HELD)


class Screen:
    """
    Feeds one session from its seat and the board until it is closed.

    :param rights: what this person may do at this moment
    """

    def __init__(
        self, session: AgentSession, seat: Seat, seats: Seats, board: Board, rights: Callable[[], frozenset[Right]]
    ) -> None:
        self._session, self._seat, self._board, self._rights = session, seat, board, rights
        self._told_rights = rights()
        self._status: SeatStatus | None = None  # waits to be told, as the three below
        self._all_anew = False
        self._channels: dict[str, None] = {}
        self._waits = False  # for the program to read
        self._stop_watching = (seats.watch(self._seat_changed), board.watch(self._channel_changed))

    def everything(self) -> tuple[SeatStatus, Access]:
        """How the seat and the board look now; whoever asks tells it, so that no row waits any more."""
        self._look(self._seat.status)
        return self._seat.status, self._access()

    def close(self) -> None:
        """The program has gone."""
        for stop in self._stop_watching:
            stop()

    def _seat_changed(self, change: SeatChange) -> None:
        status = change.status
        if status.number != self._seat.number:
            return
        self._status = status
        self._look(status)
        self._tell()
        if status.state is SeatState.OFF:
            self._session.close(Refused(Refusal.NOT_NOW, SeatState.OFF))

    def _channel_changed(self, status: ChannelStatus) -> None:
        if self._may_see(status):
            self._channels[status.channel] = None
            self._tell()

    def _look(self, status: SeatStatus) -> None:
        self._session.in_call = status.state in IN_CALL

    def _tell(self) -> None:
        """All that waits while the program reads; the rest when it reads again."""
        self._all_anew = self._all_anew or self._rights() != self._told_rights
        while self._session.reads and (message := self._next()) is not None:
            self._session.tell(*message)
        if not self._session.reads and not self._waits:
            self._waits = True
            self._session.when_reads().addCallbacks(self._reads_again, lambda lost: None)

    def _reads_again(self, _: None) -> None:
        self._waits = False
        self._tell()

    def _next(self) -> tuple[str, Wire] | None:
        """What is to be told next, and not waiting any more."""
        if self._all_anew:
            return "access", to_wire(self._access())
        if self._status is not None:
            status, self._status = self._status, None
            return "status", to_wire(status)
        if self._channels:
            channel = next(iter(self._channels))
            del self._channels[channel]
            return "row", to_wire(self._row(self._board.statuses[channel]))
        return None

    def _access(self) -> Access:
        self._told_rights, self._all_anew = self._rights(), False
        self._channels.clear()
        rows = tuple(self._row(status) for status in self._board.statuses.values() if self._may_see(status))
        return Access(self._told_rights, rows)

    def _may_see(self, status: ChannelStatus) -> bool:
        return isinstance(status.state, SeatState) or Right.SUPERVISOR in self._rights()

    def _row(self, status: ChannelStatus) -> ChannelRow:
        return ChannelRow(
            status.channel,
            status.state.name,
            sub=status.sub,
            since_s=round(self._board.age_s(status), 3),
            call_id=status.call_id,
            person=status.person,
            name=status.name,
            caller=status.caller,
            reason=status.reason,
        )
