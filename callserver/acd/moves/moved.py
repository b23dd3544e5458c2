"""A party on its way from one person to another, and where it may go in the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from twisted.internet.defer import Deferred

from callserver.acd.moves.rung import RungSeats
from callserver.acd.seats.seat import Seat
from callserver.calls import operations
from callserver.calls.call import Call, Party
from callserver.calls.operations import PRESENT
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

RING_S = 20.0


class Flows(Protocol):
    """Menus and queues, for a call that lives already (callserver.ivr.runner.MenuRunner)."""

    def has_menu(self, name: str) -> bool: ...

    def serve(self, call: Call, menu: str) -> None:
        """The caller goes on in this menu; whatever has served him ends."""

    def has_box(self, number: str) -> bool:
        """Whether there is a mailbox of this number."""

    def take_message(self, call: Call, box: str) -> None:
        """The caller is asked for a message in this mailbox, for nobody has taken his call; then it is over."""

    def find_person(self, call: Call, queue: str, on_refused: Callable[[str], None] | None = None) -> None:
        """
        The caller waits for a person; not served, he is asked for a message or the wish to be called back.

        :param queue: "" is the shop's first
        :param on_refused: called with the outcome, in place of that, when the queue has not even let him in
        """


class Moved:
    """
    One party of a call on its way, and what agents see of it.

    Its call may be merged into another meanwhile: then that is its call, and where its agent has left a caller in his
    place, the caller is who is on the way.
    """

    def __init__(self, call: Call, party: Party, card: Card) -> None:
        self._call, self._party, self._card = call, party, card

    @classmethod
    def of(cls, seat: Seat) -> Moved:
        """
        Whom this agent talks with, or holds.

        :raises Refused: nobody, or more than one
        """
        offer = seat.talk
        others = [
            party for party, part in offer.call.parts.items() if party is not seat.station and part.role in PRESENT
        ]
        if len(others) != 1:
            raise Refused(Refusal.SEVERAL)
        return cls(offer.call, others[0], offer.card)

    @property
    def call(self) -> Call:
        return self._call.now

    @property
    def party(self) -> Party:
        return self._party if self._party in self.call.parts else self.call.first

    @property
    def card(self) -> Card:
        return replace(self._card, call_id=self.call.id)

    @property
    def is_caller(self) -> bool:
        """The party the call began with: menus can speak to it."""
        return self.party is self.call.first

    def wait_with_music(self, stage: Stage) -> None:
        """Until somebody has it."""
        operations.wait_with_music(self.call, self.party, stage)

    def when_over(self) -> Deferred[None]:
        """A fresh Deferred that fires when its call is over; one that was merged into another goes on there."""
        over: Deferred[None] = Deferred()

        def ended(_: object) -> None:
            if self.call.ended is None:
                self.call.when_ended().addCallback(ended)
            else:
                over.callback(None)

        self.call.when_ended().addCallback(ended)
        return over


def to_queue(moved: Moved, flows: Flows, queue: str = "", on_refused: Callable[[str], None] | None = None) -> None:
    """
    The party waits in a queue, by default that by which it came.

    One the call did not begin with cannot be spoken to, and is not a caller: its call is over.
    """
    call = moved.call
    if call.ended is not None:
        return
    if not moved.is_caller or call.first not in call.parts:
        call.end("server", Reason(Cause.NOBODY_THERE))
        return
    call.enter(Stage.MENU)  # until the queue has him: it may not let him in
    call.give(call.first, Role.ALONE)
    flows.find_person(call, queue or moved.card.queue or "", on_refused)


class WaitingOffer:
    """
    A party that hears music rings at a seat, or at several: it was transferred there, or comes back. Implements Offer.

    When its call is over the seats know that by themselves; it stays where it is when another seat picks it up.

    :param on_declined: rejected, missed, the agent gone, at the last of them: somebody else is to be found for it
    :param on_given_back: the agent who took it does not come back to it
    """

    max_misses = 0
    ring_s = RING_S

    def __init__(
        self,
        moved: Moved,
        *,
        right: Right | None,
        on_declined: Callable[[Reason], None],
        on_given_back: Callable[[], None],
        is_queued: bool = False,
        wrap_up_s: float = 0.0,
    ) -> None:
        self.right, self.is_queued, self.wrap_up_s = right, is_queued, wrap_up_s
        self._moved, self._on_declined, self._on_given_back = moved, on_declined, on_given_back
        self._rung = RungSeats()

    @property
    def call(self) -> Call:
        return self._moved.call

    @property
    def card(self) -> Card:
        return self._moved.card

    def ring_at(self, seats: Sequence[Seat], why: Reason) -> None:
        """
        Until it is answered at one of them or declined at all, or the call is over.

        :raises Refused: none of them can ring now; nothing has changed
        """
        self._rung.ring(self, seats, why)
        rung = [seat.number for seat in self._rung]
        for number in rung:
            self.call.log(Kind.OFFER, seat=number, candidates=[*rung], passed_over={}, why=why.cause.value)

    def accept(self, station: Party) -> None:
        self._rung.taken(self)
        self.call.note(agent=_number(station))
        self.call.log(Kind.CONNECT, person=_number(station), seat=_number(station))
        operations.bring(self.call, station)

    def decline(self, station: Party, reason: Reason) -> None:
        self.call.log(Kind.MISS, person=_number(station), seat=_number(station), reason=str(reason))
        if self._rung.declined(station):
            self._on_declined(reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        if operations.wait_again(self.call, station, reason):
            self._on_given_back()


def _number(station: Party) -> str:
    """ "seat 801" is at 801."""
    return station.name.rpartition(" ")[2]
