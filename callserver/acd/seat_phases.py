"""The phases of a seat: the states of the screens, finer where what may follow differs."""

from enum import Enum

from callserver.acd import seat_times
from callserver.wire.states import SeatState


class Phase(Enum):
    """
    Where a seat is.

    Wrap-up is a pause; a consulted third party is dialled, rung and talked with while the first call is kept held.
    HANDS_FREE lasts no time and is never shown: a call is over, and the core says where the seat falls back to.
    """

    OFF = "off"
    IDLE_PHONE = "idle, telephone"
    IDLE_PC = "idle, computer"
    PAUSED = "paused"
    WRAP_UP = "wrap-up"
    RINGING = "ringing"
    DIALING = "dialling"
    RINGBACK = "ring-back"
    TALKING = "talking"
    HELD = "held"
    DIALING_THIRD = "dialling a third party"
    RINGBACK_THIRD = "ring-back of a third party"
    TALKING_THIRD = "talking with a third party"
    HANDS_FREE = "hands free"


IDLE = (Phase.IDLE_PHONE, Phase.IDLE_PC)
RESTING = (*IDLE, Phase.PAUSED, Phase.WRAP_UP)
BUSY = (
    Phase.RINGING,
    Phase.DIALING,
    Phase.RINGBACK,
    Phase.TALKING,
    Phase.HELD,
    Phase.DIALING_THIRD,
    Phase.RINGBACK_THIRD,
    Phase.TALKING_THIRD,
)

SHOWN = {
    Phase.WRAP_UP: SeatState.PAUSED,
    Phase.DIALING_THIRD: SeatState.DIALING,
    Phase.RINGBACK_THIRD: SeatState.RINGBACK,
    Phase.TALKING_THIRD: SeatState.TALKING,
    **{phase: SeatState[phase.name] for phase in Phase if phase.name in SeatState.__members__},
}

# The account a phase's time goes to; a pause has one for each reason.
ACCOUNTS = {
    Phase.IDLE_PHONE: seat_times.READY,
    Phase.IDLE_PC: seat_times.READY,
    Phase.WRAP_UP: seat_times.WRAP_UP,
    Phase.RINGING: seat_times.RINGING,
    Phase.DIALING: seat_times.DIALING,
    Phase.DIALING_THIRD: seat_times.DIALING,
    Phase.RINGBACK: seat_times.DIALING,
    Phase.RINGBACK_THIRD: seat_times.DIALING,
    Phase.TALKING: seat_times.TALKING,
    Phase.TALKING_THIRD: seat_times.TALKING,
    Phase.HELD: seat_times.HOLD,
}
