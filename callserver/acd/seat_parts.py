"""
What a seat is made of, and the steps that all its acts share.

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

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from automat import NoTransition
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.agent_machine import AgentCore, Work, agent_machine
from callserver.acd.calls_machine import CallsCore, Phase, calls_machine
from callserver.acd.listening import Listening
from callserver.acd.offers import Dialled, Offer, Recall
from callserver.acd.presence import Presence, PresenceLimits, ProgramWatch
from callserver.acd.ringing import Ringing
from callserver.acd.station import HeadsetStation
from callserver.acd.view import Look, seat_status
from callserver.calls import operations
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import CLIENT_LOST, MISSED, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()


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


class SeatParts(ABC):
    """
    The parts of one seat. What it cannot do now raises Refused, is logged, and changes nothing.

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
        self._until_over: Deferred[None] = succeed(None)  # the call that rings
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

    def _wrap_up_over(self) -> None:
        self._happen(self._agent_machine.wrap_up_over)
        self._show(Reason(Cause.WRAP_UP_OVER))

    def _miss(self) -> None:
        ringing = self._calls.ringing
        assert ringing is not None
        if self._ringing.count_miss(ringing.max_misses):
            self._happen(self._agent_machine.pause, MISSED)
        self._decline(Reason(Cause.MISSED))

    @abstractmethod
    def _program_changed(self, presence: Presence) -> None:
        """The program has been gone for longer."""

    @abstractmethod
    def _program_given_up(self) -> None:
        """The program does not come back."""

    # Steps of acts

    def _ring(self, offer: Offer, reason: Reason) -> None:
        if not self._can_ring:
            raise Refused(Refusal.NOT_NOW, CLIENT_LOST)
        self._begin(self._calls_machine.offer, offer)
        self._ringing.start(offer.ring_s)
        self._watch(offer)
        self._show(reason)

    def _watch(self, offer: Offer) -> None:
        """It rings while its call lives: the station is not in it, so nobody else would tell."""
        self._until_over = offer.call.when_ended().addCallbacks(self._ringing_over, lambda cancelled: None)

    def _ringing_over(self, reason: Reason) -> None:
        offer = self._calls.ringing
        if offer is not None and offer.call.ended is None:
            self._watch(offer)  # it has become part of another one
        elif offer is not None:
            self.call_over(offer.call, Reason(Cause.ABANDONED))

    def _begin(self, happening: Callable[[Offer], None], offer: Offer) -> None:
        """A call comes to the seat, whose agent is busy from now on."""
        if self.person is None:
            self._refuse("a call")
        self._happen(happening, offer)
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

    def _stop_watching(self) -> None:
        self._ringing.stop()
        self._until_over.cancel()

    def _recall(self) -> None:
        recall = Recall(self._in_hand)
        self._happen(self._calls_machine.recall, recall)
        self._ringing.start(recall.ring_s)
        self._show(Reason(Cause.RECALLED))
        if not self._can_ring and self._calls.ringing is recall:
            self._decline(Reason(Cause.CLIENT_LOST))

    def _hold(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.hold)
        operations.hold(self._in_hand.call, self.station, reason)

    def _retrieve(self, reason: Reason | None = None) -> None:
        self._happen(self._calls_machine.retrieve)
        operations.retrieve(self._in_hand.call, self.station, reason)

    def _hang_up(self, reason: Reason) -> None:
        offer = self._calls.in_hand
        listens = self._calls.phase is Phase.LISTENING
        self._happen(self._calls_machine.ended)
        assert offer is not None
        if listens:  # it is a call of others
            offer.give_back(self.station, reason)
        else:
            operations.hang_up(offer.call, self.station, f"agent {self.number}", reason)
        self._after_call(offer, reason)

    def _decline(self, reason: Reason) -> None:
        offer = self._stop_ringing()
        offer.decline(self.station, reason)  # before it shows: a queue that sees a free seat must know that it rests
        self._show(reason)

    def _stop_ringing(self) -> Offer:
        offer = self._calls.ringing
        self._happen(self._calls_machine.stop_ringing)
        assert offer is not None
        self._stop_watching()
        if isinstance(offer, Recall):
            self._done_with(offer)
        else:
            self._free(0)
        return offer

    def _after_call(self, offer: Offer, reason: Reason) -> None:
        """The call is out of his hand; with one kept he is back at that one, with his leg."""
        if self._calls.phase is Phase.HELD:
            self._in_hand.call.give(self.station, Role.ALONE)
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

    @property
    def _can_ring(self) -> bool:
        return self.station.by_phone or self._program.presence is Presence.HERE

    @property
    def _in_hand(self) -> Offer:
        assert self._calls.in_hand is not None
        return self._calls.in_hand

    def _two(self, happening: Callable[[], None]) -> tuple[Offer, Dialled]:
        """The machine moves; the party that was kept until then, and the one that was consulted."""
        kept, dialled = self._calls.kept, self._calls.dialled
        self._happen(happening)
        assert kept is not None
        assert dialled is not None
        return kept, dialled

    def require(self, right: Right | None) -> None:
        """:raises Refused: NO_RIGHT, when the person does not hold it at this moment"""
        if right is not None and not self._may(right):
            raise Refused.no_right(right)

    def _happen(self, happening: Callable[..., None], *args: Any) -> None:
        try:
            happening(*args)
        except NoTransition as no:
            self._refuse(no.symbol)

    def _refuse(self, act: str) -> NoReturn:
        state = self.status.state
        log.warn("seat {seat}: {act} refused, it is {state}", seat=self.number, act=act, state=state.value)
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
                by_phone=self.station.by_phone,
                pause_reason=self._agent.pause_reason,
                listens=shown.doing if isinstance(shown, Listening) else "",
                wrap_up_s=self._agent.left_s(),
                card=shown.card if shown else None,
                kept=self._calls.kept.card if self._calls.kept else None,
                hidden=self._calls.in_hand is not None and self._calls.in_hand.call.in_secret,
            ),
            cause,
        )

    def _show(self, reason: Reason) -> None:
        self._on_show(self._status(str(reason)), reason)
