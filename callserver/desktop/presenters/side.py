"""The column at the right: what the colleagues do, who waits, and how a call is taken from there."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.controls import RESTING_STATES
from callserver.desktop.presenters.live_presenter import LivePresenter
from callserver.desktop.presenters.rows import Row, colleagues, number_of, seat_row, seat_state
from callserver.wire.messages import ChannelRow, QueueRow, Waiter
from callserver.wire.rights import Right
from callserver.wire.states import SeatState


@dataclass(frozen=True)
class SideData:
    """
    Colleagues and waiting callers, a row each; what may be done, and what is missing for it.

    :param is_old: nobody is connected: all this was so
    """

    colleagues: tuple[Row, ...]
    waiting: tuple[Row, ...]
    nobody_here: str  # instead of the colleagues, if there are none
    nobody_waits: str
    may_grab: bool
    may_pick_up: bool
    grab_why_not: str
    pick_up_why_not: str
    problem: str
    is_old: bool


class Side(LivePresenter[SideData]):
    """Callers are shown in the order in which they will be served, queue by queue."""

    def start(self) -> None:
        super().start()
        self.count_seconds()

    def data(self) -> SideData:
        people, waiting = colleagues(self.work), self._waiting()
        words, rests = self.work.words, self._rests()
        grab_why_not, pick_up_why_not = self.work.lacks(Right.GRAB), self.work.lacks(Right.PICK_UP)
        return SideData(
            colleagues=tuple(seat_row(self.work, row) for row in people),
            waiting=waiting,
            nobody_here="" if people else words("No colleague is logged in"),
            nobody_waits="" if waiting else words("Nobody waits"),
            may_grab=rests and bool(waiting) and not grab_why_not,
            may_pick_up=rests and any(map(_rings, people)) and not pick_up_why_not,
            grab_why_not=grab_why_not,
            pick_up_why_not=pick_up_why_not,
            problem=self.problem,
            is_old=self.model.connection is not Connection.HERE,
        )

    # What the person does

    def grab(self, call_id: str) -> None:
        """Take this caller out of his queue; "": who is the first of all."""
        data = self.data()
        if data.may_grab:
            self.do(self.client.grab(call_id or data.waiting[0].key))

    def pick_up(self, number: str) -> None:
        """Take what rings at this colleague's; where nothing rings there, or "": what has rung longest in the house."""
        if not self.data().may_pick_up:
            return
        ringing = [number_of(row) for row in colleagues(self.work) if _rings(row)]
        self.do(self.client.pick_up(number) if number in ringing else self.client.pick_up_group(""))

    # What it is made of

    def _rests(self) -> bool:
        return self.model.connection is Connection.HERE and self.model.seat.state in RESTING_STATES

    def _waiting(self) -> tuple[Row, ...]:
        queues = [(row, waiter) for row in self.model.queues.values() for waiter in row.waiters]
        return tuple(self._waiter(row, waiter, place) for place, (row, waiter) in enumerate(queues, 1))

    def _waiter(self, queue: QueueRow, waiter: Waiter, place: int) -> Row:
        words = self.work.words
        wait = stopwatch(waiter.since_s + self.model.queue_age_s(queue.queue))
        detail = words("Queue {queue} {wait}", queue=queue.queue, wait=wait)
        if waiter.call_back:
            detail = words("{row} · call-back", row=detail)
        caller = waiter.caller or words("number withheld")
        if not waiter.rings_at:
            return Row(waiter.call_id, caller, detail, mark=str(place))
        aloud = words("rings at {number}", number=waiter.rings_at)  # the arrow is seen: beneath there is no room for it
        return Row(waiter.call_id, f"{caller} → {waiter.rings_at}", detail, mark=str(place), aloud=aloud)


def _rings(row: ChannelRow) -> bool:
    return seat_state(row) is SeatState.RINGING
