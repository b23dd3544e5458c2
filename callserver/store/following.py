"""A copy in memory of what the database has, brought up to date while the server runs."""

from __future__ import annotations

from abc import ABC, abstractmethod

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

log = Logger()

FOLLOW_S = 2.0  # what a command has changed holds so soon


class Follower(Service, ABC):
    """
    Looks into the database again and again while it runs.

    Not a TimerService: its stop would wait for a look that a database beyond reach holds up.

    :param at_once: whether the first look is at the start; else the caller has looked already
    """

    def __init__(self, clock: IReactorTime, *, at_once: bool = True) -> None:
        self._looks_at_start = at_once
        self._looking = LoopingCall(self._look)
        self._looking.clock = clock

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        ended = self._looking.start(FOLLOW_S, now=self._looks_at_start)
        ended.addErrback(lambda failure: log.failure("{who} follows no more", failure, who=type(self).__name__))

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._looking.running:
            self._looking.stop()

    @abstractmethod
    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is."""

    async def _look(self) -> None:
        """One that fails is not the last: the next is in two seconds."""
        try:
            await self.follow()
        except Exception:
            log.failure("{who}: a look into the database failed", who=type(self).__name__)
