"""The commands for the staff: who there is, new people, passwords; also while the server runs."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.task import react

from callserver.acd.staff import StaffBook
from callserver.commands.start import shop_option
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.terminal import column, complaint, here, person_language

RIGHTS = click.Choice([right.name.lower().replace("_", "-") for right in Right])
password_option = click.password_option(help=here("Asked for when not given."))


@click.group(help=here("The staff: list, add, rights, password, unlock."))
def staff() -> None:
    """Holds the commands below."""


@staff.command("list", help=here("List everybody with his rights."))
@shop_option
def list_(shop: Path) -> None:

    async def work(book: StaffBook) -> None:
        for person in await book.everybody():
            rights = ", ".join(right.name.lower().replace("_", "-") for right in sorted(person.rights))
            click.echo(f"{person.number:8} {column(person.name, 20)} {rights}")

    _run(shop, work)


@staff.command(help=here("Add a person."))
@click.argument("number")
@click.argument("name")
@click.option(
    "--right",
    "rights",
    metavar="RIGHT",
    multiple=True,
    type=RIGHTS,
    help=here("One of the 18, such as answer-queued; give it for each."),
)
@password_option
@shop_option
def add(number: str, name: str, rights: tuple[str, ...], password: str, shop: Path) -> None:
    chosen = frozenset(Right[right.upper().replace("-", "_")] for right in rights) or {Right.ANSWER_QUEUED}
    _run(shop, lambda book: _await(book.add(number, name, password, chosen)))


@staff.command(help=here("Give a person these rights instead of those he has; a running server follows at once."))
@click.argument("number")
@click.argument("rights", nargs=-1, type=RIGHTS, metavar="RIGHT...")
@click.option("--none", "no_rights", is_flag=True, help=here("Take all rights away."))
@shop_option
def rights(number: str, rights: tuple[str, ...], no_rights: bool, shop: Path) -> None:
    if bool(rights) is no_rights:
        raise click.UsageError(here("Name the rights, as `list` shows them, or --none."))
    chosen = frozenset(Right[right.upper().replace("-", "_")] for right in rights)

    async def work(book: StaffBook) -> None:
        await book.set_rights(number, chosen)
        click.echo(f"{number:8} {', '.join(sorted(rights)) or '-'}")

    _run(shop, work)


@staff.command(help=here("Give a person a new password."))
@click.argument("number")
@password_option
@shop_option
def password(number: str, password: str, shop: Path) -> None:
    _run(shop, lambda book: _await(book.set_password(number, password)))


@staff.command(help=here("Let a person in again who was locked out."))
@click.argument("number")
@shop_option
def unlock(number: str, shop: Path) -> None:
    _run(shop, lambda book: _await(book.unlock(number)))


async def _await(done: Deferred[Any]) -> None:
    await done


def _tell(msgid: str, /, **details: object) -> None:
    click.echo(complaint(Complaint(msgid, **details)))


def _run(shop: Path, work: Callable[[StaffBook], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""
    folder = ShopFolder(shop)
    database = folder.config().server.database

    async def story(reactor: Any) -> None:
        where = database if "://" in database else folder.path / database
        store = Store(where, reactor, _tell)
        try:
            await store.visit()
            await work(StaffBook(store, reactor))
        except Refused as refused:
            raise SystemExit(refused.text(person_language())) from refused
        except Complaint as problem:
            raise SystemExit(complaint(problem)) from problem
        finally:
            await store.stop()

    react(lambda reactor: Deferred.fromCoroutine(story(reactor)))
