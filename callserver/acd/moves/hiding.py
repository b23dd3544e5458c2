"""
An agent lets whom he talks with key in a secret: a PIN, a card's number.

While it is told he hears silence and sees a sign, whoever is in the call; the recording has silence of equal length,
keys are written down masked. It is over when he says so, after a minute, or when he leaves the call: whoever has it
then shall not wonder at silence. That of a menu shows the same sign, and only the menu ends it.
"""

from __future__ import annotations

from dataclasses import dataclass

from twisted.internet.interfaces import IDelayedCall

from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.calls.call import Call
from callserver.calls.live_calls import LiveCalls
from callserver.calls.vocabulary import Kind
from callserver.wire.refusals import Refusal, Refused

LIMIT_S = 60.0  # as a recording's silence (callserver.media.recording.SECRET_LIMIT_S)


@dataclass(frozen=True)
class _Hidden:
    """By whom, until when."""

    seat: Seat
    timer: IDelayedCall


class Hiding:
    """The secrets of one house."""

    def __init__(self, calls: LiveCalls, seats: Seats) -> None:
        self._clock, self._seats = calls.clock, seats
        self._hidden: dict[str, _Hidden] = {}  # by call
        self._signs: set[str] = set()  # calls whose agents see it
        calls.watch(self._changed)

    def hide(self, seat: Seat) -> None:
        """
        Whom he talks with tells a secret from now on; asked again, its minute begins anew.

        :raises Refused: he talks with nobody
        """
        call = seat.talk.call
        before = self._hidden.pop(call.id, None)
        timer = self._clock.callLater(LIMIT_S, self._end, call)
        self._hidden[call.id] = _Hidden(seat, timer)
        call.log(Kind.HIDE_SECRET, person=seat.number, by=seat.station.name)
        if before is not None:
            before.timer.cancel()
        else:
            call.begin_secret()

    def show_again(self, seat: Seat) -> None:
        """
        It is told.

        :raises Refused: he talks with nobody, or nobody has hidden anything in that call
        """
        call = seat.talk.call
        if call.id not in self._hidden:
            raise Refused(Refusal.NO_SECRET)
        self._end(call, seat)

    def _end(self, call: Call, seat: Seat | None = None) -> None:
        hidden = self._hidden.pop(call.id)
        if hidden.timer.active():
            hidden.timer.cancel()
        call.log(Kind.SHOW_AGAIN, person=seat.number if seat else None, by=seat.station.name if seat else "")
        call.end_secret()

    def _changed(self, call: Call) -> None:
        """Whatever has changed in a call: whether a secret is told there, who is in it."""
        if call.ended is not None:
            self._forget(call)
            return
        hidden = self._hidden.get(call.id)
        if hidden is not None and hidden.seat.station not in call.parts:
            self._end(call)
        if call.in_secret is not (call.id in self._signs):
            self._signs.symmetric_difference_update({call.id})
            for seat in self._seats:
                seat.secret_changed(call)

    def _forget(self, call: Call) -> None:
        self._signs.discard(call.id)
        hidden = self._hidden.pop(call.id, None)
        if hidden is not None and hidden.timer.active():
            hidden.timer.cancel()
