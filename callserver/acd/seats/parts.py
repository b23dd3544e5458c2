"""
What a seat is made of, and how it asks, moves, refuses and shows.

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
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, Protocol

from automat import NoTransition
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.seats.agent_machine import AgentCore, agent_machine
from callserver.acd.seats.calls_machine import CallsCore, Phase, calls_machine
from callserver.acd.seats.listening import Listening
from callserver.acd.seats.offers import Offer
from callserver.acd.seats.partners import Colleague, card_with_partners
from callserver.acd.seats.presence import Presence, PresenceLimits, ProgramWatch
from callserver.acd.seats.ringing import Ringing
from callserver.acd.seats.station import HeadsetStation
from callserver.acd.seats.view import Look, seat_status
from callserver.calls.call import Call
from callserver.media.patch_bay import PatchBay
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

RECENT_S, RECENT_MAX = 900.0, 5  # so long, and so many, calls are remembered that a seat has left


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
    :param colleague: who sits at the station that is a participant of a call
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
        colleague: Colleague = lambda party: None,
        limits: SeatLimits = SeatLimits(),
    ) -> None:
        self.number = number
        self.person: Person | None = None
        self.last_end_s: float | None = None  # of his last queued call
        self.station = HeadsetStation(f"seat {number}", bay, clock, self.call_over, self._held_too_long)
        self._clock, self._may, self._on_show, self._colleague = clock, may, on_show, colleague
        self._until_over: Deferred[None] = succeed(None)  # the call that rings
        self._ringing = Ringing(clock, self._miss, lambda: self._show(Reason(Cause.READY)))
        self._agent = AgentCore(clock, limits.max_wrap_up_s, self._wrap_up_over)
        self._agent_machine = agent_machine(self._agent)
        self._calls = CallsCore()
        self._calls_machine = calls_machine(self._calls)
        self._program = ProgramWatch(clock, limits.program, self._program_changed, self._program_given_up)
        self._parked: Offer | None = None  # held for an agent whose program is gone
        self._left: deque[tuple[Call, float]] = deque(maxlen=RECENT_MAX)  # calls, and when; the newest first
        self._there: tuple[object, ...] = ()  # who is in his calls, as it has been shown
        self._shown, self._since_s = _look_of(SeatStatus(number)), clock.seconds()  # what a stopwatch counts from

    @property
    def status(self) -> SeatStatus:
        """How it looks now."""
        return self._status("")

    def timed(self, status: SeatStatus) -> SeatStatus:
        """A look that is sent only now, with what is left and has passed at this moment."""
        now = self.status
        if _look_of(now) != _look_of(status):  # another look is on its way
            return status
        return replace(status, since_s=now.since_s, rings_for_s=now.rings_for_s, wrap_up_left_s=now.wrap_up_left_s)

    @property
    def is_staffed(self) -> bool:
        """Somebody is logged in who can be reached, or will be in a moment."""
        return self.person is not None and self._program.presence in (Presence.HERE, Presence.LOST)

    @property
    def rests(self) -> bool:
        """It has just missed a call, and is not asked for a while; or is just leaving one, and has not shown it yet."""
        return self._ringing.rests or self._is_leaving

    @property
    def _is_leaving(self) -> bool:
        """
        His call is his no more, and what he does next is not said yet.

        Others may be told of that call in this very moment, and look for seats that are free: this one would ring in
        the middle of its own leaving.
        """
        return self._agent.is_busy and self._calls.phase is Phase.NONE

    @property
    def shown_calls(self) -> list[Call]:
        """Those whose cards he sees: that which rings or is in hand first, then one that is kept held."""
        offers = (self._calls.ringing, self._calls.in_hand, self._calls.kept)
        return [offer.call for offer in offers if offer is not None and offer.call.id]

    def look_who_is_there(self) -> None:
        """Others are in its calls now, or somebody less."""
        before, now = self._there, _there(self.status)
        if now != before:
            in_call = self._calls.in_hand or self._calls.kept
            left_for = in_call.call.left_for if in_call is not None else Reason(Cause.PARTY_GONE)
            self._show(Reason(Cause.THREE_WAY) if set(now) > set(before) else left_for)

    @property
    def recent(self) -> list[Call]:
        """Those that he has left in the last quarter of an hour, the last first: they may still be written up."""
        since_s = self._clock.seconds() - RECENT_S
        return [call.now for call, at_s in self._left if at_s > since_s]

    # What calls and the clock tell

    def _wrap_up_over(self) -> None:
        self._happen(self._agent_machine.wrap_up_over)
        self._show(Reason(Cause.WRAP_UP_OVER))

    @abstractmethod
    def call_over(self, call: Call, reason: Reason) -> None:
        """The station is in a call no more, and the seat did not end it."""

    @abstractmethod
    def _held_too_long(self, call: Call) -> None:
        """A party that it holds has waited for too long."""

    @abstractmethod
    def _miss(self) -> None:
        """It has rung for as long as it may."""

    @abstractmethod
    def _program_changed(self, presence: Presence) -> None:
        """The program has been gone for longer."""

    @abstractmethod
    def _program_given_up(self) -> None:
        """The program does not come back."""

    # Steps of acts

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
        status = seat_status(
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
                card=self._card(shown),
                kept=self._card(self._calls.kept),
                hidden=self._calls.in_hand is not None and self._calls.in_hand.call.in_secret,
                rings_for_s=self._ringing.left_s,
            ),
            cause,
        )
        since_s = self._clock.seconds() - self._since_s if _look_of(status) == self._shown else 0.0
        return replace(status, since_s=since_s)

    def _show(self, reason: Reason) -> None:
        look = _look_of(self.status)
        if look != self._shown:
            self._shown, self._since_s = look, self._clock.seconds()
        self._there = _there(self.status)
        self._on_show(self._status(str(reason)), reason)

    def _card(self, offer: Offer | None) -> Card | None:
        """With what an agent has said of its caller, and who else is there."""
        if offer is None:
            return None
        card = offer.call.on_card(offer.card)
        if isinstance(offer, Listening):  # the card is of an agent in that call, as it was when the listening began
            return replace(card, beside=(), gone="")
        return card_with_partners(card, offer.call, self.station, self._colleague)


def _look_of(status: SeatStatus) -> tuple[object, ...]:
    """What a stopwatch counts: a record that comes, or a wish for a pause, does not begin it anew."""
    return status.state, status.reason, status.call and status.call.call_id


def _there(status: SeatStatus) -> tuple[object, ...]:
    """Who is in the calls of a seat beside those whom their cards are about, and of which these have left."""
    cards = [card for card in (status.call, status.kept) if card is not None]
    return tuple((card.call_id, one) for card in cards for one in (*card.beside, card.gone) if one)
