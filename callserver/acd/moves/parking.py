"""
Calls put aside at numbered places, where anybody at a seat can fetch them.

    free --park--> taken --fetched, the call over, too long--> free

A place is taken by one call, and a call is at one place at most. What ends its time there (a fetch, the end of the
call, the clock) empties the place first, so that nobody can fetch what is on its way back. Each time has a bound: then
the party comes back to who parked it, and rings there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.acd.moves.coming_back import Sender, come_back
from callserver.acd.moves.moved import Flows, Moved, WaitingOffer, to_queue
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.acd.supervision.sight import SERVES
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused


@dataclass(frozen=True)
class ParkingLimits:
    """How much can be put aside, and for how long."""

    places: tuple[str, ...] = tuple(str(number) for number in range(71, 80))
    back_s: float = 120.0  # then a party comes back to who parked it


@dataclass
class _Parked:
    moved: Moved
    sender: Sender
    timer: IDelayedCall
    since_s: float


class Parking:
    """The places of one house."""

    def __init__(
        self, clock: IReactorTime, flows: Flows, rights: Rights, limits: ParkingLimits = ParkingLimits()
    ) -> None:
        self._clock, self._flows, self._rights, self._limits = clock, flows, rights, limits
        self._parked: dict[str, _Parked] = {}

    def park(self, seat: Seat) -> str:
        """
        Put aside whom this agent talks with or holds, at the first free place; it hears music.

        :return: the place
        :raises Refused: he talks with nobody, or all places are taken
        """
        moved, sender = Moved.of(seat), Sender(seat, seat.talk)
        place = next((place for place in self._limits.places if place not in self._parked), None)
        if place is None:
            raise Refused(Refusal.LIMIT, str(len(self._limits.places)))
        timer = self._clock.callLater(self._limits.back_s, self._too_long, place)
        self._parked[place] = _Parked(moved, sender, timer, self._clock.seconds())
        moved.when_over().addCallback(lambda _: self._over(place, moved))
        moved.call.log(Kind.PARK, person=seat.number, by=seat.station.name, place=place)
        seat.let_go(Reason(Cause.PARKED, place))
        moved.wait_with_music(Stage.PARKED)
        return place

    def list_parked(self, seat: Seat) -> list[dict[str, Any]]:
        """
        Who is parked, by places; numbers are for rights 1, 3 and 5, and for who has parked him.

        :return: a list of {"place", "caller": number (null: withheld, or for others), "since_s": how long he is there,
            "by": staff number of who has parked him}
        """
        sees, now_s = bool(SERVES & self._rights.rights(seat.number)), self._clock.seconds()
        return [
            {
                "place": place,
                "caller": one.moved.card.caller_number if sees or one.sender.seat is seat else None,
                "since_s": round(now_s - one.since_s, 3),
                "by": one.sender.seat.number,
            }
            for place, one in sorted(self._parked.items())
        ]

    def fetch(self, seat: Seat, place: str) -> None:
        """
        Talk with who is parked there.

        :raises Refused: nobody is, or as `Seat.take`
        """
        parked = self._parked.get(place)
        if parked is None:
            raise Refused(Refusal.NO_CALL)
        moved, taken = parked.moved, parked.sender.taken
        own = parked.sender.seat is seat
        offer = WaitingOffer(
            moved,
            right=None,
            on_declined=lambda _: None,  # it does not ring
            on_given_back=lambda: to_queue(moved, self._flows),
            is_queued=own and taken.is_queued,
            wrap_up_s=taken.wrap_up_s if own else 0.0,
        )
        seat.take(offer, None, Reason(Cause.FETCHED, place))
        self._over(place, moved)  # not there any more if it could not be connected: its end has emptied the place
        moved.call.log(Kind.FETCH, person=seat.number, by=seat.station.name, place=place)

    def _too_long(self, place: str) -> None:
        parked = self._leave(place)
        parked.moved.call.log(Kind.PARKED_TOO_LONG, place=place)
        come_back(parked.moved, parked.sender, Reason(Cause.PARKED_TOO_LONG, place), self._flows)

    def _over(self, place: str, moved: Moved) -> None:
        """Another may stand there by now."""
        parked = self._parked.get(place)
        if parked is not None and parked.moved is moved:
            self._leave(place)

    def _leave(self, place: str) -> _Parked:
        parked = self._parked.pop(place)
        if parked.timer.active():
            parked.timer.cancel()
        return parked
