"""Customers of a whole shop who hear and press, in Mandarin, on virtual time: goods came; locked out, let in."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.calls.vocabulary import Kind
from callserver.commands.demo import CALLER_VOICE, voice
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.features.shopping import rules
from callserver.ivr import spoken
from callserver.wire.records import CallRecord, EventRecord
from tests.once import DEAR_N
from tests.whole.virtual_shop import VirtualShop

CUSTOMER, PIN = "13912345678", "730462"
LOCAL = "62345678"  # of the class that the shop calls back
TEAPOT = "1004"
QUESTION = "wait silence 1.3 within 60\n"
ACCOUNT = "131"
LOCK_S = 900.0
ANSWERS = f"""
caller {LOCAL}
wait ring within 120
answer
speak "{voice(CALLER_VOICE)}"
wait sound within 20
{QUESTION}
press 1
wait hang up within 60
hang up
"""
SETTINGS = {"reserve = 1": "reserve = 0", "tell_hours = mon-sun 09:00-20:00": "tell_hours ="}


class ShopByTelephoneTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, 2, settings=SETTINGS)
        self.patch(passwords, "N", DEAR_N)  # as the PINs of the sample's customers are kept

    def begin(self, script: str) -> Deferred[list[ScriptEvent]]:
        exchange = self.shop.server.exchange
        assert exchange is not None
        return run_script(exchange, script)

    def call(self, number: str, *keys: str) -> list[EventRecord]:
        """
        A caller who knows the way to where he presses the first of these at once, the others question by question; he
        hears the last answer and hangs up.
        """
        first, *others = (f"press {one}\n" for one in keys)
        pressed = "".join(QUESTION + one for one in others)
        begins = f"caller {number}\ndial 8008\nwait answer\nwait 1\n{first}"
        self.shop.until(self.begin(f"{begins}{pressed}{QUESTION}hang up\nwait 3\n"))
        return self.newest("in")[1]

    def newest(self, direction: str) -> tuple[CallRecord, list[EventRecord]]:
        return next(one for one in self.shop.records() if one[0].direction == direction)

    def move(self, pieces: int) -> None:
        server = self.shop.server
        self.shop.until(server.store.write(rules.move_stock, TEAPOT, pieces, "delivery", server.events.now()))

    def reserve(self, number: str) -> None:
        """Somebody has reserved in an earlier call."""
        server, call = self.shop.server, f"of {number}"
        stamp = server.events.stamp(Kind.RESERVATION, call_id=call)
        self.shop.until(server.store.write(rules.reserve, call, None, TEAPOT, 1, stamp, number))

    def test_reserved_goods_come(self) -> None:
        """Who can be called back is, presses 1 and hears the order's number; who cannot be hears it when he calls."""
        self.move(-1)
        for number in (LOCAL, CUSTOMER):
            self.reserve(number)
        called = self.begin(ANSWERS)
        self.move(2)
        self.shop.until(called)
        heard = said(self.newest("out")[1])
        self.assertEqual(heard[0], "shop-calls-press")
        self.assertEqual(heard[-1], "goodbye")
        self.assert_told(heard, LOCAL)
        heard = said(self.call(CUSTOMER, "1"))
        self.assert_told(heard, CUSTOMER)
        self.assertEqual(self.shop.ask(rules.news_for, [LOCAL, CUSTOMER]), [])

    def assert_told(self, heard: list[str], number: str) -> None:
        """That it came, and the number of the very order that it has become."""
        (order,) = self.shop.ask(rules.orders_of, number, 1)
        came = heard.index("reservation-came")
        digits = spoken.digits("zh", order.number)
        self.assertEqual(heard[came + 1 : came + 1 + len(digits)], digits)

    def test_pin(self) -> None:
        """Three wrong PINs bring a person; for a quarter of an hour the right one opens nothing, then the account."""
        wrong = [f"{n}73046#" for n in (1, 2, 3)]
        heard = said(self.call(CUSTOMER, ACCOUNT, wrong[0], "1", wrong[1], "1", wrong[2]))
        self.assertEqual(heard.count("identity-wrong"), 3)
        self.assertIn("too-many-tries", heard)
        self.assertNotIn("balance-is", heard)
        self.assertNotIn("****", said(self.call(CUSTOMER, ACCOUNT, f"{PIN}#")))
        self.shop.world.wall_ahead_s += LOCK_S
        events = self.call(CUSTOMER, ACCOUNT, f"{PIN}#", "1", "2")
        self.assertEqual(said(events).count("****"), 2)
        self.assertEqual(keys(events), "131" + "?" * 7 + "12")
        for record, found in self.shop.records():
            self.assertNotIn(PIN, repr((record, found)))


def said(events: list[EventRecord]) -> list[str]:
    """All that was said."""
    return [str(name) for one in events if one.kind == "prompt" for name in names(one)]


def names(event: EventRecord) -> list[Any]:
    found = event.data.get("names")
    return found if isinstance(found, list) else []


def keys(events: list[EventRecord]) -> str:
    return "".join(str(event.data["digit"]) for event in events if event.kind == "key")
