"""
A seat: the place of one staff number, whoever asks something of it.

It is made of three small machines that know nothing of each other: the agent's work (`agent_machine`), his calls
(`calls_machine`) and his program (`presence`). `ringing` has the clocks of what rings; what a screen shows is a pure
view of all (`view`).

How one act goes, always in this order: the right is asked of the living staff book; the machine moves, or refuses and
nothing has changed; then the operation changes roles in the call; then the seat shows how it looks. What comes of an
operation (the call ends, its station has left) finds machines that have already moved: `call_over` of a call that is
no more in hand, kept or ringing here changes nothing. So no act can be done twice, and nobody has to be told "do not
tell me".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from automat import NoTransition
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.agent_machine import AgentCore, Work, agent_machine
from callserver.acd.calls_machine import CallsCore, Phase, calls_machine
from callserver.acd.offers import Offer, Recall
from callserver.acd.presence import Presence, PresenceLimits, ProgramWatch
from callserver.acd.ringing import Ringing
from callserver.acd.station import HeadsetStation
from callserver.acd.view import Look, seat_status
from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CLIENT_LOST, MISSED, WRAP_UP, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

WITHOUT_AGENT_OVER = (  # a call out, or a consultation, has no sense without the agent
    Phase.DIALLING,
    Phase.RINGBACK,
    Phase.DIALLING_SECOND,
    Phase.RINGBACK_SECOND,
    Phase.TALKING_SECOND,
)


class Person(Protocol):
    """Who is logged in."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class SeatLimits:
    """What a shop may set for its seats."""

    max_wrap_up_s: float = 600.0  # prolonging included
    program: PresenceLimits = field(default_factory=PresenceLimits)


