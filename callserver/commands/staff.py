"""The commands for the staff: who there is, new people, passwords, rights; also while the server runs."""

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from callserver.acd.staff import passwords
from callserver.acd.staff.book import Staff
from callserver.acd.staff.form import STAFF_FORM
from callserver.commands.books import Books, settings_argument, some_settings_argument, tell, with_books
from callserver.commands.calls import NARROWEST, as_text, list_width
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.organisation import LISTS, keys_help, show_settings
from callserver.commands.start import shop_option
from callserver.wire.catalogue import N_, text
from callserver.wire.cells import cells, column, cut, wrapped
from callserver.wire.rights import Right
from callserver.wire.terminal import here

NAMES = {right.name.lower().replace("_", "-"): right for right in Right}
SUGGESTIONS = 3
NAME_CELLS = 20
FLAGS = {
    "disabled": N_("disabled"),
    "locked": N_("locked"),
    "must_change": N_("first password"),
    "has_pin": N_("PIN"),
}
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


KEYS = "\n\n".join((LISTS, keys_help(STAFF_FORM)))
number_argument = click.argument("number")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help=here("Read the password from standard input instead of making one up.")
)


@click.group(cls=Group, help=here("The staff: who there is, what they may do, telephones, PINs, passwords."))
def staff() -> None:
    """Holds the commands below."""


@staff.command("list", help=here("List everybody with his rights."))
@shop_option
@language_option
@json_option
def list_(shop: Path, language: str, as_json: bool) -> None:

    async def work(books: Books) -> None:
        everybody = await books.staff.everybody()
        if as_json:
            click.echo(as_text([_plain(person) for person in everybody]))
            return
        for person in everybody:
            known = ", ".join(states(person, language))
            state = f"  [{known}]" if known else ""
            head = f"{person.number:8} {column(cut(person.name, NAME_CELLS), NAME_CELLS)} "
            lines = wrapped(right_names(person.rights) + state, max(list_width() - cells(head), NARROWEST))
            click.echo(head + f"\n{' ' * cells(head)}".join(lines))

    with_books(shop, work)


@staff.command(help=here("Add a person, with a first password that is shown once and changed at the first log-in."))
@number_argument
@click.argument("name")
@settings_argument
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
def add(
    number: str, name: str, settings: dict[str, str], rights: tuple[Right, ...], password_stdin: bool, shop: Path
) -> None:
    chosen = frozenset(rights) or {Right.ANSWER_QUEUED}
    password = _given() if password_stdin else passwords.first()

    async def work(books: Books) -> None:
        person = await books.staff.add(number, name, password, chosen, must_change=True, settings=settings)
        tell(here("{number} {name} is in the book.", number=person.number, name=person.name))
        _show_password(person, password, given=password_stdin)

    with_books(shop, work)


@staff.command(help=here("Show all settings of a person, as set takes them."))
@number_argument
@shop_option
def show(number: str, shop: Path) -> None:

    async def work(books: Books) -> None:
        show_settings(STAFF_FORM.shown(await books.staff.one(number)))

    with_books(shop, work)


@staff.command("set", help="\n\n".join((here("Change settings of a person; the others stay."), KEYS)))
@number_argument
@some_settings_argument
@shop_option
def set_(number: str, settings: dict[str, str], shop: Path) -> None:
    async def work(books: Books) -> None:
        show_settings(STAFF_FORM.different(await books.staff.save(number, settings)))

    with_books(shop, work)


@staff.command(help=here("Give a person a new PIN for log-ins from a telephone, shown once."))
@number_argument
@click.option("--pin-stdin", is_flag=True, help=here("Read the PIN from standard input instead of making one up."))
@click.option("--none", "no_pin", is_flag=True, help=here("Take it away: no log-in from a telephone."))
@shop_option
def pin(number: str, pin_stdin: bool, no_pin: bool, shop: Path) -> None:
    new = None if no_pin else _given() if pin_stdin else passwords.first_pin(number)

    async def work(books: Books) -> None:
        person = await books.staff.set_pin(number, new)
        if new is None:
            tell(here("{number} {name} has no PIN any more.", number=person.number, name=person.name))
            return
        tell(here("{number} {name} has another PIN.", number=person.number, name=person.name))
        if not pin_stdin:
            click.echo(new)

    with_books(shop, work)


