"""
Calls out of a seat, and the consultation of a third party while the first is kept held.

The kept party and the consulted one are in two calls until the agent says otherwise; he takes part in both, and his leg
serves the one in hand. What brings them together is the end of the second call: it is merged into the first, whose
record, recording and timeline go on. What holds in between:

- *The kept party goes.* Only its mark goes: what is dialled, rings or talks goes on as any call out, and there is
  nobody left to join it to.
- *The consulted party goes, or never comes.* The first stays held, with music, until it is fetched: an agent who looks
  away for a moment has not dropped it.
- *Joined while it rings.* The agent is out of both, and free; his caller waits for the answer with music (or hears the
  line's own ring-back). Nobody comes: `take_back`.
- *Swapped.* He talks with the first again, and the third hears music; as often as he likes. Joined, all three and
  cancelled are what they were: the third joins the first, or is left.
- *Joined while the third holds the agent.* The caller takes the agent's place: he is held, by who held him.
- *Two at once.* Each act is over before the next begins; who comes second finds the machine in another state, and is
  refused in words.
"""

from __future__ import annotations

from twisted.logger import Logger

from callserver.acd.seats.calls import SeatCalls
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.offers import Dialled, Offer, Recall
from callserver.calls import operations
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Partner
from callserver.wire.refusals import Refused

log = Logger()

GIVES_WAY = (  # to an emergency; one that is kept held stays so
    Phase.LISTENING,
    Phase.DIALLING,
    Phase.RINGBACK,
    Phase.DIALLING_SECOND,
    Phase.RINGBACK_SECOND,
    Phase.TALKING_SECOND,
)


class Consulting(SeatCalls):
    """What an agent does who has dialled; whoever dials for him has asked the dial guard before."""

    @property
    def has_one_party(self) -> bool:
        """It talks with or holds somebody whom it could keep held while it calls a third one."""
        return self._calls.phase in (Phase.TALKING, Phase.HELD)

    def check_dial(self) -> None:
        """
        Before anything but an emergency is dialled for it.

        :raises Refused: it may not dial now
        """
        if self._calls.phase is not Phase.NONE or self.person is None:
            self._refuse("dial")

    def check_consult(self) -> None:
        """
        Before a third party is called for it.

        :raises Refused: it has no party whom it could keep held, or nobody is logged in, who has called for help
        """
        if not self.has_one_party or self.person is None:
            self._refuse("consult")

    def dial(self, dialled: Dialled, *, emergency: bool = False) -> None:
        """A call out begins, or the consultation of a third party while the first is held."""
        if self.person is None and not emergency:
            self._refuse("dial")
        consults = self._calls.phase is Phase.HELD
        self._happen(self._calls_machine.dial, dialled)
        if self.person is not None and not consults:
            self._happen(self._agent_machine.busy)
        try:
            self.station.off_hook()
        except LookupError:
            log.warn("seat {seat}: its telephone is gone", seat=self.number)
            self._hang_up(Reason(Cause.NOT_CONNECTED))
            return
        dialled.begin(self.station)
        kept = self._calls.kept
        if kept is not None:
            kept.call.recording.mark(f"consult {dialled.call.id}")
            kept.call.log(Kind.CONSULT, by=self.station.name, call=dialled.call.id, to=dialled.card.caller_number)
        self._show(Reason(Cause.DIALS if kept is None else Cause.CONSULTS))
        self._leave_what_is_over(dialled.call)

    def consult(self, dialled: Dialled, *, emergency: bool = False) -> None:
        """The party in hand is held, if it is not yet, and a third one called."""
        if self._calls.phase is Phase.TALKING:
            self._hold()
            self._show(Reason(Cause.HELD))
        self.dial(dialled, emergency=emergency)

    def make_way(self, reason: Reason) -> None:
        """
        An emergency is to be called: whatever else the agent does gives way, whom he talks with or holds stays his.

        What rings rings elsewhere; what he dials is given up, and whom he consults is left; he listens to nobody.
        """
        if self._calls.phase is Phase.OFFERED:
            self._decline(Reason(Cause.REJECTED))
            self._ringing.end_row()
        elif self._calls.phase in GIVES_WAY:
            self._hang_up(reason)
        else:
            self._leave_kept_third(reason)

    def join(self) -> None:
        """The held and the consulted party talk to each other; one that only rings yet is left to the held one."""
        first, dialled = self._two(self._calls_machine.join)
        _bring_guests(first, dialled)
        operations.join(first.call, dialled.call, self.station)
        dialled.pass_on(first, Reason(Cause.SENT_HERE, self.station.name))
        self._after_call(first, Reason(Cause.TRANSFERRED))

    def swap(self) -> None:
        """Talk with whom he keeps held, and keep whom he talks with; again, and it is as before."""
        first, dialled = self._two(self._calls_machine.swap)
        talks, waits = (first, dialled) if self._calls.phase is Phase.TALKING_FIRST else (dialled, first)
        operations.hold(waits.call, self.station)
        operations.retrieve(talks.call, self.station)
        first.call.log(Kind.SWAP, by=self.station.name, call=talks.call.id)
        self._show(Reason(Cause.SWAPPED))

    def three_way(self) -> None:
        """All three talk in the first call; who of them hangs up leaves the others talking."""
        first, dialled = self._two(self._calls_machine.three_way)
        _bring_guests(first, dialled)
        operations.three_way(first.call, dialled.call, self.station)
        dialled.pass_on(first, Reason(Cause.THREE_WAY))
        self._show(Reason(Cause.THREE_WAY))

    def cancel(self) -> None:
        """The consulted party is left, the first is back."""
        reason = Reason(Cause.CONSULT_CANCELLED)
        if self._calls.phase is Phase.TALKING_FIRST:
            self._leave_kept_third(reason)
        else:
            first, dialled = self._two(self._calls_machine.cancel)
            operations.hang_up(dialled.call, self.station, f"agent {self.number}", reason)
            operations.retrieve(first.call, self.station)
        self._show(reason)

    def take_back(self, passed_on: Offer) -> None:
        """
        A party that this agent has passed on to somebody who did not come rings here again.

        If it cannot, or he does not take it, somebody else is found for it.
        """
        recall = Recall(passed_on)
        if not operations.keep_for(passed_on.call, self.station):
            return
        try:
            self._ring(recall, Reason(Cause.CAME_BACK))
        except Refused:
            recall.give_back(self.station, Reason(Cause.NOBODY_THERE))


def _bring_guests(first: Offer, dialled: Dialled) -> None:
    """Those who were consulted, and who has asked them, are not those whom the first call was between."""
    card, guests = dialled.card, dialled.call.guests
    called = Partner(card.caller_number or "", card.caller_name or "")
    for party in dialled.call.parts:
        first.call.guests[party] = guests.get(party) or called
