"""Whose reserved goods have come is called: by the dial guard, within hours, three times at most, and told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.config import Hours, ShopConfig
from callserver.features.shopping import rules
from callserver.features.shopping.teller import Teller
from tests.features.shopping.shop_case import ShopCase

HER, PIECES = "62345678", 2
TEAPOT = "1004"


class TellerTests(ShopCase):
    config = ShopConfig(tell_hours=())

    def setUp(self) -> None:
        super().setUp()
        self.began = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.shop.events.now = lambda: self.began + timedelta(seconds=self.shop.clock.seconds())
        now = self.shop.events.now()
        rules.move_stock(TEAPOT, -1, "correction", now)
        stamp = self.shop.events.stamp(Kind.RESERVATION, call_id="before")
        self.made = rules.reserve("before", None, TEAPOT, 1, stamp, HER)

    def open(self) -> None:
        """The shop is open, and a delivery has come."""
        house: Any = SimpleNamespace(
            clock=self.shop.clock, calls_out=lambda: self.shop.calls_out, serve=self.runner.serve
        )
        self.teller = Teller(
            house,
            self.store,
            self.shop.events,
            self.config,
            UTC,
            "shop-news",
            lambda numbers: numbers[0],  # type: ignore[arg-type]
        )
        (self.order,) = rules.move_stock(TEAPOT, 1, "delivery", self.shop.events.now())
        self.teller.startService()
        self.addCleanup(self.close)
        self.shop.wait(0.1)

    def close(self) -> None:
        if self.teller.running:
            self.teller.stopService()

    def dialled(self) -> list[str]:
        """The numbers of all calls out."""
        return [data["number"] for _, data in self.shop.happened("dialled")]

    def rings(self) -> None:
        self.shop.dial_tone()
        self.shop.exchange("ringback", 6)

    def test_told(self) -> None:
        """She lifts, hears who calls, presses 1, hears her order's number; nobody calls her again."""
        self.open()
        self.rings()
        self.shop.answer_there()
        self.shop.wait(1.5)
        self.assertEqual(self.shop.prompts(), ["shop-calls-press"])
        self.shop.press("1")
        self.until_said("goodbye")
        self.assertIn("reservation-came", self.shop.prompts())
        self.shop.wait(3700)
        self.assertEqual(self.dialled(), [HER])

    def test_two_at_once(self) -> None:
        """Two of her reservations have come: one call tells both, and there is no second one with nothing to tell."""
        stamp = self.shop.events.stamp(Kind.RESERVATION, call_id="before")
        rules.reserve("before", None, "1001", 1, stamp, HER, nth=2)
        self.open()
        self.assertEqual(len(rules.news_for([HER])), 2)
        self.rings()
        self.shop.answer_there()
        self.shop.wait(1.5)
        self.shop.press("1")
        self.until_said("goodbye")
        self.assertEqual(self.shop.prompts().count("reservation-came"), 2)
        self.shop.wait(3700)
        self.assertEqual(self.dialled(), [HER])

    def test_mailbox(self) -> None:
        """What answers and presses no key hears no order's number; she is told when she calls."""
        self.open()
        self.rings()
        self.shop.answer_there()
        self.shop.wait(40)
        self.assertEqual(set(self.shop.prompts()), {"shop-calls-press"})
        self.assertEqual([one.order for one in rules.news_for([HER])], [self.order])

    def test_not_reached(self) -> None:
        """Nobody lifts: she is called again an hour later, three times in all."""
        self.open()
        for _ in range(3):
            self.shop.dial_tone()
            self.shop.exchange("busy", 6)
            self.shop.clock.advance(3700)
            self.shop.wait(0.2)
        self.shop.clock.advance(7200)
        self.shop.wait(40)
        self.assertEqual(self.dialled(), [HER] * 3)
        self.assertEqual([one.order for one in rules.news_for([HER])], [self.order])

    def test_not_allowed(self) -> None:
        """A class that the shop has not allowed is never dialled."""
        self.config = replace(self.config, tell=("national",))
        self.open()
        self.shop.wait(60)
        self.assertEqual(self.dialled(), [])
        self.assertEqual(rules.news_to_call(self.shop.events.now()), [])
        self.assertFalse(self.teller.may_call(HER))

    def test_at_night(self) -> None:
        """Outside the hours nobody is called; as soon as they begin she is."""
        nine = self.began.time()
        self.config = replace(self.config, tell_hours=(Hours(1, 7, nine.replace(hour=10), nine.replace(hour=20)),))
        self.open()
        self.shop.wait(60)
        self.assertEqual(self.dialled(), [])
        self.shop.clock.advance(3600)
        self.shop.wait(0.2)
        self.assertEqual(self.dialled(), [HER])

    def test_no_line(self) -> None:
        """While all lines are in use no try is lost; she is called when one is free."""
        for line in range(2):
            self.call(f"1300000000{line}", line)
        self.open()
        self.shop.wait(5)
        self.assertEqual(self.dialled(), [])
        self.assertEqual(rules.news_to_call(self.shop.events.now())[0].tries, 0)

    def test_reserve(self) -> None:
        """The lines that are kept for callers are kept also from this: with one of two in use nobody is told."""
        self.shop.dialling = replace(self.shop.dialling, reserve=1)
        self.call("13000000000")
        self.open()
        self.shop.wait(5)
        self.assertEqual(self.dialled(), [])

    def test_stopped_in_a_call(self) -> None:
        """A server that stops ends the call, which counts as a try."""
        self.open()
        self.rings()
        self.teller.stopService()
        self.shop.wait(1)
        self.assertEqual(len(self.shop.happened("end")), 1)
        self.assertEqual(rules.news_for([HER])[0].tries, 1)