@staff.command(help=here("Give a person a new password, shown once and changed at the next log-in; unlocks him too."))
@number_argument
@password_stdin
@shop_option
def password(number: str, password_stdin: bool, shop: Path) -> None:
    new = _given() if password_stdin else passwords.first()

    async def work(books: Books) -> None:
        person = await books.staff.set_password(number, new)
        tell(here("{number} {name} has another password.", number=person.number, name=person.name))
        _show_password(person, new, given=password_stdin)

    with_books(shop, work)


@staff.command(help=here("Give a person these rights instead of those he has; a running server follows at once."))
@number_argument
@click.argument("rights", nargs=-1, type=RightName(), metavar="RIGHT...")
@click.option("--none", "no_rights", is_flag=True, help=here("Take all rights away."))
@shop_option
def rights(number: str, rights: tuple[Right, ...], no_rights: bool, shop: Path) -> None:
    if bool(rights) is no_rights:
        raise click.UsageError(here("Name the rights, as `list` shows them, or --none."))

    async def work(books: Books) -> None:
        person = await books.staff.set_rights(number, rights)
        click.echo(f"{person.number:8} {right_names(rights)}")
        if Right.SUPERVISOR in set(rights) - person.rights:
            tell(here("As a supervisor he has to change his password, to one of 12 characters or more."))

    with_books(shop, work)


@staff.command(help=here("Let a person, or everybody at an address, try again after too many wrong passwords."))
@click.argument("number", required=False)
@click.option("--address", help=here("Forgive what came from this address, such as 192.168.1.20."))
@shop_option
def unlock(number: str | None, address: str | None, shop: Path) -> None:
    if (number is None) is (address is None):
        raise click.UsageError(here("Name a staff number, or --address and an address."))

    async def work(books: Books) -> None:
        if address is not None:
            n_forgiven = await books.staff.unlock_address(address.strip())
            tell(here("{address}: wrong passwords forgiven: {n}.", address=address, n=n_forgiven))
        elif number is not None:
            person = await books.staff.unlock(number)
            tell(here("{number} {name} may try again.", number=person.number, name=person.name))

    with_books(shop, work)


@staff.command(help=here("Keep a person from logging in, at once; he stays in the book with his rights."))
@number_argument
@shop_option
def disable(number: str, shop: Path) -> None:

    async def work(books: Books) -> None:
        person = await books.staff.disable(number)
        tell(here("{number} {name} may not log in any more.", number=person.number, name=person.name))

    with_books(shop, work)


@staff.command(help=here("Let a person log in again who was disabled."))
@number_argument
@shop_option
def enable(number: str, shop: Path) -> None:

    async def work(books: Books) -> None:
        person = await books.staff.enable(number)
        tell(here("{number} {name} may log in again.", number=person.number, name=person.name))

    with_books(shop, work)


@staff.command(help=here("Take a person out of the book; what he did stays in the records."))
@number_argument
@shop_option
def delete(number: str, shop: Path) -> None:

    async def work(books: Books) -> None:
        person = await books.staff.delete(number)
        tell(here("{number} {name} is in the book no more.", number=person.number, name=person.name))

    with_books(shop, work)


def right_names(rights: Any) -> str:
    """As they are typed."""
    return ", ".join(name for name, right in NAMES.items() if right in rights) or "-"


def states(person: Staff, language: str) -> list[str]:
    """What is to be known of how a person logs in."""
    return [text(language, words) for flag, words in FLAGS.items() if getattr(person, flag)]


def _plain(person: Staff) -> dict[str, object]:
    """For programs, as an agent's program is told (docs/agents-channel.md)."""
    flags = {flag: bool(getattr(person, flag)) for flag in FLAGS}
    return {"name": person.number, "settings": STAFF_FORM.shown(person), **flags}


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
    tell(here("It has to be changed at the first log-in."))
    if not given:
        tell(here("First password of {number}, shown only now:", number=person.number))
        click.echo(password)
