"""`callserver customers`: who they are, their money with the shop, points and PINs; also while the server runs."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from callserver.commands.books import settings_argument, some_settings_argument, tell
from callserver.commands.calls import as_text
from callserver.commands.customer_lists import export, import_
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.organisation import keys_help, show_settings
from callserver.commands.shop_books import ShopBooks, now, typed_as, with_shop_books
from callserver.commands.start import shop_option
from callserver.commands.tables import marked, table
from callserver.features.shopping import rules
from callserver.features.shopping.books import customers as book
from callserver.features.shopping.books.customers import Member, member_form
from callserver.features.shopping.books.fields import read_money
from callserver.wire.catalogue import N_, Complaint, text, yuan
from callserver.wire.terminal import here

KEYS = keys_help(member_form("cn"))
LINE_MAX = 64
WHY = {
    "pay-in": N_("paid in"),
    "pay-out": N_("paid out"),
    "order": N_("order"),
    "cancelled order": N_("cancelled order"),
    "delivered order": N_("delivered order"),
    "returned order": N_("returned order"),
    "correction": N_("correction"),
}
customer_argument = click.argument("number", metavar="CUSTOMER")
NEGATIVE: dict[str, Any] = {"ignore_unknown_options": True}  # -3 is no option


@click.group(cls=Group, help=here("Customers, each known by a member number or by a telephone number."))
def customers() -> None:
    """Holds the commands below."""


@customers.command("list", help=here("List the customers."))
@click.option("--find", default="", help=here("Only those with this in number, name, address or telephone."))
@shop_option
@language_option
@json_option
def list_(shop: Path, find: str, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        found = await books.read(book.all_members, find.strip())
        if as_json:
            click.echo(as_text([_plain(one) for one in found]))
            return
        if not found:
            tell(text(language, "There are none yet."))
            return
        titles = (N_("customer"), N_("name"), N_("telephones"), N_("yuan"), N_("points"), N_("address"))
        rows = [
            (
                one.number,
                marked(one.name, language, is_sample=one.is_sample),
                ", ".join(one.telephones),
                yuan(one.balance),
                one.points,
                one.address,
            )
            for one in found
        ]
        click.echo("\n".join(table(titles, rows, language, cut_first=(5, 2, 1), right=(3, 4))))

    with_shop_books(shop, work)


@customers.command(help=here("Show all that is set of a customer, as set takes it; balance, points, last orders."))
@customer_argument
@shop_option
@language_option
@json_option
def show(number: str, shop: Path, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        orders = await books.read(rules.orders_of_member, one.number)
        if as_json:
            click.echo(as_text(_plain(one) | {"orders": [order.number for order in orders]}))
            return
        show_settings(member_form(books.country).shown(one))
        has_pin = N_("has a PIN") if one.has_pin else N_("has no PIN")
        words = N_("{number}: balance {balance_fen} yuan, points {points}, {pin_word}")
        said = text(language, words, number=one.number, balance_fen=one.balance, points=one.points, pin_word=has_pin)
        click.echo(f"# {said}")
        for order in orders:
            click.echo(f"# {text(language, N_('order'))} {order.number}  {books.shown(order.placed_at)}")

    with_shop_books(shop, work)


@customers.command(help=here("Add a customer.") + "\n\n" + KEYS)
@customer_argument
@click.argument("name")
@settings_argument
@shop_option
def add(number: str, name: str, settings: dict[str, str], shop: Path) -> None:
    given = {"name": name} | settings

    async def work(books: ShopBooks) -> None:
        form = member_form(books.country)
        one = form.filled(Member(form.name(number)), given)
        await _save(books, "add_customer", one, given, new=True)

    with_shop_books(shop, work)


@customers.command("set", help=here("Change settings of a customer; the others stay.") + "\n\n" + KEYS)
@customer_argument
@some_settings_argument
@shop_option
def set_(number: str, settings: dict[str, str], shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        one = member_form(books.country).filled(await _one(books, number), settings)
        await _save(books, "save_customer", one, settings, new=False)

    with_shop_books(shop, work)


@customers.command(help=here("Take a customer's name, address, telephones and PIN out of the books; orders stay."))
@customer_argument
@shop_option
def remove(number: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        gone = await books.change("remove_customer", one.number, book.remove_member, one.number)
        words = N_("{name} is deleted.") if gone else N_("{name}: only the number is left, on which orders stand.")
        tell(here(words, name=one.number))

    with_shop_books(shop, work)


@customers.command("pay-in", help=here("Money comes to a customer's balance."), context_settings=NEGATIVE)
@customer_argument
@click.argument("amount", metavar="YUAN")
@click.option("--reference", help=here("Of the payment: said again, it is paid in once."))
@shop_option
def pay_in(number: str, amount: str, reference: str | None, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        one, fen = await _one(books, number), _sum(amount)
        before = None if reference is None else await books.read(rules.payment, reference)
        pay = partial(rules.pay_in, one.number, fen, now(), reference)
        left = await books.change("pay_in", one.number, pay, amount_fen=fen, reference=reference)
        if before is not None:
            tell(here("{reference} was paid in before: nothing was added.", reference=reference))
        _tell_balance(one, left)

    with_shop_books(shop, work)


@customers.command("pay-out", help=here("Money of a customer's balance is given back."), context_settings=NEGATIVE)
@customer_argument
@click.argument("amount", metavar="YUAN")
@shop_option
def pay_out(number: str, amount: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        one, fen = await _one(books, number), _sum(amount)
        pay = partial(rules.move_balance, one.number, -fen, "pay-out", now())
        _tell_balance(one, await books.change("pay_out", one.number, pay, amount_fen=fen))

    with_shop_books(shop, work)


@customers.command(
    help=here("Give a customer points (+50), or take some (-50); without an amount, what came and went."),
    context_settings=NEGATIVE,
)
@customer_argument
@click.argument("amount", type=click.IntRange(-book.POINTS_MAX, book.POINTS_MAX), required=False)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help=here("So many movements."))
@shop_option
@language_option
def points(number: str, amount: int | None, limit: int, shop: Path, language: str) -> None:
    async def work(books: ShopBooks) -> None:
        one, left = await _one(books, number), 0
        if amount is None:
            left = one.points
            await _show_points(books, one, limit, language)
        else:
            give = partial(book.give_points, one.number, amount, now())
            left = await books.change("give_points", one.number, give, points=amount)
        tell(here("{number} {name} has {points} points.", number=one.number, name=one.name, points=left))

    with_shop_books(shop, work)


@customers.command(help=here("What came to a customer's balance and went, the newest first."))
@customer_argument
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help=here("So many movements."))
@shop_option
@language_option
@json_option
def account(number: str, limit: int, shop: Path, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        moved = await books.read(rules.movements, one.number, limit)
        if as_json:
            click.echo(as_text([asdict(movement) for movement in moved]))
            return
        rows = [
            (books.shown(it.at), yuan(it.amount_fen), text(language, WHY.get(it.reason, it.reason)), it.order or "")
            for it in moved
        ]
        titles = (N_("time"), N_("yuan"), N_("reason"), N_("order"))
        click.echo("\n".join(table(titles, rows, language, cut_first=(2,), right=(1,))))
        _tell_balance(one, one.balance)

    with_shop_books(shop, work)


@customers.command(help=here("Give a customer a new PIN, shown once and changed at its first use; unlocks him too."))
@customer_argument
@click.option("--pin-stdin", is_flag=True, help=here("Read the PIN from standard input instead of making one up."))
@shop_option
def pin(number: str, pin_stdin: bool, shop: Path) -> None:
    given = sys.stdin.readline(LINE_MAX).strip() if pin_stdin else None

    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        new = rules.first_pin(one.number) if given is None else given
        stored = partial(_set_pin, one, new, rules.pin_stored(new))
        await books.change("set_customer_pin", one.number, stored)
        tell(here("{number} {name} has another PIN.", number=one.number, name=one.name))
        if given is None:
            click.echo(new)

    with_shop_books(shop, work)


customers.add_command(export)
customers.add_command(import_)


async def _show_points(books: ShopBooks, one: Member, limit: int, language: str) -> None:
    moved = await books.read(book.points_moved, one.number, limit)
    rows = [
        (books.shown(it.at), f"{it.points:+}", text(language, WHY.get(it.reason, it.reason)), it.order or "")
        for it in moved
    ]
    titles = (N_("time"), N_("points"), N_("reason"), N_("order"))
    click.echo("\n".join(table(titles, rows, language, cut_first=(2,), right=(1,))))


def _set_pin(one: Member, new: str, stored: str) -> None:
    rules.check_new_pin(new, one.number, one.telephones)
    rules.set_pin(one.number, stored, is_first=True)


async def _one(books: ShopBooks, typed: str) -> Member:
    return await books.read(book.find_member, typed.strip(), books.country)


async def _save(books: ShopBooks, act: str, one: Member, given: dict[str, str], *, new: bool) -> None:
    save = partial(book.save_member, one, books.country, new=new)
    await books.change(act, one.number, save, settings=", ".join(given))
    show_settings(member_form(books.country).shown(await _one(books, one.number)))


def _sum(typed: str) -> int:
    fen = typed_as(read_money, typed)
    if not fen:
        raise Complaint("{typed}: is nothing", typed=repr(typed))
    return fen


def _tell_balance(one: Member, left: int) -> None:
    tell(here("{number} {name}: balance {balance_fen} yuan", number=one.number, name=one.name, balance_fen=left))


def _plain(one: Member) -> dict[str, Any]:
    """For programs: money in fen."""
    told = asdict(one)
    return told | {"balance_fen": told.pop("balance")}
