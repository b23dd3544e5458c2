"""Who gets the next caller: pure, so that tests repeat."""

from collections.abc import Sequence
from dataclasses import dataclass

from callserver.wire.rights import Right
from callserver.wire.states import SeatState


@dataclass(frozen=True)
class Candidate:
    """What routing looks at in a seat."""

    number: str  # staff number
    state: SeatState
    rights: frozenset[Right]
    last_end_s: float | None  # end of the last talk, monotonic; None: had none yet
    reachable: bool = True  # False while the agent's program is gone
    rests: bool = False  # has just missed a call


@dataclass(frozen=True)
class Choice:
    """The seats to try, best first, and why each other one was passed over."""

    order: tuple[str, ...]
    passed_over: dict[str, str]


def obstacle(candidate: Candidate) -> str | None:
    """Why a seat gets no offer now; None if it may."""
    if Right.ANSWER_QUEUED not in candidate.rights:
        return "no right to queued calls"
    if candidate.state not in (SeatState.IDLE_PC, SeatState.IDLE_PHONE):
        return str(candidate.state.value)
    if not candidate.reachable:
        return "client lost"
    return "has just missed a call" if candidate.rests else None


def longest_idle(candidates: Sequence[Candidate], missed: Sequence[str] = ()) -> Choice:
    """
    The seat whose last call ended earliest; who had none yet comes first; ties by staff number.

    :param missed: seats that have missed this very caller, the oldest miss first; they come last
    """
    passed_over = {c.number: why for c in candidates if (why := obstacle(c)) is not None}
    free = [c for c in candidates if c.number not in passed_over]

    def rank(c: Candidate) -> tuple[int, bool, float, str]:
        turn = 1 + missed.index(c.number) if c.number in missed else 0
        return turn, c.last_end_s is not None, c.last_end_s or 0.0, c.number

    return Choice(tuple(c.number for c in sorted(free, key=rank)), passed_over)
