"""What an agent did, and for how long, can be told from the event log alone."""

from __future__ import annotations

from tests.acd.agent_times import agent_times_s
from tests.acd.seats.test_consulting import ConsultingCase


class AgentTimesTests(ConsultingCase):
    def times(self) -> dict[str, float]:
        return agent_times_s(self.shop.book.events, "seat 801", self.shop.clock.seconds())

    def test_a_call_with_all_that_belongs_to_it(self) -> None:
        """Talk, hold, dialling, wrap-up, pause by its reason: each second counts once."""
        before = self.times()
        self.shop.let_pass(10)
        self.li.hold()
        self.shop.let_pass(4)
        self.consult(self.li, "seat 802")
        self.shop.let_pass(6)
        self.wang.answer()
        self.shop.let_pass(3)
        self.li.join()
        self.li.pause("lunch")
        self.shop.let_pass(50)
        self.li.ready()
        self.shop.let_pass(7)
        self.li.log_out()
        self.shop.let_pass(100)
        spent = {kind: round(seconds - before.get(kind, 0.0), 3) for kind, seconds in self.times().items()}
        self.assertEqual(
            {kind: seconds for kind, seconds in spent.items() if seconds},
            {
                "talking": 13.0,
                "hold": 4.0,
                "dialling": 6.0,
                "paused: wrap-up": 20.0,
                "paused: lunch": 30.0,
                "ready": 7.0,
                "logged in": 80.0,
            },
        )
