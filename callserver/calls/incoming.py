"""A call that rings at a line: its rings are counted, its caller's number awaited, and it is offered once."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.lines.interfaces import Caller

CALLER_ID_GRACE_S = 0.5  # after the second ring: a caller number that has not come by then will not come
CYCLE_S = 1.8  # bursts that begin within it are one ring: of two or three each, nowhere further apart than 0.8 s


def _another(before: Caller, later: Caller) -> bool:
    return later.known_by is not None and before.known_by is not None and later.known_by != before.known_by


class CallerHint:
    """
    A caller's number that is told before the first ring (DTMF caller ID).

    It is good for the ring that is due, and for no longer: a later caller must not be given this one's name.
    """

    def __init__(self, clock: IReactorTime, life_s: float) -> None:
        self._clock, self._life_s = clock, life_s
        self._caller: Caller | None = None
        self._told_s = 0.0

    def keep(self, caller: Caller) -> None:
        """The exchange has told a number while nothing rang, or what belongs to the number that it has just told."""
        before = self.take()
        self._caller = caller if before is None or _another(before, caller) else before.completed(caller)
        self._told_s = self._clock.seconds()

    def take(self) -> Caller | None:
        """The number of the ring that comes now; it is used up."""
        caller, self._caller = self._caller, None
        return caller if self._clock.seconds() - self._told_s <= self._life_s else None

    @property
    def is_fresh(self) -> bool:
        """A caller has been announced whose ring is due."""
        return self._caller is not None and self._clock.seconds() - self._told_s <= self._life_s

    def forget(self) -> None:
        """The line was out of service: whoever it was does not ring any more."""
        self._caller = None


class IncomingCall:
    """
    One call while it rings.

    It is offered when its number is known, or half a second after the second ring: caller ID comes between the two.

    :param on_offer: whoever serves callers; called once
    """

    def __init__(self, call: Call, clock: IReactorTime, on_offer: Callable[[Call], None]) -> None:
        self.call = call
        self._clock, self._on_offer = clock, on_offer
        self._rings, self._offered = 0, False
        self._ring_s = float("-inf")  # when the latest ring began
        self._hinted = call.caller != Caller()  # what is known of him was told before the first ring
        self._timer: IDelayedCall | None = None

    def ring(self) -> None:
        """One burst of ringing; in some countries a ring has several, and caller ID comes when the ring is over."""
        now_s = self._clock.seconds()
        if now_s - self._ring_s < CYCLE_S:
            return
        self._ring_s = now_s
        self._rings += 1
        self.call.log(Kind.RING, count=self._rings)
        if self.call.caller != Caller():
            self._offer_in(0)
        elif self._rings == 2:
            self._offer_in(CALLER_ID_GRACE_S)

    def identify(self, caller: Caller) -> None:
        """The exchange has told who calls, or more of him. A hint of another number was of another caller."""
        if self._hinted and _another(self.call.caller, caller):
            self.call.identify(caller)
        else:
            self.call.identify(self.call.caller.completed(caller))
        self._hinted = False
        self._offer_in(0)

    def cancel(self) -> None:
        """It rings no more."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _offer_in(self, delay_s: float) -> None:
        self.cancel()
        if not self._offered:
            self._timer = self._clock.callLater(delay_s, self._offer)

    def _offer(self) -> None:
        self._offered = True
        self._on_offer(self.call)
