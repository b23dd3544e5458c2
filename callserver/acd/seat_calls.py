"""What a seat needs of the queue and of calls; the queue implements it."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from callserver.wire.messages import Card, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

if TYPE_CHECKING:
    from callserver.acd.seat import Seat


class Person(Protocol):
    """Who is logged in."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rights(self) -> Set[Right]: ...


class SeatCall(Protocol):
    """A call as the seat that has it in hand sees it; none of these raises. What the seat ends it has let go of."""

    @property
    def card(self) -> Card: ...
    @property
    def wrap_up_s(self) -> float:
        """Time after this call before the next; 0 for none. The longest of queue and agent."""

    def hold(self) -> None:
        """The agent is unplugged, the caller hears music."""

    def retrieve(self) -> None:
        """The agent is plugged in again."""

    def end(self, reason: str) -> None:
        """The agent ends it: "agent hung up", "gave up", "consult cancelled"."""

    def join(self, other: SeatCall) -> None:
        """The parties of both calls talk to each other; the agent is out of both."""

    def recall(self) -> Offer:
        """
        The agent hung up, or held for too long, while the party is held: an offer that rings the seat for it once.

        Its `accept` retrieves the party, its `decline` finds him somebody else; it never drops him.
        """


class Offer(Protocol):
    """One attempt to ring one seat."""

    @property
    def card(self) -> Card: ...
    @property
    def ring_time_s(self) -> float: ...
    @property
    def right(self) -> Right:
        """What it takes to be rung: ANSWER_QUEUED by the ACD, ANSWER_INTERNAL by another seat."""

    def accept(self, seat: Seat) -> SeatCall:
        """The agent answers: plug him in. A caller gone by now is told afterwards, by `seat.call_ended`."""

    def decline(self, seat: Seat, reason: str) -> None:
        """
        The seat does not take it.

        :param reason: "miss", "reject" or "client lost"; after `seat.withdraw` it is not called
        """


@dataclass(frozen=True)
class SeatChange:
    """One change of what a seat shows: one event, one update of the screens."""

    status: SeatStatus
    before: SeatState


Show = Callable[[SeatChange], None]


def require(person: Person, right: Right) -> None:
    """Refused unless the person holds the right at this moment."""
    if right not in person.rights:
        raise Refused.no_right(right)
