"""A web shop and a whole server on virtual time: orders over the interface, and the plug pulled in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.protocol import ClientFactory, Protocol
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules import confirm, find_order
from callserver.features.shopping.tables import Order, Product
from callserver.features.shopping.web.keys import make_key
from callserver.features.shopping.web.scopes import Scope
from callserver.store.tables import EventRow
from tests.features.shopping.web.test_web_shop import script
from tests.whole.virtual_shop import VirtualShop

OPEN = {"enabled = no": "enabled = yes"}
LINES = [{"product": "1001", "quantity": 2}]
ORDER = {"external_id": "w1", "member_number": "600001", "payment": "on delivery", "lines": LINES}


class Program(Protocol):
    """One connection of a program; what it is answered."""

    def __init__(self) -> None:
        self.got = b""

    def dataReceived(self, data: bytes) -> None:
        self.got += data


class ShopInterfaceTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, 1, settings=OPEN)
        server = self.shop.server
        self.key = self.shop.until(server.store.write(make_key, "web-shop", list(Scope), server.events.now()))
        self.shop.wait(3)
        self.is_down = False
        self.stock = self.shop.ask(lambda: {row.number: row.stock for row in Product.select()})

    def begin(self, method: str, path: str, body: object = None) -> Program:
        program, octets = Program(), b"" if body is None else json.dumps(body).encode()
        way = self.shop.world.programs.way("127.0.0.1")
        self.shop.until(way.connect(ClientFactory.forProtocol(lambda: program)))
        head = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.key}"]
        head += ["Content-Type: application/json", f"Content-Length: {len(octets)}", "", ""]
        assert program.transport is not None
        program.transport.write("\r\n".join(head).encode() + octets)
        return program

    def ask(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.answered(method, path, body)
        self.assertEqual(status, 200, answer)
        return answer

    def answered(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """As the web shop's script asks."""
        if self.is_down:
            raise ConnectionRefusedError
        program = self.begin(method, path, body)
        self.shop.wait(1)
        head, _, answer = program.got.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(answer)

    def test_order(self) -> None:
        """An order of a program is in the shop's books and in its event log, with the program's name."""
        number = self.ask("POST", "/v1/orders", ORDER)["number"]
        self.assertEqual(self.shop.ask(find_order, number).total_fen, 13600)
        self.shop.wait(1)
        his = EventRow.select().where(EventRow.person == "interface web-shop", EventRow.kind == "audit")
        (audit,) = self.shop.ask(lambda: [json.loads(row.data) for row in his])
        self.assertEqual((audit["act"], audit["result"]), ("placeOrder", "done"))

    def test_down_for_an_hour(self) -> None:
        """
        The server is killed with an order of the web shop's script under way, and is away for an hour in which the web
        shop sells on: then each of its orders is there, once, and it knows of those that callers have made since.
        """
        web = script().WebShop(Path(self.mktemp()), self.answered)
        web.sell("1001", 2, "600001")
        self.begin("POST", "/v1/orders", web.outbox[0])
        self.shop.wait(0.005)
        self.is_down = True
        for _ in range(6):
            web.sell("1005", 1, "600001")
            self.assertRaises(OSError, web.sync)
        self.shop = self.shop.killed()
        self.shop.world.wall_ahead_s += 3600
        self.shop.wait(3)
        server, self.is_down = self.shop.server, False
        stamp = server.events.stamp(Kind.ORDER, call_id="a call")
        by_telephone = self.shop.until(server.store.write(confirm, "a call", None, [("1003", 1)], stamp)).order_number
        web.sync()
        self.assertEqual((web.outbox, web.refused), ([], {}))
        orders = self.shop.ask(lambda: [row.number for row in Order.select().where(Order.source == "web")])
        self.assertEqual(len(orders), 7)
        self.assertLessEqual({*orders, by_telephone}, web.orders.keys())
        stock = self.shop.ask(lambda: {row.number: row.stock for row in Product.select()})
        self.assertEqual(stock["1001"], self.stock["1001"] - 2)
        self.assertEqual(stock["1005"], self.stock["1005"] - 6)

    def test_killed_at_any_moment(self) -> None:
        """The server is killed while an order is on its way: sent again it is one order, whenever that was."""
        for n, seconds in enumerate((0.0, 0.001, 0.005, 0.02, 0.1), 1):
            order = ORDER | {"external_id": f"w{n}"}
            self.begin("POST", "/v1/orders", order)
            self.shop.wait(seconds)
            self.shop = self.shop.killed()
            self.shop.wait(3)
            first, again = self.ask("POST", "/v1/orders", order), self.ask("POST", "/v1/orders", order)
            self.assertEqual(first, again)
            self.assertEqual(self.shop.ask(lambda n=n: Order.select().where(Order.source == "web").count()), n)
        self.assertEqual(self.shop.ask(lambda: Product.get_by_id("1001").stock), self.stock["1001"] - 10)
