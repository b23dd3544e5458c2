"""What a supervisor does at his seat with somebody else's call; whoever lets him has asked for his rights."""

from __future__ import annotations

from callserver.acd.seats.leaving import Leaving
from callserver.acd.seats.listening import Listening
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.wire.causes import Cause, Reason
from callserver.wire.rights import Right


class Overhearing(Leaving):
    """
    While he listens he is in a call as far as offers are concerned: nothing rings here.

    He cannot hold, dial or consult: the call is not his before he has taken it over. To hang up is to listen no more.
    """

    @property
    def listening(self) -> Listening | None:
        """What he listens to; None when the call in hand is his own, or there is none."""
        offer = self._calls.in_hand
        return offer if isinstance(offer, Listening) and not offer.over else None

    def has_taken_over(self, call: Call) -> bool:
        """Whether this call of others is his own by now, talked in or held."""
        own = (offer for offer in (self._calls.in_hand, self._calls.kept) if isinstance(offer, Listening))
        return any(offer.over and offer.call is call for offer in own)

    def listen(self, listening: Listening) -> None:
        """He is at somebody else's call from now on."""
        self._begin(self._calls_machine.listen, listening)
        self._accept(Reason(Cause.LISTENS))

    def listening_changed(self, reason: Reason) -> None:
        """He does something else there, or is in another call."""
        self._show(reason)

    def listening_over(self, listening: Listening, reason: Reason) -> None:
        """There is nothing to hear any more."""
        if self._calls.in_hand is listening:
            self._happen(self._calls_machine.ended)
            self._after_call(listening, reason)

    def takes_over(self, listening: Listening) -> None:
        """No agent is left in the call: it is his own."""
        self._happen(self._calls_machine.take_over)
        self._show(Reason(Cause.TAKEN_OVER, self.number))

    def stop_listening(self, reason: Reason) -> None:
        """He has heard enough, or may not any more; the others talk on."""
        self._hang_up(reason)

    def lose_right(self, right: Right) -> None:
        """To listen takes 16, to whisper 17 too, to have barged in 17; what he has taken over is his own."""
        super().lose_right(right)
        listening, reason = self.listening, Reason(Cause.RIGHT_TAKEN, str(int(right)))
        if listening is None:
            return
        if right is (Right.BARGE_IN if listening.role is Role.TALKS else Right.LISTEN):
            self.stop_listening(reason)
        elif right is Right.BARGE_IN and listening.role is Role.WHISPERS:
            listening.listen()
            self._show(reason)
