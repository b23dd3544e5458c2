"""The interface over the network: encrypted where others could listen in, callers' questions between its batches."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Coroutine
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from callserver.agents.tls import CERTIFICATE_FILE
from callserver.features.shopping.rules.goods import find_item
from callserver.features.shopping.tables import Product
from callserver.features.shopping.web.goods import ROWS
from callserver.features.shopping.web.limits import Limits
from callserver.features.shopping.web.site import is_loopback
from callserver.features.shopping.web.webhooks import letters
from callserver.features.shopping.web.webhooks.signing import HEADER, is_ours
from tests.features.shopping.web.live import SETTINGS, LiveShop, headers
from tests.store import postgres

FAST = Limits(rate=10_000, burst=10_000)


class LiveTests(TestCase):
    timeout = 120

    def run_with(self, shop: LiveShop, story: Coroutine[Any, Any, None]) -> Deferred[None]:
        async def whole() -> None:
            await shop.start()
            try:
                await story
            finally:
                await shop.stop()

        return Deferred.fromCoroutine(whole())

    def make(self, **changes: Any) -> LiveShop:
        return LiveShop(Path(self.mktemp()).absolute(), replace(SETTINGS, **changes), FAST)

    def test_encrypted(self) -> Deferred[None]:
        """On another address than this computer's own it speaks TLS alone, with the certificate that agents know."""
        shop = self.make(host="0.0.0.0")

        async def story() -> None:
            context = ssl.create_default_context(cafile=str(shop.folder / CERTIFICATE_FILE))
            answer = await deferToThread(ask, shop, "GET", "/v1/products?limit=1", context=context)
            self.assertEqual(answer[0], 200)
            with self.assertRaises((OSError, urllib.error.URLError)):
                await deferToThread(ask, shop, "GET", "/v1/products?limit=1")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            with self.assertRaises(OSError):  # a certificate that nobody has vouched for
                await deferToThread(ask, shop, "GET", "/v1/products", context=old)

        return self.run_with(shop, story())

    def test_loopback(self) -> None:
        """Which addresses are this computer alone."""
        self.assertTrue(all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost"))))
        self.assertFalse(any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", ""))))

    def test_port_is_taken(self) -> Deferred[None]:
        """A port that another program has is an alarm; the server goes on."""
        first = self.make()

        async def story() -> None:
            second = first.make_service(replace(SETTINGS, port=first.service.port_number))
            second.startService()
            await deferLater(reactor, 0)
            self.assertIn("nothing can listen on 127.0.0.1", first.alarms[0])
            await second.stopService()

        return self.run_with(first, story())

    def test_webhook(self) -> Deferred[None]:
        """A message arrives over the network, signed; the next look at what happened is the program's own."""
        shop, got = self.make(), list[tuple[str, bytes]]()

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append((self.headers[HEADER], self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Receiver)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()

        async def story() -> None:
            url = f"http://127.0.0.1:{server.server_port}/changes"
            await shop.store.write(letters.add_target, "web-shop", url, (), lambda: "secret")
            lines = [{"product": "1001", "quantity": 1}]
            order = {"external_id": "w1", "member_number": "600001", "payment": "on delivery", "lines": lines}
            number = (await deferToThread(ask, shop, "POST", "/v1/orders", order))[1]["number"]
            while not got:
                await deferLater(reactor, 0.05)
            self.assertEqual(json.loads(got[0][1])["number"], number)
            self.assertTrue(is_ours("secret", *got[0], shop.service.courier._now()))
            while (await shop.store.read(letters.all_targets))[0].waiting:
                await deferLater(reactor, 0.05)

        done = self.run_with(shop, story())
        return done.addBoth(lambda result: (server.shutdown(), thread.join(), server.server_close(), result)[-1])

    def test_import(self) -> Deferred[None]:
        """While several programs import, a caller's question waits for one small batch at most."""
        shop, asked = self.make(), []

        async def story() -> None:
            write = shop.store.write
            in_work = [0]

            def counted(*job: Any) -> Deferred[Any]:
                in_work[0] += 1
                asked.append(in_work[0])
                return write(*job).addBoth(over)

            def over(result: Any) -> Any:
                in_work[0] -= 1
                return result

            self.patch(shop.store, "write", counted)
            batches = [products(100_000 + n * ROWS) for n in range(8)]
            imports = gatherResults([deferToThread(ask, shop, "POST", "/v1/products", rows) for rows in batches])
            n_answers = 0
            while not imports.called:
                await shop.store.read(find_item, "1001", shop.service.courier._now())
                n_answers += 1
            self.assertEqual([status for status, _ in await imports], [200] * 8)
            self.assertGreater(n_answers, 8)
            self.assertEqual(max(asked), 1)
            self.assertEqual(await shop.store.read(lambda: Product.select().count()), 8 + 8 * ROWS)

        return self.run_with(shop, story())


class PostgresTests(LiveTests):
    """The same on PostgreSQL."""

    if reason := postgres.missing():
        skip = reason

    def make(self, **changes: Any) -> LiveShop:
        folder = Path(self.mktemp()).absolute()
        return LiveShop(folder, replace(SETTINGS, **changes), FAST, postgres.new_database())


def ask(
    shop: LiveShop, method: str, path: str, body: Any = None, context: ssl.SSLContext | None = None
) -> tuple[int, Any]:
    """One request, in a thread."""
    url = shop.url(path, "https" if context else "http")
    octets = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, octets, headers(shop.key), method=method)
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        return answer.status, json.load(answer)


def products(first: int) -> dict[str, Any]:
    """A batch of new ones."""
    about = {"name_zh": "新茶", "name_en": "New tea", "price_fen": 4200, "order_limit": 10}
    return {"products": [{"product": str(first + n), **about} for n in range(ROWS)]}
