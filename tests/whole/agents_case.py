"""Agents' programs in a whole server on virtual time, and callers who ask for a person."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import rules as staff_rules
from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.emulator.script_run import run_script
from callserver.wire.messages import Hello
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.whole.virtual_shop import VirtualShop

CALL = """
caller {number}
dial {shop}
wait answer
wait 3
press 1       # Mandarin
wait 3
press 0       # a person
wait {seconds}
hang up
"""


class Program(AgentListener):
    """An agent's program, whose agent is the test."""

    def __init__(self) -> None:
        self.client: AgentClient
        self.here = False

    def logged_in(self, hello: Hello) -> None:
        self.here = True


class AgentsCase(SynchronousTestCase):
    """A shop with two lines; who comes in has a program of his own, whose agent is the test."""

    n_lines = 2

    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=self.n_lines)

    def program(self, number: str) -> AgentClient:
        """Somebody has logged in."""
        listener = Program()
        way = self.shop.world.network.way("10.0.0.1")
        password = self.shop.passwords[number]
        client = AgentClient(self.shop.world.reactor, way, number, password, listener)
        client.start()
        self.addCleanup(client.stop)
        self.shop.wait(2)
        self.assertTrue(listener.here)
        return client

    def call(self, number: str = "13912345678", seconds: int = 60) -> None:
        """Somebody calls and asks for a person."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        shop = self.shop.server.config.exchange.number
        calling: Deferred[Any] = run_script(exchange, CALL.format(shop=shop, number=number, seconds=seconds))
        calling.addErrback(lambda failure: failure.trap(CancelledError))
        self.addCleanup(calling.cancel)
        self.shop.wait(20)

    def do(self, asked: Deferred[Any]) -> Any:
        """What comes of a command."""
        return self.shop.until(asked)

    def allow(self, number: str) -> None:
        """Everything but to supervise, from now on."""
        rights = set(Right) - {Right.SUPERVISOR}
        self.shop.until(self.shop.server.store.write(lambda: staff_rules.set_rights(number, rights)))
        self.shop.wait(6)

    def state(self, number: str) -> SeatState:
        return self.shop.server.centre.seats[number].status.state
