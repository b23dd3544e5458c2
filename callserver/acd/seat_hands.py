"""The calls a seat has in its hands: one that rings, one in hand, one kept held."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twisted.logger import Logger

from callserver.acd.seat_calls import Offer, SeatCall
from callserver.wire.messages import Card

if TYPE_CHECKING:
    from callserver.acd.seat import Seat

log = Logger()


@dataclass
class SeatHands:
    """
    What each input does to the calls; every act returns the cause that is shown with the change.

    What reaches beyond the seat waits in `todo` until the transition is over, so that whoever is told may act on
    the seat at once.
    """

    seat: Seat
    offer: Offer | None = None
    in_hand: SeatCall | None = None
    kept: SeatCall | None = None
    recalled: SeatCall | None = None  # whose party rings the agent again
    wrap_up_due_s: float = 0.0
    todo: deque[Callable[[], None]] = field(default_factory=deque)

    @property
    def card(self) -> Card | None:
        """Of the call that is in hand or rings."""
        call = self.in_hand or self.offer
        return call.card if call else None

    @property
    def call(self) -> SeatCall:
        """The call in hand, in a phase that has one."""
        assert self.in_hand is not None
        return self.in_hand

    # Ringing

    def ring(self, offer: Offer) -> str:
        self.offer = offer
        return "offered"

    def accept(self) -> str:
        self.todo.append(self._plug_in)
        return "answered"

    def _plug_in(self) -> None:
        offer, self.offer, self.recalled = self.offer, None, None
        try:
            assert offer is not None
            self.take(offer.accept(self.seat), "answered")
        except Exception:
            log.failure("seat {seat}: an answered call could not be connected", seat=self.seat.number)
            self.seat.call_ended("could not be connected")

    def decline(self, reason: str) -> str:
        offer, self.offer, self.recalled = self.offer, None, None
        if offer is not None:
            self.todo.append(lambda: offer.decline(self.seat, reason))
        return reason

    def withdraw(self, reason: str) -> str:
        self.offer = self.recalled = None
        return reason

    # In hand

    def dial(self, call: SeatCall) -> str:
        self.in_hand = call
        return "dials"

    def take(self, call: SeatCall, cause: str) -> str:
        self.in_hand = call
        self.wrap_up_due_s = max(self.wrap_up_due_s, call.wrap_up_s)
        return cause

    def hold(self) -> str:
        self.todo.append(self.call.hold)
        return "hold"

    def retrieve(self) -> str:
        self.todo.append(self.call.retrieve)
        return "retrieved"

    def call_ended(self, by: str) -> str:
        self.in_hand = None
        return by

    def give_up(self) -> str:
        return self._end("gave up")

    def hang_up(self) -> str:
        return self._end("agent hung up")

    def _end(self, reason: str) -> str:
        call, self.in_hand = self.call, None
        self.todo.append(lambda: call.end(reason))
        return reason

    def recall(self) -> str:
        self.offer, self.recalled, self.in_hand = self.call.recall(), self.call, None
        return "recall"

    # A third party

    def consult(self, call: SeatCall) -> str:
        self.kept, self.in_hand = self.in_hand, call
        return "consults"

    def third_gone(self, by: str) -> str:
        self.in_hand, self.kept = self.kept, None
        return by

    def give_up_third(self) -> str:
        return self.third_gone(self._end("gave up"))

    def hang_up_third(self) -> str:
        return self.third_gone(self._end("agent hung up"))

    def cancel(self) -> str:
        self.third_gone(self._end("consult cancelled"))
        self.todo.append(self.call.retrieve)
        return "consult cancelled"

    def join(self) -> str:
        first, third = self.kept, self.call
        self.in_hand = self.kept = None
        if first is not None:
            self.todo.append(lambda: first.join(third))
        return "transferred"

    def kept_gone(self, by: str) -> str:
        self.kept = None
        return by
