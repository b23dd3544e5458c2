"""`callserver orders proofs` and `orders proof`: what was read back and confirmed, cut out of the recording."""

from __future__ import annotations

from pathlib import Path

import click

from callserver.commands.books import tell
from callserver.commands.calls import as_text
from callserver.commands.options import json_option, language_option
from callserver.commands.player import play, player
from callserver.commands.shop_books import ShopBooks, with_shop_books
from callserver.commands.start import shop_option
from callserver.commands.tables import table
from callserver.features.shopping.books import orders as book
from callserver.features.shopping.proofs import FOLDER
from callserver.media.vault import Vault
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import N_, Complaint, text
from callserver.wire.terminal import here


@click.command(help=here("List the proofs of orders by telephone: the read-back and the key that confirmed it."))
@shop_option
@language_option
@json_option
def proofs(shop: Path, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        by_file = await books.read(book.with_proofs)
        found = [
            (*by_file[name], path) for name, path in sorted(proof_vault(shop).files(".wav").items()) if name in by_file
        ]
        found.sort(key=lambda one: one[1], reverse=True)
        if as_json:
            told = [{"order": number, "placed_at": at, "file": str(path)} for number, at, path in found]
            click.echo(as_text(told))
            return
        if not found:
            tell(text(language, "There are none yet."))
            return
        rows = [(number, books.shown(at), path.name) for number, at, path in found]
        click.echo("\n".join(table((N_("order"), N_("placed at"), N_("file")), rows, language, cut_first=(2,))))

    with_shop_books(shop, work)


@click.command(help=here("Play the proof of an order here, or write it to a file; who did so is in the event log."))
@click.argument("number", metavar="ORDER")
@click.option("--export", "target", type=click.Path(path_type=Path, dir_okay=False), help=here("This new file, a WAV."))
@shop_option
def proof(number: str, target: Path | None, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        found = await books.read(book.proof_of, number)
        vault, cut = proof_vault(shop), found.cut if found is not None else ""
        if found is None or vault.path(cut) is None:
            raise Complaint("order {number} has no proof: it was not made by telephone, or not recorded", number=number)
        octets = vault.octets(cut)
        if target is None:
            command = player()
            await books.change("play_proof", number, lambda: None)
            play(command, octets)
            return
        if target.exists():
            raise Complaint("{file} is there already: name another file", file=target)
        target.write_bytes(octets)
        await books.change("export_proof", number, lambda: None)
        click.echo(str(target))

    with_shop_books(shop, work)


def proof_vault(shop: Path) -> Vault:
    """Where they lie."""
    folder = ShopFolder(shop).path
    return Vault(folder / FOLDER, folder)
