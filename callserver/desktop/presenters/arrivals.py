"""How a call has come to this seat, in the first line of its card."""

from __future__ import annotations

from callserver.desktop.presenters.rows import SEAT
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card

HELD = (Cause.RECALLED, Cause.PARKED_TOO_LONG)


def arrival(work: Workplace, card: Card, cause: str) -> str:
    """
    What kind of call it is.

    :param cause: with which it began to ring
    """
    reason = Reason.parse(cause)
    if reason is not None and reason.cause is Cause.SENT_HERE:
        return work.words("Transferred by {number}", number=reason.detail.removeprefix(SEAT))
    if reason is not None and reason.cause in HELD:
        return work.words("Held call returns")
    if reason is not None and reason.cause is Cause.CAME_BACK:
        return work.words("Your transfer comes back")
    if any(one.call_back and one.call_id == card.call_id for row in work.model.queues.values() for one in row.waiters):
        return work.words("Call-back")
    if is_internal(work, card):
        return work.words("Internal")
    return work.words("Incoming call")


def is_internal(work: Workplace, card: Card) -> bool:
    """Whether it is with a colleague: he is in no queue, and his number is a seat's."""
    return card.queue is None and f"{SEAT}{card.caller_number}" in work.model.rows
