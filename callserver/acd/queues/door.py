"""Who comes into a queue: pure, each refusal an outcome of its own."""

from __future__ import annotations

from enum import Enum

from callserver.acd.routing.settings import QueueSettings
from callserver.wire.targets import Target


class Outcome(Enum):
    """
    What becomes of a wait, exactly one (call-centre.md section 5). Stored for years: add, never rename.

    The first four are refusals at the door: there was no wait.
    """

    CLOSED = "closed"
    NO_AGENT = "no_agent"
    FULL = "full"
    DIVERTED = "diverted"  # the estimated wait is too long
    ANSWERED = "answered"
    GRABBED = "grabbed"  # counts as answered
    ABANDONED = "abandoned"
    CUT_OFF = "cut_off"  # his line was lost
    TIMED_OUT = "timed_out"
    LEFT_EMPTY = "left_empty"
    KEY_EXIT = "key_exit"
    CALL_BACK = "callback"
    TRANSFERRED = "transferred"  # somebody has sent the waiting caller elsewhere
    GIVEN_UP = "given_up"  # a call-back, after all tries
    CALLED_AGAIN = "called_again"  # a call-back whose caller has come himself


def refusal(
    settings: QueueSettings, *, is_open: bool, is_staffed: bool, n_waiting: int, estimate_s: float | None
) -> Outcome | None:
    """Why a caller does not come in, looked at in the order of the reference; None: he does."""
    if not is_open:
        return Outcome.CLOSED
    if not is_staffed and not settings.wait_for_nobody:
        return Outcome.NO_AGENT
    if 0 < settings.max_length <= n_waiting:
        return Outcome.FULL
    too_long = estimate_s is not None and 0 < settings.max_estimate_s < estimate_s
    return Outcome.DIVERTED if too_long else None


def target(settings: QueueSettings, outcome: Outcome) -> Target | None:
    """Where the shop sends a caller who is not served; None: he is told, and may leave a message."""
    return {
        Outcome.CLOSED: settings.on_closed,
        Outcome.NO_AGENT: settings.on_nobody,
        Outcome.LEFT_EMPTY: settings.on_nobody,
        Outcome.FULL: settings.on_full,
        Outcome.DIVERTED: settings.on_full,
        Outcome.TIMED_OUT: settings.on_timeout,
        Outcome.KEY_EXIT: settings.on_exit,
    }.get(outcome)
