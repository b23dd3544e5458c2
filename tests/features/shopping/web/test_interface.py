"""What programs can do over the shop's interface, and what they are told when they cannot."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules
from callserver.features.shopping.tables import Order, Price, Product, StockMovement
from callserver.features.shopping.web.keys import revoke_key
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.served import OPERATIONS
from callserver.features.shopping.web.tables import Seen
from callserver.features.shopping.web.webhooks.letters import body_of
from tests.features.shopping.web.served import Answer, ServedShop
from tests.store.inline import StubbornStore

TEA = {"name_zh": "新茶", "name_en": "New tea", "price_fen": 4200, "order_limit": 10}


class InterfaceCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = StubbornStore()
        self.addCleanup(self.store.database.close)
        self.shop = ServedShop(self.store)

    def ask(self, method: str, path: str, body: object = None, **more: Any) -> Answer:
        return self.shop.ask(method, path, body, **more)

    def got(self, method: str, path: str, body: object = None) -> Any:
        """What is answered to what has to be right."""
        answer = self.ask(method, path, body)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def order(self, external_id: str = "web-1", quantity: int = 2, product: str = "1001", **more: object) -> Answer:
        wanted = {"external_id": external_id, "member_number": "600001", "payment": "on delivery"}
        return self.ask("POST", "/v1/orders", wanted | {"lines": [{"product": product, "quantity": quantity}]} | more)

    def refused(self, answer: Answer, status: int, code: str, field: str | None = None) -> None:
        self.assertEqual((answer.status, *answer.error), (status, code, field))


class GoodsTests(InterfaceCase):
    def test_new_product(self) -> None:
        """A product that a program adds can be ordered by callers at once, at its price."""
        self.got("PUT", "/v1/products/2001", TEA)
        self.got("PUT", "/v1/products/2001/stock", {"stock": 7})
        found = self.store.run(rules.find_item, "2001", self.shop.now())
        self.assertEqual((found.price_fen, found.available, found.name.zh), (4200, 7, "新茶"))

    def test_said_again(self) -> None:
        """The same list once more begins no new prices; of a product that is in it twice the last counts."""
        rows = [TEA | {"product": "2001"}, TEA | {"product": "2001", "price_fen": 4300}]
        for _ in range(2):
            self.got("POST", "/v1/products", {"products": rows})
            self.shop.clock.advance(60)
        self.got("PUT", "/v1/products/2001", TEA | {"price_fen": 4300})
        prices = self.store.run(lambda: [row.price_fen for row in Price.select().where(Price.product == "2001")])
        self.assertEqual(prices, [4300])

    def test_given_away(self) -> None:
        """A price of 0 is a slip; what the shop's books give away is shown with it."""
        for path, sent, field in (
            ("/v1/prices", {"prices": [{"product": "1001", "price_fen": 0}]}, "prices[0].price_fen"),
            ("/v1/products", {"products": [TEA | {"product": "1001", "price_fen": 0}]}, "products[0].price_fen"),
        ):
            self.refused(self.ask("POST", path, sent), 400, "unfit", field)
        self.store.run(rules.set_price, "1002", 0, datetime(2020, 1, 1, tzinfo=UTC))
        self.assertEqual(self.got("GET", "/v1/products/1002")["price_fen"], 0)

    def test_price_from_a_moment_on(self) -> None:
        """A price that begins tomorrow is not today's."""
        price = {"product": "1001", "price_fen": 5900, "since": "2026-03-03T08:00:00+08:00"}
        self.got("POST", "/v1/prices", {"prices": [price]})
        self.assertEqual(self.got("GET", "/v1/products/1001")["price_fen"], 6800)
        self.shop.clock.advance(86400)
        self.assertEqual(self.got("GET", "/v1/products/1001")["price_fen"], 5900)

    def test_withdrawn(self) -> None:
        """What is not sold any more is shown as that, and not sold."""
        self.got("PUT", "/v1/products/1001", TEA | {"on_sale": False})
        self.assertIs(self.got("GET", "/v1/products/1001")["on_sale"], False)
        self.refused(self.order(), 409, "unknown_product", "lines")

    def test_batch_is_whole(self) -> None:
        """One bad row in a batch, and nothing of it is saved; the row is named."""
        rows = [{"product": "2001", **TEA}, {"product": "2002", **TEA, "category": "77"}]
        self.refused(
            self.ask("POST", "/v1/products", {"products": rows}), 409, "unknown_category", "products[1].category"
        )
        self.assertEqual(self.ask("GET", "/v1/products/2001").status, 404)

    def test_pages(self) -> None:
        """A list comes in pages, each with where the next begins."""
        first = self.got("GET", "/v1/products?limit=5")
        second = self.got("GET", f"/v1/products?limit=5&after={first['after']}")
        numbers = [row["product"] for row in first["rows"] + second["rows"]]
        self.assertEqual(numbers, [str(1001 + n) for n in range(8)])
        self.assertIsNone(second["after"])
        self.assertIsNone(self.got("GET", "/v1/products?limit=8")["after"])

    def test_stock_once(self) -> None:
        """Pieces that are told twice under one id come once; under another, again."""
        tin = {"external_id": "tin-1", "movements": [{"product": "1001", "quantity": 5, "reason": "delivery"}]}
        for _ in range(3):
            self.assertEqual(self.got("POST", "/v1/stock", tin), {"rows": [{"product": "1001", "stock": 55}]})
        self.got("POST", "/v1/stock", tin | {"external_id": "tin-2"})
        self.assertEqual(Product.get_by_id("1001").stock, 60)

    def test_stock_never_below_nothing(self) -> None:
        """More pieces cannot go than are there; nothing of that delivery note is booked."""
        rows = [{"product": number, "quantity": -51, "reason": "correction"} for number in ("1002", "1001")]
        rows[0]["quantity"] = -1
        n_before = StockMovement.select().count()
        answer = self.ask("POST", "/v1/stock", {"external_id": "tin-1", "movements": rows})
        self.refused(answer, 409, "sold_out", "movements[1].quantity")
        self.assertEqual(StockMovement.select().count(), n_before)

    def test_categories(self) -> None:
        """A category is made, and products are put into it."""
        self.got("PUT", "/v1/categories/9", {"name_zh": "新品", "name_en": "New"})
        self.got("PUT", "/v1/products/2001", TEA | {"category": "9"})
        self.assertIn("9", [row["category"] for row in self.got("GET", "/v1/categories")["rows"]])
        self.assertEqual(self.got("GET", "/v1/products/2001")["category"], "9")


