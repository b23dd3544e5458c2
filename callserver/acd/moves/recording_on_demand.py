"""An agent has the call in his hand recorded (right 8), and ends what he has started."""

from __future__ import annotations

from collections.abc import Iterable

from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.calls.audit import audited
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right


class RecordingOnDemand:
    """
    Recordings that agents start.

    :param calls: those that live
    """

    def __init__(self, calls: Iterable[Call], rights: Rights, events: EventLog) -> None:
        self._calls, self._rights, self._events = calls, rights, events

    def start(self, seat: Seat) -> None:
        """
        Record the call that this agent talks in or holds; one that is recorded already gets a mark.

        :raises Refused: he may not, has no such call, or the disk has no room
        """
        call = seat.talk.call
        with audited(self._events, seat.number, "start_recording", call_id=call.id):
            self._require(seat)
            call.recording.start(seat.number)

    def stop(self, seat: Seat) -> None:
        """
        End the recording that he has started in the call that he talks in or holds.

        :raises Refused: he may not, has no such call, or has not started it
        """
        call = seat.talk.call
        with audited(self._events, seat.number, "stop_recording", call_id=call.id):
            self._require(seat)
            call.recording.stop(seat.number)

    def rights_changed(self, number: str, before: frozenset[Right], after: frozenset[Right]) -> None:
        """Who may not start recordings any more: what he has started ends, in whichever call."""
        if Right.START_RECORDING in before - after:
            for call in self._calls:
                if call.recording.started_by == number:
                    call.recording.stop(number)

    def _require(self, seat: Seat) -> None:
        if Right.START_RECORDING not in self._rights.rights(seat.number):
            raise Refused.no_right(Right.START_RECORDING)
