"""The server stops in order: nothing that begins meanwhile is left without an end."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headless import AgentPlan
from callserver.lines.interfaces import Caller
from callserver.wire.states import LineState
from tests.whole.virtual_shop import VirtualShop


class StopTests(SynchronousTestCase):
    def test_a_call_that_comes_while_it_stops(self) -> None:
        """While the agents' programs are told good-bye no new call is taken: it would have no end in the books."""
        shop = VirtualShop(self, n_lines=2)
        shop.agent("801", AgentPlan())
        shop.wait(5)
        line = shop.server.lines[1]
        stopped = shop.server.stopService()
        self.assertFalse(stopped.called)
        line.caller_id(Caller("13912345678"))
        line.ring()
        self.assertEqual(len(shop.server.calls), 0)
        self.assertIs(shop.server.board.statuses["line 1"].state, LineState.LOADED)
        shop.until(stopped)
        self.flushLoggedErrors()
