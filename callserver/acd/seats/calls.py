"""The calls of a seat: how one rings, is taken and is over; the steps that the acts on calls share."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from callserver.acd.seats.agent_machine import Work
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.listening import Listening
from callserver.acd.seats.offers import CallToMake, Dialled, Offer, Recall
from callserver.acd.seats.parts import SeatParts
from callserver.acd.seats.presence import Presence
from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CLIENT_LOST, MISSED
from callserver.wire.refusals import Refusal, Refused

log = Logger()

NOT_CONNECTED_S = 5.0  # so long a seat rests whose agent could not be connected: others are asked first


class SeatCalls(SeatParts):
    """One that rings, one in hand, one kept; what becomes of them is told by the calls, the clock, and acts."""

    # What calls and the clock tell

    def call_over(self, call: Call, reason: Reason) -> None:
        """The station is in a call no more, and the seat did not end it."""
        ringing, in_hand, kept = self._calls.ringing, self._calls.in_hand, self._calls.kept
        if in_hand is not None and in_hand.call is call:
            self._happen(self._calls_machine.ended)
            self._after_call(in_hand, reason)
        elif kept is not None and kept.call is call:
            self._happen(self._calls_machine.kept_gone)
            self._show(reason)
        elif ringing is not None and ringing.call is call:
            self._stop_ringing()
            self._show(reason)

    def _held_too_long(self, call: Call) -> None:
        """A party that is kept while another is consulted stays where it is: the agent is at it."""
        in_hand = self._calls.in_hand
        if self._calls.phase is Phase.HELD and in_hand is not None and in_hand.call is call:
            self._recall()

    def _miss(self) -> None:
        ringing = self._calls.ringing
        assert ringing is not None
        if self._ringing.count_miss(ringing.max_misses):
            self._happen(self._agent_machine.pause, MISSED)
        self._decline(Reason(Cause.MISSED))

    # A call rings

    def _ring(self, offer: Offer, reason: Reason) -> None:
        if not self._can_ring:
            raise Refused(Refusal.NOT_NOW, CLIENT_LOST)
        self._begin(self._calls_machine.offer, offer)
        self._ringing.start(offer.ring_s)
        self._watch(offer)
        self._show(reason)

    def _watch(self, offer: Offer) -> None:
        """It rings while its call lives: the station is not in it, so nobody else would tell."""
        self._until_over = offer.call.when_ended().addCallbacks(self._ringing_over, lambda cancelled: None)

    def _ringing_over(self, reason: Reason) -> None:
        offer = self._calls.ringing
        if offer is not None and offer.call.ended is None:
            self._watch(offer)  # it has become part of another one
        elif offer is not None:
            self.call_over(offer.call, Reason(Cause.ABANDONED))

    def _stop_watching(self) -> None:
        self._ringing.stop()
        self._until_over.cancel()

    def _recall(self) -> None:
        recall = Recall(self._in_hand)
        self._happen(self._calls_machine.recall, recall)
        self._ringing.start(recall.ring_s)
        self._show(Reason(Cause.RECALLED))
        if not self._can_ring and self._calls.ringing is recall:
            self._decline(Reason(Cause.CLIENT_LOST))

    def _decline(self, reason: Reason) -> None:
        offer = self._stop_ringing()
        offer.decline(self.station, reason)  # before it shows: a queue that sees a free seat must know that it rests
        self._show(reason)

    def _stop_ringing(self) -> Offer:
        offer = self._calls.ringing
        self._happen(self._calls_machine.stop_ringing)
        assert offer is not None
        self._stop_watching()
        if isinstance(offer, Recall):
            self._done_with(offer)
        else:
            self._free(0)
        return offer

    @property
    def _can_ring(self) -> bool:
        return self.station.by_phone or self._program.presence is Presence.HERE

    # It is in hand

    def _begin(self, happening: Callable[[Offer], None], offer: Offer) -> None:
        """A call comes to the seat, whose agent has none, and is busy from now on."""
        has_call = self._calls.phase is not Phase.NONE  # a held one is left for what he dials himself
        if self.person is None or has_call or self._is_leaving:
            self._refuse("a call")
        self._happen(happening, offer)
        self._happen(self._agent_machine.busy)

    def rings_there(self) -> None:
        """What was dialled rings; `call_over` if it cannot."""
        self._happen(self._calls_machine.rings_there)
        self._show(Reason(Cause.RINGS_THERE))

    def answered_there(self) -> None:
        """The dialled party is there; `call_over` if it does not come."""
        self._happen(self._calls_machine.answered_there)
        self._accept(Reason(Cause.ANSWERED))

    def _accept(self, reason: Reason) -> None:
        """He is in the call that he has taken, or dials it."""
        offer = self._in_hand
        to_make = offer if isinstance(offer, CallToMake) and self._calls.phase is Phase.DIALLING else None
        if to_make is not None:  # it shows before what comes of it, which may come at once
            self._show(Reason(Cause.DIALS))
        try:
            self.station.off_hook()
            if to_make is not None:
                to_make.dial_for(self)
            else:
                offer.accept(self.station)
        except Exception:
            log.failure("seat {seat}: an answered call could not be connected", seat=self.number)
            self._not_connected(offer)
            return
        if to_make is None:
            self._show(reason)
        self._leave_what_is_over(offer.call)

    def _not_connected(self, offer: Offer) -> None:
        """
        Whom he has answered waits for somebody else, in his old place; the seat rests, or it would be rung at once.

        How far it had come is not known: it may be in the call by now, or not.
        """
        reason = Reason(Cause.NOT_CONNECTED)
        self._happen(self._calls_machine.ended)
        self._ringing.rest(NOT_CONNECTED_S)
        try:
            offer.give_back(self.station, reason)
        except Exception:  # the caller hears that it is over, and no silence
            log.failure("seat {seat}: nobody else could be found for the call", seat=self.number)
            offer.call.end("server", reason)
        self.station.left(offer.call, reason)
        if self._calls.phase is Phase.HELD:
            self._in_hand.call.give(self.station, Role.ALONE)
        elif self._calls.phase is Phase.NONE:
            self._free(0)
        self._show(reason)

    def _leave_what_is_over(self, call: Call) -> None:
        """The party was gone before the seat was in the call, so nobody tells it."""
        if call.ended is not None:
            self.station.left(call, call.ended)

    def _hold(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.hold)
        operations.hold(self._in_hand.call, self.station, reason)

    def _retrieve(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.retrieve)
        operations.retrieve(self._in_hand.call, self.station, reason)

    def _hang_up(self, reason: Reason) -> None:
        offer = self._calls.in_hand
        listens = self._calls.phase is Phase.LISTENING
        self._happen(self._calls_machine.ended)
        assert offer is not None
        if listens:  # it is a call of others
            offer.give_back(self.station, reason)
        else:
            operations.hang_up(offer.call, self.station, f"agent {self.number}", reason)
        self._after_call(offer, reason)

    @property
    def _in_hand(self) -> Offer:
        assert self._calls.in_hand is not None
        return self._calls.in_hand

    def _two(self, happening: Callable[[], None]) -> tuple[Offer, Dialled]:
        """The machine moves; the first of the two parties that he had until then, and the one that was consulted."""
        in_hand, kept, dialled = self._calls.in_hand, self._calls.kept, self._calls.dialled
        self._happen(happening)
        first = in_hand if kept is dialled else kept
        assert first is not None
        assert dialled is not None
        return first, dialled

    def _leave_kept_third(self, reason: Reason) -> None:
        """Whom he consults and keeps held, while he talks with the first, is left; otherwise nothing changes."""
        if self._calls.phase is Phase.TALKING_FIRST:
            _, dialled = self._two(self._calls_machine.cancel)
            operations.hang_up(dialled.call, self.station, f"agent {self.number}", reason)

    # It is over

    def _after_call(self, offer: Offer, reason: Reason) -> None:
        """The call is out of his hand; with one kept he is back at that one, with his leg."""
        if self._calls.phase is Phase.HELD:
            self._in_hand.call.give(self.station, Role.ALONE)
        if self._calls.phase is Phase.NONE:
            self._done_with(offer)
        self._show(reason)

    def _done_with(self, offer: Offer) -> None:
        if not isinstance(offer, Listening) and offer.call.id and offer.call.is_answered:
            self._left.appendleft((offer.call, self._clock.seconds()))
        if offer.is_queued:
            self.last_end_s = self._clock.seconds()
        self._free(offer.wrap_up_s)

    def _free(self, wrap_up_s: float) -> None:
        due_s = max(wrap_up_s, self._agent.wrap_up_due_s)
        if self._agent.work is Work.OUT:
            return
        if due_s > 0:
            self._happen(self._agent_machine.wrap_up, due_s)
        else:
            self._happen(self._agent_machine.free)
