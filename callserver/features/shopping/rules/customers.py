"""Customers: who calls, as far as a number may claim it."""

from dataclasses import dataclass

from callserver.features.shopping.tables import CustomerNumber
from callserver.wire.numbers import normal, spellings


@dataclass(frozen=True)
class Buyer:
    """A customer in the shop's books."""

    member_number: str
    name: str
    address: str


def find_buyer(caller_number: str | None, country: str = "cn") -> Buyer | None:
    """Who calls from this number, as far as anybody may claim it; however he, the shop or an exchange writes it."""
    known = known_number(caller_number, country)
    if known is None:
        return None
    return Buyer(known.customer.member_number, known.customer.name, known.customer.address)


def known_number(caller_number: str | None, country: str = "cn") -> CustomerNumber | None:
    """The same in the shop's books."""
    if not caller_number:
        return None
    number: CustomerNumber | None = CustomerNumber.get_or_none(
        CustomerNumber.number.in_(spellings(caller_number, country))
    )
    return number


def plain(caller_number: str | None, country: str = "cn") -> str | None:
    """A number as orders and baskets keep it, so that one is one however it is written; None if it was withheld."""
    return normal(caller_number, country) if caller_number else None
