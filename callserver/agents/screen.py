"""
What one agent's program may see of the board.

Who may see what is asked of the living staff book at each change: seats are working lists and seen by all, lines by
supervisors (call-centre.md sections 4 and 14, 20).
"""

from __future__ import annotations

from collections.abc import Callable

from callserver.agents.session import AgentSession
from callserver.calls.board import Board, ChannelStatus
from callserver.wire.messages import ChannelRow
from callserver.wire.rights import Right
from callserver.wire.states import SeatState


class Screen:
    """
    Feeds one session from the board until it is closed.

    :param rights: what this person may do at this moment
    """

    def __init__(self, board: Board, session: AgentSession, rights: Callable[[], frozenset[Right]]) -> None:
        self._board, self._session, self._rights = board, session, rights
        self._close = board.watch(self._show)

    def rows(self) -> tuple[ChannelRow, ...]:
        """All that may be seen now."""
        return tuple(self._row(status) for status in self._board.statuses.values() if self._may_see(status))

    def close(self) -> None:
        """The program has gone."""
        self._close()

    def _show(self, status: ChannelStatus) -> None:
        if self._may_see(status):
            self._session.show_row(self._row(status))

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
        )
