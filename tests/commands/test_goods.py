"""An admin keeps the goods: one by one and as lists; what is wrong is told with its place, and changes nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from callserver.calls.vocabulary import Kind
from callserver.commands import goods, goods_lists
from callserver.features.shopping import rules
from callserver.features.shopping.rules import restating
from callserver.features.shopping.rules.restating import Restated
from callserver.features.shopping.tables import Product, StockMovement
from callserver.wire.records import EventRecord
from tests.commands.shop_case import NOW, ShopCase
from tests.store.sheets.test_sheets import workbook


class GoodsTests(ShopCase):
    group = goods.goods
    modules = (goods, goods_lists)

    def test_an_item_from_its_first_day(self) -> None:
        """Added, sold, cheaper from a day on, out of stock, withdrawn: callers have what was said, when it was said."""
        self.done("add 1009 毛峰 name_en='Maofeng tea' category=tea price=88 stock=20 limit=5")
        item = self.store.run(rules.find_item, "1009", NOW)
        self.assertEqual((item.price_fen, item.available, item.limit, item.name.en), (8800, 20, 5, "Maofeng tea"))
        self.done("price 1009 79.50 --from 2026-12-01")
        midnight = NOW.replace(day=30, hour=16)  # UTC, of the first of December in the shop
        self.assertEqual(self.store.run(rules.price_at, "1009", midnight - timedelta(seconds=1)), 8800)
        self.assertEqual(self.store.run(rules.price_at, "1009", midnight), 7950)
        self.assertIn("# from 2026-12-01 00:00: 79.50 yuan", self.done("show 1009"))
        self.done("stock 1009 -3 --reason damaged")
        self.done("stock 1009 =15")
        self.assertRegex(self.done("stock 1009"), r"-2  count of the shelves\n.+-3  damaged\n.+\+20  delivery")
        self.done("withdraw 1009")
        self.assertIsNone(self.store.run(rules.find_item, "1009", NOW))
        self.done("offer 1009")
        self.assertEqual(self.store.run(rules.find_item, "1009", NOW).available, 15)

    def test_prices_to_come(self) -> None:
        """A planned price is shown and in the exported list, and can be taken back: one of a day, or all."""
        for day, yuan in ((1, 79), (15, 81), (20, 82)):
            self.done(f"price 1001 {yuan} --from 2026-12-{day:02}")
        self.done(f"export {self.shop / 'goods.csv'}")
        listed = (self.shop / "goods.csv").read_text("utf-8-sig")
        self.assertIn("2026-12-01 00:00 79.00; 2026-12-15 00:00 81.00; 2026-12-20 00:00 82.00", listed)
        self.assertIn("as before: 8", self.told(f"import {self.shop / 'goods.csv'}"))
        self.assertNotIn("81.00", self.done("price 1001 --cancel --from 2026-12-15"))
        self.assertIn("item 1001: no such price is to come", self.refused("price 1001 --cancel --from 2026-12-15"))
        self.assertNotIn("2026-12", self.done("price 1001 --cancel"))
        self.assertIn("--cancel takes no price", self.refused("price 1001 70 --cancel"))

    def test_free(self) -> None:
        """A price of nothing is asked after, one by one and in a list; an item that is free already stays so."""
        for words in ("price 1001 0", "set 1001 price=0", "add 1010 样品 price=0.00"):
            self.assertIn("price 0.00: add --free if it is given away", self.refused(words))
        path = self.shop / "free.csv"
        path.write_text("item,name in Chinese,price in yuan\n1010,样品,0\n", "utf-8")
        said = self.refused(f"import {path}")
        self.assertIn("price 0.00: add --free", said)
        self.assertIn("nothing was changed: mend 1 mistake, then import again", said)
        self.done(f"import {path} --free")
        self.done(f"import {path}")
        self.done("set 1010 limit=1")
        self.assertEqual(self.store.run(rules.price_at, "1010", NOW), 0)

    def test_a_name_taken_away(self) -> None:
        """Callers would hear the other language's name in its place: nothing is changed."""
        self.assertIn("name_zh= is empty", self.refused("set 1001 name_zh="))
        self.assertIn("龙井绿茶", self.done("show 1001"))

    def test_lists(self) -> None:
        """In both languages within eighty columns, by category, by what runs out; and for programs."""
        self.assertIn("1004  clay teapot         teaware   268.00         1        5  yes", self.done("list"))
        self.assertRegex(self.done("list --language zh"), "1001 +龙井绿茶 +茶叶 +68.00")
        self.assertEqual(self.done("list --category 茶具 --low 5").count("\n"), 2)
        (one,) = json.loads(self.done("list --category 2 --low 5 --json"))
        self.assertEqual((one["number"], one["price_fen"], one["on_sale"]), ("1004", 26800, True))
        self.assertIn("there is none called so", self.refused("list --category gold"))

    def test_who_waits_is_served(self) -> None:
        """Pieces that come go first to who has reserved them, and the admin is told."""
        self.done("stock 1004 -1")
        buyer = self.store.run(rules.find_member, "600002")
        event = EventRecord(NOW, 0.0, "node", Kind.RESERVATION.value, None, None, None, {})
        self.store.run(lambda: rules.reserve("call-1", buyer, "1004", 1, event))
        self.assertIn("Reservations that became orders: ", self.told("stock 1004 +2"))
        self.assertEqual(Product.get_by_id("1004").stock, 1)

    def test_the_sample_goes(self) -> None:
        """It is marked as such; one command takes it away, but for what the admin has made his own, or sold."""
        self.assertEqual(self.done("list").count("(sample)"), 8)
        self.done("set 1006 price=61")
        self.assertEqual(self.done("list").count("(sample)"), 7)
        event = EventRecord(NOW, 0.0, "node", Kind.ORDER.value, "call-1")
        taken = self.store.run(lambda: rules.confirm("call-1", None, [("1001", 1)], event, "13900001111"))
        self.assertIn(f"stand on the sample: {taken.order_number}; cancel", self.refused("remove-sample"))
        self.store.run(rules.cancel, taken.order_number, NOW)
        self.assertIn("The sample is gone: goods 7", self.told("remove-sample"))
        self.assertEqual(self.done("list").count("\n"), 2)
        self.assertEqual(self.store.run(rules.find_item, "1006", NOW).price_fen, 6100)

    def test_categories(self) -> None:
        """Made, named anew, and removed when they are empty."""
        self.done("categories set 7 礼盒 'gift boxes'")
        self.done("set 1006 category='gift boxes'")
        self.assertIn("category 7 has goods: 1006; move them first", self.refused("categories remove 7"))
        self.done("set 1006 category=")
        self.done("categories remove 7")
        self.assertNotIn("gift", self.done("categories list"))

    def test_mistakes(self) -> None:
        """Each says what would be right; nothing is changed."""
        for words, said in (
            ("add 1001 茶 price=3", "there is an item 1001 already: change it with `goods set`"),
            ("add 1009 茶", "say what one piece costs: price=39.00"),
            ("add 1009 茶 price=-3", "is below nothing"),
            ("add 1009 茶 price=3.999", "is no sum: write yuan, as 39.00"),
            ("add 1009 茶 price=3 categroy=tea", "did you mean 'category'?"),
            ("add 1009 茶 price=3 category=gold", "there is none called so"),
            ("add tea 茶 price=3", "is no number that callers can key: that is 1 to 8 digits"),
            ("add 1009 '' price=3", "item 1009 needs a name"),
            ("set 1001 name_zh= name_en=", "name_zh= is empty"),
            ("set 1010 price=3", "there is no item 1010; `goods list` has them all"),
            ("set 1001 price=99999999", "is the point in its place?"),
            ("stock 1001 20", "write +20 for what came, -3 for what went, =17 for what was counted"),
            ("stock 1001 -51", "of item 1001 there are 50 pieces"),
            ("price 1001 5 --from 2026-11-01", "a price cannot begin in the past"),
            ("price 1001 -5", "is below nothing"),
            ("price 1001 5 --from tomorrow", "is no day: write 2026-12-01"),
        ):
            self.assertIn(said, self.refused(words), words)

    def test_noted(self) -> None:
        """Who looks afterwards finds what was done, and that it was done at the command line."""
        self.done("stock 1001 +5")
        self.assertRegex(self.noted()[-1], '"by": "admin", "act": "move_stock", "target": "1001"')


