"""
A list of customers taken over, as `goods_list` does it: compared whole, then done in one short turn.

An empty cell says nothing; balance and points of who is in the books stay. A new customer's balance is paid in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callserver.features.shopping.books.customers import TAKEN, Member
from callserver.features.shopping.books.table import Fault, Plan, Table
from callserver.features.shopping.rules.restating_customers import RestatedCustomer
from callserver.wire.catalogue import Complaint
from callserver.wire.numbers import normal


@dataclass
class MemberPlan(Plan[Member]):
    """
    `kept`: customers whose balance is another than the list says, and stays.

    :param points_kept: the same of points
    """

    points_kept: list[str] = field(default_factory=list)

    def restated(self) -> Iterator[RestatedCustomer]:
        """For `rules.restating_customers`."""
        for one in self.new:
            yield RestatedCustomer(one.number, one.name, one.address, one.language, one.telephones, one.balance)
        for before, one in self.changed:
            telephones = one.telephones if one.telephones != before.telephones else None
            yield RestatedCustomer(one.number, one.name, one.address, one.language, telephones)


def plan_members(table: Table, there: Mapping[str, Member], titles: Mapping[str, str], country: str) -> MemberPlan:
    """
    Compare a list with what there is.

    :param there: all customers by number
    :param titles: of the columns, by key
    """
    plan = MemberPlan(faults=list(table.faults))
    for entry in table.entries:
        before = there.get(entry.key)
        had = 0 if before is None else before.points
        if entry.values.get("points", had) != had:
            plan.points_kept.append(entry.key)
        values = {key: value for key, value in entry.values.items() if key != "points"}
        if before is None:
            if not values.get("name"):
                plan.faults.append(Fault(entry.row, Complaint("is new and has no name"), titles["name"], entry.key))
            plan.new.append(Member(**{"number": entry.key, **values}))
            continue
        after = _after(before, values, country)
        if values.get("balance", before.balance) != before.balance:
            plan.kept.append(entry.key)
        plan.change(before, after)
    plan.faults += _taken(plan, there, {entry.key: entry.row for entry in table.entries}, titles, country)
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _after(before: Member, said_of_him: Mapping[str, Any], country: str) -> Member:
    values = {key: value for key, value in said_of_him.items() if key != "balance"}
    said = values.pop("telephones", before.telephones)
    if _normal(said, country) != _normal(before.telephones, country):
        values["telephones"] = said
    return replace(before, **values)


def _taken(
    plan: MemberPlan, there: Mapping[str, Member], rows: Mapping[str, int], titles: Mapping[str, str], country: str
) -> Iterator[Fault]:
    """Numbers that two customers would have then."""
    then = dict(there) | {one.number: one for one in plan.new} | {after.number: after for _, after in plan.changed}
    owners: dict[str, list[str]] = {}
    for one in then.values():
        for number in _normal(one.telephones, country):
            owners.setdefault(number, []).append(one.number)
    for telephone, numbers in owners.items():
        for number in numbers if len(numbers) > 1 else ():
            if number in rows:
                other = next(one for one in numbers if one != number)
                problem = Complaint(TAKEN, telephone=telephone, number=other)
                yield Fault(rows[number], problem, titles["telephones"])


def _normal(telephones: tuple[str, ...], country: str) -> set[str]:
    return {normal(telephone, country) for telephone in telephones}
