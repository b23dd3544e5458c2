"""A whole shop and its agents' programs: who calls is found, named and served, also when he has hung up."""

from __future__ import annotations

from typing import Any

from callserver.acd.staff import rules as staff_rules
from callserver.desktop.client import AgentClient
from callserver.features.shopping import rules
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase

STRANGER = "13700000000"


class ShopDeskTests(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.li = self.program("801")

    def ask(self, act: str, *args: object, client: AgentClient | None = None) -> Any:
        """The answer, or the refusal's code."""
        try:
            return self.do((client or self.li).ask(act, *args))
        except Refused as refused:
            return refused.code

    def read(self, question: Any, *args: Any) -> Any:
        return self.do(self.shop.server.store.read(question, *args))

    def talk(self, number: str = STRANGER) -> None:
        """801 has him."""
        self.call(number)
        self.assertIs(self.state("801"), SeatState.RINGING)
        self.do(self.li.answer())
        self.shop.wait(0.5)

    def test_named(self) -> None:
        """
        Found by his name and named while he talks: both programs that have his card see it, and the order is his.

        He is transferred to a colleague, who sees who it is before she answers.
        """
        self.talk()
        self.assertEqual(self.ask("caller_customers")["found"], [])
        (found, *_) = self.ask("find_customers", "李明", "")["found"]
        answer = self.ask("identify_caller", found["number"])
        self.assertEqual((answer["number"], answer["proved"]), (found["number"], False))
        self.shop.wait(0.5)
        card = self.li.seat.call
        assert card is not None
        assert card.identity is not None
        self.assertEqual((card.identity.number, card.identity.proved), (found["number"], False))
        wang = self.program("802")
        self.allow("802")
        self.ask("transfer", "seat 802")
        self.shop.wait(1)
        self.assertIs(self.state("802"), SeatState.RINGING)
        card = wang.seat.call
        assert card is not None
        assert card.identity is not None
        self.assertEqual(card.identity.number, found["number"])
        self.do(wang.answer())
        self.ask("put_in_basket", "1001", 1, client=wang)
        order = self.ask("finish_order", "on delivery", "", client=wang)["order"]
        self.assertEqual(self.read(rules.find_order, order).member_number, found["number"])
        self.assertEqual(self.ask("show_order", order)["state"], "placed")

    def test_wrap_up(self) -> None:
        """A new customer is written down with his telephone, and his order put in, after he has hung up."""
        self.talk()
        self.do(self.li.hang_up())
        self.assertIs(self.state("801"), SeatState.PAUSED)
        saved = self.ask("save_customer", "", {"name": "王芳", "address": "上海市 1"})
        self.assertEqual(saved["telephones"], [STRANGER])
        self.ask("put_in_basket", "1001", 1)
        order = self.ask("finish_order", "on delivery", "")["order"]
        shown = self.ask("show_customer", saved["number"])
        self.assertEqual((shown["orders"], shown["last_order"]["order"]), (1, order))
        self.assertEqual(self.ask("cancel_order", order)["state"], "cancelled")
        events = [event for _, events in self.shop.records() for event in events]
        noted = [(one.person, one.data["act"]) for one in events if one.kind == "audit"]
        for act in ("put_in_basket", "finish_order"):
            self.assertIn(("801", act), noted)

    def test_without_any_right(self) -> None:
        """Who is logged in serves the shop's customers, whatever else he may not do."""
        self.do(self.shop.server.store.write(lambda: staff_rules.set_rights("801", set())))
        self.shop.wait(6)
        self.assertTrue(self.ask("find_customers", "李明", "")["found"])
        self.assertIs(self.ask("show_customer", "x' OR 1=1"), Refusal.BAD_ARGUMENT)
        self.assertIs(self.ask("save_customer", "600001", {"telephones": "12"}), Refusal.NOT_SAVED)
