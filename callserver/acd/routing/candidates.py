"""What routing looks at: seats, members of groups, callers who wait, queues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callserver.acd.routing.settings import QueueSettings
from callserver.wire.obstacles import Obstacle, PassedOver, in_state
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

IDLE = (SeatState.IDLE_PC, SeatState.IDLE_PHONE)


@dataclass(frozen=True)
class Member:
    """One place in a group; lower levels are asked first, then lower positions."""

    number: str  # staff number
    level: int = 1
    position: int = 0


@dataclass(frozen=True)
class Candidate:
    """A seat where somebody is logged in."""

    number: str  # staff number
    state: SeatState
    rights: frozenset[Right]
    last_end_s: float | None  # end of the last queued call, monotonic; None: had none yet
    reachable: bool = True  # False while the agent's program is gone
    rests: bool = False  # has just missed a call
    staffed: bool = True  # somebody is there, or will be in a moment
    wraps_up: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    n_answered: int = 0  # queued calls since the counter's reset
    talk_s: float = 0.0  # likewise

    @property
    def is_free(self) -> bool:
        """Whether it may ring for anybody."""
        return self.state in IDLE and self.reachable and not self.rests

    @property
    def pauses(self) -> bool:
        """Wrap-up is no pause."""
        return self.state is SeatState.PAUSED and not self.wraps_up


@dataclass(frozen=True)
class Waiting:
    """
    Somebody who waits, or wants to be called back.

    `rung`: the seats of this round of ringing, `rings`: those that ring now; more may join where several ring at once.
    """

    sequence: int  # of arrival; no two have the same
    queue: str
    entered_s: float
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)  # that he needs, beside those of the queue
    missed: tuple[str, ...] = ()  # staff numbers, the oldest miss first
    sticky: str = ""  # who talked with him last, and is asked first
    dial_right: Right | None = None  # it is a call-back, and takes this right
    is_call_back: bool = False
    rings: tuple[str, ...] = ()
    rung: tuple[str, ...] = ()
    last_rung_s: float = 0.0  # when the last one joined
    alone: bool = False  # one seat is asked before all others
    n_offers: int = 0


@dataclass(frozen=True)
class QueueView:
    """A queue with those who serve it; `members` None: everybody with right 3."""

    settings: QueueSettings
    members: Sequence[Member] | None = None
    last_offered: str = ""  # staff number; round_robin goes on behind it


@dataclass(frozen=True)
class Decision:
    """Who rings for whom, and why: what every offer's event tells."""

    sequence: int
    rings: tuple[str, ...]  # staff numbers, to ring now
    candidates: tuple[str, ...]  # all that might, best first
    passed_over: Mapping[str, PassedOver]
    why: str  # the strategy's name, "sticky", or "oldest miss"


def places(view: QueueView, seats: Sequence[Candidate]) -> dict[str, Member]:
    """Who serves the queue, by staff number."""
    if view.members is not None:
        return {member.number: member for member in view.members}
    return {seat.number: Member(seat.number) for seat in seats}


def rank(member: Member) -> tuple[int, int, int, str]:
    """The order of seats: level, position, staff number as a number."""
    return member.level, member.position, len(member.number), member.number


def serves(seat: Candidate, member: Member | None) -> bool:
    """Whether it counts as staff of a queue."""
    return member is not None and seat.staffed and Right.ANSWER_QUEUED in seat.rights


def is_staffed(view: QueueView, seats: Sequence[Candidate]) -> bool:
    """Whether a caller of this queue has somebody to wait for: its join and leave rule."""
    group = places(view, seats)
    return any(
        serves(seat, group.get(seat.number)) and (view.settings.wait_for_paused or not seat.pauses) for seat in seats
    )


def obstacle(seat: Candidate, member: Member | None, waiting: Waiting, settings: QueueSettings) -> PassedOver | None:
    """Why a seat cannot ring for this caller, whatever the others do; None if it can."""
    if member is None:
        return PassedOver(Obstacle.NOT_IN_GROUP, settings.group)
    if Right.ANSWER_QUEUED not in seat.rights:
        return PassedOver(Obstacle.NO_RIGHT)
    if not seat.reachable:  # before its state: a seat that has lost its program pauses after a while, by nobody's wish
        return PassedOver(Obstacle.CLIENT_LOST)
    if seat.state not in IDLE:
        return in_state(seat.state)
    if seat.rests:
        return PassedOver(Obstacle.RESTS)
    if waiting.dial_right is not None and waiting.dial_right not in seat.rights:
        return PassedOver(Obstacle.NO_DIAL_RIGHT, str(int(waiting.dial_right)))
    lacking = _lacking(seat, waiting.skills) or _lacking(seat, settings.skills)
    return PassedOver(Obstacle.LACKS_SKILL, lacking) if lacking else None


def _lacking(seat: Candidate, wanted: Mapping[str, int]) -> str:
    """A skill that nobody has entered is not zero: it fails every comparison."""
    for skill, lowest in wanted.items():
        if skill not in seat.skills or seat.skills[skill] < lowest:
            return f"{skill} {lowest}"
    return ""
