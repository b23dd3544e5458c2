"""The seats of the shop: who sits where; every change goes to the board and to whoever watches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.routing.candidates import Candidate
from callserver.acd.seats.parts import Person, SeatLimits
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.station import Headset, Instrument
from callserver.calls.board import Board, ChannelStatus
from callserver.calls.call import Call, Party
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CLIENT_LOST, Card, Partner, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

log = Logger()


class Rights(Protocol):
    """Who may do what at this moment: the living staff book."""

    def rights(self, number: str) -> frozenset[Right]:
        """Of this staff number; none for one that is unknown."""


@dataclass(frozen=True)
class SeatChange:
    """One change of what a seat shows."""

    status: SeatStatus
    before: SeatState


class Seats:
    """
    One seat a staff number, made at its first log-in and kept.

    :param n_seats: so many may be logged in at once
    :param group: the staff numbers of the group with this internal number; none: there is no such group
    :param left_paused: asked when a person has logged in: the reason of a pause that he has not ended; "": none
    """

    def __init__(
        self,
        clock: IReactorTime,
        *,
        board: Board,
        events: EventLog,
        bay: PatchBay,
        rights: Rights,
        n_seats: int,
        group: Callable[[str], Collection[str]] = lambda number: (),
        limits: SeatLimits = SeatLimits(),  # noqa: B008
        left_paused: Callable[[str], str] = lambda number: "",
    ) -> None:
        self._seats: dict[str, Seat] = {}
        self._limits, self._rights = limits, rights
        self._group, self._left_paused = group, left_paused
        self._clock, self._board, self._events, self._bay, self._n_seats = clock, board, events, bay, n_seats
        self._logged_in: set[str] = set()
        self._shown: dict[str, SeatState] = {}
        self._watchers: list[Callable[[SeatChange], None]] = []
        self._untold: deque[SeatChange] = deque()
        self._telling = self._look_is_due = False

    def __getitem__(self, number: str) -> Seat:
        return self._seats[number]

    def find(self, number: str) -> Seat | None:
        """Of this staff number, once somebody has logged in there."""
        return self._seats.get(number)

    def reached_by(self, number: str) -> list[Seat]:
        """
        The seats that an internal number rings: the one it is, or those of its group who are ready.

        :raises LookupError: nobody has ever logged in at such a seat, nor is there such a group
        """
        seat = self.find(number)
        if seat is not None:
            return [seat]
        members = self._group(number)
        if not members:
            raise LookupError(number)
        return [one for one in self if one.number in members and one.is_ready]

    def is_group(self, number: str) -> bool:
        """Whether an internal number rings the seats of a group."""
        return self.find(number) is None and bool(self._group(number))

    def has_station(self, party: Party) -> bool:
        """Whether a participant of a call is the station of one of these seats."""
        return any(seat.station is party for seat in self._seats.values())

    def card_of(self, call: Call) -> Card | None:
        """Of the caller of this call, as an agent who is in it sees it; None when no agent is."""
        cards = (seat.status.call for seat in self._seats.values() if seat.listening is None)
        return next((card for card in cards if card is not None and card.call_id == call.id), None)

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._seats.values()))

    def of(self, station: Party) -> Seat:
        """
        Whose station this is.

        :raises LookupError: nobody's
        """
        for seat in self:
            if seat.station is station:
                return seat
        raise LookupError(station.name)

    def watch(self, watcher: Callable[[SeatChange], None]) -> Callable[[], None]:
        """Call `watcher` with every change of every seat; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def log_in(self, person: Person, headset: Headset) -> Seat:
        """
        Seat a person, or give him his own seat back with the talk that may go on there.

        :raises Refused: LIMIT, when all seats are taken
        """
        seat = self._place(person)
        seat.station.plug_in(headset)
        if seat.person is None:
            seat.log_in(person, paused=self._left_paused)
        elif not seat.status.client_here:
            seat.client_back()
        return seat

    def log_in_by_phone(self, person: Person, telephone: Instrument) -> Seat:
        """
        Seat a person at a telephone; who is at his program, or at another telephone, goes on at this one.

        :raises Refused: LIMIT, when all seats are taken; NOT_NOW in a call
        """
        seat = self._place(person)
        if seat.person is None:
            seat.log_in(person, telephone, self._left_paused)
        else:
            seat.use_telephone(telephone)
        return seat

    def log_all_out(self, reason: Reason) -> None:
        """The server stops: everybody's time ends now."""
        for seat in self._seats.values():
            if seat.person is not None:
                try:
                    seat.log_out(reason)
                except Refused:
                    log.error("seat {seat} is still in a call", seat=seat.number)

    def dismiss(self, number: str) -> None:
        """This person may not work here any more: out at once; his caller is found somebody else."""
        seat = self._seats.get(number)
        if seat is not None:
            seat.dismiss(Reason(Cause.DISMISSED))

    def candidates(self) -> list[Candidate]:
        """The logged-in seats, as routing sees them."""
        return [
            Candidate(
                number,
                status.state,
                self._rights.rights(number),
                seat.last_end_s,
                reachable=status.client_here,
                rests=seat.rests,
                staffed=seat.is_staffed,
                wraps_up=status.wrap_up,
            )
            for number, seat in self._seats.items()
            if seat.person is not None
            for status in (seat.status,)
        ]

    def rights_changed(self, number: str, before: frozenset[Right], after: frozenset[Right]) -> None:
        """Rights were given or taken away: what those carry that are gone ends at once."""
        seat = self._seats.get(number)
        if seat is not None and seat.person is not None:
            for right in sorted(before - after):
                seat.lose_right(right)
            self._tell(SeatChange(seat.status, self._shown[number]))

    def card_changed(self, call: Call) -> None:
        """Somebody has said who the caller of this call is: every seat that has its card before it shows that."""
        for seat in self:
            if any(shown is call for shown in seat.shown_calls):
                seat.card_changed()

    def parts_changed(self, call: Call) -> None:
        """
        Others are in this call now: every seat that is in it shows that.

        Not before whoever has changed it is done, and has shown what he has done.
        """
        if call.parts and not self._look_is_due and any(call in seat.shown_calls for seat in self):
            self._look_is_due = True
            self._clock.callLater(0, self._look_who_is_there)

    def _look_who_is_there(self) -> None:
        self._look_is_due = False
        for seat in self:
            seat.look_who_is_there()

    def _colleague(self, party: Party) -> Partner | None:
        for seat in self._seats.values():
            if seat.station is party:
                return Partner(seat.number, seat.person.name if seat.person else "", seat.listening is not None)
        return None

    def _place(self, person: Person) -> Seat:
        """His seat, as long as there is one."""
        seat = self._seats.get(person.number) or self._new_seat(person.number)
        taken = sum(other.person is not None for other in self._seats.values())
        if seat.person is None and taken >= self._n_seats:
            raise Refused(Refusal.LIMIT, str(self._n_seats))
        self._seats[person.number] = seat
        return seat

    def _new_seat(self, number: str) -> Seat:
        return Seat(
            number,
            self._clock,
            self._bay,
            may=lambda right: right in self._rights.rights(number),
            on_show=self._show,
            colleague=self._colleague,
            limits=self._limits,
        )

    def _show(self, status: SeatStatus, reason: Reason) -> None:
        number = status.number
        seat = self._seats[number]
        before, self._shown[number] = self._shown.get(number, SeatState.OFF), status.state
        self._log_presence(seat, reason)
        call = None if status.supervises else status.call  # whom a supervisor listens to is nobody's business
        self._board.show(
            ChannelStatus(
                seat.station.name,
                status.state,
                sub=status.reason or ("" if status.client_here else CLIENT_LOST),
                call_id=call.call_id if call else None,
                person=number,
                name=status.name,
                caller=call.caller_number if call else None,
                supervises=status.supervises,
                kept=status.kept is not None,
            ),
            reason,
        )
        self._tell(SeatChange(status, before))

    def _log_presence(self, seat: Seat, reason: Reason) -> None:
        """One log-in and one log-out each time; an emergency called at an empty seat is neither."""
        number, there = seat.number, seat.person is not None
        if there and number not in self._logged_in:
            self._logged_in.add(number)
            self._events.write(Kind.LOG_IN, channel=seat.station.name, person=number)
        elif not there and number in self._logged_in:
            self._logged_in.discard(number)
            self._events.write(Kind.LOG_OUT, channel=seat.station.name, person=number, reason=str(reason))

    def _tell(self, change: SeatChange) -> None:
        """
        In the order in which it happened, to everybody.

        One who is told may act on a seat at once: a queue rings the seat that has become free. What comes of it waits
        until all have been told of what was before, or a program would show the free seat after the ringing one.
        """
        self._untold.append(change)
        if self._telling:
            return
        self._telling = True
        while self._untold:
            told = self._untold.popleft()
            for watcher in tuple(self._watchers):
                try:
                    watcher(told)
                except Exception:
                    log.failure("seat {seat}: one who was told of a change failed", seat=told.status.number)
        self._telling = False
