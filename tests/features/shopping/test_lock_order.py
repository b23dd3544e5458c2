"""All rules take their locks in one order, so that no two writers in PostgreSQL ever wait for each other."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import rules, sample
from callserver.features.shopping.books.goods import move_pieces
from callserver.features.shopping.books.order_list import Move, move_orders
from callserver.features.shopping.books.orders import Wanted, list_orders
from callserver.features.shopping.tables import OrderState, Payment
from callserver.features.shopping.web import goods
from callserver.features.shopping.web.operations import Asked
from tests.features.shopping.demo_books import LI_MING, NOW, POT, TEA, later, stamp
from tests.features.shopping.rolled_back import RolledBack
from tests.store import postgres

ORDER = ("orders", "products", "customers", "last_change")  # as rules/locks.py says
LOCKED_IN_ORDER = re.compile(r'ORDER BY "t\d"."number" FOR NO KEY UPDATE$')
LOCKS = re.compile(r'(?:UPDATE|SELECT .*? FROM) "(\w+)".*', re.DOTALL)


def asked(body: dict[str, Any]) -> Asked:
    """What a program has sent."""
    return Asked("web", {}, {}, body, later(1), stamp(""), "cn")


class LockOrderTests(SynchronousTestCase):
    if reason := postgres.missing():
        skip = reason

    def setUp(self) -> None:
        self.store = RolledBack()
        self.addCleanup(self.store.close)
        self.do(sample.load, NOW)
        self.do(rules.pay_in, LI_MING, 100_000, NOW)
        buyer = rules.find_member(LI_MING)
        how: dict[str, Any] = {"payment": Payment.BALANCE}
        taken = self.do(rules.confirm, "paid", buyer, [(TEA, 2), (POT, 1)], stamp("paid"), **how)
        self.paid = taken.order_number
        self.waiting = [self.do(rules.reserve, f"waits {n}", buyer, POT, n, stamp("")).number for n in (2, 1)]

    def do(self, f: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return self.store.run(lambda: f(*args, **named))

    def check(self, f: Callable[..., Any], *args: Any, **named: Any) -> None:
        """It locks something, and each new row in its turn."""
        taken: list[tuple[int, Any]] = []
        real = self.store.database.execute_sql

        def execute_sql(sql: str, params: Any = None, *rest: Any, **how: Any) -> Any:
            found = LOCKS.match(sql)
            if found and found[1] in ORDER and (sql.startswith("UPDATE") or "FOR NO KEY UPDATE" in sql):
                rows = sorted(one for one in params or () if isinstance(one, str))
                if found[1] == "last_change" or '"staged_goods"' in sql:
                    self.assertTrue(found[1] == "last_change" or LOCKED_IN_ORDER.search(sql) or taken, sql)
                    rows = [""]  # one, or all at once in order
                taken.extend((ORDER.index(found[1]), row) for row in rows)
            return real(sql, params, *rest, **how)

        with patch.object(self.store.database, "execute_sql", execute_sql):
            self.do(f, *args, **named)
        first = list(dict.fromkeys(taken))
        self.assertTrue(first, f)
        for before, after in pairwise(first):
            self.assertLess(before, after, (f, first))

    def test_orders(self) -> None:
        """Bought by balance, packed, sent, delivered, sent back."""
        buyer = rules.find_member(LI_MING)
        self.check(rules.confirm, "one", buyer, [("1006", 1), (TEA, 1)], stamp("one"), payment=Payment.BALANCE)
        for state in (OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED):
            self.check(rules.advance, self.paid, state, later(1))

    def test_cancelled(self) -> None:
        """Pieces and money come back, and the pieces go on to who waits for them."""
        self.do(rules.cancel_reservation, self.waiting[0], NOW)
        self.check(rules.cancel, self.paid, later(1))
        self.assertIsNotNone(self.do(rules.find_reservation, self.waiting[1]).order)

    def test_lists(self) -> None:
        """Several orders in one transaction, of which one gives pieces and money back; a count."""
        buyer = rules.find_member(LI_MING)
        self.do(rules.cancel_reservation, self.waiting[0], NOW)
        later_one = self.do(rules.confirm, "later", buyer, [(TEA, 1)], stamp("later")).order_number
        there = {one.number: one for one in self.do(list_orders, Wanted(), None)}
        states = {self.paid: OrderState.CANCELLED, later_one: OrderState.PACKED}
        self.check(move_orders, [Move(there[number], state, None, None) for number, state in states.items()], later(1))
        self.check(move_pieces, POT, "=", 5, "count", later(1))

    def test_reservations(self) -> None:
        """Made, filled, given up, expired, of several items."""
        self.check(rules.reserve, "one", None, POT, 1, stamp("one"))
        self.check(rules.move_stock, POT, 3, "delivery", later(1))
        self.check(rules.reserve, "two", None, POT, 1, stamp("two"), wait_s=5.0)
        self.do(rules.hold, "holder", "1006", 10, NOW)
        for n in range(6):
            self.do(rules.reserve, f"more {n}", None, "1006", 10, stamp(""), wait_s=4.0 + n)
        self.check(rules.cancel_reservation, self.do(rules.reserve, "three", None, POT, 1, stamp("")).number, later(1))
        self.check(rules.tend_reservations, later(6))

    def test_programs(self) -> None:
        """Several items at once, in whatever order a program names them."""
        rows = [{"product": number, "quantity": 5, "reason": "delivery"} for number in (POT, "1006", TEA)]
        self.check(goods.move, asked({"external_id": "one", "movements": rows}))
        prices = [{"product": number, "price_fen": 5, "since": None} for number in (POT, TEA)]
        self.check(goods.put_prices, asked({"prices": prices}))
        about = {"name_zh": "茶", "name_en": "tea", "order_limit": 5, "category": None, "on_sale": True, "price_fen": 7}
        self.check(goods.put_products, asked({"products": [{"product": number, **about} for number in (POT, TEA)]}))

    def test_accounts_and_baskets(self) -> None:
        """Paid in; held; taken up again."""
        self.check(rules.pay_in, LI_MING, 1, NOW)
        self.check(rules.hold, "one", TEA, 1, NOW)
        self.do(rules.hold, "one", "1006", 1, NOW)
        self.do(rules.keep_basket, "one", "02012345678", NOW)
        self.check(rules.resume_basket, "two", "02012345678", later(1))
