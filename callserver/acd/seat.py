"""A seat: the place of one staff number, whoever asks something of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from automat import NoTransition
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.seat_calls import Offer, Person, SeatCall, Show, require
from callserver.acd.seat_core import SeatCore, SeatLimits
from callserver.acd.seat_hands import SeatHands
from callserver.acd.seat_machine import seat_machine
from callserver.acd.seat_phases import SHOWN, Phase
from callserver.wire.messages import CLIENT_LOST, MISSED, WRAP_UP, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()


class Seat:
    """
    One seat. What it cannot do now raises Refused, is logged, and changes nothing.

    :param number: the staff number, which is also the internal number
    :param show: told of every change of what the seat shows, after what the change has done to the calls; it may
        act on the seat at once
    """

    def __init__(self, number: str, clock: IReactorTime, show: Show, limits: SeatLimits = SeatLimits()) -> None:  # noqa: B008
        self.number = number
        self._core = SeatCore(self, clock, show, limits, SeatHands(self))
        self._machine = seat_machine(self._core)
        self._telling = False

    @property
    def person(self) -> Person | None:
        """Who is logged in."""
        return self._core.person

    @property
    def status(self) -> SeatStatus:
        """How it looks now, for a screen that has just been opened."""
        return self._core.status("")

    def times_ms(self) -> dict[str, int]:
        """Where the time since log-in went; the sum is the logged-in time. After log-out: of that log-in."""
        return self._core.times.spent_ms()

    # Log-in and pause

    def log_in_pc(self, person: Person) -> None:
        """The password was right; the seat is ready at once."""
        self._do(self._machine.log_in_pc, person)

    def log_in_phone(self, person: Person) -> None:
        """As log_in_pc; the agent's voice is his telephone."""
        self._do(self._machine.log_in_phone, person)

    def log_out(self) -> None:
        """The agent leaves."""
        self._do(self._machine.log_out, "logged out")

    def force_log_out(self, by: str) -> None:
        """Somebody with right 18 (checked by who asks) sends him off; never touches a call."""
        self._do(self._machine.log_out, f"forced out by {by}")

    def pause(self, reason: str) -> None:
        """No offers, from now or from the end of the call on."""
        if not reason or reason in (WRAP_UP, MISSED, CLIENT_LOST):
            raise Refused(Refusal.BAD_ARGUMENT, "reason")
        self._do(self._machine.pause, reason)

    def ready(self) -> None:
        """Ends a pause, a wrap-up, or the wish for a pause."""
        self._do(self._machine.ready)

    def prolong_wrap_up(self, seconds: float) -> None:
        """So much longer, up to the limit."""
        self._do(self._machine.prolong, seconds)

    # Calls that ring

    def offer(self, offer: Offer) -> None:
        """Ring for a call; what comes of it is told to the offer."""
        if self.person is not None:
            require(self.person, offer.right)
        if not self._core.client_here:
            raise Refused(Refusal.NOT_NOW, CLIENT_LOST)
        queued = offer.right is Right.ANSWER_QUEUED
        self._do(self._machine.acd_offer if queued else self._machine.internal_call, offer)

    def withdraw(self, offer: Offer, reason: str) -> None:
        """The caller has gone or was taken elsewhere: no miss. Harmless if this offer does not ring here any more."""
        if self._core.phase is Phase.RINGING and self._core.hands.offer is offer:
            self._do(self._machine.withdraw, reason)

    def answer(self) -> None:
        """The agent takes the call that rings."""
        if self.person is not None and self._core.hands.offer is not None:
            require(self.person, self._core.hands.offer.right)
        self._do(self._machine.answer)

    def reject(self) -> None:
        """The agent does not want it."""
        self._do(self._machine.reject)

    # Calls in hand

    def hold(self) -> None:
        """The party hears music."""
        self._do(self._machine.hold)

    def retrieve(self) -> None:
        """The party is back."""
        self._do(self._machine.retrieve)

    def hang_up(self) -> None:
        """
        Ends the call in hand, or gives up dialling; with a third party in hand, back to the first, who stays held.

        While a party is held and none is consulted it rings the seat again for that party instead.
        """
        self._do(self._machine.hang_up)

    def recall(self) -> None:
        """The party has been held for too long: rings the seat for it."""
        self._do(self._machine.hang_up)

    def call_ended(self, by: str, call: SeatCall | None = None) -> None:
        """
        A call is over and the seat did not end it.

        :param by: "caller hung up", "line lost", "transferred", "busy" ...
        :param call: which one; by default the one in hand. Harmless if the seat has let go of it
        """
        hands = self._core.hands
        if call is None or call is hands.in_hand:
            self._do(self._machine.call_ended, by)
        elif call is hands.kept:
            self._do(self._machine.kept_party_gone, by)
        elif call is hands.recalled:
            self._do(self._machine.withdraw, by)

    def pick_up(self, call: SeatCall) -> None:
        """Takes a call that rings at another seat."""
        self._take(call, Right.PICK_UP, "picked up")

    def grab(self, call: SeatCall) -> None:
        """Takes a call that waits in a queue."""
        self._take(call, Right.GRAB, "grabbed")

    def _take(self, call: SeatCall, right: Right, cause: str) -> None:
        if self.person is not None:
            require(self.person, right)
        self._do(self._machine.take, call, cause)

    # Calls out; the dial guard has been asked before

    def dial(self, call: SeatCall) -> None:
        """A call out begins, or the consultation of a third party while the first is held."""
        held = self._core.phase is Phase.HELD
        self._do(self._machine.consult if held else self._machine.dial, call)

    def dial_emergency(self, call: SeatCall) -> None:
        """A seat where nobody is logged in calls for help."""
        self._do(self._machine.dial_emergency, call)

    def accepted(self) -> None:
        """What was dialled rings; `call_ended` if it cannot."""
        self._do(self._machine.accepted)

    def answered(self) -> None:
        """The dialled party is there; `call_ended` if it does not come."""
        self._do(self._machine.answered)

    def join(self) -> None:
        """The held and the consulted party talk to each other."""
        self._do(self._machine.join)

    def cancel(self) -> None:
        """The consulted party is left, the first is back."""
        self._do(self._machine.cancel)

    # The desktop program

    def client_lost(self) -> None:
        """It does not answer: no offers; a talk goes on."""
        self._do(self._machine.client_lost)

    def client_back(self) -> None:
        """It is there again, after the password: all as before."""
        self._do(self._machine.client_back)

    # Timers

    def ring_time_over(self) -> None:
        """The agent did not answer."""
        self._do(self._machine.ring_time_over)

    def wrap_up_over(self) -> None:
        """The deadline."""
        self._do(self._machine.wrap_up_over)

    def client_stays_away(self) -> None:
        """The desktop program has been gone for too long."""
        self._do(self._machine.client_stays_away)

    def _do(self, act: Callable[..., None], *args: Any) -> None:
        try:
            act(*args)
        except NoTransition as no:
            phase = self._core.phase
            log.warn("seat {seat}: {act} refused, it is {phase}", seat=self.number, act=no.symbol, phase=phase.value)
            raise Refused(Refusal.NOT_NOW, SHOWN[phase].value) from None
        self._tell()

    def _tell(self) -> None:
        if self._telling:
            return  # whoever is told now has acted on the seat; the loop below goes on with what came of it
        self._telling = True
        todo = self._core.hands.todo
        while todo:
            try:
                todo.popleft()()
            except Exception:
                log.failure("seat {seat}: one who was told of a change failed", seat=self.number)
        self._telling = False
