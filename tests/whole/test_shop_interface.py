"""A web shop and a whole server on virtual time: orders over the interface, and the plug pulled in between."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.protocol import ClientFactory, Protocol
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping.rules import find_order
from callserver.features.shopping.tables import Order, Product
from callserver.features.shopping.web.keys import make_key
from callserver.features.shopping.web.scopes import Scope
from callserver.store.tables import EventRow
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
        program = self.begin(method, path, body)
        self.shop.wait(1)
        head, _, answer = program.got.partition(b"\r\n\r\n")
        self.assertEqual(head.split()[1], b"200", answer)
        return json.loads(answer)

    def test_order(self) -> None:
        """An order of a program is in the shop's books and in its event log, with the program's name."""
        number = self.ask("POST", "/v1/orders", ORDER)["number"]
        self.assertEqual(self.shop.ask(find_order, number).total_fen, 13600)
        self.shop.wait(1)
        his = EventRow.select().where(EventRow.person == "interface web-shop", EventRow.kind == "audit")
        (audit,) = self.shop.ask(lambda: [json.loads(row.data) for row in his])
        self.assertEqual((audit["act"], audit["result"]), ("placeOrder", "done"))

    def test_killed_at_any_moment(self) -> None:
        """The server is killed while an order is on its way: sent again it is one order, whenever that was."""
        stock = self.shop.ask(lambda: Product.get_by_id("1001").stock)
        for n, seconds in enumerate((0.0, 0.001, 0.005, 0.02, 0.1), 1):
            order = ORDER | {"external_id": f"w{n}"}
            self.begin("POST", "/v1/orders", order)
            self.shop.wait(seconds)
            self.shop = self.shop.killed()
            self.shop.wait(3)
            first, again = self.ask("POST", "/v1/orders", order), self.ask("POST", "/v1/orders", order)
            self.assertEqual(first, again)
            self.assertEqual(self.shop.ask(lambda n=n: Order.select().where(Order.source == "web").count()), n)
        self.assertEqual(self.shop.ask(lambda: Product.get_by_id("1001").stock), stock - 10)
