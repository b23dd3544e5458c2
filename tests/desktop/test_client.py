"""How long an agent's program waits for an answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.desktop.not_connected import NotConnected


class AnswerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.answer = Clock(), Deferred[Any]()
        endpoint: Any = None  # it is connected
        self.client = AgentClient(self.clock, endpoint, "801", "secret", AgentListener())
        perspective: Any = SimpleNamespace(callRemote=lambda act, *args: self.answer)
        self.client._perspective = perspective

    def test_an_act(self) -> None:
        """A server that does not answer within five seconds is not waited for."""
        asked = self.client.ask("pause", "lunch")
        self.clock.advance(4.9)
        self.assertNoResult(asked)
        self.clock.advance(0.2)
        self.failureResultOf(asked, NotConnected)

    def test_a_document(self) -> None:
        """A document may take the two minutes that the server gives it; then its answer comes, or the refusal."""
        asked = self.client.ask("convert_fax", "prices.pdf")
        self.clock.advance(125)
        self.answer.callback({"source": "upload 1"})
        self.assertEqual(self.successResultOf(asked), {"source": "upload 1"})
        self.answer = Deferred()
        asked = self.client.ask("open_fax", "f1", "pdf", 0)
        self.clock.advance(151)
        self.failureResultOf(asked, NotConnected)