class CustomerTests(InterfaceCase):
    def test_new_customer(self) -> None:
        """A customer who is added is greeted by his name when he calls, however his number is written."""
        about = {
            "name": "赵云",
            "address": "成都市武侯祠大街 231 号",
            "telephones": ["+86 13800001111".replace(" ", "")],
        }
        self.got("PUT", "/v1/customers/700001", about)
        buyer = self.store.run(rules.find_buyer, "013800001111")
        self.assertEqual(buyer.name, "赵云")
        shown = self.got("GET", "/v1/customers/700001")
        self.assertEqual(shown["telephones"], ["13800001111"])
        self.assertNotIn("pin", shown)

    def test_batch(self) -> None:
        """Several at once, and the list of all in pages."""
        rows = [{"member_number": f"70000{n}", "name": "某", "address": "某", "telephones": []} for n in range(3)]
        self.assertEqual(self.got("POST", "/v1/customers", {"customers": rows}), {"saved": 3})
        self.assertEqual(len(self.got("GET", "/v1/customers?limit=100")["rows"]), 7)


class OrderTests(InterfaceCase):
    def test_once(self) -> None:
        """An order sent again, because its answer was lost, is the same order; stock goes once."""
        first, again = self.order().json, self.order().json
        self.assertEqual(first, again)
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        self.assertEqual(self.got("GET", "/v1/orders/by-external-id/web-1"), first)

    def test_other_content(self) -> None:
        """The same id with something else in it is a mistake of the program, and told as that."""
        self.order()
        self.refused(self.order(quantity=3), 409, "other_content", "external_id")

    def test_rules(self) -> None:
        """The rules are a caller's: the stock, the limit of an order, the balance, a known customer, a known item."""
        self.refused(self.order("a", 21), 409, "above_limit", "lines")
        self.refused(self.order("b", 2, "1004"), 409, "above_stock", "lines")
        self.refused(self.order("c", product="999999"), 409, "unknown_product", "lines")
        self.refused(self.order("d", member_number="1"), 409, "unknown_customer", "member_number")
        self.refused(self.order("e", member_number=None), 409, "no_address", "address")
        self.refused(self.order("f", 20, payment="balance", product="1005"), 409, "balance_too_low", "payment")
        self.assertEqual(Order.select().where(Order.source == "web").count(), 0)

    def test_refused_is_not_remembered(self) -> None:
        """What was refused can be had under the same id when it is there again."""
        self.refused(self.order("a", 2, "1004"), 409, "above_stock", "lines")
        tin = {"external_id": "tin-1", "movements": [{"product": "1004", "quantity": 1, "reason": "delivery"}]}
        self.got("POST", "/v1/stock", tin)
        self.assertEqual(self.order("a", 2, "1004").status, 200)

    def test_old_ids_are_forgotten(self) -> None:
        """Ids do not fill the database for ever: those of 90 days ago go, and an order is still done once."""
        self.assertEqual(self.order("old").status, 200)
        tin = {"external_id": "tin", "movements": [{"product": "1001", "quantity": 1, "reason": "delivery"}]}
        self.got("POST", "/v1/stock", tin)
        for days, n_kept in ((89, 3), (2, 2)):
            self.shop.clock.advance(days * 86400)
            self.got("POST", "/v1/stock", tin | {"external_id": f"{days}"})
            self.assertEqual(Seen.select().count(), n_kept)
        self.assertEqual(self.order("old").status, 200)
        self.assertEqual(Order.select().where(Order.external_id == "old").count(), 1)

    def test_price_changed(self) -> None:
        """A customer never pays another price than the one he was shown."""
        line = {"product": "1001", "quantity": 1, "price_fen": 6700}
        self.refused(self.order(lines=[line]), 409, "price_changed", "lines[0].price_fen")
        self.assertEqual(self.order(lines=[line | {"price_fen": 6800}]).json["total_fen"], 6800)

    def test_delivery(self) -> None:
        """A warehouse says how far an order has come; the caller hears carrier and number; no step goes back."""
        number = self.order().json["number"]
        self.got("PUT", "/v1/carriers/yto", {"name_zh": "圆通速递", "name_en": "YTO"})
        shipped = {"state": "shipped", "carrier": "yto", "tracking": "YT123"}
        for _ in range(2):
            shown = self.got("PUT", f"/v1/orders/{number}/state", shipped)
        self.assertEqual([step["state"] for step in shown["steps"]], ["placed", "shipped"])
        status = self.store.run(rules.find_order, number)
        self.assertEqual((status.carrier.en, status.tracking), ("YTO", "YT123"))
        self.refused(self.ask("PUT", f"/v1/orders/{number}/state", {"state": "packed"}), 409, "wrong_step", "state")
        self.refused(self.ask("DELETE", f"/v1/orders/{number}"), 409, "wrong_step", "state")

    def test_unknown_carrier(self) -> None:
        """A carrier that the shop has not, and a tracking number without one."""
        path = f"/v1/orders/{self.order().json['number']}/state"
        body = {"state": "shipped", "carrier": "nobody"}
        self.refused(self.ask("PUT", path, body), 409, "unknown_carrier", "carrier")
        self.refused(self.ask("PUT", path, {"state": "shipped", "tracking": "1"}), 409, "no_carrier", "carrier")

    def test_cancel(self) -> None:
        """Before it is packed an order can be taken back, once; the pieces are there again."""
        number = self.order().json["number"]
        for _ in range(2):
            self.assertEqual(self.got("DELETE", f"/v1/orders/{number}")["state"], "cancelled")
        self.assertEqual(Product.get_by_id("1001").stock, 50)

    def test_reservation(self) -> None:
        """What is not there is waited for, and becomes an order when a delivery is booked in."""
        wanted = {"external_id": "r-1", "member_number": "600001", "product": "1004", "quantity": 2}
        waiting = self.got("POST", "/v1/reservations", wanted)
        self.assertEqual((waiting["state"], self.got("POST", "/v1/reservations", wanted)), ("open", waiting))
        tin = {"external_id": "tin-1", "movements": [{"product": "1004", "quantity": 5, "reason": "delivery"}]}
        self.got("POST", "/v1/stock", tin)
        path = f"/v1/reservations/{waiting['number']}"
        shown = self.got("GET", path)
        self.assertEqual(shown["state"], "ordered")
        self.assertEqual(self.got("GET", f"/v1/orders/{shown['order']}")["total_fen"], 2 * shown["price_fen"])
        self.refused(self.ask("DELETE", path), 409, "closed")

    def test_changes(self) -> None:
        """Whoever asks from his last sequence number on gets each change once, in order, without a gap."""
        start = self.got("GET", "/v1/changes?after=0&limit=100")["after"]
        for n in range(3):
            self.order(f"web-{n}", 1)
        seen, after = [], start
        while (page := self.got("GET", f"/v1/changes?after={after}&limit=2"))["changes"]:
            seen += page["changes"]
            after = page["after"]
        self.assertEqual([one["sequence"] for one in seen], [start + 1, start + 2, start + 3])
        self.assertEqual({one["state"] for one in seen}, {"placed"})

    def test_restored(self) -> None:
        """After a backup was restored numbers are given again: who knows more than there is has to begin anew."""
        self.refused(self.ask("GET", "/v1/changes?after=99999"), 409, "unknown_sequence", "after")

    def test_whose_order(self) -> None:
        """The event of an order says which program has placed it."""
        number = self.order().json["number"]
        (event,) = [one for one in self.shop.book.events if one.kind == "audit" and one.data["act"] == "placeOrder"]
        self.assertEqual((event.person, event.data["result"]), ("interface web-shop", "done"))
        self.assertTrue(number)
        self.assertEqual(self.shop.n_changes, 1)


