"""
A list of goods taken over: what a sheet says, compared with what there is, checked whole, then done in one short turn.

What a list does, and what it leaves alone:

- An item that is not in the list stays as it is. An empty cell says nothing: what there is stays.
- A new item needs a price and a name; the other language's name is then the same. Its stock is its first delivery.
- The stock of an item that there is stays: whoever exports a list, works on it for an hour and imports it again must
  not undo the orders of that hour. Only a count of the shelves (`count_stock`) makes it what the list says.
- A price that is another begins now. Prices that are to begin later stay.

How callers are not held up. Reading and checking need no lock. What is to change then goes to a table of this
connection alone, by and by, which locks nothing either; last, one transaction copies it from there, in the database's
own speed. So other writers, a caller's order among them, wait for that copying only; and since it is one transaction,
nothing is ever half done. What others have changed meanwhile is right all the same: stocks are counted inside it, from
the stock of that moment, and what the list does not change is not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from callserver.features.shopping.books.goods import Goods, refuse_free
from callserver.features.shopping.books.table import Entry, Fault, Plan, Table
from callserver.features.shopping.rules.restating import Restated
from callserver.wire.catalogue import N_, Complaint

NO_PRICE = N_("is new and has no price: write what one piece costs, as 39.00")
NO_NAME = N_("is new and has no name: write one in Chinese, in English or both")


class GoodsPlan(Plan[Goods]):
    """`kept`: items whose stock is another than the list says, and stays."""

    def restated(self) -> Iterator[Restated]:
        """For `rules.restate_goods`."""
        for one in self.new:
            yield _restated(one, Goods(one.number))
        for before, after in self.changed:
            yield _restated(after, before)


def plan_goods(
    table: Table, there: Mapping[str, Goods], titles: Mapping[str, str], *, count_stock: bool, free: bool = False
) -> GoodsPlan:
    """
    Compare a list with what there is.

    :param there: all goods by number
    :param titles: of the columns, by key
    :param count_stock: the shelves have been counted: stocks become what the list says
    :param free: a price of nothing is meant
    """
    plan = GoodsPlan(faults=list(table.faults))
    bad: dict[int, set[str]] = {}
    for fault in table.faults:
        bad.setdefault(fault.row, set()).add(fault.column)
    for entry in table.entries:
        before = there.get(entry.key)
        if not free:
            plan.faults += _free(entry, titles["price"], before)
        if before is None:
            plan.faults += _missing(entry, titles, bad.get(entry.row, set()))
            plan.new.append(_new(entry))
            continue
        stock = entry.values.get("stock", before.stock)
        after = replace(before, **{**entry.values, "stock": stock if count_stock else before.stock})
        if stock != after.stock:
            plan.kept.append(entry.key)
        plan.change(before, after)
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _missing(entry: Entry, titles: Mapping[str, str], bad: Set[str]) -> Iterator[Fault]:
    """
    What a new item lacks.

    :param bad: titles of columns whose mistakes are told already
    """
    if entry.values.get("price") is None and titles["price"] not in bad:
        yield Fault(entry.row, Complaint(NO_PRICE), titles["price"], entry.key)
    is_named = entry.values.get("name_zh") or entry.values.get("name_en")
    if not is_named and bad.isdisjoint((titles["name_zh"], titles["name_en"])):
        yield Fault(entry.row, Complaint(NO_NAME), titles["number"], entry.key)


def _free(entry: Entry, title: str, before: Goods | None) -> Iterator[Fault]:
    try:
        refuse_free(entry.values.get("price"), before.price if before is not None else None)
    except Complaint as problem:
        yield Fault(entry.row, problem, title, entry.key)


def _new(entry: Entry) -> Goods:
    one = Goods(**{"number": entry.key, **entry.values})
    return replace(one, name_zh=one.name_zh or one.name_en, name_en=one.name_en or one.name_zh)


def _restated(one: Goods, before: Goods) -> Restated:
    """Only what is another: the rest may have been changed by somebody else meanwhile."""
    return Restated(
        one.number,
        one.name_zh,
        one.name_en,
        one.category or None,
        one.limit,
        one.on_sale if one.on_sale != before.on_sale else None,
        one.price if one.price != before.price else None,
        one.stock if one.stock != before.stock else None,
    )
