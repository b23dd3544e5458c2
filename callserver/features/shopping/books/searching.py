"""
Customers and goods by what somebody remembers of them: a number, a part of a name or of an address; the best first.

One look through the table for each page, however many there are: what stands anywhere in a name has no index, and
SQLite reads 100,000 customers in some hundredths of a second. A page goes on behind the rank and the number of the last
row that was shown, so nobody is shown twice or left out because others have come.

All runs in `store.read`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, Generic, TypeVar
from unicodedata import category, normalize

from peewee import Case, Tuple

from callserver.features.shopping.rules.goods import Item, find_item, price_at
from callserver.features.shopping.tables import Customer, CustomerNumber, Product
from callserver.wire.numbers import beginning, digits, spellings
from callserver.wire.typed import typed_text

T = TypeVar("T")

PAGE = 50
WORDS_MAX = 8  # that all have to fit; more of them say nothing more
PLACE = re.compile(r"([0-9])-([0-9]{1,12})")
TELEPHONE = re.compile(r"[+0-9()/. -]*[0-9][+0-9()/. -]*")
EXACT, BEGINS, HOLDS, ELSEWHERE = range(4)  # ranks, the best first


@dataclass(frozen=True)
class Page(Generic[T]):
    """
    Some of what was found.

    :param next: where the others begin; "": these are the last
    """

    found: Sequence[T]
    next: str


@dataclass(frozen=True)
class Known:
    """A customer in a list."""

    number: str
    name: str
    telephones: tuple[str, ...]
    address: str
    has_pin: bool


@dataclass(frozen=True)
class Good:
    """
    An item in a list.

    :param item: as it is sold now; None: it is not on sale, or has no price yet
    """

    number: str
    name_zh: str
    name_en: str
    stock: int
    price_fen: int | None
    item: Item | None


def find_customers(words: str, place: str, country: str) -> Page[Known]:
    """
    Those of whom all words fit: member number, telephone however it is written, name, address.

    :param place: the `next` of the page before; "" is the first one
    """
    wanted = _words(words)
    rank, fits = _customer_rank(wanted, country), [_customer_fits(word, country) for word in wanted]
    rows = Customer.select(
        rank.alias("rank"), Customer.member_number, Customer.name, Customer.address, Customer.pin.is_null(False)
    ).where(Customer.name != "", *fits)  # who was removed has a number only
    found, more = _page(rows, rank, Customer.member_number, place)
    telephones = telephones_of([row[1] for row in found])
    known = [Known(number, name, telephones[number], lives, bool(pin)) for _, number, name, lives, pin in found]
    return Page(known, more)


def telephones_of(members: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of each of these customers."""
    rows = CustomerNumber.select().where(CustomerNumber.customer.in_(list(members))).order_by(CustomerNumber.number)
    found: dict[str, tuple[str, ...]] = dict.fromkeys(members, ())
    for row in rows:
        found[row.customer_id] += (row.number,)
    return found


def find_items(words: str, place: str, now: datetime, call_id: str = "") -> Page[Good]:
    """
    Goods of which all words fit, number or name in either language; those that are not on sale too.

    :param call_id: for which something may be held
    """
    wanted = _words(words)
    names = (Product.number, Product.name_zh, Product.name_en)
    rank = _rank(" ".join(wanted), names) if wanted else Case(None, ((Product.number != "", HOLDS),), HOLDS)
    fits = [reduce(or_, [name.contains(word) for name in names]) for word in wanted]
    rows = Product.select(rank.alias("rank"), Product.number, Product.name_zh, Product.name_en, Product.stock)
    found, more = _page(rows.where(*fits) if fits else rows, rank, Product.number, place)
    return Page([_good(row[1:], find_item(row[1], now, call_id), now) for row in found], more)


def _words(text: str) -> list[str]:
    """What was typed, as far as a database can hold it: figures of a telephone together, the others by blanks."""
    plain = "".join(" " if category(one) in ("Cc", "Cs") else one for one in text)
    whole = typed_text(plain)
    if TELEPHONE.fullmatch(whole):
        return [whole]
    return list(dict.fromkeys(normalize("NFC", plain).split()))[:WORDS_MAX]


def _customer_fits(word: str, country: str) -> Any:
    """Anywhere in what the shop knows of him."""
    fits = Customer.name.contains(word) | Customer.address.contains(word)
    number = digits(typed_text(word))
    if TELEPHONE.fullmatch(typed_text(word)):
        called = _called(CustomerNumber.number.contains(beginning(typed_text(word), country)), word, country)
        fits |= Customer.member_number.contains(number) | Customer.member_number.in_(called)
    return fits


def _customer_rank(words: Sequence[str], country: str) -> Any:
    """His number, his telephone or his name to the letter; then how they begin; then what holds the words."""
    if not words:
        return Case(None, ((Customer.name != "", HOLDS),), HOLDS)
    whole = " ".join(words)
    typed = typed_text(whole)
    is_his = (Customer.member_number == typed) | (Customer.name == whole)
    begins = Customer.name.startswith(whole)
    if TELEPHONE.fullmatch(typed):
        is_his |= Customer.member_number.in_(_called(None, typed, country))
        begins |= Customer.member_number.startswith(digits(typed))
    in_name = reduce(and_, [Customer.name.contains(word) for word in words])
    return Case(None, ((is_his, EXACT), (begins, BEGINS), (in_name, HOLDS)), ELSEWHERE)


def _called(also: Any, number: str, country: str) -> Any:
    """Who calls from this number, or from one of which this holds."""
    is_it = CustomerNumber.number.in_(spellings(typed_text(number), country))
    return CustomerNumber.select(CustomerNumber.customer).where(is_it if also is None else is_it | also)


def _rank(whole: str, columns: Sequence[Any]) -> Any:
    is_it = reduce(or_, [column == whole for column in columns])
    begins = reduce(or_, [column.startswith(whole) for column in columns])
    return Case(None, ((is_it, EXACT), (begins, BEGINS)), HOLDS)


def _good(row: tuple[Any, ...], item: Item | None, now: datetime) -> Good:
    number, zh, en, stock = row
    return Good(number, zh, en, stock, price_at(number, now) if item is None else item.price_fen, item)


def _page(rows: Any, rank: Any, key: Any, place: str) -> tuple[list[tuple[Any, ...]], str]:
    """So many rows behind a place, by rank and then by number, and where they go on."""
    found = PLACE.fullmatch(place)
    if found is not None:
        rows = rows.where(Tuple(rank, key) > Tuple(int(found[1]), found[2]))
    listed = list(rows.order_by(rank, key).limit(PAGE + 1).tuples())
    more = f"{listed[PAGE - 1][0]}-{listed[PAGE - 1][1]}" if len(listed) > PAGE else ""
    return listed[:PAGE], more
