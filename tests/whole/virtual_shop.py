"""A whole shop on virtual time for a test to call and to staff: the server unchanged, real sound, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from shutil import copytree
from types import MappingProxyType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.visit import when_idle
from callserver.desktop.headless import AgentPlan, headless_agent
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.restore import DATABASE_NAME
from callserver.server.shop_folder import ShopFolder
from callserver.store import reading
from callserver.wire.records import CallRecord, EventRecord
from tests.once import begin_quickly

ON_DISK_S = 0.3
LONGEST_S = 1200.0
KILLED_S = 20.0


class VirtualShop:
    """
    Opened at once, every line idle.

    :param byte_share: of the lines that are emulated modems, byte by byte
    :param settings: what else stands in config.ini, by the line it takes the place of
    `passwords`: of its first staff, who keep them.
    :param before: the shop whose server was killed, and which opens again on what is on disk
    """

    def __init__(
        self,
        case: SynchronousTestCase,
        n_lines: int,
        byte_share: float = 0.0,
        settings: Mapping[str, str] = MappingProxyType({}),
        before: VirtualShop | None = None,
    ) -> None:
        self._case, self._of_the_lines = case, (n_lines, byte_share)
        self.folder = ShopFolder(Path(case.mktemp()))
        if before is not None:
            copytree(before.folder.path, self.folder.path)
        self.folder.prepare()
        text = self.folder.config_file.read_text("utf-8").replace("[line 1-20]", f"[line 1-{n_lines}]")
        for line, instead in settings.items():
            assert line in text, line
            text = text.replace(line, instead)
        self.folder.config_file.write_text(text, "utf-8")
        begin_quickly(case, self.folder.own(DATABASE_NAME) if before is None else None)
        self.world = RehearsalWorld(Random("whole" if before is None else "again"), byte_share)
        if before is not None:
            self.world.wall_ahead_s = before.world.wall_ahead_s + before.world.reactor.seconds() + KILLED_S
        self.server = CallServer(self.folder, self.world)
        self.server.startService()
        self._agents: list[Deferred[int]] = []
        self._is_killed = False
        case.addCleanup(self.close)
        self.until(self.server.ready)
        if before is None:
            self.passwords = {one.name: one.read_text().strip() for one in self.folder.first_passwords.iterdir()}
            self.until(self.server.store.write(settle_in))
        else:
            self.passwords = before.passwords
        if all(map(self.server.line_menus.is_enabled, self.server.line_bank.lines)):
            self.until(when_idle(self.server))

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.reactor.run_for(seconds)

    def until(self, answer: Deferred[Any] | None) -> Any:
        """Time passes until this has fired; what it fired with."""
        found: list[Any] = []
        maybeDeferred(lambda: answer).addBoth(found.append)
        reactor = self.world.reactor
        if not reactor.run_until(lambda: bool(found), reactor.seconds() + LONGEST_S):
            raise AssertionError(f"nothing came of it in {LONGEST_S:g} s")
        if hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]

    def agent(self, number: str, plan: AgentPlan, say: Callable[[str], object] = lambda text: None) -> Deferred[int]:
        """
        Somebody comes in through the agents' channel, as from another computer; fires when he has left.

        :param say: gets what his program prints
        """
        way = self.world.network.way("10.0.0.1")
        password = self.passwords[number]
        agent = Deferred.fromCoroutine(headless_agent(self.world.reactor, way, number, password, plan, say))
        self._agents.append(agent)
        return agent

    def killed(self) -> VirtualShop:
        """The plug is pulled at this moment; the shop as it opens again a little later."""
        self._is_killed = True
        return VirtualShop(self._case, *self._of_the_lines, before=self)

    def close(self) -> None:
        """Who is still there goes home, and the server stops if it has not."""
        if self._is_killed:
            return
        for agent in self._agents:
            agent.addErrback(lambda failure: failure.trap(CancelledError))
            agent.cancel()
        self.wait(1)
        if self.server.running:
            self.until(self.server.stopService())

    def ask(self, question: Callable[..., Any], *arguments: object) -> Any:
        """What the database says."""
        return self.until(self.server.store.read(question, *arguments))

    def records(self) -> list[tuple[CallRecord, list[EventRecord]]]:
        """All calls with their events, as they are on disk."""
        self.wait(ON_DISK_S)
        return [(call, self.ask(reading.timeline, call.id)) for call in self.ask(reading.list_calls, 100)]