class FieldTests(InterfaceCase):
    def test_named(self) -> None:
        """Each bad value is told with its place."""
        for change, field in (
            ({"lines": []}, "lines"),
            ({"lines": [{"product": "1001", "quantity": 0}]}, "lines[0].quantity"),
            ({"lines": [{"product": "1001", "quantity": True}]}, "lines[0].quantity"),
            ({"lines": [{"product": "1001", "quantity": 1.5}]}, "lines[0].quantity"),
            ({"lines": [{"product": "10x1", "quantity": 1}]}, "lines[0].product"),
            ({"lines": [{"quantity": 1}]}, "lines[0].product"),
            ({"payment": "never"}, "payment"),
            ({"external_id": "a b"}, "external_id"),
            ({"external_id": "x" * 65}, "external_id"),
            ({"address": "one\ntwo"}, "address"),
            ({"address": "\ud800"}, "address"),
            ({"surprise": 1}, "surprise"),
        ):
            self.refused(self.order(**change), 400, "unfit", field)  # type: ignore[arg-type]

    def test_no_json(self) -> None:
        """What is no JSON, or none that every reader reads alike, is told so."""
        deep = b"[" * 60_000 + b"]" * 60_000
        for body in (b"{", b"\xff", b'{"a": NaN}', b'{"a": Infinity}', deep, b"9" * 5000):
            self.assertEqual(self.ask("POST", "/v1/orders", body).status, 400, body[:20])
        self.refused(self.ask("POST", "/v1/orders", b"[]"), 400, "unfit")

    def test_content_type(self) -> None:
        """A form is no JSON, whatever is in it."""
        answer = self.ask("POST", "/v1/orders", b"{}", headers={"Content-Type": "text/plain"})
        self.refused(answer, 415, "not_json")

    def test_query(self) -> None:
        """What stands behind the question mark is checked as well."""
        for query, field in (("limit=0", "limit"), ("limit=x", "limit"), ("x=1", "x"), ("limit=1&limit=2", "limit")):
            self.refused(self.ask("GET", f"/v1/products?{query}"), 400, "unfit", field)

    def test_paths(self) -> None:
        """What is not served is told as JSON, with the methods that are."""
        self.refused(self.ask("GET", "/"), 404, "not_served")
        self.refused(self.ask("GET", "/v1/products/%FF"), 400, "unfit")
        self.refused(self.ask("GET", "/", headers={"Host": "\udcff"}), 400, "unfit")
        self.refused(self.ask("GET", "/v1/products/a%2Fb"), 404, "not_served")
        answer = self.ask("PATCH", "/v1/products")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "get, head, post"))

    def test_chinese(self) -> None:
        """The message is Chinese where that is asked for; the code stays."""
        answer = self.ask("GET", "/v1/products/9999", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        self.assertEqual(answer.error, ("not_found", "product"))
        self.assertRegex(answer.json["error"]["message"], "[一-鿿]")


class KeyTests(InterfaceCase):
    def test_no_key(self) -> None:
        """Without a key nothing is told but how one asks, and where the description is."""
        for key in ("", "cs_wrong", "💥"):
            answer = self.ask("GET", "/v1/products", key=key)
            self.refused(answer, 401, "no_key")
            self.assertIn("bearer", answer.headers["www-authenticate"])
        self.assertEqual(self.ask("GET", "/v1/openapi.json", key="").status, 200)

    def test_scopes(self) -> None:
        """A key is for what it was made for, and for nothing else."""
        key = self.shop.make_key("warehouse", Scope.WRITE_STOCK)
        self.refused(self.ask("GET", "/v1/customers", key=key), 403, "no_scope")
        counted = self.ask("PUT", "/v1/products/1001/stock", {"stock": 3}, key=key)
        self.assertEqual(counted.status, 200)

    def test_every_route(self) -> None:
        """Nothing is done or told without the one scope it is for; who may only read changes nothing."""
        every = self.shop.key
        for operation in OPERATIONS:
            self.assertEqual(operation.scope.value.endswith(":write"), operation.changes, operation.name)
            others = [scope for scope in Scope if scope is not operation.scope]
            self.shop.clock.advance(10)  # not too many at once
            key = self.shop.make_key(operation.name.lower(), *others)
            path = re.sub("<[a-z_]+>", "1", operation.path)
            self.refused(self.ask(operation.method, path, {}, key=key), 403, "no_scope")
            self.refused(self.ask(operation.method, path, {}, key=every + "x"), 401, "no_key")

    def test_revoked(self) -> None:
        """A revoked key opens nothing as soon as the server has looked."""
        self.store.run(revoke_key, "web-shop", self.shop.now())
        self.shop.follow()
        self.assertEqual(self.ask("GET", "/v1/products").status, 401)

    def test_secret(self) -> None:
        """Neither the database, nor the log, nor the event log, nor a message has the key."""
        with capturedLogs() as logs:
            self.order()
            self.ask("POST", "/v1/orders", b"{")
            self.ask("GET", "/v1/products", key=self.shop.key + "x")
        secret = self.shop.key.removeprefix("cs_")
        dump = "\n".join(self.store.database.connection().iterdump())
        changes = self.store.run(rules.changes_since, 0)
        for text in (dump, str(logs), str(self.shop.told()), *(body_of(one).decode() for one in changes)):
            self.assertNotIn(secret, text)


class TroubleTests(InterfaceCase):
    def test_database_fails(self) -> None:
        """A database that cannot write: 503 and when to ask again; asked again later it is done, once."""
        self.store.full = True
        answer = self.order()
        self.refused(answer, 503, "no_database")
        self.assertEqual(answer.headers["retry-after"], "5")
        self.store.full = False
        self.assertEqual(self.order().status, 200)

    def test_keys_are_not_read_yet(self) -> None:
        """Who asks while the server starts, and the database is slow, is told to wait, not that his key is wrong."""
        self.shop.keys.were_read, self.shop.keys._keys = False, {}
        self.store.full = True
        self.refused(self.ask("GET", "/v1/products"), 503, "no_database")
        self.store.full = False
        self.shop.follow()
        self.assertEqual(self.ask("GET", "/v1/products").status, 200)

    def test_hung_up(self) -> None:
        """Who hangs up before his answer has changed something once; the same again tells him what."""
        self.store.locked = True
        body = {
            "external_id": "web-1",
            "member_number": "600001",
            "payment": "on delivery",
            "lines": [{"product": "1001", "quantity": 2}],
        }
        connection = self.shop.connect()
        connection.send(self.shop.request("POST", "/v1/orders", body, self.shop.key))
        connection.lose()
        self.store.unlock()
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        self.assertEqual(self.order().json["lines"][0]["quantity"], 2)
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        audits = [data["result"] for kind, data in self.shop.told() if kind == "audit"]
        self.assertEqual(audits, ["done", "done"])

    def test_broken(self) -> None:
        """A mistake of ours is 500 and a line in the log, without what was sent."""
        self.patch(self.store, "read", lambda *args: 1 / 0)
        answer = self.ask("GET", "/v1/products?after=hidden-words")
        self.refused(answer, 500, "broken")
        self.assertNotIn("hidden-words", json.dumps(answer.json))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
