"""`callserver goods categories`: the shelves by which callers hear the goods listed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.shop_books import ShopBooks, list_names, typed_as, with_shop_books
from callserver.commands.start import shop_option
from callserver.features.shopping import rules
from callserver.features.shopping.books import goods as book
from callserver.features.shopping.books.fields import read_keyed_number
from callserver.features.shopping.rules import Name
from callserver.wire.catalogue import N_
from callserver.wire.terminal import here

NUMBER = N_("number")


@click.group(cls=Group, help=here("Categories, by which callers hear the goods listed."))
def categories() -> None:
    """Holds the commands below."""


@categories.command("list", help=here("List the categories."))
@shop_option
@language_option
@json_option
def list_categories(shop: Path, language: str, as_json: bool) -> None:
    list_names(shop, book.shelves, "number", NUMBER, language, as_json=as_json)


@categories.command("set", help=here("Add a category, or give one other names: its number, then both names."))
@click.argument("number")
@click.argument("name_zh", metavar="CHINESE")
@click.argument("name_en", metavar="ENGLISH")
@shop_option
def set_category(number: str, name_zh: str, name_en: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        key, name = typed_as(read_keyed_number, number), Name(name_zh.strip(), name_en.strip())
        await books.change("save_category", key, partial(rules.save_category, key, name))
        tell(here("category {number}: {name_zh}, {name_en}", number=key, name_zh=name.zh, name_en=name.en))

    with_shop_books(shop, work)


@categories.command("remove", help=here("Remove a category that has no goods."))
@click.argument("number")
@shop_option
def remove_category(number: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        await books.change("remove_category", number, book.remove_category, typed_as(read_keyed_number, number))
        tell(here("{name} is deleted.", name=number))

    with_shop_books(shop, work)
