"""`callserver goods export` and `import`: the list of goods from and to a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.options import language_option
from callserver.commands.sheets import (
    Progress,
    check_option,
    file_argument,
    read_sheet,
    some_of,
    stage,
    stop_at_faults,
    tell_plan,
    write_sheet,
)
from callserver.commands.shop_books import ShopBooks, free_option, now, with_shop_books
from callserver.commands.start import shop_option
from callserver.features.shopping.books import goods as book
from callserver.features.shopping.books.goods_list import GoodsPlan, plan_goods
from callserver.features.shopping.books.table import read_table, titles_of
from callserver.features.shopping.rules.restating import restate_goods, stage_goods
from callserver.wire.catalogue import yuan
from callserver.wire.terminal import here


@click.command("export", help=here("Write the goods to FILE, .xlsx or .csv, as import reads it."))
@file_argument
@shop_option
@language_option
def export(file: Path, shop: Path, language: str) -> None:
    async def work(books: ShopBooks) -> None:
        shelves = await books.read(book.shelves)
        found = (await books.read(book.all_goods, now())).values()
        to_come = await books.read(book.coming_prices, now())
        words = {
            number: "; ".join(f"{books.shown(at)} {yuan(fen)}" for at, fen in prices)
            for number, prices in to_come.items()
        }
        titles = titles_of(book.goods_columns(shelves), language)
        write_sheet(file, titles, book.goods_rows(found, shelves, language, words))

    with_shop_books(shop, work)


@click.command(
    "import",
    help=here("Add and change the goods of FILE, .xlsx or .csv: all of it, or nothing where a row has a mistake.")
    + "\n\n"
    + here("What is not in it stays; so does an empty cell's, and the stock of what there is."),
)
@file_argument
@check_option
@click.option("--count-stock", is_flag=True, help=here("The shelves were counted: stocks become what the list says."))
@free_option
@shop_option
def import_(file: Path, check: bool, count_stock: bool, free: bool, shop: Path) -> None:
    progress = Progress()
    sheet = read_sheet(file, progress)

    async def work(books: ShopBooks) -> None:
        begun = now()
        columns = book.goods_columns(await books.read(book.shelves))
        there = await books.read(book.all_goods, begun)
        titles = {column.key: column.title for column in columns}
        plan = plan_goods(
            read_table(sheet, columns, "number", progress.checked),
            there,
            titles,
            count_stock=count_stock,
            free=free,
        )
        stop_at_faults(plan.faults, file)
        _tell(plan, titles, check=check)
        if not check and (plan.new or plan.changed):
            await _take_over(books, plan, progress, begun, file.name)

    with_shop_books(shop, work)


async def _take_over(books: ShopBooks, plan: GoodsPlan, progress: Progress, begun: datetime, file: str) -> None:
    figures = {"new": len(plan.new), "changed": len(plan.changed)}
    await stage(plan.restated(), sum(figures.values()), progress, lambda some: books.read(stage_goods, some))
    orders = await books.change("import_goods", file, restate_goods, begun, "import", **figures)
    tell(here("Done: all of it is in the books."))
    if orders:
        tell(here("Reservations that became orders: {orders}", orders=", ".join(orders)))


def _tell(plan: GoodsPlan, titles: Mapping[str, str], *, check: bool) -> None:
    if plan.kept:
        n, some = len(plan.kept), some_of(plan.kept)
        tell(here("the stock of {n} items stays, though the list has another: {some}", n=n, some=some))
        tell(here("(if the shelves were counted: --count-stock)"))
    new = [f"{one.number} {one.name_zh} {one.name_en}" for one in plan.new]
    changed = [(after.number, _settings(before), _settings(after)) for before, after in plan.changed]
    tell_plan(new, changed, plan.same, titles, check=check)


def _settings(one: book.Goods) -> dict[str, str]:
    return book.goods_form({}).shown(one) | {"stock": str(one.stock)}
