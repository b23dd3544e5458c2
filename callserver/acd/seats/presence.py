"""
Whether an agent's desktop program answers: nobody is left waiting for a seat where nobody is.

From the moment a program is lost, and until it is back:

    HERE --lost--> LOST --some seconds--> UNREACHABLE --away_s--> AWAY --log_out_s--> the agent is logged out
      ^______________________________back__________________________|

LOST is a blink of the network: the seat gets no calls, but callers who have only this seat to wait for are not sent
away for it. Seconds count from the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Presence(Enum):
    """Of the desktop program of a seat."""

    HERE = "here"
    LOST = "lost"  # no offers
    UNREACHABLE = "unreachable"  # the seat counts as nobody there
    AWAY = "away"  # the agent counts as not ready, and no caller waits for him


@dataclass(frozen=True)
class PresenceLimits:
    """How long a program may be gone, seconds from its loss."""

    unreachable_s: float = 5.0
    away_s: float = 30.0
    log_out_s: float = 300.0


class ProgramWatch:
    """
    Follows one program. A seat that works by telephone has none, and is always HERE.

    :param on_change: told of what it has become: UNREACHABLE, AWAY
    :param on_given_up: it has been gone for so long that its agent is not there any more
    """

    def __init__(
        self,
        clock: IReactorTime,
        limits: PresenceLimits,
        on_change: Callable[[Presence], None],
        on_given_up: Callable[[], None],
    ) -> None:
        self.presence = Presence.HERE
        self._clock, self._limits = clock, limits
        self._on_change, self._on_given_up = on_change, on_given_up
        self._timers: list[IDelayedCall] = []

    def lost(self) -> None:
        """It does not answer, or its connection broke."""
        if self.presence is Presence.HERE:
            self.presence, later, limits = Presence.LOST, self._clock.callLater, self._limits
            self._timers = [
                later(limits.unreachable_s, self._become, Presence.UNREACHABLE),
                later(limits.away_s, self._become, Presence.AWAY),
                later(limits.log_out_s, self._on_given_up),
            ]

    def back(self) -> None:
        """It is there again, after the password; or nobody is logged in who could lose it."""
        self.presence = Presence.HERE
        timers, self._timers = self._timers, []
        for timer in timers:
            if timer.active():
                timer.cancel()

    def _become(self, presence: Presence) -> None:
        self.presence = presence
        self._on_change(presence)
