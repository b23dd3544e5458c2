"""A pause outlasts a restart: who was paused when the server ended is paused when he logs in again, that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from callserver.acd.seats.seat import NOBODYS_WISH
from callserver.store import reading
from callserver.store.database import Store


class PausedBefore:
    """
    The pauses that the last end of the server has interrupted, as the event log tells them.

    Those that somebody wished, begun on the day on which they are asked for again: a pause `missed`, or one for a
    program or a telephone that was gone, is over when its agent logs in, and a wish for after a call is not told by
    the log.

    :param local_now: in the shop's zone, aware
    """

    def __init__(self, local_now: Callable[[], datetime]) -> None:
        self._local_now = local_now
        self._day: date | None = None
        self._reasons: dict[str, str] = {}

    async def restore(self, store: Store, began: datetime) -> None:
        """
        Read them, before anybody logs in.

        :param began: this run of the server
        """
        now = self._local_now()
        midnight = datetime.combine(now.date(), time(), now.tzinfo)
        paused = await store.read(reading.paused_at_stop, midnight, began)
        self._day = now.date()
        self._reasons = {number: reason for number, reason in paused.items() if reason not in NOBODYS_WISH}

    def take(self, number: str) -> str:
        """The reason for which this person still pauses, at his first log-in; "" if he does not."""
        reason = self._reasons.pop(number, "")
        return reason if self._day == self._local_now().date() else ""
