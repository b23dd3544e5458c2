"""
The shop's books are opened: database, journal, first life.

What is in the way is waited for, and never the callers' trouble: of a shop that has lived they are answered meanwhile,
by people, and their records go to the spool.

帐目（数据库）未能打开时一直等待；来电照常由人工接听，记录写入缓冲文件。
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from peewee import InterfaceError, OperationalError
from twisted.internet.task import deferLater
from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.features import Feature
from callserver.server import first_start, rescue
from callserver.server.bareness import bare_of
from callserver.server.shop_folder import Life, ShopFolder
from callserver.server.world import World
from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.store.opening import Locked, StoreError
from callserver.wire.catalogue import N_, Complaint

LATE_S = 3.0  # so long the start waits before callers are answered without the database
RETRY_S = 1.0

log = Logger()
T = TypeVar("T")


class Books:
    """
    Opens them, as often as it takes.

    :param on_wait: told what is waited for, each reason once
    """

    def __init__(
        self,
        folder: ShopFolder,
        config: Config,
        world: World,
        store: Store,
        journal: Journal,
        events: EventLog,
        *,
        on_wait: Callable[[Complaint], None],
    ) -> None:
        self._folder, self._config, self._world = folder, config, world
        self._store, self._journal, self._events = store, journal, events
        self._on_wait = on_wait
        self._on_late: Callable[[], None] = lambda: None
        self._waits_for: set[str] = set()
        self.losses: list[Complaint] = []  # what became of the database before this start, for who has started it

    async def open(self, features: Sequence[Feature], on_late: Callable[[], None]) -> Life:
        """
        The shop's life, when all of it is open.

        :param on_late: called when it takes long, in a shop that has lived; perhaps more than once
        :raises StoreError: in a new shop, of whose settings this is the first trial
        """
        world, folder, config = self._world, self._folder, self._config
        self._on_late = on_late
        late = world.reactor.callLater(LATE_S, self._no_answer)
        try:
            while not await self._open_store():
                await deferLater(world.reactor, RETRY_S)
            closed = await self._journal.start()
            log.info("calls that the last run left open, closed now: {n}", n=len(closed))
            self._events.write(Kind.SERVER, state="started")
            new = Life(world.new_id(), world.now().replace(microsecond=0), folder.place(config))
            begin = first_start.begin, self._store, features, folder, config, new, world.in_thread
            return await self.patiently(*begin)
        finally:
            if late.active():
                late.cancel()

    async def patiently(self, job: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """What needs the database, as often as it takes."""
        while True:
            try:
                return await job(*args)
            except (OperationalError, InterfaceError):  # the store has raised the alarm
                await deferLater(self._world.reactor, RETRY_S)

    async def bare(self, features: Sequence[Feature]) -> list[Feature]:
        """Features that have nothing to serve callers from: people do, until there is something (`bareness`)."""
        found = await bare_of(self._store, features)
        for feature in found:
            self._is_lost(Complaint("{feature} has no data: its callers go to a person", feature=feature.name))
        return found

    async def _open_store(self) -> bool:
        """Whether it is open now."""
        now = self._world.now()
        try:
            for told in await self._world.in_thread(rescue.make_good, self._folder, self._config, now):
                self._is_lost(told)
            await self._store.start()
        except Locked:
            return False
        except StoreError as why:
            if self._folder.life() is None:
                raise
            self._are_late(why)
            return False
        return True

    def _is_lost(self, told: Complaint) -> None:
        self.losses.append(told)
        self._alarm(told.msgid, **told.details)

    def _no_answer(self) -> None:
        if not self._waits_for:
            self._are_late(Complaint("the database does not answer"))

    def _are_late(self, why: Complaint) -> None:
        """Say what is waited for, each once; a shop that has lived has callers."""
        if str(why) in self._waits_for:
            return
        self._waits_for.add(str(why))
        self._on_wait(why)
        if self._folder.life() is not None:
            self._alarm(N_("the start waits, and callers go to a person: {problem}"), problem=why)
            self._on_late()

    def _alarm(self, msgid: str, /, **details: object) -> None:
        self._events.alarm(msgid, None, **details)
