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
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

RIGHTS = click.Choice([right.name.lower().replace("_", "-") for right in Right])
password_option = click.password_option(help="Asked for when not given.  不给出则提示输入。")


@click.group()
def staff() -> None:
    """The staff: list, add, password, unlock.  员工：列出、增加、改密码、解锁。"""


@staff.command("list")
@shop_option
def list_(shop: Path) -> None:
    """List everybody with his rights.  列出员工及权限。"""

    async def work(book: StaffBook) -> None:
        for person in await book.everybody():
            rights = ", ".join(right.name.lower().replace("_", "-") for right in sorted(person.rights))
            click.echo(f"{person.number:8} {person.name:20} {rights}")

    _run(shop, work)


@staff.command()
@click.argument("number")
@click.argument("name")
@click.option(
    "--right", "rights", multiple=True, type=RIGHTS, help="One of the 18; give it for each.  权限，可多次给出。"
)
@password_option
@shop_option
def add(number: str, name: str, rights: tuple[str, ...], password: str, shop: Path) -> None:
    """Add a person.  增加员工。"""
    chosen = frozenset(Right[right.upper().replace("-", "_")] for right in rights) or {Right.ANSWER_QUEUED}
    _run(shop, lambda book: _await(book.add(number, name, password, chosen)))


@staff.command()
@click.argument("number")
@password_option
@shop_option
def password(number: str, password: str, shop: Path) -> None:
    """Give a person a new password.  设置新密码。"""
    _run(shop, lambda book: _await(book.set_password(number, password)))


@staff.command()
@click.argument("number")
@shop_option
def unlock(number: str, shop: Path) -> None:
    """Let a person in again who was locked out.  解除锁定。"""
    _run(shop, lambda book: _await(book.unlock(number)))


async def _await(done: Deferred[Any]) -> None:
    await done


def _run(shop: Path, work: Callable[[StaffBook], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""
    folder = ShopFolder(shop)
    database = folder.config().server.database

    async def story(reactor: Any) -> None:
        store = Store(database if "://" in database else folder.path / database, reactor, lambda text: click.echo(text))
        await store.start()
        try:
            await work(StaffBook(store, reactor))
        except Refused as refused:
            raise SystemExit(f"{refused.text('zh')} / {refused.text('en')}") from refused
        finally:
            await store.stop()

    react(lambda reactor: Deferred.fromCoroutine(story(reactor)))