class GoodsListTests(ShopCase):
    group = goods.goods
    modules = (goods, goods_lists)

    def file(self, name: str, data: bytes) -> Path:
        path = self.shop / name
        path.write_bytes(data)
        return path

    def test_round_trip(self) -> None:
        """What is exported is imported without a change, in both languages and formats."""
        for name in ("goods.xlsx", "goods.csv"):
            for language in ("zh", "en"):
                self.done(f"export {self.shop / name} --language {language}")
                before = self.state()
                self.assertIn("new: 0, changed: 0, as before: 8", self.told(f"import {self.shop / name}"))
                self.assertEqual(self.state(), before)

    def test_a_list_is_taken_over(self) -> None:
        """Prices, names, new items; what is not in the list or empty in it stays. A check says so and does nothing."""
        data = workbook(
            ["item", "name in English", "price in yuan", "in stock", "category"],
            [1001, None, 72, 3],
            [1009, "Maofeng tea", 88.5, 20, "茶叶"],
        )
        file, before = self.file("new.xlsx", data), self.state()
        checked = self.command(f"import {file} --check")
        self.assertIn("+ 1009 Maofeng tea Maofeng tea\n* 1001 price in yuan 68.00 → 72.00\n", checked.stdout)
        self.assertIn("Only checked: nothing was changed.", checked.stderr)
        self.assertEqual(self.state(), before)
        said = self.told(f"import {file}")
        self.assertIn("the stock of 1 items stays, though the list has another: 1001", said)
        changed = self.store.run(rules.find_item, "1001", NOW)
        self.assertEqual((changed.price_fen, changed.available, changed.name.en), (7200, 50, "Longjing green tea"))
        new = self.store.run(rules.find_item, "1009", NOW)
        self.assertEqual((new.price_fen, new.available, new.category, new.name.zh), (8850, 20, "1", "Maofeng tea"))
        self.assertIn('"act": "import_goods", "target": "new.xlsx"', self.noted()[-1])

    def test_shelves_counted(self) -> None:
        """Only a count makes the stock what the list says; the difference is a movement with its reason."""
        self.done("import - --count-stock", b"item,in stock\n1001,48\n1002,80\n")
        moved = StockMovement.select().order_by(StockMovement.id.desc()).first()
        self.assertEqual((moved.product_id, moved.quantity, Product.get_by_id("1001").stock), ("1001", -2, 48))

    def test_who_buys_meanwhile(self) -> None:
        """A piece that is sold, and a price that is changed, while a list is made ready: neither is undone."""
        staged = goods_lists.stage_goods

        def sold_meanwhile(rows: list[Restated]) -> None:
            rules.move_stock("1001", -1, "order", NOW)
            rules.set_price("1002", 5000, NOW)
            staged(rows)

        self.replace(goods_lists, "stage_goods", sold_meanwhile)
        self.done("import - --count-stock", b"item,in stock,price in yuan\n1001,60,70\n1002,81,45.50\n")
        moved = StockMovement.select().where(StockMovement.product == "1001").order_by(StockMovement.id.desc())
        self.assertEqual([row.quantity for row in moved.limit(2)], [11, -1])
        self.assertEqual(Product.get_by_id("1001").stock, 60)
        self.assertEqual(self.store.run(rules.price_at, "1002", NOW), 5000)

    def test_nothing_half_done(self) -> None:
        """A list that breaks in its last step has changed nothing."""
        before = self.state()

        def breaks(item: str, now: datetime) -> list[str]:
            raise SystemExit("killed")

        self.replace(restating, "_count", breaks)
        self.refused("import -", b"item,price in yuan\n1001,70\n")
        kept = [one for one in self.state() if not one[0].startswith("staged")]
        self.assertEqual(kept, before)

    def test_all_mistakes_are_told(self) -> None:
        """Every bad row with its file, row, column and what to do; a list with one of them changes nothing."""
        rows = (
            "item,category,name in Chinese,price in yuan,in stock",
            "1001,茶叶,=1+1,-5,3",
            "1001,tea,x,5,",
            ",tea,y,5,1",
            "abc,teb,x,5x,-1",
            "2000,,新茶,,2",
            "2001,,,3,2",
            "1002,,,,,stray",
        )
        said = self.refused(f"import {self.file('bad.csv', chr(10).join(rows).encode('gb18030'))}")
        for line in (
            "bad.csv: read as GB18030",
            "bad.csv, row 2, name in Chinese, =1+1: is a formula: write what it gives",
            "bad.csv, row 2, price in yuan, -5: is below nothing: write a sum, as 39.00",
            "bad.csv, row 3, item, 1001: stands in row 2 already: delete one of the two",
            "bad.csv, row 4, item: is empty: every row needs it",
            "bad.csv, row 5, item, abc: is no number that callers can key: that is 1 to 8 digits",
            "bad.csv, row 5, category, teb: there is none called so; did you mean 'tea'?",
            "bad.csv, row 5, price in yuan, 5x: is no sum: write yuan, as 39.00",
            "bad.csv, row 5, in stock, -1: needs a whole number from 0 to 1000000000",
            "bad.csv, row 6, price in yuan, 2000: is new and has no price: write what one piece costs, as 39.00",
            "bad.csv, row 7, item, 2001: is new and has no name: write one in Chinese, in English or both",
            "bad.csv, row 8: column 6 has no title: give it one",
            "nothing was changed: mend these 11 mistakes, then import again",
        ):
            self.assertIn(line, said)

    def test_no_list(self) -> None:
        """A file that is none, too large, or without the column that matters."""
        for data, said in (
            (b"", "there is nothing in it"),
            (b"price in yuan\n3\n", "row 1: there is no column item"),
            (
                b"item,prize in yuan\n1,3\n",
                "row 1, prize in yuan: there is no such column; did you mean 'price in yuan'?",
            ),
            (b"item,item\n1,3\n", "row 1, item: stands there twice: delete one"),
            (b"x" * 5_000_001, "is larger than 5 MB"),
        ):
            self.assertIn(said, self.refused(f"import {self.file('list.csv', data)}"), said)
        self.assertIn("is no workbook", self.refused(f"import {self.file('list.xlsx', b'item')}"))
        self.assertIn("name it .xlsx or .csv", self.refused(f"export {self.shop / 'goods.ods'}"))
