"""
Alarms for supervisors: each is given once when something begins to be wrong, and taken back once when it is well again.

What is wrong is told by `alarm_rules`, looked at every few seconds while there is something to look at: somebody
waits or pauses, an alarm is raised, or somebody has waited in the last half hour. An alarm is over when its cause has
been gone for a minute: a queue that goes up and down at its limit gives one alarm and not twenty.

What lines and disk have to tell is told by themselves (`EventLog.alarm`), and reaches supervisors the same way. That a
line is dead is taken back here, when the board has shown it alive for a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twisted.internet.interfaces import IReactorTime

from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.alarm_rules import Resting, found
from callserver.acd.supervision.service_level import WINDOW_S, RecentWaits, Wait
from callserver.calls.audit import audit
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.tick import Tick
from callserver.wire.alarms import alarm_data, alarm_phrase
from callserver.wire.convert import Wire, to_wire
from callserver.wire.messages import AlarmNotice, QueueRow
from callserver.wire.records import EventRecord, Value
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

LOOK_S = 2.0
OVER_S = 60.0  # so long all must have been well


@dataclass(frozen=True)
class Raised:
    """An alarm that is not over, as its event has it."""

    data: Mapping[str, Value]
    channel: str | None = None  # a line


class Alarms:
    """
    Watches queues and seats from its making on.

    :param rows: the queues as they are now
    :param settings: of the queues, by name, as they are now
    :param paused_s: so long may a seat pause; 0: as long as it likes
    `schedule`: a service; while it runs it looks by itself
    """

    def __init__(
        self,
        clock: IReactorTime,
        board: Board,
        events: EventLog,
        *,
        rows: Callable[[], Sequence[QueueRow]],
        settings: Callable[[], Mapping[str, QueueSettings]],
        paused_s: float,
    ) -> None:
        self.schedule = Tick(clock, self.look, LOOK_S, needed=False)
        self.paused_s = paused_s
        self._clock, self._board, self._events, self._rows, self._settings = clock, board, events, rows, settings
        self._waits: dict[str, RecentWaits] = {}
        self._raised: dict[tuple[str, str], Raised] = {}
        self._well_since_s: dict[tuple[str, str], float] = {}
        self._stop_watching = (events.watch(self._happened), board.watch(self._changed))

    @property
    def raised(self) -> list[AlarmNotice]:
        """The alarms that are not over."""
        return [AlarmNotice(alarm_phrase(one.data), one.channel or "") for one in self._raised.values()]

    def acts(self) -> dict[str, Act]:
        """What supervisors can ask for, by name."""
        return {"alarms": Act(self.tell, right=Right.SUPERVISOR)}

    def look(self) -> None:
        """What is wrong now, what is not any more."""
        now_s = self._clock.seconds()
        waits = {queue: recent.since(now_s - WINDOW_S) for queue, recent in self._waits.items()}
        resting = [self._resting(status) for status in self._board.statuses.values() if _rests(status)]
        rows = self._rows()
        wrong = {one.about: one for one in found(rows, self._settings(), waits, resting, self.paused_s)}
        for about, one in wrong.items():
            self._well_since_s.pop(about, None)
            if about not in self._raised:
                self._raised[about] = Raised(alarm_data(one.phrase.msgid, one.phrase.details))
                self._events.alarm(one.phrase.msgid, None, **one.phrase.details)
        for about in [about for about, one in self._raised.items() if about not in wrong and not self._is_dead(one)]:
            if now_s - self._well_since_s.setdefault(about, now_s) >= OVER_S:
                self._over(about)
        self.schedule.need(bool(resting or self._raised or any(waits.values()) or any(row.length for row in rows)))

    def tell(self, seat: Seat) -> list[Wire]:
        """
        The alarms of queues and seats that are not over.

        :return: `AlarmNotice`s
        """
        audit(self._events, seat.number, "alarms")
        return [to_wire(alarm) for alarm in self.raised]

    def _over(self, about: tuple[str, str]) -> None:
        raised = self._raised.pop(about)
        del self._well_since_s[about]
        self._events.alarm_over(raised.data, raised.channel)

    def _is_dead(self, raised: Raised) -> bool:
        """It is about a line that is dead still."""
        status = self._board.statuses.get(raised.channel) if raised.channel is not None else None
        return status is not None and status.state is LineState.DISCONNECTED

    def _happened(self, event: EventRecord) -> None:
        if event.kind == Kind.ENTRY.value:
            self.schedule.need(True)
        if event.kind == Kind.ALARM.value and event.channel is not None:
            raised = Raised(event.data, event.channel)
            if self._is_dead(raised):
                self._raised["dead", event.channel] = raised
                self._well_since_s.pop(("dead", event.channel), None)
                self.schedule.need(True)
        if event.kind != Kind.LEAVE.value:
            return
        waited_s = float(str(event.data.get("wait_s", 0)))
        queue = self._waits.setdefault(str(event.data.get("queue")), RecentWaits())
        queue.add(Wait(self._clock.seconds() - waited_s, waited_s, str(event.data.get("outcome"))))
        self.schedule.need(True)

    def _changed(self, status: ChannelStatus) -> None:
        if _rests(status):
            self.schedule.need(True)

    def _resting(self, status: ChannelStatus) -> Resting:
        return Resting(status.person or status.channel, status.sub, self._board.age_s(status))


def _rests(status: ChannelStatus) -> bool:
    return status.state is SeatState.PAUSED
