"""
What a seat has dialled, from its side, and how it rings at the other seat when it is one of the house.

A call to a number outside begins at its line, which the agent hears from the beginning. A call from seat to seat has
no line: it begins at the station of who calls, and rings at the other as an offer like any other.

    seat 801 --dials--> DialledCall (in hand of 801) <--answered, not reached-- InternalOffer (rings at 802)

Races, and what holds in them:

- *Who has dialled gives up, or his caller goes, while it rings.* The call ends, and the seat rings for it no more:
  whoever answers a moment later is refused.
- *It was joined while it rang.* The call is merged into that of the held party, and `now` finds it there: it rings on,
  is answered for that party, or, if nobody comes, the party goes back to who had passed it on. From then on its keeper
  is that agent's offer (`pass_on`): if its new agent's program is lost, the queue that it came from takes it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from callserver.acd.moves.moved import Flows, Moved, to_queue
from callserver.acd.moves.rung import RungSeats
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call, FirstParty, Party
from callserver.calls.operations import bring, hang_up, hold_for_who_is_away
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.tones import ToneSource, cadence
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.rights import Right

RING_S = 30.0  # at another seat
RING_BACK = ToneSource(cadence([450], 1, 4), level_dbm0=-20.0).read(5 * RATE_HZ)  # shape (40000,), round and round
REASONS = {DialResult.BUSY: Reason(Cause.BUSY), DialResult.REFUSED: Reason(Cause.REJECTED)}


class Ringing(Protocol):
    """A call from a seat, as it rings in the house."""

    def passed_on(self, reason: Reason) -> None:
        """It is another's call now."""


class DialledCall:
    """
    What an agent has dialled, in his hand. Implements Dialled, and is told what becomes of it.

    :param number, name: of who is called
    `party`: whom it was left to.
    :param flows: find somebody for a party outside whose agent does not come back to it; None in the house, where a
        colleague who is left alone hangs up
    """

    right: Right | None = None
    is_queued = False
    ring_s = wrap_up_s = 0.0
    max_misses = 0

    def __init__(self, seat: Seat, number: str, name: str | None = None, flows: Flows | None = None) -> None:
        self.party: Offer | None = None
        self._seat, self._number, self._name, self._flows = seat, number, name, flows
        self._call: Call | None = None
        self._rang = False
        self._other: Ringing | None = None

    def made(self, call: Call) -> None:
        """It is this call."""
        self._call = call

    @property
    def call(self) -> Call:
        assert self._call is not None
        return self._call.now

    @property
    def card(self) -> Card:
        return Card(self.call.id, self._number, self._name)

    def begin(self, station: FirstParty) -> None:
        if self.call.first is not station:
            self.call.give(station, Role.TALKS)  # with the line: he hears how it is dialled, and who answers
            return
        self.call.give(station, Role.ALONE)
        if station.leg is not None:
            station.leg.music(RING_BACK)

    def rings_at(self, other: Ringing) -> None:
        """In the house: so it looks at the other seat."""
        self._other = other

    def pass_on(self, party: Offer, reason: Reason) -> None:
        self.party = party
        if self._other is not None:
            self._other.passed_on(reason)

    # What becomes of it

    def rings_there(self) -> None:
        """Told by the line, or the other seat."""
        if self.party is None and not self._rang:
            self._rang = True
            self.call.rings()
            self._seat.rings_there()

    def answered_there(self) -> None:
        """Likewise; an exchange may connect without a ring-back tone."""
        self.rings_there()
        if self.party is not None:
            hold_for_who_is_away(self.call)
            return
        if self._flows is not None:  # of a call in the house it is who has answered
            agent_is_here(self.call, self._seat)
        self._seat.answered_there()

    def not_reached(self, result: DialResult) -> None:
        """Likewise; the seat is told by the call, which is over, unless it was left to a party that waits."""
        if self._call is None or self.call.ended is not None:
            return
        if self.party is not None:
            self._seat.take_back(self.party)
        else:
            self.call.end(f"seat {self._number}", REASONS.get(result, Reason(Cause.NO_ANSWER)))

    def left_by(self, station: Party, reason: Reason) -> None:
        """Who has answered does not come back to the party."""
        if self.party is not None:
            self.party.give_back(station, reason)
        else:
            hang_up(self.call, station, station.name, reason)

    # Offer

    def accept(self, station: Party) -> None:
        self.call.enter(Stage.TALK)
        self.call.give(station, Role.TALKS)

    def decline(self, station: Party, reason: Reason) -> None:
        hang_up(self.call, station, station.name, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        call, card = self.call, self.card
        if self._flows is None or call.first not in call.parts:
            hang_up(call, station, station.name, reason)
        else:
            call.log(Kind.GIVEN_BACK, by=station.name, reason=str(reason))
            call.leave(station, reason)
            to_queue(Moved(call, call.first, card), self._flows)


class InternalOffer:
    """
    A call from another seat, as it rings at the one that was dialled, or at several. Implements Offer.

    Somebody may pick it up elsewhere.
    """

    right = Right.ANSWER_INTERNAL
    is_queued = False
    ring_s, wrap_up_s = RING_S, 0.0
    max_misses = 0

    def __init__(self, dialled: DialledCall, seats: Seats, card: Card) -> None:
        self._dialled, self._seats, self._card = dialled, seats, card
        self._rung = RungSeats()
        self._seat: Seat | None = None  # where it was answered
        dialled.rings_at(self)

    def ring_at(self, seats: Sequence[Seat]) -> None:
        """
        Until one answers, or all decline.

        :raises Refused: none of them can ring now
        """
        self._rung.ring(self, seats, Reason(Cause.OFFERED))

    @property
    def call(self) -> Call:
        return self._dialled.call

    @property
    def card(self) -> Card:
        """Of who has dialled; then of the party that he has left it to."""
        return replace(self._card if self._dialled.party is None else self._dialled.party.card, call_id=self.call.id)

    def passed_on(self, reason: Reason) -> None:
        """It is another's call now: whoever has it, or hears it ring, sees whose."""
        if self._seat is not None:
            agent_is_here(self.call, self._seat)
        for seat in self._rung if self._seat is None else (self._seat,):
            seat.card_changed(reason)

    def accept(self, station: Party) -> None:
        self._seat = self._seats.of(station)
        self._rung.taken(self)
        bring(self.call, station)
        self.call.begin_answered(Stage.TALK)
        agent_is_here(self.call, self._seat)
        self._dialled.answered_there()

    def decline(self, station: Party, reason: Reason) -> None:
        if not self._rung.declined(station):
            return
        rejected = reason.cause in (Cause.REJECTED, Cause.RIGHT_TAKEN)
        self._dialled.not_reached(DialResult.REFUSED if rejected else DialResult.NO_ANSWER)

    def give_back(self, station: Party, reason: Reason) -> None:
        self._dialled.left_by(station, reason)


def agent_is_here(call: Call, seat: Seat) -> None:
    """Record and event log say the same: whose call it is."""
    call.note(agent=seat.number)
    call.log(Kind.CONNECT, person=seat.number, seat=seat.number)
