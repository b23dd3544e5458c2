"""
Whom an agent's act in the shop is about: the caller of the call in his hand, or of one that he has just had.

An order form outlives its talk: what the caller has said is put down in the wrap-up, or when the next one has hung up.
So the calls of a seat can be named for a quarter of an hour after it has left them, as long as a basket is held. Where
the next call rings by then nothing goes to the wrong caller: who rings sells nothing, and a program that names the call
of its form is always understood.
"""

from __future__ import annotations

from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

TALKS = (SeatState.TALKING, SeatState.HELD)
RESTS = (SeatState.IDLE_PC, SeatState.IDLE_PHONE, SeatState.PAUSED)


def talk(seat: Seat, call_id: str = "") -> Call:
    """
    The call in which something is sold.

    :param call_id: of one in hand, kept held, or left not long ago; "": that in hand, else the last one
    :raises Refused: NOT_NOW: he talks with nobody and has not lately; NO_CALL: it is none of his
    """
    ringing = seat.ringing
    if call_id:
        call = _named(seat, call_id)
        if ringing is not None and ringing.call is call:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        return call
    state = seat.status.state
    if state in TALKS:
        return seat.in_hand.call
    if state in RESTS and seat.recent:
        return seat.recent[0]
    raise Refused(Refusal.NOT_NOW, state)


def caller_of(seat: Seat, call_id: str = "") -> Call:
    """
    The call whose caller the agent sees: it may ring, too, or be dialled.

    :raises Refused: as `talk`
    """
    if call_id:
        return _named(seat, call_id)
    there = seat.shown_calls
    if there:
        return there[0]
    return talk(seat)


def seen(seat: Seat, call_id: str = "") -> tuple[str, str | None]:
    """
    Id and telephone number of the caller whom the agent sees; one who is to be called back has no call yet.

    :raises Refused: as `talk`
    """
    ringing = seat.ringing
    if ringing is not None and not ringing.call.id and call_id in ("", ringing.card.call_id):
        return ringing.card.call_id, ringing.card.caller_number
    call = caller_of(seat, call_id)
    return call.id, call.caller.known_by


def _named(seat: Seat, call_id: str) -> Call:
    for call in (*seat.shown_calls, *seat.recent):
        if call.id == call_id:
            return call
    raise Refused(Refusal.NO_CALL)
