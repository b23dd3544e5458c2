"""
Where an agent's time goes: his accounts, which sum to the time he was logged in, to the millisecond.

From log-in to log-out he is in exactly one state at any moment; each change of it closes one span and opens the next,
and a span goes to one account. So their sum is the time between log-in and log-out whatever comes in between, also
where a state comes late, twice, or after the log-out. The log-in and the log-out themselves keep the account
LOGGED_IN, by other events than the rest: that they agree is a check, not a definition.

The monotonic clock measures, the wall clock at log-in says where on the day's axis it lies: a wall clock set forward
or back while he works moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from callserver.features.statistics.folding.told import Rows, Told
from callserver.wire.messages import WRAP_UP as WRAP_UP_REASON
from callserver.wire.states import SeatState

LOGGED_IN = "logged_in"
READY, PAUSED, WRAP_UP, RINGING, DIALLING, TALKING, HELD, LISTENING = (
    "ready",
    "paused",
    "wrap_up",
    "ringing",
    "dialling",
    "talking",
    "held",
    "listening",  # to somebody else's call, as a supervisor
)
KINDS = (READY, PAUSED, WRAP_UP, RINGING, DIALLING, TALKING, HELD, LISTENING)

_KIND_OF = {
    SeatState.IDLE_PHONE.value: READY,
    SeatState.IDLE_PC.value: READY,
    SeatState.PAUSED.value: PAUSED,
    SeatState.RINGING.value: RINGING,
    SeatState.DIALING.value: DIALLING,
    SeatState.RINGBACK.value: DIALLING,
    SeatState.TALKING.value: TALKING,
    SeatState.HELD.value: HELD,
}
IN_CALL = (RINGING, DIALLING, TALKING, HELD)


@dataclass(frozen=True)
class Span:
    """Some of an agent's time in one state."""

    kind: str
    call_id: str
    ms: int


@dataclass
class Agent:
    """
    One who has logged in, as far as the log is read.

    :param call_id: that rings or is in hand
    :param last_queued: the call whose wrap-up is, or will be, his
    :param kept: held for him while he consults
    """

    number: str
    run: str = ""
    is_in: bool = False
    anchor_ms: int = 0  # wall time of the log-in
    anchor_mono_ms: int = 0
    since_ms: int = 0  # the state, on that axis
    counted_ms: int = 0  # LOGGED_IN is counted so far
    kind: str = READY
    reason: str = ""
    call_id: str = ""
    last_queued: str = ""
    kept: str = ""

    def place(self, mono_ms: int) -> int:
        """A moment of this run on his axis: never before what is counted already."""
        return max(self.anchor_ms + mono_ms - self.anchor_mono_ms, self.since_ms)

    def log_in(self, told: Told) -> None:
        """From now on his time counts."""
        self.is_in, self.run = True, told.run
        self.anchor_ms = self.since_ms = self.counted_ms = told.at_ms
        self.anchor_mono_ms = told.mono_ms

    def advance(self, mono_ms: int, rows: Rows) -> Span | None:
        """His time so far goes to its account; None: none has passed."""
        if not self.is_in:
            return None
        now_ms, since_ms = self.place(mono_ms), self.since_ms
        rows.account(self.number, self.kind, self.reason, since_ms, now_ms)
        self.since_ms = now_ms
        return Span(self.kind, self.call_id, now_ms - since_ms) if now_ms > since_ms else None

    def settle(self, mono_ms: int, rows: Rows) -> Span | None:
        """As `advance`, and LOGGED_IN too: the accounts are complete up to here."""
        span = self.advance(mono_ms, rows)
        if self.is_in:
            now_ms = self.place(mono_ms)
            rows.account(self.number, LOGGED_IN, "", self.counted_ms, now_ms)
            self.counted_ms = now_ms
        return span

    def show(self, told: Told) -> None:
        """He is in another state; an emergency called at an empty seat, and OFF before the log-out, are none of his."""
        kind = _KIND_OF.get(told.word("to"))
        if kind is None:
            return
        reason = told.word("sub")
        if kind == TALKING and reason and not told.call_id:
            kind, reason = LISTENING, ""
        elif kind == PAUSED and reason == WRAP_UP_REASON:
            kind, reason = WRAP_UP, ""
        self.kind, self.reason = kind, reason if kind == PAUSED else ""
        self.call_id = (told.call_id or "") if kind in IN_CALL else ""
        if kind in (READY, PAUSED):
            self.last_queued = ""
        if kind not in IN_CALL or self.call_id == self.kept:
            self.kept = ""

    def log_out(self) -> None:
        """He has gone; all that was counted before."""
        self.is_in, self.kind, self.reason = False, READY, ""
        self.call_id = self.last_queued = self.kept = ""
