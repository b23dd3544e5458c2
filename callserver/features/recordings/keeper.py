"""Looks after the recordings while the server runs: the index follows the event log, finished files are proved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.features.recordings import index
from callserver.store.database import Store
from callserver.store.following import Follower

log = Logger()


class Keeper(Follower):
    """Brings the index up to date every two seconds."""

    def __init__(self, clock: IReactorTime, store: Store, in_thread: Callable[..., Deferred[Any]]) -> None:
        super().__init__(clock)
        self._store, self._in_thread = store, in_thread

    async def follow(self) -> None:
        try:
            if await self._store.read(index.is_behind):
                while await self._store.write(index.catch_up):
                    pass
        except Exception:  # the next look does it
            log.failure("the index of recordings does not follow")
