"""How a seat looks on a screen: pure, from the agent, his calls and his program."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.acd.seats.agent_machine import Work
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.presence import Presence
from callserver.wire.messages import CLIENT_LOST, WRAP_UP, Card, SeatStatus
from callserver.wire.states import SeatState

IN_CALL = {
    Phase.OFFERED: SeatState.RINGING,
    Phase.DIALLING: SeatState.DIALING,
    Phase.RINGBACK: SeatState.RINGBACK,
    Phase.TALKING: SeatState.TALKING,
    Phase.HELD: SeatState.HELD,
    Phase.DIALLING_SECOND: SeatState.DIALING,
    Phase.RINGBACK_SECOND: SeatState.RINGBACK,
    Phase.TALKING_SECOND: SeatState.TALKING,
    Phase.TALKING_FIRST: SeatState.TALKING,
    Phase.LISTENING: SeatState.TALKING,
}


@dataclass(frozen=True)
class Look:
    """What a seat is made of at one moment."""

    number: str
    name: str
    work: Work
    phase: Phase
    presence: Presence
    by_phone: bool = False
    pause_reason: str = ""
    listens: str = ""  # what a supervisor does at somebody else's call
    wrap_up_s: float = 0.0
    card: Card | None = None  # of the call that rings or is in hand
    kept: Card | None = None
    hidden: bool = False  # who he talks with keys in a secret: he hears silence
    rings_for_s: float = 0.0


def seat_status(look: Look, cause: str = "") -> SeatStatus:
    """The one look a screen shows (call-centre.md section 3): the call first, else what the agent does."""
    state = IN_CALL.get(look.phase) or _resting(look)
    return SeatStatus(
        number=look.number,
        name=look.name,
        state=state,
        reason=_reason(look) if state is SeatState.PAUSED else look.listens,
        cause=cause,
        call=look.card,
        kept=look.kept,
        pause_wanted=bool(look.pause_reason) and (look.phase is not Phase.NONE or look.work is Work.WRAP_UP),
        wrap_up_s=round(look.wrap_up_s),
        hidden=look.hidden,
        rings_for_s=look.rings_for_s,
        wrap_up_left_s=look.wrap_up_s,
        client_here=look.presence is Presence.HERE,
    )


def _resting(look: Look) -> SeatState:
    if look.work is Work.OUT:
        return SeatState.OFF
    if look.work is Work.READY and look.presence is not Presence.AWAY:
        return SeatState.IDLE_PHONE if look.by_phone else SeatState.IDLE_PC
    return SeatState.PAUSED


def _reason(look: Look) -> str:
    if look.work is Work.WRAP_UP:
        return WRAP_UP
    return CLIENT_LOST if look.presence is Presence.AWAY else look.pause_reason
