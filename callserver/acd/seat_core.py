"""What a seat remembers of its agent, its phases and timers; when something may happen, seat_machine says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.acd.seat_calls import Person, SeatChange, Show
from callserver.acd.seat_hands import SeatHands
from callserver.acd.seat_phases import ACCOUNTS, SHOWN, Phase
from callserver.acd.seat_times import SeatTimes, paused
from callserver.wire.messages import CLIENT_LOST, MISSED, WRAP_UP, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

if TYPE_CHECKING:
    from callserver.acd.seat import Seat


@dataclass(frozen=True)
class SeatLimits:
    """What a shop may set for its seats."""

    max_misses: int = 3  # so many in a row pause the seat
    max_wrap_up_s: float = 600.0  # prolonging included
    away_s: float = 30.0  # the desktop program gone for so long pauses the seat


@dataclass
class SeatCore:
    """The memory of one seat, and what each input does to it; every act returns the cause shown with the change."""

    seat: Seat
    clock: IReactorTime
    tell: Show
    limits: SeatLimits
    hands: SeatHands
    phase: Phase = Phase.OFF
    person: Person | None = None
    mode: Phase = Phase.IDLE_PC
    pause_reason: str = ""  # if there is one, the seat falls back to PAUSED
    pause_before_loss: str | None = None  # of an agent whose program stays away
    client_here: bool = True
    misses: int = 0
    times: SeatTimes = field(init=False)
    _timer: IDelayedCall | None = None  # of RINGING or WRAP_UP
    _away_timer: IDelayedCall | None = None
    _wrap_up_began_s: float = 0.0
    _shown: SeatState = SeatState.OFF

    def __post_init__(self) -> None:
        self.times = SeatTimes(self.clock.seconds)

    # Phases

    def leave(self) -> None:
        """The phase ends. A call stops the clock of a wrap-up, which goes on after the call."""
        left_s = stop(self._timer, self.clock)
        if self.phase is Phase.WRAP_UP:
            self.hands.wrap_up_due_s = left_s

    def begin(self, phase: Phase) -> None:
        """Another phase begins."""
        self.phase = phase
        if phase in (Phase.IDLE_PHONE, Phase.IDLE_PC):
            self.mode = phase
        elif phase is Phase.RINGING and self.hands.offer:
            self._timer = self.clock.callLater(self.hands.offer.ring_time_s, self.seat.ring_time_over)
        elif phase is Phase.WRAP_UP:
            self._wrap_up_began_s = self.clock.seconds()
            self._timer = self.clock.callLater(self.hands.wrap_up_due_s, self.seat.wrap_up_over)

    def show(self, cause: str) -> None:
        """Tell how the seat looks now."""
        self.times.switch(ACCOUNTS.get(self.phase, paused(self.pause_reason)) if self.person else None)
        change = SeatChange(self.status(cause), self._shown)
        self._shown = change.status.state
        self.hands.todo.append(lambda: self.tell(change))

    def rest(self) -> Phase:
        """Where the seat falls back to when its hands are free."""
        if self.person is None:
            return Phase.OFF
        if self.hands.wrap_up_due_s > 0:
            return Phase.WRAP_UP
        return Phase.PAUSED if self.pause_reason else self.mode

    def status(self, cause: str) -> SeatStatus:
        """All that a screen shows of this seat."""
        return SeatStatus(
            number=self.seat.number,
            name=self.person.name if self.person else "",
            state=SHOWN[self.phase],
            reason=self._reason(),
            cause=cause,
            call=self.hands.card,
            kept=self.hands.kept.card if self.hands.kept else None,
            pause_wanted=bool(self.pause_reason) and self.phase is not Phase.PAUSED,
            wrap_up_s=round(self._wrap_up_left_s()),
            client_here=self.client_here,
        )

    def _reason(self) -> str:
        if self.phase is Phase.WRAP_UP:
            return WRAP_UP
        return self.pause_reason if self.phase is Phase.PAUSED else ""

    def _wrap_up_left_s(self) -> float:
        return self._timer.getTime() - self.clock.seconds() if self.phase is Phase.WRAP_UP and self._timer else 0.0

    # Log-in, pause, wrap-up

    def log_in(self, person: Person) -> str:
        self.person, self.misses = person, 0
        self.times.clear()
        return "logged in"

    def log_out(self, cause: str) -> str:
        self._restore_pause()
        self.person, self.pause_reason, self.hands.wrap_up_due_s = None, "", 0.0
        return cause

    def pause(self, reason: str) -> str:
        self.pause_reason = reason
        return "pause"

    def ready(self) -> str:
        self.pause_reason, self.misses = "", 0
        return "ready"

    def end_wrap_up(self) -> str:
        self.hands.wrap_up_due_s = 0.0
        return "ready"

    def wrap_up_over(self) -> str:
        self.hands.wrap_up_due_s = 0.0
        return "wrap-up over"

    def prolong(self, seconds: float) -> str:
        longest_s = self._wrap_up_began_s + self.limits.max_wrap_up_s - self.clock.seconds()
        wanted_s = self._wrap_up_left_s() + seconds
        if self._timer is None or wanted_s > longest_s:
            raise Refused(Refusal.LIMIT, f"{self.limits.max_wrap_up_s:.0f} s")
        self._timer.reset(wanted_s)
        return "wrap-up prolonged"

    # Answering

    def accept(self) -> str:
        self.misses = 0
        return self.hands.accept()

    def reject(self) -> str:
        self.misses = 0
        return self.hands.decline("reject")

    def miss(self) -> str:
        if self.hands.offer and self.hands.offer.right is Right.ANSWER_QUEUED:
            self.misses += 1
        if self.misses >= self.limits.max_misses:
            self.pause_reason = MISSED
        return self.hands.decline("miss")

    # The desktop program

    def lose_client(self) -> str:
        if self.person is None or self.mode is not Phase.IDLE_PC:  # nobody logged in here by a program
            return CLIENT_LOST
        self.client_here = False
        stop(self._away_timer, self.clock)
        self._away_timer = self.clock.callLater(self.limits.away_s, self.seat.client_stays_away)
        return CLIENT_LOST

    def lose_client_ringing(self) -> str:
        self.lose_client()
        return self.hands.decline(CLIENT_LOST)

    def pause_lost(self) -> str:
        if self.pause_before_loss is None:
            self.pause_before_loss, self.pause_reason = self.pause_reason, CLIENT_LOST
        return CLIENT_LOST

    def client_back(self) -> str:
        self._restore_pause()
        return "client back"

    def _restore_pause(self) -> None:
        stop(self._away_timer, self.clock)
        if self.pause_before_loss is not None:
            self.pause_reason, self.pause_before_loss = self.pause_before_loss, None
        self.client_here = True


def stop(timer: IDelayedCall | None, clock: IReactorTime) -> float:
    """Cancel a timer that may have fired; the seconds it had left."""
    if timer is None or not timer.active():
        return 0.0
    left_s = timer.getTime() - clock.seconds()
    timer.cancel()
    return left_s
