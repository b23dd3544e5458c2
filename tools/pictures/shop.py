"""A demo shop on virtual time, with one agent at the window and callers who ask for him."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.python.failure import Failure

from callserver.acd.staff import rules as staff_rules
from callserver.commands.visit import when_idle
from callserver.desktop.client import AgentClient
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.workplace import Workplace
from callserver.emulator.script_run import run_script
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.shop_folder import ShopFolder
from callserver.wire.rights import Right

N_LINES = 20
LONGEST_S = 600.0
CALL = """
caller {number}
dial {shop}
wait answer
wait 3
press {language}
wait 3
press 0       # a person
wait 300
hang up
"""


def _hung_up(failure: Failure) -> None:
    failure.trap(CancelledError)  # type: ignore[no-untyped-call]


class PictureShop:
    """Open, all lines idle; nothing in it depends on chance, so that the same pictures come each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = ShopFolder(folder)
        self.folder.prepare()
        self.world = RehearsalWorld(Random("pictures"))
        self.server = CallServer(self.folder, self.world)
        self.server.startService()
        self.until(self.server.ready)
        self._passwords = {one.name: one.read_text().strip() for one in self.folder.first_passwords.iterdir()}
        self.until(self.server.store.write(settle_in))
        self.until(when_idle(self.server))
        self._others: list[Any] = []

    def workplace(self, number: str, language: str) -> Workplace:
        """Somebody with every right has logged in at the window."""
        self.allow(number)
        model = ShopModel(self.world.reactor)
        client = self._client(number, model)
        self.wait(2)
        return Workplace(
            self.world.reactor, language, client, model, OwnSettings(self.folder.path / f"window-{number}")
        )

    def colleague(self, number: str) -> AgentClient:
        """Somebody else has logged in, without a window."""
        client = self._client(number, ShopModel(self.world.reactor))
        self.wait(2)
        return client

    def allow(self, number: str) -> None:
        """Every right."""
        self.until(self.server.store.write(lambda: staff_rules.set_rights(number, set(Right))))
        self.wait(6)

    def call(self, number: str, language_key: int = 1) -> None:
        """Somebody calls and asks for a person."""
        exchange = self.server.exchange
        assert exchange is not None
        script = CALL.format(shop=self.server.config.exchange.number, number=number, language=language_key)
        calling: Deferred[Any] = run_script(exchange, script)
        calling.addErrback(_hung_up)
        self.wait(20)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.reactor.run_for(seconds)

    def until(self, answer: Deferred[Any] | Any) -> Any:
        """Time passes until this has fired; what it fired with."""
        found: list[Any] = []
        maybeDeferred(lambda: answer).addBoth(found.append)
        reactor = self.world.reactor
        if not reactor.run_until(lambda: bool(found), reactor.seconds() + LONGEST_S):
            raise RuntimeError(f"nothing came of it in {LONGEST_S:g} s")
        if hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]

    def close(self) -> None:
        """The server stops."""
        self.until(self.server.stopService())

    def _client(self, number: str, model: ShopModel) -> AgentClient:
        way = self.world.network.way("10.0.0.1")
        own = f"{self._passwords[number]}-own"
        client = AgentClient(self.world.reactor, way, number, self._passwords[number], model, new_password=own)
        client.start()
        return client
