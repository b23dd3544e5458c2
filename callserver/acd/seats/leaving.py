"""How an agent leaves his seat: logged out, sent away, or his program gone; whom he was with is found somebody else."""

from __future__ import annotations

from callserver.acd.seats.agent_machine import Work
from callserver.acd.seats.calls import SeatCalls
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.presence import Presence
from callserver.calls.operations import leave_to_others
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import TELEPHONE_LOST
from callserver.wire.rights import Right

WITHOUT_AGENT_OVER = (  # a call out, a consultation, a supervisor's listening have no sense without who does it
    Phase.LISTENING,
    Phase.DIALLING,
    Phase.RINGBACK,
    Phase.DIALLING_SECOND,
    Phase.RINGBACK_SECOND,
    Phase.TALKING_SECOND,
)


class Leaving(SeatCalls):
    """The ends of an agent's time at his seat, and the loss and return of his program."""

    def log_out(self, reason: Reason = Reason(Cause.LOGGED_OUT)) -> None:  # noqa: B008
        """The agent leaves, or is sent off by somebody whose right 18 was checked; never out of a call."""
        self._happen(self._agent_machine.log_out)
        self._program.back()
        self._ringing.reset()
        self.person = None
        self.station.use(None)
        self._show(reason)

    def dismiss(self, reason: Reason) -> None:
        """He may not work here any more: out at once, also out of a call, whose party is found somebody else."""
        if self.person is not None:
            self._leave_calls(reason)
            self.log_out(reason)

    def lose_right(self, right: Right) -> None:
        """It was taken away: what it carries ends at once; a talk goes on."""
        if self._calls.ringing is not None and self._calls.ringing.right is right:
            self._decline(Reason(Cause.RIGHT_TAKEN, str(int(right))))

    def client_lost(self) -> None:
        """
        The program does not answer: no offers, and music for who was talked with, who waits for it for a while.

        A seat that works by telephone has none.
        """
        if self.person is None or self.station.by_phone:
            return
        reason = Reason(Cause.CLIENT_LOST)
        self._program.lost()
        if self._calls.ringing is not None:
            self._decline(reason)
            return
        self._leave_kept_third(reason)
        if self._calls.phase is Phase.TALKING:
            self._parked = self._in_hand
            self._hold(reason)
        elif self._calls.phase in WITHOUT_AGENT_OVER:
            self._hang_up(reason)
        self._show(reason)

    def telephone_lost(self, reason: Reason) -> None:
        """
        The line of his telephone is no more: whom he was with waits for somebody else, at once.

        Nobody can be waited for, as for a program. Who has a program too is paused, and his headset is his voice; the
        other is out. He gets no offers from the first moment on, or the next caller would ring at a seat with no ear.
        """
        if self.person is None:
            return
        if self._agent.work is not Work.NOT_READY:
            self._happen(self._agent_machine.pause, TELEPHONE_LOST)
        self._leave_calls(reason)
        if self.station.has_headset:
            self.station.use(None)
            self._show(reason)
        else:
            self.log_out(reason)

    def client_back(self) -> None:
        """It is there again, after the password: all as before, the talk too."""
        self._program.back()
        parked, self._parked = self._parked, None
        if parked is not None and parked is self._calls.in_hand and self._calls.phase is Phase.HELD:
            self._retrieve(Reason(Cause.CLIENT_BACK))
        self._show(Reason(Cause.CLIENT_BACK))

    def _program_changed(self, presence: Presence) -> None:
        reason = Reason(Cause.CLIENT_LOST)
        if presence is Presence.AWAY:
            self._leave_calls(reason)
        self._show(reason)

    def _program_given_up(self) -> None:
        self.dismiss(Reason(Cause.CLIENT_LOST))

    def _leave_calls(self, reason: Reason) -> None:
        """Whoever rings, is talked with or held here is found somebody else; a third party is left."""
        if self._calls.ringing is not None:
            self._decline(reason)
        if self._calls.phase in WITHOUT_AGENT_OVER:
            self._hang_up(reason)
        self._leave_kept_third(reason)
        offer = self._calls.in_hand
        if offer is not None:
            self._happen(self._calls_machine.ended)
            if offer.is_queued:
                self.last_end_s = self._clock.seconds()
            self._free(0)
            if not leave_to_others(offer.call, self.station, reason):
                offer.give_back(self.station, reason)
