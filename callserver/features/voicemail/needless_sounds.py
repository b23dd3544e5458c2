"""
Sounds that no message and no greeting plays, deleted in the end.

They are left where a server was killed between a deletion in the database and that of the file, or where an owner has
hung up on what he had recorded; and where a message came for a box that was removed meanwhile, of which the shop was
told. None of them is touched in its first week: whoever brings back an older database finds its messages whole.
"""

from __future__ import annotations

from datetime import timedelta

from twisted.application.internet import TimerService
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.files import Sounds
from callserver.store.database import NotOpen, Store

log = Logger()

EVERY_S = 24 * 3600.0
KEPT = timedelta(days=7)


class NeedlessSounds(TimerService):
    """A look a day, the first at the start."""

    def __init__(self, house: House, store: Store, events: EventLog, sounds: Sounds) -> None:
        super().__init__(EVERY_S, self._look)  # type: ignore[no-untyped-call]
        self.clock = house.clock
        self._house, self._store, self._events, self._sounds = house, store, events, sounds

    def _look(self) -> Deferred[None]:
        done = Deferred.fromCoroutine(self._delete())
        return done.addErrback(lambda failure: log.failure("sounds that nothing plays stay", failure))

    async def _delete(self) -> None:
        old = await self._house.in_thread(self._sounds.older_than, self._events.now() - KEPT)
        try:
            needless = await self._store.read(rules.needless, old)
        except NotOpen:  # the server stops
            return
        await self._house.in_thread(self._sounds.delete, needless)
        if needless:
            log.info("{n} sounds are deleted that no message and no greeting plays", n=len(needless))
