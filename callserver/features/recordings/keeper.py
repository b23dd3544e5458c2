"""
Looks after the recordings while the server runs.

    call is over --> in the index --> its file is known by its digest (and encrypted, if the shop wants that)
                 --> compressed after so many days --> deleted when the rules say so

Each step ends with an event, and the event is written before anything is taken away. So at whatever point the server is
killed: what the index names is there, whole; what is there and not named is left over from a step that was not done or
was done, and `tidying` takes it away at the next start.

    1. the new file is written, durable          killed here: the next start removes the new one
    2. event `recording_kept` names the new one  killed here: the next start removes the old one
    3. the old one is removed

Three of them, a person and a command may want the same recording at once: listening, encryption, compression, deletion,
protection. Whether a step may still be taken is asked in the transaction that writes its event (`records._told`): so
nothing is deleted that was protected a moment ago, and what was deleted comes back in no other form. Who listens finds
the form that is there (`Archive.file_of`).

Nothing is taken away by an index that is behind the log.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from twisted.logger import Logger

from callserver.features.recordings import chain, index, tidying
from callserver.features.recordings.keeping import Depot
from callserver.features.recordings.retaining import Retaining
from callserver.features.recordings.settling import Settling
from callserver.store.database import NotOpen
from callserver.store.following import Follower

log = Logger()

SEAL_EVERY, HEAD_EVERY = timedelta(seconds=20), timedelta(days=1)
Step = Callable[[], Coroutine[Any, Any, None]]


class Keeper(Follower):
    """Index, chain, digests, encryption, retention: a look every two seconds."""

    def __init__(self, depot: Depot) -> None:
        super().__init__(depot.clock)
        self._depot, self._store, self._events = depot, depot.store, depot.events
        self._settling, self._retaining = Settling(depot), Retaining(depot)
        self._seen_event = 0
        self._is_tidy = False
        self._next_seal: datetime | None = None
        self._next_head: datetime | None = None

    async def follow(self) -> None:
        is_up_to_date = await self._done(self._index)
        await self._done(self._seal)
        for step in (self._tidy, self._settling.go_on, self._retaining.go_on) if is_up_to_date else ():
            await self._done(step)

    async def _done(self, step: Step) -> bool:
        """Whether it went well; if not, the next look does it."""
        try:
            await step()
        except NotOpen:  # the server stops
            return False
        except Exception:
            log.failure("{step} of recordings failed", step=step.__qualname__)
            return False
        return True

    async def _index(self) -> None:
        if await self._store.read(index.is_behind):
            while await self._store.write(index.catch_up):
                pass

    async def _tidy(self) -> None:
        """Once, at the start."""
        if not self._is_tidy:
            self._is_tidy = True
            await self._settling.prepare()
            await tidying.tidy(self._depot)

    async def _seal(self) -> None:
        """Now and then, up to what was seen the last time: see `chain.seal`."""
        now = self._events.now()
        if self._next_seal is not None and now < self._next_seal:
            return
        self._next_seal = now + SEAL_EVERY
        up_to, self._seen_event = self._seen_event, await self._store.read(chain.newest_event)
        if up_to:
            while await self._store.write(chain.seal, up_to):
                pass
        if up_to and (self._next_head is None or now >= self._next_head):
            self._next_head = now + HEAD_EVERY
            head = await self._store.read(chain.head)
            log.info("event chain: up to event {seq} {digest}", seq=head.seq, digest=head.digest)
