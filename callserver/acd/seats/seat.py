"""A seat: the place of one staff number, whoever asks something of it."""

from __future__ import annotations

from collections.abc import Callable

from callserver.acd.seats.agent_machine import Work
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.consulting import Consulting
from callserver.acd.seats.handing_over import HandingOver
from callserver.acd.seats.offers import CallToMake, Offer
from callserver.acd.seats.overhearing import Overhearing
from callserver.acd.seats.parts import Person
from callserver.acd.seats.station import Instrument
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CLIENT_LOST, MISSED, TELEPHONE_LOST, WRAP_UP
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

NOBODYS_WISH = (WRAP_UP, MISSED, CLIENT_LOST, TELEPHONE_LOST)  # reasons that the server gives


class Seat(Consulting, Overhearing, HandingOver):
    """One seat: what its agent does with the calls that come to it."""

    # Log-in and pause

    def log_in(
        self,
        person: Person,
        telephone: Instrument | None = None,
        paused: Callable[[str], str] = lambda number: "",
    ) -> None:
        """
        Password or PIN was right; the seat is ready at once, and its voice is at this telephone if there is one.

        Not while an emergency is called there.

        :param paused: asked once he is in, by his number: the reason of a pause that he has not ended yet; it goes on,
            and no offer comes before
        """
        if self._calls.phase is not Phase.NONE:
            self._refuse("log_in")
        self._happen(self._agent_machine.log_in)
        reason = paused(person.number)
        if reason:
            self._happen(self._agent_machine.pause, reason)
        self.person = person
        self.station.use(telephone)
        self._show(Reason(Cause.LOGGED_IN))

    def use_telephone(self, telephone: Instrument | None) -> None:
        """His voice is at a telephone from the next call on, or at his headset again; not changed in a call."""
        if self.person is None or self._calls.phase not in (Phase.NONE, Phase.OFFERED):
            raise Refused(Refusal.NOT_NOW, self.status.state.value)
        self.station.use(telephone)
        self._program.back()  # who is at a telephone can be reached, and who puts it down is at his program
        self._show(Reason(Cause.ON_HEADSET if telephone is None else Cause.ON_TELEPHONE))

    def telephone_not_reached(self, result: str) -> None:
        """It was dialled for him, and nothing came of it: he is told, and works on as before."""
        self._show(Reason(Cause.TELEPHONE_NOT_REACHED, result))

    def pause(self, reason: str, why: Reason = Reason(Cause.PAUSED)) -> None:  # noqa: B008
        """
        No offers, from now or from the end of the call on; in a pause another reason from now on.

        :param why: it shows so, where it is not his own wish
        """
        if not reason or reason in NOBODYS_WISH:
            raise Refused(Refusal.BAD_ARGUMENT, "reason")
        self._happen(self._agent_machine.pause, reason)
        self._show(why)

    def ready(self) -> None:
        """Ends a pause, a wrap-up, or the wish for a pause."""
        self._happen(self._agent_machine.ready)
        self._ringing.end_row()
        self._show(Reason(Cause.READY))

    def prolong_wrap_up(self, seconds: float) -> None:
        """So much longer, up to the limit."""
        self._happen(self._agent_machine.prolong, seconds)
        self._show(Reason(Cause.WRAP_UP_PROLONGED))

    # Calls that ring

    def offer(self, offer: Offer, reason: Reason = Reason(Cause.OFFERED)) -> None:  # noqa: B008
        """Ring for a call, and show why; what comes of it is told to the offer."""
        self.require(offer.right)
        if offer.right is Right.ANSWER_QUEUED and self._agent.work is not Work.READY:
            self._refuse("offer")
        self._ring(offer, reason)

    def would_ring(self, right: Right) -> bool:
        """Whether a call that comes by this right would ring here now."""
        return self.person is not None and self._can_ring and self._calls.phase is Phase.NONE and self._may(right)

    @property
    def is_ready(self) -> bool:
        """A call from a colleague would ring here, and he neither pauses nor wraps up."""
        return self._agent.work is Work.READY and self.would_ring(Right.ANSWER_INTERNAL)

    def withdraw(self, offer: Offer, reason: Reason) -> None:
        """The caller has gone or was taken elsewhere: no miss. Harmless if this offer does not ring here any more."""
        if self._calls.ringing is offer:
            self._stop_ringing()
            self._show(reason)

    def answer(self) -> None:
        """The agent takes the call that rings."""
        ringing, machine = self._calls.ringing, self._calls_machine
        if ringing is not None:
            self.require(ringing.right)
        self._happen(machine.answer_by_dialling if isinstance(ringing, CallToMake) else machine.answer)
        self._stop_watching()
        self._ringing.end_row()
        self._accept(Reason(Cause.ANSWERED))

    def reject(self) -> None:
        """The agent does not want it; no miss, and it ends a row of misses."""
        self._decline(Reason(Cause.REJECTED))
        self._ringing.end_row()

    def take(self, offer: Offer, right: Right | None, reason: Reason) -> None:
        """Picks up a call that rings at another seat (right 4), grabs one that waits in a queue (5), fetches one."""
        self.require(right)
        machine = self._calls_machine
        self._begin(machine.dial if isinstance(offer, CallToMake) else machine.take, offer)
        self._accept(reason)

    def rest(self, seconds: float) -> None:
        """No call of any queue for so long: it has just missed one."""
        self._ringing.rest(seconds)

    # Calls in hand

    def hold(self) -> None:
        """The party hears music."""
        self._hold()
        self._show(Reason(Cause.HELD))

    def retrieve(self) -> None:
        """The party is back."""
        self._retrieve()
        self._show(Reason(Cause.RETRIEVED))

    def hang_up(self) -> None:
        """
        Ends the call in hand, or gives up dialling; with another one kept, back to that one, who stays held.

        While a party is held and none is consulted it rings the seat again for that party instead.
        """
        if self._calls.phase is Phase.HELD:
            self._recall()
            return
        dialling = self._calls.phase in (Phase.DIALLING, Phase.RINGBACK, Phase.DIALLING_SECOND, Phase.RINGBACK_SECOND)
        self._hang_up(Reason(Cause.GAVE_UP if dialling else Cause.AGENT_HUNG_UP))

    def card_changed(self, reason: Reason = Reason(Cause.RECORD_CAME)) -> None:  # noqa: B008
        """More is known of a caller whose card is shown, or the call is another's now."""
        self._show(reason)
