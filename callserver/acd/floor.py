"""The seats of the shop: who sits where, his voice in the patch bay, and when he last talked."""

from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IReactorTime

from callserver.acd.routing import Candidate
from callserver.acd.seat import Seat
from callserver.acd.seat_calls import Person, SeatChange
from callserver.acd.seat_core import SeatLimits
from callserver.calls.board import Board
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.dsp.codecs import LINEAR_16
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

NETWORK_SAMPLES = 320  # 40 ms: blocks from another computer come in bunches


class Headset(Protocol):
    """An agent's mouth and ear: his program, or later a telephone."""

    on_audio: Callable[[bytes], None]  # gets what he says, 20 ms at a time

    def send_audio(self, block: bytes) -> None:
        """20 ms of 16-bit linear sound for him to hear."""


class NoSignals:
    """Listens to a headset for keys and tones, of which there are none. Implements LegListener."""

    def key(self, digit: str, at_s: float) -> None: ...
    def tone(self, name: str) -> None: ...


class Floor:
    """
    One seat a staff number, made at its first log-in and kept; its leg is open while somebody is logged in.

    :param n_seats: so many may be logged in at once
    """

    def __init__(
        self,
        clock: IReactorTime,
        *,
        board: Board,
        events: EventLog,
        bay: PatchBay,
        n_seats: int,
        limits: SeatLimits | None = None,
    ) -> None:
        self.seats: dict[str, Seat] = {}
        self._limits = limits or SeatLimits()
        self._clock, self._board, self._events, self._bay, self._n_seats = clock, board, events, bay, n_seats
        self._headsets: dict[str, Headset] = {}
        self._legs: dict[str, Leg] = {}
        self._last_end_s: dict[str, float] = {}
        self._watchers: list[Callable[[SeatChange], None]] = []

    def watch(self, watcher: Callable[[SeatChange], None]) -> None:
        """Call `watcher` with every change of every seat."""
        self._watchers.append(watcher)

    def log_in(self, person: Person, headset: Headset) -> Seat:
        """
        Seat a person, or give him his own seat back with the talk that may go on there.

        :raises Refused: LIMIT, when all seats are taken
        """
        seat = self.seats.get(person.number) or Seat(person.number, self._clock, self._show, self._limits)
        if seat.person is None and sum(other.person is not None for other in self.seats.values()) >= self._n_seats:
            raise Refused(Refusal.LIMIT, f"{self._n_seats} seats")
        self.seats[person.number] = seat
        if seat.person is None:
            self._plug_in(person.number)
            self._events.write(Kind.LOG_IN, channel=channel(person.number), person=person.number)
            seat.log_in_pc(person)
        elif not seat.status.client_here:
            seat.client_back()
        self._headsets[person.number] = headset
        headset.on_audio = self._legs[person.number].receive
        return seat

    def leg(self, number: str) -> Leg:
        """The voice of a logged-in agent."""
        return self._legs[number]

    def staffed(self, right: Right) -> bool:
        """Whether anybody who holds this right is logged in."""
        return any(seat.person is not None and right in seat.person.rights for seat in self.seats.values())

    def candidates(self) -> list[Candidate]:
        """The logged-in seats, as routing sees them."""
        return [
            Candidate(
                number,
                seat.status.state,
                frozenset(seat.person.rights),
                self._last_end_s.get(number),
                seat.status.client_here,
            )
            for number, seat in self.seats.items()
            if seat.person is not None
        ]

    def talk_ended(self, number: str) -> None:
        """His last queued call ended now."""
        self._last_end_s[number] = self._clock.seconds()

    def _plug_in(self, number: str) -> None:
        self._legs[number] = self._bay.open_leg(
            channel(number),
            LINEAR_16,
            send=lambda block: self._send(number, block),
            flush=lambda: None,
            listener=NoSignals(),
            listen_for_signals=False,
            extra_samples=NETWORK_SAMPLES,
        )

    def _send(self, number: str, block: bytes) -> None:
        if number in self._headsets:
            self._headsets[number].send_audio(block)

    def _show(self, change: SeatChange) -> None:
        status = change.status
        reason = status.reason or status.cause
        call_id = status.call.call_id if status.call else None
        self._board.show(channel(status.number), status.state, reason, call_id, status.number)
        if status.state is SeatState.OFF and status.number in self._legs:
            self._legs.pop(status.number).close()
            self._events.write(Kind.LOG_OUT, channel=channel(status.number), person=status.number, reason=status.cause)
        for watcher in tuple(self._watchers):
            watcher(change)


def channel(number: str) -> str:
    """What a seat is called on the board and in the event log."""
    return f"seat {number}"
