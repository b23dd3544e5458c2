"""Names as people know them, in the order in which people count: line 3 before line 12."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from peewee import Table

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.features.statistics.reports.table import Code
from callserver.store.tables import database
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

NOBODY = N_("(none)")
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
DIGITS = re.compile(r"(\d+)")


def natural(name: str) -> list[tuple[int, str]]:
    """A key to sort by."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(name)]


def by_name(item: tuple[str, object]) -> list[tuple[int, str]]:
    """The same for the items of a dict."""
    return natural(item[0])


def row_name(by: str, name: str) -> str | Phrase | Code:
    """What a row is called: a day of the week by its name, a line in the reader's language, what has none as that."""
    if by == "weekday":
        return Phrase(WEEKDAYS[int(name) - 1])
    if not name:
        return Phrase(NOBODY)
    return Code(name) if by == "line" else name


def goods_names() -> dict[str, Phrase]:
    """
    By number, in both languages.

    Asked of the books by their table's name: no feature imports another, and what the log tells of is numbers.
    """
    goods: Any = Table("products", ("number", "name_zh", "name_en")).bind(database)
    found = goods.select(goods.number, goods.name_zh, goods.name_en).tuples()
    return {number: Phrase("{name}", {"name_zh": zh, "name_en": en}) for number, zh, en in found}


def caller_names(numbers: Collection[str]) -> dict[str, str]:
    """Of the shop's customers, by telephone number in its normal form; asked by the tables' names, as goods are."""
    callers: Any = Table("customers", ("member_number", "name")).bind(database)
    telephones: Any = Table("customer_numbers", ("number", "customer_id")).bind(database)
    found = telephones.select(telephones.number, callers.name).where(telephones.number.in_(list(numbers)))
    joined = found.join(callers, on=(callers.member_number == telephones.customer_id))
    return dict(joined.tuples()) if numbers else {}


def staff_name(number: str) -> str:
    """Of a person; "" if there is none."""
    row = StaffRow.get_or_none(StaffRow.number == number)
    return str(row.name) if row is not None else ""
