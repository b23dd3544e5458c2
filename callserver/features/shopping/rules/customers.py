"""Customers: who calls, as far as a number may claim it, and how the shop writes them down."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from callserver.features.shopping.rules.locks import lock, lock_telephones
from callserver.features.shopping.tables import Customer, CustomerNumber
from callserver.store.prepared import Prepared
from callserver.wire.numbers import normal, spellings

MEMBER_NUMBERS = range(10_000_000, 100_000_000)  # of which the shop gives one to who has none


@dataclass(frozen=True)
class Buyer:
    """A customer in the shop's books."""

    member_number: str
    name: str
    address: str
    language: str = ""  # "zh", "en"; "": not known
    has_pin: bool = False
    must_change_pin: bool = False  # the shop has given it


_COLUMNS = (
    Customer.member_number,
    Customer.name,
    Customer.address,
    Customer.language,
    Customer.pin,
    Customer.pin_is_first,
)
_MEMBER = Prepared(lambda number: Customer.select(*_COLUMNS).where(Customer.member_number == number))
_AT_NUMBER = Prepared(
    lambda *numbers: (
        Customer.select(*_COLUMNS)
        .join(CustomerNumber)
        .where(CustomerNumber.number.in_(numbers))
        .order_by(CustomerNumber.number)
    )
)


def find_buyer(caller_number: str | None, country: str = "cn") -> Buyer | None:
    """Who calls from this number, as far as anybody may claim it; however he, the shop or an exchange writes it."""
    return next(iter(_known(caller_number, country)), None)


def find_buyers(caller_number: str | None, country: str = "cn") -> list[Buyer]:
    """All of whom this number may be, as they are written down: each once."""
    return list(dict.fromkeys(_known(caller_number, country)))


def find_member(member_number: str) -> Buyer | None:
    """Who has this member number."""
    return next((_buyer(*row) for row in _MEMBER.rows(member_number)), None)


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
    lock_telephones()
    known = {"name": name, "address": address, "language": language}
    if not Customer.update(known).where(Customer.member_number == member_number).execute():
        Customer.create(member_number=member_number, is_sample=is_sample, **known)
    CustomerNumber.delete().where(CustomerNumber.customer == member_number).execute()
    for number in sorted({normal(telephone, country) for telephone in telephones}):
        CustomerNumber.delete().where(CustomerNumber.number.in_(spellings(number, country))).execute()
        CustomerNumber.create(number=number, customer=member_number)


def new_member_number(choice: Callable[[Sequence[int]], int]) -> str:
    """Eight digits that nobody has yet, and that tell nobody another customer's."""
    while True:
        number = str(choice(MEMBER_NUMBERS))
        if find_member(number) is None:
            return number


def lock_customers(member_numbers: Iterable[str]) -> None:
    """Nobody else changes these customers or their accounts until this transaction ends."""
    his = Customer.member_number.in_(list(member_numbers))
    lock(Customer.select(Customer.member_number).where(his).order_by(Customer.member_number))


def set_language(member_number: str, language: str) -> None:
    """The language that this customer was last served in."""
    Customer.update(language=language).where(Customer.member_number == member_number).execute()


def telephones_of(member_number: str) -> list[str]:
    """The numbers from which a customer calls."""
    his = CustomerNumber.select().where(CustomerNumber.customer == member_number)
    return [row.number for row in his.order_by(CustomerNumber.number)]


def member_at(caller_number: str | None, country: str = "cn") -> str | None:
    """The member number of who calls from this number."""
    return next((buyer.member_number for buyer in _known(caller_number, country)), None)


def known_as(caller_number: str | None, country: str = "cn") -> tuple[str, str | None] | None:
    """
    How orders and reservations name who calls from a number: that, and his member number if the shop knows him.

    :return: None: it was withheld
    """
    number = plain(caller_number)
    return None if number is None else (number, member_at(caller_number, country))


def plain(caller_number: str | None, country: str = "cn") -> str | None:
    """A number as orders and baskets keep it, so that one is one however it is written; None if it was withheld."""
    return normal(caller_number, country) if caller_number else None


def _known(caller_number: str | None, country: str) -> list[Buyer]:
    return [_buyer(*row) for row in _AT_NUMBER.rows(*spellings(caller_number, country))] if caller_number else []


def _buyer(member_number: str, name: str, address: str, language: str, pin: str | None, is_first: bool) -> Buyer:
    return Buyer(member_number, name, address, language, pin is not None, bool(is_first))
