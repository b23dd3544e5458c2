"""Customers as the shop's people see them, and the list of them as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from callserver.acd.organisation import fields as plain
from callserver.acd.organisation.forms import Form
from callserver.features.shopping import rules
from callserver.features.shopping.books import fields
from callserver.features.shopping.books.table import Column
from callserver.features.shopping.rules.locks import lock_telephones
from callserver.features.shopping.tables import (
    MEMBER_DIGITS,
    BalanceMovement,
    Customer,
    CustomerNumber,
    Order,
    PinTries,
    PointsMovement,
    Reservation,
)
from callserver.store.sheets.sheet import Written
from callserver.store.tables import from_ms
from callserver.wire.catalogue import LANGUAGES, N_, Complaint
from callserver.wire.numbers import spellings

POINTS_MAX = 10_000_000


@dataclass(frozen=True)
class Member:
    """One customer; balance in fen."""

    number: str
    name: str = ""
    telephones: tuple[str, ...] = ()
    address: str = ""
    language: str = ""
    balance: int = 0
    points: int = 0
    has_pin: bool = False
    is_sample: bool = False  # of the first start's, and nobody has changed it


def member_form(country: str) -> Form:
    """What can be set of a customer; balance and points are moved, a PIN is given."""
    return Form(
        "customer",
        {
            "name": fields.words(N_("for people")),
            "telephones": fields.telephones(country, N_("from which the customer calls")),
            "address": fields.words(N_("where parcels go"), fields.ADDRESS_MAX),
            "language": plain.word_of(LANGUAGES, N_("in which menus speak to the customer")),
        },
        Member,
        fields.read_member_number,
        key="number",
    )


def member_columns(country: str) -> Sequence[Column]:
    """Of the list as people keep it."""
    settings = member_form(country).settings
    return (
        Column("number", N_("customer"), fields.keyed_number("", MEMBER_DIGITS)),
        Column("name", N_("name"), settings["name"]),
        Column("telephones", N_("telephones"), settings["telephones"]),
        Column("address", N_("address"), settings["address"]),
        Column("language", N_("language"), settings["language"]),
        Column("balance", N_("balance in yuan"), fields.money("")),
        Column("points", N_("points"), plain.amount(int, 0, POINTS_MAX, "")),
    )


def all_members(find: str = "") -> list[Member]:
    """
    By number; run in `store.read`.

    :param find: part of a number, a name, an address or a telephone
    """
    rows = Customer.select().order_by(Customer.member_number)
    if find:
        called = CustomerNumber.select(CustomerNumber.customer).where(CustomerNumber.number.contains(find))
        where = (Customer.member_number, Customer.name, Customer.address)
        like = [one.contains(find) for one in where]
        rows = rows.where(like[0] | like[1] | like[2] | Customer.member_number.in_(called))
    return list(_members(rows))


def find_member(typed: str, country: str) -> Member:
    """
    By member number or by telephone number; run in `store.read`.

    :raises Complaint: there is none
    """
    rows = Customer.select().where(Customer.member_number == typed)
    if not rows.exists():
        known = CustomerNumber.select(CustomerNumber.customer).where(
            CustomerNumber.number.in_(spellings(typed, country))
        )
        rows = Customer.select().where(Customer.member_number.in_(known))
    found = rows.first()
    if found is None:
        raise Complaint("there is no customer {number}; `customers list --find` looks for one", number=typed)
    return _member(found, rules.telephones_of(found.member_number))


def member(number: str) -> Member | None:
    """Who has this member number; run in `store.read`."""
    row = Customer.get_or_none(Customer.member_number == number)
    return None if row is None else _member(row, rules.telephones_of(number))


def save_member(one: Member, country: str, *, new: bool) -> None:
    """
    Run in `store.write`.

    :raises Complaint: the number is taken, or one of the telephones is another customer's
    """
    lock_telephones()
    if new and rules.find_member(one.number) is not None:
        raise Complaint("there is a customer {number} already: change it with `customers set`", number=one.number)
    for telephone in one.telephones:
        other = rules.find_buyer(telephone, country)
        if other is not None and other.member_number != one.number:
            raise Complaint(TAKEN, telephone=telephone, number=other.member_number)
    Customer.update(is_sample=False).where(Customer.member_number == one.number).execute()
    rules.save_customer(one.number, one.name, one.address, one.telephones, language=one.language, country=country)


TAKEN = N_("{telephone} is a telephone of customer {number}: a number calls for one customer")


def remove_member(number: str) -> bool:
    """
    Everything that says who a customer is goes; whether the row itself could go, on which no order stands.

    :raises Complaint: there is no such customer, or he has money here
    """
    lock_telephones()
    row = Customer.get_or_none(Customer.member_number == number)
    if row is None:
        raise Complaint("there is no customer {number}", number=number)
    if row.balance_fen:
        raise Complaint(
            "the customer has a balance of {balance_fen} yuan: pay it out first", balance_fen=row.balance_fen
        )
    CustomerNumber.delete().where(CustomerNumber.customer == number).execute()
    PinTries.delete().where(PinTries.subject == f"member {number}").execute()
    stands = (Order, Reservation, BalanceMovement, PointsMovement)
    if any(one.select().where(one.customer == number).exists() for one in stands):
        nobody = {"name": "", "address": "", "language": "", "pin": None}
        Customer.update(nobody).where(Customer.member_number == number).execute()
        return False
    row.delete_instance()
    return True


@dataclass(frozen=True)
class PointsMoved:
    """Points that came (positive) or went."""

    at: datetime
    points: int
    reason: str
    order: str | None


def points_moved(number: str, n: int) -> list[PointsMoved]:
    """The last of a customer's, the newest first; run in `store.read`."""
    rows = PointsMovement.select().where(PointsMovement.customer == number).order_by(PointsMovement.id.desc()).limit(n)
    return [PointsMoved(from_ms(row.at_ms), row.points, row.reason, row.order_id) for row in rows]


def give_points(number: str, n: int, now: datetime) -> int:
    """
    As `rules.give_points`, but nothing is taken that is not there; run in `store.write`.

    :raises Complaint: it is nothing, or more than there is
    """
    had = rules.points(number)
    if n == 0:
        raise Complaint("{typed}: is nothing", typed="0")
    if had + n < 0:
        raise Complaint("customer {number} has {points} points: take no more than that", number=number, points=had)
    return rules.give_points(number, n, now)


def member_rows(found: Iterable[Member]) -> Iterator[Sequence[Written]]:
    """As `member_columns` has them."""
    for one in found:
        telephones = ", ".join(one.telephones)
        yield (
            one.number,
            one.name,
            telephones,
            one.address,
            one.language,
            Decimal(one.balance).scaleb(-2),
            one.points,
        )


def _members(rows: Iterable[Customer]) -> Iterator[Member]:
    telephones: dict[str, list[str]] = {}
    for called in CustomerNumber.select().order_by(CustomerNumber.number):
        telephones.setdefault(called.customer_id, []).append(called.number)
    for row in rows:
        yield _member(row, telephones.get(row.member_number, ()))


def _member(row: Customer, telephones: Iterable[str]) -> Member:
    return Member(
        row.member_number,
        row.name,
        tuple(telephones),
        row.address,
        row.language,
        row.balance_fen,
        row.points,
        row.pin is not None,
        row.is_sample,
    )
