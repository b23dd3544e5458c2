"""The commands for the staff: who there is, new people, passwords, rights; also while the server runs."""

import sys
from collections.abc import Callable, Coroutine
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from peewee import PeeweeException
from twisted.internet.defer import Deferred
from twisted.internet.task import react

from callserver.acd import passwords
from callserver.acd.staff import Staff, StaffBook
from callserver.commands.calls import NARROWEST, report_width
from callserver.commands.start import shop_option
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.store.opening import as_store_error
from callserver.wire.catalogue import Complaint
from callserver.wire.cells import cells, column, cut, printable, wrapped
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.terminal import complaint, here, person_language

NAMES = {right.name.lower().replace("_", "-"): right for right in Right}
SUGGESTIONS = 3
NAME_CELLS = 20
LINE_MAX = 4096  # characters read for a password: more than any may have


class RightName(click.ParamType[Right]):
    """One of the 18, as `list` shows them; whoever mistypes one is told which it may have been."""

    name = "right"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Right:
        typed = str(value).strip().lower().replace("_", "-")
        if typed in NAMES:
            return NAMES[typed]
        near = get_close_matches(typed, NAMES, SUGGESTIONS, 0.5) or list(NAMES)
        known = ", ".join(near)
        return self.fail(here("there is no right {name}; there is {known}", name=repr(value), known=known), param, ctx)


number_argument = click.argument("number")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help=here("Read the password from standard input instead of making one up.")
)


@click.group(help=here("The staff: list, add, rights, password, unlock, disable, enable, delete."))
def staff() -> None:
    """Holds the commands below."""


@staff.command("list", help=here("List everybody with his rights."))
@shop_option
def list_(shop: Path) -> None:

    async def work(book: StaffBook) -> None:
        for person in await book.everybody():
            state = f"  [{', '.join(states(person))}]" if states(person) else ""
            width = report_width()
            name = cut(person.name, NAME_CELLS) if width else person.name
            head = f"{person.number:8} {column(name, NAME_CELLS)} "
            said = right_names(person.rights) + state
            lines = wrapped(said, max(width - cells(head), NARROWEST)) if width else [said]
            click.echo(head + f"\n{' ' * cells(head)}".join(lines))

    _run(shop, work)


@staff.command(help=here("Add a person, with a first password that is shown once and changed at the first log-in."))
@number_argument
@click.argument("name")
@click.option(
    "--right",
    "rights",
    metavar="RIGHT",
    multiple=True,
    type=RightName(),
    help=here("One of the 18, such as answer-queued; give it for each."),
)
@password_stdin
@shop_option
def add(number: str, name: str, rights: tuple[Right, ...], password_stdin: bool, shop: Path) -> None:
    chosen = frozenset(rights) or {Right.ANSWER_QUEUED}
    password = _given() if password_stdin else passwords.first()

    async def work(book: StaffBook) -> None:
        person = await book.add(number, name, password, chosen, must_change=True)
        _tell(here("{number} {name} is in the book.", number=person.number, name=person.name))
        _show_password(person, password, given=password_stdin)

    _run(shop, work)


@staff.command(help=here("Give a person a new password, shown once and changed at the next log-in; unlocks him too."))
@number_argument
@password_stdin
@shop_option
def password(number: str, password_stdin: bool, shop: Path) -> None:
    new = _given() if password_stdin else passwords.first()

    async def work(book: StaffBook) -> None:
        person = await book.set_password(number, new)
        _tell(here("{number} {name} has another password.", number=person.number, name=person.name))
        _show_password(person, new, given=password_stdin)

    _run(shop, work)


@staff.command(help=here("Give a person these rights instead of those he has; a running server follows at once."))
@number_argument
@click.argument("rights", nargs=-1, type=RightName(), metavar="RIGHT...")
@click.option("--none", "no_rights", is_flag=True, help=here("Take all rights away."))
@shop_option
def rights(number: str, rights: tuple[Right, ...], no_rights: bool, shop: Path) -> None:
    if bool(rights) is no_rights:
        raise click.UsageError(here("Name the rights, as `list` shows them, or --none."))

    async def work(book: StaffBook) -> None:
        person = await book.set_rights(number, rights)
        click.echo(f"{person.number:8} {right_names(rights)}")
        if Right.SUPERVISOR in set(rights) - person.rights:
            _tell(here("As a supervisor he has to change his password, to one of 12 characters or more."))

    _run(shop, work)


