"""The wall and one's own day, in a server that takes a call."""

from __future__ import annotations

from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase

FRESH_S = 6.0  # counted waits are told again for five seconds


class WallboardTests(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.agent = self.program("801")

    def test_a_call(self) -> None:
        """A caller waits, is answered, and the call is over: each is on the wall, and in the agent's own day."""
        self.do(self.agent.pause("lunch"))
        board = self.do(self.agent.ask("wallboard"))
        self.assertEqual([board[name] for name in ("waiting", "idle", "paused", "entered")], [0, 0, 1, 0])
        self.assertEqual((board["lines"], board["lines_dead"]), (2, 0))
        self.call(seconds=30)
        board = self.do(self.agent.ask("wallboard"))
        self.assertEqual(board["waiting"], 1)
        self.assertGreater(board["longest_s"], 0)
        self.do(self.agent.ready())
        self.shop.wait(1)
        self.do(self.agent.answer())
        self.shop.wait(FRESH_S)
        board = self.do(self.agent.ask("wallboard"))
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual([board[name] for name in ("waiting", "talking", "answered")], [0, 1, 1])
        self.assertEqual(board["abandoned"], 0)
        self.shop.wait(60)
        mine = self.do(self.agent.ask("my_day"))
        self.assertEqual((mine["answered"], mine["missed"], mine["behind"]), (1, 0, 0))
        self.assertGreater(mine["talk_s"], 5)
        self.assertGreater(mine["ready_s"], 20)
        self.assertLess(mine["ready_s"], mine["logged_in_s"])
