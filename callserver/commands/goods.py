"""`callserver goods`: items, their prices, stock and categories, lists in and out; also while the server runs."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from callserver.commands.books import settings_argument, some_settings_argument, tell
from callserver.commands.calls import as_text
from callserver.commands.categories import categories
from callserver.commands.goods_lists import export, import_
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.organisation import keys_help, show_settings
from callserver.commands.shop_books import Day, ShopBooks, free_option, now, typed_as, with_shop_books
from callserver.commands.start import shop_option
from callserver.commands.tables import marked, table
from callserver.features.shopping import rules
from callserver.features.shopping.books import goods as book
from callserver.features.shopping.books.fields import read_money
from callserver.features.shopping.books.goods import Goods, goods_form
from callserver.wire.catalogue import N_, Complaint, text, yuan
from callserver.wire.terminal import here

REASONS = {
    "delivery": N_("delivery"),
    "return": N_("return"),
    "damaged": N_("damaged"),
    "count": N_("count of the shelves"),
    "correction": N_("correction"),
}
MOVED = {"order": N_("order"), "cancelled order": N_("cancelled order"), "import": N_("list"), **REASONS}
AMOUNT = re.compile(r"([+=-])([0-9]{1,7})")
KEYS = keys_help(goods_form({}))
item_argument = click.argument("number", metavar="ITEM")
NEGATIVE: dict[str, Any] = {"ignore_unknown_options": True}  # -3 is no option


@click.group(
    cls=Group, help=here("Goods: items, prices, stock, categories; callers hear a change the next time they ask.")
)
def goods() -> None:
    """Holds the commands below."""


@goods.command("list", help=here("List the goods."))
@click.option("--category", default="", help=here("Only those of this category: its number or name."))
@click.option("--low", type=click.IntRange(0), help=here("Only those of which there are so many pieces or fewer."))
@shop_option
@language_option
@json_option
def list_(shop: Path, category: str, low: int | None, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        shelves = await books.read(book.shelves)
        found = list((await books.read(book.all_goods, now())).values())
        if category:
            wanted = typed_as(goods_form(shelves).settings["category"].read, category)
            found = [one for one in found if one.category == wanted]
        if low is not None:
            found = [one for one in found if one.stock <= low]
        if as_json:
            click.echo(as_text([_plain(one) for one in found]))
            return
        if not found:
            tell(text(language, "There are none yet."))
            return
        titles = (N_("item"), N_("name"), N_("category"), N_("yuan"), N_("in stock"), N_("at most"), N_("on sale"))
        rows = [_row(one, shelves, language) for one in found]
        click.echo("\n".join(table(titles, rows, language, cut_first=(2, 1), right=(3, 4, 5))))

    with_shop_books(shop, work)


@goods.command(help=here("Show all that is set of an item, as set takes it; its stock and prices to come."))
@item_argument
@shop_option
@language_option
@json_option
def show(number: str, shop: Path, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        coming = await books.read(book.prices_after, number, now())
        if as_json:
            prices = [{"from": at, "price_fen": fen} for at, fen in coming]
            click.echo(as_text(_plain(one) | {"prices_to_come": prices}))
            return
        show_settings(goods_form(await books.read(book.shelves)).shown(one))
        click.echo("# " + text(language, N_("in stock: {n}"), n=one.stock))
        for at, fen in coming:
            click.echo("# " + text(language, N_("from {at}: {price_fen} yuan"), at=books.shown(at), price_fen=fen))

    with_shop_books(shop, work)


@goods.command(help=here("Add an item; stock=20 is its first delivery.") + "\n\n" + KEYS)
@item_argument
@click.argument("name")
@settings_argument
@free_option
@shop_option
def add(number: str, name: str, settings: dict[str, str], free: bool, shop: Path) -> None:
    given = dict(settings)
    stock = given.pop("stock", "0")

    async def work(books: ShopBooks) -> None:
        form = goods_form(await books.read(book.shelves))
        key = form.name(number)
        if await books.read(book.one_goods, key, now()) is not None:
            raise Complaint("there is an item {number} already: change it with `goods set`", number=key)
        one = form.filled(Goods(key), {"name_zh": name, "name_en": name} | given)
        if one.price is None:
            raise Complaint("say what one piece costs: price=39.00")
        if not free:
            book.refuse_free(one.price, None)
        pieces = int(_amount(f"={stock}")[1])
        await books.change("add_item", key, book.save_goods, one, None, now(), pieces, settings=dict(given))
        await _show_row(books, key)

    with_shop_books(shop, work)


@goods.command("set", help=here("Change settings of an item; the others stay.") + "\n\n" + KEYS)
@item_argument
@some_settings_argument
@free_option
@shop_option
def set_(number: str, settings: dict[str, str], free: bool, shop: Path) -> None:
    _set(shop, number, settings, free=free)


@goods.command(help=here("Sell an item no more; orders keep it, and `offer` puts it on sale again."))
@item_argument
@shop_option
def withdraw(number: str, shop: Path) -> None:
    _set(shop, number, {"on_sale": "no"})


@goods.command(help=here("Put an item on sale again."))
@item_argument
@shop_option
def offer(number: str, shop: Path) -> None:
    _set(shop, number, {"on_sale": "yes"})


@goods.command(
    help=here("Pieces come (+20) or go (-3), or have been counted (=17); without an amount, what came and went."),
    context_settings=NEGATIVE,
)
@item_argument
@click.argument("amount", required=False)
@click.option(
    "--reason", type=click.Choice(list(REASONS)), help=here("Why; delivery, correction or count if not given.")
)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help=here("So many movements."))
@shop_option
@language_option
def stock(number: str, amount: str | None, reason: str | None, limit: int, shop: Path, language: str) -> None:
    async def work(books: ShopBooks) -> None:
        await _one(books, number)
        if amount is None:
            await _history(books, number, limit, language)
            return
        sign, pieces = _amount(amount)
        why = reason or {"+": "delivery", "-": "correction", "=": "count"}[sign]
        orders = await books.change(
            "move_stock", number, book.move_pieces, number, sign, pieces, why, now(), amount=amount, reason=why
        )
        await _show_row(books, number)
        if orders:
            tell(here("Reservations that became orders: {orders}", orders=", ".join(orders)))

    with_shop_books(shop, work)


@goods.command(
    help=here("What a piece costs from now on, or from a day on; without a price, all its prices."),
    context_settings=NEGATIVE,
)
@item_argument
@click.argument("price_of_one", metavar="YUAN", required=False)
@click.option("--from", "since", type=Day(), help=here("A day, 2026-12-01, or with its time, in the shop's zone."))
@click.option("--cancel", is_flag=True, help=here("Take back what is to come: that of --from, or all of it."))
@free_option
@shop_option
@language_option
def price(
    number: str,
    price_of_one: str | None,
    since: datetime | None,
    cancel: bool,
    free: bool,
    shop: Path,
    language: str,
) -> None:
    if cancel and price_of_one is not None:
        raise click.UsageError(here("--cancel takes no price"))

    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        begins = since.replace(tzinfo=books.config.server.zone) if since is not None else None
        if cancel:
            until = begins.isoformat() if begins is not None else "all"
            await books.change("cancel_prices", number, book.cancel_prices, number, now(), begins, since=until)
        if price_of_one is not None:
            fen, begins = typed_as(read_money, price_of_one), begins or now()
            if not free:
                book.refuse_free(fen, one.price)
            if begins < now():
                raise Complaint("a price cannot begin in the past: orders were made at the old one")
            await books.change(
                "set_price", number, rules.set_price, number, fen, begins, price_fen=fen, since=begins.isoformat()
            )
        rows = [(books.shown(at), yuan(fen)) for at, fen in await books.read(book.prices_of, number)]
        click.echo("\n".join(table((N_("from"), N_("yuan")), rows, language, right=(1,))))

    with_shop_books(shop, work)


@goods.command(
    "remove-sample",
    help=here("Take away all that the first start has made: goods, customers, orders; not what you have changed."),
)
@shop_option
def remove_sample(shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        n = await books.change("remove_sample", "", rules.remove_sample)
        tell(here("The sample is gone: goods {n}, with their customers and orders.", n=n))
        if not await books.read(book.all_goods, now()):
            tell(here("There are no goods now: callers are sent to a person until there are."))

    with_shop_books(shop, work)


goods.add_command(categories)
goods.add_command(export)
goods.add_command(import_)


def _set(shop: Path, number: str, given: dict[str, str], *, free: bool = False) -> None:
    async def work(books: ShopBooks) -> None:
        book.refuse_nameless(given)
        form, before = goods_form(await books.read(book.shelves)), await _one(books, number)
        after = form.filled(before, given)
        if after.price is None:
            raise Complaint("say what one piece costs: price=39.00")
        if not free:
            book.refuse_free(after.price, before.price)
        await books.change("save_item", number, book.save_goods, after, before, now(), settings=dict(given))
        await _show_row(books, number)

    with_shop_books(shop, work)


async def _one(books: ShopBooks, number: str) -> Goods:
    found = await books.read(book.one_goods, number, now())
    if found is None:
        raise Complaint("there is no item {number}; `goods list` has them all", number=number)
    return found


async def _show_row(books: ShopBooks, number: str) -> None:
    one, shelves = await _one(books, number), await books.read(book.shelves)
    show_settings(goods_form(shelves).shown(one))
    click.echo("# " + here("in stock: {n}", n=one.stock))


async def _history(books: ShopBooks, number: str, limit: int, language: str) -> None:
    moved = await books.read(book.movements, number, limit)
    rows = [
        (books.shown(one.at), f"{one.quantity:+}", text(language, MOVED.get(one.reason, one.reason)), one.order or "")
        for one in moved
    ]
    titles = (N_("time"), N_("pieces"), N_("reason"), N_("order"))
    click.echo("\n".join(table(titles, rows, language, cut_first=(2,), right=(1,))))


def _row(one: Goods, shelves: book.Shelves, language: str) -> tuple[object, ...]:
    zh, en = shelves.get(one.category, ("", ""))
    name, shelf = (one.name_zh, zh) if language == "zh" else (one.name_en, en)
    price = "–" if one.price is None else yuan(one.price)
    on_sale = text(language, N_("yes") if one.on_sale else N_("no"))
    shown = marked(on_sale, language, is_sample=one.is_sample)
    return one.number, name, shelf, price, one.stock, one.limit, shown


def _plain(one: Goods) -> dict[str, Any]:
    """For programs: money in fen."""
    told = asdict(one)
    return told | {"price_fen": told.pop("price"), "category": one.category or None}


def _amount(typed: str) -> tuple[str, int]:
    fitting = AMOUNT.fullmatch(typed.strip())
    if fitting is None:
        raise Complaint(
            "{typed}: write +20 for what came, -3 for what went, =17 for what was counted", typed=repr(typed)
        )
    return fitting[1], int(fitting[2])