@staff.command(help=here("Let a person, or everybody at an address, try again after too many wrong passwords."))
@click.argument("number", required=False)
@click.option("--address", help=here("Forgive what came from this address, such as 192.168.1.20."))
@shop_option
def unlock(number: str | None, address: str | None, shop: Path) -> None:
    if (number is None) is (address is None):
        raise click.UsageError(here("Name a staff number, or --address and an address."))

    async def work(book: StaffBook) -> None:
        if address is not None:
            n_forgiven = await book.unlock_address(address.strip())
            _tell(here("{address}: wrong passwords forgiven: {n}.", address=address, n=n_forgiven))
        elif number is not None:
            person = await book.unlock(number)
            _tell(here("{number} {name} may try again.", number=person.number, name=person.name))

    _run(shop, work)


@staff.command(help=here("Keep a person from logging in, at once; he stays in the book with his rights."))
@number_argument
@shop_option
def disable(number: str, shop: Path) -> None:

    async def work(book: StaffBook) -> None:
        person = await book.disable(number)
        _tell(here("{number} {name} may not log in any more.", number=person.number, name=person.name))

    _run(shop, work)


@staff.command(help=here("Let a person log in again who was disabled."))
@number_argument
@shop_option
def enable(number: str, shop: Path) -> None:

    async def work(book: StaffBook) -> None:
        person = await book.enable(number)
        _tell(here("{number} {name} may log in again.", number=person.number, name=person.name))

    _run(shop, work)


@staff.command(help=here("Take a person out of the book; what he did stays in the records."))
@number_argument
@shop_option
def delete(number: str, shop: Path) -> None:

    async def work(book: StaffBook) -> None:
        person = await book.delete(number)
        _tell(here("{number} {name} is in the book no more.", number=person.number, name=person.name))

    _run(shop, work)


def right_names(rights: Any) -> str:
    """As they are typed."""
    return ", ".join(name for name, right in NAMES.items() if right in rights) or "-"


def states(person: Staff) -> list[str]:
    """What keeps a person from logging in just like that."""
    all_states = {
        here("disabled"): person.disabled,
        here("locked"): person.locked,
        here("first password"): person.must_change,
    }
    return [words for words, is_so in all_states.items() if is_so]


def _given() -> str:
    """The first line of standard input, blanks at its ends too; a person at a terminal is asked and not shown it."""
    if sys.stdin.isatty():
        return str(click.prompt(here("Password"), hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.buffer.readline(LINE_MAX)
    try:
        password = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError(here("The password on standard input is not written in UTF-8.")) from None
    if not password:
        raise click.UsageError(here("There is no password on standard input."))
    return password


def _show_password(person: Staff, password: str, *, given: bool) -> None:
    """The password alone goes to standard output, so that a script can take it; shown this once."""
    _tell(here("It has to be changed at the first log-in."))
    if not given:
        _tell(here("First password of {number}, shown only now:", number=person.number))
        click.echo(password)


def _tell(words: str) -> None:
    click.echo(printable(words), err=True)


def _alarm(msgid: str, /, **details: object) -> None:
    click.echo(complaint(Complaint(msgid, **details)), err=True)


def _run(shop: Path, work: Callable[[StaffBook], Coroutine[Any, Any, None]]) -> None:
    """Do it in the shop's database; what is refused is one line and exit code 1."""
    folder = ShopFolder(shop)
    database = folder.database(folder.known_config())

    async def story(reactor: Any) -> None:
        store = Store(database, reactor, _alarm)
        try:
            await store.visit()
            try:
                await work(StaffBook(store, reactor))
            finally:
                await store.stop()
        except Refused as refused:
            raise SystemExit(refused.text(person_language())) from refused
        except Complaint as problem:
            raise SystemExit(complaint(problem)) from problem
        except PeeweeException as problem:  # a table of it is missing, for instance
            raise SystemExit(complaint(as_store_error(problem, database))) from problem

    react(lambda reactor: Deferred.fromCoroutine(story(reactor)))
