"""
A colleague of a queue is consulted: who is free next is offered the consultation, in its turn among the callers.

    waits in the queue <--> rings at seats --> answered: a call between colleagues, as any
       |
       +--> given up by who asked, or by the caller it was left to
       +--> nobody is left there beside who asks, or it has waited for as long as a caller may: not reached

What holds: it is in the queue's list or with a colleague, never both, as a caller is. It is no caller: no statistics of
callers count it, nobody grabs it, and it is never spoken to. Left to the held party while it waits (`join`), it waits
on for that one, who hears music; if nobody comes, the party is back at who has left it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from twisted.internet.interfaces import IReactorTime

from callserver.acd.moves.dialled import DialledCall, agent_is_here
from callserver.acd.moves.moved import Moved
from callserver.acd.queues.entry import Entry
from callserver.acd.queues.wait import LAST_WORDS_S
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call, Party
from callserver.calls.operations import bring
from callserver.calls.stages import Stage
from callserver.wire.causes import Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.rights import Right


class Queued(Protocol):
    """The queues, to a consultation that waits in one."""

    def may_consult(self, queue: str, asks: str) -> bool:
        """Whether there is such a queue, with somebody there who could answer beside the one who asks."""

    def colleague(self, queue: str, card: Card, log: Callable[..., None], offers: QueueConsultation) -> Entry:
        """Its place at the end of a queue; it waits from now on."""

    def drop(self, entry: Entry) -> None: ...

    def taken_by(self, entry: Entry, station: Party) -> str: ...

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None: ...

    def settings_of(self, entry: Entry) -> QueueSettings: ...

    def waits(self, entry: Entry) -> bool: ...


class QueueConsultation:
    """One of them, until somebody answers or nobody does."""

    def __init__(self, clock: IReactorTime, dialled: DialledCall, seats: Seats, queues: Queued, card: Card) -> None:
        self._clock, self._dialled, self._seats, self._queues, self._card = clock, dialled, seats, queues, card
        self._asks = card.caller_number or ""
        self._answered_by: Party | None = None

    def wait_in(self, queue: str) -> None:
        """It waits, and who asked hears that it rings."""
        call = self._dialled.call
        self._dialled.rings_at(self)
        self._entry = self._queues.colleague(queue, self._card, call.log, self)
        self._patience = self._clock.callLater(self._queues.settings_of(self._entry).max_wait_s, self.nobody)
        self._stop_watching = self._seats.watch(lambda change: self._look())
        Moved(call, call.first, self._card).when_over().addCallback(lambda _: self._over())
        self._dialled.rings_there()

    @property
    def call(self) -> Call:
        return self._dialled.call

    @property
    def card(self) -> Card:
        """Of who asks; then of the party that he has left it to."""
        party = self._dialled.party
        return replace(self._card if party is None else party.card, call_id=self.call.id)

    def offer(self, seat: str, ring_s: float) -> Offer:
        """To one who is free now."""
        return ConsultationOffer(self, seat, self._queues.settings_of(self._entry), ring_s)

    def nobody(self) -> None:
        """Nobody could answer, or nobody has for too long."""
        if self._over():
            self._dialled.not_reached(DialResult.NO_ANSWER)

    def passed_on(self, reason: Reason) -> None:
        """It is another's call now, who waits as a caller does: whoever has it, or hears it ring, sees whose."""
        if self._patience.active():
            self.call.enter(Stage.QUEUE, self._patience.getTime() - self._clock.seconds() + LAST_WORDS_S)
        if self._answered_by is not None:
            seat = self._seats.of(self._answered_by)
            agent_is_here(self.call, seat)
            seat.card_changed(reason)
        for number in self._entry.ringing.offers:
            self._seats[number].card_changed(reason)

    def accept(self, station: Party) -> None:
        self._wait_no_longer()
        self._queues.taken_by(self._entry, station)
        self._answered_by = station
        bring(self.call, station)
        self.call.begin_answered(Stage.TALK)
        agent_is_here(self.call, self._seats.of(station))
        self._dialled.answered_there()

    def decline(self, seat: str, reason: Reason) -> None:
        self._queues.declined(self._entry, seat, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        self._dialled.left_by(station, reason)

    def _look(self) -> None:
        """Who asks may be of the queue himself, and for the queue it is staffed then; not for him."""
        left_to_party, rings = self._dialled.party is not None, self._entry.ringing.offers
        if not left_to_party and not rings and not self._queues.may_consult(self._entry.queue, self._asks):
            self.nobody()

    def _over(self) -> bool:
        """It waits no more; whether it did."""
        waited = self._queues.waits(self._entry)
        self._wait_no_longer()
        if waited:
            self._queues.drop(self._entry)
        return waited

    def _wait_no_longer(self) -> None:
        if self._patience.active():
            self._patience.cancel()
        self._stop_watching()
        self._stop_watching = lambda: None


class ConsultationOffer:
    """As it rings at one seat; taken, the talk that came of it. Implements Offer."""

    right: Right | None = Right.ANSWER_QUEUED
    is_queued = False
    wrap_up_s = 0.0

    def __init__(self, consultation: QueueConsultation, seat: str, settings: QueueSettings, ring_s: float) -> None:
        self._consultation, self._seat = consultation, seat
        self.ring_s, self.max_misses = ring_s, settings.misses

    @property
    def call(self) -> Call:
        return self._consultation.call

    @property
    def card(self) -> Card:
        return self._consultation.card

    def accept(self, station: Party) -> None:
        self._consultation.accept(station)

    def decline(self, station: Party, reason: Reason) -> None:
        self._consultation.decline(self._seat, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        self._consultation.give_back(station, reason)
