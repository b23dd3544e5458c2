"""
Brings those who wait and the seats that are free together, over all queues, in this one place.

Invariants:

- What is to ring is decided by `routing.matching.match` alone, from one look at everybody; the offers of one look are
  made one after the other, and what the seats show meanwhile asks for another look when they are all made. So no look
  is taken in the middle of another one, and no seat is offered two calls.
- An entry waits in its queue's list, or is with an agent, never both. Answered, it has left the list before any other
  seat is told that it is taken elsewhere: a seat that becomes free by that finds the next caller, not the same one.
- Several seats may ring for one entry. The first to answer wins; the others stop without a miss. Each that does not
  answer in time counts it in its own row, and the round of ringing counts once, as a miss of all, when none rings.
- A seat that does not take a call rests before it shows that it is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.acd.queues.door import Outcome
from callserver.acd.queues.entry import Entry, Ringing
from callserver.acd.queues.queue import Queue
from callserver.acd.queues.tallies import IN_CALL, Tallies
from callserver.acd.routing.candidates import Candidate, Decision
from callserver.acd.routing.matching import STICKY, match
from callserver.acd.routing.settings import QueueSettings, Strategy
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.seats import SeatChange, Seats
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused

log = Logger()

MakeOffer = Callable[[Entry, str, float], Offer | None]


class Matching:
    """
    Offers callers to seats whenever one of either may have become free for the other.

    :param queues: by name, also those that are no more set but where somebody waits
    :param skills: of a person at this moment, with their levels
    :param offer: makes the offer of an entry to a seat, which rings so long
    :param on_left: an entry is with an agent now, before the other seats are told
    :param on_rings: other seats ring for an entry than before, or none
    :param on_empty: a queue has nobody left who could answer
    """

    def __init__(
        self,
        clock: IReactorTime,
        seats: Seats,
        queues: Mapping[str, Queue],
        tallies: Tallies,
        *,
        skills: Callable[[str], Mapping[str, int]],
        offer: MakeOffer,
        on_left: Callable[[Entry, Outcome], None],
        on_rings: Callable[[Entry], None],
        on_empty: Callable[[Queue], None],
        seed: str = "",
    ) -> None:
        self._clock, self._seats, self._queues, self._tallies = clock, seats, queues, tallies
        self._skills, self._offer, self._seed = skills, offer, seed
        self._on_left, self._on_rings, self._on_empty = on_left, on_rings, on_empty
        self._matching = self._again = False
        self._soon: IDelayedCall | None = None
        self._wake: IDelayedCall | None = None
        seats.watch(self._seat_changed)

    def candidates(self) -> list[Candidate]:
        """The seats where somebody is logged in, with all that strategies look at."""
        found = []
        for seat in self._seats.candidates():
            tally = self._tallies.of(seat.number)
            skills = self._skills(seat.number)
            found.append(replace(seat, skills=skills, n_answered=tally.n_answered, talk_s=tally.talk_s))
        return found

    def match(self) -> None:
        """Look who can ring for whom now; asked for in the middle of a look, look again after it."""
        self._again = True
        if self._matching:
            return
        self._matching = True
        try:
            while self._again:
                self._again = False
                self._look()
        finally:
            self._matching = False
        self._set_wake()

    def match_soon(self) -> None:
        """The same, when what happens at this moment has happened."""
        if self._soon is None or not self._soon.active():
            self._soon = self._clock.callLater(0, self.match)

    def withdraw(self, entry: Entry, reason: Reason) -> None:
        """Nobody rings for him any more: no miss."""
        ringing, entry.ringing = entry.ringing, Ringing()
        for number, offer in ringing.offers.items():
            self._seats[number].withdraw(offer, reason)

    # What seats tell, by way of the offer

    def answered(self, entry: Entry, seat: str, outcome: Outcome) -> None:
        """The seat takes the call; whatever else rings for it is told so."""
        ringing, entry.ringing = entry.ringing, Ringing()
        if entry.colleague is None:
            self._tallies.answered(seat, entry.queue)
        try:
            self._on_left(entry, outcome)
            entry.seat = seat
        finally:  # what rings on would ring for nobody: he waits again if this seat could not take him
            for number, offer in ringing.offers.items():
                if number != seat:
                    self._seats[number].withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))

    def declined(self, entry: Entry, seat: str, reason: Reason) -> None:
        """The seat did not take it: the next choice at once, this one after a rest and last."""
        ringing = entry.ringing
        ringing.offers.pop(seat, None)
        entry.has_missed(seat)
        self._seats[seat].rest(rest_s(self._queues[entry.queue].settings, reason))
        if reason.cause is Cause.MISSED and len(ringing.rung) > 1:
            ringing.missed.append(seat)
        else:
            entry.log(Kind.MISS, person=seat, seat=seat, reason=str(reason))
        if not ringing.offers:
            entry.ringing = Ringing()
            if ringing.missed:
                entry.log(Kind.MISS, seats=list(ringing.missed), reason=str(Reason(Cause.MISSED)))
        self._on_rings(entry)
        self.match_soon()

    def _seat_changed(self, change: SeatChange) -> None:
        self._tallies.seat_changed(change.status)
        if change.status.state not in IN_CALL or change.before is change.status.state:  # the same: its rights have
            self.match()

    def _look(self) -> None:
        if not any(queue.waiting for queue in self._queues.values()):
            return
        seats = self.candidates()
        for queue in tuple(self._queues.values()):
            if queue.waiting and not queue.settings.wait_for_nobody and not queue.is_staffed(seats):
                self._on_empty(queue)
        waiting = {
            entry.sequence: entry for queue in self._queues.values() for entry in queue.waiting if not entry.busy
        }
        views = {name: queue.view() for name, queue in self._queues.items() if queue.waiting}
        all_waiting = [entry.as_waiting() for entry in waiting.values()]
        for decision in match(all_waiting, seats, views, self._clock.seconds(), self._seed):
            self._ring(waiting[decision.sequence], decision, self._queues[waiting[decision.sequence].queue])

    def _ring(self, entry: Entry, decision: Decision, queue: Queue) -> None:
        alone, ring_s = decision.why == STICKY, queue.settings.ring_s
        if queue.settings.strategy is Strategy.PROGRESSIVE and not alone:  # all stop at the same time
            ring_s += queue.settings.step_s * (len(decision.candidates) - 1)
        offers: dict[str, Offer] = {}
        for number in decision.rings:
            offer = self._offer(entry, number, ring_s)
            if offer is None:  # not yet, so nothing has been offered
                return
            offers[number] = offer
        entry.n_offers += 1
        queue.last_offered = decision.rings[-1]
        entry.ringing.alone = alone
        entry.ringing.last_s = self._clock.seconds()
        several = len(decision.rings) > 1
        entry.log(
            Kind.OFFER,
            queue=queue.name,
            **{"seats" if several else "seat": list(decision.rings) if several else decision.rings[0]},
            candidates=list(decision.candidates),
            passed_over={number: str(why) for number, why in decision.passed_over.items()},
            why=decision.why,
        )
        for number, offer in offers.items():
            if entry in queue.waiting:  # not answered by the one before
                self._ring_at(entry, number, offer)
        self._on_rings(entry)

    def _ring_at(self, entry: Entry, number: str, offer: Offer) -> None:
        entry.ringing.offers[number] = offer
        entry.ringing.rung[number] = None
        try:
            self._seats[number].offer(offer)
        except Refused as refused:  # it has changed its mind since
            log.warn("seat {seat} refused an offer: {refused}", seat=number, refused=refused)
            self.declined(entry, number, Reason(Cause.NOT_CONNECTED))

    def _set_wake(self) -> None:
        """Look again when a level opens or one more seat joins those that ring."""
        if self._wake is not None and self._wake.active():
            self._wake.cancel()
        now_s = self._clock.seconds()
        due_s = [s for queue in self._queues.values() if queue.waiting for s in _moments(queue) if s > now_s]
        if due_s:
            self._wake = self._clock.callLater(min(due_s) - now_s, self.match)


def rest_s(settings: QueueSettings, reason: Reason) -> float:
    """So long a seat that has not taken a call is not asked: for a miss, a reject, or because it could not ring."""
    delays_s = {Cause.MISSED: settings.retry_s, Cause.REJECTED: settings.reject_s}
    return delays_s.get(reason.cause, settings.busy_s)


def _moments(queue: Queue) -> list[float]:
    """When somebody of this queue may ring somewhere though nothing else happens."""
    settings, n_levels = queue.settings, queue.n_levels()
    moments = []
    for entry in queue.waiting:
        moments += [entry.entered_s + k * settings.level_step_s for k in range(1, n_levels)]
        if entry.ringing.offers and settings.strategy is Strategy.PROGRESSIVE:
            moments.append(entry.ringing.last_s + settings.step_s)
    return moments
