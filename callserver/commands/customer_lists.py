"""`callserver customers export` and `import`: the list of customers from and to a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
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
from callserver.commands.shop_books import ShopBooks, now, with_shop_books
from callserver.commands.start import shop_option
from callserver.features.shopping.books import customers as book
from callserver.features.shopping.books.customer_list import MemberPlan, plan_members
from callserver.features.shopping.books.table import read_table, titles_of
from callserver.features.shopping.rules.restating_customers import restate_customers, stage_customers
from callserver.wire.terminal import here


@click.command(help=here("Write the customers to FILE, .xlsx or .csv, as import reads it."))
@file_argument
@shop_option
@language_option
def export(file: Path, shop: Path, language: str) -> None:
    async def work(books: ShopBooks) -> None:
        titles = titles_of(book.member_columns(books.country), language)
        write_sheet(file, titles, book.member_rows(await books.read(book.all_members)))

    with_shop_books(shop, work)


@click.command(
    "import",
    help=here("Add and change the customers of FILE, .xlsx or .csv: all of it, or nothing where a row has a mistake.")
    + "\n\n"
    + here("Who is not in it stays; so does an empty cell's. A new customer's balance is paid in; others' stay."),
)
@file_argument
@check_option
@shop_option
def import_(file: Path, check: bool, shop: Path) -> None:
    progress = Progress()
    sheet = read_sheet(file, progress)

    async def work(books: ShopBooks) -> None:
        columns = book.member_columns(books.country)
        there = {one.number: one for one in await books.read(book.all_members)}
        titles = {column.key: column.title for column in columns}
        plan = plan_members(read_table(sheet, columns, "number", progress.checked), there, titles, books.country)
        stop_at_faults(plan.faults, file)
        _tell(plan, titles, books.country, check=check)
        if not check and (plan.new or plan.changed):
            await _take_over(books, plan, progress, file.name)

    with_shop_books(shop, work)


async def _take_over(books: ShopBooks, plan: MemberPlan, progress: Progress, file: str) -> None:
    figures, country = {"new": len(plan.new), "changed": len(plan.changed)}, books.country
    n = sum(figures.values())
    await stage(plan.restated(), n, progress, lambda some: books.read(stage_customers, some, country))
    await books.change("import_customers", file, restate_customers, now(), **figures)
    tell(here("Done: all of it is in the books."))


def _tell(plan: MemberPlan, titles: Mapping[str, str], country: str, *, check: bool) -> None:
    if plan.kept:
        n, some = len(plan.kept), some_of(plan.kept)
        tell(here("the balance of {n} customers stays, though the list has another: {some}", n=n, some=some))
    if plan.points_kept:
        n, some = len(plan.points_kept), some_of(plan.points_kept)
        tell(here("points are not taken from a list, and stay for {n} customers: {some}", n=n, some=some))
        tell(here("(`customers points` gives and takes them)"))
    form = book.member_form(country)
    new = [f"{one.number} {one.name}" for one in plan.new]
    changed = [(one.number, form.shown(before), form.shown(one)) for before, one in plan.changed]
    tell_plan(new, changed, plan.same, titles, check=check)
