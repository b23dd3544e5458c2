"""Call-backs at agents' programs: who waits for one, and agents who call before it is his turn, or have settled it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.queues.call_backs import CallBacks, Waits
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.acd.supervision.sight import SERVES
from callserver.calls.audit import audited
from callserver.calls.event_log import EventLog
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

Row = dict[str, Any]
REACHED, NOT_WANTED = "reached", "not wanted"


def call_back_id(value: Any) -> bool:
    """Of one who waits to be called back, as `list_call_backs` shows it."""
    return isinstance(value, str) and 1 <= len(value) <= 64


def call_back_result(value: Any) -> bool:
    """ "reached": somebody has talked with him; "not wanted": he is called no more."""
    return value in (REACHED, NOT_WANTED)


@dataclass(frozen=True)
class CallBackDesk:
    """What is asked for at a program."""

    call_backs: CallBacks
    rights: Rights
    events: EventLog

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "list_call_backs": Act(self.list_call_backs),
            "take_call_back": Act(self.take_call_back, (call_back_id,)),
            "done_call_back": Act(self.done_call_back, (call_back_id, call_back_result)),
        }

    def list_call_backs(self, seat: Seat) -> list[Row]:
        """
        Who waits to be called back, the oldest place first; numbers and names are for rights 1, 3 and 5.

        :return: a list of {"id", "queue", "number", "name" (null for others), "since", "tries", "not_before" (null:
            from now on), "state" ("waiting", "rings", "called"), "by": whom it rings at, or who calls him}
        """
        sees = bool(SERVES & self.rights.rights(seat.number))
        return [_row(one, sees=sees) for one in self.call_backs.waiting()]

    def take_call_back(self, seat: Seat, call_id: str) -> Deferred[None]:
        """
        Call him now, before it is his turn; his number is dialled at once, and nobody else is offered him. Right 5.

        :raises Refused: NO_CALL: he waits no more, or somebody calls him already; NO_RIGHT, NOT_NOW
        """

        async def taken() -> None:
            with audited(self.events, seat.number, "take_call_back", call_id=call_id):
                await self.call_backs.take(call_id, seat)

        return Deferred.fromCoroutine(taken())

    def done_call_back(self, seat: Seat, call_id: str, result: str) -> None:
        """
        It is settled otherwise: he is not called back any more. Right 3 or 5.

        :raises Refused: NO_CALL: he waits no more, or somebody calls him at this moment; NO_RIGHT
        """
        with audited(self.events, seat.number, "done_call_back", result, call_id=call_id):
            if not SERVES & self.rights.rights(seat.number):
                raise Refused.no_right(Right.ANSWER_QUEUED)
            self.call_backs.close(call_id, seat.number, reached=result == REACHED)


def _row(waits: Waits, *, sees: bool) -> Row:
    one = waits.one
    state = "called" if waits.called_by else "rings" if waits.rings_at else "waiting"
    return {
        "id": one.call_id,
        "queue": one.queue,
        "number": one.number if sees else None,
        "name": (one.name or "") if sees else None,
        "since": one.entered_at.isoformat(),
        "tries": one.tries,
        "not_before": one.not_before.isoformat() if one.not_before else None,
        "state": state,
        "by": waits.called_by or ", ".join(waits.rings_at),
    }
