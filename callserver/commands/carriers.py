"""`callserver orders carriers`: who brings the parcels."""

from __future__ import annotations

from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.shop_books import ShopBooks, list_names, with_shop_books
from callserver.commands.start import shop_option
from callserver.features.shopping import rules
from callserver.features.shopping.books import orders as book
from callserver.features.shopping.rules import Name
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.terminal import here

CODE = N_("code")


@click.group(cls=Group, help=here("Carriers, who bring the parcels."))
def carriers() -> None:
    """Holds the commands below."""


@carriers.command("list", help=here("List the carriers."))
@shop_option
@language_option
@json_option
def list_carriers(shop: Path, language: str, as_json: bool) -> None:
    list_names(shop, book.carriers, "code", CODE, language, as_json=as_json)


@carriers.command("set", help=here("Add a carrier, or give one other names: its code, then both names."))
@click.argument("code")
@click.argument("name_zh", metavar="CHINESE")
@click.argument("name_en", metavar="ENGLISH")
@shop_option
def set_carrier(code: str, name_zh: str, name_en: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        key, name = code.strip().lower(), Name(name_zh.strip(), name_en.strip())
        if not (key and key.isascii() and key.isalnum() and name.zh and name.en):
            raise Complaint("a carrier has a code of letters and figures, and a name in both languages")
        await books.change("save_carrier", key, rules.save_carrier, key, name)
        tell(here("carrier {code}: {name_zh}, {name_en}", code=key, name_zh=name.zh, name_en=name.en))

    with_shop_books(shop, work)
