"""Messages that were heard and are too old are deleted, with their sounds; new ones stay, and bulletins do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.store.database import Store
from callserver.store.following import Follower

log = Logger()

EVERY = timedelta(hours=1)


class OldMessages(Follower):
    """
    Once an hour, by [voicemail] keep_days as it is set then.

    :param delete_sounds: their files, which nothing plays any more
    """

    def __init__(
        self,
        house: House,
        store: Store,
        events: EventLog,
        directory: Directory,
        delete_sounds: Callable[[list[str]], Deferred[Any]],
    ) -> None:
        super().__init__(house.clock)
        self._house, self._store, self._events = house, store, events
        self._directory, self._delete_sounds = directory, delete_sounds
        self._next: datetime | None = None

    async def follow(self) -> None:
        now, days = self._events.now(), self._house.settings().voicemail.keep_days
        if not days or (self._next is not None and now < self._next <= now + EVERY):
            return
        n, sounds = await self._store.write(rules.delete_old, now - timedelta(days=days))
        self._next = now + EVERY
        if n:
            log.info("{n} messages in mailboxes were older than {days} days", n=n, days=days)
            self._delete_sounds(sounds)
            self._directory.soon()
