"""The web shop's script of docs/web_shop.py: either side is down for an hour, and nothing is lost or doubled."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules.orders import confirm
from callserver.features.shopping.rules.tracking import advance, find_order
from callserver.features.shopping.tables import Order, OrderState, Product
from callserver.features.shopping.web.webhooks.signing import signature
from tests.features.shopping.web.live import LiveShop
from tests.features.shopping.web.served import BEGAN, ServedShop
from tests.store.inline import StubbornStore

SCRIPT = Path(__file__).parents[4] / "docs" / "web_shop.py"


def script() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("web_shop", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Way:
    """From the web shop to callserver; requests or answers may be lost on it."""

    def __init__(self, shop: ServedShop) -> None:
        self.shop = shop
        self.is_down = self.loses_answers = False

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if self.is_down:
            raise ConnectionRefusedError("nobody there")
        self.shop.clock.advance(0.1)
        answer = self.shop.ask(method, path, body)
        if self.loses_answers:
            raise TimeoutError("no answer")
        return answer.status, answer.json


class WebShopTests(SynchronousTestCase):
    def setUp(self) -> None:
        store = StubbornStore()
        self.addCleanup(store.database.close)
        self.shop = ServedShop(store)
        self.way = Way(self.shop)
        self.folder = Path(self.mktemp())
        self.web = self.open()
        self.web.sync()

    def open(self) -> Any:
        """The script is started: it knows what is in its folder."""
        return script().WebShop(self.folder, self.way.ask)

    def call(self, n: int) -> str:
        """A caller buys one piece by telephone."""
        stamp = self.shop.events.stamp(Kind.ORDER, call_id=f"call-{n}")
        number: str = self.shop.store.run(confirm, f"call-{n}", None, [("1003", 1)], stamp).order_number
        return number

    def test_web_shop_down_for_an_hour(self) -> None:
        """The web shop's computer is off for an hour while callers buy: then it knows every order, as it stands."""
        self.shop.ask("PUT", "/v1/products/1003/stock", {"stock": 100})
        numbers = []
        for n in range(60):
            numbers.append(self.call(n))
            self.shop.clock.advance(60)
        self.shop.store.run(advance, numbers[0], OrderState.SHIPPED, self.shop.now(), "sf", "SF1")
        self.web = self.open()
        self.web.sync()
        self.assertEqual([self.web.orders[number] for number in numbers], ["shipped"] + ["placed"] * 59)

    def test_callserver_down_for_an_hour(self) -> None:
        """Callserver is down for an hour while the web shop sells: then each of its orders is there, once."""
        self.way.is_down = True
        for _ in range(20):
            self.web.sell("1005", 1, "600001")
            self.assertRaises(OSError, self.web.sync)
            self.shop.clock.advance(180)
        self.way.is_down, self.web = False, self.open()
        self.web.sync()
        self.assertEqual(Order.select().where(Order.source == "web").count(), 20)
        self.assertEqual((self.web.outbox, self.web.refused), ([], {}))

    def test_answers_are_lost(self) -> None:
        """An order that was taken, and whose answer did not come back, is not taken again."""
        before = Product.get_by_id("1001").stock
        self.web.sell("1001", 2, "600001")
        self.way.loses_answers = True
        for _ in range(3):
            self.assertRaises(OSError, self.web.sync)
        self.way.loses_answers, self.web = False, self.open()
        self.web.sync()
        self.assertEqual(Product.get_by_id("1001").stock, before - 2)
        self.assertEqual(self.web.outbox, [])

    def test_refused(self) -> None:
        """What cannot be had is kept apart for a person, and does not block what comes behind."""
        sold_out, good = self.web.sell("1004", 5, "600001"), self.web.sell("1001", 1, "600001")
        self.web.sync()
        self.assertEqual(self.web.refused, {sold_out: "above_stock"})
        self.assertEqual(Order.get(Order.external_id == good).total_fen, 6800)

    def test_restored(self) -> None:
        """Callserver's books were restored from a backup: the web shop learns all of it anew."""
        number = self.call(1)
        self.web.after = 99_999
        self.web.sync()
        self.assertEqual(self.web.orders[number], "placed")
        self.assertLess(self.web.after, 99_999)

    def test_signature(self) -> None:
        """The script knows callserver's messages from others."""
        known = script().is_from_callserver
        signed = signature("secret", BEGAN, b"{}")
        now = BEGAN.timestamp()
        self.assertTrue(known("secret", signed, b"{}", now))
        self.assertFalse(known("secret", signed, b"[]", now))
        self.assertFalse(known("secret", signed, b"{}", now + 400))
        self.assertFalse(known("secret", "nonsense", b"{}", now))


