"""Whether an agent's desktop program answers: a talk goes on without it, but nothing is offered to nobody."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Presence(Enum):
    """Of the desktop program of a seat."""

    HERE = "here"
    LOST = "lost"  # no offers
    AWAY = "away"  # for so long that the agent counts as not ready


class ProgramWatch:
    """
    Follows one program. A seat that works by telephone has none, and is always HERE.

    :param away_s: lost for so long is away
    :param on_away: told when it is
    """

    def __init__(self, clock: IReactorTime, away_s: float, on_away: Callable[[], None]) -> None:
        self.presence = Presence.HERE
        self._clock, self._away_s, self._on_away = clock, away_s, on_away
        self._timer: IDelayedCall | None = None

    def lost(self) -> None:
        """It does not answer, or its connection broke."""
        if self.presence is Presence.HERE:
            self.presence = Presence.LOST
            self._timer = self._clock.callLater(self._away_s, self._away)

    def back(self) -> None:
        """It is there again, after the password; or nobody is logged in who could lose it."""
        self.presence = Presence.HERE
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _away(self) -> None:
        self.presence = Presence.AWAY
        self._on_away()
