"""An admin sends the orders out: one by one and by the carrier's list; where each was confirmed can be heard."""

from __future__ import annotations

import json

from callserver.calls.vocabulary import Kind
from callserver.commands import order_lists, orders
from callserver.features.shopping import rules
from callserver.features.shopping.books import order_list
from callserver.features.shopping.tables import Product, Reservation
from callserver.store.journal import append_event
from callserver.store.tables import CallRow, to_ms
from callserver.wire.records import EventRecord
from tests.commands.shop_case import NOW, ShopCase
from tests.store.sheets.test_sheets import workbook

PLACED, PACKED, SHIPPED = "36915840", "72460195", "58204713"  # of the sample


class OrdersTests(ShopCase):
    group = orders.orders
    modules = (orders, order_lists)

    def state_of(self, number: str) -> str:
        return str(self.store.run(rules.find_order, number).state)

    def test_packed_and_shipped(self) -> None:
        """Step by step, with carrier and number; a step that cannot be is refused, and says where the order is."""
        said = self.refused(f"advance {PLACED} delivered")
        self.assertIn(f"order {PLACED} is paid: it cannot become delivered", said)
        self.done(f"advance {PLACED} packed")
        self.assertIn(f"order {PLACED} is packed: it cannot become cancelled", self.refused(f"cancel {PLACED}"))
        self.assertIn("there is no carrier dhl", self.refused(f"advance {PLACED} shipped --carrier dhl --tracking 1"))
        self.assertIn("Name the carrier too", self.refused(f"advance {PLACED} shipped --tracking 1"))
        self.done(f"advance {PLACED} shipped --carrier sf --tracking SF77")
        self.assertIn("carrier: SF Express SF77", self.done(f"show {PLACED}"))
        self.assertIn("承运商: 顺丰速运 SF77", self.done(f"show {PLACED} --language zh"))

    def test_cancelled(self) -> None:
        """Its pieces are back on the shelf."""
        had = Product.get_by_id("1005").stock
        self.assertIn(f"Order {PLACED}: cancelled", self.told(f"cancel {PLACED}"))
        self.assertEqual(Product.get_by_id("1005").stock, had + 6)

    def test_lists(self) -> None:
        """By state, customer, item and day, within eighty columns; and for programs."""
        self.assertRegex(self.done("list"), rf"{SHIPPED}  2026-11-23 12:00  shipped \(sample\) +136.00  600001")
        self.assertRegex(
            self.done("list --language zh"), rf"{SHIPPED} +2026-11-23 12:00 +已发货 （样例） +136.00  600001"
        )
        for words, found in (
            ("--state shipped", {SHIPPED}),
            ("--customer 13823456789", {PLACED}),
            ("--item 1007", {PACKED}),
            ("--since 2026-11-25", {PLACED}),
            ("--since 2026-11-23 --until 2026-11-23", {SHIPPED}),
        ):
            self.assertEqual({one["number"] for one in json.loads(self.done(f"list {words} --json"))}, found, words)
        self.assertIn("There are none yet", self.told("list --state cancelled"))
        self.assertIn("--since is later than --until", self.refused("list --since 2026-11-25 --until 2026-11-23"))

    def test_states_in_words(self) -> None:
        """They are typed as programs write them, or as they are shown in Chinese."""
        self.assertEqual(self.done("list --state paid"), self.done("list --state 已付款"))
        self.assertEqual(self.done("reservations --state open"), self.done("reservations --state 等待中"))
        self.assertIn("did you mean 'shipped'?", self.refused("list --state shiped"))

    def test_by_hand(self) -> None:
        """An order that came by letter is one like every other: rules, stock, balance."""
        number = self.done("add 600001 1001=2 1008=1 --balance").strip()
        order = self.store.run(rules.find_order, number)
        self.assertEqual((order.total_fen, order.member_number, str(order.state)), (16280, "600001", "paid"))
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        self.assertIn("telephone: 01062345678, 13912345678", self.done(f"show {number}"))
        self.assertRegex(self.command("export -").stdout, f"{number},paid,.*,13912345678,")
        self.assertIn("of item 1004 there are 1 pieces", self.refused("add 600001 1004=2"))
        self.assertIn("write ITEM=PIECES", self.refused("add 600001 1004"))

    def test_where_it_can_be_heard(self) -> None:
        """Call, recording, and the seconds at which the order was read back and confirmed."""
        call = {"id": "call-7", "node": "n", "direction": "in", "channel": "line 1", "started_ms": to_ms(NOW)}
        self.store.run(lambda: CallRow.create(**call, recording="a.wav"))
        wanted = EventRecord(NOW, 0.0, "n", Kind.ORDER.value, "call-7")
        taken = self.store.run(lambda: rules.confirm("call-7", None, [("1001", 1)], wanted, "13900001111"))
        mark = {"text": "order 1 is confirmed", "sample": 8000 * 83, "n_samples": 4000}
        self.store.run(append_event, EventRecord(NOW, 0.0, "n", Kind.RECORDING_MARK.value, "call-7", None, None, mark))
        (self.shop / "proofs").mkdir()
        (self.shop / "proofs" / "call-7-1.wav").write_bytes(b"RIFF")
        said = self.done(f"show {taken.order_number}")
        self.assertIn("1:23.0 confirmed", said)
        self.assertIn("call-7-1.wav", said)
        self.assertIn("a.wav", said)
        (one,) = json.loads(self.done("proofs --json"))
        self.assertEqual(one["order"], taken.order_number)
        self.assertIn("call-7-1.wav", self.done("proofs"))
        copy = self.shop / "copy.wav"
        self.told(f"proof {taken.order_number} --export {copy}")
        self.assertEqual(copy.read_bytes(), b"RIFF")
        self.assertIn("export_proof", self.noted()[-1])
        self.assertIn("is there already", self.refused(f"proof {taken.order_number} --export {copy}"))
        self.assertIn("has no proof", self.refused(f"proof {PLACED}"))

    def test_reservations(self) -> None:
        """Listed with their end, cancelled once."""
        stamp = EventRecord(NOW, 0.0, "n", Kind.RESERVATION.value)
        buyer = self.store.run(rules.find_member, "600001")
        made = self.store.run(lambda: rules.reserve("call-8", buyer, "1004", 3, stamp))
        self.assertRegex(self.done("reservations"), rf"{made.number}  .* open +1004 +3  600001")
        self.done(f"cancel-reservation {made.number}")
        self.assertEqual(Reservation.get(Reservation.number == made.number).state, "cancelled")
        self.assertIn("There are none yet", self.told("reservations --state open"))

    def test_carriers(self) -> None:
        """A new one can bring parcels at once."""
        self.done("carriers set jd 京东物流 'JD Logistics'")
        self.done(f"advance {PACKED} shipped --carrier jd --tracking JD1")
        self.assertIn("jd", self.done("carriers list"))
        self.assertIn("a carrier has a code", self.refused("carriers set 'j d' 京东 JD"))


