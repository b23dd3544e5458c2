"""Any sheet becomes entries and mistakes: each row is one or the other, and nothing breaks."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping.books.customers import member_columns
from callserver.features.shopping.books.goods import Goods, goods_columns
from callserver.features.shopping.books.goods_list import plan_goods
from callserver.features.shopping.books.orders import order_columns
from callserver.features.shopping.books.table import Table, read_table
from callserver.features.shopping.web import customers as web_customers
from callserver.features.shopping.web import goods as web_goods
from callserver.features.shopping.web import views
from callserver.features.shopping.web.fields import Whole
from callserver.store.sheets.sheet import FORMULA, Sheet, Unusable

SHELVES = {"1": ("茶叶", "tea")}
GOODS = goods_columns(SHELVES)
TITLES = {column.key: column.title for column in GOODS}
CELLS = st.one_of(
    st.sampled_from(
        ["", "1001", "1002", "39", "39.00", "-5", "tea", "茶叶", "yes", "否", "20", "１００１", "139 1234 5678"]
    ),
    st.text(max_size=8),
    st.just(Unusable("=1+1", FORMULA)),
)
KNOWN_TITLES = st.sampled_from([*TITLES.values(), *TITLES, "商品编号", "单价（元）", "name", "telephones", ""])
SHEETS = st.builds(
    lambda titles, rows: Sheet([(1, tuple(titles)), *((n, tuple(row)) for n, row in enumerate(rows, 2))]),
    st.lists(KNOWN_TITLES, max_size=8),
    st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=5),
)


class TableTests(SynchronousTestCase):
    @given(SHEETS)
    @settings(deadline=None)
    def test_any_sheet(self, sheet: Sheet) -> None:
        """Each mistake has its row and can be told in both languages; no number comes twice."""
        for columns in (GOODS, member_columns("cn")):
            table = read_table(sheet, columns, "number")
            self.assertEqual(len({entry.key for entry in table.entries}), len(table.entries))
            for fault in table.faults:
                self.assertIn(fault.row, {row for row, _ in sheet.rows})
                for language in ("zh", "en"):
                    self.assertIn("list.csv", fault.told(language, "list.csv"))

    @given(SHEETS, st.booleans())
    @settings(deadline=None)
    def test_every_row_counts_once(self, sheet: Sheet, count_stock: bool) -> None:
        """A row that can be read is new, changed or as before; a new one without a price or a name is a mistake."""
        there = {"1001": Goods("1001", "茶", "tea", "1", 3900, 5)}
        table = read_table(sheet, GOODS, "number")
        plan = plan_goods(table, there, TITLES, count_stock=count_stock)
        self.assertEqual(len(plan.new) + len(plan.changed) + plan.same, len(table.entries))
        if not plan.faults:
            self.assertTrue(all(one.price is not None and one.name_zh and one.name_en for one in plan.new))
        for before, after in plan.changed:
            self.assertTrue(count_stock or before.stock == after.stock)

    def test_a_title_that_is_none(self) -> None:
        """Who writes titles in Chinese is told the Chinese ones, and who does in English the English ones."""
        for title, there, not_there in (("颜色", "单价（元）", "price"), ("colour of it", "price in yuan", "单价")):
            table = read_table(Sheet([(1, (title,))]), GOODS, "number")
            told = table.faults[0].told("en", "list.csv")
            self.assertIn(there, told)
            self.assertNotIn(not_there, told)

    def test_titles_of_either_language(self) -> None:
        """In any order, with capital letters and blanks as people write them."""
        for titles in (("商品编号", "单价（元）"), ("ITEM", "Price in  yuan"), ("number", "price")):
            table = read_table(Sheet([(1, titles), (2, ("1001", "72"))]), GOODS, "number")
            self.assertEqual(self.read(table), [{"number": "1001", "price": 7200}])

    def test_what_is_only_told(self) -> None:
        """A column that an export has for people's eyes changes nothing, whatever stands in it."""
        sheet = Sheet([(1, ("order", "total in yuan")), (2, ("58204713", "a lot"))])
        self.assertEqual(self.read(read_table(sheet, order_columns({}), "number")), [{"number": "58204713"}])

    def read(self, table: Table) -> list[dict[str, object]]:
        self.assertEqual(table.faults, [])
        return [dict(entry.values) for entry in table.entries]


class ProgramsTests(SynchronousTestCase):
    def test_what_programs_write(self) -> None:
        """Whatever a program may write into the books can be exported, and imported again."""
        goods = {column.key: column.field for column in GOODS if column.field is not None}
        members = {column.key: column.field for column in member_columns("cn") if column.field is not None}
        product, customer = web_goods.ABOUT, web_customers.ABOUT
        for field, written in (
            (goods["number"], views.NUMBER),
            (goods["name_zh"], product["name_zh"]),
            (goods["name_en"], product["name_en"]),
            (goods["price"], product["price_fen"]),
            (goods["limit"], product["order_limit"]),
            (goods["stock"], Whole("", high=web_goods.STOCK_MAX)),
            (members["number"], views.MEMBER),
            (members["name"], customer["name"]),
            (members["address"], customer["address"]),
        ):
            most: Any = written.schema()
            value = "9" * most["maxLength"] if "maxLength" in most else most["maximum"] - 1
            self.assertEqual(written.read(value, ""), value)
            self.assertEqual(field.read(field.show(value)), value)