class Outages(RuleBasedStateMachine):
    """Both sides sell; each side, the way and the script's process fail in any order."""

    @initialize()
    def open(self) -> None:
        self.store = StubbornStore()
        self.shop = ServedShop(self.store)
        self.way, self.n_calls, self.sold = Way(self.shop), 0, list[str]()
        self.folder = Path(f"web-shop-{id(self)}-{os.getpid()}").absolute()
        self.restart()

    @rule()
    def restart(self) -> None:
        self.web = script().WebShop(self.folder, self.way.ask)

    @rule(product=st.sampled_from(["1001", "1002", "1005"]))
    def web_sells(self, product: str) -> None:
        self.sold.append(self.web.sell(product, 1, "600001"))

    @rule(is_down=st.booleans(), loses=st.booleans())
    def way_fails(self, is_down: bool, loses: bool) -> None:
        self.way.is_down, self.way.loses_answers = is_down, loses

    @rule(full=st.booleans())
    def database_fails(self, full: bool) -> None:
        self.store.full = full

    @rule()
    def sync(self) -> None:
        try:
            self.web.sync()
        except OSError:
            self.shop.clock.advance(60)

    def teardown(self) -> None:
        if not hasattr(self, "web"):
            return
        self.store.full = self.way.is_down = self.way.loses_answers = False
        self.shop.clock.advance(3600)
        self.restart()
        self.web.sync()
        orders = {row.external_id: row.number for row in Order.select().where(Order.source == "web")}
        assert sorted([*orders, *self.web.refused]) == sorted(self.sold)
        for number, state in self.web.orders.items():
            status = self.store.run(find_order, number)
            assert status is not None
            assert status.state == state
        self.store.database.close()
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()


class AnyOutageTests(SynchronousTestCase):
    def test_any_order(self) -> None:
        """Whatever fails in whatever order: afterwards each order of the web shop is there once, and known to it."""
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Outages, settings=settings(max_examples=12, stateful_step_count=20, deadline=None)
        )


class ScriptTests(TestCase):
    def test_as_a_program(self) -> Deferred[None]:
        """Started as its first lines say, it sells, and learns what became of it."""
        return Deferred.fromCoroutine(self._sell())

    def test_typing_errors(self) -> None:
        """No key, and pieces that nobody can order, are told in a sentence; nothing waits to be sent then."""
        folder = Path(self.mktemp()).absolute()
        environment = {name: value for name, value in os.environ.items() if name != "SHOP_KEY"}
        for words, told in (
            ("sync", "SHOP_KEY is not set"),
            ("order --product 1001 --quantity -2 --member 600001", "-2: needs a whole number from 1 on"),
        ):
            command = [sys.executable, str(SCRIPT), "--folder", str(folder), *words.split()]
            found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            self.assertNotEqual(found.returncode, 0)
            self.assertIn(told, found.stderr)
            self.assertNotIn("Traceback", found.stderr)
        self.assertEqual(script().WebShop(folder).outbox, [])

    async def _sell(self) -> None:
        folder = Path(self.mktemp()).absolute()
        shop = LiveShop(folder / "shop")
        await shop.start()
        try:
            environment = {**os.environ, "SHOP_KEY": shop.key, "SHOP_URL": shop.url("")}

            def run(*arguments: str) -> str:
                command = [sys.executable, str(SCRIPT), "--folder", str(folder / "web"), *arguments]
                return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

            sold = await deferToThread(run, "order", "--product", "1001", "--quantity", "2", "--member", "600001")
            told = await deferToThread(run, "sync")
            row = await shop.store.read(lambda: Order.get(Order.external_id == sold.strip()).total_fen)
        finally:
            await shop.stop()
        self.assertEqual(row, 13600)
        self.assertIn('"waiting": 0', told)