class OrderListTests(ShopCase):
    group = orders.orders
    modules = (orders, order_lists)

    def test_round_trip(self) -> None:
        """What is exported is imported without a change, in both languages."""
        for language in ("zh", "en"):
            self.done(f"export {self.shop / 'orders.xlsx'} --language {language}")
            before = self.state()
            self.assertIn("new: 0, changed: 0, as before: 5", self.told(f"import {self.shop / 'orders.xlsx'}"))
            self.assertEqual(self.state(), before)

    def test_the_carriers_list(self) -> None:
        """All parcels of a day are shipped at once; a check says so before."""
        file = self.shop / "parcels.xlsx"
        file.write_bytes(
            workbook(
                ["order", "state", "carrier", "tracking number"],
                [int(PLACED), "shipped", "sf", "SF1"],
                [int(PACKED), "已发货", "中国邮政", 1175320864215],
                [int(SHIPPED), "shipped"],
            )
        )
        self.assertIn(f"* {PLACED} state paid → shipped, carrier – → sf", self.done(f"import {file} --check"))
        self.assertIn("changed: 2, as before: 1", self.told(f"import {file}"))
        order = self.store.run(rules.find_order, PACKED)
        self.assertEqual((str(order.state), order.carrier_code, order.tracking), ("shipped", "post", "1175320864215"))

    def test_all_mistakes_are_told(self) -> None:
        """And nothing is shipped; too many at once are refused, for callers would wait."""
        rows = (
            "order,state,carrier,tracking number",
            f"{PLACED},shipped,,SF1",
            f"{SHIPPED},paid,,",
            f"{PACKED},sent,dhl,",
            "11111111,shipped,sf,1",
        )
        said = self.refused("import -", "\n".join(rows).encode())
        for line in (
            f"-, row 2, carrier, {PLACED}: has a tracking number and no carrier",
            "-, row 3, state, paid: is shipped in the books: it cannot become that",
            "-, row 4, state, sent: there is none called so; there are",
            "-, row 4, carrier, dhl: there is none called so",
            "-, row 5, order, 11111111: is no order of the shop",
        ):
            self.assertIn(line, said)
        self.replace(order_list, "AT_ONCE", 1)
        rows = (rows[0], f"{PLACED},shipped,sf,1", f"{PACKED},shipped,sf,2")
        self.assertIn("more than 1 orders change", self.refused("import -", "\n".join(rows).encode()))
