"""
What of the board a person may see, from his rights: pure.

Seats and their states, and who waits how long, are working lists for all (call-centre.md 14.20). A caller's number is
another thing: it is personal data, and colleagues see it where their work needs it and no further.

| what is shown | to whom |
|---|---|
| every seat with its state, reason, person, age; each queue's length and waits | all |
| that somebody listens, whispers or has barged in (to whom is shown to nobody) | 1, 16, 17; others see that he talks |
| every line | 1 supervisor; 16 and 17: who listens to or breaks off a line must be able to choose it |
| the number of a caller who talks at another seat, or on a line | 1, 16, 17: they may hear him |
| the number of a caller who rings at another seat | these, and 4: who may pick him up |
| the numbers of those who wait | 1; 3: any of them may ring at his own seat; 5: who may grab one |

What an agent is told of his own call is in his `status`, whatever his rights.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from callserver.calls.board import ChannelStatus
from callserver.wire.messages import ChannelRow, QueueRow
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

HEARS = frozenset({Right.SUPERVISOR, Right.LISTEN, Right.BARGE_IN})
PICKS_UP = HEARS | {Right.PICK_UP}
# One rule for all lists of callers that nobody has asked for by number (who waits, is to be called back, was missed,
# has reported a fault): the numbers are for the eyes of who serves callers.
SERVES = frozenset({Right.SUPERVISOR, Right.ANSWER_QUEUED, Right.GRAB})


@dataclass(frozen=True)
class Sight:
    """What one may see; those who may see the same share one."""

    lines: bool
    ringing: bool  # the numbers of those who ring
    waiting: bool  # of those who wait

    @classmethod
    def of(cls, rights: Set[Right]) -> Sight:
        """Whoever holds these rights."""
        return cls(bool(HEARS & rights), bool(PICKS_UP & rights), bool(SERVES & rights))

    def shows(self, status: ChannelStatus) -> bool:
        """Whether this channel is seen at all."""
        return self.lines or isinstance(status.state, SeatState)

    def row(self, status: ChannelStatus, age_s: float) -> ChannelRow:
        """A channel that is seen."""
        sees_number = self.lines or (self.ringing and status.state is SeatState.RINGING)
        return ChannelRow(
            status.channel,
            status.state.name,
            sub="" if status.supervises and not self.lines else status.sub,
            since_s=round(age_s, 3),
            call_id=status.call_id,
            person=status.person,
            name=status.name,
            caller=status.caller if sees_number else None,
            reason=status.reason,
            kept=status.kept,
            draining=status.draining,
            menu=status.menu,
            notes=status.notes,
        )

    def queue(self, row: QueueRow) -> QueueRow:
        """A queue, with what may be seen of who waits there."""
        if self.waiting:
            return row
        return replace(row, waiters=tuple(replace(waiter, caller=None) for waiter in row.waiters))
