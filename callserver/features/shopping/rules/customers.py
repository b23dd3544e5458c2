"""Customers: who calls, as far as a number may claim it, and how the shop writes them down."""

from collections.abc import Iterable
from dataclasses import dataclass

from callserver.features.shopping.tables import Customer, CustomerNumber
from callserver.wire.numbers import normal, spellings


@dataclass(frozen=True)
class Buyer:
    """A customer in the shop's books."""

    member_number: str
    name: str
    address: str
    language: str = ""  # "zh", "en"; "": not known
    has_pin: bool = False
    must_change_pin: bool = False  # the shop has given it


def find_buyer(caller_number: str | None, country: str = "cn") -> Buyer | None:
    """Who calls from this number, as far as anybody may claim it; however he, the shop or an exchange writes it."""
    known = known_number(caller_number, country)
    return None if known is None else _buyer(known.customer)


def find_member(member_number: str) -> Buyer | None:
    """Who has this member number."""
    row = Customer.get_or_none(Customer.member_number == member_number)
    return None if row is None else _buyer(row)


def save_customer(
    member_number: str,
    name: str,
    address: str,
    telephones: Iterable[str],
    *,
    language: str = "",
    country: str = "cn",
    is_sample: bool = False,
) -> None:
    """
    A new customer, or what the shop knows of an old one; these are then his numbers and nobody else's.

    :raises ValueError: for a language that the shop does not speak
    """
    if language not in ("", "zh", "en"):
        raise ValueError(f"language {language}")
    known = {"name": name, "address": address, "language": language}
    if not Customer.update(known).where(Customer.member_number == member_number).execute():
        Customer.create(member_number=member_number, is_sample=is_sample, **known)
    CustomerNumber.delete().where(CustomerNumber.customer == member_number).execute()
    for number in {normal(telephone, country) for telephone in telephones}:
        CustomerNumber.delete().where(CustomerNumber.number.in_(spellings(number, country))).execute()
        CustomerNumber.create(number=number, customer=member_number)


def set_language(member_number: str, language: str) -> None:
    """The language that this customer was last served in."""
    Customer.update(language=language).where(Customer.member_number == member_number).execute()


def telephones_of(member_number: str) -> list[str]:
    """The numbers from which a customer calls."""
    his = CustomerNumber.select().where(CustomerNumber.customer == member_number)
    return [row.number for row in his.order_by(CustomerNumber.number)]


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


def _buyer(row: Customer) -> Buyer:
    return Buyer(row.member_number, row.name, row.address, row.language, row.pin is not None, row.pin_is_first)
