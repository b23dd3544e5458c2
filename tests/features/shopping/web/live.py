"""The interface of a shop on this computer's own network, with a database on disk."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet import reactor

from callserver.calls.event_log import EventLog
from callserver.config import Config, InterfaceConfig, RecordingConfig
from callserver.features import Shop
from callserver.features.shopping import sample
from callserver.features.shopping.web.keys import make_key
from callserver.features.shopping.web.limits import Limits
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.service import InterfaceService
from callserver.server.world import World
from callserver.store.database import Store
from tests.alarms import Alarms
from tests.features.shopping.web.served import EventBook

SETTINGS = InterfaceConfig(enabled=True, port=0)


class LiveShop:
    """
    Open from `start` to `stop`; `key` opens all of it.

    :param where: its database; "": a file in the folder
    """

    def __init__(
        self,
        folder: Path,
        settings: InterfaceConfig = SETTINGS,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        where: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.alarms, self.book = folder, Alarms(), EventBook()
        self.store = Store(where or folder / "shop.db", reactor, self.alarms)
        events = EventLog(self.book, reactor, "test")  # type: ignore[arg-type]
        config = replace(Config(RecordingConfig(True)), interface=settings)
        self.shop = Shop(config, self.store, events, secrets.choice)
        self.service = self.make_service(settings, limits)
        self.key = ""

    def make_service(self, settings: InterfaceConfig, limits: Limits = Limits()) -> InterfaceService:  # noqa: B008
        shop = replace(self.shop, config=replace(self.shop.config, interface=settings))
        door = partial(World(reactor).programs_endpoint, self.folder)
        return InterfaceService(shop, reactor, self.alarms, door, limits)

    async def start(self) -> None:
        await self.store.start()
        now = datetime.now(UTC)
        await self.store.write(sample.load, now)
        self.key = await self.store.write(make_key, "program", list(Scope), now)
        self.service.startService()
        await self.service.keys.follow()

    async def stop(self) -> None:
        await self.service.stopService()
        await self.store.stop()

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.service.port_number}"

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://{self.where}{path}"


def headers(key: str) -> dict[str, Any]:
    """Of a request with this key."""
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
