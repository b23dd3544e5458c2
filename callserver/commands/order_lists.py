"""`callserver orders export` and `import`: orders to a spreadsheet, and how far they are back from one."""

from __future__ import annotations

from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.choices import State
from callserver.commands.options import language_option
from callserver.commands.sheets import (
    Progress,
    check_option,
    file_argument,
    read_sheet,
    stop_at_faults,
    tell_plan,
    write_sheet,
)
from callserver.commands.shop_books import ShopBooks, now, with_shop_books
from callserver.commands.start import shop_option
from callserver.features.shopping.books import orders as book
from callserver.features.shopping.books.order_list import move_orders, plan_orders
from callserver.features.shopping.books.orders import Wanted
from callserver.features.shopping.books.table import read_table, titles_of
from callserver.features.shopping.tables import OrderState
from callserver.features.shopping.words import ORDER_STATES
from callserver.wire.catalogue import known
from callserver.wire.terminal import here, person_language


@click.command(help=here("Write the orders to FILE, .xlsx or .csv: to pack by, to settle by, for import."))
@file_argument
@click.option("--state", type=State(ORDER_STATES), help=here("Only those that are so far."))
@shop_option
@language_option
def export(file: Path, state: str | None, shop: Path, language: str) -> None:
    async def work(books: ShopBooks) -> None:
        titles = titles_of(book.order_columns(await books.read(book.carriers)), language)
        found = await books.read(book.list_orders, Wanted(OrderState(state) if state else None), None)
        write_sheet(file, titles, book.order_rows(found, language, books.config.server.zone))

    with_shop_books(shop, work)


@click.command(
    "import",
    help=here("Take over from FILE how far orders are, with carrier and tracking number: all of it, or nothing.")
    + "\n\n"
    + here("It needs the columns order and state, and for parcels carrier and tracking number; others are not read."),
)
@file_argument
@check_option
@shop_option
def import_(file: Path, check: bool, shop: Path) -> None:
    progress = Progress()
    sheet = read_sheet(file, progress)

    async def work(books: ShopBooks) -> None:
        columns = book.order_columns(await books.read(book.carriers))
        there = {one.number: one for one in await books.read(book.list_orders, Wanted(), None)}
        titles = {column.key: column.title for column in columns}
        plan = plan_orders(read_table(sheet, columns, "number", progress.checked), there, titles)
        stop_at_faults(plan.faults, file)
        changed = [
            (
                move.before.number,
                _shown(move.before.state, move.before.carrier, move.before.tracking),
                _shown(move.state, move.carrier, move.tracking),
            )
            for move in plan.moves
        ]
        tell_plan([], changed, plan.same, titles, check=check)
        if not check and plan.moves:
            await books.change("import_orders", file.name, move_orders, plan.moves, now(), changed=len(plan.moves))
            tell(here("Done: all of it is in the books."))

    with_shop_books(shop, work)


def _shown(state: OrderState, carrier: str | None, tracking: str | None) -> dict[str, str]:
    words = known(person_language(), ORDER_STATES[state])
    return {"state": words, "carrier": carrier or "", "tracking": tracking or ""}
