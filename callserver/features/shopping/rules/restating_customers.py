"""Many customers said anew at once, as `restating` does it with goods: like `save_customer` and `pay_in` of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import EXCLUDED, BigIntegerField, TextField, chunked

from callserver.features.shopping.rules.locks import lock, lock_telephones
from callserver.features.shopping.rules.restating import ROWS, literal
from callserver.features.shopping.tables import BalanceMovement, Customer, CustomerNumber
from callserver.store.tables import TemporaryTable, to_ms
from callserver.wire.numbers import normal


@dataclass(frozen=True)
class RestatedCustomer:
    """
    A customer as the shop's books are to have him.

    :param telephones: None: as they were
    :param opening_fen: what a new one has paid in elsewhere
    """

    number: str
    name: str
    address: str
    language: str
    telephones: tuple[str, ...] | None = None
    opening_fen: int = 0


class StagedCustomer(TemporaryTable):
    """What is to be taken over; a table of one connection."""

    number = TextField(primary_key=True)
    name = TextField()
    address = TextField()
    language = TextField()
    opening_fen = BigIntegerField()

    class Meta:
        table_name = "staged_customers"


class StagedNumber(TemporaryTable):
    """A telephone of one of them; the number "" says that he has these and no others."""

    customer = TextField()
    number = TextField()

    class Meta:
        table_name = "staged_numbers"
        primary_key = False


def stage_customers(wanted: Iterable[RestatedCustomer], country: str) -> None:
    """Run in `store.read`, as often as it takes: no table of the shop is touched."""
    StagedCustomer.create_table()
    StagedNumber.create_table()
    for some in chunked(wanted, ROWS):
        rows = [(one.number, one.name, one.address, one.language, one.opening_fen) for one in some]
        StagedCustomer.insert_many(rows, fields=StagedCustomer._meta.sorted_fields).execute()
        numbers = [(one.number, number) for one in some for number in _numbers(one, country)]
        for part in chunked(numbers, ROWS):
            StagedNumber.insert_many(part, fields=[StagedNumber.customer, StagedNumber.number]).execute()


def restate_customers(now: datetime) -> None:
    """Take over what is staged."""
    lock_telephones()
    known = Customer.member_number.in_(StagedCustomer.select(StagedCustomer.number))
    lock(Customer.select(Customer.member_number).where(known).order_by(Customer.member_number))
    into = [Customer.member_number, Customer.name, Customer.address, Customer.language]
    kept: dict[Any, Any] = {one: getattr(EXCLUDED, one.column_name) for one in into[1:]}
    kept[Customer.is_sample] = False  # whoever says it anew has made it his own
    staged = (StagedCustomer.number, StagedCustomer.name, StagedCustomer.address, StagedCustomer.language)
    usual = {Customer.pin_is_first: False, Customer.balance_fen: 0, Customer.points: 0, Customer.is_sample: False}
    # SQLite wants a WHERE before ON CONFLICT
    rows = StagedCustomer.select(*staged, *map(literal, usual.values())).where(StagedCustomer.number != "")
    new = Customer.insert_from(rows, [*into, *usual])
    new.on_conflict(conflict_target=[Customer.member_number], update=kept).execute()
    _call_from()
    _pay_in(now)
    StagedCustomer.drop_table()
    StagedNumber.drop_table()


def _call_from() -> None:
    said = StagedNumber.select(StagedNumber.customer)
    CustomerNumber.delete().where(CustomerNumber.customer.in_(said)).execute()
    rows = StagedNumber.select(StagedNumber.number, StagedNumber.customer).where(StagedNumber.number != "")
    CustomerNumber.insert_from(rows, [CustomerNumber.number, CustomerNumber.customer]).execute()


def _pay_in(now: datetime) -> None:
    paid = StagedCustomer.select().where(StagedCustomer.opening_fen > 0)
    rows = paid.select(StagedCustomer.number, StagedCustomer.opening_fen, literal("pay-in"), literal(to_ms(now)))
    into = [BalanceMovement.customer, BalanceMovement.amount_fen, BalanceMovement.reason, BalanceMovement.at_ms]
    BalanceMovement.insert_from(rows, into).execute()
    amount = StagedCustomer.select(StagedCustomer.opening_fen).where(StagedCustomer.number == Customer.member_number)
    more = Customer.balance_fen + amount
    Customer.update(balance_fen=more).where(Customer.member_number.in_(paid.select(StagedCustomer.number))).execute()


def _numbers(one: RestatedCustomer, country: str) -> list[str]:
    if one.telephones is None:
        return []
    return ["", *dict.fromkeys(normal(telephone, country) for telephone in one.telephones)]
