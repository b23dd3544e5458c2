"""When a message that was not taken is tried again: soon, then more and more seldom, for about a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

WAITS_S = (5, 15, 60, 300, 900)  # the last one again and again
TRIES = 100  # of a target that is not there: a little over a day
REFUSED_TRIES = 6  # of one that is there and says no: twenty minutes, for it will say no again


@dataclass(frozen=True)
class Outcome:
    """
    What came of one try.

    :param trouble: for people; "": it was taken
    :param refused: the target is there, and does not want this message
    """

    trouble: str = ""
    refused: bool = False


def outcome_of(status: int) -> Outcome:
    """Of an answer over HTTP; a redirection is followed by nobody, so it is a refusal."""
    if 200 <= status < 300:
        return Outcome()
    for_later = status >= 500 or status in (408, 425, 429)
    return Outcome(f"HTTP {status}", refused=not for_later)


def wait_after(tries: int, outcome: Outcome) -> timedelta | None:
    """
    How long until the next try; None: there is none.

    :param tries: in vain so far, this one too
    """
    if tries >= (REFUSED_TRIES if outcome.refused else TRIES):
        return None
    return timedelta(seconds=WAITS_S[min(tries, len(WAITS_S)) - 1])
