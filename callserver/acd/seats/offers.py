"""A call as it comes to a seat: it rings, is taken or declined, and somebody looks after a caller who is left held."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from callserver.calls.call import Call, FirstParty, Party
from callserver.calls.operations import leave_to_others, retrieve, take_held
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card
from callserver.wire.rights import Right

RECALL_RING_S = 20.0


class Offer(Protocol):
    """One call for one seat, from its first ring there until the agent has done with it."""

    @property
    def call(self) -> Call: ...
    @property
    def card(self) -> Card:
        """What the agent sees."""

    @property
    def right(self) -> Right | None:
        """What it takes to be rung and to answer: ANSWER_QUEUED by the ACD, ANSWER_INTERNAL by another seat."""

    @property
    def is_queued(self) -> bool:
        """It came by the ACD."""

    @property
    def ring_s(self) -> float:
        """It rings so long at most."""

    @property
    def max_misses(self) -> int:
        """So many missed in a row make the agent not ready; 0: not counted."""

    @property
    def wrap_up_s(self) -> float:
        """Time after this call before the next; 0 for none."""

    def accept(self, station: Party) -> None:
        """An agent takes it, at the seat where it rings or at one that picks it up: bring the two together."""

    def decline(self, station: Party, reason: Reason) -> None:
        """The seat does not take it: REJECTED, MISSED, CLIENT_LOST, RIGHT_TAKEN; never after it was withdrawn."""

    def give_back(self, station: Party, reason: Reason) -> None:
        """The agent took it and does not come back to the party: find him somebody else."""


class Dialled(Offer, Protocol):
    """A call that begins at a seat: what its agent has dialled."""

    def begin(self, station: FirstParty) -> None:
        """Who has dialled takes part from now on, and hears what comes of it."""

    def pass_on(self, party: Offer, reason: Reason) -> None:
        """He has brought it together with the party of this other call of his, into which it has been merged."""


class DialsFor(Protocol):
    """A seat that dials for an offer, as the offer tells it how that gets on."""

    @property
    def station(self) -> FirstParty: ...
    def rings_there(self) -> None: ...
    def answered_there(self) -> None:
        """The offer is accepted now."""


@runtime_checkable
class CallToMake(Protocol):
    """An offer of somebody to be called, beside what an Offer has: taken, his number is dialled; then he is there."""

    def dial_for(self, seat: DialsFor) -> None:
        """One dial; the seat takes part from now on, and is told by the call when nothing comes of it."""


class Recall:
    """
    The held party rings its agent, once. Implements Offer.

    It takes no right: the talk was his, also if he may not take another one by now.
    """

    right = None
    ring_s = RECALL_RING_S
    max_misses = 0

    def __init__(self, taken: Offer) -> None:
        self._taken: Offer = taken._taken if isinstance(taken, Recall) else taken

    @property
    def call(self) -> Call:
        return self._taken.call

    @property
    def card(self) -> Card:
        return self._taken.card

    @property
    def is_queued(self) -> bool:
        return self._taken.is_queued

    @property
    def wrap_up_s(self) -> float:
        return self._taken.wrap_up_s

    def accept(self, station: Party) -> None:
        if station in self.call.parts:
            retrieve(self.call, station)
        else:
            take_held(self.call, station, Reason(Cause.TAKEN_ELSEWHERE))

    def decline(self, station: Party, reason: Reason) -> None:
        self.give_back(station, reason)

    def give_back(self, station: Party, reason: Reason) -> None:
        if not leave_to_others(self.call, station, reason):
            self._taken.give_back(station, reason)