class Seat:
    """
    One seat. What it cannot do now raises Refused, is logged, and changes nothing.

    :param number: the staff number, which is also the internal number
    :param may: whether the person holds a right at this moment
    :param on_show: told of every change of what the seat shows, and why; it may act on the seat at once
    """

    def __init__(
        self,
        number: str,
        clock: IReactorTime,
        bay: PatchBay,
        *,
        may: Callable[[Right], bool],
        on_show: Callable[[SeatStatus, Reason], None],
        limits: SeatLimits = SeatLimits(),
    ) -> None:
        self.number = number
        self.person: Person | None = None
        self.last_end_s: float | None = None  # of his last queued call
        self.station = HeadsetStation(f"seat {number}", bay, clock, self.call_over, self._held_too_long)
        self._clock, self._may, self._on_show = clock, may, on_show
        self._by_phone = False
        self._ringing = Ringing(clock, self._miss, lambda: self._show(Reason(Cause.READY)))
        self._agent = AgentCore(clock, limits.max_wrap_up_s, self._wrap_up_over)
        self._agent_machine = agent_machine(self._agent)
        self._calls = CallsCore()
        self._calls_machine = calls_machine(self._calls)
        self._program = ProgramWatch(clock, limits.program, self._program_changed, self._program_given_up)
        self._parked: Offer | None = None  # held for an agent whose program is gone

    @property
    def status(self) -> SeatStatus:
        """How it looks now."""
        return self._status("")

    @property
    def is_staffed(self) -> bool:
        """Somebody is logged in who can be reached, or will be in a moment."""
        return self.person is not None and self._program.presence in (Presence.HERE, Presence.LOST)

    @property
    def rests(self) -> bool:
        """It has just missed a call, and is not asked for a while."""
        return self._ringing.rests

    # Log-in and pause

    def log_in(self, person: Person, *, by_phone: bool = False) -> None:
        """The password was right; the seat is ready at once."""
        self._happen(self._agent_machine.log_in)
        self.person, self._by_phone = person, by_phone
        self._show(Reason(Cause.LOGGED_IN))

    def log_out(self, reason: Reason = Reason(Cause.LOGGED_OUT)) -> None:  # noqa: B008
        """The agent leaves, or is sent off by somebody whose right 18 was checked; never out of a call."""
        self._happen(self._agent_machine.log_out)
        self._program.back()
        self._ringing.reset()
        self.person = None
        self._show(reason)

    def dismiss(self, reason: Reason) -> None:
        """He may not work here any more: out at once, also out of a call, whose party is found somebody else."""
        if self.person is not None:
            self._leave_calls(reason)
            self.log_out(reason)

    def pause(self, reason: str) -> None:
        """No offers, from now or from the end of the call on."""
        if not reason or reason in (WRAP_UP, MISSED, CLIENT_LOST):
            raise Refused(Refusal.BAD_ARGUMENT, "reason")
        self._happen(self._agent_machine.pause, reason)
        self._show(Reason(Cause.PAUSED))

    def ready(self) -> None:
        """Ends a pause, a wrap-up, or the wish for a pause."""
        self._happen(self._agent_machine.ready)
        self._ringing.end_row()
        self._show(Reason(Cause.READY))

    def prolong_wrap_up(self, seconds: float) -> None:
        """So much longer, up to the limit."""
        self._happen(self._agent_machine.prolong, seconds)
        self._show(Reason(Cause.WRAP_UP_PROLONGED))

    # Calls that ring

    def offer(self, offer: Offer) -> None:
        """Ring for a call; what comes of it is told to the offer."""
        self._require(offer.right)
        if not self._can_ring:
            raise Refused(Refusal.NOT_NOW, CLIENT_LOST)
        if offer.right is Right.ANSWER_QUEUED and self._agent.work is not Work.READY:
            raise Refused(Refusal.NOT_NOW, self.status.state.value)
        self._begin(self._calls_machine.offer, offer)
        self._ringing.start(offer.ring_s)
        self._show(Reason(Cause.OFFERED))

    def withdraw(self, offer: Offer, reason: Reason) -> None:
        """The caller has gone or was taken elsewhere: no miss. Harmless if this offer does not ring here any more."""
        if self._calls.ringing is offer:
            self._stop_ringing()
            self._show(reason)

    def answer(self) -> None:
        """The agent takes the call that rings."""
        if self._calls.ringing is not None:
            self._require(self._calls.ringing.right)
        self._happen(self._calls_machine.answer)
        self._ringing.stop()
        self._ringing.end_row()
        self._accept(Reason(Cause.ANSWERED))

    def reject(self) -> None:
        """The agent does not want it; no miss, and it ends a row of misses."""
        self._decline(Reason(Cause.REJECTED))
        self._ringing.end_row()

    def take(self, offer: Offer, right: Right, reason: Reason) -> None:
        """Picks up a call that rings at another seat (right 4), or grabs one that waits in a queue (5)."""
        self._require(right)
        self._begin(self._calls_machine.take, offer)
        self._accept(reason)

    def rest(self, seconds: float) -> None:
        """No call of any queue for so long: it has just missed one."""
        self._ringing.rest(seconds)

    # Calls in hand

    def hold(self) -> None:
        """The party hears music."""
        self._hold()
        self._show(Reason(Cause.HELD))

    def retrieve(self) -> None:
        """The party is back."""
        self._retrieve()
        self._show(Reason(Cause.RETRIEVED))

    def hang_up(self) -> None:
        """
        Ends the call in hand, or gives up dialling; with a third party in hand, back to the first, who stays held.

        While a party is held and none is consulted it rings the seat again for that party instead.
        """
        if self._calls.phase is Phase.HELD:
            self._recall()
            return
        dialling = self._calls.phase in (Phase.DIALLING, Phase.RINGBACK, Phase.DIALLING_SECOND, Phase.RINGBACK_SECOND)
        self._hang_up(Reason(Cause.GAVE_UP if dialling else Cause.AGENT_HUNG_UP))

    # Calls out; whoever dials has asked the dial guard before

    def dial(self, offer: Offer) -> None:
        """A call out begins, or the consultation of a third party while the first is held."""
        self._begin(self._calls_machine.dial, offer)
        self.station.off_hook()
        offer.call.give(self.station, Role.ALONE)
        self._show(Reason(Cause.CONSULTS if self._calls.kept is not None else Cause.DIALS))
        self._leave_what_is_over(offer.call)

    def rings_there(self) -> None:
        """What was dialled rings; `call_over` if it cannot."""
        self._happen(self._calls_machine.rings_there)
        self._show(Reason(Cause.RINGS_THERE))

    def answered_there(self) -> None:
        """The dialled party is there; `call_over` if it does not come."""
        self._happen(self._calls_machine.answered_there)
        self._accept(Reason(Cause.ANSWERED))

    def join(self) -> None:
        """The held and the consulted party talk to each other."""
        first, second = self._calls.kept, self._calls.in_hand
        self._happen(self._calls_machine.join)
        assert first is not None
        assert second is not None
        operations.join(first.call, second.call, self.station)
        self._after_call(first, Reason(Cause.TRANSFERRED))

    def cancel(self) -> None:
        """The consulted party is left, the first is back."""
        consulted = self._calls.in_hand
        self._happen(self._calls_machine.cancel)
        assert consulted is not None
        reason = Reason(Cause.CONSULT_CANCELLED)
        operations.hang_up(consulted.call, self.station, f"agent {self.number}", reason)
        operations.retrieve(self._in_hand.call, self.station)
        self._show(reason)

    # The staff book, the desktop program, the card

    def lose_right(self, right: Right) -> None:
        """It was taken away: what it carries ends at once; a talk goes on."""
        if self._calls.ringing is not None and self._calls.ringing.right is right:
            self._decline(Reason(Cause.RIGHT_TAKEN, str(int(right))))

    def client_lost(self) -> None:
        """
        The program does not answer: no offers, and music for who was talked with, who waits for it for a while.

        A seat that works by telephone has none.
        """
        if self.person is None or self._by_phone:
            return
        reason = Reason(Cause.CLIENT_LOST)
        self._program.lost()
        if self._calls.ringing is not None:
            self._decline(reason)
            return
        if self._calls.phase is Phase.TALKING:
            self._parked = self._in_hand
            self._hold(reason)
        elif self._calls.phase in WITHOUT_AGENT_OVER:
            self._hang_up(reason)
        self._show(reason)

    def client_back(self) -> None:
        """It is there again, after the password: all as before, the talk too."""
        self._program.back()
        parked, self._parked = self._parked, None
        if parked is not None and parked is self._calls.in_hand and self._calls.phase is Phase.HELD:
            self._retrieve(Reason(Cause.CLIENT_BACK))
        self._show(Reason(Cause.CLIENT_BACK))

    def card_changed(self) -> None:
        """More is known of a caller whose card is shown."""
        self._show(Reason(Cause.RECORD_CAME))

    # What calls and the clock tell

    def call_over(self, call: Call, reason: Reason) -> None:
        """The station is in a call no more, and the seat did not end it."""
        ringing, in_hand, kept = self._calls.ringing, self._calls.in_hand, self._calls.kept
        if in_hand is not None and in_hand.call is call:
            self._happen(self._calls_machine.ended)
            self._after_call(in_hand, reason)
        elif kept is not None and kept.call is call:
            self._happen(self._calls_machine.kept_gone)
            self._show(reason)
        elif ringing is not None and ringing.call is call:
            self._stop_ringing()
            self._show(reason)

    def _held_too_long(self, call: Call) -> None:
        """A party that is kept while another is consulted stays where it is: the agent is at it."""
        in_hand = self._calls.in_hand
        if self._calls.phase is Phase.HELD and in_hand is not None and in_hand.call is call:
            self._recall()

    def _recall(self) -> None:
        recall = Recall(self._in_hand)
        self._happen(self._calls_machine.recall, recall)
        self._ringing.start(recall.ring_s)
        self._show(Reason(Cause.RECALLED))
        if not self._can_ring and self._calls.ringing is recall:
            self._decline(Reason(Cause.CLIENT_LOST))

    def _program_changed(self, presence: Presence) -> None:
        reason = Reason(Cause.CLIENT_LOST)
        if presence is Presence.AWAY:
            self._leave_calls(reason)
        self._show(reason)

    def _program_given_up(self) -> None:
        self.dismiss(Reason(Cause.CLIENT_LOST))

    def _wrap_up_over(self) -> None:
        self._happen(self._agent_machine.wrap_up_over)
        self._show(Reason(Cause.WRAP_UP_OVER))

    def _leave_calls(self, reason: Reason) -> None:
        """Whoever rings, is talked with or held here is found somebody else; a third party is left."""
        if self._calls.ringing is not None:
            self._decline(reason)
        if self._calls.phase in WITHOUT_AGENT_OVER:
            self._hang_up(reason)
        offer = self._calls.in_hand
        if offer is not None:
            self._happen(self._calls_machine.ended)
            if offer.is_queued:
                self.last_end_s = self._clock.seconds()
            self._free(0)
            offer.give_back(self.station, reason)

    # The parts

    def _hold(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.hold)
        operations.hold(self._in_hand.call, self.station, reason)

    def _retrieve(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.retrieve)
        operations.retrieve(self._in_hand.call, self.station, reason)

    def _hang_up(self, reason: Reason) -> None:
        offer = self._calls.in_hand
        self._happen(self._calls_machine.ended)
        assert offer is not None
        operations.hang_up(offer.call, self.station, f"agent {self.number}", reason)
        self._after_call(offer, reason)

    @property
    def _can_ring(self) -> bool:
        return self._by_phone or self._program.presence is Presence.HERE

    @property
    def _in_hand(self) -> Offer:
        assert self._calls.in_hand is not None
        return self._calls.in_hand

    def _begin(self, happening: Callable[[Offer], None], offer: Offer) -> None:
        """A call comes to the seat; one that is consulted comes to an agent who is busy already."""
        if self.person is None:
            raise Refused(Refusal.NOT_NOW, self.status.state.value)
        self._happen(happening, offer)
        if self._calls.kept is None:
            self._happen(self._agent_machine.busy)

    def _accept(self, reason: Reason) -> None:
        offer = self._in_hand
        try:
            self.station.off_hook()
            offer.accept(self.station)
        except Exception:
            log.failure("seat {seat}: an answered call could not be connected", seat=self.number)
            not_connected = Reason(Cause.NOT_CONNECTED)
            operations.hang_up(offer.call, self.station, "server", not_connected)
            self.station.left(offer.call, not_connected)  # it may not have come as far as being in it
        else:
            self._show(reason)
        self._leave_what_is_over(offer.call)

    def _leave_what_is_over(self, call: Call) -> None:
        """The party was gone before the seat was in the call, so nobody tells it."""
        if call.ended is not None:
            self.station.left(call, call.ended)

    def _miss(self) -> None:
        ringing = self._calls.ringing
        assert ringing is not None
        if self._ringing.count_miss(ringing.max_misses):
            self._happen(self._agent_machine.pause, MISSED)
        self._decline(Reason(Cause.MISSED))

    def _decline(self, reason: Reason) -> None:
        offer = self._stop_ringing()
        offer.decline(self.station, reason)  # before it shows: a queue that sees a free seat must know that it rests
        self._show(reason)

    def _stop_ringing(self) -> Offer:
        offer = self._calls.ringing
        self._happen(self._calls_machine.stop_ringing)
        assert offer is not None
        self._ringing.stop()
        if isinstance(offer, Recall):
            self._done_with(offer)
        else:
            self._free(0)
        return offer

    def _after_call(self, offer: Offer, reason: Reason) -> None:
        """The call is out of his hand; with one kept he is back at that one."""
        if self._calls.phase is Phase.NONE:
            self._done_with(offer)
        self._show(reason)

    def _done_with(self, offer: Offer) -> None:
        if offer.is_queued:
            self.last_end_s = self._clock.seconds()
        self._free(offer.wrap_up_s)

    def _free(self, wrap_up_s: float) -> None:
        due_s = max(wrap_up_s, self._agent.wrap_up_due_s)
        if self._agent.work is Work.OUT:
            return
        if due_s > 0:
            self._happen(self._agent_machine.wrap_up, due_s)
        else:
            self._happen(self._agent_machine.free)

    def _require(self, right: Right | None) -> None:
        if right is not None and not self._may(right):
            raise Refused.no_right(right)

    def _happen(self, happening: Callable[..., None], *args: Any) -> None:
        try:
            happening(*args)
        except NoTransition as no:
            state = self.status.state
            log.warn("seat {seat}: {act} refused, it is {state}", seat=self.number, act=no.symbol, state=state.value)
            raise Refused(Refusal.NOT_NOW, state.value) from None

    def _status(self, cause: str) -> SeatStatus:
        shown = self._calls.in_hand or self._calls.ringing
        return seat_status(
            Look(
                self.number,
                self.person.name if self.person else "",
                self._agent.work,
                self._calls.phase,
                self._program.presence,
                by_phone=self._by_phone,
                pause_reason=self._agent.pause_reason,
                wrap_up_s=self._agent.left_s(),
                card=shown.card if shown else None,
                kept=self._calls.kept.card if self._calls.kept else None,
            ),
            cause,
        )

    def _show(self, reason: Reason) -> None:
        self._on_show(self._status(str(reason)), reason)
