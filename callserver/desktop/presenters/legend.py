"""The legend of the board: what the solution document says of each icon, whole, and of the two that it has not."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.wire.catalogue import N_, known
from callserver.wire.states import LineState, SeatState

SENTENCES: tuple[tuple[LineState | SeatState, bool, str], ...] = (  # state, whether it is the wrap-up, sentence
    (LineState.NOT_LOADED, False, N_("The channel has no menu loaded yet")),
    (LineState.LOADED, False, N_("The channel has a menu loaded, but is not enabled yet")),
    (LineState.IDLE, False, N_("The channel is on hook and idle")),
    (LineState.RINGING_IN, False, N_("The channel has an incoming call and rings")),
    (LineState.DIALING, False, N_("The channel is off hook and dials")),
    (LineState.RINGBACK, False, N_("The channel has ring-back (waits for the other end to answer)")),
    (LineState.TALKING, False, N_("The channel is in a call")),
    (LineState.HELD, False, N_("The channel is held (HOLD)")),
    (LineState.WAIT_HANGUP, False, N_("The channel is waited for to hang up")),
    (LineState.FAXING, False, N_("The channel sends or receives a fax")),
    (LineState.DISCONNECTED, False, N_("The channel's telephone line is disconnected")),
    (SeatState.IDLE_PHONE, False, N_("Somebody has logged in from the seat's telephone and is idle now")),
    (SeatState.IDLE_PC, False, N_("Somebody has logged in from the seat's computer and is idle now")),
    (SeatState.PAUSED, False, N_("The seat has logged in from its computer and is paused now")),
    (SeatState.RINGING, False, N_("Seat: rings")),
    (SeatState.DIALING, False, N_("Seat: off hook and dials")),
    (SeatState.RINGBACK, False, N_("Seat: ring-back (waits for the other end to answer)")),
    (SeatState.TALKING, False, N_("Seat: in a call")),
    (SeatState.HELD, False, N_("Seat: held (HOLD)")),
    (SeatState.OFF, False, N_("Nobody has logged in at the seat")),
    (SeatState.PAUSED, True, N_("Wrap-up after a call")),
)


@dataclass(frozen=True)
class LegendLine:
    """An icon and its sentence."""

    state: LineState | SeatState
    wrap_up: bool
    sentence: str


def legend(language: str) -> tuple[LegendLine, ...]:
    """All 21, lines first."""
    return tuple(LegendLine(state, wrap_up, known(language, sentence)) for state, wrap_up, sentence in SENTENCES)
