"""
An agent sends keys into his call: to another firm's menu, to a mailbox.

They are sounded in the tick, one after the other, into the ears of those he talks with, at a telephone's levels. What
they are is nobody's business: the timeline has them masked, the recording has silence while they sound.

No number is dialled by this way. The digits of one call, from its last * or #, are judged as a number that is dialled
would be: where that takes a right he lacks, they are not sent. Nothing is sent while the far end is gone (its exchange
sounds a tone), nor before it has answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred

from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Rights
from callserver.calls.call import Call, Party
from callserver.calls.dial_guard import RIGHTS, DialClass
from callserver.calls.live_calls import LiveCalls
from callserver.calls.roles import Role
from callserver.calls.vocabulary import Kind
from callserver.media.leg import Leg
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState

WAITING_MAX = 64  # keys that have not sounded yet
MASKED = "****"  # as long for every input
GONE = ("busy", "congestion", "unobtainable", "dial", "howler")  # an exchange's tones at a line


@dataclass
class _Sending:
    """What one call is still to be sent, and the digits that were sent in it since the last * or #."""

    seat: Seat
    keys: deque[str] = field(default_factory=deque)
    number: str = ""
    sounding: bool = False


class SendingKeys:
    """
    Keys sent into calls.

    :param classify: what it would be to dial a number
    """

    def __init__(self, calls: LiveCalls, rights: Rights, classify: Callable[[str], DialClass]) -> None:
        self._calls, self._rights, self._classify = calls, rights, classify
        self._sendings: dict[str, _Sending] = {}  # by call
        calls.watch(self._changed)

    def send(self, seat: Seat, keys: str) -> None:
        """
        Sound these keys to those whom he talks with, after what is being sent already.

        :param keys: 0-9, *, #
        :raises Refused: he talks with nobody, they make a number that he may not dial, too many wait, nobody is there
        """
        call = self._talk(seat)
        _require_somebody(_ears(call, seat.station))
        sending = self._sendings.setdefault(call.id, _Sending(seat))
        if len(sending.keys) + len(keys) > WAITING_MAX:
            raise Refused(Refusal.LIMIT, str(WAITING_MAX))
        sending.number = self._judged(seat, sending.number, keys)
        sending.seat = seat
        sending.keys.extend(keys)
        call.log(Kind.KEYS_SENT, person=seat.number, by=seat.station.name, digits=MASKED)
        if not sending.sounding:
            sending.sounding = True
            call.recording.begin_silence()
            self._next(call, sending)

    def _talk(self, seat: Seat) -> Call:
        if seat.status.state is not SeatState.TALKING:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        return seat.in_hand.call

    def _judged(self, seat: Seat, number: str, keys: str) -> str:
        """The digits by now; asked key by key, for the exchange would listen so."""
        for key in keys:
            number = number + key if key.isdecimal() else ""
            right = RIGHTS.get(self._classify(number))
            if right is not None and right not in self._rights.rights(seat.number):
                raise Refused.no_right(right)
        return number

    def _next(self, call: Call, sending: _Sending) -> None:
        ears = _ears(call, sending.seat.station) if call.ended is None else ()
        if not sending.keys or not ears or any(leg.tone in GONE for leg in ears):
            self._stop(call, sending)
            return
        key, now_s = sending.keys.popleft(), self._calls.clock.seconds()
        sounded: list[Deferred[bool]] = [leg.play_key(key, now_s) for leg in ears]
        sounded[0].addCallback(lambda _: self._next(call, sending))

    def _stop(self, call: Call, sending: _Sending) -> None:
        sending.keys.clear()
        if sending.sounding:
            sending.sounding = False
            call.recording.end_silence()

    def _changed(self, call: Call) -> None:
        if call.ended is not None:
            self._sendings.pop(call.id, None)


def _ears(call: Call, station: Party) -> Sequence[Leg]:
    """Of those who talk with this station."""
    own = call.parts.get(station)
    if own is None or own.role is not Role.TALKS or call.in_secret:
        return ()
    talking = [party for party, part in call.parts.items() if party is not station and part.role is Role.TALKS]
    return [party.leg for party in talking if party.leg is not None]


def _require_somebody(ears: Sequence[Leg]) -> None:
    if not ears:
        raise Refused(Refusal.NOBODY_HEARS)
    for leg in ears:
        if leg.tone in GONE:
            raise Refused(Refusal.NOBODY_HEARS)
