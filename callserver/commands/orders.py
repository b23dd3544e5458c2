"""`callserver orders`: which there are, how far each is, and what waits for goods; also while the server runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from callserver.calls.vocabulary import Kind
from callserver.commands.books import tell
from callserver.commands.calls import as_text, list_width
from callserver.commands.carriers import carriers
from callserver.commands.choices import State
from callserver.commands.options import Group, json_option, language_option
from callserver.commands.order_lists import export, import_
from callserver.commands.proofs import proof, proof_vault, proofs
from callserver.commands.shop_books import Day, ShopBooks, now, with_shop_books
from callserver.commands.start import shop_option
from callserver.commands.tables import marked, table
from callserver.features.recordings.search import kept_as
from callserver.features.shopping import rules
from callserver.features.shopping.books import customers as people
from callserver.features.shopping.books import orders as book
from callserver.features.shopping.books.orders import OrderRow, Proof, Wanted, items_text
from callserver.features.shopping.rules import OrderStatus
from callserver.features.shopping.tables import OrderState, Payment, ReservationState, Source
from callserver.features.shopping.words import ORDER_STATES, RESERVATION_STATES
from callserver.server.shop_folder import ShopFolder
from callserver.wire.catalogue import N_, Complaint, known, text, yuan
from callserver.wire.cells import wrapped
from callserver.wire.terminal import here

STATES = [state.value for state in OrderState]
order_argument = click.argument("number", metavar="ORDER")


@click.group(cls=Group, help=here("Orders and reservations: list, show with the proof, pack, ship, cancel."))
def orders() -> None:
    """Holds the commands below."""


@orders.command("list", help=here("List the orders, the newest first."))
@click.option("--state", type=State(ORDER_STATES), help=here("Only those that are so far."))
@click.option("--customer", help=here("Only those of this customer: member number or telephone."))
@click.option("--item", help=here("Only those with this item."))
@click.option("--since", type=Day(), help=here("Placed on this day or later."))
@click.option("--until", type=Day(), help=here("Placed on this day or before."))
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help=here("So many orders."))
@shop_option
@language_option
@json_option
def list_(
    shop: Path,
    state: str | None,
    customer: str | None,
    item: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    language: str,
    as_json: bool,
) -> None:
    if since and until and since > _end_of(until):
        raise click.UsageError(here("--since is later than --until: no order can be in between."))

    async def work(books: ShopBooks) -> None:
        member = (await books.read(people.find_member, customer, books.country)).number if customer else None
        zone = books.config.server.zone
        wanted = Wanted(
            OrderState(state) if state else None,
            member,
            item,
            since and since.replace(tzinfo=zone),
            until and _end_of(until).replace(tzinfo=zone),
        )
        found = await books.read(book.list_orders, wanted, limit)
        if as_json:
            click.echo(as_text([asdict(one) for one in found]))
            return
        if not found:
            tell(text(language, "There are none yet."))
            return
        titles = (N_("order"), N_("placed at"), N_("state"), N_("yuan"), N_("customer"), N_("items"))
        rows = [_row(one, books, language) for one in found]
        click.echo("\n".join(table(titles, rows, language, cut_first=(5, 4), right=(3,))))

    with_shop_books(shop, work)


@orders.command(help=here("Show an order: what, for whom, how far, and where its confirming can be heard."))
@order_argument
@shop_option
@language_option
@json_option
def show(number: str, shop: Path, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        one = await _one(books, number)
        heard = await books.read(book.proof_of, one.number)
        if as_json:
            click.echo(as_text(asdict(one) | {"proof": heard and asdict(heard)}))
            return
        called = [one.caller_number] if one.caller_number else []
        if not called and one.member_number:
            called = await books.read(rules.telephones_of, one.member_number)
        kept = await books.read(kept_as, heard.recording) if heard else ""
        places = _heard(heard, shop, kept, language) if heard else []
        for line in [*_lines(one, called, books, language), *places]:
            first, *more = wrapped(line, list_width() - 2)
            click.echo("\n  ".join([first, *more]))

    with_shop_books(shop, work)


@orders.command(help=here("Add an order for CUSTOMER by hand: 1001=2 is two pieces of item 1001."))
@click.argument("customer")
@click.argument("items", nargs=-1, required=True, metavar="ITEM=PIECES...")
@click.option("--balance", is_flag=True, help=here("The customer's balance pays; else it is paid on delivery."))
@click.option("--address", help=here("Where it goes, if not to the customer's address."))
@shop_option
def add(customer: str, items: tuple[str, ...], balance: bool, address: str | None, shop: Path) -> None:
    wanted = [_pieces(one) for one in items]

    async def work(books: ShopBooks) -> None:
        member = await books.read(people.find_member, customer, books.country)
        buyer = await books.read(rules.find_member, member.number)
        payment = Payment.BALANCE if balance else Payment.ON_DELIVERY
        how: dict[str, Any] = {"payment": payment, "source": Source.AGENT, "external_id": str(uuid4())}
        buy = partial(rules.confirm, None, buyer, wanted, books.stamp(Kind.ORDER), address=address, **how)
        taken = await books.change("add_order", member.number, buy)
        tell(here("Order {number}: {total_fen} yuan", number=taken.order_number, total_fen=taken.total_fen))
        click.echo(taken.order_number)

    with_shop_books(shop, work)


@orders.command(help=here("An order has come to a STATE: paid, packed, shipped, delivered, returned."))
@order_argument
@click.argument("state", type=click.Choice([one for one in STATES if one not in ("placed", "cancelled")]))
@click.option("--carrier", help=here("Who brings it: the code, as `carriers list` has it."))
@click.option("--tracking", help=here("The carrier's number of the parcel."))
@shop_option
def advance(number: str, state: str, carrier: str | None, tracking: str | None, shop: Path) -> None:
    if tracking and not carrier:
        raise click.UsageError(here("Name the carrier too: --carrier."))
    _advance(shop, number, OrderState(state), carrier, tracking)


@orders.command(help=here("Cancel an order that is not packed yet: pieces and balance come back."))
@order_argument
@shop_option
def cancel(number: str, shop: Path) -> None:
    _advance(shop, number, OrderState.CANCELLED, None, None)


@orders.command(help=here("List the reservations, the newest first."))
@click.option("--state", type=State(RESERVATION_STATES), help=here("Only those that are so."))
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help=here("So many reservations."))
@shop_option
@language_option
@json_option
def reservations(shop: Path, state: str | None, limit: int, language: str, as_json: bool) -> None:
    async def work(books: ShopBooks) -> None:
        found = await books.read(book.list_reservations, ReservationState(state) if state else None, limit)
        if as_json:
            click.echo(as_text([asdict(one) for one in found]))
            return
        if not found:
            tell(text(language, "There are none yet."))
            return
        titles = (N_("number"), N_("made at"), N_("until"), N_("state"), N_("item"), N_("pieces"), N_("customer"))
        rows = [
            (
                one.number,
                books.shown(one.made_at),
                books.shown(one.until),
                text(language, RESERVATION_STATES[one.state]),
                one.item,
                one.quantity,
                one.member_number or one.caller_number or "",
            )
            for one in found
        ]
        click.echo("\n".join(table(titles, rows, language, cut_first=(3, 6), right=(5,))))

    with_shop_books(shop, work)


@orders.command("cancel-reservation", help=here("Cancel a reservation; who waits behind it moves up."))
@click.argument("number", metavar="RESERVATION")
@shop_option
def cancel_reservation(number: str, shop: Path) -> None:
    async def work(books: ShopBooks) -> None:
        await books.change("cancel_reservation", number, rules.cancel_reservation, number, now())
        tell(here("Reservation {number} is cancelled.", number=number))

    with_shop_books(shop, work)


orders.add_command(carriers)
orders.add_command(proofs)
orders.add_command(proof)
orders.add_command(export)
orders.add_command(import_)


def _advance(shop: Path, number: str, state: OrderState, carrier: str | None, tracking: str | None) -> None:
    async def work(books: ShopBooks) -> None:
        change = partial(book.advance, number, state, now(), carrier, tracking)
        one = await books.change("advance_order", number, change, state=state.value)
        tell(here("Order {number}: {state_word}", number=one.number, state_word=ORDER_STATES[one.state]))

    with_shop_books(shop, work)


async def _one(books: ShopBooks, number: str) -> OrderStatus:
    found = await books.read(rules.find_order, number)
    if found is None:
        raise Complaint("there is no order or reservation {number}", number=number)
    return found


def _row(one: OrderRow, books: ShopBooks, language: str) -> tuple[object, ...]:
    who = " ".join(filter(None, (one.member_number, one.name))) or one.telephone or ""
    state = text(language, ORDER_STATES[one.state])
    state = marked(state, language, is_sample=one.is_sample)
    return one.number, books.shown(one.placed_at), state, yuan(one.total_fen), who, items_text(one.items)


def _lines(one: OrderStatus, telephones: Sequence[str], books: ShopBooks, language: str) -> list[str]:
    said = {
        N_("order"): one.number,
        N_("state"): ", ".join(
            f"{text(language, ORDER_STATES[reached.state])} {books.shown(reached.at)}" for reached in one.steps
        ),
        N_("total in yuan"): yuan(one.total_fen),
        N_("payment"): text(language, book.PAYMENTS[one.payment]),
        N_("customer"): one.member_number or "",
        N_("telephone"): ", ".join(telephones),
        N_("address"): one.address or "",
        N_("carrier"): " ".join((one.carrier.text(language), one.tracking or "")) if one.carrier else "",
    }
    goods = [f"{line.item} {line.name.text(language)} {line.quantity} × {yuan(line.price_fen)}" for line in one.lines]
    return [f"{known(language, title)}: {words}" for title, words in said.items() if words] + goods


def _heard(proof: Proof, shop: Path, kept: str, language: str) -> list[str]:
    folder = ShopFolder(shop)
    cut = proof_vault(shop).path(proof.cut)
    found = {N_("call"): proof.call_id, N_("recording"): kept and str(folder.recordings / kept)}
    if cut is not None:
        found[N_("proof")] = str(cut)
    lines = [f"{known(language, title)}: {words}" for title, words in found.items() if words]
    return [*lines, *(f"{int(at_s // 60)}:{at_s % 60:04.1f} {text(language, words)}" for words, at_s in proof.marks)]


def _pieces(typed: str) -> tuple[str, int]:
    item, _, pieces = typed.partition("=")
    if not (item.isdecimal() and pieces.isdecimal() and int(pieces)):
        raise click.UsageError(here("{typed}: write ITEM=PIECES, as 1001=2", typed=repr(typed)))
    return item, int(pieces)


def _end_of(until: datetime) -> datetime:
    """A day is meant to its end."""
    return until + timedelta(days=1) if (until.hour, until.minute) == (0, 0) else until
